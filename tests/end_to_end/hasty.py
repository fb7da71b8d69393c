"""The command line that tries again at once: `python hasty.py sync --once`. All else is as it is."""

from tenacity import RetryCallState

from funnel_tui.cli import main
from funnel_tui.sources.http import HttpClient

SOON = 0.01
"""Seconds between attempts, at most."""

_wait = HttpClient._wait


def _soon(self: HttpClient, state: RetryCallState) -> float:
    return min(_wait(self, state), SOON)


if __name__ == "__main__":
    HttpClient._wait = _soon  # type: ignore[method-assign]
    main()
