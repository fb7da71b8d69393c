"""Ratings as the account's list of survey responses has them: with the moment at which they were given.

The list is in the product and not in its description, so it may be missing; then the surveys' own messages tell the
score. It knows no single conversation, only spans of time: days are read whole, and kept.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.chatwoot.client import ChatwootClient
from funnel_tui.sources.errors import AuthError, ForbiddenError, NotFound, Refused, SourceError
from funnel_tui.sources.text import ident, moment

PATH = "/csat_survey_responses"
DAY = 86_400
ANSWERED_WITHIN = 7 * DAY
FRESH = 60
"""Seconds for which a day that is not over serves."""
LATE = 600
MOST_PAGES = 200
MOST_CLOSES = 25
"""So many of a conversation's latest closes are followed for their ratings: the days after them, each read once."""
REFUSED_FOR = 3_600
_NOT_FOR_US = (AuthError, ForbiddenError, NotFound, Refused)


async def listed(client: ChatwootClient, stream: str, lo: int, hi: int) -> AsyncIterator[list[wire.Rating]]:
    """Pages of the ratings given in `[lo, hi]`, in whatever order they come; the last one is empty or nothing new."""
    seen: set[str] = set()
    for page in range(1, MOST_PAGES + 1):
        rows = await client.rows(stream, PATH, {"since": lo, "until": hi, "page": page})
        found, _ = wire.decoded(rows, wire.Rating)
        fresh = [row for row in found if (ident(row.id) or "") not in seen]
        seen.update(ident(row.id) or "" for row in fresh)
        if not fresh:
            return
        yield [row for row in fresh if lo <= (moment(row.created_at) or lo) <= hi]


class Ratings:
    def __init__(self, client: ChatwootClient) -> None:
        self._client = client
        self._lock = asyncio.Lock()
        self._days: dict[int, list[wire.Rating]] = {}
        self._read_at: dict[int, int] = {}
        self._met: dict[str, dict[str, wire.Rating]] = {}
        self._refused_at: int | None = None

    async def of(self, stream: str, id: str, closes: Sequence[int]) -> list[wire.Rating]:
        """What customers gave for one conversation in the week after each of its `closes`."""
        found: dict[str, wire.Rating] = {}
        try:
            for day in self._to_look_through(closes):
                for row in await self._day(stream, day, self._client.now()):
                    if ident(row.conversation_id) == id:
                        found[_key(row)] = row
        except _NOT_FOR_US:
            self._refused_at = self._client.now()
        except SourceError:
            pass  # the messages tell the scores meanwhile
        return list({**found, **self._met.get(id, {})}.values())

    def _to_look_through(self, closes: Sequence[int]) -> list[int]:
        now = self._client.now()
        if self._refused_at is not None and 0 <= now - self._refused_at < REFUSED_FOR:
            return []
        return sorted(
            {
                day
                for close in closes[-MOST_CLOSES:]
                for day in range(close // DAY, min(close + ANSWERED_WITHIN, now) // DAY + 1)
            }
        )

    def learn(self, id: str, row: wire.Rating) -> None:
        """A rating that the stream of them has met, of one conversation."""
        self._met.setdefault(id, {})[_key(row)] = row

    async def _day(self, stream: str, day: int, now: int) -> list[wire.Rating]:
        async with self._lock:
            read_at = self._read_at.get(day)
            over = read_at is not None and read_at >= (day + 1) * DAY + LATE
            if read_at is None or not (over or 0 <= now - read_at < FRESH):
                pages = [rows async for rows in listed(self._client, stream, day * DAY, (day + 1) * DAY - 1)]
                self._days[day] = [row for rows in pages for row in rows]
                self._read_at[day] = now
            return self._days[day]


def _key(row: wire.Rating) -> str:
    return ident(row.id) or f"{row.message_id} {row.created_at}"
