"""Spends a provider's request quota without running into its limit."""

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


class Pacer:
    """Counts requests down inside the provider's window and lets callers wait for the next one.

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
        self._in_flight = 0

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
            if self._left > int(self._limit * RESERVE):
                self._left -= 1
                self._in_flight += 1
                return
            due = self._reset_at
            await self._sleep(due - now)
            if self._reset_at == due:
                self._roll(self._now())

    def release(self) -> None:
        self._in_flight -= 1

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
        left = float(remaining - (self._in_flight - 1))
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
        self._window = window
        self._now = now
        self._sleep = sleep
        self._sent: deque[float] = deque()
        self._held_until = float("-inf")

    async def acquire(self) -> None:
        """Return when one more request fits."""
        while True:
            now = self._now()
            while self._sent and (self._sent[0] <= now - self._window or self._sent[0] > now):
                self._sent.popleft()  # those of a clock that was set back count no more
            due = self._sent[0] + self._window if len(self._sent) >= self._limit else now
            due = max(due, self._held_until if self._held_until - now <= LONGEST_HOLD else now)
            if due <= now:
                self._sent.append(now)
                return
            await self._sleep(due - now)

    def hold(self, seconds: float) -> None:
        """Nobody sends for `seconds`: the provider said 429."""
        self._held_until = max(self._held_until, self._now() + seconds)
