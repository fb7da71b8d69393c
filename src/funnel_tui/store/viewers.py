"""People: who read what, and whether they wrote afterwards."""

from collections.abc import Sequence

from funnel_tui.store.connected import Connected
from funnel_tui.store.filters import clause
from funnel_tui.store.populations import DAY, POPULATIONS
from funnel_tui.store.scope import CounterRun, Scope


class Viewers(Connected):
    def has_views(self, sources: Sequence[str] = ()) -> bool:
        """Whether the cache knows single article views at all, of some sources or of any."""
        params: dict[str, object] = {}
        of = clause({"source": sources} if sources else {}, "w", params)
        viewed = "EXISTS (SELECT 1 FROM article_view v WHERE v.wid = w.wid)"
        return bool(self._one(f"SELECT EXISTS (SELECT 1 FROM workspace w WHERE {viewed} AND {of})", params)[0])

    def article_viewers(self, scope: Scope) -> list[tuple[int, bool, int]]:
        """Per viewer of the window: (last view, started an episode within 24 h of any of the views, views).

        For one article: of all of them the ledger knows.
        """
        params = self._params(scope)
        return self._all(
            "SELECT max(v.at), max(EXISTS (SELECT 1 FROM episode e WHERE e.wid = v.wid AND e.viewer = v.viewer"
            f" AND e.start BETWEEN v.at AND v.at + {DAY})), count(*) FROM article_view v"
            f" WHERE v.at >= :start AND v.at < :until AND {scope.where('v', params)}"
            " GROUP BY v.wid, v.viewer",
            params,
        )

    def undecided_viewers(self, scope: Scope) -> tuple[int, int]:
        """(viewers, their views in the window) of those who looked at something less than 24 h ago and have not
        written since any of their views in the window."""
        params = self._params(scope) | {"young": max(scope.start, scope.as_of - DAY + 1)}
        views = POPULATIONS["article_views"]
        rows: list[tuple[int]] = []
        for prefix, hidden in self._passes(views):  # all views of a person are in one of them
            rows += self._all(
                f"SELECT (SELECT count(*) FROM {prefix}article_view x WHERE x.wid = v.wid AND x.viewer = v.viewer"
                f" AND x.at >= :start AND x.at < :until) FROM {views.source(prefix)}"
                f" WHERE v.at >= :young AND v.at < :until AND {hidden} AND {scope.where('v', params)}"
                f" GROUP BY v.wid, v.viewer HAVING NOT EXISTS (SELECT 1 FROM {prefix}article_view x"
                " WHERE x.wid = v.wid AND x.viewer = v.viewer AND x.at >= :start AND x.at < :until AND x.followed)",
                params,
            )
        return len(rows), sum(views for (views,) in rows)

    def counters(self, scope: Scope) -> dict[tuple[int, str], list[CounterRun]]:
        """The samples of each (workspace, article) up to the window's end, oldest first."""
        params = self._params(scope)
        found: dict[tuple[int, str], list[CounterRun]] = {}
        for wid, article, *run in self._all(
            "SELECT k.wid, k.article, k.at, k.until, k.views, nullif(k.conversations, -1) FROM article_counter k"
            f" WHERE k.at < :until AND {scope.where('k', params)} ORDER BY k.wid, k.article, k.at",
            params,
        ):
            found.setdefault((wid, article), []).append(CounterRun(*run))
        return found

    def newest_counters(self, scope: Scope) -> dict[tuple[int, str], CounterRun]:
        """The last sample of each (workspace, article) before the window's end."""
        params = self._params(scope)
        rows = self._all(
            # With one `max` the other columns are those of its row.
            "SELECT k.wid, k.article, max(k.at), k.until, k.views, nullif(k.conversations, -1) FROM article_counter k"
            f" WHERE k.at < :until AND {scope.where('k', params)} GROUP BY k.wid, k.article",
            params,
        )
        return {(wid, article): CounterRun(*run) for wid, article, *run in rows}
