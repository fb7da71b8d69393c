"""Axes people read: round tick values for counts, shares and durations, and ticks on the hours and days of a zone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from funnel_tui.model.values import Unit

from .format import DAY, HOUR, MINUTE

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
    """A vertical axis from zero to `top`; `ticks` include both."""

    top: float
    ticks: tuple[float, ...]


def nice_scale(maximum: float, ticks: int, unit: Unit = Unit.COUNT) -> Scale:
    """The smallest axis with round steps that holds `maximum` in at most `ticks` steps (at least one)."""
    ticks = max(1, ticks)
    if not math.isfinite(maximum) or maximum <= 0:
        maximum = 1.0
    step = _step(maximum / ticks, unit)
    steps = max(1, math.ceil(maximum / step - 1e-9))
    return Scale(step * steps, tuple(step * index for index in range(steps + 1)))


def _step(least: float, unit: Unit) -> float:
    if unit is Unit.SECONDS:
        for step in _TIME_STEPS:
            if step >= least:
                return float(step)
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
