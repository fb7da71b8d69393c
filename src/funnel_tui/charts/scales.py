"""Axes people read: round tick values for counts, shares and durations, and ticks on the hours and days of a zone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from funnel_tui.model.values import Unit

from .format import DAY, HOUR, MINUTE

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_TIME_STEPS = (
    *(1, 2, 5, 10, 15, 20, 30),
    *(minutes * MINUTE for minutes in (1, 2, 3, 5, 10, 15, 20, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 4, 6, 12)),
    *(days * DAY for days in (1, 2, 3, 5, 7, 10, 14, 20, 30, 50, 60, 100)),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """A vertical axis from zero to `top`, with a tick at every multiple of `step`."""

    top: float
    step: float
    every: int
    """A step takes exactly so many rows: all ticks stand on borders between rows."""


def nice_scale(maximum: float, rows: int, unit: Unit = Unit.COUNT) -> Scale:
    """The axis of `rows` rows with round steps that holds `maximum` and wastes least of its height."""
    rows = max(1, rows)
    if not math.isfinite(maximum) or maximum <= 0:
        maximum = 1.0
    least = 1 if rows < 4 else max(2, -(-rows // 6))
    choices: list[tuple[float, int, float]] = []
    for every in range(least, max(least, rows // 2) + 1):
        step = _step(maximum * every / rows, unit)
        choices.append((step * rows / every, every, step))
    top, every, step = min(choices)
    return Scale(top, step, every)


def _step(least: float, unit: Unit) -> float:
    if unit is Unit.SECONDS:
        for seconds in _TIME_STEPS:
            if seconds >= least:
                return float(seconds)
        return DAY * _step(least / DAY, Unit.COUNT)
    if unit is Unit.COUNT:
        least = max(least, 1.0)
    power = 10.0 ** math.floor(math.log10(least))
    for base in _STEPS:
        step = base * power
        if step >= least * (1 - 1e-9) and (unit is not Unit.COUNT or step == int(step)):
            return step
    return 10 * power


@dataclass(frozen=True, slots=True)
class TimeTick:
    at: int
    """UTC epoch seconds."""
    label: str


def hour_ticks(start: int, end: int, zone: ZoneInfo, every: int) -> tuple[TimeTick, ...]:
    """The full local hours divisible by `every` within `[start, end]`, as the clock on the wall shows them.

    Found by looking at the wall clock every quarter of an hour, so that days of 23 or 25 hours and half-hour zones come
    out right; an hour that occurs twice is marked at its first occurrence.
    """
    found: list[TimeTick] = []
    seen: tuple[date, int] | None = None
    for at in range(-(-start // 900) * 900, end + 1, 900):
        local = datetime.fromtimestamp(at, zone)
        key = (local.date(), local.hour)
        if local.minute == 0 and local.hour % every == 0 and key != seen:
            found.append(TimeTick(at, f"{local.hour:02d}:00"))
            seen = key
    return tuple(found)


def date_labels(starts: Sequence[int], zone: ZoneInfo) -> tuple[str, ...]:
    """`3 Nov` for each start, with the year (`1 Jan 27`) where it changes."""
    labels = []
    year: int | None = None
    for start in starts:
        day = datetime.fromtimestamp(start, zone).date()
        text = f"{day.day} {MONTHS[day.month - 1]}"
        labels.append(f"{text} {day:%y}" if year is not None and day.year != year else text)
        year = day.year
    return tuple(labels)


def month_labels(starts: Sequence[int], zone: ZoneInfo) -> tuple[str, ...]:
    """`Nov` for each start, `Jan 27` where the year changes."""
    labels = []
    year: int | None = None
    for start in starts:
        # A month may be given by a moment just before local midnight where clocks changed: noon is in the month anyway.
        day = (datetime.fromtimestamp(start, zone) + timedelta(hours=12)).date()
        name = MONTHS[day.month - 1]
        labels.append(f"{name} {day:%y}" if year is not None and day.year != year else name)
        year = day.year
    return tuple(labels)


def point_labels(starts: Sequence[int], zone: ZoneInfo) -> tuple[str, ...]:
    """For each point as much of its moment as its steps ask for: `14:00` (at midnight the date), `3 Nov` or `Nov`."""
    step = _usual_step(starts)
    if step >= 27 * DAY:
        return month_labels(starts, zone)
    dates = date_labels(starts, zone)
    if step > 20 * HOUR:
        return dates
    clocks = [datetime.fromtimestamp(start, zone) for start in starts]
    return tuple(
        date if (clock.hour, clock.minute) == (0, 0) else f"{clock:%H:%M}"
        for clock, date in zip(clocks, dates, strict=True)
    )


def moment_label(starts: Sequence[int], index: int, zone: ZoneInfo) -> str:
    """One point's moment in full: `Tue 3 Nov 14:00`, `Tue 3 Nov`, `week of 2 Nov`, `Nov 2026`."""
    step = _usual_step(starts)
    clock = datetime.fromtimestamp(starts[index], zone)
    if step >= 27 * DAY:
        clock += timedelta(hours=12)
        return f"{MONTHS[clock.month - 1]} {clock.year}"
    day = f"{clock.day} {MONTHS[clock.month - 1]}"
    if step > 5 * DAY:
        return f"week of {day}"
    day = f"{WEEKDAYS[clock.weekday()]} {day}"
    return day if step > 20 * HOUR else f"{day} {clock:%H:%M}"


def _usual_step(starts: Sequence[int]) -> int:
    """Seconds between two points as they mostly are; a day for a point alone."""
    steps = sorted(b - a for a, b in pairwise(starts))
    return steps[len(steps) // 2] if steps else DAY


def moment_words(at: int, zone: ZoneInfo) -> str:
    """`Thu 19 Nov 14:35`."""
    clock = datetime.fromtimestamp(at, zone)
    return f"{WEEKDAYS[clock.weekday()]} {clock.day} {MONTHS[clock.month - 1]} {clock:%H:%M}"


def time_labels(start: int, end: int, width: int, zone: ZoneInfo) -> tuple[tuple[int, str], ...]:
    """(column, text) for round hours, days or months of a stretch drawn from the first column to the last.

    As many as fit without touching; each begins at its moment. Where hours are named, midnights say their date.
    """
    span = end - start
    if span <= 0 or width < 6:
        return ()
    ticks = _ticks(start, end, zone, span * 9 / width)
    found: list[tuple[int, str]] = []
    free = 0
    for at, text in ticks:
        x = round((at - start) * (width - 1) / span)
        if x >= free and x + len(text) <= width:
            found.append((x, text))
            free = x + len(text) + 2
    return tuple(found)


def _ticks(start: int, end: int, zone: ZoneInfo, least: float) -> list[tuple[int, str]]:
    """Round moments at least `least` seconds apart, with their names."""
    if least <= 12 * HOUR:
        every = next(hours for hours in (1, 2, 3, 6, 12) if hours * HOUR >= least)
        ticks = hour_ticks(start, end, zone, every)
        names = date_labels([tick.at for tick in ticks], zone)
        return [
            (tick.at, name if tick.label == "00:00" else tick.label) for tick, name in zip(ticks, names, strict=True)
        ]
    days = next((days for days in (1, 2, 7) if days * DAY >= least), 0)
    day = datetime.fromtimestamp(start, zone).date()
    if days == 7:
        day -= timedelta(days=day.weekday())
    midnights: list[int] = []
    while True:
        day = day + timedelta(days=days) if days else (day.replace(day=1) + timedelta(days=31)).replace(day=1)
        at = int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
        if at > end:
            break
        midnights.append(at)
    return list(zip(midnights, (date_labels if days else month_labels)(midnights, zone), strict=True))
