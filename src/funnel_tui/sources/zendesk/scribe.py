"""Tickets that have been read, as records."""

from collections.abc import Iterable, Mapping, Sequence

from funnel_tui.model.records import Event, Kind, Record, Thread
from funnel_tui.sources.text import moment
from funnel_tui.sources.zendesk import history, outline, wire
from funnel_tui.sources.zendesk.changes import identity, word
from funnel_tui.sources.zendesk.client import ZendeskClient
from funnel_tui.sources.zendesk.exports import stamp
from funnel_tui.sources.zendesk.histories import Read
from funnel_tui.sources.zendesk.staff import Staff

MOST_REMEMBERED = 100_000

_SAID = frozenset({Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY, Kind.AUTO_REPLY, Kind.NOTE})


class Scribe:
    def __init__(self, client: ZendeskClient, staff: Staff) -> None:
        self._client = client
        self._staff = staff
        self._deleted: set[str] = set()
        """Tickets seen deleted: one that is there again has been restored."""
        self._requesters: dict[str, str] = {}
        """Of the tickets that came by: all there is to tell a customer by where teammates are not listed."""

    async def meet(self, reads: Iterable[Read], others: Mapping[str, Sequence[wire.Audit]]) -> None:
        """Learn who the authors are of what is to be written down. Requesters need not be looked up."""
        strangers: set[str | None] = set()
        for read in reads:
            requester = identity(read.row.requester_id)
            audits = read.audits or ()
            strangers |= {*history.authors(audits), identity(read.row.submitter_id)} - {requester}
            shown = {*history.at_work(audits), identity(read.row.assignee_id)} - {requester}
            self._staff.learn(id for id in shown if id is not None)
        for id, audits in others.items():
            strangers |= history.authors(audits)
            self._staff.learn(history.at_work(audits) - {self._requesters.get(id) or history.owner_in(audits)})
        if strangers:
            await self._staff.meet({id for id in strangers if id is not None})

    def records(self, read: Read, now: int, *, piecemeal: bool = False) -> list[Record]:
        """`piecemeal`: older updates of the ticket may come in by themselves, later than these."""
        row, id = read.row, read.id
        if read.gone or word(row.status) == "deleted":
            self._deleted.add(id)
            when = None if read.gone else stamp(row)
            deleted = Event(conversation=id, at=when or now, kind=Kind.DELETED)
            # The deletion of what was never heard of is no news, unless it is heard of afterwards.
            return [outline.conversation(row, id, [], self._client.url(id)), deleted] if piecemeal else [deleted]
        if read.bare:
            return [outline.conversation(row, id, [], self._client.url(id))]
        events = self._of_row(read) if read.audits is None else self._of_history(read, read.audits)
        if id in self._deleted:
            self._deleted.discard(id)
            if not any(event.kind is Kind.RESTORED for event in events):
                events.append(Event(conversation=id, at=stamp(row) or now, kind=Kind.RESTORED))
        events.sort(key=lambda event: event.at)
        found = outline.conversation(row, id, events, self._client.url(id))
        if read.whole:
            return [Thread(conversation=found, events=tuple(events))]
        if read.refused:
            return [Thread(conversation=found, events=tuple(events), complete=False)]
        return [found, *events]

    def strange(self, id: str, audits: Sequence[wire.Audit]) -> bool:
        """Whether nothing tells who of the authors of these updates is the customer."""
        if not self._staff.known and id not in self._requesters:
            self.remember(id, history.owner_in(audits))
        return not self._staff.known and id not in self._requesters

    def events(self, id: str, requester: str | None, audits: Sequence[wire.Audit]) -> list[Event]:
        requester = requester or self._requesters.get(id)
        roles = history.Roles(requester, self._staff, listed=self._staff.known)
        return history.events(id, requester, audits, roles)

    def remember(self, id: str, requester: str | None) -> None:
        """Whose ticket it is."""
        if requester is not None and not self._staff.known:
            if len(self._requesters) >= MOST_REMEMBERED:
                self._requesters.clear()
            self._requesters[id] = requester

    def _of_history(self, read: Read, audits: Sequence[wire.Audit]) -> list[Event]:
        events = self.events(read.id, identity(read.row.requester_id), audits)
        begun = moment(read.row.created_at)
        if read.whole and begun is not None and not any(_is_said(event, begun) for event in events):
            events += outline.first_message(read.row, read.id, self._by_teammate(read.row))
        return events + outline.merge(read.row, read.id, events)

    def _of_row(self, read: Read) -> list[Event]:
        return outline.outline(read.row, read.id, self._by_teammate(read.row))

    def _by_teammate(self, row: wire.Ticket) -> bool:
        author = identity(row.submitter_id)
        return author is not None and author != identity(row.requester_id) and author in self._staff


def _is_said(event: Event, begun: int) -> bool:
    return event.kind in _SAID and event.at <= begun + 2
