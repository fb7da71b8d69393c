"""Figures over time: the sums and medians of each grain."""

from dataclasses import replace

from funnel_tui.metrics.counters import growth
from funnel_tui.metrics.measures import Measures
from funnel_tui.metrics.periods import bounds
from funnel_tui.model.values import Series, SeriesPoint
from funnel_tui.store.filters import supported
from funnel_tui.store.populations import QUEST_PATHS

_SELFSERVE = ("article_resolved", "bot_resolved")


def series(measures: Measures, grain: str, start: int, end: int) -> Series:
    """The points of `[start, end)`, each by the definitions of its metrics; none beyond the as-of moment.

    A figure whose records have no such key as is filtered by is None, as its metric is unavailable.
    Medians are left out of months: no chart of months shows them.
    """
    settings, as_of = measures.settings, measures.scope.as_of
    grains = [grain_ for grain_ in bounds(grain, start, end, settings.zone) if grain_[0] <= as_of]
    if not grains:
        return Series(grain)
    scope = replace(measures.scope, start=start, end=min(end, grains[-1][1]))
    timed = grain != "month"
    reader = measures.reader
    knows_messages = scope.keys <= supported("outbound")
    knows_views = scope.keys <= supported("article_view")
    runs = reader.counters(scope) if measures.counted and knows_views else {}

    # What self-serve resolved needs the reads too: without them it would be the bot's part alone.
    resolving = [name for name, way in QUEST_PATHS.items() if knows_views and way[-1][1] in _SELFSERVE]
    names = ["bot_answered", "bot_resolved", "inbound", "resolved", "rated", "rated_good", *resolving]
    names += ["delivered", "opened"] if knows_messages else []
    names += ["sought_first", "viewed_first"] if knows_views else []  # people of one team alone are no seekers
    sums = reader.sums_by(names, scope, grains)

    def middle(name: str, begin: int, after: int) -> float | None:
        return reader.median(name, replace(scope, start=begin, end=after)) if timed else None

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
                selfserve_resolved=int(sum(sums[name][i] for name in resolving)) + counted if resolving else None,
                human_resolved=int(sums["resolved"][i]),
                proactive_delivered=count("delivered", i),
                seekers=int(sums["sought_first"][i] + sums["viewed_first"][i]) if knows_views else None,
                opened=count("opened", i),
                bot_answered=count("bot_answered", i),
                bot_resolved=count("bot_resolved", i),
                inbound=count("inbound", i),
                first_response_median=middle("first_response", begin, after),
                time_to_close_median=middle("time_to_close", begin, after),
                csat=sums["rated_good"][i] / sums["rated"][i] if sums["rated"][i] else None,
            )
        )
    return Series(grain, tuple(points))
