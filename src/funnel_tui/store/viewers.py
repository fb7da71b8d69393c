"""People: who sought support, what they read before, and the quests that the funnel is made of."""

from collections.abc import Sequence

from funnel_tui.store.connected import Connected
from funnel_tui.store.counting import grains_table, in_grain
from funnel_tui.store.populations import DAY
from funnel_tui.store.scope import CounterRun, QuestRow, Scope


class Viewers(Connected):
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
            f"SELECT g.grain, e.wid, e.viewer FROM g CROSS JOIN episode e WHERE {in_grain('e.start')}"
            f" AND NOT e.outbound AND {scope.where('e', params)}"
        )
        read = (
            f" UNION SELECT g.grain, v.wid, v.viewer FROM g CROSS JOIN article_view v WHERE {in_grain('v.at')}"
            f" AND {scope.where('v', params)}"
            if readers
            else ""
        )
        distinct = f"SELECT DISTINCT * FROM ({sought}{read})"
        table = grains_table(grains, scope)
        rows = self._all(f"{table} SELECT grain, count(*) FROM ({distinct}) GROUP BY grain", params)
        found = [0] * len(grains)
        for grain, count in rows:
            found[grain] = count
        return found

    def has_views(self) -> bool:
        """Whether the cache knows single article views at all."""
        return bool(self._all("SELECT EXISTS (SELECT 1 FROM article_view)")[0][0])

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
            f" AND v.at BETWEEN e.start - {DAY} AND e.start), e.bot_first, e.unanswered_since,"
            " e.last_answer_at, e.handoff_at, e.reached_at, e.replies, e.closed_at,"
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
