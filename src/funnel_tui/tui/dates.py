"""Periods and moments in words: `Month to date 1–22 Nov`, `vs 1–22 Oct`, `Thu 19 Nov 14:35`."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from funnel_tui.model.values import Period, Window

_NAMES = {
    "today": "Today",
    "yesterday": "Yesterday",
    "week": "Week",
    "month": "Month",
    "quarter": "Quarter",
    "year": "Year",
}
_DAY = "%a %-d %b"
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def period_words(period: Period, earlier: int = 0) -> tuple[str, str]:
    """What the period is called and its days: `("Month to date", "1–22 Nov")`."""
    name = _NAMES.get(period.name)
    days = span_words(period.start, min(period.end, max(period.as_of, period.start + 1)), period.zone, period.as_of)
    if name is None:
        if period.name.startswith("last-"):
            return f"Last {period.name[5:-1]} days", days
        return "Dates", days
    if period.name == "today":
        return ("Today" if not earlier else "Day"), days
    return (name if period.complete else f"{name} to date"), days


def window_words(window: Window, period: Period) -> str:
    """`vs 1–22 Oct`."""
    return f"vs {span_words(window.start, window.end, period.zone, period.as_of)}"


def unread_words(window: Window, period: Period, known_from: int | None, *, filling: bool = False) -> tuple[str, ...]:
    """Where the sources have not been read as far back as the compared days reach: that, longest form first. Empty
    where they have. A day that was read from some hour on does not count as missing. `filling`: they are being read."""
    if known_from is None or window.start > known_from - 86_400:
        return ()
    days = span_words(window.start, window.end, period.zone, period.as_of)
    if filling:
        return f"{days} not read yet to compare with", f"{days} not read yet", "nothing to compare"
    if window.end <= known_from:
        return f"nothing read of {days} to compare with", f"{days} not read", "nothing to compare"
    read = day_words(known_from, period.zone, period.as_of)
    return f"{days} read from {read} on only: not compared", f"{days} read in part", "nothing to compare"


def span_words(start: int, end: int, zone: ZoneInfo, now: int) -> str:
    """The days of `[start, end)` in the zone; the year only where it is not that of `now`."""
    first = datetime.fromtimestamp(start, zone)
    last = datetime.fromtimestamp(max(start, end - 1), zone)
    this_year = datetime.fromtimestamp(now, zone).year
    year = f" {last.year}" if last.year != this_year else ""
    if first.date() == last.date():
        return first.strftime(_DAY) + year
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.strftime('%-d %b')}{year}"
    first_year = f" {first.year}" if first.year != last.year else ""
    return f"{first.strftime('%-d %b')}{first_year}–{last.strftime('%-d %b')}{year}"


def day_words(at: int, zone: ZoneInfo, now: int) -> str:
    """`3 Oct`, or `3 Oct 2025`."""
    day = datetime.fromtimestamp(at, zone)
    return day.strftime("%-d %b" if day.year == datetime.fromtimestamp(now, zone).year else "%-d %b %Y")


def moment_words(at: int, zone: ZoneInfo, now: int) -> str:
    """`14:35` today, `Thu 14:35` within the week, `19 Oct 14:35`, `19 Oct 2025`."""
    day, today = datetime.fromtimestamp(at, zone), _day(now, zone)
    back = (today - day.date()).days
    # Not by strftime, which takes thrice as long: a list of ten thousand is looked through while somebody types.
    time = f"{day.hour:02}:{day.minute:02}"
    if not back:
        return time
    if 0 < back < 7:
        return f"{_WEEKDAYS[day.weekday()]} {time}"
    return f"{day.day} {_MONTHS[day.month - 1]} {time if day.year == today.year else day.year}"


@lru_cache(maxsize=8)
def _day(at: int, zone: ZoneInfo) -> date:
    """The same for each of the thousands of moments that a list tells."""
    return datetime.fromtimestamp(at, zone).date()


def short_age(seconds: int) -> str:
    """`4s`, `12m`, `3h`, `2d`: one unit, so that it rarely changes."""
    seconds = max(0, seconds)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
