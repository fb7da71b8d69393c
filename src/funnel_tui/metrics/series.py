"""Figures over time: one pass over each population, its values dealt out to the grains by their moments."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from funnel_tui.metrics.funnel import quest_links
from funnel_tui.metrics.periods import bounds
from funnel_tui.metrics.recipes import Measures
from funnel_tui.metrics.statistics import median
from funnel_tui.model.values import Series, SeriesPoint
from funnel_tui.store.filters import supported

T = TypeVar("T")


def series(measures: Measures, grain: str, start: int, end: int) -> Series:
    """The points of `[start, end)`, each by the definitions of its metrics; none beyond the as-of moment."""
    settings, as_of = measures.settings, measures.scope.as_of
    grains = [grain_ for grain_ in bounds(grain, start, end, settings.zone) if grain_[0] <= as_of]
    if not grains:
        return Series(grain)
    scope = replace(measures.scope, start=start, end=min(end, grains[-1][1]))
    reader, deal = measures.reader, _Dealer(grains)
    inside = set(scope.filters)
    knows_messages = inside <= supported("outbound")
    knows_views = inside <= supported("article_view")

    delivered = deal.count(reader.placed_values("delivered", scope)) if knows_messages else None
    opened = deal.count(reader.placed_values("opened", scope)) if knows_messages else None
    seekers = deal.distinct(reader.seekers(scope) if knows_views else reader.starters(scope))
    answered = deal.count(reader.placed_values("bot_answered", scope))
    bot_resolved = deal.count(reader.placed_values("bot_resolved", scope))
    inbound = deal.count(reader.placed_values("inbound", scope))
    resolved = deal.count(reader.placed_values("resolved", scope))
    first = deal.lists(reader.placed_values("first_response", scope))
    close = deal.lists(reader.placed_values("time_to_close", scope))
    rated = deal.count(reader.placed_values("rated", scope))
    good = deal.count(reader.placed_values("rated_good", scope))
    selfserve = deal.count(
        (began, 1) for began, path in quest_links(reader, scope) if path[-1][1] in ("article_resolved", "bot_resolved")
    )
    points = []
    for i, (begin, after) in enumerate(grains):
        counted = 0
        if measures.counters_only and knows_views:
            growth = reader.counters(replace(scope, start=begin, end=after))
            counted = max(0, growth.views - growth.conversations) if growth else 0
        points.append(
            SeriesPoint(
                start=begin,
                end=after,
                selfserve_resolved=selfserve[i] + counted,
                human_resolved=resolved[i],
                proactive_delivered=delivered[i] if delivered else None,
                seekers=seekers[i],
                opened=opened[i] if opened else None,
                bot_answered=answered[i],
                bot_resolved=bot_resolved[i],
                inbound=inbound[i],
                first_response_median=median(first[i]),
                time_to_close_median=median(close[i]),
                csat=good[i] / rated[i] if rated[i] else None,
            )
        )
    return Series(grain, tuple(points))


class _Dealer:
    """Puts moments into the grains that hold them."""

    def __init__(self, grains: Sequence[tuple[int, int]]) -> None:
        self._starts = [start for start, _ in grains]
        self._end = grains[-1][1]

    def _index(self, at: int) -> int:
        return bisect_right(self._starts, at) - 1 if at < self._end else -1

    def count(self, rows: Iterable[tuple[int, float]]) -> list[int]:
        found = [0] * len(self._starts)
        for at, _ in rows:
            if (i := self._index(at)) >= 0:
                found[i] += 1
        return found

    def lists(self, rows: Iterable[tuple[int, float]]) -> list[list[float]]:
        found: list[list[float]] = [[] for _ in self._starts]
        for at, value in rows:
            if (i := self._index(at)) >= 0:
                found[i].append(value)
        for values in found:
            values.sort()
        return found

    def distinct(self, rows: Iterable[tuple[int, int, str]]) -> list[int]:
        found: list[set[tuple[int, str]]] = [set() for _ in self._starts]
        for at, workspace, viewer in rows:
            if (i := self._index(at)) >= 0:
                found[i].add((workspace, viewer))
        return [len(viewers) for viewers in found]
