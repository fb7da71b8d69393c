"""The rate limit: calls a minute, spread over windows of ten seconds of real time."""

import math
from collections.abc import Callable
from threading import Lock

WINDOW = 10


class RateLimit:
    """Counts authenticated calls. `real` gives seconds of real time, `clock` the demo's epoch seconds."""

    def __init__(self, per_minute: int, real: Callable[[], float], clock: Callable[[], int]) -> None:
        self.limit = max(1, math.ceil(per_minute * WINDOW / 60))
        self._real = real
        self._clock = clock
        self._lock = Lock()
        self._window = 0
        self._used = 0

    def take(self) -> tuple[bool, dict[str, str], int]:
        """Count one call: whether it may pass, the headers that say so, and the seconds until the window ends."""
        now = self._real()
        with self._lock:
            window = int(now // WINDOW)
            if window != self._window:
                self._window, self._used = window, 0
            passed = self._used < self.limit
            self._used += passed
            left = self.limit - self._used
        wait = max(1, math.ceil((window + 1) * WINDOW - now))
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": str(self._clock() + wait),
        }
        return passed, headers, wait
