"""What stands behind each metric, by kind: conversations, messages, readers, quests, teammates, questions."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from funnel_tui.metrics import drill, readings, threads
from funnel_tui.metrics.duty import teammates
from funnel_tui.metrics.measures import Measured, Measures, quests
from funnel_tui.metrics.periods import PeriodError
from funnel_tui.metrics.readings import Reading
from funnel_tui.model.items import Item, MessageRow, TeammateRow
from funnel_tui.model.local import TEAM_RESOLVED, TEAM_RESOLVED_AFTER, TEAM_RESOLVED_DIRECT
from funnel_tui.model.places import Place
from funnel_tui.model.values import ConversationRow
from funnel_tui.office import office_seconds
from funnel_tui.store.behind import Drilled, Quest, View
from funnel_tui.store.filters import ARTICLE, supported
from funnel_tui.store.populations import HANDOFFS, POPULATIONS, QUEST_PATHS
from funnel_tui.store.reader import Reader

WITHIN_TARGET = "human.within_target"
"""A figure that only tables of channels have: first responses within the channel's own target."""
NO_TARGET = "No target is configured for this channel."
ARTICLE_CONVERSATIONS = "article.conversations"
"""A figure that only tables of articles have: readers who then wrote."""

_DIRECT = {name for name, way in QUEST_PATHS.items() if way == (("seeking", "team"), ("team", "team_resolved"))}
_RESOLVED_BY_TEAM = {name for name, way in QUEST_PATHS.items() if way[-1] == ("team", "team_resolved")}
BEGUN: Mapping[str, Set[str]] = {
    TEAM_RESOLVED.id: _RESOLVED_BY_TEAM,
    TEAM_RESOLVED_DIRECT.id: _DIRECT,
    TEAM_RESOLVED_AFTER.id: _RESOLVED_BY_TEAM - _DIRECT,
}
"""Figures that only the board of self-serve has, and the populations of quests that each counts."""

ALIKE = {
    "proactive.per_seeker": "proactive.delivered",
    WITHIN_TARGET: "human.within_10m",
    ARTICLE_CONVERSATIONS: "selfserve.article_viewers",
    TEAM_RESOLVED.id: "human.resolved",
    TEAM_RESOLVED_DIRECT.id: "human.direct",
    TEAM_RESOLVED_AFTER.id: "human.after_selfserve",
}
"""Metrics whose items are those of another one, or some of them."""

_MESSAGES = {
    "proactive.delivered": "delivered",
    "proactive.opened": "opened",
    "proactive.open_rate": "judged",
    "proactive.clicked": "clicked",
    "proactive.replied": "replied",
    "proactive.bounced": "bounced",
}
_READERS = ("selfserve.article_views", "selfserve.article_viewers", "selfserve.article_resolution_rate")
_RATED = ("rated", "bot_rated")
_OFFICE = "first_response_office"
_RESOLVED = ("article_resolved", "bot_resolved", "team_resolved")
"""Where the quests of the self-serve share ended."""
_SELFSERVE = ("article_resolved", "bot_resolved")
"""Those of them that nobody of the team resolved."""


class Entry(NamedTuple):
    """An item that has not been made a row yet."""

    at: int | None
    """What places it."""
    value: float | None
    """What it adds to the metric, or its age."""
    item: "Drilled | Quest | Reading | MessageRow | TeammateRow | ConversationRow"


@dataclass(slots=True)
class Listing:
    """The items behind one place."""

    measures: Measures
    place: Place

    @property
    def metric(self) -> str:
        return ALIKE.get(self.place.metric, self.place.metric)

    @property
    def of_quests(self) -> bool:
        """Whether the items are the funnel's."""
        return bool(self.place.path) or self.metric == "selfserve.share_resolved" or self.place.metric in BEGUN

    @property
    def population(self) -> str | None:
        """Of the metrics that count episodes alone."""
        if self.of_quests or self.metric == "selfserve.seekers":
            return None
        if self.place.only and self.metric == "selfserve.bot_handed_off":
            return self.place.only
        return _OFFICE if self.metric.startswith(f"human.{_OFFICE}") else drill.BEHIND.get(self.metric)

    @property
    def dated(self) -> bool:
        """Whether each item has a moment of its own."""
        return bool(self.place.path) or not self.metric.startswith("queue.") or self.metric in drill.LAST_HOUR

    @property
    def valued(self) -> bool:
        """Whether each item has a value of its own."""
        name = self.population
        if name is None:
            return self.metric in threads.TIMED
        return name in _RATED or name.startswith("queue_") or POPULATIONS[name].value != "1"

    def on_the_path(self) -> Measured:
        """How many quests went the place's way."""
        return self._unless_lacking(
            "episode", lambda: sum(self.measures.sum(name) for name in self._ways()) + self.counted()
        )

    def of_the_kind(self) -> Measured:
        """How many of the metric's items are of the place's kind. Raises PeriodError for one that they do not have."""
        kind = self.place.only
        if kind == "selfserve" and self.metric == "selfserve.share_resolved":
            return self._unless_lacking("article_view", lambda: self.on_the_path().value or 0)
        if kind in HANDOFFS and self.metric == "selfserve.bot_handed_off":
            return self._unless_lacking("episode", lambda: self.measures.sum(kind))
        raise PeriodError(f"{self.metric} has no kind {kind!r}")

    def targeted(self) -> str | None:
        """Why there is no target to be within: it is a channel's."""
        channels = self.measures.scope.filters.get("channel", ())
        targets = {name.casefold() for name in self.measures.settings.targets}
        return None if len(channels) == 1 and channels[0].casefold() in targets else NO_TARGET

    def wrote(self) -> Measured:
        """How many readers wrote afterwards."""
        return self._unless_lacking("article_view", lambda: self.measures.readers().wrote + self.counted())

    def _unless_lacking(self, table: str, count: Callable[[], float]) -> Measured:
        """A count of rows of a table, where they have what is filtered by."""
        lacking = sorted(self.measures.scope.keys - supported(table))
        return (
            Measured(None, missing=f"Its records have no {lacking[0]} to filter by.") if lacking else Measured(count())
        )

    def counted(self) -> int:
        """Of the number, what is known from the articles' counters alone."""
        growth = self.measures.growth()
        if growth is None:
            return 0
        if self.place.path:
            way = tuple(pairwise(("seeking", "articles", "article_resolved")))
            return growth.resolved if self._runs_through(way) else 0
        return {
            "selfserve.article_views": growth.views,
            "selfserve.article_resolution_rate": growth.judged,
            "selfserve.share_resolved": growth.resolved,
            ARTICLE_CONVERSATIONS: growth.conversations,
        }.get(self.place.metric, 0)

    def entries(self, limit: int | None) -> list[Entry]:
        """Latest first; at least the first `limit` of them."""
        if self.of_quests:
            return self._quests(limit)
        if self.metric == "selfserve.seekers":
            return self._seekers(limit)
        if self.population is not None:
            return self._episodes(self.population, limit)
        if self.metric in _MESSAGES:
            found = self.measures.reader.messages(_MESSAGES[self.metric], self.measures.scope, limit)
            return [Entry(at, None, message) for at, message in found]
        if self.metric in _READERS:
            return [Entry(reading.at, None, reading) for reading in self._readers(limit)]
        if self.metric == "queue.on_duty":
            return [
                Entry(None, None, mate)
                for mate in teammates(self.measures.reader, self.measures.scope)
                if not mate.away
            ]
        rows = threads.placed(self.measures.reader, self.metric, self.measures.scope)
        return [Entry(at, row.value, row) for at, row in rows]

    def _episodes(self, name: str, limit: int | None) -> list[Entry]:
        reader, scope = self.measures.reader, self.measures.scope
        if self.metric in drill.LAST_HOUR:
            scope = drill.last_hour(scope)
        drilled = reader.drill(name, scope, limit)
        if name == _OFFICE:
            drilled = [each._replace(value=self._office(each)) for each in drilled]
        if name in _RATED and self.place.between is not None:
            rated = reader.details([each.eid for each in drilled])
            return [Entry(each.at, rated[each.eid].rating, each) for each in drilled]
        if name.startswith("queue_"):
            aged = [(each, None if each.at is None else scope.as_of - each.at) for each in drilled]
            value = name == "queue_waits"
            return [Entry(each.at, age, each._replace(value=age if value else None)) for each, age in aged]
        return [
            Entry(each.at, each.value, each) for each in drilled for _ in range(drill.times(each, self.place.metric))
        ]

    def _office(self, each: Drilled) -> float | None:
        """The value of the population is the moment since which the time runs."""
        hours, zone = self.measures.settings.office_hours, self.measures.settings.zone
        if hours is None or each.value is None or each.at is None:
            return None
        return office_seconds(int(each.value), each.at, hours, zone)

    def _readers(self, limit: int | None) -> list[Reading]:
        reader, scope = self.measures.reader, self.measures.scope
        as_of = scope.as_of
        if self.place.metric == "selfserve.article_views":
            return [readings.of_views([view], as_of) for view in reader.views(scope, limit=limit)]
        if self.place.metric == "selfserve.article_viewers" and ARTICLE not in scope.keys:
            firsts = reader.views(scope, "article_viewers", limit)
            return list(self._read_by({(view.wid, view.viewer) for view in firsts}, limit).values())
        views = reader.views(scope)
        viewers = readings.by_viewer(views, as_of)
        if self.place.metric == ARTICLE_CONVERSATIONS:
            return [reading for reading in viewers.values() if reading.outcome == "wrote"]
        if self.metric == "selfserve.article_viewers":
            return list(viewers.values())
        judged = {viewer: reading for viewer, reading in viewers.items() if reading.outcome != "pending"}
        if self.measures.settings.article_rate != "views":
            return list(judged.values())
        known = [(judged.get((view.wid, view.viewer)), view) for view in views]
        return [Reading((view,), reading.outcome) for reading, view in known if reading is not None]

    def _read_by(self, people: Set[tuple[int, int]], limit: int | None) -> dict[tuple[int, int], Reading]:
        """What some people read in the window; of all of them, where there is no limit."""
        reader, scope = self.measures.reader, self.measures.scope
        views = reader.views(scope) if limit is None else reader.views_of(people, scope)
        return readings.by_viewer(views, scope.as_of)

    def _seekers(self, limit: int | None) -> list[Entry]:
        reader, scope = self.measures.reader, self.measures.scope
        firsts: list[View | Drilled] = [*reader.views(scope, "viewed_first", limit)]
        firsts += reader.drill("sought_first", scope, limit)
        firsts = sorted(firsts, key=lambda first: first.at or 0, reverse=True)[:limit]
        read = self._read_by({(first.wid, first.viewer) for first in firsts if isinstance(first, View)}, limit)
        return [
            Entry(first.at, None, read[first.wid, first.viewer] if isinstance(first, View) else first)
            for first in firsts
        ]

    def _quests(self, limit: int | None) -> list[Entry]:
        reader, scope, names = self.measures.reader, self.measures.scope, self._ways()
        found = [Entry(each.at, None, each) for each in reader.drill_quests(names, scope, limit)]
        found += [Entry(quest.start, None, quest) for quest in reader.quests(names, scope)]
        return _latest_first(found)

    def _ways(self) -> list[str]:
        """The populations of quests that the place counts."""
        if self.place.metric in BEGUN and not self.place.path:
            return sorted(BEGUN[self.place.metric])
        return [name for name in quests(self.measures.scope) if self._runs_through(QUEST_PATHS[name])]

    def _runs_through(self, way: Sequence[tuple[str, str]]) -> bool:
        path = self.place.path
        if not path:
            return way[-1][1] in (_SELFSERVE if self.place.only == "selfserve" else _RESOLVED)
        if len(path) == 1:
            return any(path[0] in link for link in way)
        return path in way


def _latest_first(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.at or 0, reverse=True)


def rows(reader: Reader, entries: Sequence[Entry], as_of: int) -> list[Item]:
    """Entries as the rows of a list."""
    items = [entry.item for entry in entries]
    details = reader.details(sorted({item.eid for item in items if isinstance(item, Drilled)}))
    silent = [item for item in items if isinstance(item, Quest)]
    read = dict(zip(silent, reader.views_in(silent), strict=True)) if silent else {}
    readers = [
        readings.of_views(read[item], as_of) if isinstance(item, Quest) else item
        for item in items
        if isinstance(item, Quest | Reading)
    ]
    lines = iter(readings.rows(reader, readers, as_of))
    found: list[Item] = []
    for item in items:
        if isinstance(item, Drilled):
            found.append(drill.conversation_row(details[item.eid], as_of, item.value))
        elif isinstance(item, Quest | Reading):
            found.append(next(lines))
        else:
            found.append(item)
    return found
