"""Tickets read whole: rows, transactions and the words said, put together as threads."""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from funnel_tui.model.records import Agent, Conversation, Event, Kind, Record, Thread
from funnel_tui.sources.errors import ForbiddenError, NotFound
from funnel_tui.sources.protocol import SourcePage
from funnel_tui.sources.rt import thread, wire
from funnel_tui.sources.rt.client import RtClient, either, path
from funnel_tui.sources.rt.directory import NOBODY, SYSTEM, Directory, Person, agent
from funnel_tui.sources.rt.texts import Texts
from funnel_tui.sources.rt.transactions import Step, Transactions
from funnel_tui.sources.text import ident, label, moment
from funnel_tui.sources.together import together

T = TypeVar("T")

TOGETHER = 50
"""Tickets a query names: more would make an address that some servers refuse."""
SETTLED = 2
"""An update time this many seconds old cannot be given to another update any more."""
CHANNEL = "email"
"""Tickets come by mail; those from a form on the web are answered by mail as well."""
FIELDS = {
    "fields": "Type,Subject,Status,Created,LastUpdated,Creator,Owner,Queue,Requestor",
    "fields[Creator]": "id",
    "fields[Owner]": "id",
    "fields[Requestor]": "id",
}


@dataclass(slots=True)
class Reads:
    """What became of some tickets."""

    records: list[Record] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    newest: int = 0
    """The highest number among their transactions."""
    broken: int = 0
    refused: int = 0

    def add(self, other: "Reads") -> None:
        self.records += other.records
        self.versions |= other.versions
        self.newest = max(self.newest, other.newest)
        self.broken += other.broken
        self.refused += other.refused

    def page(self, cursor: str | None, total: int | None = None) -> SourcePage:
        warnings = []
        if self.broken:
            warnings.append(f"tickets: {self.broken} rows of a page came in an unknown form and were left out")
        if self.refused:
            warnings.append(
                "tickets: some may not be read any more and stay as they were last seen. Give the account the right "
                "ShowTicket in their queues."
            )
        records = tuple(self.records)
        return SourcePage(records=records, cursor=cursor, total=total, versions=self.versions, warnings=tuple(warnings))


class Reading:
    def __init__(self, client: RtClient, directory: Directory, stream: str) -> None:
        self.transactions = Transactions(client, stream)
        self._client = client
        self._directory = directory
        self._texts = Texts(client, stream)
        self._stream = stream

    async def by_id(self, ids: Sequence[str], told: Sequence[Step] = ()) -> Reads:
        """Tickets as they are now; what is not there any more comes as the event that took it away. `told`: what is
        known of them already."""
        return await _side_by_side(self._named(chunk, told) for chunk in _chunks(ids))

    async def of_rows(self, rows: Sequence[wire.Ticket]) -> Reads:
        """Tickets whose rows have been read already."""
        return await _side_by_side(self._whole(chunk, (), ()) for chunk in _chunks(rows))

    async def _named(self, ids: Sequence[str], told: Sequence[Step]) -> Reads:
        params = {"query": either("id", ids), **FIELDS}
        rows = await self._client.rows(self._stream, "/tickets", wire.Ticket, params)
        found = {ident(row.id) for row in rows.items}
        reads = await self._whole(rows.items, [id for id in ids if id not in found], told)
        reads.broken += rows.broken
        return reads

    async def _whole(self, rows: Sequence[wire.Ticket], missing: Sequence[str], told: Sequence[Step]) -> Reads:
        started = self._client.now()
        named = {id: row for row in rows if (id := ident(row.id)) is not None}
        histories = await self.transactions.histories([*named, *missing], named)
        reads = Reads(broken=histories.broken)
        for id in missing:
            # The history of a merged one may be the other's.
            known = histories.steps(id) or [step for step in told if step.ticket == id]
            row = await self._gone(id, known, reads)
            if row is not None:
                named[id] = row
                histories.add_missing(id, await self.transactions.histories([id], [id]))
        texts = await self._texts.of(step for id in named for step in histories.steps(id))
        staff: dict[str, Agent] = {}
        for id, row in named.items():
            await self._put(id, row, histories.steps(id), texts, reads, staff)
            updated = moment(row.last_updated)
            if updated is not None and updated < started - SETTLED:
                reads.versions[id] = updated
        reads.newest = max((step.id for told in histories.of.values() for step in told), default=0)
        reads.records = [*staff.values(), *reads.records]
        return reads

    # --- what is there

    async def _put(
        self,
        id: str,
        row: wire.Ticket,
        steps: Sequence[Step],
        texts: Mapping[int, str],
        reads: Reads,
        staff: dict[str, Agent],
    ) -> None:
        if (row.type or "ticket") != "ticket":
            return  # a reminder or an approval, which no customer sees
        if not any(step.type == "Create" for step in steps):
            steps = [*_beginning(id, row), *steps]
        now = thread.Now(
            status=row.status or "",
            owner=await self._id(row.owner),
            queue=await self._directory.queue_id(wire.key(row.queue)),
        )
        ours = await self._ours(steps, now.queue)
        if not ours(now.queue):
            away = thread.left(steps, ours)
            if away is not None:  # it left the workspace
                reads.records.append(await self._event(away, Kind.DELETED))
            return
        cast = await self._cast(row, steps)
        owners = [step.new for step in steps if thread.is_owner(step)]
        began = thread.began_with(steps, "owner", now.owner)
        for owner in {*owners, began} - {None, NOBODY}:
            await self._meet(owner, staff)
        for person in cast.people.values():
            if person.staff and person.id not in cast.requestors:
                staff[person.id] = agent(person)
        statuses = {step.new for step in steps if thread.is_status(step)} | {now.status}
        inactive = await self._directory.inactive(sorted(filter(None, statuses)))
        reads.records.append(
            Thread(
                conversation=Conversation(
                    id=id,
                    channel=CHANNEL,
                    team=thread.began_with(steps, "queue", now.queue),
                    subject=label(row.subject),
                    person=cast.customer(steps),
                    url=self._client.link(id),
                ),
                events=thread.events(steps, thread.Scene(cast, now, inactive, ours, texts)),
            )
        )

    async def _cast(self, row: wire.Ticket, steps: Sequence[Step]) -> thread.Cast:
        listed = row.requestor if isinstance(row.requestor, list) else [row.requestor]
        askers = {key: await self._directory.id(key) for key in filter(None, map(wire.key, listed))}
        people = {key: Person(id) for key, id in askers.items()}
        for step in steps:
            if step.creator not in people and thread.counts(step):
                people[step.creator] = await self._directory.person(step.creator)
        return thread.Cast(people, tuple(dict.fromkeys(askers.values())))

    async def _meet(self, owner: str | None, staff: dict[str, Agent]) -> None:
        if owner is not None and owner not in staff:
            staff[owner] = agent(await self._directory.person(owner))

    async def _ours(self, steps: Sequence[Step], now: str | None) -> Callable[[str | None], bool]:
        queues = {queue for step in steps if thread.is_queue(step) for queue in (step.old, step.new)} | {now}
        known = {queue: await self._directory.ours(queue) for queue in sorted(filter(None, queues))}
        return lambda queue: known.get(queue or "", not self._client.queues)

    async def _id(self, reference: wire.Reference) -> str | None:
        key = wire.key(reference)
        return None if key is None else await self._directory.id(key)

    # --- what is not

    async def _gone(self, id: str, steps: Sequence[Step], reads: Reads) -> wire.Ticket | None:
        """Queries leave out what was deleted or merged, what moved where the account may not look, and what is no
        ticket. The row, where it is there after all."""
        for step in reversed(steps):
            primary = thread.merged_into(step)
            if primary is not None:
                reads.records.append(await self._event(step, Kind.MERGED_INTO, primary))
                return None
            if thread.is_status(step):
                if step.new == thread.DELETED:
                    reads.records.append(await self._event(step, Kind.DELETED))
                    return None
                break
        try:
            row = await self._client.get(self._stream, path("ticket", id), wire.decode_ticket, FIELDS)
        except NotFound:
            reads.records.append(Event(conversation=id, at=self._client.now(), kind=Kind.DELETED))
            return None
        except ForbiddenError:
            # The rights of the account say nothing about the ticket: it stays as it was last seen.
            reads.refused += 1
            return None
        at = moment(row.last_updated) or self._client.now()
        other = ident(row.id)
        if other is not None and other != id:
            reads.records.append(Event(conversation=id, at=at, kind=Kind.MERGED_INTO, to=other))
            return None
        if row.status == thread.DELETED:
            reads.records.append(Event(conversation=id, at=at, kind=Kind.DELETED))
            return None
        return row

    async def _event(self, step: Step, kind: Kind, to: str | None = None) -> Event:
        actor = await self._directory.id(step.creator)
        return Event(
            conversation=step.ticket,
            at=step.at,
            kind=kind,
            to=to,
            actor=None if actor in (SYSTEM, NOBODY) else actor,
            source_id=str(step.id),
        )


def _beginning(id: str, row: wire.Ticket) -> list[Step]:
    """The first transaction of a ticket that was brought in from elsewhere without one."""
    at = moment(row.created)
    return [] if at is None else [Step(0, id, at, "Create", "", None, None, wire.key(row.creator) or "RT_System")]


def _chunks(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[start : start + TOGETHER] for start in range(0, len(items), TOGETHER)]


async def _side_by_side(parts: Iterable[Coroutine[Any, Any, Reads]]) -> Reads:
    whole = Reads()
    for part in await together(parts):
        whole.add(part)
    return whole
