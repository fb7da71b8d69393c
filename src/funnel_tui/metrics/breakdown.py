"""A report cut by one dimension: a row for each value it takes, or for each grain of time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from funnel_tui.metrics.periods import GRAINS, PeriodError, bounds
from funnel_tui.model.values import Breakdown, BreakdownRow, MetricValue
from funnel_tui.settings import Settings
from funnel_tui.store.filters import CAMPAIGN, KEYS
from funnel_tui.store.reader import Reader, Scope

DIMENSIONS = (*KEYS, "topic", CAMPAIGN, *GRAINS[1:])

Values = Callable[[Scope], dict[str, MetricValue]]


def breakdown(reader: Reader, settings: Settings, by: str, scope: Scope, values: Values) -> Breakdown:
    """Rows of the whole catalogue by `by`; a conversation with two tags stands in two rows. Raises PeriodError."""
    if by in GRAINS[1:]:
        rows = []
        for start, end in bounds(by, scope.start, scope.end, settings.zone):
            if start <= scope.as_of:
                day = datetime.fromtimestamp(start, settings.zone).date().isoformat()
                rows.append(BreakdownRow(day, day, values(replace(scope, start=start, end=end))))
        return Breakdown(by, tuple(rows))
    if by not in DIMENSIONS:
        raise PeriodError(f"cannot break down by {by!r}; use one of {', '.join(DIMENSIONS)}")
    key = "tag" if by == "topic" else by
    found = reader.campaigns(scope) if key == CAMPAIGN else reader.values_of(key, scope)
    rows = [
        BreakdownRow(value, label, values(replace(scope, filters={**scope.filters, key: (value,)})))
        for value, label in found
    ]
    return Breakdown(by, tuple(rows))
