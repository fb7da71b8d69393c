"""The command line with short waits between attempts: `python hasty.py sync --once`. All else is as it is."""

from funnel_tui.cli import main
from funnel_tui.sources import http

http.FIRST_WAIT = 0.01

if __name__ == "__main__":
    main()
