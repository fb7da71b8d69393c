"""The command line with an HTTP client that lives `PACE` times as fast: `PACE=60 python hurried.py sync --once`.

Its waits are as long as ever by its own clock, which is the one that a server of the same pace advertises. What it
takes for the time of day is the server's `Date` anyway.
"""

import asyncio
import os
import time

from funnel_tui.cli import main
from funnel_tui.sources.http import HttpClient

_BEGUN = time.time()


def hurry(pace: float) -> None:
    """Make every client of this process live so many times as fast."""

    def now() -> float:
        return _BEGUN + (time.time() - _BEGUN) * pace

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / pace)

    defaults = HttpClient.__init__.__kwdefaults__
    assert defaults is not None
    assert {"now", "sleep"} <= defaults.keys()
    defaults.update(now=now, sleep=sleep)


if __name__ == "__main__":
    hurry(float(os.environ.get("PACE", "60")))
    main()
