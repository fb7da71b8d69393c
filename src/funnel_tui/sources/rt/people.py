"""Queues, and the staff who were met in tickets: an ordinary account may not list users."""

from collections.abc import AsyncIterator, Mapping

from funnel_tui.sources.base import Stream
from funnel_tui.sources.protocol import Shape, SourcePage, StreamSpec
from funnel_tui.sources.rt import wire
from funnel_tui.sources.rt.client import RtClient
from funnel_tui.sources.rt.directory import Directory

SPEC = StreamSpec("people", shape=Shape.SNAPSHOT, interval=3_600)


class People(Stream):
    spec = SPEC

    def __init__(self, client: RtClient, directory: Directory) -> None:
        self._client = client
        self._directory = directory

    async def probe(self) -> None:
        await self._client.rows(SPEC.name, "/queues/all", wire.Queue, {"per_page": 1})

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        queues = await self._directory.list_queues(SPEC.name)
        warnings = tuple(
            f"people: queue {name!r} is unknown, or the account may not see it: its tickets are missing. Correct "
            "`queues` in the configuration, or give the account the right SeeQueue."
            for name in self._directory.unseen(queues)
        )
        yield SourcePage(records=(*queues, *self._directory.staff()), warnings=warnings)
