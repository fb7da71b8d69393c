"""`python -m funnel_tui` is the `funnel-tui` command."""

from funnel_tui.cli import main

if __name__ == "__main__":
    main()
