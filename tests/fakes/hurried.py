"""The command line on a machine whose clock a test sets, and whose HTTP client waits `PACE` times as briefly:
`NOW=1772632800 PACE=60 python hurried.py sync --once`.

By that clock, which runs only while the client waits, waits are as long as ever: so they fit a server whose limits end
as much sooner, and a slow machine makes the time of day run no faster.
"""

import asyncio
import os
import time

from funnel_tui.model import clock


class Hurry:
    """A clock that runs `pace` times as fast while anybody waits, and stands still while nobody does."""

    def __init__(self, now: float, pace: float) -> None:
        self.pace = pace
        self._shown = now
        self._since = 0.0
        self._waiting = 0

    def now(self) -> float:
        running = time.monotonic() - self._since if self._waiting else 0.0
        return self._shown + running * self.pace

    async def sleep(self, seconds: float) -> None:
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting += 1
        try:
            await asyncio.sleep(seconds / self.pace)
        finally:
            now = self.now()
            self._waiting -= 1
            self._shown, self._since = now, time.monotonic()


def hurry(now: float, pace: float) -> None:
    """Give this process and every HTTP client of it such a clock."""
    hurry = Hurry(now, pace)
    clock.system_clock = lambda: int(hurry.now())
    from funnel_tui.sources.http import HttpClient

    defaults = HttpClient.__init__.__kwdefaults__
    assert defaults is not None
    assert {"now", "sleep"} <= defaults.keys()
    defaults.update(now=hurry.now, sleep=hurry.sleep)


if __name__ == "__main__":
    hurry(float(os.environ.get("NOW", time.time())), float(os.environ.get("PACE", "60")))
    # Only now: the modules below take the clock that they find.
    from funnel_tui.cli import main

    main()
