"""A report cut by one dimension: a row for each value it takes, or for each grain or hour of time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from funnel_tui.metrics import by_clock
from funnel_tui.metrics.measures import Measures
from funnel_tui.metrics.periods import GRAINS, PeriodError, bounds
from funnel_tui.model.values import Breakdown, BreakdownRow, MetricValue
from funnel_tui.store.filters import ARTICLE, CAMPAIGN, KEYS

DIMENSIONS = (*KEYS, "topic", CAMPAIGN, ARTICLE, *by_clock.LABELS, *GRAINS[1:])

Values = Callable[[Measures], dict[str, MetricValue]]


def breakdown(measures: Measures, by: str, values: Values) -> Breakdown:
    """Rows of the whole catalogue by `by`; a conversation with two tags stands in two rows. Raises PeriodError."""
    if by not in DIMENSIONS:
        raise PeriodError(f"cannot break down by {by!r}; use one of {', '.join(DIMENSIONS)}")
    cut = _by_time if by in GRAINS[1:] else _by_clock if by in by_clock.LABELS else _by_value
    return Breakdown(by, tuple(BreakdownRow(key, label, values(part)) for key, label, part in cut(measures, by)))


Parts = list[tuple[str, str, Measures]]


def _by_time(measures: Measures, by: str) -> Parts:
    scope, zone = measures.scope, measures.settings.zone
    parts = []
    for start, end in bounds(by, scope.start, scope.end, zone):
        if start <= scope.as_of:
            day = datetime.fromtimestamp(start, zone).date().isoformat()
            parts.append((day, day, measures.elsewhere(replace(scope, start=start, end=end))))
    return parts


def _by_clock(measures: Measures, by: str) -> Parts:
    labels = by_clock.LABELS[by]
    return [(str(i), labels[i], part) for i, part in enumerate(by_clock.buckets(measures, by))]


def _by_value(measures: Measures, by: str) -> Parts:
    scope = measures.scope
    key = "tag" if by == "topic" else by
    return [
        (value, label, measures.elsewhere(replace(scope, part=part)))
        for value, label, part in measures.reader.parts(key, scope)
    ]
