"""Office time: how much of a stretch lies in working hours of the report zone, and when so much of it will be over.

A schedule is laid out once, as sorted openings with the seconds worked when each is over, in blocks of UTC time; after
that an answer is two bisections, whatever the length of the stretch. Reports ask for a hundred thousand of them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from funnel_tui.settings import OfficeHours

BLOCK = 400 * 86_400
"""Seconds of one block of openings."""


def office_seconds(start: int, end: int, hours: OfficeHours, zone: ZoneInfo) -> int:
    """Seconds of `[start, end)` inside office hours; holidays and other days count nothing."""
    return _clock(hours, zone).seconds(start, end)


def all_office_seconds(spans: Iterable[tuple[int, int]], hours: OfficeHours, zone: ZoneInfo) -> list[int]:
    """The same of many stretches."""
    seconds = _clock(hours, zone).seconds
    return [seconds(start, end) for start, end in spans]


def due(start: int, target_seconds: int, hours: OfficeHours | None, zone: ZoneInfo) -> int | None:
    """The first moment at which so many office seconds have passed since `start`.

    Without a schedule all time is office time; None where a schedule never opens.
    """
    if hours is None or target_seconds <= 0:
        return start + max(0, target_seconds)
    if not hours.days or hours.end_minute <= hours.start_minute:
        return None
    return _clock(hours, zone).due(start, target_seconds)


@dataclass(frozen=True, slots=True)
class _Openings:
    """The openings of one block, those across its borders cut there."""

    opens: list[int]
    closes: list[int]
    worked: list[int]
    """Seconds worked in the block when each of them is over."""
    total: int

    def worked_at(self, at: int) -> int:
        i = bisect_right(self.opens, at) - 1
        if i < 0:
            return 0
        left = self.closes[i] - at
        return self.worked[i] - left if left > 0 else self.worked[i]

    def when(self, worked: int) -> int:
        """The moment at which so many seconds are worked; they are at least 1 and at most all."""
        i = bisect_left(self.worked, worked)
        return self.closes[i] - (self.worked[i] - worked)


class _Clock:
    """One schedule in one zone. Blocks are laid out when first asked for; two threads may do the same one twice."""

    def __init__(self, hours: OfficeHours, zone: ZoneInfo) -> None:
        self._hours = hours
        self._zone = zone
        self._blocks: dict[int, _Openings] = {}

    def seconds(self, start: int, end: int) -> int:
        if end <= start:
            return 0
        first, last = start // BLOCK, end // BLOCK
        begun = self._block(first)
        if first == last:
            return begun.worked_at(end) - begun.worked_at(start)
        between = sum(self._block(number).total for number in range(first, last))
        return between + self._block(last).worked_at(end) - begun.worked_at(start)

    def due(self, start: int, target: int) -> int:
        number = start // BLOCK
        block = self._block(number)
        worked = block.worked_at(start) + target
        while worked > block.total:
            worked -= block.total
            number += 1
            block = self._block(number)
        return block.when(worked)

    def _block(self, number: int) -> _Openings:
        found = self._blocks.get(number)
        if found is None:
            found = self._blocks[number] = self._laid_out(number * BLOCK, (number + 1) * BLOCK)
        return found

    def _laid_out(self, start: int, end: int) -> _Openings:
        opens, closes, worked, total = [], [], [], 0
        for begin, finish in self._days(start, end):
            begin, finish = max(begin, start), min(finish, end)
            if begin < finish:
                total += finish - begin
                opens.append(begin)
                closes.append(finish)
                worked.append(total)
        return _Openings(opens, closes, worked, total)

    def _days(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        hours, zone = self._hours, self._zone
        first = datetime.fromtimestamp(start, zone).toordinal()
        last = datetime.fromtimestamp(end, zone).toordinal()
        for ordinal in range(first, last + 1):
            day = datetime.fromordinal(ordinal).date()
            if day.weekday() in hours.days and day not in hours.holidays:
                yield _moment(ordinal, hours.start_minute, zone), _moment(ordinal, hours.end_minute, zone)


@lru_cache(maxsize=8)
def _clock(hours: OfficeHours, zone: ZoneInfo) -> _Clock:
    return _Clock(hours, zone)


def _moment(ordinal: int, minute: int, zone: ZoneInfo) -> int:
    """A wall-clock moment; what a clock change doubles is the first, what it skips is moved on by the change."""
    day = datetime.fromordinal(ordinal + minute // 1440).date()
    return int(datetime.combine(day, time(minute % 1440 // 60, minute % 60), zone).timestamp())
