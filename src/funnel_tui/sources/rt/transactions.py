"""Transactions: what happened to tickets, numbered in the order in which it happened."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field

from funnel_tui.sources.errors import BadBody, NotFound, Refused
from funnel_tui.sources.rt import wire
from funnel_tui.sources.rt.client import PER_PAGE, Rows, RtClient, either, path
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

    def add(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self.of.setdefault(step.ticket, []).append(step)


class Transactions:
    def __init__(self, client: RtClient, stream: str) -> None:
        self._client = client
        self._stream = stream
        self._one_by_one = False
        """The server does not take queries for several tickets' transactions."""

    async def page(self, condition: str, **params: str | int) -> Rows[wire.Transaction]:
        query = f"{OF_TICKETS} AND {condition}"
        asked: dict[str, str | int] = {"query": query, **FIELDS, **ASCENDING, **params}
        return await self._client.rows(self._stream, "/transactions", wire.Transaction, asked)

    async def newest(self) -> tuple[int, bool]:
        """The highest id that the account may see, 0 where there is none, and whether it may see all."""
        found = await self.page("id > 0", order="DESC")
        return max((step.id for step in steps(found.items)), default=0), found.total is not None

    async def histories(self, tickets: Sequence[str], whole: Iterable[str] = ()) -> Histories:
        """All that happened to `tickets`. Of those in `whole`, which are known to exist, the beginning must be there:
        where it is not, they are asked for one by one."""
        found = Histories()
        if not self._one_by_one:
            try:
                async for rows in self._together(tickets):
                    found.broken += rows.broken
                    found.add(steps(rows.items))
            except Refused:
                self._one_by_one = True
                found = Histories()
        for ticket in tickets if self._one_by_one else whole:
            if not any(step.type == "Create" for step in found.steps(ticket)):
                told = await self._alone(ticket)
                if len(told) > len(found.steps(ticket)):
                    found.of[ticket] = told
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
