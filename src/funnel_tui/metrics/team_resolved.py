"""What the team resolved of the queries begun in a period, by how they had come to it: at once, or after self-serve."""

from collections.abc import Mapping

from funnel_tui.metrics.listed import ALIKE, BEGUN
from funnel_tui.metrics.measures import Measured, Measures
from funnel_tui.metrics.statistics import Sample
from funnel_tui.metrics.tiles import Tiles, value_of
from funnel_tui.model.local import LOCAL
from funnel_tui.model.values import MetricValue


def resolved_of_begun(tiles: Tiles) -> Mapping[str, MetricValue]:
    """On the funnel's cohort, so that the sum is its node of what the team resolved. Each is worth what is known of how
    people reach the team; a filter that reads of articles cannot pass keeps the episodes, as in the funnel."""
    now, found = tiles.measures, {}
    then = tiles.earlier(now, tiles.comparable("human.resolved"))
    for measures in (now, then):
        if measures is not None:
            measures.preload(set().union(*BEGUN.values()))
    for id in BEGUN:
        worth = tiles.judge.worth(ALIKE[id])
        found[id] = tiles.as_read(value_of(LOCAL[id], _count(now, id), _count(then, id) if then else None, worth))
    return found


def _count(measures: Measures, id: str) -> Measured:
    value = sum(measures.sum(name) for name in BEGUN[id])
    return Measured(value, sample=Sample(value, count=True))
