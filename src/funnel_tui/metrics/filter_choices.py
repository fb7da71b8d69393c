"""The values that filters can take, by how much they matter now."""

from collections.abc import Mapping
from dataclasses import replace

from funnel_tui.metrics.request import ReportRequest, filters_of, period_of
from funnel_tui.model.boards import Choice, Choices
from funnel_tui.settings import Settings
from funnel_tui.store.dimensions import Member
from funnel_tui.store.filters import KEYS
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import Scope

MOST = 500
"""Values of one key: more are found by typing a filter, not by looking through a list."""


def choices(reader: Reader, settings: Settings, request: ReportRequest, now: int) -> Choices:
    """The values of each filter key with how many conversations begun in the period have them, under the filters on
    the other keys; most frequent first. What the cache has seen at any time can be chosen, with 0 where the period has
    none of it.

    Raises PeriodError.
    """
    span = period_of(settings, request, now)
    filters = filters_of(request)
    scope = Scope(span.start, span.end, span.as_of, filters)
    with reader.at(span.as_of):
        whole = reader.begun_by(scope)
        counts = dict(whole)
        for key in filters:
            others = {other: values for other, values in filters.items() if other != key}
            counts[key] = reader.begun_by(replace(scope, filters=others)).get(key, {})
        return Choices({key: _sorted(reader, key, counts.get(key, {})) for key in KEYS})


def _sorted(reader: Reader, key: str, counts: Mapping[Member, int]) -> tuple[Choice, ...]:
    found = [
        Choice(value.name, value.label, sum(counts.get(member, 0) for member in value.members))
        for value in reader.values_of(key, counts.keys() | reader.ever(key))
    ]
    found.sort(key=lambda choice: (-choice.count, choice.label.casefold(), choice.value))
    return tuple(found[:MOST])
