"""The list of conversations, page by page, newest activity first, as long as it may hold what is looked for.

There is no "updated since". The list is asked for in the order of activity and left where it becomes too old; but a
version that does not know `sort_by` answers in an order of its own. So the order is looked at, and once in a while the
reverse order is asked for, which has to differ: without proof the list is read on.
"""

from dataclasses import dataclass

from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.chatwoot.client import ChatwootClient
from funnel_tui.sources.chatwoot.thread import active
from funnel_tui.sources.text import ident, moment

PATH = "/conversations"
DAY = 86_400
SLACK = 2
"""Seconds by which a row may be newer than the one before it."""
PROOF = 50
"""So many rows in the order of activity, and in no other, show that it is the list's own order."""
MOST_UNSORTED = 400
"""Pages of a live pass over a list in another order; a pass over the past reads it to its end."""
MOST_PAGES = 40_000
SPARE_PAGES = 50
"""A list may have this many pages more than rows; where it does not tell these, `MOST_PAGES`."""
CHECKED_FOR = DAY
"""Seconds for which what the server does with `sort_by` is taken to stay."""


@dataclass(frozen=True, slots=True)
class ListPage:
    rows: list[wire.Conversation]
    total: int | None
    broken: int


class Sorting:
    """Whether the server heeds `sort_by`; asked once, of two requests' first rows."""

    def __init__(self, client: ChatwootClient) -> None:
        self._client = client
        self._heeded: bool | None = None
        self._asked_at = 0

    async def heeded(self, stream: str) -> bool:
        now = self._client.now()
        if self._heeded is None or not 0 <= now - self._asked_at < CHECKED_FOR:
            newest = await fetch(self._client, stream, 1)
            oldest = await fetch(self._client, stream, 1, order="asc")
            self._heeded = _reversed(newest.rows, oldest.rows)
            self._asked_at = now
        return self._heeded


def _reversed(newest: list[wire.Conversation], oldest: list[wire.Conversation]) -> bool:
    if not newest or not oldest or ident(newest[0].id) == ident(oldest[0].id):
        return False
    return (active(newest[0]) or 0) >= (active(oldest[0]) or 0)


async def fetch(client: ChatwootClient, stream: str, page: int, *, order: str = "desc") -> ListPage:
    params: dict[str, str | int] = {
        "status": "all",
        "assignee_type": "all",
        "sort_by": f"last_activity_at_{order}",
        "page": page,
    }
    rows = await client.rows(stream, PATH, params)
    found, broken = wire.decoded(rows, wire.Conversation)
    return ListPage(found, rows.number("all_count", "count"), broken)


class Listing:
    """One walk over the list. `next` gives pages until there is nothing more of use; `done` says so."""

    def __init__(
        self, client: ChatwootClient, stream: str, sorting: Sorting, lo: int, hi: int, *, page: int = 1
    ) -> None:
        self._client = client
        self._stream = stream
        self._sorting = sorting
        self._lo = lo
        self._live = hi - lo <= 2 * DAY
        self._from_start = page == 1
        self._furthest = page - 1
        self.page = page
        """The one that comes next."""
        self.total: int | None = None
        self.changed = False
        """The total changed on the way: pages have shifted."""
        self.done = False
        self.cut_off = False
        """It is longer than is read of it: in another order, or without an end."""
        self._seen: set[str] = set()
        self._rows = 0
        self._last: int | None = None
        self._sorted = True
        self._by_id = {1: True, -1: True}
        """Whether ids only rise, only fall."""
        self._last_id: int | None = None

    async def next(self) -> ListPage:
        page = await fetch(self._client, self._stream, self.page)
        lost = self._count(page.total)
        fresh = [row for row in page.rows if (id := ident(row.id)) is None or id not in self._seen]
        self._seen.update(id for row in fresh if (id := ident(row.id)) is not None)
        onward = self.page > self._furthest
        if onward and not lost:
            for row in fresh:
                self._look(row)
        nothing = not fresh and not page.broken and onward
        over = not lost and (nothing or self._is_whole() or await self._is_past(page.rows))
        self.done = self._is_too_long() or over
        self._furthest = max(self._furthest, self.page)
        # Where conversations were deleted the rest has moved up: what slipped past stands on the pages before.
        self.page = max(1, self.page - 1 - lost // max(1, len(page.rows))) if lost else self.page + 1
        return ListPage(fresh, page.total, page.broken)

    def _is_whole(self) -> bool:
        return self._from_start and not self.changed and self.total is not None and len(self._seen) >= self.total

    def _is_too_long(self) -> bool:
        end = MOST_PAGES if self.total is None else SPARE_PAGES + self.total
        if self._live and not self._sorted:
            end = min(end, MOST_UNSORTED)
        self.cut_off = self.page >= end
        return self.cut_off

    def _count(self, total: int | None) -> int:
        """How many fewer there are now."""
        before, self.total = self.total, total if total is not None else self.total
        if before is None or total is None or before == total:
            return 0
        self.changed = True
        return max(0, before - total)

    def _look(self, row: wire.Conversation) -> None:
        at, id = active(row), ident(row.id)
        if at is not None:
            self._sorted = self._sorted and (self._last is None or at <= self._last + SLACK)
            self._last = at
        if id is not None and id.isdigit():
            number = int(id)
            if self._last_id is not None:
                self._by_id[1 if number < self._last_id else -1] = False
            self._last_id = number
        self._rows += 1

    async def _is_past(self, rows: list[wire.Conversation]) -> bool:
        moments = [at for row in rows if (at := active(row)) is not None]
        if not moments or not self._sorted or max(moments) >= self._lo:
            return False
        if await self._sorting.heeded(self._stream):
            return True
        return self._rows >= PROOF and not any(self._by_id.values())


def version(row: wire.Conversation) -> int | None:
    """Moves with every activity, and with every update where the version tells of those."""
    moments = [at for at in (active(row), moment(row.updated_at)) if at is not None]
    return max(moments, default=None)
