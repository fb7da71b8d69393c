"""The cache for its many readers."""

import msgspec

from funnel_tui.model.abilities import Abilities
from funnel_tui.model.values import Freshness
from funnel_tui.store.behind import Behind
from funnel_tui.store.dealt import Dealing
from funnel_tui.store.dimensions import Dimensions
from funnel_tui.store.lists import Lists
from funnel_tui.store.questions import Questions
from funnel_tui.store.ranked import Ranked
from funnel_tui.store.scope import Scope
from funnel_tui.store.sources import Sources
from funnel_tui.store.viewers import Viewers

_TEAMMATES = "(SELECT wid, id AS agent, team, away FROM agent)"


class Reader(Sources, Ranked, Dealing, Behind, Dimensions, Viewers, Lists, Questions):
    """Rows and counts for named populations, never a formula. Cheap to open; used from one thread at a time.

    Raises CacheError.
    """

    def freshness(self) -> tuple[Freshness, ...]:
        rows = self._all("SELECT body FROM freshness ORDER BY name")
        return tuple(msgspec.json.decode(body, type=Freshness) for (body,) in rows)

    def changes(self) -> int:
        """Grows whenever figures may have changed; news of freshness and leases alone do not count."""
        row = self._all("SELECT value FROM setting WHERE name = 'changes'")
        return int(row[0][0]) if row else 0

    def workspaces(self) -> tuple[str, ...]:
        return tuple(name for (name,) in self._all("SELECT name FROM workspace ORDER BY name"))

    def kinds(self) -> dict[str, str]:
        """Workspace name to kind of source, those without any data included."""
        return dict(self._all("SELECT name, kind FROM workspace ORDER BY name"))

    def abilities(self) -> dict[str, Abilities]:
        """What the source behind each workspace can tell; nothing of a workspace that can hold anything."""
        rows = self._all("SELECT name, abilities FROM workspace WHERE abilities IS NOT NULL")
        return {name: msgspec.json.decode(body, type=Abilities) for name, body in rows}

    def stream_status(self) -> dict[tuple[str, str], tuple[str, str | None]]:
        """(workspace, stream) to (status, reason)."""
        rows = self._all(
            "SELECT w.name, s.stream, s.status, s.reason FROM stream s JOIN workspace w USING (wid)"
            " WHERE s.status IS NOT NULL"
        )
        return {(name, stream): (status, reason) for name, stream, status, reason in rows}

    def active_after(self, at: int) -> frozenset[str]:
        """The workspaces of which the cache knows something later than `at`."""
        rows = self._all(
            "SELECT w.name FROM workspace w WHERE w.wid IN (SELECT wid FROM main.conversation WHERE last_at > ?)", (at,)
        )
        return frozenset(name for (name,) in rows)

    def rated(self) -> frozenset[str]:
        """The workspaces of which the cache holds any rating."""
        rows = self._all(
            "SELECT w.name FROM workspace w"
            " WHERE EXISTS (SELECT 1 FROM main.episode e WHERE e.wid = w.wid AND e.rated_at IS NOT NULL)"
        )
        return frozenset(name for (name,) in rows)

    def agents(self, scope: Scope) -> list[bool]:
        """Of each teammate, whether they are away."""
        params: dict[str, object] = {}
        rows = self._all(f"SELECT g.away FROM {_TEAMMATES} g WHERE {scope.where('g', params)}", params)
        return [bool(away) for (away,) in rows]

    def size(self) -> int:
        """How many conversations the cache holds."""
        return int(self._one("SELECT count(*) FROM main.conversation")[0])

    def earliest(self) -> int | None:
        """The first moment of which the cache knows anything."""
        (found,) = self._one(
            "SELECT min(at) FROM (SELECT min(first_at) AS at FROM main.conversation UNION ALL"
            " SELECT min(delivered_at) FROM main.outbound UNION ALL SELECT min(at) FROM main.article_view)"
        )
        return None if found is None else int(found)
