"""The two exports that tickets are made of: rows by cursor, and their updates by time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import msgspec

from funnel_tui.sources.errors import NotFound, Refused, StaleCursor
from funnel_tui.sources.text import ident, moment
from funnel_tui.sources.zendesk import wire
from funnel_tui.sources.zendesk.changes import at
from funnel_tui.sources.zendesk.client import FRESHEST, TICKETS, ZendeskClient, decoded

EVENTS = "/api/v2/incremental/ticket_events"
LATE = 600
"""Seconds after which an update is sure to be in the export: some show up minutes after their ticket's row."""
MOST_EMPTY = 5
"""Pages without rows in a row, after which the export is taken to have ended."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of the ticket export, cut to its window."""

    tickets: tuple[wire.Ticket, ...]
    after: str | None
    """The cursor of the next page; None on the last."""
    broken: int


class TicketExport:
    def __init__(self, client: ZendeskClient, stream: str, lo: int, hi: int) -> None:
        self._client = client
        self._stream = stream
        self._lo = lo
        self._hi = hi
        self._empty = 0

    async def page(self, cursor: str | None, *, resumed: bool) -> Rows:
        """The rows after `cursor`, from the window's start without. Raises StaleCursor for one kept too long."""
        place: dict[str, str | int] = {"cursor": cursor} if cursor is not None else {"start_time": self._start()}
        try:
            page = await self._ask(place)
        except (Refused, NotFound) as error:
            if resumed:
                raise StaleCursor(error.provider, error.message, stream=self._stream, status=error.status) from None
            raise
        rows, broken = decoded(page.tickets, wire.decode_ticket)
        self._empty = 0 if rows else self._empty + 1
        inside = tuple(row for row in rows if (stamp(row) or self._hi) <= self._hi)
        after = str(page.after_cursor) if page.after_cursor not in (None, "") else None
        after = None if after == cursor else after
        last = page.end_of_stream or len(inside) < len(rows) or self._empty >= MOST_EMPTY
        return Rows(with_metrics(inside, page.metric_sets), None if last else after, broken)

    async def _ask(self, place: Mapping[str, str | int]) -> wire.Tickets:
        """With metric sets, unless this account's export knows no such side-load."""
        if self._client.metric_sets:
            try:
                return await self._client.export(
                    self._stream, TICKETS, wire.decode_tickets, {**place, "include": "metric_sets"}
                )
            except Refused:
                found = await self._client.export(self._stream, TICKETS, wire.decode_tickets, place)
            self._client.metric_sets = False
            return found
        return await self._client.export(self._stream, TICKETS, wire.decode_tickets, place)

    def _start(self) -> int:
        return max(0, min(self._lo, self._client.now() - FRESHEST))


class EventExport:
    """Updates in the order of time, kept by ticket until their ticket's row comes by."""

    def __init__(self, client: ZendeskClient, stream: str, start: int) -> None:
        self.reach = start - 1
        """Everything up to here has been read."""
        self._client = client
        self._stream = stream
        self._begun = False
        self._largest = 1
        self._path: str | None = None
        self._from(start)
        self._kept: dict[str, list[wire.Audit]] = defaultdict(list)
        self._held: int | None = None

    @property
    def begun(self) -> bool:
        """Whether anything has been asked."""
        return self._begun

    @property
    def position(self) -> int:
        """Where to start again after an interruption."""
        return self.reach + 1 if self._held is None else min(self._held, self.reach + 1)

    async def advance(self, until: int) -> int:
        """Read on until `reach` is at `until`, or the export has no more; how many updates had an unknown form."""
        damaged = 0
        while self.reach < until and self._path is not None:
            if self._start > self._client.now() - FRESHEST:
                self._path = None  # the export answers no such question: what is newer comes with the next pass
                break
            page = await self._client.export(self._stream, self._path, wire.decode_listing)
            self._begun = True
            audits, broken = decoded(page.ticket_events, wire.decode_audit)
            damaged += broken
            for audit in audits:
                ticket = ident(audit.ticket_id)
                if ticket is not None:
                    self._kept[ticket].append(audit)
            self._go_on(page, audits)
        return damaged

    def of(self, ticket: str) -> Sequence[wire.Audit]:
        """What has been read of a ticket."""
        return self._kept.get(ticket, ())

    def take(self, ticket: str) -> list[wire.Audit]:
        """The same; it is not kept any longer."""
        return self._kept.pop(ticket, [])

    def flush(self) -> Mapping[str, list[wire.Audit]]:
        """The same of all tickets."""
        kept, self._kept, self._held = self._kept, defaultdict(list), None
        return kept

    def hold(self, ticket: str, audits: Sequence[wire.Audit]) -> None:
        """Keep these after all, until the ticket's row comes by."""
        self._kept[ticket] = [*audits, *self._kept[ticket]]
        times = [when for audit in audits if (when := at(audit)) is not None]
        self._held = min(times, default=self._held) if self._held is None else min([self._held, *times])

    def _go_on(self, page: wire.Listing, audits: list[wire.Audit]) -> None:
        newest = max((when for audit in audits if (when := at(audit)) is not None), default=None)
        end = moment(page.end_time) or _start_of(page.next_page) or newest
        if page.end_of_stream or not audits or end is None or end <= self._start:
            # A page full of one single second leads nowhere, and so does not tell what came after.
            stuck = bool(audits) and not page.end_of_stream and len(audits) >= self._largest
            self.reach = max(self.reach, self._start - 1 if stuck else self._client.now() - LATE)
            self._path = None
            return
        self._largest = max(self._largest, len(audits))
        self.reach = max(self.reach, end - 1)
        self._from(end)

    def _from(self, start: int) -> None:
        # A link of its own may have lost the side-load.
        self._start = start
        self._path = f"{EVENTS}?start_time={start}&include=comment_events"


def _start_of(link: str | None) -> int | None:
    found = parse_qs(urlsplit(link or "").query).get("start_time")
    return moment(found[0]) if found else None


def stamp(row: wire.Ticket) -> int | None:
    """What the export goes by."""
    return moment(row.generated_timestamp) or moment(row.updated_at)


def with_metrics(rows: Iterable[wire.Ticket], listed: Iterable[msgspec.Raw] | None) -> tuple[wire.Ticket, ...]:
    """Rows with the metric sets that came beside them."""
    if not listed:
        return tuple(rows)
    sets, _ = decoded(listed, wire.decode_metric_set)
    found = {id: metrics for metrics in sets if (id := ident(metrics.ticket_id)) is not None}
    return tuple(
        msgspec.structs.replace(row, metric_set=row.metric_set or found.get(ident(row.id) or "")) for row in rows
    )
