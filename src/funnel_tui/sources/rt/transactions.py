"""Transactions: what happened to tickets, numbered in the order in which it happened."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from funnel_tui.sources.errors import BadBody, NotFound, Refused
from funnel_tui.sources.rt import wire
from funnel_tui.sources.rt.client import PER_PAGE, Rows, RtClient, either, path
from funnel_tui.sources.rt.feed import Mark
from funnel_tui.sources.text import ident, moment

OF_TICKETS = "ObjectType = 'RT::Ticket'"
FIELDS = {"fields": "Type,Field,OldValue,NewValue,Created,Creator,ObjectId", "fields[Creator]": "id"}
"""`fields[Creator]` makes a user's id numeric; without it, it is the name, which for customers is an e-mail address."""
ASCENDING = {"orderby": "id", "order": "ASC"}

NOISE = frozenset({"EmailRecord", "CommentEmailRecord", "SetWatcher"})
"""What says nothing of its own. Anything else may change who is who, and a ticket is soon read again."""
_MAIL = "Type != 'EmailRecord' AND Type != 'CommentEmailRecord'"
"""What was sent to whom, a third of all there is."""
_NOTES = " AND Type != 'Comment'"
_LOOK_BACK = (3_600, 86_400, 30 * 86_400, 366 * 86_400)


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction of one ticket."""

    id: int
    ticket: str
    at: int
    type: str
    field: str
    old: str | None
    new: str | None
    creator: str
    """A numeric id, or a name where the server does not expand references."""


@dataclass(slots=True)
class Histories:
    """Steps by ticket, in order."""

    of: dict[str, list[Step]] = field(default_factory=dict)
    broken: int = 0

    def steps(self, ticket: str) -> list[Step]:
        return self.of.get(ticket, [])

    def add_missing(self, ticket: str, other: "Histories") -> None:
        """What another has of a ticket, where that is more."""
        self.broken += other.broken
        if len(other.steps(ticket)) > len(self.steps(ticket)):
            self.of[ticket] = other.steps(ticket)

    def add(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self.of.setdefault(step.ticket, []).append(step)


class Transactions:
    def __init__(self, client: RtClient, stream: str) -> None:
        self._client = client
        self._stream = stream
        self._takes_gaps: bool | None = None
        """The server understands a query for what a mark has missed. None: not known yet."""
        self._one_by_one = False
        """The server does not understand queries for several tickets' transactions."""

    async def page(self, condition: str, **params: str | int) -> Rows[wire.Transaction]:
        query = f"{OF_TICKETS} AND {condition}"
        asked: dict[str, str | int] = {"query": query, **FIELDS, **ASCENDING, **params}
        return await self._client.rows(self._stream, "/transactions", wire.Transaction, asked)

    async def takes(self, mark: Mark) -> bool:
        """Whether the server understands that mark's condition. One that does not answers it with nothing, as if
        nothing had happened."""
        if self._takes_gaps is None:
            try:
                rows = await self.page(mark.trial, per_page=2)
            except Refused:
                rows = None
            self._takes_gaps = rows is not None and any(number(row.id) == mark.newest for row in rows.items)
        return self._takes_gaps

    async def newest(self) -> tuple[int, bool]:
        """The highest id that the account may see, 0 where there is none, and whether it may see all. Where the server
        does not count down, it is reached from an hour or more before."""
        found = await self.page("id > 0", order="DESC")
        sees_all = found.total is not None
        newest = max((step.id for step in steps(found.items)), default=0)
        if len(found.items) < PER_PAGE and sees_all:
            return newest, True
        if (await self.page(f"id > {newest}")).items:
            newest = await self._newest_from_below()
        return newest, sees_all

    async def _newest_from_below(self) -> int:
        for back in _LOOK_BACK:
            since = datetime.fromtimestamp(max(0, self._client.now() - back), UTC).strftime("%Y-%m-%d %H:%M:%S")
            body = [
                {"field": "Created", "operator": ">", "value": since},
                {"field": "ObjectType", "value": "RT::Ticket"},
            ]
            try:
                rows = await self._client.rows(self._stream, "/transactions", wire.Transaction, {**ASCENDING}, body)
            except (NotFound, Refused):
                break
            ids = [id for row in rows.items if (id := number(row.id)) is not None]
            if ids:
                return await self._last_from(min(ids) - 1)
        return await self._last_from(0)

    async def _last_from(self, id: int) -> int:
        while rows := (await self.page(f"id > {id}")).items:
            id = self.beyond(rows, id)
        return id

    async def histories(self, tickets: Sequence[str], whole: Iterable[str] = ()) -> Histories:
        """All that happened to `tickets`. Of those in `whole`, which are known to exist, the beginning must be there:
        where it is not, they are asked for one by one."""
        found = Histories()
        if not self._one_by_one:
            try:
                async for rows in self._together(tickets):
                    found.broken += rows.broken
                    found.add(steps(rows.items))
                    self._one_by_one |= not found.of.keys() <= set(tickets)
                    if self._one_by_one:
                        break
            except Refused:
                self._one_by_one = True
            if self._one_by_one:
                found = Histories()
        nothing = not found.of
        for ticket in tickets if self._one_by_one else whole:
            if not any(step.type == "Create" for step in found.steps(ticket)):
                told = await self._alone(ticket)
                if len(told) > len(found.steps(ticket)):
                    found.of[ticket] = told
        if nothing and found.of and not self._one_by_one:
            # What it does not understand, a server answers with nothing: those that are not known to exist as well.
            self._one_by_one = True
            for ticket in tickets:
                if ticket not in found.of:
                    found.of[ticket] = await self._alone(ticket)
        return found

    async def _together(self, tickets: Sequence[str]) -> AsyncIterator[Rows[wire.Transaction]]:
        which = f"({either('ObjectId', tickets)}) AND {_MAIL}"
        after = 0
        while True:
            rows = await self.page(f"{which} AND id > {after}")
            if not rows.items and rows.total is None and not which.endswith(_NOTES):
                # A page of notes alone, which the account may not see, is as empty as the last one.
                which += _NOTES
                continue
            if not rows.items:
                return
            yield rows
            if rows.total is not None and rows.total <= len({str(row.id) for row in rows.items}) + rows.broken:
                return
            after = self.beyond(rows.items, after)

    async def _alone(self, ticket: str) -> list[Step]:
        found: dict[int, Step] = {}
        page = 1
        while True:
            params: dict[str, str | int] = {**FIELDS, **ASCENDING, "page": page}
            try:
                rows = await self._client.rows(
                    self._stream, path("ticket", ticket, "history"), wire.Transaction, params
                )
            except NotFound:
                break
            # The history of a ticket into which others were merged holds theirs as well.
            told = [step for step in steps(rows.items, ticket) if step.ticket == ticket]
            before = len(found)
            found |= {step.id: step for step in told}
            if not rows.items or (rows.total is not None and page * PER_PAGE >= rows.total) or len(found) == before:
                break
            page += 1
        return [found[id] for id in sorted(found)]

    def beyond(self, rows: Sequence[wire.Transaction], after: int) -> int:
        """The highest id of a page. Raises `BadBody` where the server does not go on: it would for ever."""
        last = max((step for row in rows if (step := number(row.id)) is not None), default=0)
        if last <= after:
            raise BadBody(self._client.http.name, "transactions after one id came with another", stream=self._stream)
        return last


def steps(rows: Iterable[wire.Transaction], ticket: str | None = None) -> list[Step]:
    """What can be dated and told apart, by id. `ticket` stands in where a row does not name its own."""
    found = []
    for row in rows:
        id, at = number(row.id), moment(row.created)
        of = wire.key(row.object_id) or ticket
        if id is not None and at is not None and of is not None:
            creator = wire.key(row.creator) or "RT_System"
            found.append(
                Step(id, of, at, row.type or "", row.field or "", ident(row.old_value), ident(row.new_value), creator)
            )
    return sorted(found, key=lambda step: step.id)


def number(id: object) -> int | None:
    text = ident(id) if isinstance(id, int | float | str) else None
    return int(text) if text is not None and text.isdigit() else None
