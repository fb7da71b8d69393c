"""Conversations: a search by update time, and one read each for the parts."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from funnel_tui.model.records import Event, Kind, Record, Thread
from funnel_tui.sources.base import Stream
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
from funnel_tui.sources.protocol import SourcePage, StreamSpec
from funnel_tui.sources.text import ident, moment, tally
from funnel_tui.sources.together import together

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

PARTS = "parts"
"""What a conversation holds beside its row in the list; a permission of its own."""
REFUSED_FOR = 3_600
"""Seconds after which refused parts are asked for again."""
WITNESSES = 3
"""So many conversations that are listed and cannot be read show that none can."""

_ROUND = re.compile(r"(\d{1,6})~(.*)", re.DOTALL)
"""A cursor of a pass that lists its slice once more: how often it began before, and the provider's cursor, empty at the
beginning. Without the number its pages would look like those of a list that turns in a circle."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What became of one conversation."""

    id: str
    records: tuple[Record, ...]
    settled: int | None = None
    trouble: SourceError | None = None
    gone: NotFound | None = None

    @property
    def whole(self) -> bool:
        return bool(self.records) and self.trouble is None and self.gone is None


class Conversations(Stream):
    spec = SPEC

    def __init__(self, client: IntercomClient) -> None:
        self._client = client
        self._parts_refused: SourceError | None = None
        self._refused_at = 0
        self._denied = 0
        self._parts_seen = False

    async def count(self, lo: int, hi: int) -> int | None:
        rows = await self._search(lo, hi, None, per_page=1)
        return None if rows.total_count is None else tally(rows.total_count)

    async def probe(self) -> None:
        now = self._client.now()
        await self._search(now - DAY, now, None, per_page=1)

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        """Rows may move out of the window while it is paged through, which can shift others past a page's edge: where
        the total shrank on the way, the slice is listed once more, and only what was not seen is read. So it is where
        a cursor was forgotten on the way, for as long as every new start comes further than the one before."""
        seen: dict[str, int] = dict(known)
        turn, after = _split(cursor)
        sweeping = turn > 0
        resumed = after is not None
        total: int | None = None
        shrank = False
        met: set[str | None] = set()
        met_before = 0
        while True:
            try:
                rows = await self._page(lo, hi, after, resumed=resumed)
            except StaleCursor:
                if resumed or len(met) == met_before:
                    raise
                turn, after, met_before = turn + 1, None, len(met)
                continue
            resumed = False
            if rows.total_count is not None:
                now = tally(rows.total_count)
                total = now if total is None else max(total, now)
                shrank = shrank or now < total
            found, broken = _decoded(rows.conversations or [])
            met.update(ident(row.id) for row in found)
            reads = await self._read_all(_once_each(row for row in found if not _is_known(row, seen)))
            seen.update((read.id, read.settled) for read in reads if read.settled is not None)
            after = starting_after(rows.pages)
            following = after if after is None or not turn else f"{turn}~{after}"
            if after is None and shrank and not sweeping:
                sweeping, turn = True, turn + 1
                following = f"{turn}~"
            yield self._as_page(reads, cursor=following, total=total, broken=broken)
            if following is None:
                return

    async def reread(self, ids: Sequence[str]) -> AsyncIterator[SourcePage]:
        for start in range(0, len(ids), PER_PAGE):
            chunk = ids[start : start + PER_PAGE]
            reads = await self._read_all([wire.Conversation(id=id) for id in chunk])
            following = str(start + PER_PAGE) if start + PER_PAGE < len(ids) else None
            yield self._as_page(reads, cursor=following, total=len(ids), broken=0)

    async def _page(self, lo: int, hi: int, after: str | None, *, resumed: bool) -> wire.RawConversations:
        try:
            rows = await self._search(lo, hi, after, per_page=PER_PAGE)
        except (Refused, NotFound) as error:
            if after is not None:
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
        reads = await together(self._read_one(row, inbox) for row in rows)
        if any(read.gone for read in reads) and not self._parts_seen:
            error = await self._why_nothing_is_found()
            if error is not None:
                reads = [
                    _outline(row, read.id, _link(inbox, read.id), error) if read.gone else read
                    for row, read in zip(rows, reads, strict=True)
                ]
        failures = [read.trouble for read in reads if isinstance(read.trouble, ServerError | BadBody)]
        if len(failures) > FAILURES_A_PAGE:
            raise failures[0]
        return reads

    async def _read_one(self, row: wire.Conversation, inbox: str | None) -> _Read:
        id = ident(row.id)
        if id is None:
            return _Read("", ())
        link = _link(inbox, id)
        started = self._client.now()
        if self._parts_refused is not None and 0 <= started - self._refused_at < REFUSED_FOR:
            return _outline(row, id, link, self._parts_refused)
        try:
            whole = await self._get(id)
        except NotFound as error:
            return _Read(id, (Event(conversation=id, at=started, kind=Kind.DELETED),), gone=error)
        except ForbiddenError as error:
            self._denied += 1
            if self._denied >= WITNESSES:
                self._refuse(error)
            return _outline(row, id, link, error)
        except (ServerError, BadBody) as error:
            return _outline(row, id, link, error)
        updated = moment(whole.updated_at)
        settled = updated if updated is not None and updated < started - SETTLED else None
        return _Read(
            id, records(whole if ident(whole.id) == id else msgspec.structs.replace(whole, id=id), link), settled
        )

    async def _get(self, id: str) -> wire.Conversation:
        whole = await self._client.get(SPEC.name, f"/conversations/{id}", wire.decode_row, {"display_as": "plaintext"})
        self._parts_seen, self._parts_refused, self._denied = True, None, 0
        return whole

    async def _why_nothing_is_found(self) -> SourceError | None:
        """Nothing but `not found` so far: deleted, or does the provider say so for want of a permission? The oldest
        conversations that it lists tell: they are there. None where one of them can be read."""
        rows = await self._search(0, self._client.now(), None, per_page=WITNESSES)
        listed, _ = _decoded(rows.conversations or [])
        refusal: SourceError | None = None
        for id in filter(None, (ident(row.id) for row in listed)):
            try:
                await self._get(id)
            except (NotFound, ForbiddenError) as error:
                refusal = error
            else:
                return None
        if refusal is not None:
            self._refuse(refusal)
        return refusal

    def _refuse(self, error: SourceError) -> None:
        self._parts_refused, self._refused_at, self._parts_seen = error, self._client.now(), False

    def _as_page(self, reads: Sequence[_Read], *, cursor: str | None, total: int | None, broken: int) -> SourcePage:
        warnings = []
        if broken:
            warnings.append(f"conversations: {broken} of a page came in an unknown form and were left out")
        refused = [read.trouble for read in reads if isinstance(read.trouble, ForbiddenError | NotFound)]
        beside: dict[str, str | None] = {}
        if any(read.whole for read in reads):
            beside[PARTS] = None
        elif refused and not self._parts_seen:
            beside[PARTS] = (
                f"{refused[0].provider}: {PARTS}: conversations are read without their parts, so their times are "
                f"approximate: {refused[0].lasting}. Give the token the permission to read conversations, then run "
                "`funnel-tui sync --once --full`."
            )
        troubles = [read.trouble for read in reads if read.trouble is not None]
        if beside.get(PARTS) is not None:
            troubles = [trouble for trouble in troubles if trouble not in refused]
        if troubles:
            warnings.append(
                "conversations: some were read without their parts, so their times are approximate: "
                f"{troubles[0].lasting}. {troubles[0].mend}"
            )
        return SourcePage(
            records=tuple(record for read in reads for record in read.records),
            cursor=cursor,
            total=total,
            versions={read.id: read.settled for read in reads if read.settled is not None},
            warnings=tuple(warnings),
            beside=beside,
        )


def _split(cursor: str | None) -> tuple[int, str | None]:
    """How often the slice was begun before, and the provider's cursor."""
    found = _ROUND.fullmatch(cursor or "")
    return (int(found[1]), found[2] or None) if found is not None else (0, cursor)


def _link(inbox: str | None, id: str) -> str | None:
    return inbox + id if inbox is not None else None


def _outline(row: wire.Conversation, id: str, link: str | None, error: SourceError) -> _Read:
    """From the list row alone. Where parts are refused for good this is all there will be; after a mere failure it is
    put beside what may be known already, until the next read replaces it."""
    found = approximate(row, link) if row.created_at is not None else None
    if found is None:
        return _Read(id, (), trouble=error)
    conversation, events = found
    if isinstance(error, ForbiddenError | NotFound):
        return _Read(id, (Thread(conversation=conversation, events=events, complete=False),), trouble=error)
    return _Read(id, (conversation, *events), trouble=error)


def _is_known(row: wire.Conversation, seen: Mapping[str, int]) -> bool:
    updated = moment(row.updated_at)
    return updated is not None and seen.get(ident(row.id) or "") == updated


def _once_each(rows: Iterable[wire.Conversation]) -> list[wire.Conversation]:
    """Rows that come twice on a page are one conversation to read."""
    return list({ident(row.id): row for row in rows}.values())


def _decoded(raws: Iterable[msgspec.Raw]) -> tuple[list[wire.Conversation], int]:
    rows, broken = [], 0
    for raw in raws:
        try:
            rows.append(wire.decode_row(raw))
        except msgspec.DecodeError:
            broken += 1
    return rows, broken
