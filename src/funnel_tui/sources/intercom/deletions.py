"""Deleted conversations, newest first: read until the bookmark."""

from collections.abc import AsyncIterator, Mapping

from funnel_tui.model.records import Event, Kind
from funnel_tui.sources.base import Stream
from funnel_tui.sources.intercom import wire
from funnel_tui.sources.intercom.client import IntercomClient
from funnel_tui.sources.protocol import SourcePage, StreamSpec
from funnel_tui.sources.text import ident, moment

PER_PAGE = 60
PATH = "/conversations/deleted"

SPEC = StreamSpec("deletions", interval=3600, overlap=24 * 3600)
"""The list exists from 2.16 on; before, a deletion shows only as 404 on a rescan."""


def lists_deletions(api_version: str) -> bool:
    """Whether that version of the API has the list. What is no number is taken for newer than all that are."""
    try:
        major, minor = map(int, api_version.split("."))
    except ValueError:
        return True
    return (major, minor) >= (2, 16)


class Deletions(Stream):
    spec = SPEC

    def __init__(self, client: IntercomClient) -> None:
        self._client = client

    async def probe(self) -> None:
        await self._client.get(SPEC.name, PATH, wire.decode_deleted, {"per_page": 1})

    def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        return _read(self._client, lo, cursor)


async def _read(client: IntercomClient, lo: int, cursor: str | None) -> AsyncIterator[SourcePage]:
    """No upper bound is needed: what was deleted while paging only shifts the rows back, so that some come twice."""
    page = int(cursor) if cursor is not None and cursor.isdigit() else 1
    while True:
        params: dict[str, str | int] = {"page": page, "per_page": PER_PAGE, "order": "desc"}
        found = await client.get(SPEC.name, PATH, wire.decode_deleted, params)
        dated = [(ident(row.id), moment(row.deleted_at)) for row in found.conversations or [] if row is not None]
        events = tuple(
            Event(conversation=id, at=at, kind=Kind.DELETED)
            for id, at in dated
            if id is not None and at is not None and at >= lo
        )
        past = any(at is not None and at < lo for _, at in dated)
        more = bool(dated) and not past and found.pages is not None and bool(found.pages.next)
        page += 1
        yield SourcePage(records=events, cursor=str(page) if more else None)
        if not more:
            return
