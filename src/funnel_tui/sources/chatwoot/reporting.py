"""Reporting events of single conversations, for those whose messages leave a doubt.

A conversation's own list is asked for. Where a version does not have it, the account's list is read instead, as far
back as is needed, and kept in memory; its `conversation_id` may be another number than the one conversations are known
by, so that a conversation's events are believed only where they begin when it began.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.chatwoot.client import REPORTS, ChatwootClient
from funnel_tui.sources.errors import AuthError, ForbiddenError, NotFound, Refused, SourceError
from funnel_tui.sources.text import Time, ident, moment

PATH = "/reporting_events"
REFUSED_FOR = 3_600
"""Seconds after which refused events are asked for again."""
MOST_PAGES = 400
MOST_KEPT = 2_000
"""Pages of the account's list that are kept in all; conversations that began earlier do without."""
WEEK = 7 * 86_400
FRESH = 30
"""Seconds for which the newest end of the account's list serves."""
LATE = 120
"""Seconds by which an event may be written after what it tells of."""
SAME = 2
"""Seconds by which two records of one moment may differ."""

_FROM_CREATION = frozenset({"conversation_resolved", "conversation_bot_resolved", "conversation_bot_handoff"})
"""Measured from the conversation's creation, each time anew."""
_NOT_FOR_US = (AuthError, ForbiddenError, NotFound, Refused)


async def listed(
    client: ChatwootClient, stream: str, lo: int, hi: int, *, most: int = MOST_PAGES
) -> AsyncIterator[list[wire.ReportingEvent]]:
    """Pages of the account's events written in `[lo, hi]`, in whatever order they come, `most` at most."""
    seen: set[str] = set()
    for page in range(1, most + 1):
        params: dict[str, str | int] = {"since": lo, "until": hi, "page": page}
        rows = await client.rows(stream, PATH, params, budget=REPORTS)
        found, _ = wire.decoded(rows, wire.ReportingEvent)
        fresh = [row for row in found if (id := ident(row.id)) is None or id not in seen]
        seen.update(id for row in fresh if (id := ident(row.id)) is not None)
        yield [row for row in fresh if lo <= (written(row) or lo) <= hi]
        pages, count = rows.number("total_pages"), rows.number("count")
        if not fresh or (pages is not None and page >= pages) or (count is not None and len(seen) >= count):
            return


def written(row: wire.ReportingEvent) -> int | None:
    return moment(row.created_at) or moment(row.event_end_time)


def begins_with(row: wire.ReportingEvent, created: Time) -> bool | None:
    """Whether the event was measured from this creation; None where it does not show."""
    start, began = moment(row.event_start_time), moment(created)
    if (row.name or "").lower() not in _FROM_CREATION or start is None or began is None:
        return None
    return abs(start - began) <= SAME


class Reporting:
    def __init__(self, client: ChatwootClient) -> None:
        self._client = client
        self._lock = asyncio.Lock()
        self._own = False
        """A conversation's own list has answered."""
        self._by_account = False
        self._refused_at: int | None = None
        self._kept: dict[str, list[wire.ReportingEvent]] = {}
        self._ids: set[str] = set()
        self._from: int | None = None
        self._to = 0
        self._pages = 0
        self.cut_off = False
        """The account's list was longer than is read of it."""

    async def of(self, stream: str, id: str, row: wire.Conversation) -> Sequence[wire.ReportingEvent] | None:
        """A conversation's events; None where they cannot be had."""
        now = self._client.now()
        if self._refused_at is not None and 0 <= now - self._refused_at < REFUSED_FOR:
            return None
        if not self._by_account:
            try:
                page = await self._client.rows(stream, f"/conversations/{id}{PATH}")
                self._own = True
                return wire.decoded(page, wire.ReportingEvent)[0]
            except _NOT_FOR_US:
                if self._own:
                    return None  # that one has just gone
                self._by_account = True  # its messages could be read: the list is not to be had
            except SourceError:
                return None
        try:
            return await self._from_account(stream, id, row)
        except _NOT_FOR_US:
            self._refused_at, self._by_account = now, False
            return None
        except SourceError:
            return None

    def known_until(self, now: int) -> int:
        """Up to when a reading that begins now knows all events."""
        return min(now, self._to) if self._by_account else now

    def learn(self, rows: Sequence[wire.ReportingEvent]) -> None:
        """Events that the stream of them has met."""
        if self._by_account:
            self._keep(rows)

    async def _from_account(self, stream: str, id: str, row: wire.Conversation) -> Sequence[wire.ReportingEvent]:
        began = moment(row.created_at) or 0
        async with self._lock:
            now = self._client.now()
            if self._from is None:
                self._from = self._to = now
            elif now - self._to > FRESH:
                await self._read(stream, self._to - LATE, now)
                self._to = now
            while began < self._from and self._pages < MOST_KEPT:
                earlier = max(began, self._from - WEEK)
                await self._read(stream, earlier, self._from)
                self._from = earlier
            self.cut_off = self.cut_off or began < self._from
        mine = self._kept.get(id, [])
        return [] if any(begins_with(event, row.created_at) is False for event in mine) else mine

    async def _read(self, stream: str, lo: int, hi: int) -> None:
        pages = 0
        async for page in listed(self._client, stream, lo, hi):
            pages += 1
            self._pages += 1
            self.cut_off = self.cut_off or pages >= MOST_PAGES
            self._keep(page)

    def _keep(self, rows: Sequence[wire.ReportingEvent]) -> None:
        for row in rows:
            conversation, event = ident(row.conversation_id), ident(row.id) or ""
            if conversation is not None and event not in self._ids:
                self._ids.add(event)
                self._kept.setdefault(conversation, []).append(row)
