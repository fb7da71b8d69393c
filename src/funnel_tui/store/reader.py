"""Reading the cache: rows and counts for named populations, never a formula."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from funnel_tui.model.derive import order
from funnel_tui.model.records import Event
from funnel_tui.model.values import Freshness
from funnel_tui.store import asof, codec
from funnel_tui.store.connection import open_reader
from funnel_tui.store.errors import explained
from funnel_tui.store.filters import Filters, clause
from funnel_tui.store.populations import DAY, POPULATIONS, Population

_TEAMMATES = "(SELECT wid, id AS agent, team, away FROM agent)"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a query looks at: rows placed in `[start, end)`, known at `as_of`, that pass `filters`."""

    start: int
    end: int
    as_of: int
    filters: Filters = field(default_factory=dict)

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


@dataclass(frozen=True, slots=True)
class CounterDelta:
    """Growth of article counters between the first and the last sample that bound a window."""

    views: int
    conversations: int
    since: int
    """From when on it is counted: the window's start, or the first sample if that is later."""
    samples: int


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
        self._shadowed: tuple[int, int] | None = None
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
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

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

    def see(self, as_of: int) -> None:
        """Look at the cache as it stood at `as_of`; every query after this does."""
        version = self.data_version()
        if self._shadowed == (as_of, version):
            return
        with explained(self.path):
            self._connection.execute("PRAGMA query_only = OFF")
            row = self._connection.execute("SELECT value FROM setting WHERE name = 'reopen_window'").fetchone()
            self._behind = asof.shadow(self._connection, as_of, int(row[0]) if row else 7 * DAY)
            self._connection.execute("PRAGMA query_only = ON")
        self._shadowed = (as_of, version)

    def begin(self) -> None:
        """Start a read transaction: queries up to `end` see one state of the cache."""
        self._connection.execute("BEGIN")

    def end(self) -> None:
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
            row = self._connection.execute(
                f"SELECT {columns} FROM {first.source} WHERE {_placed(first)}"
                f" AND {clause(scope.filters, first.alias, params)}",
                params,
            ).fetchone()
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
                f" WHERE {_in_grain(str(first.at))} AND {clause(scope.filters, first.alias, params)} GROUP BY g.grain",
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
            f" AND {population.where} AND {clause(scope.filters, population.alias, params)}",
            params,
        )
        return [value for (value,) in rows]

    def placed_values(self, name: str, scope: Scope) -> list[tuple[int, float]]:
        """(moment, value) of a population's rows, in the order of their moments."""
        population = POPULATIONS[name]
        params = self._params(scope)
        return self._all(
            f"SELECT {population.at}, {population.value} FROM {population.source} WHERE {_placed(population)}"
            f" AND {population.where} AND {clause(scope.filters, population.alias, params)} ORDER BY 1",
            params,
        )

    def spans(self, name: str, scope: Scope) -> list[tuple[int, int]]:
        """(start, end) of the first responses or waits of a population, for office hours."""
        population = POPULATIONS[name]
        params = self._params(scope)
        return self._all(
            f"SELECT {population.at} - ({population.value}), {population.at} FROM {population.source}"
            f" WHERE {_placed(population)} AND {population.where}"
            f" AND {clause(scope.filters, population.alias, params)}",
            params,
        )

    def drill(self, name: str, scope: Scope, limit: int | None = None) -> list[tuple[int, int, float | None]]:
        """(conversation, episode, value) of the rows behind a population of episodes, latest first."""
        population = POPULATIONS[name]
        params = self._params(scope)
        value = "NULL" if population.value == "1" else population.value
        return self._all(
            f"SELECT e.cid, e.eid, {value} FROM {population.source} WHERE {_placed(population)}"
            f" AND {population.where} AND {clause(scope.filters, population.alias, params)}"
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

    def values_of(self, key: str, scope: Scope) -> list[tuple[str, str]]:
        """(value, label) that a filter key takes among the episodes and messages of the window; "none" for no value."""
        params = self._params(scope)
        where = (
            "(e.begun_at < :until AND ifnull(e.closed_at >= :start, 1))"
            f" AND {clause({k: v for k, v in scope.filters.items() if k != key}, 'e', params)}"
        )
        plain = f"SELECT DISTINCT ifnull(e.{key}, 'none'), e.{key} FROM episode e WHERE {where}"
        sql = {
            "channel": plain,
            "origin": plain,
            "source": f"SELECT DISTINCT w.name, w.name FROM episode e JOIN workspace w USING (wid) WHERE {where}",
            "tag": "SELECT DISTINCT ifnull(g.tag, 'none'), g.tag FROM episode e LEFT JOIN tag g ON g.cid = e.cid"
            f" WHERE {where}",
            "team": "SELECT DISTINCT ifnull(e.team, 'none'), ifnull(n.name, e.team) FROM episode e"
            f" LEFT JOIN team n ON n.wid = e.wid AND n.id = e.team WHERE {where}",
            "agent": "SELECT DISTINCT ifnull(e.agent, 'none'), ifnull(n.name, e.agent) FROM episode e"
            f" LEFT JOIN agent n ON n.wid = e.wid AND n.id = e.agent WHERE {where}",
        }[key]
        found: dict[str, str | None] = {}
        for value, label in self._all(sql, params):
            if value.casefold() not in {known.casefold() for known in found}:  # filters do not tell them apart
                found[value] = label
        if key == "source":
            found.update({name: name for name in self.workspaces()})
        return sorted(((value, label or f"no {key}") for value, label in found.items()), key=lambda pair: pair[1])

    def campaigns(self, scope: Scope) -> list[tuple[str, str]]:
        """(id, name) of the campaigns with messages delivered in the window."""
        params = self._params(scope)
        return self._all(
            "SELECT ifnull(o.campaign, 'none'), ifnull(max(o.campaign_name), ifnull(o.campaign, 'no campaign'))"
            " FROM outbound o WHERE o.delivered_at >= :start AND o.delivered_at < :until"
            f" AND {clause(scope.filters, 'o', params)} GROUP BY o.campaign ORDER BY count(*) DESC",
            params,
        )

    def articles(self, scope: Scope) -> list[tuple[str, str]]:
        """(id, title) of the articles that were viewed in the window or whose counters are sampled."""
        params = self._params(scope)
        return self._all(
            "SELECT x.article, ifnull(max(a.title), x.article) FROM (SELECT v.wid, v.article FROM article_view v"
            f" WHERE v.at >= :start AND v.at < :until AND {clause(scope.filters, 'v', params)} UNION"
            f" SELECT k.wid, k.article FROM article_counter k WHERE k.at < :until"
            f" AND {clause(scope.filters, 'k', params)}) x LEFT JOIN article a ON a.wid = x.wid AND a.id = x.article"
            " GROUP BY x.article ORDER BY 2",
            params,
        )

    # --- viewers and the funnel

    def seekers(self, scope: Scope) -> list[tuple[int, int, str]]:
        """(moment, workspace, viewer) of article views and of episodes that customers began."""
        params = self._params(scope)
        return self._all(
            "SELECT v.at, v.wid, v.viewer FROM article_view v WHERE v.at >= :start AND v.at < :until"
            f" AND {clause(scope.filters, 'v', params)}"
            " UNION ALL SELECT e.start, e.wid, e.viewer FROM episode e WHERE e.start >= :start AND e.start < :until"
            f" AND NOT e.outbound AND {clause(scope.filters, 'e', params)}",
            params,
        )

    def seekers_by(self, scope: Scope, grains: Sequence[tuple[int, int]], *, readers: bool) -> list[int]:
        """Distinct seekers of each grain; `readers`: viewers of articles among them."""
        params = self._params(scope)
        sought = (
            f"SELECT g.grain, e.wid, e.viewer FROM g CROSS JOIN episode e WHERE {_in_grain('e.start')}"
            f" AND NOT e.outbound AND {clause(scope.filters, 'e', params)}"
        )
        read = (
            f" UNION SELECT g.grain, v.wid, v.viewer FROM g CROSS JOIN article_view v WHERE {_in_grain('v.at')}"
            f" AND {clause(scope.filters, 'v', params)}"
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
            f" AND NOT e.outbound AND {clause(scope.filters, 'e', params)}",
            params,
        )

    def article_viewers(self, scope: Scope) -> list[tuple[int, bool, int]]:
        """Per viewer of the window: (last view, started an episode within 24 h of any of the views, views)."""
        params = self._params(scope)
        return self._all(
            "SELECT max(v.at), max(EXISTS (SELECT 1 FROM episode e WHERE e.wid = v.wid AND e.viewer = v.viewer"
            f" AND e.start BETWEEN v.at AND v.at + {DAY})), count(*) FROM article_view v"
            f" WHERE v.at >= :start AND v.at < :until AND {clause(scope.filters, 'v', params)}"
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
            f" AND {clause(scope.filters, 'e', params)}",
            params,
        )
        return [QuestRow(*row) for row in rows]

    def unfollowed_views(self, scope: Scope) -> list[tuple[int, str, int]]:
        """(workspace, viewer, moment), ordered, of the views without an episode in the 24 h after them, of all
        viewers who looked at anything in the window: their earlier views too, since groups build on each other."""
        params = self._params(scope)
        return self._all(
            "SELECT v.wid, v.viewer, v.at FROM article_view v WHERE v.at <= :as_of AND EXISTS (SELECT 1"
            " FROM article_view x WHERE x.wid = v.wid AND x.viewer = v.viewer AND x.at >= :start AND x.at < :until)"
            " AND NOT EXISTS (SELECT 1 FROM episode e WHERE e.wid = v.wid AND e.viewer = v.viewer"
            f" AND e.start BETWEEN v.at AND v.at + {DAY}) AND {clause(scope.filters, 'v', params)}"
            " ORDER BY v.wid, v.viewer, v.at",
            params,
        )

    def counters(self, scope: Scope) -> CounterDelta | None:
        """Growth of the sampled article counters over the window; None where there is no sample at all."""
        params = self._params(scope)
        rows = self._all(
            "SELECT k.article, k.at, k.until, k.views, k.conversations FROM article_counter k"
            f" WHERE k.at < :until AND {clause(scope.filters, 'k', params)} ORDER BY k.wid, k.article, k.at",
            params,
        )
        return _growth(rows, scope.start, scope.until) if rows else None

    # --- the queue

    def waiting_spans(self, start: int, as_of: int, filters: Filters) -> list[tuple[int, int | None]]:
        """(start, end) of the stretches in the queue that touch `[start, as_of]`; end None: still waiting."""
        params: dict[str, object] = {"start": start, "as_of": as_of}
        return self._all(
            "SELECT q.start, q.end FROM waiting q JOIN episode e ON e.eid = q.eid"
            " WHERE q.start <= :as_of AND (q.end IS NULL OR q.end > :start)"
            f" AND {clause(filters, 'e', params)}",
            params,
        )

    def agents(self, filters: Filters) -> list[bool]:
        """Of each teammate, whether they are away."""
        params: dict[str, object] = {}
        where = clause(filters, "g", params)
        return [bool(away) for (away,) in self._all(f"SELECT g.away FROM {_TEAMMATES} g WHERE {where}", params)]

    def earliest(self) -> int | None:
        """The first moment of which the cache knows anything."""
        row = self._connection.execute(
            "SELECT min(at) FROM (SELECT min(first_at) AS at FROM conversation UNION ALL"
            " SELECT min(delivered_at) FROM outbound UNION ALL SELECT min(at) FROM article_view)"
        ).fetchone()
        return row[0] if row else None

    # --- inside

    def _params(self, scope: Scope) -> dict[str, object]:
        return {"start": scope.start, "until": scope.until, "as_of": scope.as_of}

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


def _growth(rows: list[tuple[str, int, int, int, int]], start: int, until: int) -> CounterDelta:
    views = conversations = 0
    since, samples = start, 0
    by_article: dict[str, list[tuple[int, int, int, int]]] = {}
    for article, at, still, seen, led in rows:
        by_article.setdefault(article, []).append((at, still, seen, led))
    for runs in by_article.values():
        before = [run for run in runs if run[0] <= start]
        base = before[-1] if before else runs[0]
        last = runs[-1]
        views += max(0, last[2] - base[2])
        conversations += max(0, last[3] - base[3])
        since = max(since, base[0])
        samples = max(samples, 2 if len(runs) > 1 or last[1] > last[0] else 1)
    return CounterDelta(views, conversations, min(since, until), samples)
