"""Teammates and teams: two short lists, read whole. No e-mail addresses."""

from collections.abc import AsyncIterator, Mapping

from funnel_tui.model.records import Agent, Team
from funnel_tui.sources.base import Stream
from funnel_tui.sources.intercom import wire
from funnel_tui.sources.intercom.client import IntercomClient
from funnel_tui.sources.protocol import Shape, SourcePage, StreamSpec
from funnel_tui.sources.text import ident, label

SPEC = StreamSpec("admins", shape=Shape.SNAPSHOT, interval=60)
"""Often, because `away_mode_enabled` is a flag of the moment."""


class People(Stream):
    spec = SPEC

    def __init__(self, client: IntercomClient) -> None:
        self._client = client

    async def probe(self) -> None:
        await self._client.get(SPEC.name, "/admins", wire.decode_admins)

    def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        return _read(self._client)


async def _read(client: IntercomClient) -> AsyncIterator[SourcePage]:
    admins = await client.get(SPEC.name, "/admins", wire.decode_admins)
    teams = await client.get(SPEC.name, "/teams", wire.decode_teams)
    agents = [_agent(admin) for admin in admins.admins or [] if admin is not None]
    groups = [
        Team(id=id, name=label(team.name))
        for team in teams.teams or []
        if team is not None and (id := ident(team.id)) is not None
    ]
    yield SourcePage(records=(*groups, *(agent for agent in agents if agent is not None)))


def _agent(admin: wire.Admin) -> Agent | None:
    id = ident(admin.id)
    if id is None:
        return None
    team = next((found for found in map(ident, admin.team_ids or []) if found is not None), None)
    # Without a seat in the inbox nobody can be on duty.
    away = bool(admin.away_mode_enabled) or admin.has_inbox_seat is False
    return Agent(id=id, name=label(admin.name), team=team, away=away)
