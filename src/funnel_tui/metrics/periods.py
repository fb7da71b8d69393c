"""Periods of the report zone, what they are compared with, and the grains of a series.

Bounds are UTC epoch seconds; days begin at local midnight, so that days of a clock change have 23 or 25 hours.
"""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from funnel_tui.model.values import Period, Window

NAMED = ("today", "yesterday", "week", "month", "quarter", "year")
GRAINS = ("hour", "day", "week", "month")
COMPARISONS = ("previous", "year", "none")

_LAST = re.compile(r"last-(\d{1,4})d")
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class PeriodError(ValueError):
    """The period's name is not one; the message says what is allowed."""


def period(name: str, as_of: int, zone: ZoneInfo, earlier: int = 0) -> Period:
    """The period `name` around `as_of`, or the one `earlier` whole periods before it. Raises PeriodError."""
    today = datetime.fromtimestamp(as_of, zone).date()
    start, end = _dates(name, today)
    for _ in range(abs(earlier)):
        start, end = _step(name, start, end, 1 if earlier > 0 else -1)
    return Period(name, midnight(start, zone), midnight(end, zone), as_of, zone)


def _dates(name: str, today: date) -> tuple[date, date]:
    """First day and the day after the last."""
    day = timedelta(days=1)
    if name == "today":
        return today, today + day
    if name == "yesterday":
        return today - day, today
    if name == "week":
        monday = today - timedelta(days=today.weekday())
        return monday, monday + 7 * day
    if name in _MONTHS:
        count = _MONTHS[name]
        first = date(today.year, (today.month - 1) // count * count + 1, 1)
        return first, add_months(first, count)
    if (match := _LAST.fullmatch(name)) and int(match[1]) > 0:
        return today - int(match[1]) * day, today
    if match := _RANGE.fullmatch(name):
        try:
            first, last = date.fromisoformat(match[1]), date.fromisoformat(match[2])
        except ValueError as error:
            raise PeriodError(f"period {name!r}: {error}") from None
        if last < first:
            raise PeriodError(f"period {name!r} ends before it starts")
        return first, last + day
    raise PeriodError(
        f"unknown period {name!r}; use {', '.join(NAMED)}, last-7d, last-28d, last-90d, last-365d or"
        " FROM..TO with dates like 2026-11-01..2026-11-15"
    )


def _step(name: str, start: date, end: date, back: int) -> tuple[date, date]:
    """The period of the same kind before (`back` 1) or after (`back` -1) the one that starts at `start`."""
    if name in _MONTHS:
        first = add_months(start, -back * _MONTHS[name])
        return first, add_months(first, _MONTHS[name])
    length = end - start
    return start - back * length, end - back * length


def compared(period: Period, comparison: str) -> Window | None:
    """The window that `period` is compared with, cut at the same elapsed local days and wall-clock time."""
    if comparison == "none":
        return None
    if comparison not in COMPARISONS:
        raise PeriodError(f"unknown comparison {comparison!r}; use {', '.join(COMPARISONS)}")
    zone = period.zone
    start, end = _local_date(period.start, zone), _local_date(period.end, zone)
    if comparison == "previous":
        first, after = _step(period.name, start, end, 1)
    elif period.name in _MONTHS:
        first, after = add_months(start, -12), add_months(end, -12)
    else:
        first, after = start - timedelta(days=364), end - timedelta(days=364)
    cut = _same_elapsed(period, start, first)
    begin = midnight(first, zone)
    return Window(comparison, begin, max(begin, min(cut, midnight(after, zone))))


def _same_elapsed(period: Period, start: date, other: date) -> int:
    now = datetime.fromtimestamp(min(period.as_of, period.end), period.zone)
    moment = datetime.combine(other + (now.date() - start), now.time().replace(fold=0), period.zone)
    return int(moment.timestamp())


def bounds(grain: str, start: int, end: int, zone: ZoneInfo) -> list[tuple[int, int]]:
    """`[start, end)` cut into grains at local borders; the first and last may be parts of one."""
    if grain not in GRAINS:
        raise PeriodError(f"unknown grain {grain!r}; use {', '.join(GRAINS)}")
    found = []
    at = start
    while at < end:
        after = min(_next(grain, at, zone), end)
        found.append((at, after))
        at = after
    return found


def _next(grain: str, at: int, zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(at, zone)
    if grain == "hour":
        # Hours run on in real time; a zone's offset decides where they begin, half-hour zones included.
        return at + 3600 - (local.minute * 60 + local.second)
    day = local.date()
    if grain == "day":
        return midnight(day + timedelta(days=1), zone)
    if grain == "week":
        return midnight(day + timedelta(days=7 - day.weekday()), zone)
    return midnight(add_months(day.replace(day=1), 1), zone)


def midnight(day: date, zone: ZoneInfo) -> int:
    """The first moment of a local day; where a clock change skips midnight, the moment of the change."""
    return int(datetime.combine(day, time(), zone).timestamp())


def add_months(day: date, months: int) -> date:
    """The first-of-month `day` moved by whole months."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, day.day)


def _local_date(at: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at, zone).date()
