"""A conversation read whole: its row, its messages, and, where these leave a doubt, reporting events and ratings.

Every stream that learns that a conversation has changed has it read here, and nothing is told of it in any other way:
so what the cache holds does not depend on which stream was first.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from funnel_tui.model.records import Event, Kind, Record, Thread
from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.chatwoot.client import ChatwootClient
from funnel_tui.sources.chatwoot.listing import Listing, Sorting, version
from funnel_tui.sources.chatwoot.messages import Messages, number
from funnel_tui.sources.chatwoot.names import Directory, Names
from funnel_tui.sources.chatwoot.ratings import Ratings
from funnel_tui.sources.chatwoot.reporting import Reporting
from funnel_tui.sources.chatwoot.thread import active, closes, is_doubtful, records, talk
from funnel_tui.sources.errors import AuthError, BadBody, ForbiddenError, NotFound, ServerError, SourceError
from funnel_tui.sources.text import ident, moment

SETTLED = 2
"""A version this many seconds old cannot be given to another change any more."""
FAILURES = 3
"""So many conversations of a page may fail by themselves; more is the server's failure."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one conversation."""

    id: str
    records: tuple[Record, ...]
    row: wire.Conversation | None = None
    version: int | None = None
    settled: int | None = None
    trouble: SourceError | None = None
    broken: int = 0


class Reader:
    def __init__(self, client: ChatwootClient) -> None:
        self._client = client
        self._directory = Directory(client)
        self.reporting = Reporting(client)
        self.ratings = Ratings(client)
        self._read_at: dict[str, int] = {}
        self._rated: dict[str, set[str]] = {}
        self._noted = False
        """Whether changes of status leave notes among the messages, as far as any has been met."""
        self._alone: bool | None = None
        """Whether the server gives single conversations at all: those that do not show their rows in the list alone."""

    def knows_events(self, id: str, at: int) -> bool:
        """Whether it was read, in this run of the program, with all that events could tell up to `at`."""
        return self._read_at.get(id, 0) > at + SETTLED

    def knows_rating(self, id: str, row: wire.Rating) -> bool:
        """Whether it was read, in this run of the program, with this rating."""
        return _mark(row) in self._rated.get(id, ())

    async def read_all(self, stream: str, rows: Sequence[wire.Conversation]) -> list[Reading]:
        return await self._gather([self._read(stream, row) for row in rows])

    async def read_ids(self, stream: str, ids: Sequence[str]) -> list[Reading]:
        """Of ids alone: conversations that are gone come as deleted."""
        left = list(ids)
        readings: list[Reading] = []
        while left and self._alone is None:
            reading = await self._read_id(stream, left[0])
            if reading is not None:
                readings.append(reading)
                left.pop(0)
        if self._alone is False:
            return readings + await self._read_listed(stream, left)
        return readings + await self._gather([self._known(stream, id) for id in left])

    async def _gather(self, reads: Sequence[Awaitable[Reading]]) -> list[Reading]:
        results = await asyncio.gather(*reads, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        readings = [result for result in results if isinstance(result, Reading)]
        troubles = [reading.trouble for reading in readings if reading.trouble is not None]
        if len(troubles) > FAILURES:
            raise troubles[0]
        return readings

    async def _known(self, stream: str, id: str) -> Reading:
        return await self._read_id(stream, id) or _gone(id, self._client.now())

    async def _read_id(self, stream: str, id: str) -> Reading | None:
        """None where it turns out that no conversation can be asked for alone."""
        started = self._client.now()
        try:
            row = await self._client.get(stream, f"/conversations/{id}", wire.decode_conversation)
            self._alone = True
        except NotFound:
            if self._alone or not await self._has_messages(stream, id):
                return _gone(id, started)
            self._alone = False
            return None
        except (ForbiddenError, AuthError, ServerError, BadBody) as error:
            return Reading(id, (), trouble=error)
        return await self._read(stream, row, id)

    async def _has_messages(self, stream: str, id: str) -> bool:
        """Whether it is there: a conversation that has been deleted has no messages to be asked for either."""
        try:
            await self._client.rows(stream, f"/conversations/{id}/messages", {"after": 0})
        except NotFound:
            return False
        except (ForbiddenError, AuthError, ServerError, BadBody):
            return True
        return True

    async def _read_listed(self, stream: str, ids: Sequence[str]) -> list[Reading]:
        """The same by the rows of the list, which is walked until it has shown them all."""
        left = set(ids)
        rows: list[wire.Conversation] = []
        listing = Listing(self._client, stream, Sorting(self._client), 0, self._client.now())
        while left and not listing.done:
            met = [row for row in (await listing.next()).rows if ident(row.id) in left]
            rows += met
            left -= {ident(row.id) or "" for row in met}
        return await self._gather(
            [*(self._read(stream, row) for row in rows), *(self._unlisted(stream, id) for id in sorted(left))]
        )

    async def _unlisted(self, stream: str, id: str) -> Reading:
        """Not in the list: that alone is no deletion, rows slip past where others move."""
        if await self._has_messages(stream, id):
            return Reading(id, ())
        return _gone(id, self._client.now())

    async def _read(self, stream: str, row: wire.Conversation, asked: str | None = None) -> Reading:
        id = asked or ident(row.id)
        if id is None:
            return Reading("", ())
        started = self._client.now()
        messages = Messages(self._client, stream, id)
        try:
            found = await messages.all(_latest(row), active(row))
        except NotFound as error:
            return await self._gone_or_refused(stream, id, row, error)
        except (ForbiddenError, AuthError, ServerError, BadBody) as error:
            return Reading(id, self._outline(id, row), row, trouble=error)
        said = talk(id, row, found, await self._directory.names())
        self._noted = self._noted or bool(said.said.steps)
        # Where no conversation has notes of its changes, the lack of them in this one says nothing.
        doubtful = is_doubtful(said) or not self._noted
        events = await self.reporting.of(stream, id, row) if doubtful else None
        ratings = await self.ratings.of(stream, id, closes(said, events))
        self._read_at[id] = started if events is None else self.reporting.known_until(started)
        self._rated[id] = {_mark(row) for row in ratings}
        told = version(row)
        return Reading(
            id,
            records(said, events, ratings, self._client.link(id)),
            row,
            version=told,
            settled=told if told is not None and told < started - SETTLED else None,
            broken=messages.broken,
        )

    async def _gone_or_refused(self, stream: str, id: str, row: wire.Conversation, error: NotFound) -> Reading:
        """Its messages are not found: because it has been deleted since it was listed?"""
        if self._alone is False:
            return _gone(id, self._client.now())
        try:
            await self._client.get(stream, f"/conversations/{id}", wire.decode_conversation)
            self._alone = True
        except NotFound:
            return _gone(id, self._client.now())
        return Reading(id, self._outline(id, row), row, trouble=error)

    def _outline(self, id: str, row: wire.Conversation) -> tuple[Record, ...]:
        """From the row alone: it stands beside what may be known already, until the next reading replaces it."""
        began = moment(row.created_at)
        if began is None:
            return ()
        shown = wire.listed(row.messages, wire.Message)
        if not any(moment(message.created_at) == began for message in shown):
            shown = [wire.Message(message_type="incoming", created_at=began), *shown]
        thread, *others = records(talk(id, row, shown, Names()), None, (), self._client.link(id))
        return (thread.conversation, *thread.events, *others) if isinstance(thread, Thread) else ()


def _gone(id: str, at: int) -> Reading:
    return Reading(id, (Event(conversation=id, at=at, kind=Kind.DELETED),))


def _mark(row: wire.Rating) -> str:
    return f"{row.id} {row.rating}"


def _latest(row: wire.Conversation) -> int | None:
    """The newest message that the row itself shows."""
    return max(filter(None, map(number, wire.listed(row.messages, wire.Message))), default=None)
