"""The table of articles: how often each was read, by how many, and how many of those wrote to the team all the same.

Beside the period's figures stand those since the article was written: they take no second sample of a counter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from funnel_tui.metrics.counters import Growth, growth
from funnel_tui.metrics.ever import NOT_COUNTED, Ever
from funnel_tui.metrics.measures import Measured, Measures
from funnel_tui.metrics.rankings import MOST, largest, values, why_not
from funnel_tui.metrics.recipes import TWO_SAMPLES
from funnel_tui.metrics.statistics import Sample
from funnel_tui.metrics.tiles import Tiles, value_of
from funnel_tui.model.boards import Ranking, RankRow
from funnel_tui.model.local import CONVERSATIONS
from funnel_tui.model.values import MetricValue, Window
from funnel_tui.store.filters import ARTICLE, Part, supported
from funnel_tui.store.ranked import Readers

_METRICS = ("selfserve.article_views", "selfserve.article_viewers", "selfserve.article_resolution_rate")
_NOBODY = Readers(0, 0, 0, 0, 0)


def articles(tiles: Tiles, known: Mapping[Part, Ever]) -> Ranking:
    """All articles with a view, in the period or ever: the most viewed in the period first, then those ever."""
    reason = why_not(tiles, _METRICS[0])
    if reason is not None and (reason != TWO_SAMPLES or not known):
        return Ranking(ARTICLE, reason=reason)
    counted = frozenset(part for part, one in known.items() if one.sampled is not None)
    found = _Found.read(tiles, tiles.measures, counted)
    views = found.views()
    ever = {part: float(one.views) for part, one in known.items()}
    rows = largest(tiles, ARTICLE, dict.fromkeys(views, 0.0) | ever)
    rows.sort(key=lambda row: -views.get(row[2], 0))
    window = tiles.comparable(_METRICS[0])
    before = _earlier(tiles, window, counted)
    shown = []
    for key, label, part in rows[:MOST]:
        figures = _row(tiles, found.of(part), before.of(part) if before is not None else None)
        if part in known:
            figures |= known[part].values(tiles.span.zone)
        shown.append(RankRow(key, label, figures))
    return Ranking(ARTICLE, tuple(shown), None, len(rows))


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of all articles in one window."""

    measures: Measures
    readers: dict[Part, Readers]
    grown: dict[Part, Growth | None]
    counted: frozenset[Part]
    """Those that have a counter, whether or not it had been sampled by then."""

    @classmethod
    def read(cls, tiles: Tiles, measures: Measures, counted: frozenset[Part]) -> "_Found":
        scope, grown = measures.scope, {}
        if measures.counted and scope.keys <= supported("article_view"):
            for (wid, article), samples in tiles.reader.counters(scope).items():
                runs = {(wid, article): samples}
                grown[Part(ARTICLE, article, wid)] = growth(runs, scope.start, scope.until)
        return cls(measures, tiles.reader.readers_by_article(scope), grown, counted)

    def views(self) -> dict[Part, float]:
        counts = {part: float(readers.views) for part, readers in self.readers.items()}
        for part, counter in self.grown.items():
            if counter is not None and counter.views:
                counts[part] = counts.get(part, 0) + counter.views
        return counts

    def of(self, part: Part) -> Measures:
        found = self.measures.elsewhere(replace(self.measures.scope, part=part))
        readers, growth = self.readers.get(part, _NOBODY), self.grown.get(part)
        # Without two samples of a counter it is not told whether there was a view in the period.
        only = part in self.counted and not readers.views
        found.know_articles(readers, growth, only_counted=only)
        return found


def _earlier(tiles: Tiles, window: Window | None, counted: frozenset[Part]) -> _Found | None:
    measures = tiles.earlier(tiles.measures, window)
    return None if measures is None else _Found.read(tiles, measures, counted)


def _row(tiles: Tiles, now: Measures, then: Measures | None) -> dict[str, MetricValue]:
    worth = tiles.judge.worth("selfserve.article_resolution_rate")
    wrote = value_of(CONVERSATIONS, _wrote(now), None if then is None else _wrote(then), worth)
    return values(tiles, now, then, _METRICS) | {CONVERSATIONS.id: tiles.as_read(wrote)}


def _wrote(measures: Measures) -> Measured:
    growth = measures.growth()
    if measures.only_counted():
        if growth is None:
            return Measured(None, missing=TWO_SAMPLES)
        if growth.views and not growth.judged:
            return Measured(None, missing=NOT_COUNTED)
    value = float(measures.readers().wrote + (growth.conversations if growth else 0))
    return Measured(value, sample=Sample(value, count=True))
