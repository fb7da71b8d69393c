"""Names in activity texts -> ids. Held in memory; of contacts nothing is held at all."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.chatwoot.client import ChatwootClient
from funnel_tui.sources.chatwoot.senders import sender_id, sender_kind, sender_name
from funnel_tui.sources.errors import SourceError
from funnel_tui.sources.text import ident, label

KEPT = 600
"""Seconds for which the lists of people, teams and inboxes serve."""


@dataclass(frozen=True, slots=True)
class Names:
    """Folded names."""

    mates: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    bots: frozenset[str] = frozenset()
    channels: dict[str, str] = field(default_factory=dict)
    """Inbox id -> type of its channel."""

    def mate(self, name: str | None) -> str | None:
        return None if name is None else self.mates.get(_folded(name))

    def team(self, name: str | None) -> str | None:
        return None if name is None else self.teams.get(_folded(name))

    def is_bot(self, name: str | None) -> bool:
        return name is not None and _folded(name) in self.bots

    def met_in(self, messages: Iterable[wire.Message]) -> "Names":
        """With those who wrote `messages`, who may have left since."""
        mates, bots = dict(self.mates), set(self.bots)
        for message in messages:
            name, kind = sender_name(message), sender_kind(message)
            if name is None or kind in ("", "contact"):
                continue
            id = sender_id(message)
            if kind != "user":
                bots.add(_folded(name))
            elif id is not None:
                mates.setdefault(_folded(name), id)
        return Names(mates, self.teams, frozenset(bots - mates.keys()), self.channels)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


class Directory:
    """The account's people, teams and inboxes, read when they are needed and not too often."""

    def __init__(self, client: ChatwootClient) -> None:
        self._client = client
        self._names = Names()
        self._read_at: int | None = None
        self._lock = asyncio.Lock()

    async def names(self) -> Names:
        """What is not to be had is left out: the texts' own names do then."""
        async with self._lock:
            now = self._client.now()
            if self._read_at is None or not 0 <= now - self._read_at < KEPT:
                self._names = await self._read()
                self._read_at = now
            return self._names

    async def _read(self) -> Names:
        agents, teams, inboxes = await asyncio.gather(
            self._list("/agents", wire.Agent), self._list("/teams", wire.Person), self._list("/inboxes", wire.Inbox)
        )
        return Names(
            mates={
                _folded(name): id
                for agent in agents
                for name in (label(agent.available_name), label(agent.name))
                if name is not None and (id := ident(agent.id)) is not None
            },
            teams={
                _folded(name): id
                for team in teams
                if (name := label(team.name)) is not None and (id := ident(team.id)) is not None
            },
            channels={
                id: inbox.channel_type
                for inbox in inboxes
                if inbox.channel_type and (id := ident(inbox.id)) is not None
            },
        )

    async def _list(self, path: str, kind: type[wire.T]) -> list[wire.T]:
        try:
            return await self._client.listed(None, path, kind)
        except SourceError:
            return []
