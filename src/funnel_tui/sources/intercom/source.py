"""Intercom as a `Source`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, time

from funnel_tui.model.records import Page
from funnel_tui.settings import SourceSettings
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.intercom import articles, conversations, deletions, people, receipts
from funnel_tui.sources.intercom.client import HttpFactory, IntercomClient
from funnel_tui.sources.pacing import HeadRoom
from funnel_tui.sources.protocol import Identity, StreamSpec


class IntercomSource:
    kind = "intercom"

    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        """`http` makes the client; tests pass one with a transport and a clock of their own."""
        self.name = settings.name
        self.since = None
        if settings.since is not None:
            self.since = int(datetime.combine(settings.since, time(), UTC).timestamp())
        self._client = IntercomClient(settings, token, http)
        self._conversations = conversations.Conversations(self._client)

    def __repr__(self) -> str:
        return f"IntercomSource({self.name!r}, {self._client.http.base_url!r})"

    @property
    def requests(self) -> int:
        return self._client.http.requests

    @property
    def head_room(self) -> HeadRoom | None:
        return self._client.http.head_room

    @property
    def clock_skew(self) -> float | None:
        return self._client.http.clock_skew

    def server_now(self) -> int:
        return self._client.now()

    def streams(self) -> Sequence[StreamSpec]:
        return (conversations.SPEC, people.SPEC, deletions.SPEC, articles.SPEC, receipts.SPEC)

    async def identify(self) -> Identity:
        return await self._client.identify()

    async def probe(self, stream: str) -> None:
        if stream == conversations.SPEC.name:
            await self._conversations.probe()
        elif stream == people.SPEC.name:
            await people.probe(self._client)
        elif stream == deletions.SPEC.name:
            await deletions.probe(self._client)
        elif stream == articles.SPEC.name:
            await articles.probe(self._client)
        elif stream == receipts.SPEC.name:
            await receipts.probe(self._client)
        else:
            raise _unknown(stream)

    def read(
        self, stream: str, lo: int, hi: int, cursor: str | None = None, known: Mapping[str, int] | None = None
    ) -> AsyncIterator[Page]:
        if stream == conversations.SPEC.name:
            return self._conversations.read(lo, hi, cursor, known)
        if stream == people.SPEC.name:
            return people.read(self._client)
        if stream == deletions.SPEC.name:
            return deletions.read(self._client, lo, hi, cursor)
        if stream == articles.SPEC.name:
            return articles.read(self._client)
        if stream == receipts.SPEC.name:
            return receipts.read(self._client, lo, hi, cursor)
        raise _unknown(stream)

    def reread(self, stream: str, ids: Sequence[str]) -> AsyncIterator[Page]:
        if stream == conversations.SPEC.name:
            return self._conversations.reread(ids)
        raise _unknown(stream)

    async def count(self, stream: str, lo: int, hi: int) -> int | None:
        return await self._conversations.count(lo, hi) if stream == conversations.SPEC.name else None

    async def close(self) -> None:
        await self._client.http.close()


def _unknown(stream: str) -> ValueError:
    return ValueError(f"intercom has no stream {stream!r}")
