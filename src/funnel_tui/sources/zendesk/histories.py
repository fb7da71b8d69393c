"""Where tickets' histories come from, in this order:

1. the export of updates, of tickets whose whole life lies in the window: a thousand updates a request, but an export;
2. the ticket's own audits, of all others: those changed lately (the export is minutes late) or begun before the window;
3. where audits are refused, the updates that lie in the window, added to what is known;
4. where updates are refused too, nothing: the row with its metric set must do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from funnel_tui.sources.errors import AuthError, BadBody, ForbiddenError, NotFound, Refused, ServerError, SourceError
from funnel_tui.sources.text import moment
from funnel_tui.sources.together import together
from funnel_tui.sources.zendesk import history, wire
from funnel_tui.sources.zendesk.changes import at
from funnel_tui.sources.zendesk.client import ZendeskClient, decoded
from funnel_tui.sources.zendesk.exports import LATE, EventExport, stamp

FEW = 20
"""So many histories are rather read one by one than from the export, whose requests are scarce."""
WITNESSES = 3
"""So many tickets that are listed and have no audits show that audits are refused."""
REFUSED_FOR = 3_600

REFUSALS = (AuthError, ForbiddenError, NotFound, Refused)


@dataclass(slots=True)
class Read:
    """One ticket on its way."""

    id: str
    row: wire.Ticket
    audits: Sequence[wire.Audit] | None = None
    whole: bool = False
    """These are all there are."""
    gone: bool = False
    broken: int = 0
    """Updates of an unknown form."""
    trouble: SourceError | None = None
    bare: bool = False
    """Of its row only what does not change with time is to be written: more is known than the row can tell."""

    @property
    def refused(self) -> bool:
        return self.audits is None and isinstance(self.trouble, REFUSALS)

    @property
    def failed(self) -> bool:
        """This time: it is to be read again."""
        return isinstance(self.trouble, ServerError | BadBody)


@dataclass(slots=True)
class _Refusal:
    """What the credential may not read, asked for again after an hour."""

    error: SourceError | None = None
    since: int = 0
    denied: int = 0
    seen: bool = False
    """It has been read before: a `not found` is then about the one ticket."""

    def stands(self, now: int) -> bool:
        return self.error is not None and 0 <= now - self.since < REFUSED_FOR

    def note(self, error: SourceError, now: int) -> None:
        self.error, self.since, self.seen = error, now, False

    def clear(self) -> None:
        self.error, self.denied, self.seen = None, 0, True


class Histories:
    def __init__(self, client: ZendeskClient, stream: str) -> None:
        self._client = client
        self._stream = stream
        self._no_audits = _Refusal()
        self._no_updates = _Refusal()

    @property
    def by_updates_alone(self) -> bool:
        """Audits are refused."""
        return self._no_audits.stands(self._client.now())

    @property
    def unsettled(self) -> bool:
        """No audits have been had yet, nor are they known to be refused."""
        return not self._no_audits.seen and self._no_audits.error is None

    def perhaps_by_updates(self, until: int) -> bool:
        """Whether a window that ends there is to be taken for one without audits: some were denied and none were had,
        or there was none to ask for, and it is of the past, which is read but once."""
        return self.unsettled and (self._no_audits.denied > 0 or until < self._client.now() - LATE)

    @property
    def by_rows_alone(self) -> bool:
        """Updates as well."""
        return self.by_updates_alone and self._no_updates.stands(self._client.now())

    async def from_updates(self, reads: Sequence[Read], lo: int, updates: EventExport) -> None:
        """Give those their history that lies in the window from its beginning to its end."""
        now = self._client.now()
        reads = [read for read in reads if _lies_within(read.row, lo, now)]
        if (len(reads) <= FEW and not updates.begun) or self._no_updates.stands(now) or self.by_updates_alone:
            return
        try:
            damaged = await updates.advance(max((stamp(read.row) or 0 for read in reads), default=0))
        except REFUSALS as error:
            await self._client.confirm(error)
            self._no_updates.note(error, now)
            return
        self._no_updates.clear()
        if damaged:
            return  # nobody knows whose they were
        for read in reads:
            found = updates.of(read.id)
            if (stamp(read.row) or now) <= updates.reach and _complete(read.row, found):
                read.audits, read.whole = updates.take(read.id), True

    async def from_audits(self, reads: Sequence[Read]) -> None:
        if self.by_updates_alone:
            for read in reads:
                read.trouble = self._no_audits.error
            return
        await together(self._audit(read) for read in reads)
        if self._no_audits.error is not None:
            await self._client.confirm(self._no_audits.error)

    async def from_window(self, reads: Sequence[Read], updates: EventExport, until: int) -> None:
        """Without audits: give `reads` what the window tells of them."""
        now = self._client.now()
        if self._no_updates.stands(now):
            return
        try:
            await updates.advance(until)
        except REFUSALS as error:
            await self._client.confirm(error)
            self._no_updates.note(error, now)
            return
        self._no_updates.clear()
        for read in reads:
            read.audits = updates.take(read.id)
            read.trouble = read.trouble if read.failed else None

    async def _audit(self, read: Read) -> None:
        try:
            found: list[wire.Audit] = []
            async for page in self._client.pages(self._stream, f"/api/v2/tickets/{quote(read.id, safe='')}/audits"):
                audits, broken = decoded(page.audits, wire.decode_audit)
                found += audits
                read.broken += broken
        except NotFound as error:
            read.gone = self._no_audits.seen
            if not read.gone:
                self._deny(read, error)
        except (AuthError, ForbiddenError, Refused) as error:
            self._deny(read, error)
        except (ServerError, BadBody) as error:
            read.trouble = error
        else:
            self._no_audits.clear()
            read.audits, read.whole = found, True

    def _deny(self, read: Read, error: SourceError) -> None:
        read.trouble = error
        self._no_audits.denied += 1
        if self._no_audits.denied >= WITNESSES or isinstance(error, AuthError | ForbiddenError):
            self._no_audits.note(error, self._client.now())


def _lies_within(row: wire.Ticket, lo: int, now: int) -> bool:
    """Whether the export of updates holds all of the ticket: begun in the window, and not changed just now."""
    begun, when = moment(row.created_at), stamp(row)
    return begun is not None and when is not None and begun >= lo and when <= now - LATE


def _complete(row: wire.Ticket, audits: Sequence[wire.Audit]) -> bool:
    """From the creation to the last update that the row knows of: `updated_at` moves with updates only."""
    begun, updated = moment(row.created_at), moment(row.updated_at)
    newest = max((when for audit in audits if (when := at(audit)) is not None), default=None)
    if begun is None or newest is None or not history.begins(audits, begun):
        return False
    return updated is None or newest >= updated - 1
