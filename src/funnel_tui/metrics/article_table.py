"""The table of articles: how often each was read, by how many, and how many of those wrote to the team all the same."""

from dataclasses import dataclass, replace

from funnel_tui.metrics.counters import Growth, growth
from funnel_tui.metrics.measures import Measured, Measures
from funnel_tui.metrics.rankings import MOST, largest, values, why_not
from funnel_tui.metrics.recipes import TWO_SAMPLES
from funnel_tui.metrics.statistics import Sample
from funnel_tui.metrics.tiles import Tiles, value_of
from funnel_tui.model.boards import Ranking, RankRow
from funnel_tui.model.values import Direction, MetricSpec, MetricValue, Unit, Window
from funnel_tui.store.filters import ARTICLE, Part, supported
from funnel_tui.store.ranked import Readers

CONVERSATIONS = MetricSpec(
    "article.conversations",
    "Then wrote",
    Unit.COUNT,
    Direction.NEITHER,
    "Of the article's viewers in the period, those who started a conversation within 24 h of a view of it.",
    "selfserve",
)
"""A figure of single articles, which the catalogue does not have."""
_METRICS = ("selfserve.article_views", "selfserve.article_viewers", "selfserve.article_resolution_rate")
_NOBODY = Readers(0, 0, 0, 0, 0)
_NOT_COUNTED = "The source does not count the conversations that an article leads to."


def articles(tiles: Tiles) -> Ranking:
    """The most viewed articles of the period, from single views and from counters."""
    reason = why_not(tiles, _METRICS[0])
    if reason is not None:
        return Ranking(ARTICLE, reason=reason)
    found = _Found.read(tiles, tiles.measures)
    rows = largest(tiles, ARTICLE, found.views())
    window = tiles.comparable(_METRICS[0])
    before = _earlier(tiles, window)
    shown = tuple(
        RankRow(key, label, _row(tiles, found.of(part), before.of(part) if before is not None else None))
        for key, label, part in rows[:MOST]
    )
    return Ranking(ARTICLE, shown, None, len(rows))


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of all articles in one window."""

    measures: Measures
    readers: dict[Part, Readers]
    grown: dict[Part, Growth | None]

    @classmethod
    def read(cls, tiles: Tiles, measures: Measures) -> "_Found":
        scope, grown = measures.scope, {}
        if measures.counted and scope.keys <= supported("article_view"):
            for (wid, article), samples in tiles.reader.counters(scope).items():
                runs = {(wid, article): samples}
                grown[Part(ARTICLE, article, wid)] = growth(runs, scope.start, scope.until)
        return cls(measures, tiles.reader.readers_by_article(scope), grown)

    def views(self) -> dict[Part, float]:
        counts = {part: float(readers.views) for part, readers in self.readers.items()}
        for part, counter in self.grown.items():
            if counter is not None and counter.views:
                counts[part] = counts.get(part, 0) + counter.views
        return counts

    def of(self, part: Part) -> Measures:
        found = self.measures.elsewhere(replace(self.measures.scope, part=part))
        found.know_articles(self.readers.get(part, _NOBODY), self.grown.get(part))
        return found


def _earlier(tiles: Tiles, window: Window | None) -> _Found | None:
    measures = tiles.earlier(tiles.measures, window)
    return None if measures is None else _Found.read(tiles, measures)


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
            return Measured(None, missing=_NOT_COUNTED)
    value = float(measures.readers().wrote + (growth.conversations if growth else 0))
    return Measured(value, sample=Sample(value, count=True))
