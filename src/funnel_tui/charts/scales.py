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
