"""Who is a teammate. Zendesk tells it of users, not of comments: an author is an id."""

from collections.abc import Collection

from funnel_tui.model.records import Agent
from funnel_tui.sources.errors import ForbiddenError, NotFound, Refused, SourceError
from funnel_tui.sources.text import ident, label
from funnel_tui.sources.zendesk import wire
from funnel_tui.sources.zendesk.client import ZendeskClient, decoded

STREAM = "users"
FRESH = 600
"""Seconds for which the list of teammates is good."""
LEAST = 60
"""Seconds between two lists, however many strangers turn up."""
MOST_STRANGERS = 50_000

_PATH = "/api/v2/users"
_ROLES = (("role[]", "agent"), ("role[]", "admin"))
_TEAM = frozenset({"agent", "admin"})


class Staff:
    """The ids of those who are teammates now. Who was one and is no more shows by what he did: see `history`."""

    def __init__(self, client: ZendeskClient) -> None:
        self._client = client
        self._ids: frozenset[str] = frozenset()
        self._strangers: set[str] = set()
        self._read_at: int | None = None
        self.known = False
        """Whether the list can be had. Without it everybody but the requester is taken for a teammate."""

    def __contains__(self, id: object) -> bool:
        return id in self._ids

    async def meet(self, authors: Collection[str]) -> None:
        """Read the list again where it is old, or does not name somebody who may be new in the team."""
        now = self._client.now()
        age = None if self._read_at is None else now - self._read_at
        new = {id for id in authors if id not in self._ids and id not in self._strangers}
        if age is None or not 0 <= age < FRESH or (new and age >= LEAST):
            try:
                await self.agents()
            except (ForbiddenError, NotFound, Refused):
                self.known, self._read_at = False, now
            except SourceError:
                if not self.known:
                    raise  # to guess who is who would write down what is wrong
        if len(self._strangers) > MOST_STRANGERS:
            self._strangers.clear()
        self._strangers |= new - self._ids

    async def agents(self) -> list[Agent]:
        """All teammates, as records."""
        found: dict[str, Agent] = {}
        async for page in self._client.pages(STREAM, _PATH, *_ROLES):
            users, _ = decoded(page.users, wire.decode_user)
            for user in users:
                id = ident(user.id)
                # Looked at here as well: a server that passes over the filter lists its customers too.
                if id is None or (user.role is not None and user.role.lower() not in _TEAM):
                    continue
                away = user.active is False or bool(user.suspended)
                found[id] = Agent(id=id, name=label(user.name), team=ident(user.default_group_id), away=away)
        self._ids, self._read_at, self.known = frozenset(found), self._client.now(), True
        return list(found.values())
