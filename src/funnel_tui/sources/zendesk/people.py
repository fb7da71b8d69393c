"""Teammates and groups: two short lists, read whole. No e-mail addresses."""

from collections.abc import AsyncIterator, Mapping

from funnel_tui.model.records import Team
from funnel_tui.sources.base import Stream
from funnel_tui.sources.errors import AuthError, ForbiddenError, NotFound, Refused
from funnel_tui.sources.protocol import Shape, SourcePage, StreamSpec
from funnel_tui.sources.text import ident, label
from funnel_tui.sources.zendesk import staff, wire
from funnel_tui.sources.zendesk.client import ZendeskClient, decoded


class People(Stream):
    spec = StreamSpec(staff.STREAM, shape=Shape.SNAPSHOT, interval=300)

    def __init__(self, client: ZendeskClient, known: staff.Staff) -> None:
        self._client = client
        self._staff = known

    async def probe(self) -> None:
        await self._client.get(self.spec.name, "/api/v2/users", wire.decode_listing, {"role": "agent"})

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        agents = await self._staff.agents()
        teams: list[Team] = []
        try:
            async for page in self._client.pages(self.spec.name, "/api/v2/groups"):
                groups, _ = decoded(page.groups, wire.decode_group)
                found = ((ident(group.id), label(group.name)) for group in groups)
                teams += [Team(id=id, name=name) for id, name in found if id is not None]
        except (AuthError, ForbiddenError, NotFound, Refused):
            pass  # then groups go by their ids; who the teammates are matters more
        yield SourcePage(records=(*teams, *agents))
