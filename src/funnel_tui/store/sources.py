"""What the cache holds of each source: how much, and up to when."""

from funnel_tui.store.connected import Connected

_LATELY = 5_000
"""Rows among which the newest of every source that is alive are found."""

_MOMENTS = (
    (
        "SELECT wid, last_at AS moment FROM main.talk ORDER BY last_at",
        "SELECT max(start) FROM main.spell WHERE wid = ?",
    ),
    (
        "SELECT t.wid, m.at AS moment FROM main.chat_message m CROSS JOIN main.chat_thread t USING (tid) ORDER BY m.at",
        "SELECT max(m.at) FROM main.chat_thread t CROSS JOIN main.chat_message m USING (tid) WHERE t.wid = ?",
    ),
    (
        "SELECT wid, delivered_at AS moment FROM main.outbound ORDER BY delivered_at",
        "SELECT max(delivered_at) FROM main.outbound WHERE wid = ?",
    ),
    (
        "SELECT wid, at AS moment FROM main.article_view ORDER BY at",
        "SELECT max(at) FROM main.article_view WHERE wid = ?",
    ),
)
"""Of each kind of record: the moments of all, by an index; the newest of one workspace, by one of its own."""


class Sources(Connected):
    def conversations(self) -> dict[str, int]:
        """How many conversations or chat threads the cache holds of each workspace, counted in indexes."""
        names = dict(self._all("SELECT wid, name FROM main.workspace"))
        found = dict.fromkeys(names.values(), 0)
        for table in ("talk", "chat_thread"):
            any_ = f"SELECT EXISTS (SELECT 1 FROM main.{table} WHERE wid = ?)"
            holders = [wid for wid in names if self._one(any_, (wid,))[0]]
            if len(holders) == 1:  # of a whole table SQLite counts the pages of an index, not the rows
                found[names[holders[0]]] += int(self._one(f"SELECT count(*) FROM main.{table}")[0])
                continue
            for wid in holders:
                found[names[wid]] += int(self._one(f"SELECT count(*) FROM main.{table} WHERE wid = ?", (wid,))[0])
        return found

    def newest(self) -> dict[str, int]:
        """The last moment of which anything is known, by workspace; without those of which nothing is."""
        names = dict(self._all("SELECT wid, name FROM main.workspace"))
        found: dict[str, int] = {}
        for latest, of_one in _MOMENTS:
            rows = self._all(
                f"SELECT wid, max(moment), count(*) FROM ({latest} DESC LIMIT {_LATELY}) WHERE moment IS NOT NULL"
                " GROUP BY wid"
            )
            moments = {wid: moment for wid, moment, _ in rows}
            if sum(count for *_, count in rows) == _LATELY:  # whoever has been silent since is asked for by itself
                moments |= {wid: self._one(of_one, (wid,))[0] for wid in names.keys() - moments.keys()}
            for wid, moment in moments.items():
                if wid in names and moment is not None:
                    found[names[wid]] = max(moment, found.get(names[wid], moment))
        return found
