"""Figures over the time that led up to a period: its last months and days."""

from dataclasses import replace
from typing import Any

from funnel_tui.metrics.periods import bounds, period
from funnel_tui.metrics.quality import Judge
from funnel_tui.metrics.series import series
from funnel_tui.metrics.tiles import Tiles
from funnel_tui.model.values import Quality, Series
from funnel_tui.store.populations import DAY

SPARK_DAYS = 60
WEEKS = 26


def last_months(tiles: Tiles) -> Series:
    """The twelve months up to the one that holds the period's last known moment, from the first with any data."""
    span, earliest = tiles.span, _begun(tiles)
    last = min(span.as_of, span.end - 1)
    grains = bounds("month", last - 400 * DAY, last + 1, span.zone)[-12:]
    whole = period("month", last, span.zone)
    start = next((start for start, end in grains if earliest is not None and end > earliest), whole.start)
    return told(series(tiles.measures, "month", period("month", start, span.zone).start, whole.end), tiles.judge)


_POINTS = {
    "selfserve_resolved": "selfserve.share_resolved",
    "proactive_delivered": "proactive.delivered",
    "opened": "proactive.opened",
    "seekers": "selfserve.seekers",
    "bot_answered": "selfserve.bot_answered",
    "bot_resolved": "selfserve.bot_resolved",
}
"""Fields of a point and the metric without which they are not known."""


def told(series: Series, judge: Judge) -> Series:
    """Without what the sources cannot tell, which is not 0."""
    unknown: dict[str, Any] = {
        name: None for name, metric in _POINTS.items() if judge.worth(metric).quality is Quality.UNAVAILABLE
    }
    return replace(series, points=tuple(replace(point, **unknown) for point in series.points)) if unknown else series


def last_days(tiles: Tiles) -> Series:
    """The last days up to the period's end, for sparklines."""
    span, earliest = tiles.span, _begun(tiles)
    last = min(span.as_of, span.end - 1)
    today = period("today", last, span.zone)
    start = period("today", last - SPARK_DAYS * DAY, span.zone).start
    if earliest is not None:
        start = max(start, min(period("today", earliest, span.zone).start, today.start))
    return told(series(tiles.measures, "day", start, today.end), tiles.judge)


def _begun(tiles: Tiles) -> int | None:
    """The first moment that a figure over time can show."""
    reader, known_from = tiles.reader, tiles.known_from
    earliest = reader.earliest()
    if known_from is not None and set(reader.workspaces()) <= {fresh.name for fresh in reader.freshness()}:
        return max(earliest or 0, known_from)  # a month of which only the end was read is no month
    return earliest


def last_weeks(tiles: Tiles) -> Series:
    """The complete weeks up to the period's end, from the first that is known whole: at most 26."""
    span, earliest = tiles.span, _begun(tiles)
    until = min(span.as_of, span.end)
    weeks = [
        (start, end)
        for start, end in bounds(
            "week", period("week", until - (WEEKS + 1) * 7 * DAY, span.zone).start, until, span.zone
        )
        if end == period("week", start, span.zone).end and earliest is not None and start >= earliest
    ][-WEEKS:]
    return told(series(tiles.measures, "week", weeks[0][0], weeks[-1][1]), tiles.judge) if weeks else Series("week")
