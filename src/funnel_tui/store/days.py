"""Local days as small numbers, so that a month's are neighbours: `(year * 12 + month - 1) * 32 + day of the month`.

Day 0 stands for what has no date: the queue.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

NO_DAY = 0
_USUAL = (631_152_000, 4_102_444_800)
"""1990 to 2100: what lies outside is looked up one by one, so that one wrong date costs no table of centuries."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A window as whole local days, `first` to `last` (codes, both inclusive), and the parts of days at its ends."""

    first: int
    last: int
    edges: tuple[tuple[int, int], ...]

    @property
    def whole(self) -> bool:
        """Whether it holds any whole day."""
        return self.first <= self.last


class Calendar:
    """The local days of one zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._starts: list[int] = []
        """Midnights of the days around those asked for, in order, and their codes."""
        self._codes: list[int] = []

    def day(self, at: int) -> int:
        """The code of the local day that holds a moment."""
        if not self._starts or not self._starts[0] <= at < self._starts[-1]:
            if not _USUAL[0] <= at < _USUAL[1]:
                return code(self._local(at))
            self._learn(at)
        return self._codes[bisect_right(self._starts, at) - 1]

    def cut(self, start: int, end: int) -> Cut:
        """`[start, end)` as whole days and edges."""
        first, last = self._ceiling(start), self._local(end)
        if first >= last:
            return Cut(1, 0, ((start, end),) if start < end else ())
        edges = [(start, midnight(first, self.zone)), (midnight(last, self.zone), end)]
        return Cut(code(first), code(last - timedelta(days=1)), tuple((a, b) for a, b in edges if a < b))

    def cut_open(self, start: int, at: int) -> Cut:
        """`[start, ...)` through the whole day that holds `at`, of which nothing is known beyond `at`."""
        first, last = self._ceiling(start), self._local(at)
        if first > last:
            return Cut(1, 0, ((start, at + 1),) if start <= at else ())
        before = midnight(first, self.zone)
        return Cut(code(first), code(last), ((start, before),) if start < before else ())

    def start(self, day: int) -> int:
        """The first moment of a day."""
        return midnight(_day(day), self.zone)

    @staticmethod
    def length(month_: int) -> int:
        """Days of a month."""
        return monthrange(month_ // 12, month_ % 12 + 1)[1] if month_ else 0

    def _ceiling(self, at: int) -> date:
        """The first day that begins at or after a moment."""
        day = self._local(at)
        while midnight(day, self.zone) < at:
            day += timedelta(days=1)
        return day

    def _local(self, at: int) -> date:
        return datetime.fromtimestamp(at, self.zone).date()

    def _learn(self, at: int) -> None:
        """Know the midnights from a year before `at` to a year after it, besides those known already."""
        about = self._local(at)
        spread = timedelta(days=370)
        first, last = about - spread, about + spread
        if self._starts:
            first = min(first, _day(self._codes[0]))
            last = max(last, _day(self._codes[-1]))
        days = list(_days(first, last))
        self._starts = [midnight(day, self.zone) for day in days]
        self._codes = [code(day) for day in days]


def code(day: date) -> int:
    return (day.year * 12 + day.month - 1) << 5 | day.day


def month(day: int) -> int:
    """The code of a day's month."""
    return day >> 5


@lru_cache(maxsize=8192)
def midnight(day: date, zone: ZoneInfo) -> int:
    """The first moment of a local day; where a clock change skips midnight, the moment of the change."""
    return int(datetime.combine(day, time(), zone).timestamp())


def _day(code: int) -> date:
    months = code >> 5
    return date(months // 12, months % 12 + 1, code & 31)


def _days(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)
