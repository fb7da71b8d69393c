"""Conversations: a search by update time, and one read each for the parts."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from funnel_tui.model.records import Event, Kind, Record, Thread
from funnel_tui.sources.errors import (
    BadBody,
    ForbiddenError,
    NotFound,
    Refused,
    ServerError,
    SourceError,
    StaleCursor,
)
from funnel_tui.sources.intercom import wire
from funnel_tui.sources.intercom.client import IntercomClient, starting_after
from funnel_tui.sources.intercom.thread import approximate, records
from funnel_tui.sources.intercom.values import ident, moment, tally
from funnel_tui.sources.protocol import SourcePage, StreamSpec

PER_PAGE = 150
DAY = 86_400
SETTLED = 2
"""An update time this many seconds old cannot be given to another update any more."""
FAILURES_A_PAGE = 3
"""So many conversations of a page may fail by themselves; more is the server's failure."""

SPEC = StreamSpec(
    "conversations",
    overlap=15 * 60,
    slice=30 * DAY,
    slice_items=25 * PER_PAGE,
    rescan=True,
    essential=True,
)

_AGAIN = "again"
"""The cursor of a pass that begins to list its slice a second time."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What became of one conversation."""

    id: str
    records: tuple[Record, ...]
    settled: int | None = None
    trouble: SourceError | None = None


class Conversations:
    def __init__(self, client: IntercomClient) -> None:
        self._client = client
        self._parts_refused: ForbiddenError | None = None
        self._parts_seen = False

    async def count(self, lo: int, hi: int) -> int | None:
        rows = await self._search(lo, hi, None, per_page=1)
        return None if rows.total_count is None else tally(rows.total_count)

    async def probe(self) -> None:
        now = self._client.now()
        await self._search(now - DAY, now, None, per_page=1)

    async def read(
        self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int] | None
    ) -> AsyncIterator[SourcePage]:
        """Rows may move out of the window while it is paged through, which can shift others past a page's edge: where
        the total shrank on the way, the slice is listed once more, and only what was not seen is read."""
        seen: dict[str, int] = dict(known or {})
        sweeping = cursor == _AGAIN
        after = None if sweeping else cursor
        resumed = after is not None
        total: int | None = None
        shrank = False
        while True:
            rows = await self._page(lo, hi, after, resumed=resumed)
            resumed = False
            now = tally(rows.total_count)
            total = now if total is None else max(total, now)
            shrank = shrank or now < total
            found, broken = _decoded(rows.conversations or [])
            reads = await self._read_all([row for row in found if not _is_known(row, seen)])
            seen.update((read.id, read.settled) for read in reads if read.settled is not None)
            after = starting_after(rows.pages)
            following = after
            if following is None and shrank and not sweeping:
                sweeping, shrank, following = True, False, _AGAIN
            yield _as_page(reads, cursor=following, total=total, broken=broken)
            if following is None:
                return

    async def reread(self, ids: Sequence[str]) -> AsyncIterator[SourcePage]:
        for start in range(0, len(ids), PER_PAGE):
            chunk = ids[start : start + PER_PAGE]
            reads = await self._read_all([wire.Conversation(id=id) for id in chunk])
            following = str(start + PER_PAGE) if start + PER_PAGE < len(ids) else None
            yield _as_page(reads, cursor=following, total=len(ids), broken=0)

    async def _page(self, lo: int, hi: int, after: str | None, *, resumed: bool) -> wire.RawConversations:
        try:
            rows = await self._search(lo, hi, after, per_page=PER_PAGE)
        except (Refused, NotFound) as error:
            if resumed:
                raise StaleCursor(error.provider, error.message, stream=SPEC.name, status=error.status) from None
            raise
        if resumed and not rows.conversations and tally(rows.total_count):
            raise StaleCursor(self._client.http.name, "the resume cursor leads nowhere", stream=SPEC.name)
        return rows

    async def _search(self, lo: int, hi: int, after: str | None, *, per_page: int) -> wire.RawConversations:
        # Whether > and < include their value is not certain: both bounds are a second wider, and rows are upserted.
        bounds = ((">", lo - 1), ("<", hi + 1))
        pagination: dict[str, int | str] = {"per_page": per_page}
        if after is not None:
            pagination["starting_after"] = after
        body = {
            "query": {
                "operator": "AND",
                "value": [{"field": "updated_at", "operator": sign, "value": value} for sign, value in bounds],
            },
            "pagination": pagination,
            "sort": {"field": "updated_at", "order": "ascending"},
        }
        return await self._client.post(SPEC.name, "/conversations/search", body, wire.decode_rows)

    async def _read_all(self, rows: Sequence[wire.Conversation]) -> list[_Read]:
        inbox = await self._client.inbox() if rows else None
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._read_one(row, inbox)) for row in rows]
        except BaseExceptionGroup as errors:
            raise _first(errors) from None
        reads = [task.result() for task in tasks]
        failures = [read.trouble for read in reads if isinstance(read.trouble, ServerError | BadBody)]
        if len(failures) > FAILURES_A_PAGE:
            raise failures[0]
        return reads

    async def _read_one(self, row: wire.Conversation, inbox: str | None) -> _Read:
        id = ident(row.id)
        if id is None:
            return _Read("", ())
        link = inbox + id if inbox is not None else None
        if self._parts_refused is not None:
            return _outline(row, id, link, self._parts_refused)
        started = self._client.now()
        try:
            whole = await self._client.get(
                SPEC.name, f"/conversations/{id}", wire.decode_row, {"display_as": "plaintext"}
            )
        except NotFound:
            return _Read(id, (Event(conversation=id, at=started, kind=Kind.DELETED),))
        except ForbiddenError as error:
            if not self._parts_seen:
                self._parts_refused = error
            return _outline(row, id, link, error)
        except (ServerError, BadBody) as error:
            return _outline(row, id, link, error)
        self._parts_seen = True
        updated = moment(whole.updated_at)
        settled = updated if updated is not None and updated < started - SETTLED else None
        return _Read(
            id, records(whole if ident(whole.id) == id else msgspec.structs.replace(whole, id=id), link), settled
        )


def _outline(row: wire.Conversation, id: str, link: str | None, error: SourceError) -> _Read:
    """From the list row alone. Where parts are refused for good this is all there will be; after a mere failure it is
    put beside what may be known already, until the next read replaces it."""
    found = approximate(row, link) if row.created_at is not None else None
    if found is None:
        return _Read(id, (), trouble=error)
    conversation, events = found
    if isinstance(error, ForbiddenError):
        return _Read(id, (Thread(conversation=conversation, events=events, complete=False),), trouble=error)
    return _Read(id, (conversation, *events), trouble=error)


def _is_known(row: wire.Conversation, seen: Mapping[str, int]) -> bool:
    updated = moment(row.updated_at)
    return updated is not None and seen.get(ident(row.id) or "") == updated


def _decoded(raws: Iterable[msgspec.Raw]) -> tuple[list[wire.Conversation], int]:
    rows, broken = [], 0
    for raw in raws:
        try:
            rows.append(wire.decode_row(raw))
        except msgspec.DecodeError:
            broken += 1
    return rows, broken


def _as_page(reads: Sequence[_Read], *, cursor: str | None, total: int | None, broken: int) -> SourcePage:
    warnings = []
    if broken:
        warnings.append(f"conversations: {broken} of a page came in an unknown form and were left out")
    troubles = [read.trouble for read in reads if read.trouble is not None]
    if troubles:
        warnings.append(f"conversations: read without their parts, so their times are approximate: {troubles[0]}")
    return SourcePage(
        records=tuple(record for read in reads for record in read.records),
        cursor=cursor,
        total=total,
        versions={read.id: read.settled for read in reads if read.settled is not None},
        warnings=tuple(warnings),
    )


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The most telling of several failures at once."""
    leaves: list[BaseException] = []
    for error in errors.exceptions:
        leaves.append(_first(error) if isinstance(error, BaseExceptionGroup) else error)
    return next((leaf for leaf in leaves if isinstance(leaf, SourceError)), leaves[0])
