"""Teammates and teams: two short lists, read whole. No e-mail addresses."""

from collections.abc import AsyncIterator, Mapping

from funnel_tui.model.records import Agent, Team
from funnel_tui.sources.base import Stream
from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.chatwoot.client import ChatwootClient
from funnel_tui.sources.errors import ForbiddenError, NotFound
from funnel_tui.sources.protocol import Shape, SourcePage, StreamSpec
from funnel_tui.sources.text import ident, label

SPEC = StreamSpec("people", shape=Shape.SNAPSHOT, interval=60)
"""Often, because `availability_status` is of the moment."""


class People(Stream):
    spec = SPEC

    def __init__(self, client: ChatwootClient) -> None:
        self._client = client

    async def probe(self) -> None:
        await self._client.rows(SPEC.name, "/agents")

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        agents = await self._client.listed(SPEC.name, "/agents", wire.Agent)
        try:
            teams = await self._client.listed(SPEC.name, "/teams", wire.Person)
        except (ForbiddenError, NotFound):
            teams = []  # their numbers do for names; who is on duty does not hang on them
        groups = [Team(id=id, name=label(team.name)) for team in teams if (id := ident(team.id)) is not None]
        mates = [
            Agent(id=id, name=label(agent.available_name) or label(agent.name), away=_away(agent))
            for agent in agents
            if (id := ident(agent.id)) is not None
        ]
        yield SourcePage(records=(*groups, *mates))


def _away(agent: wire.Agent) -> bool:
    """Busy is away too: no new conversations are assigned to somebody who is."""
    return (agent.availability_status or "").lower() != "online"
