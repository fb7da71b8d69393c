"""Spends a provider's request quota without running into its limit."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

ASSUMED_LIMIT = 167
"""Requests a window until headers say more: Intercom's 1,000 a minute, spread over windows of 10 s."""
ASSUMED_WINDOW = 10.0
RESERVE = 0.05
"""The share of a window left to others: several tools may share one quota."""
LONGEST_WINDOW = 120.0
LONGEST_HOLD = 600.0
"""Seconds; a hold that seems longer comes from a clock that was set."""


@dataclass(frozen=True, slots=True)
class HeadRoom:
    """What is left of the quota as the provider last told it."""

    limit: int
    remaining: int
    reset_in: float
    """Seconds until the window ends."""

    def __str__(self) -> str:
        return f"{self.remaining:,} of {self.limit:,} requests left in the next {self.reset_in:.0f} s"


class Span:
    """Requests in any stretch of a window's length, wherever the provider lets its windows begin.

    A request counts from when it is sent until a window after its answer: nobody knows when in between it was counted.
    """

    def __init__(self, window: float, *, now: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self.in_flight = 0
        self._window = window
        self._now = now
        self._sleep = sleep
        self._answered: deque[float] = deque()
        self._news = asyncio.Event()

    def fits(self, limit: int) -> bool:
        now = self._now()
        while self._answered and not now - self._window < self._answered[0] <= now:
            self._answered.popleft()  # those of a clock that was set back count no more
        return self.in_flight + len(self._answered) < limit

    async def wait(self) -> None:
        """Until one request less counts, or may do."""
        if self._answered:
            await self._sleep(max(0.0, self._answered[0] + self._window - self._now()))
        else:
            self._news.clear()
            await self._news.wait()

    def begin(self) -> None:
        self.in_flight += 1

    def end(self, *, counts: bool = True) -> None:
        """`counts`: it was sent."""
        self.in_flight -= 1
        if counts:
            self._answered.append(self._now())
        self._news.set()


class Pacer:
    """Counts requests down inside the provider's window and lets callers wait for the next one.

    Whatever its headers say, no stretch of a window's length sees more than the limit: some providers let their
    windows slide, and some begin them when they like.

    Times are the local clock's seconds; `observe` gets the reset as seconds from now, so that a server whose clock is
    off, or runs faster, cannot make anybody wait for ever.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        limit: int = ASSUMED_LIMIT,
        window: float = ASSUMED_WINDOW,
    ) -> None:
        """`limit` requests in `window` seconds are assumed until the provider says more."""
        self._now = now
        self._sleep = sleep
        self._window = window
        self._limit = limit
        self._left = float(limit)
        self._reset_at = float("-inf")
        self._told = False
        self._held_until = float("-inf")
        self._span = Span(window, now=now, sleep=sleep)

    @property
    def head_room(self) -> HeadRoom | None:
        """None until the provider's headers have said something."""
        if not self._told:
            return None
        return HeadRoom(self._limit, max(0, int(self._left)), max(0.0, self._reset_at - self._now()))

    async def acquire(self) -> None:
        """Return when one more request fits; the caller must call `release` when its answer has come."""
        while True:
            now = self._now()
            if now < self._held_until:
                held = self._held_until
                await self._sleep(held - now)
                if self._held_until == held:
                    self._held_until = float("-inf")
                continue
            if now >= self._reset_at:
                self._roll(now)
            reserve = int(self._limit * RESERVE)
            if self._left > reserve:
                if not self._span.fits(max(1, self._limit - reserve)):
                    await self._span.wait()
                    continue
                self._left -= 1
                self._span.begin()
                return
            due = self._reset_at
            await self._sleep(due - now)
            if self._reset_at == due:
                self._roll(self._now())

    def release(self) -> None:
        self._span.end()

    def give_back(self) -> None:
        """The same of one that was not sent."""
        self._span.end(counts=False)
        self._left += 1

    def hold(self, seconds: float) -> None:
        """Nobody sends for `seconds`: the provider said 429."""
        self._held_until = max(self._held_until, self._now() + seconds)

    def observe(self, limit: int | None, remaining: int | None, reset_in: float | None) -> None:
        """Take over what an answer's headers say. Called before `release` of that answer's request."""
        if limit is not None and limit > 0:
            self._limit = limit
        if remaining is None:
            return
        # Requests still under way may not be in the provider's count yet; this answer's own is.
        left = float(remaining - (self._span.in_flight - 1))
        if reset_in is None:
            self._left = min(self._left, left)
            self._told = True
            return
        reset_at = self._now() + min(max(reset_in, 0.0), LONGEST_WINDOW)
        if not self._told or reset_at > self._reset_at + 1.0:
            self._left, self._reset_at = left, reset_at
        elif reset_at >= self._reset_at - 1.0:
            self._left = min(self._left, left)
        self._told = True

    def _roll(self, now: float) -> None:
        self._left = float(self._limit)
        self._reset_at = now + self._window


class Allowance:
    """A quota of which nothing is told but its size: at most `limit` requests in any span of `window` seconds."""

    def __init__(
        self, limit: int, window: float, *, now: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._limit = max(1, limit)
        self._now = now
        self._sleep = sleep
        self._span = Span(window, now=now, sleep=sleep)
        self._held_until = float("-inf")

    async def ready(self) -> None:
        """Return when one more request fits; whether it still does when it is sent, `take` tells."""
        while True:
            now = self._now()
            if now < self._held_until <= now + LONGEST_HOLD:
                await self._sleep(self._held_until - now)
            elif self._span.fits(self._limit):
                return
            else:
                await self._span.wait()

    def take(self) -> bool:
        """Whether one more request fits right now, which is counted then; the caller calls `release` after it."""
        now = self._now()
        if now < self._held_until <= now + LONGEST_HOLD or not self._span.fits(self._limit):
            return False
        self._span.begin()
        return True

    def release(self) -> None:
        self._span.end()

    def hold(self, seconds: float) -> None:
        """Nobody sends for `seconds`: the provider said 429."""
        self._held_until = max(self._held_until, self._now() + seconds)
