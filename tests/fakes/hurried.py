"""The command line whose HTTP client waits `PACE` times as briefly: `PACE=60 python hurried.py sync --once`.

By the client's own clock, which only its waits move on, they are as long as ever: so they fit a server whose limits end
as much sooner, and a slow machine makes the time of day run no faster. The date is the server's anyway.
"""

import asyncio
import os
import time

from funnel_tui.cli import main
from funnel_tui.sources.http import HttpClient


class Hurry:
    """A clock that stands still between waits."""

    def __init__(self, pace: float) -> None:
        self.pace = pace
        self._now = time.time()

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        end = self._now + seconds
        await asyncio.sleep(seconds / self.pace)
        self._now = max(self._now, end)


def hurry(pace: float) -> None:
    """Give every client of this process such a clock."""
    clock = Hurry(pace)
    defaults = HttpClient.__init__.__kwdefaults__
    assert defaults is not None
    assert {"now", "sleep"} <= defaults.keys()
    defaults.update(now=clock.now, sleep=clock.sleep)


if __name__ == "__main__":
    hurry(float(os.environ.get("PACE", "60")))
    main()
