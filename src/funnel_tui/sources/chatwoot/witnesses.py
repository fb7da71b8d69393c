"""Two lists that tell of changes which move no conversation up: reporting events, and ratings.

Neither writes anything of its own. What they name is read whole, like what the list of conversations names, unless it
has been read since: their knowledge comes into a conversation there, whichever stream is first.
"""

from collections.abc import AsyncIterator, Mapping

from funnel_tui.sources.base import Stream
from funnel_tui.sources.chatwoot import ratings, reporting, wire
from funnel_tui.sources.chatwoot.client import REPORTS, ChatwootClient
from funnel_tui.sources.chatwoot.conversations import CHUNK, OVERLAP, as_page
from funnel_tui.sources.chatwoot.reading import Reader
from funnel_tui.sources.protocol import SourcePage, StreamSpec
from funnel_tui.sources.text import ident, moment

DAY = 86_400
WHOLE_PAST = 100 * 365 * DAY
FOREIGN = 3
"""So many events of conversations that are not there, and none of one that is: their ids are another kind of number."""
_CHANGES = frozenset(
    {
        "conversation_resolved",
        "resolution",
        "conversation_opened",
        "conversation_bot_handoff",
        "conversation_bot_resolved",
    }
)

EVENTS = StreamSpec("events", interval=60, overlap=OVERLAP, slice=WHOLE_PAST)
RATINGS = StreamSpec("csat", interval=60, overlap=OVERLAP, slice=WHOLE_PAST)


class Events(Stream):
    """Of the past only the last day is looked through: the rest is in the conversations as they are read."""

    spec = EVENTS

    def __init__(self, client: ChatwootClient, reader: Reader) -> None:
        self._client = client
        self._reader = reader
        self._met = 0
        self._strange = 0

    async def probe(self) -> None:
        now = self._client.now()
        params: dict[str, str | int] = {"since": now - DAY, "until": now, "page": 1}
        await self._client.rows(EVENTS.name, reporting.PATH, params, budget=REPORTS)

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        named: dict[str, list[wire.ReportingEvent]] = {}
        async for page in reporting.listed(self._client, EVENTS.name, max(lo, hi - DAY), hi):
            self._reader.reporting.learn(page)
            for row in page:
                id = ident(row.conversation_id)
                if id is not None and (row.name or "").lower() in _CHANGES:
                    named.setdefault(id, []).append(row)
        due = [id for id, rows in named.items() if not self._reader.knows_events(id, _latest(rows))]
        for start in range(0, len(due), CHUNK):
            chunk = due[start : start + CHUNK]
            if self._met == 0 and self._strange >= FOREIGN:
                break
            readings = await self._reader.read_ids(EVENTS.name, chunk)
            for reading in readings:
                self._judge(reading.row, named[reading.id], gone=reading.row is None and reading.trouble is None)
            mine = [reading for reading in readings if reading.row is not None]
            if mine:
                yield as_page(mine, cursor=str(start + CHUNK), total=len(due))
        yield SourcePage(records=())

    def _judge(self, row: wire.Conversation | None, events: list[wire.ReportingEvent], *, gone: bool) -> None:
        told = [reporting.begins_with(event, row.created_at) for event in events] if row is not None else []
        if any(told):
            self._met += 1
        elif gone or False in told:
            self._strange += 1


class Csat(Stream):
    spec = RATINGS

    def __init__(self, client: ChatwootClient, reader: Reader) -> None:
        self._client = client
        self._reader = reader

    async def probe(self) -> None:
        now = self._client.now()
        await self._client.rows(RATINGS.name, ratings.PATH, {"since": now - DAY, "until": now, "page": 1})

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        due: list[str] = []
        async for page in ratings.listed(self._client, RATINGS.name, max(lo, hi - DAY), hi):
            for row in page:
                id, at = ident(row.conversation_id), moment(row.created_at)
                if id is None or at is None or self._reader.knows_rating(id, row):
                    continue
                self._reader.ratings.learn(id, row)
                if id not in due:
                    due.append(id)
        for start in range(0, len(due), CHUNK):
            readings = await self._reader.read_ids(RATINGS.name, due[start : start + CHUNK])
            yield as_page(readings, cursor=str(start + CHUNK), total=len(due))
        yield SourcePage(records=())


def _latest(rows: list[wire.ReportingEvent]) -> int:
    return max(reporting.written(row) or 0 for row in rows)
