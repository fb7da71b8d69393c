"""What lists and timelines show: conversations by their episodes, events, names, and the values of a dimension."""

from collections.abc import Mapping, Sequence

import msgspec

from funnel_tui.model.derive import order
from funnel_tui.model.records import Event
from funnel_tui.store import codec
from funnel_tui.store.balances import Balances
from funnel_tui.store.connected import Connected
from funnel_tui.store.filters import ARTICLE, CAMPAIGN, NONE, Part, supported
from funnel_tui.store.populations import POPULATIONS
from funnel_tui.store.scope import EpisodeRow, Scope


class Lists(Connected):
    def details(self, episodes: Sequence[int]) -> dict[int, EpisodeRow]:
        """The episodes by id, with what a list shows of their conversations; names where they are known."""
        asked = (msgspec.json.encode(list(episodes)).decode(),)
        found = {}
        for prefix, hidden in self._passes(POPULATIONS["begun"]):
            for eid, *before, tags, created, wait, first, closed, rating, excerpt in self._all(
                "SELECT e.eid, w.name, c.id, c.url, c.subject, e.state, e.channel, ifnull(t.name, e.team),"
                f" ifnull(a.name, e.agent), (SELECT json_group_array(g.tag) FROM {prefix}tag g WHERE g.cid = e.cid),"
                " c.first_at, e.wait_since, e.first_reply_at - e.response_start, e.closed_at, e.rating, c.excerpt"
                f" FROM json_each(?) j CROSS JOIN {prefix}episode e ON e.eid = j.value"
                " JOIN conversation c ON c.cid = e.cid JOIN workspace w ON w.wid = e.wid"
                " LEFT JOIN team t ON t.wid = e.wid AND t.id = e.team"
                f" LEFT JOIN agent a ON a.wid = e.wid AND a.id = e.agent WHERE {hidden}",
                asked,
            ):
                names = tuple(msgspec.json.decode(tags))
                found[eid] = EpisodeRow(*[*before, names, created, wait, first, closed, rating, excerpt])
        return found

    def find(self, workspace: str, conversation: str) -> tuple[int, str | None, int | None] | None:
        """(conversation, why it left the figures if it did, its last episode) of a provider's id."""
        rows = self._all(
            "SELECT c.cid, c.excluded, (SELECT max(e.eid) FROM episode e WHERE e.cid = c.cid)"
            " FROM conversation c WHERE c.cid ="
            " (SELECT t.cid FROM talk t JOIN workspace w USING (wid) WHERE w.name = ? AND t.id = ?)",
            (workspace, codec.packed(conversation)),
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
        rows = self._all("SELECT body FROM thread WHERE cid = ?", (cid,))
        return order(event for (body,) in rows for event in codec.decode("", body) if event.at <= until)

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
        own = "SELECT w.name || '/' || x.id FROM {} x JOIN workspace w ON w.wid = x.wid"
        said = "SELECT text FROM word WHERE number IN (SELECT {} FROM spell)"
        sql = {
            "source": "SELECT name FROM workspace",
            "tag": "SELECT text FROM word WHERE number IN (SELECT number FROM label)",
            "team": "SELECT id FROM team UNION SELECT name FROM team UNION SELECT DISTINCT team FROM agent"
            f" UNION {said.format('team')} UNION {own.format('team')}",
            "agent": f"SELECT id FROM agent UNION SELECT name FROM agent UNION {said.format('agent')}"
            f" UNION {own.format('agent')}",
            "channel": f"SELECT DISTINCT channel FROM outbound UNION {said.format('channel')}",
            "origin": said.format("origin"),
        }[key]
        return frozenset(value.casefold() for (value,) in self._all(sql) if value) | {NONE}

    def parts(self, key: str, scope: Scope) -> list[tuple[str, str, Part]]:
        """(key, label, part) of the values that a dimension takes in the window, in the order of their labels."""
        if self._balances is not None and not scope.keys and key in ("team", "agent", "channel", "origin", "tag"):
            return self._in_ledger(self._balances, key, scope)
        params = self._params(scope)
        where = "(e.closed_at >= :start OR e.closed_at IS NULL) AND e.begun_at < :until"
        where += f" AND {scope.where('e', params)}"
        named = "SELECT DISTINCT e.wid, e.{0}, ifnull(n.name, e.{0}) FROM episode e LEFT JOIN {0} n ON n.wid = e.wid"
        named += " AND n.id = e.{0} WHERE {1}"
        sql = {
            "source": "SELECT w.wid, w.name, w.name FROM workspace w",
            "tag": f"SELECT DISTINCT NULL, fold(g.tag), g.tag FROM episode e JOIN tag g ON g.cid = e.cid WHERE {where}"
            " UNION ALL SELECT NULL, NULL, NULL WHERE EXISTS (SELECT 1 FROM episode e WHERE"
            f" NOT EXISTS (SELECT 1 FROM tag g WHERE g.cid = e.cid) AND {where})",
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
        return _by_label(found)

    def _in_ledger(self, balances: Balances, key: str, scope: Scope) -> list[tuple[str, str, Part]]:
        """The same from the ledger: parts for which anything is counted on the days of the window, or now."""
        first, last = balances.days.day(scope.start), balances.days.day(max(scope.start, scope.until - 1))
        of_a_workspace = key in ("team", "agent")
        labels: dict[tuple[int, str], str]
        if of_a_workspace:
            named = self._all(f"SELECT wid, id, name FROM {key} WHERE name IS NOT NULL")
            labels = {(wid, id): name for wid, id, name in named}
        else:
            labels = {(0, text.casefold()): text for (text,) in self._all("SELECT text FROM word ORDER BY number DESC")}
        staff: set[tuple[int, str | None]] = set()
        if of_a_workspace:  # they are on duty whatever the period
            staff.update(self._all(f"SELECT DISTINCT wid, {'team' if key == 'team' else 'id'} FROM main.agent"))
        lately = balances.days.day(scope.as_of - 3600), balances.days.day(scope.as_of)
        found: dict[Part, tuple[str, str]] = {}
        for wid, value in staff:
            label = labels.get((wid, value), value) if value is not None else f"no {key}"
            found[Part(key, value, wid if value is not None else None)] = NONE if value is None else value, label
        for number, wid, value in balances.parts.of(key):
            if balances.active(number, first, last) or balances.active(number, *lately):
                part = Part(key, value, wid if value is not None and of_a_workspace else None)
                label = labels.get((wid, value), value) if value is not None else f"no {key}"
                found[part] = NONE if value is None else value, label
        return _by_label(found)

    def _beside(self, key: str, alias: str, scope: Scope, params: dict[str, object]) -> str:
        """The scope's condition on rows of another table, as far as they can pass it; nothing passes the rest."""
        able = supported("outbound" if key == CAMPAIGN else "article_view")
        return scope.where(alias, params) if scope.keys <= able else "0"


def _by_label(found: Mapping[Part, tuple[str, str]]) -> list[tuple[str, str, Part]]:
    return sorted(((*shown, part) for part, shown in found.items()), key=lambda row: (row[1].casefold(), row[0]))
