"""Waits that take no time: `LAPSE_NOW=1772632800 python lapse.py sync --once` lives by a clock that jumps over every
wait of its HTTP client.

Each request says what that clock showed when it was sent, and `lapsed.LapsedServer` counts its limits by it. One that
must wait a minute between two calls can be watched through hundreds of them, and no delay on the way can make a well
paced client look hasty. The time of day is the one given, and hardly moves. `LAPSE_PAGES` is another cap of pages.
"""

import asyncio
import os
import time
from collections.abc import Callable
from typing import Any

STAMP = "X-Lapse"
SLOWLY = 1000
"""Real seconds in a second of this process."""


class Lapse:
    """A clock that runs as another does, and is put forward whenever somebody would wait."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ahead = 0.0
        self._due: list[float] = []

    def now(self) -> float:
        return self._clock() + self._ahead

    async def sleep(self, seconds: float) -> None:
        due = self.now() + seconds
        self._due.append(due)
        try:
            await asyncio.sleep(0)
            while self.now() < due:
                if min(self._due) >= due:  # nobody is to wake before
                    self._ahead += max(0.0, due - self.now()) + 1e-6
                await asyncio.sleep(0)
        finally:
            self._due.remove(due)


def stand_still(moment: float) -> None:
    """Make it that moment for all of this process."""
    real = time.time
    begun = real()
    time.time = lambda: moment + (real() - begun) / SLOWLY


def install(lapse: Lapse) -> None:
    """Make every HTTP client of this process live by `lapse`."""
    import httpx

    from funnel_tui.sources.http import HttpClient

    class Stamping(httpx.AsyncBaseTransport):
        """Connections of its own in each event loop."""

        def __init__(self) -> None:
            self._inner: dict[int, httpx.AsyncHTTPTransport] = {}

        async def handle_async_request(self, request: Any) -> Any:
            loop = id(asyncio.get_running_loop())
            inner = self._inner.setdefault(loop, httpx.AsyncHTTPTransport())
            request.headers[STAMP] = repr(lapse.now())
            return await inner.handle_async_request(request)

        async def aclose(self) -> None:
            inner = self._inner.pop(id(asyncio.get_running_loop()), None)
            if inner is not None:
                await inner.aclose()

    defaults = HttpClient.__init__.__kwdefaults__
    assert defaults is not None
    assert {"now", "sleep", "transport"} <= defaults.keys()
    defaults.update(now=lapse.now, sleep=lapse.sleep, transport=Stamping())


if __name__ == "__main__":
    stand_still(float(os.environ["LAPSE_NOW"]))

    from funnel_tui.cli import main
    from funnel_tui.sync import plan

    plan.MOST_PAGES = int(os.environ.get("LAPSE_PAGES", plan.MOST_PAGES))
    install(Lapse(time.time))
    main()
