"""Figures over time: one pass over each population, its values dealt out to the grains by their moments."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from funnel_tui.metrics.counters import growth
from funnel_tui.metrics.funnel import quest_links
from funnel_tui.metrics.periods import bounds
from funnel_tui.metrics.recipes import Measures
from funnel_tui.metrics.statistics import median
from funnel_tui.model.values import Series, SeriesPoint
from funnel_tui.store.filters import supported


def series(measures: Measures, grain: str, start: int, end: int) -> Series:
    """The points of `[start, end)`, each by the definitions of its metrics; none beyond the as-of moment.

    Medians are left out of months: no chart of months shows them.
    """
    settings, as_of = measures.settings, measures.scope.as_of
    grains = [grain_ for grain_ in bounds(grain, start, end, settings.zone) if grain_[0] <= as_of]
    if not grains:
        return Series(grain)
    scope = replace(measures.scope, start=start, end=min(end, grains[-1][1]))
    timed = grain != "month"
    reader, deal = measures.reader, _Dealer(grains)
    knows_messages = scope.keys <= supported("outbound")
    knows_views = scope.keys <= supported("article_view")
    runs = reader.counters(scope) if measures.counted and knows_views else {}

    names = ["bot_answered", "bot_resolved", "inbound", "resolved", "rated", "rated_good"]
    sums = reader.sums_by(names + (["delivered", "opened"] if knows_messages else []), scope, grains)
    seekers = reader.seekers_by(scope, grains, readers=knows_views)
    none: list[tuple[int, float]] = []
    first = deal.lists(reader.placed_values("first_response", scope) if timed else none)
    close = deal.lists(reader.placed_values("time_to_close", scope) if timed else none)
    if reader.has_views():
        selfserve = deal.count(
            began for began, path in quest_links(reader, scope) if path[-1][1] in ("article_resolved", "bot_resolved")
        )
    else:
        selfserve = [int(value) for value in sums["bot_resolved"]]  # every quest is an episode then

    def count(name: str, i: int) -> int | None:
        return int(sums[name][i]) if name in sums else None

    points = []
    for i, (begin, after) in enumerate(grains):
        counted = 0
        if runs:
            grown = growth(runs, begin, min(after, scope.until))
            counted = grown.resolved if grown else 0
        points.append(
            SeriesPoint(
                start=begin,
                end=after,
                selfserve_resolved=selfserve[i] + counted,
                human_resolved=int(sums["resolved"][i]),
                proactive_delivered=count("delivered", i),
                seekers=seekers[i],
                opened=count("opened", i),
                bot_answered=count("bot_answered", i),
                bot_resolved=count("bot_resolved", i),
                inbound=count("inbound", i),
                first_response_median=median(first[i]),
                time_to_close_median=median(close[i]),
                csat=sums["rated_good"][i] / sums["rated"][i] if sums["rated"][i] else None,
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

    def count(self, moments: Iterable[int]) -> list[int]:
        found = [0] * len(self._starts)
        for at in moments:
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
