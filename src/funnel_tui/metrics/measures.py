"""The cache in one scope, as the formulas see it: sums, spreads, links, readers, each read at most once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from funnel_tui.metrics import funnel
from funnel_tui.metrics.counters import Growth, growth
from funnel_tui.metrics.internal import MEMORY, Asked, asked
from funnel_tui.metrics.statistics import Sample, Spread, spread
from funnel_tui.settings import Settings
from funnel_tui.store.filters import ARTICLE, supported
from funnel_tui.store.pooled import Pooled
from funnel_tui.store.populations import DAY, POPULATIONS, QUEST_PATHS
from funnel_tui.store.ranked import Readers
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import Scope

T = TypeVar("T")

LIMITS = (60, 600)
"""Seconds of the shares of quick first responses."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A value with what is known of its noise."""

    value: float | None
    n: int | None = None
    pending: int | None = None
    low: float | None = None
    high: float | None = None
    sample: Sample | None = None
    missing: str | None = None
    """Why there is no value, where the sources or the filter cannot tell."""


def quests(scope: Scope) -> list[str]:
    """The populations of the funnel. Under a filter that article views cannot pass (a team, a channel) only quests with
    an episode are left."""
    reads = scope.keys <= supported("article_view")
    return [name for name in QUEST_PATHS if reads or POPULATIONS[name].table != "article_view"]


@dataclass(slots=True)
class Measures:
    """The cache in one scope, each population read at most once."""

    reader: Reader
    scope: Scope
    settings: Settings
    counted: bool
    """Some source in the scope tells of articles by counters, not by single views."""
    cut: str | None = None
    """What the scope is cut by beyond its window and filters: only dated metrics can be told then."""
    _sums: dict[str, float] = field(default_factory=dict)
    _seen: dict[str, object] = field(default_factory=dict)

    def elsewhere(self, scope: Scope, known: Mapping[str, float] | None = None) -> "Measures":
        """The same cache looked at in another scope, of which some sums may be known already."""
        found = Measures(self.reader, scope, self.settings, self.counted)
        found.know(known or {})
        return found

    def know(self, sums: Mapping[str, float]) -> None:
        """Take the sums of some populations as read."""
        self._sums.update(sums)

    def know_articles(self, readers: Readers, growth: Growth | None, *, only_counted: bool) -> None:
        """Take what is known of the articles in the scope as read."""
        self._seen.update(readers=readers, growth=growth, only_counted=only_counted)
        self._sums["article_views"] = readers.views

    def know_values(self, name: str, values: Pooled) -> None:
        """Take the values of a population as read."""
        self._seen[f"spread {name}"] = spread(values, LIMITS)

    def preload(self, names: Iterable[str]) -> None:
        """Read the sums of many populations together, one pass a table and date."""
        missing = [name for name in names if name not in self._sums]
        if missing:
            self._sums.update(self.reader.sums(missing, self.scope))

    def sum(self, name: str) -> float:
        if name not in self._sums:
            self.preload([name])
        return self._sums[name]

    def count(self, name: str) -> int:
        return int(self.sum(name))

    def values(self, name: str) -> Pooled:
        """Sorted. Large: to be summed up and let go."""
        return self.reader.values(name, self.scope)

    def spread(self, name: str) -> Spread:
        return self._once(f"spread {name}", lambda: spread(self.values(name), LIMITS))

    def links(self) -> funnel.Links:
        """The funnel's links, the reads known by counters included."""

        def read() -> funnel.Links:
            links = funnel.links_of(self.reader.sums(quests(self.scope), self.scope))
            growth = self.growth()
            if growth is not None:
                funnel.add_counted(links, growth.resolved)
            return links

        return self._once("links", read)

    def growth(self) -> Growth | None:
        """How far the article counters grew; None without two samples, or where the filter asks for what articles do
        not have."""

        def read() -> Growth | None:
            if not self.counted or not self.scope.keys <= supported("article_view"):
                return None
            return growth(self.reader.counters(self.scope), self.scope.start, self.scope.until)

        return self._once("growth", read)

    def only_counted(self) -> bool:
        """Whether articles are known by counters alone."""
        sources = self.scope.filters.get("source", ())
        return self._once("only_counted", lambda: self.counted and not self.reader.has_views(sources))

    def readers(self) -> Readers:
        """Those who viewed articles in the window."""

        def read() -> Readers:
            if ARTICLE in self.scope.keys:
                return self._readers_of_an_article()
            undecided, their_views = self.reader.undecided_viewers(self.scope)
            return Readers(
                self.count("article_viewers"), self.count("article_writers"), undecided,
                self.count("article_views"), their_views,
            )  # fmt: skip

        return self._once("readers", read)

    def _readers_of_an_article(self) -> Readers:
        young = self.scope.as_of - DAY
        rows = self.reader.article_viewers(self.scope)
        undecided = [views for last, wrote, views in rows if not wrote and last > young]
        wrote = sum(1 for _, wrote, _ in rows if wrote)
        return Readers(len(rows), wrote, len(undecided), sum(views for _, _, views in rows), sum(undecided))

    def asked(self) -> Asked:
        """What was asked and answered in chat channels."""

        def read() -> Asked:
            scope = self.scope
            return asked(self.reader.questions(scope, scope.start - MEMORY), scope.start, scope.until)

        return self._once("asked", read)

    def office(self) -> Spread | None:
        """Of the first responses in office seconds; None without a schedule."""
        hours, zone = self.settings.office_hours, self.settings.zone
        if hours is None:
            return None
        return self._once(
            "office", lambda: spread(self.reader.office_seconds("first_response_office", self.scope, hours, zone))
        )

    def _once(self, key: str, read: Callable[[], T]) -> T:
        if key not in self._seen:
            self._seen[key] = read()
        return cast(T, self._seen[key])
