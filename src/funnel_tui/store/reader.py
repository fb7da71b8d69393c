"""Reading the cache: rows and counts for named populations, never a formula."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from funnel_tui.model.derive import order
from funnel_tui.model.records import Event
from funnel_tui.model.values import Freshness
from funnel_tui.store import asof, codec
from funnel_tui.store.connection import open_reader
from funnel_tui.store.errors import MEND, CacheError, explained
from funnel_tui.store.filters import ARTICLE, CAMPAIGN, NONE, Filters, Part, clause, supported
from funnel_tui.store.populations import DAY, POPULATIONS, Population

_NAMED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "team": (("episode", "team"), ("team", "id"), ("team", "name"), ("agent", "team")),
    "agent": (("episode", "agent"), ("agent", "id"), ("agent", "name")),
    "channel": (("episode", "channel"), ("outbound", "channel")),
    "origin": (("episode", "origin"),),
    "source": (("workspace", "name"),),
    "tag": (("tag", "tag"),),
}
"""Where the values of each filter key stand."""
_TEAMMATES = "(SELECT wid, id AS agent, team, away FROM agent)"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a query looks at: rows placed in `[start, end)`, known at `as_of`, that pass `filters`."""

    start: int
    end: int
    as_of: int
    filters: Filters = field(default_factory=dict)
    part: Part | None = None
    """One row of a breakdown, beyond the filters."""

    @property
    def keys(self) -> frozenset[str]:
        """The dimensions that its rows must have."""
        return frozenset(self.filters) | ({self.part.key} if self.part else frozenset())

    def where(self, alias: str, params: dict[str, object]) -> str:
        """Filters and part as a condition, its values added to `params`."""
        return clause(self.filters, alias, params, self.part)

    @property
    def until(self) -> int:
        """The exclusive upper bound: nothing later than the as-of moment is known."""
        return min(self.end, self.as_of + 1)


@dataclass(frozen=True, slots=True)
class QuestRow:
    """An episode of the funnel with the first of its viewer's article views in the 24 h before it."""

    start: int
    first_view: int | None
    involved_at: int | None
    answered_at: int | None
    unanswered_since: int | None
    last_answer_at: int | None
    handoff_at: int | None
    reached_at: int | None
    first_reply_at: int | None
    replies: int
    closed_at: int | None
    bot_resolved_at: int | None


class CounterRun(NamedTuple):
    """Equal samples of an article's counters: first seen at `at`, still so at `until`."""

    at: int
    until: int
    views: int
    conversations: int


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """An episode as a line of a list; the conversation's own fields beside it."""

    source: str
    id: str
    url: str | None
    subject: str | None
    state: str
    channel: str | None
    team: str | None
    agent: str | None
    tags: tuple[str, ...]
    created_at: int | None
    waiting_since: int | None
    first_response: int | None
    closed_at: int | None
    rating: float | None
    excerpt: str | None


class Reader:
    """Cheap to open; used from one thread at a time. Raises CacheError."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path
        self._behind = False
        connection.create_function("fold", 1, lambda text: text.casefold() if text else text, deterministic=True)

    @classmethod
    def open(cls, path: Path) -> "Reader":
        return cls(open_reader(path), path)

    def close(self) -> None:
        self._connection.close()

    # --- state of the cache

    def data_version(self) -> int:
        """Changes when another connection has changed the cache."""
        return int(self._one("PRAGMA data_version")[0])

    def freshness(self) -> tuple[Freshness, ...]:
        rows = self._all("SELECT body FROM freshness ORDER BY name")
        return tuple(msgspec.json.decode(body, type=Freshness) for (body,) in rows)

    def workspaces(self) -> tuple[str, ...]:
        return tuple(name for (name,) in self._all("SELECT name FROM workspace ORDER BY name"))

    def kinds(self) -> dict[str, str]:
        """Workspace name to kind of source, those without any data included."""
        return dict(self._all("SELECT name, kind FROM workspace ORDER BY name"))

    def stream_status(self) -> dict[tuple[str, str], tuple[str, str | None]]:
        """(workspace, stream) to (status, reason)."""
        rows = self._all(
            "SELECT w.name, s.stream, s.status, s.reason FROM stream s JOIN workspace w USING (wid)"
            " WHERE s.status IS NOT NULL"
        )
        return {(name, stream): (status, reason) for name, stream, status, reason in rows}

    def check(self) -> str | None:
        """What is wrong with the file, in a sentence; None where it is sound. Reads all of it."""
        try:
            (found,) = self._one("PRAGMA quick_check(1)")
        except CacheError as error:
            return str(error)
        return None if found == "ok" else f"cache {self.path} is damaged ({found}); {MEND}"

    @contextmanager
    def at(self, as_of: int) -> Iterator[None]:
        """One state of the cache, as it stood at `as_of`, for every query inside. Does not nest."""
        with explained(self.path):
            self._connection.execute("PRAGMA query_only = OFF")
            self._connection.execute("BEGIN")
            try:
                row = self._connection.execute("SELECT value FROM setting WHERE name = 'reopen_window'").fetchone()
                self._behind = asof.shadow(self._connection, as_of, int(row[0]) if row else 7 * DAY)
                self._connection.execute("PRAGMA query_only = ON")
                yield
            finally:
                self._behind = False
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    # --- populations

    def sums(self, names: Iterable[str], scope: Scope) -> dict[str, float]:
        """The sum of the values of each population: their count, where a row adds 1."""
        groups: dict[tuple[str, str | None], list[str]] = {}
        for name in names:
            population = POPULATIONS[name]
            groups.setdefault((population.source, population.at), []).append(name)
        found: dict[str, float] = {}
        for group in groups.values():
            first = POPULATIONS[group[0]]
            params = self._params(scope)
            columns = ", ".join(_sum(POPULATIONS[name]) for name in group)
            row = self._one(
                f"SELECT {columns} FROM {first.source} WHERE {_placed(first)} AND {scope.where(first.alias, params)}",
                params,
            )
            found.update(zip(group, (value or 0 for value in row), strict=True))
        return found

    def sums_by(self, names: Iterable[str], scope: Scope, grains: Sequence[tuple[int, int]]) -> dict[str, list[float]]:
        """The sums of `sums` for each `[start, end)` of `grains`, which lie inside the scope."""
        names = list(names)
        if self._behind:  # SQLite joins no view with an index, but it looks up a range of one
            each = [self.sums(names, replace(scope, start=start, end=end)) for start, end in grains]
            return {name: [sums[name] for sums in each] for name in names}
        groups: dict[tuple[str, str | None], list[str]] = {}
        for name in names:
            groups.setdefault((POPULATIONS[name].source, POPULATIONS[name].at), []).append(name)
        found: dict[str, list[float]] = {name: [0] * len(grains) for group in groups.values() for name in group}
        for group in groups.values():
            first = POPULATIONS[group[0]]
            params = self._params(scope)
            columns = ", ".join(_sum(POPULATIONS[name]) for name in group)
            rows = self._all(
                f"{_grains(grains, scope)} SELECT g.grain, {columns} FROM g CROSS JOIN {first.source}"
                f" WHERE {_in_grain(str(first.at))} AND {scope.where(first.alias, params)} GROUP BY g.grain",
                params,
            )
            for grain, *values in rows:
                for name, value in zip(group, values, strict=True):
                    found[name][grain] = value or 0
        return found

    def values(self, name: str, scope: Scope) -> list[float]:
        """The values of a population, in no order."""
        population = POPULATIONS[name]
        params = self._params(scope)
        rows = self._all(
            f"SELECT {population.value} FROM {population.source} WHERE {_placed(population)}"
            f" AND {population.where} AND {scope.where(population.alias, params)}",
            params,
        )
        return [value for (value,) in rows]

    def placed_values(self, name: str, scope: Scope) -> list[tuple[int, float]]:
        """(moment, value) of a population's rows, in the order of their moments."""
        population = POPULATIONS[name]
        params = self._params(scope)
        return self._all(
            f"SELECT {population.at}, {population.value} FROM {population.source} WHERE {_placed(population)}"
            f" AND {population.where} AND {scope.where(population.alias, params)} ORDER BY 1",
            params,
        )

    def spans(self, name: str, scope: Scope) -> list[tuple[int, int]]:
        """(start, end) of the first responses or waits of a population, for office hours."""
        population = POPULATIONS[name]
        params = self._params(scope)
        return self._all(
            f"SELECT {population.at} - ({population.value}), {population.at} FROM {population.source}"
            f" WHERE {_placed(population)} AND {population.where}"
            f" AND {scope.where(population.alias, params)}",
            params,
        )

    def drill(self, name: str, scope: Scope, limit: int | None = None) -> list[tuple[int, int, float | None]]:
        """(conversation, episode, value) of the rows behind a population of episodes, latest first."""
        population = POPULATIONS[name]
        params = self._params(scope)
        value = "NULL" if population.value == "1" else population.value
        return self._all(
            f"SELECT e.cid, e.eid, {value} FROM {population.source} WHERE {_placed(population)}"
            f" AND {population.where} AND {scope.where(population.alias, params)}"
            f" ORDER BY {population.at or 'e.wait_since'} DESC, e.eid DESC LIMIT {-1 if limit is None else int(limit)}",
            params,
        )

    def details(self, episodes: Sequence[int]) -> dict[int, EpisodeRow]:
        """The episodes by id, with what a list shows of their conversations; names where they are known."""
        rows = self._all(
            "SELECT e.eid, w.name, c.id, c.url, c.subject, e.state, e.channel, ifnull(t.name, e.team),"
            " ifnull(a.name, e.agent), (SELECT json_group_array(g.tag) FROM tag g WHERE g.cid = e.cid), c.first_at,"
            " e.wait_since, e.first_reply_at - e.response_start, e.closed_at, e.rating,"
            " c.excerpt"
            " FROM json_each(?) j JOIN episode e ON e.eid = j.value JOIN conversation c ON c.cid = e.cid"
            " JOIN workspace w ON w.wid = e.wid LEFT JOIN team t ON t.wid = e.wid AND t.id = e.team"
            " LEFT JOIN agent a ON a.wid = e.wid AND a.id = e.agent",
            (msgspec.json.encode(list(episodes)).decode(),),
        )
        found = {}
        for eid, *before, tags, created, wait, first, closed, rating, excerpt in rows:
            names = tuple(msgspec.json.decode(tags))
            found[eid] = EpisodeRow(*[*before, names, created, wait, first, closed, rating, excerpt])
        return found

    def find(self, workspace: str, conversation: str) -> tuple[int, str | None, int | None] | None:
        """(conversation, why it left the figures if it did, its last episode) of a provider's id."""
        rows = self._all(
            "SELECT c.cid, c.excluded, (SELECT max(e.eid) FROM episode e WHERE e.cid = c.cid)"
            " FROM conversation c JOIN workspace w USING (wid) WHERE w.name = ? AND c.id = ?",
            (workspace, conversation),
        )
        return rows[0] if rows else None

    def bare(self, cid: int) -> tuple[str, str, str | None, str | None, str | None, str | None, int | None]:
        """(source, id, url, subject, channel, team, created) of a conversation without an episode."""
        return self._all(
            "SELECT w.name, c.id, c.url, c.subject, c.channel, c.team, c.first_at FROM conversation c"
            " JOIN workspace w USING (wid) WHERE c.cid = ?",
            (cid,),
        )[0]

    def events(self, cid: int, until: int) -> list[Event]:
        """What is stored of a conversation up to `until`, in the order in which it counts."""
        rows = self._all("SELECT at, body FROM event WHERE cid = ? AND at <= ?", (cid, until))
        return order(codec.decode("", at, body) for at, body in rows)

    def waits(self, cid: int) -> list[tuple[int, int]]:
        """(start, end) of the waits for a human that a human ended."""
        return self._all("SELECT start, end FROM wait WHERE cid = ? ORDER BY end", (cid,))

    def names(self, table: str) -> dict[tuple[str, str], str]:
        """(workspace, id) to display name of `agent` or `team`."""
        rows = self._all(
            f"SELECT w.name, n.id, n.name FROM {'agent' if table == 'agent' else 'team'} n JOIN workspace w USING (wid)"
            " WHERE n.name IS NOT NULL"
        )
        return {(workspace, id): name for workspace, id, name in rows}

    def filter_values(self, key: str) -> frozenset[str]:
        """Everything that a filter on `key` can match, in any period: ids and names, whatever their case."""
        sql = {
            "source": "SELECT name FROM workspace",
            "tag": "SELECT DISTINCT tag FROM tag",
            "team": "SELECT id FROM team UNION SELECT name FROM team UNION SELECT DISTINCT team FROM episode",
            "agent": "SELECT id FROM agent UNION SELECT name FROM agent UNION SELECT DISTINCT agent FROM episode",
            "channel": "SELECT DISTINCT channel FROM episode UNION SELECT DISTINCT channel FROM outbound",
            "origin": "SELECT DISTINCT origin FROM episode",
        }[key]
        return frozenset(value.casefold() for (value,) in self._all(sql) if value) | {NONE}

    def parts(self, key: str, scope: Scope) -> list[tuple[str, str, Part]]:
        """(key, label, part) of the values that a dimension takes in the window, in the order of their labels."""
        params = self._params(scope)
        where = "(e.closed_at >= :start OR e.closed_at IS NULL) AND e.begun_at < :until"
        where += f" AND {scope.where('e', params)}"
        named = "SELECT DISTINCT e.wid, e.{0}, ifnull(n.name, e.{0}) FROM episode e LEFT JOIN {0} n ON n.wid = e.wid"
        named += " AND n.id = e.{0} WHERE {1}"
        sql = {
            "source": "SELECT w.wid, w.name, w.name FROM workspace w",
            "tag": "SELECT DISTINCT NULL, fold(g.tag), g.tag FROM episode e LEFT JOIN tag g ON g.cid = e.cid"
            f" WHERE {where}",
            "team": named.format("team", where),
            "agent": named.format("agent", where),
            "channel": f"SELECT DISTINCT NULL, fold(e.channel), e.channel FROM episode e WHERE {where}",
            "origin": f"SELECT DISTINCT NULL, fold(e.origin), e.origin FROM episode e WHERE {where}",
            CAMPAIGN: "SELECT o.wid, o.campaign, max(ifnull(o.campaign_name, o.campaign)) FROM outbound o"
            f" WHERE o.delivered_at >= :start AND o.delivered_at < :until AND {self._beside(key, 'o', scope, params)}"
            " GROUP BY o.wid, o.campaign",
            ARTICLE: "SELECT x.wid, x.article, ifnull(a.title, x.article) FROM (SELECT v.wid, v.article"
            f" FROM article_view v WHERE v.at >= :start AND v.at < :until AND {self._beside(key, 'v', scope, params)}"
            f" UNION SELECT k.wid, k.article FROM article_counter k WHERE k.at < :until AND"
            f" {self._beside(key, 'k', scope, params)}) x LEFT JOIN article a ON a.wid = x.wid AND a.id = x.article",
        }[key]
        found: dict[Part, tuple[str, str]] = {}
        for wid, value, label in self._all(sql, params):
            part = Part(key, value, wid if value is not None else None)
            found.setdefault(part, (NONE if value is None else value, label or f"no {key}"))
        return sorted(((*shown, part) for part, shown in found.items()), key=lambda row: (row[1].casefold(), row[0]))

    def _beside(self, key: str, alias: str, scope: Scope, params: dict[str, object]) -> str:
        """The scope's condition on rows of another table, as far as they can pass it; nothing passes the rest."""
        able = supported("outbound" if key == CAMPAIGN else "article_view")
        return scope.where(alias, params) if scope.keys <= able else "0"

    def sums_by_tag(self, names: Sequence[str], scope: Scope) -> dict[str, list[float]]:
        """The sums of some populations of episodes started in the window, for each tag."""
        params = self._params(scope)
        columns = ", ".join(_sum(POPULATIONS[name]) for name in names)
        rows = self._all(
            f"SELECT g.tag, {columns} FROM episode e JOIN tag g ON g.cid = e.cid"
            f" WHERE e.start >= :start AND e.start < :until AND {scope.where('e', params)} GROUP BY g.tag",
            params,
        )
        return {tag: [value or 0 for value in sums] for tag, *sums in rows}

    # --- viewers and the funnel

    def seekers(self, scope: Scope) -> list[tuple[int, int, str]]:
        """(moment, workspace, viewer) of article views and of episodes that customers began."""
        params = self._params(scope)
        return self._all(
            "SELECT v.at, v.wid, v.viewer FROM article_view v WHERE v.at >= :start AND v.at < :until"
            f" AND {scope.where('v', params)}"
            " UNION ALL SELECT e.start, e.wid, e.viewer FROM episode e WHERE e.start >= :start AND e.start < :until"
            f" AND NOT e.outbound AND {scope.where('e', params)}",
            params,
        )

    def seekers_by(self, scope: Scope, grains: Sequence[tuple[int, int]], *, readers: bool) -> list[int]:
        """Distinct seekers of each grain; `readers`: viewers of articles among them."""
        params = self._params(scope)
        sought = (
            f"SELECT g.grain, e.wid, e.viewer FROM g CROSS JOIN episode e WHERE {_in_grain('e.start')}"
            f" AND NOT e.outbound AND {scope.where('e', params)}"
        )
        read = (
            f" UNION SELECT g.grain, v.wid, v.viewer FROM g CROSS JOIN article_view v WHERE {_in_grain('v.at')}"
            f" AND {scope.where('v', params)}"
            if readers
            else ""
        )
        distinct = f"SELECT DISTINCT * FROM ({sought}{read})"
        rows = self._all(f"{_grains(grains, scope)} SELECT grain, count(*) FROM ({distinct}) GROUP BY grain", params)
        found = [0] * len(grains)
        for grain, count in rows:
            found[grain] = count
        return found

    def has_views(self) -> bool:
        """Whether the cache knows single article views at all."""
        return bool(self._all("SELECT EXISTS (SELECT 1 FROM article_view)")[0][0])

    def starters(self, scope: Scope) -> list[tuple[int, int, str]]:
        """(moment, workspace, viewer) of the episodes that customers began: rows that take every filter."""
        params = self._params(scope)
        return self._all(
            "SELECT e.start, e.wid, e.viewer FROM episode e WHERE e.start >= :start AND e.start < :until"
            f" AND NOT e.outbound AND {scope.where('e', params)}",
            params,
        )

    def article_viewers(self, scope: Scope) -> list[tuple[int, bool, int]]:
        """Per viewer of the window: (last view, started an episode within 24 h of any of the views, views)."""
        params = self._params(scope)
        return self._all(
            "SELECT max(v.at), max(EXISTS (SELECT 1 FROM episode e WHERE e.wid = v.wid AND e.viewer = v.viewer"
            f" AND e.start BETWEEN v.at AND v.at + {DAY})), count(*) FROM article_view v"
            f" WHERE v.at >= :start AND v.at < :until AND {scope.where('v', params)}"
            " GROUP BY v.wid, v.viewer",
            params,
        )

    def quests(self, scope: Scope) -> list[QuestRow]:
        """Episodes that started in the window or up to 24 h after it, for those begun by a view inside."""
        params = self._params(scope)
        params["until"] = min(scope.end + DAY, scope.as_of + 1)
        rows = self._all(
            "SELECT e.start, (SELECT min(v.at) FROM article_view v WHERE v.wid = e.wid AND v.viewer = e.viewer"
            f" AND v.at BETWEEN e.start - {DAY} AND e.start), e.involved_at, e.answered_at, e.unanswered_since,"
            " e.last_answer_at, e.handoff_at, e.reached_at, e.first_reply_at, e.replies, e.closed_at,"
            " e.bot_resolved_at FROM episode e WHERE e.start >= :start AND e.start < :until"
            f" AND {scope.where('e', params)}",
            params,
        )
        return [QuestRow(*row) for row in rows]

    def unfollowed_views(self, scope: Scope) -> list[tuple[int, str, int]]:
        """(workspace, viewer, moment), ordered, of the views without an episode in the 24 h after them, of all
        viewers who looked at anything in the window: their earlier views too, since groups build on each other."""
        params = self._params(scope)
        return self._all(
            "WITH seen AS (SELECT DISTINCT wid, viewer FROM article_view WHERE at >= :start AND at < :until)"
            " SELECT v.wid, v.viewer, v.at FROM seen CROSS JOIN article_view v"
            " ON v.wid = seen.wid AND v.viewer = seen.viewer WHERE v.at <= :as_of"
            " AND NOT EXISTS (SELECT 1 FROM episode e WHERE e.wid = v.wid AND e.viewer = v.viewer"
            f" AND e.start BETWEEN v.at AND v.at + {DAY}) AND {scope.where('v', params)}"
            " ORDER BY v.wid, v.viewer, v.at",
            params,
        )

    def counters(self, scope: Scope) -> dict[tuple[int, str], list[CounterRun]]:
        """The samples of each (workspace, article) up to the window's end, oldest first."""
        params = self._params(scope)
        found: dict[tuple[int, str], list[CounterRun]] = {}
        for wid, article, *run in self._all(
            "SELECT k.wid, k.article, k.at, k.until, k.views, k.conversations FROM article_counter k"
            f" WHERE k.at < :until AND {scope.where('k', params)} ORDER BY k.wid, k.article, k.at",
            params,
        ):
            found.setdefault((wid, article), []).append(CounterRun(*run))
        return found

    # --- the queue

    def waiting_spans(self, start: int, as_of: int, filters: Filters) -> list[tuple[int, int | None]]:
        """(start, end) of the stretches in the queue that touch `[start, as_of]`; end None: still waiting."""
        params: dict[str, object] = {"start": start, "as_of": as_of}
        return self._all(
            "SELECT q.start, q.end FROM waiting q JOIN episode e ON e.eid = q.eid"
            " WHERE q.start <= :as_of AND (q.end > :start OR q.end IS NULL)"
            f" AND {clause(filters, 'e', params)}",
            params,
        )

    def agents(self, scope: Scope) -> list[bool]:
        """Of each teammate, whether they are away."""
        params: dict[str, object] = {}
        rows = self._all(f"SELECT g.away FROM {_TEAMMATES} g WHERE {scope.where('g', params)}", params)
        return [bool(away) for (away,) in rows]

    def earliest(self) -> int | None:
        """The first moment of which the cache knows anything."""
        (found,) = self._one(
            "SELECT min(at) FROM (SELECT min(first_at) AS at FROM conversation UNION ALL"
            " SELECT min(delivered_at) FROM outbound UNION ALL SELECT min(at) FROM article_view)"
        )
        return None if found is None else int(found)

    # --- inside

    def _params(self, scope: Scope) -> dict[str, object]:
        return {"start": scope.start, "until": scope.until, "as_of": scope.as_of}

    def _one(self, sql: str, params: Mapping[str, object] | Sequence[object] = ()) -> tuple:  # type: ignore[type-arg]
        with explained(self.path):
            found: tuple = self._connection.execute(sql, params).fetchone()  # type: ignore[type-arg]
        return found

    def _all(self, sql: str, params: Mapping[str, object] | Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with explained(self.path):
            return self._connection.execute(sql, params).fetchall()


def _sum(population: Population) -> str:
    if population.value == "1":
        return f"sum({population.where})"
    return f"sum(CASE WHEN {population.where} THEN {population.value} END)"


def _grains(grains: Sequence[tuple[int, int]], scope: Scope) -> str:
    """A table `g` of the grains to join with: whole numbers, so that they may stand in the text."""
    rows = ", ".join(f"({i}, {start:d}, {min(end, scope.as_of + 1):d})" for i, (start, end) in enumerate(grains))
    return f"WITH g (grain, since, until) AS (VALUES {rows})"


def _in_grain(column: str) -> str:
    return f"{column} >= g.since AND {column} < g.until"


def _placed(population: Population) -> str:
    if population.at is None:
        return "(e.closed_at IS NULL OR e.closed_at > :as_of)"
    return f"{population.at} >= :start AND {population.at} < :until"
