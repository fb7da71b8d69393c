"""Time travel's arithmetic: the stretch of time that the track shows, steps, and moments in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

HOUR, DAY = 3_600, 86_400
MINUTE = 60


@dataclass(frozen=True)
class Reach:
    """How much time the track shows, and what one step is."""

    words: str
    seconds: int
    step: int
    stride: int
    """A longer step."""


REACHES: Sequence[Reach] = (
    Reach("6 hours", 6 * HOUR, 5 * MINUTE, 30 * MINUTE),
    Reach("24 hours", DAY, 15 * MINUTE, 2 * HOUR),
    Reach("7 days", 7 * DAY, 2 * HOUR, DAY),
    Reach("28 days", 28 * DAY, 6 * HOUR, 7 * DAY),
    Reach("90 days", 90 * DAY, DAY, 7 * DAY),
    Reach("a year", 365 * DAY, 7 * DAY, 28 * DAY),
)
POINTS = 400


@dataclass(frozen=True)
class Journey:
    """Where the scrubber stands. Moments are UTC epoch seconds."""

    at: int
    now: int
    """The present: nothing lies beyond it."""
    begun: int
    """The oldest moment of which anything is known."""
    reach: int = 1
    """Place in `REACHES`."""
    start: int | None = None
    """The left end of the track; None until it has been placed."""

    @property
    def span(self) -> Reach:
        return REACHES[self.reach]

    @property
    def live(self) -> bool:
        return self.at >= self.now

    @property
    def stretch(self) -> tuple[int, int]:
        """What the track shows: it stays where it is until the moment leaves it, so that the curve does not slide."""
        length = self.span.seconds
        start = self.now - length if self.start is None else self.start
        if self.at < start:
            start = self.at - length // 4
        elif self.at > start + length:
            start = self.at - 3 * length // 4
        start = min(start, self.now - length)
        return start, start + length

    def to(self, at: int) -> "Journey":
        """Another moment, as far as there is one; the track follows."""
        moved = replace(self, at=max(min(self.begun, self.now), min(at, self.now)))
        return replace(moved, start=moved.stretch[0])

    def stepped(self, steps: int, *, far: bool = False) -> "Journey":
        size = self.span.stride if far else self.span.step
        if steps > 0 or not self.live:
            return self.to(self.at + steps * size)
        # From the present back to a round moment: its seconds are nobody's business.
        return self.to((self.at - 1) // self.span.step * self.span.step + (steps + 1) * size)

    def widened(self, by: int) -> "Journey":
        """More time on the track, or less, around the moment."""
        reach = max(0, min(self.reach + by, len(REACHES) - 1))
        length = REACHES[reach].seconds
        return replace(self, reach=reach, start=min(self.at - length // 2, self.now - length))

    def moment_at(self, part: float) -> int:
        """The moment at a part (0-1) of the track, on a whole step."""
        start, end = self.stretch
        at = start + round(part * (end - start))
        step = min(self.span.step, 5 * MINUTE)
        return self.now if at >= self.now - step else at // step * step


def away_words(seconds: int) -> str:
    """`3 d 2 h ago`, `25 min ago`, `now`."""
    if seconds < MINUTE:
        return "now"
    days, rest = divmod(seconds, DAY)
    hours, minutes = rest // HOUR, rest % HOUR // MINUTE
    if days:
        return f"{days} d {hours} h ago" if hours and days < 30 else f"{days} d ago"
    return (f"{hours} h {minutes} min ago" if minutes else f"{hours} h ago") if hours else f"{minutes} min ago"
