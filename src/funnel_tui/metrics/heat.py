"""Figures for each hour of the week, in the report zone."""

from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import median
from zoneinfo import ZoneInfo

from funnel_tui.metrics.tiles import Tiles
from funnel_tui.model.boards import Heat
from funnel_tui.model.values import Quality, Unit

_HOUR = 3600
_WEEK = 7 * 24
_STEP = 900
"""Seconds in which no clock changes its hour: offsets and their changes are quarters of an hour."""


def counted(tiles: Tiles, metric: str, population: str) -> Heat:
    """How many rows of a population each hour has; None for hours that are not in the window, and for all where the
    sources cannot tell."""
    cells = _dealt(tiles, metric, population)
    inside = _hours_of(tiles, metric)
    return _heat(metric, Unit.COUNT, cells, lambda hour, values: float(len(values)) if hour in inside else None)


def middle(tiles: Tiles, metric: str, population: str) -> Heat:
    """The median of a population's values by the hours that place them, seconds."""
    cells = _dealt(tiles, metric, population)
    return _heat(metric, Unit.SECONDS, cells, lambda _, values: float(median(values)) if values else None)


def _known(tiles: Tiles, metric: str) -> bool:
    return tiles.judge.worth(metric).quality is not Quality.UNAVAILABLE


def _dealt(tiles: Tiles, metric: str, population: str) -> list[list[int]]:
    zone = tiles.settings.zone
    found: list[list[int]] = [[] for _ in range(_WEEK)]
    if not _known(tiles, metric):
        return found
    known: dict[int, list[int]] = {}
    for at, value in tiles.reader.placed_values(population, tiles.measures.scope):
        step = at // _STEP
        cell = known.get(step)
        if cell is None:
            cell = known[step] = found[_hour(at, zone)]
        cell.append(value)
    return found


def _hours_of(tiles: Tiles, metric: str) -> set[int]:
    """The hours of the week that the window has, as far as it is known."""
    if not _known(tiles, metric):
        return set()
    scope, zone = tiles.measures.scope, tiles.settings.zone
    last = min(scope.until, scope.start + 8 * 24 * _HOUR)
    return {_hour(at, zone) for at in range(scope.start, last, _STEP)}


def _hour(at: int, zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(at, zone)
    return local.weekday() * 24 + local.hour


def _heat(
    metric: str, unit: Unit, cells: Sequence[list[int]], figure: Callable[[int, list[int]], float | None]
) -> Heat:
    days = range(0, _WEEK, 24)
    return Heat(
        metric,
        unit,
        tuple(tuple(figure(hour, cells[hour]) for hour in range(day, day + 24)) for day in days),
        tuple(tuple(len(cells[hour]) for hour in range(day, day + 24)) for day in days),
    )
