"""The command line. stdout is data, stderr is narration, exit codes are an interface.

Only what every command needs is imported here; each command's module is imported when it is called, and imports the
rest inside its function, so that `status` in a prompt pays for no screen and no HTTP client.
"""

from typing import NoReturn


def main() -> NoReturn:
    """The `funnel-tui` command: never returns, never shows a traceback for what its user can mend."""
    import sys

    from funnel_tui.cli.app import run

    sys.exit(run(sys.argv[1:]))
