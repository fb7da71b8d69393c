"""Named periods in the report zone, and the spans that they are compared with."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[int, int]
"""Epoch seconds, half-open."""

CALENDAR = ("month", "quarter", "year")
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def midnight(day: date, zone: ZoneInfo) -> int:
    return at_wall(day, time(), zone)


def at_wall(day: date, wall: time, zone: ZoneInfo) -> int:
    """A wall-clock moment; what a clock change doubles is the first, what it skips is moved on by the change."""
    return int(datetime.combine(day, wall.replace(fold=0), zone).timestamp())


def months_on(day: date, months: int) -> date:
    """The first of the month so many months later."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def days_of(name: str, today: date, earlier: int) -> tuple[date, date]:
    """First day and the day after the last."""
    if name in ("today", "yesterday"):
        first = today - timedelta(days=earlier + (name == "yesterday"))
        return first, first + timedelta(days=1)
    if name == "week":
        first = today - timedelta(days=today.weekday() + 7 * earlier)
        return first, first + timedelta(days=7)
    if name in MONTHS:
        size = MONTHS[name]
        month = (today.month - 1) // size * size + 1
        first = months_on(date(today.year, month, 1), -size * earlier)
        return first, months_on(first, size)
    complete = re.fullmatch(r"last-(\d+)d", name)
    if complete:
        size = int(complete[1])
        after = today - timedelta(days=size * earlier)
        return after - timedelta(days=size), after
    begin, end = (date.fromisoformat(part) for part in name.split(".."))
    size = (end - begin).days + 1
    return begin - timedelta(days=size * earlier), end + timedelta(days=1 - size * earlier)


def bounds(name: str, as_of: int, zone: ZoneInfo, earlier: int = 0) -> Span:
    """The whole period that holds `as_of`, or so many whole periods before it."""
    first, after = days_of(name, datetime.fromtimestamp(as_of, zone).date(), earlier)
    return midnight(first, zone), midnight(after, zone)


def cut(first: date, other: date, other_after: date, stop: int, zone: ZoneInfo) -> Span:
    """The span from `other`, as many local days and as much wall-clock time long as from `first` to `stop`."""
    wall = datetime.fromtimestamp(stop, zone)
    until = at_wall(other + (wall.date() - first), wall.time(), zone)
    return midnight(other, zone), min(until, midnight(other_after, zone))


def previous(name: str, as_of: int, zone: ZoneInfo, earlier: int = 0) -> Span:
    """One period earlier, cut at the same elapsed local days and wall-clock time, never beyond its own end."""
    today = datetime.fromtimestamp(as_of, zone).date()
    first, after = days_of(name, today, earlier)
    other, other_after = days_of(name, today, earlier + 1)
    return cut(first, other, other_after, min(as_of, midnight(after, zone)), zone)


def year_before(name: str, as_of: int, zone: ZoneInfo, earlier: int = 0) -> Span:
    """Month, quarter and year: the same dates a year earlier; everything else 364 days earlier; cut the same way."""
    first, after = days_of(name, datetime.fromtimestamp(as_of, zone).date(), earlier)
    if name in CALENDAR:
        other, other_after = months_on(first, -12), months_on(after, -12)
    else:
        other, other_after = first - timedelta(days=364), after - timedelta(days=364)
    return cut(first, other, other_after, min(as_of, midnight(after, zone)), zone)
