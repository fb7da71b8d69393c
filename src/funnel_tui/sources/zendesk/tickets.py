"""Tickets: the export tells which have changed, and each is written down whole, with its history.

A ticket replaces what was known of it by all that Zendesk knows, whichever way its history came (`histories`). So
updates of tickets that are not listed in a window need not be looked at: they changed later, and were or will be read
then.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from urllib.parse import quote

import msgspec

from funnel_tui.model.records import Event, Kind
from funnel_tui.sources.base import Stream
from funnel_tui.sources.errors import ForbiddenError, NotFound, Refused, StaleCursor
from funnel_tui.sources.protocol import SourcePage, StreamSpec
from funnel_tui.sources.text import ident
from funnel_tui.sources.zendesk import wire
from funnel_tui.sources.zendesk.changes import identity, word
from funnel_tui.sources.zendesk.client import FRESHEST, MOST_PAGES, TICKETS, ZendeskClient, decoded
from funnel_tui.sources.zendesk.exports import LATE, EventExport, TicketExport, stamp, with_metrics
from funnel_tui.sources.zendesk.histories import WITNESSES, Histories, Read
from funnel_tui.sources.zendesk.scribe import Scribe
from funnel_tui.sources.zendesk.staff import Staff

DAY = 86_400
CHUNK = 100
"""Tickets in a page of ours: a page of the export may hold a thousand, each a request."""
FAILURES_A_PAGE = 3
"""So many tickets of a page may fail by themselves; more is the server's failure."""
MOST_REMEMBERED = 100_000

Others = Mapping[str, Sequence[wire.Audit]]
"""Updates of tickets by their ids."""

PARTS = "parts"
"""A ticket's history: what it holds beside its row."""


class _Place(msgspec.Struct, omit_defaults=True):
    """A cursor: where to go on in both exports."""

    tickets: str | None = None
    updates: int | None = None
    done: int | None = None
    """The stamp up to which the page has been read already."""
    chunk: int = 0
    """Makes cursors differ where a thousand tickets changed in one second."""


_decode_place = msgspec.json.Decoder(_Place).decode


class Tickets(Stream):
    spec = StreamSpec(
        "tickets",
        interval=12,  # five exports a minute at the most, however often is polled
        overlap=300,
        slice=30 * DAY,
        slice_items=CHUNK,  # nobody counts, but slices then begin with a day, so that today is whole first
        rescan=True,
        essential=True,
    )

    def __init__(self, client: ZendeskClient, staff: Staff) -> None:
        self._client = client
        self._scribe = Scribe(client, staff)
        self._histories = Histories(client, self.spec.name)
        self._newest: dict[str, int] = {}
        """Ticket -> the stamp under which it was last read."""
        self._looked_from: int | None = None
        """From when on all rows have been seen, if only for whose tickets they are."""
        self._many = True
        """Whether tickets can be listed by their ids."""
        self._unlooked = 0
        """How many in a row could not even be seen one by one."""

    async def probe(self) -> None:
        start = self._client.now() - FRESHEST
        await self._client.export(self.spec.name, TICKETS, wire.decode_tickets, {"start_time": start})

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        place = self._place(cursor)
        export = TicketExport(self._client, self.spec.name, lo, hi)
        updates = EventExport(self._client, self.spec.name, place.updates if place.updates is not None else lo)
        after, done, resumed = place.tickets, place.done, place.tickets is not None
        while True:
            rows = await export.page(after, resumed=resumed)
            resumed = False
            todo = [row for row in rows.tickets if done is None or (stamp(row) or hi) >= done]
            todo = [row for row in todo if (id := ident(row.id)) and known.get(id) != (stamp(row) or -1)]
            todo.sort(key=lambda row: stamp(row) or hi)
            chunks = [todo[start : start + CHUNK] for start in range(0, len(todo), CHUNK)] or [[]]
            for number, chunk in enumerate(chunks, 1):
                last = number == len(chunks)
                ended = last and rows.after is None
                until = hi if ended else max((stamp(row) or 0 for row in chunk), default=0)
                page = await self._window_page(chunk, lo, until, updates, rows.broken if last else 0, ended=ended)
                # What has been read of other tickets is not written down before it is clear that it must be.
                reached = updates.position if updates.begun and not self._histories.unsettled else place.updates
                following = _Place(rows.after, reached) if last else _Place(after, reached, stamp(chunk[-1]), number)
                yield msgspec.structs.replace(page, cursor=None if ended else msgspec.json.encode(following).decode())
            if rows.after is None:
                return
            after, done = rows.after, None

    async def reread(self, ids: Sequence[str]) -> AsyncIterator[SourcePage]:
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            rows, gone = await self._rows(chunk)
            reads = _reads(rows)
            await self._histories.from_audits(_alive(reads))
            _check(reads)
            for read in reads:
                read.bare = read.audits is None and not read.gone and not self._histories.by_rows_alone
            page = await self._page(reads, {}, 0)
            now = self._client.now()
            deleted = tuple(Event(conversation=id, at=now, kind=Kind.DELETED) for id in gone)
            following = str(start + CHUNK) if start + CHUNK < len(ids) else None
            yield msgspec.structs.replace(page, records=(*page.records, *deleted), cursor=following, total=len(ids))

    # --- pages

    async def _window_page(
        self, rows: Sequence[wire.Ticket], lo: int, until: int, updates: EventExport, broken: int, *, ended: bool
    ) -> SourcePage:
        """`lo`: from when on `updates` tells. `until`: so far it is to be read where it is all there is. `ended`: no
        more rows come."""
        reads = _reads(rows)
        for read in reads:
            self._scribe.remember(read.id, identity(read.row.requester_id))
        await self._histories.from_updates(_alive(reads), lo, updates)
        await self._histories.from_audits([read for read in _alive(reads) if read.audits is None])
        _check(reads)
        alone = self._histories.by_updates_alone or (ended and self._histories.perhaps_by_updates(until))
        without = [read for read in _alive(reads) if read.audits is None and not read.gone]
        if without or alone:
            await self._histories.from_window(without, updates, until)
        others = await self._attributable(reads, updates, until, ended=ended) if alone else {}
        # The backfill may hold a row for minutes; what a poll has read of it meanwhile is newer.
        current = [read for read in reads if (stamp(read.row) or until) >= self._newest.get(read.id, 0)]
        return await self._page(current, others, broken)

    async def _page(self, reads: Sequence[Read], others: Others, broken: int) -> SourcePage:
        """`others`: updates of tickets whose rows are not here."""
        await self._scribe.meet(_alive(reads), others)
        now = self._client.now()
        piecemeal = self._histories.by_updates_alone or self._histories.unsettled
        records = [record for read in reads for record in self._scribe.records(read, now, piecemeal=piecemeal)]
        records += [event for id, audits in others.items() for event in self._scribe.events(id, None, audits)]
        self._remember(reads)
        return SourcePage(
            records=tuple(records),
            versions={
                read.id: when
                for read in reads
                if read.trouble is None and not read.gone and (when := stamp(read.row)) is not None
            },
            warnings=_warnings(reads, broken),
            beside=self._beside(reads),
        )

    async def _attributable(self, reads: Sequence[Read], updates: EventExport, until: int, *, ended: bool) -> Others:
        """What the window tells of tickets whose rows are not here. Where nobody knows which of the authors is the
        customer, it waits for the row, and is left out where none comes: it would be written down wrongly."""
        others = updates.flush()
        await self._scribe.meet(_alive(reads), others)
        strange = [id for id, audits in others.items() if self._scribe.strange(id, audits)]
        if ended:
            await self._look_ahead(until, strange)
            strange = [id for id in strange if self._scribe.strange(id, others[id])]
        else:
            for id in strange:
                updates.hold(id, others[id])
        return {id: audits for id, audits in others.items() if id not in set(strange)} if strange else others

    async def _look_ahead(self, begin: int, strange: Sequence[str]) -> None:
        """Learn whose tickets those are that changed after a window: what has been read of them before this process
        began, it has not seen."""
        now = self._client.now()
        if not strange or (self._looked_from is not None and self._looked_from <= begin < now - LATE):
            return
        self._looked_from = begin if self._looked_from is None else min(begin, self._looked_from)
        export, after = TicketExport(self._client, self.spec.name, begin, now), None
        for _ in range(MOST_PAGES):
            rows = await export.page(after, resumed=after is not None)
            for row in rows.tickets:
                self._scribe.remember(ident(row.id) or "", identity(row.requester_id))
            after = rows.after
            if after is None:
                return

    def _remember(self, reads: Iterable[Read]) -> None:
        if len(self._newest) > MOST_REMEMBERED:
            self._newest.clear()
        for read in reads:
            when = stamp(read.row)
            if when is not None:
                self._newest[read.id] = max(when, self._newest.get(read.id, 0))

    def _beside(self, reads: Sequence[Read]) -> dict[str, str | None]:
        if any(read.audits is not None for read in reads):
            return {PARTS: None}
        refused = next((read.trouble for read in reads if read.refused), None)
        if refused is None or not self._histories.by_updates_alone:
            return {}
        return {
            PARTS: f"{refused.provider}: {PARTS}: tickets are read without their history, so their times are whole "
            f"minutes and approximate: {refused.lasting}. Use an administrator's token that may read ticket events and "
            "audits, then run `funnel-tui sync --once --full`."
        }

    # --- rows by their ids

    async def _rows(self, ids: Sequence[str]) -> tuple[list[wire.Ticket], list[str]]:
        """The tickets' rows, and the ids of those that are gone: missed in the list, and not found by themselves."""
        rows = await self._listed(ids)
        found = list(rows or ())
        met = {ident(row.id) for row in found}
        gone: list[str] = []
        for id in (id for id in ids if id not in met):
            if self._unlooked >= WITNESSES:
                break  # this server shows no ticket by its id
            try:
                one = await self._client.get(
                    self.spec.name, f"/api/v2/tickets/{quote(id, safe='')}", wire.decode_one_ticket
                )
            except NotFound:
                gone.append(id)
                self._unlooked += rows is None and not found
                continue
            except (ForbiddenError, Refused):
                continue  # it is there, for all that one can know
            self._unlooked = 0
            if one.ticket is not None and ident(one.ticket.id) == id:
                found.append(one.ticket)
        # Where nothing at all is found, it is the address that is wrong, or the right to look.
        return found, gone if rows is not None or found else []

    async def _listed(self, ids: Sequence[str]) -> list[wire.Ticket] | None:
        """Those of them that a list of many shows; None without such a list."""
        if not self._many:
            return None
        params = {"ids": ",".join(ids), "include": "metric_sets"}
        try:
            page = await self._client.get(self.spec.name, "/api/v2/tickets/show_many", wire.decode_tickets, params)
        except (NotFound, Refused) as error:
            self._many = not isinstance(error, NotFound)
            return None
        listed, _ = decoded(page.tickets, wire.decode_ticket)
        return list(with_metrics(listed, page.metric_sets))

    def _place(self, cursor: str | None) -> _Place:
        if cursor is None:
            return _Place()
        try:
            return _decode_place(cursor)
        except msgspec.DecodeError:
            raise StaleCursor(self._client.http.name, "the resume cursor is unknown", stream=self.spec.name) from None


def _reads(rows: Iterable[wire.Ticket]) -> list[Read]:
    return [Read(id, row) for row in rows if (id := ident(row.id)) is not None]


def _alive(reads: Iterable[Read]) -> list[Read]:
    return [read for read in reads if word(read.row.status) != "deleted"]


def _check(reads: Iterable[Read]) -> None:
    failed = [read.trouble for read in reads if read.failed and read.trouble is not None]
    if len(failed) > FAILURES_A_PAGE:
        raise failed[0]


def _warnings(reads: Sequence[Read], broken: int) -> tuple[str, ...]:
    warnings = []
    if broken:
        warnings.append(f"tickets: {broken} of a page came in an unknown form and were left out")
    if any(read.broken for read in reads):
        warnings.append("tickets: some updates came in an unknown form and were left out")
    failed = next((read.trouble for read in reads if read.failed and read.trouble is not None), None)
    if failed is not None:
        warnings.append(
            "tickets: the history of some could not be read, so their times may be wrong: "
            f"{failed.lasting}. {failed.mend}"
        )
    return tuple(warnings)
