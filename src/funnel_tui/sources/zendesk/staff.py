"""Who is a teammate. Zendesk tells it of users, not of comments: an author is an id."""

from collections.abc import AsyncIterator, Collection, Iterable

import msgspec

from funnel_tui.model.records import Agent
from funnel_tui.sources.errors import AuthError, ForbiddenError, NotFound, Refused, SourceError
from funnel_tui.sources.text import ident, label
from funnel_tui.sources.zendesk import wire
from funnel_tui.sources.zendesk.client import PER_PAGE, ZendeskClient, decoded

STREAM = "users"
FRESH = 600
"""Seconds for which the list of teammates is good."""
MOST_STRANGERS = 50_000
MOST_EXPORTS = 50
"""Pages of the users' export, customers included."""

_PATH = "/api/v2/users"
_EXPORT = "/api/v2/incremental/users/cursor"
_NAMED = "/api/v2/users/show_many"
_ROLES = (("role[]", "agent"), ("role[]", "admin"))
_TEAM = frozenset({"agent", "admin"})
_REFUSALS = (AuthError, ForbiddenError, NotFound, Refused)


class Staff:
    """The ids of teammates: those listed, those who are not listed any more and yet known as such, and those whom some
    ticket has shown to be one (`history`)."""

    def __init__(self, client: ZendeskClient) -> None:
        self._client = client
        self._ids: frozenset[str] = frozenset()
        self._others: set[str] = set()
        """Teammates that the list does not name."""
        self._strangers: set[str] = set()
        self._read_at: int | None = None
        self.known = False
        """Whether the list can be had. Without it everybody but the requester is taken for a teammate."""

    def __contains__(self, id: object) -> bool:
        return id in self._ids or id in self._others

    def learn(self, shown: Iterable[str]) -> None:
        """These did what only teammates can."""
        self._others.update(id for id in shown if id not in self._ids)

    async def meet(self, authors: Collection[str]) -> None:
        """Find out about `authors`: read the list again where it is old, and look up whom it does not name."""
        now = self._client.now()
        if self._read_at is None or not 0 <= now - self._read_at < FRESH:
            try:
                await self.agents()
            except _REFUSALS as error:
                await self._client.confirm(error)
                self.known, self._read_at = False, now
            except SourceError:
                if not self.known:
                    raise  # to guess who is who would write down what is wrong
        new = sorted(id for id in set(authors) if id not in self and id not in self._strangers)
        if self.known:
            for start in range(0, len(new), PER_PAGE):
                await self._look_up(new[start : start + PER_PAGE])

    async def agents(self) -> list[Agent]:
        """All teammates, as records."""
        found: dict[str, Agent] = {}
        async for page in self._lists():
            users, _ = decoded(page, wire.decode_user)
            for user in users:
                id = ident(user.id)
                # Looked at here as well: a server that passes over the filter lists its customers too.
                if id is None or (user.role is not None and user.role.lower() not in _TEAM):
                    continue
                away = user.active is False or bool(user.suspended)
                found[id] = Agent(id=id, name=label(user.name), team=ident(user.default_group_id), away=away)
        self._ids, self._read_at, self.known = frozenset(found), self._client.now(), True
        return list(found.values())

    async def _lists(self) -> AsyncIterator[list[msgspec.Raw]]:
        """Of users; from their export where there is no list."""
        try:
            async for page in self._client.pages(STREAM, _PATH, *_ROLES):
                yield page.users or []
            return
        except NotFound as error:
            missing = error
        place: dict[str, str | int] = {"start_time": 1}
        for _ in range(MOST_EXPORTS):
            try:
                part = await self._client.export(STREAM, _EXPORT, wire.decode_users, place)
            except _REFUSALS:
                raise missing from None
            yield part.users or []
            after = str(part.after_cursor or "")
            if part.end_of_stream or not part.users or after in ("", place.get("cursor")):
                return
            place = {"cursor": after}

    async def _look_up(self, ids: list[str]) -> None:
        """People in copy, and teammates who have just come or are gone: each is asked for once."""
        try:
            page = await self._client.get(STREAM, _NAMED, wire.decode_listing, {"ids": ",".join(ids)})
        except _REFUSALS:
            page = wire.Listing()
        users, _ = decoded(page.users, wire.decode_user)
        self.learn(id for user in users if (user.role or "").lower() in _TEAM and (id := ident(user.id)) is not None)
        if len(self._strangers) > MOST_STRANGERS:
            self._strangers.clear()
        self._strangers.update(id for id in ids if id not in self)
