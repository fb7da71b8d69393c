"""The rows behind numbers, each with the moment that places it: episodes, messages, article views, teammates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from funnel_tui.model.derive import order
from funnel_tui.model.items import MessageRow
from funnel_tui.model.records import Kind
from funnel_tui.store import codec
from funnel_tui.store.counting import Counting
from funnel_tui.store.people import person_key
from funnel_tui.store.populations import DAY, POPULATIONS, QUEST_PATHS, Population
from funnel_tui.store.scope import Scope


class Drilled(NamedTuple):
    """An episode that a population counts."""

    at: int | None
    """What places it; of the queue the moment since which somebody waits, if anybody does."""
    cid: int
    eid: int
    value: float | None
    """None where it counts as one."""


class View(NamedTuple):
    """One article view."""

    vid: int
    wid: int
    viewer: int
    source: str
    reader: str
    """The person, else the session."""
    article: str
    """Its title, or its id where no title is known."""
    at: int
    followed: bool
    """The viewer started an episode within 24 h of it."""


@dataclass(frozen=True, slots=True)
class Quest:
    """Article views that no episode followed, as one quest."""

    wid: int
    viewer: int
    start: int
    end: int
    """The last view in it."""


class Teammate(NamedTuple):
    wid: int
    source: str
    id: str
    name: str
    team: str | None
    away: bool


_VIEW = (
    "SELECT v.vid, v.wid, v.viewer, (SELECT w.name FROM workspace w WHERE w.wid = v.wid), v.person, v.session,"
    " (SELECT p.person FROM session_person p WHERE p.wid = v.wid AND p.session = v.session),"
    " ifnull((SELECT a.title FROM article a WHERE a.wid = v.wid AND a.id = v.article), v.article), v.at,"
    " ifnull(v.followed, 0)"
)
_MESSAGE = (
    "o.rowid, (SELECT w.name FROM workspace w WHERE w.wid = o.wid), o.id, ifnull(o.campaign_name, o.campaign),"
    " o.channel, o.person, "
    + ", ".join(
        f"CASE WHEN o.{moment} <= :as_of THEN o.{moment} END"
        for moment in ("delivered_at", "opened_at", "clicked_at", "replied_at", "bounced_at")
    )
)


class Behind(Counting):
    def drill(self, name: str, scope: Scope, limit: int | None = None) -> list[Drilled]:
        """The rows behind a population of episodes, latest first."""
        population = POPULATIONS[name]
        value = "NULL" if population.value == "1" else population.value
        return self._drilled(population, f"e.cid, e.eid, {value}", population.at or "e.wait_since", scope, limit)

    def drill_quests(self, names: Iterable[str], scope: Scope, limit: int | None = None) -> list[Drilled]:
        """The episodes whose quests went one of several ways (of `QUEST_PATHS`), latest first."""
        codes = [code for name in names if (code := POPULATIONS[name].code) is not None]
        if not codes:
            return []
        first = next(population for name in QUEST_PATHS if (population := POPULATIONS[name]).code is not None)
        ways = ", ".join(str(number) for _, number in codes)
        chosen = Population("episode", first.at, f"e.start <= :as_of AND ({codes[0][0]}) IN ({ways})")
        return self._drilled(chosen, "e.cid, e.eid, NULL", first.at or "", scope, limit)

    def _drilled(self, population: Population, columns: str, at: str, scope: Scope, limit: int | None) -> list[Drilled]:
        order = f"ORDER BY {at} DESC, e.eid DESC LIMIT {_most(limit)}"
        rows = self._rows(population, f"{at}, {columns}", scope, self._params(scope), order)
        if self._behind:
            rows.sort(key=lambda row: (row[0] or 0, row[2]), reverse=True)
        return [Drilled(*row) for row in rows[:limit]]

    def waiting_first(self, scope: Scope, limit: int) -> list[int]:
        """The open episodes: those that wait, the longest wait first, then the others, the oldest first."""
        rows = self._rows(
            POPULATIONS["queue_open"],
            "e.eid, e.wait_since IS NULL, e.wait_since, e.begun_at",
            scope,
            self._params(scope),
            f"ORDER BY 2, 3, 4, 1 LIMIT {int(limit)}",
        )
        rows.sort(key=lambda row: (row[1], row[2] or 0, row[3], row[0]))
        return [eid for eid, *_ in rows[:limit]]

    def messages(self, name: str, scope: Scope, limit: int | None = None) -> list[tuple[int, MessageRow]]:
        """(moment that places it, message) of a population of outbound messages, latest first."""
        population = POPULATIONS[name]
        order = f"ORDER BY {population.at} DESC, o.rowid DESC LIMIT {_most(limit)}"
        rows = self._rows(population, f"{population.at}, {_MESSAGE}", scope, self._params(scope), order)
        return [(at, MessageRow(*message)) for at, _, *message in rows]

    def views(self, scope: Scope, population: str = "article_views", limit: int | None = None) -> list[View]:
        """The article views of a window, or a population of them, latest first."""
        views = POPULATIONS[population]
        found: list[View] = []
        for prefix, hidden in self._passes(views):
            params = self._params(scope)
            found += self._views(
                f"{_VIEW} FROM {views.source(prefix)} WHERE {views.placed} AND {hidden} AND {views.counted}"
                f" AND {scope.where('v', params)} ORDER BY v.at DESC, v.vid DESC LIMIT {_most(limit)}",
                params,
            )
        return sorted(found, key=lambda view: (view.at, view.vid), reverse=True)[:limit]

    def views_of(self, people: Iterable[tuple[int, int]], scope: Scope) -> list[View]:
        """The article views of some (workspace, viewer) in a window."""
        asked: dict[str, object] = {"people": msgspec.json.encode(list(people)).decode()}
        found: list[View] = []
        for prefix, hidden in self._passes(POPULATIONS["article_views"]):
            params = self._params(scope) | asked
            found += self._views(
                f"{_VIEW} FROM json_each(:people) j CROSS JOIN {prefix}article_view v"
                " ON v.wid = json_extract(j.value, '$[0]') AND v.viewer = json_extract(j.value, '$[1]')"
                f" AND v.at >= :start AND v.at < :until WHERE {hidden} AND {scope.where('v', params)}",
                params,
            )
        return found

    def quests(self, names: Iterable[str], scope: Scope) -> list[Quest]:
        """The quests of a window that are article views alone, of some of `QUEST_PATHS`, latest first."""
        found = []
        for name in names:
            population = POPULATIONS[name]
            if population.table == "article_view":
                rows = self._rows(population, "v.wid, v.viewer, v.at, v.silent_until", scope, self._params(scope))
                found += [Quest(*row) for row in rows]
        return sorted(found, key=lambda quest: (quest.start, quest.wid, quest.viewer), reverse=True)

    def views_in(self, quests: Sequence[Quest]) -> list[list[View]]:
        """The views of each quest, earliest first."""
        found: list[list[View]] = [[] for _ in quests]
        asked = msgspec.json.encode([[q.wid, q.viewer, q.start, q.end] for q in quests]).decode()
        for prefix, hidden in self._passes(POPULATIONS["article_views"]):
            sql = (
                f"{_VIEW}, j.key FROM json_each(:quests) j CROSS JOIN {prefix}article_view v"
                " ON v.wid = json_extract(j.value, '$[0]') AND v.viewer = json_extract(j.value, '$[1]')"
                " AND v.at BETWEEN json_extract(j.value, '$[2]') AND json_extract(j.value, '$[3]')"
                f" WHERE NOT ifnull(v.followed, 0) AND {hidden} ORDER BY v.at, v.vid"
            )
            rows = self._all(sql, {"quests": asked})
            for row in rows:
                found[row[-1]].append(_view(row[:-1]))
        return found

    def followers(self, views: Sequence[View], as_of: int) -> dict[int, str]:
        """By the id of a view: the conversation whose episode its viewer started first within 24 h of it."""
        asked = msgspec.json.encode([[view.vid, view.wid, view.viewer, view.at] for view in views]).decode()
        found: dict[int, tuple[int, str]] = {}
        for prefix, hidden in self._passes(POPULATIONS["started"]):
            for vid, start, id in self._all(
                "SELECT json_extract(j.value, '$[0]'), e.start, (SELECT c.id FROM conversation c WHERE c.cid = e.cid)"
                f" FROM json_each(:views) j CROSS JOIN {prefix}episode e ON e.wid = json_extract(j.value, '$[1]')"
                " AND e.viewer = json_extract(j.value, '$[2]') AND e.start BETWEEN json_extract(j.value, '$[3]')"
                f" AND json_extract(j.value, '$[3]') + {DAY} WHERE {hidden} AND e.start <= :as_of",
                {"views": asked, "as_of": as_of},
            ):
                found[vid] = min(found.get(vid, (start, id)), (start, id))
        return {vid: id for vid, (_, id) in found.items()}

    def remarks(self, rated: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
        """What customers said with their ratings: of (conversation, moment) those where anything was said."""
        moments: dict[int, set[int]] = {}
        for cid, at in rated:
            moments.setdefault(cid, set()).add(at)
        found = {}
        for cid, body in self._all(
            "SELECT t.cid, t.body FROM json_each(?) j CROSS JOIN main.thread t ON t.cid = j.value",
            (msgspec.json.encode(sorted(moments)).decode(),),
        ):
            for event in order(codec.decode("", body, Kind.RATED)):
                if event.at in moments[cid] and event.text:
                    found[cid, event.at] = event.text
        return found

    def teammates(self, scope: Scope) -> list[Teammate]:
        """Those who pass the scope's filters, by name."""
        params: dict[str, object] = {}
        rows = self._all(
            "SELECT g.wid, w.name, g.agent, ifnull(g.name, g.agent), ifnull(t.name, g.team), g.away FROM"
            " (SELECT wid, id AS agent, name, team, away FROM agent) g JOIN workspace w ON w.wid = g.wid"
            f" LEFT JOIN team t ON t.wid = g.wid AND t.id = g.team WHERE {scope.where('g', params)}",
            params,
        )
        found = [Teammate(wid, source, id, name, team, bool(away)) for wid, source, id, name, team, away in rows]
        return sorted(found, key=lambda mate: (mate.name.casefold(), mate.source, mate.id))

    def assigned(self, names: Sequence[str], scope: Scope) -> Mapping[tuple[int, str], Sequence[int]]:
        """How many rows of each of some populations of the queue are assigned to each (workspace, teammate)."""
        found: dict[tuple[int, str], list[int]] = {}
        for i, name in enumerate(names):
            rows = self._rows(POPULATIONS[name], "e.wid, e.assignee", scope, self._params(scope))
            for wid, assignee in rows:
                if assignee is not None:
                    found.setdefault((wid, assignee), [0] * len(names))[i] += 1
        return found

    def _views(self, sql: str, params: dict[str, object]) -> list[View]:
        return [_view(row) for row in self._all(sql, params)]


def _most(limit: int | None) -> int:
    """As SQLite takes it."""
    return -1 if limit is None else int(limit)


def _view(row: Sequence[object]) -> View:
    vid, wid, viewer, source, person, session, tied, article, at, followed = row
    if not person:  # a later record may tie the session to somebody who was not known then
        person = tied if isinstance(tied, str) and person_key(tied) == viewer else session
    return View(vid, wid, viewer, source, person, article, at, bool(followed))  # type: ignore[arg-type]
