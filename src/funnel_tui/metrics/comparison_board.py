"""The board of two periods side by side: every metric, its change with the noise of it, and the course of both."""

from collections.abc import Mapping
from dataclasses import replace

from funnel_tui.metrics.past import told
from funnel_tui.metrics.periods import bounds
from funnel_tui.metrics.series import series
from funnel_tui.metrics.tiles import Tiles
from funnel_tui.model.boards import ComparedRow, ComparisonBoard
from funnel_tui.model.values import MetricValue, Quality, Series
from funnel_tui.store.populations import DAY

POINTS: Mapping[str, str] = {
    "proactive.delivered": "proactive_delivered",
    "proactive.opened": "opened",
    "selfserve.seekers": "seekers",
    "selfserve.bot_answered": "bot_answered",
    "selfserve.bot_resolved": "bot_resolved",
    "human.inbound": "inbound",
    "human.resolved": "human_resolved",
    "human.first_response.median": "first_response_median",
    "human.time_to_close.median": "time_to_close_median",
    "human.csat": "csat",
}
"""Metrics that a series has, and the field of a point that holds each."""

_LONGEST = 93 * DAY
"""Beyond it a day is too short a step to be seen."""

Course = tuple[float | None, ...]


def comparison_board(tiles: Tiles, now: int) -> ComparisonBoard:
    step = _step(tiles)
    scope, window = tiles.measures.scope, tiles.comparable("human.inbound")
    course = told(series(tiles.measures, step, scope.start, scope.end), tiles.judge)
    earlier = tiles.earlier(tiles.measures, window)
    before = Series(step)
    if earlier is not None and window is not None:
        before = told(series(earlier, step, window.start, window.end), tiles.judge)
    rows = (_row(metric, course, before) for metric in tiles.values().values())
    return ComparisonBoard(tuple(rows), step)


def _step(tiles: Tiles) -> str:
    scope = tiles.measures.scope
    if len(bounds("day", scope.start, scope.end, tiles.span.zone)) == 1:
        return "hour"
    return "day" if scope.end - scope.start <= _LONGEST else "week"


def _row(metric: MetricValue, course: Series, before: Series) -> ComparedRow:
    row = ComparedRow(metric, metric.change_low, metric.change_high)
    name = POINTS.get(metric.spec.id)
    if name is None or metric.quality is Quality.UNAVAILABLE:
        return row
    return replace(row, now=_values(course, name), then=_values(before, name))


def _values(found: Series, name: str) -> Course:
    return tuple(getattr(point, name) for point in found.points)
