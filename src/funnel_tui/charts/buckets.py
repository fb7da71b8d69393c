"""The buckets of a distribution as a chart shows them: merged into its rows, named as people name times."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from funnel_tui.model.boards import Bucket, Distribution
from funnel_tui.model.values import Unit

from .format import format_axis

Range = tuple[float, float | None]
"""From the first up to but not with the second, in the metric's unit; None is no end. As in `Place.between`."""


@dataclass(frozen=True, slots=True)
class Part:
    """A bucket, or several neighbours where there are fewer rows than buckets."""

    low: float
    high: float | None
    count: int
    previous: int | None

    @property
    def range(self) -> Range:
        return self.low, self.high

    def holds(self, value: float) -> bool:
        return self.low <= value and (self.high is None or value < self.high)


def fit(spread: Distribution, rows: int) -> tuple[Part, ...]:
    """The buckets in at most `rows` parts (one at least): the emptiest neighbours merged, never across the target."""
    parts = [_part(bucket) for bucket in spread.buckets]
    while len(parts) > max(1, rows):
        pairs = [
            (first.count + second.count + (first.previous or 0) + (second.previous or 0), index)
            for index, (first, second) in enumerate(pairwise(parts))
            if first.high != spread.target or len(parts) <= 2
        ]
        at = min(pairs)[1]
        first, second = parts[at], parts[at + 1]
        both = None if first.previous is None and second.previous is None else 0
        previous = None if both is None else (first.previous or 0) + (second.previous or 0)
        parts[at : at + 2] = [Part(first.low, second.high, first.count + second.count, previous)]
    return tuple(parts)


def _part(bucket: Bucket) -> Part:
    return Part(bucket.low, bucket.high, bucket.count, bucket.previous)


def part_of(parts: Sequence[Part], value: float | None) -> Part | None:
    return None if value is None else next((part for part in parts if part.holds(value)), None)


def kept(part: Part, target: float | None) -> bool:
    """Whether all of the part keeps the target."""
    return target is None or (part.high is not None and part.high <= target)


def bucket_label(low: float, high: float | None, unit: Unit) -> str:
    """`<1m`, `1–5m`, `15m–1h`, `7d+`; a whole score by itself."""
    if high is None:
        return f"{format_axis(low, unit)}+"
    if low <= 0 and unit is not Unit.NUMBER:
        return f"<{format_axis(high, unit)}"
    if unit is Unit.NUMBER and high - low == 1 and low == int(low):
        return f"{low:.0f}"
    first, second = format_axis(low, unit), format_axis(high, unit)
    if first[-1] == second[-1] and not first[-1].isdigit() and " " not in first:
        first = first[:-1]
    return f"{first}–{second}"
