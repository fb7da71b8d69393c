"""The messages of the configured rooms: what is new by the sync feed, what is old by paging back through each room."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from funnel_tui.model.records import Record
from funnel_tui.sources.base import Stream
from funnel_tui.sources.errors import ForbiddenError, NotFound, Refused, StaleCursor
from funnel_tui.sources.matrix import messages, wire
from funnel_tui.sources.matrix.client import STREAM, MatrixClient
from funnel_tui.sources.matrix.place import Leg, Place, decode_legs, decode_place, encode_legs
from funnel_tui.sources.matrix.rooms import Directory, Rooms
from funnel_tui.sources.matrix.roots import Roots
from funnel_tui.sources.protocol import Items, Shape, SourcePage, StreamSpec
from funnel_tui.sources.together import together

DAY = 86_400
YEAR = 365 * DAY
EVER = 100 * YEAR

LEAD = 7 * DAY
"""How much older than what was asked for messages may be that are kept: the beginnings of threads that went on."""

_UNKNOWN_TOKEN = 400
"""With `M_UNKNOWN`, which stands for much: a place that the server does not know (any more)."""

CHANNELS = "channels"
"""What is told beside the messages: whether all of the configured channels can be read."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What one answer brought, and the legs that are left."""

    records: tuple[Record, ...]
    broken: int
    legs: tuple[Leg, ...]


class Messages(Stream):
    """The past is one slice: a room can only be paged back in the order in which its messages arrived, and bridges and
    imports date theirs earlier than they came. No old date is the last of them; only the room's beginning is the end.
    """

    spec = StreamSpec(STREAM, shape=Shape.FEED, items=Items.THREADS, slice=EVER, overlap=YEAR, essential=True)

    def __init__(self, client: MatrixClient, rooms: Rooms, since: date | None) -> None:
        """`since`: how far back the past of a room is wanted that comes later; None for a year."""
        self._client = client
        self._rooms = rooms
        self._since = since
        self._roots = Roots(client)
        self._refused: dict[str, str] = {}
        """Room -> why its past could not be read when it was last asked for."""

    async def probe(self) -> None:
        directory = await self._rooms.look()
        await self._client.messages(next(iter(directory.rooms)), None, None, limit=1)

    async def position(self) -> str:
        directory = await self._rooms.look()
        news = await self._client.sync(directory.rooms, None)
        await together(self._messages(Leg(room), limit=1) for room in directory.rooms)
        return Place(news.next_batch, self._readable(directory.rooms)).encoded()

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        """The rooms in turn, a page each, so that the newest of all of them comes first. Nothing ends at `hi`: what was
        said since then is merely read twice."""
        directory = await self._rooms.look()
        legs = tuple(Leg(room) for room in directory.rooms) if cursor is None else decode_legs(cursor)
        if legs is None:
            raise self._stale("the cursor is none of this program's")
        while legs:
            step = await self._back(legs, directory, lo - LEAD)
            legs = step.legs
            yield self._page(step, directory, encode_legs(legs))

    async def follow(self, position: str) -> AsyncIterator[SourcePage]:
        """What was left to read first, then the news, then what lies between them and the last ones."""
        place = decode_place(position)
        if place is None:
            raise self._stale("the position is none of this program's")
        directory = await self._rooms.look()
        place = _following(place, directory)
        synced = False
        while place.legs or not synced:
            if place.legs:
                step = await self._back(place.legs, directory, self._floor() - LEAD)
                place = Place(place.since, self._readable(place.rooms), step.legs)
            else:
                news = await self._sync(directory, place.since)
                step = await self._news(news, place.since, directory)
                place = Place(news.next_batch, self._readable(place.rooms), step.legs)
                synced = True
            yield self._page(step, directory, place.encoded())

    async def _back(self, legs: tuple[Leg, ...], directory: Directory, since: int) -> _Step:
        """A page of the first leg, which then goes to the end of the queue. `since` is for those that go all the way
        back; what arrived in between two polls is kept whatever its date."""
        leg, rest = legs[0], legs[1:]
        room = directory.rooms.get(leg.room)
        if room is None:
            return _Step((), 0, rest)
        page = await self._messages(leg)
        if page is None:
            return _Step((), 0, rest)
        events, broken = messages.decoded(page.chunk)
        events.reverse()
        roots = await self._roots.of(leg.room, messages.said(events))
        records = messages.records(room, events, roots, since if leg.end is None else 0)
        # A server that gives the same token again would go round for ever.
        more = page.end is not None and page.end not in ("", leg.start, leg.end)
        return _Step(records, broken, (*rest, Leg(leg.room, page.end, leg.end)) if more else rest)

    async def _messages(self, leg: Leg, limit: int | None = None) -> wire.Messages | None:
        """None where the room's past may not be read. It is asked for again: see `_readable`."""
        try:
            page = await self._client.messages(leg.room, leg.start, leg.end, limit)
        except (ForbiddenError, NotFound) as error:
            self._rooms.expire()  # the account may just have left it
            self._refused[leg.room] = error.lasting
            return None
        except Refused as error:
            if leg.start is None or error.status != _UNKNOWN_TOKEN:
                raise
            raise self._stale(error.message, error.status) from None
        self._refused.pop(leg.room, None)
        return page

    def _readable(self, rooms: Iterable[str]) -> tuple[str, ...]:
        """Without those whose past was refused: to the next pass they are new."""
        return tuple(room for room in rooms if room not in self._refused)

    async def _sync(self, directory: Directory, since: str) -> wire.Sync:
        try:
            return await self._client.sync(directory.rooms, since)
        except Refused as error:
            if error.status != _UNKNOWN_TOKEN:
                raise
            raise self._stale(error.message, error.status) from None

    async def _news(self, news: wire.Sync, since: str, directory: Directory) -> _Step:
        heard = news.rooms or wire.Rooms()
        if heard.leave:
            self._rooms.expire()
        records: list[Record] = []
        legs: list[Leg] = []
        broken = 0
        for id, found in {**(heard.leave or {}), **(heard.join or {})}.items():
            room = directory.rooms.get(id)
            timeline = found.timeline if found is not None else None
            if room is None or timeline is None:
                continue
            events, damaged = messages.decoded(timeline.events)
            broken += damaged
            if any(event.type in messages.CHANGES for event in events):
                self._rooms.expire()
            roots = await self._roots.of(id, messages.said(events))
            records += messages.records(room, events, roots, 0)
            if timeline.limited and timeline.prev_batch:
                legs.append(Leg(id, timeline.prev_batch, since))
        return _Step(tuple(records), broken, tuple(legs))

    def _page(self, step: _Step, directory: Directory, cursor: str | None) -> SourcePage:
        warnings = list(directory.closed)
        if step.broken:
            warnings.append(f"{STREAM}: {step.broken} of a page came in an unknown form and were left out")
        gaps = [*directory.gaps, *self._refusals(directory)]
        line = f"{self._client.http.name}: {CHANNELS}: {'. '.join(gaps)}." if gaps else None
        return SourcePage(records=step.records, cursor=cursor, warnings=tuple(warnings), beside={CHANNELS: line})

    def _refusals(self, directory: Directory) -> list[str]:
        return [
            f"what was said earlier in {directory.rooms[room].channel} may not be read: {why}. "
            "Let the account see the room's history"
            for room, why in self._refused.items()
            if room in directory.rooms
        ]

    def _floor(self) -> int:
        if self._since is None:
            return self._client.http.server_now() - YEAR
        return int(datetime.combine(self._since, time(), UTC).timestamp())

    def _stale(self, message: str, status: int | None = None) -> StaleCursor:
        return StaleCursor(self._client.http.name, message, stream=STREAM, status=status)


def _following(place: Place, directory: Directory) -> Place:
    """With the rooms that there are now; those that came since are read from their beginning."""
    new = tuple(Leg(room) for room in directory.rooms if room not in place.rooms)
    kept = tuple(leg for leg in place.legs if leg.room in directory.rooms)
    return Place(place.since, tuple(directory.rooms), (*kept, *new))
