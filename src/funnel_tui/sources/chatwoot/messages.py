"""All messages of a conversation, in the order in which they were written."""

from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.chatwoot.client import ChatwootClient
from funnel_tui.sources.text import ident, moment

SMALL = 20
"""`after=` gives up to 100; `before=`, and old versions that do not know `after=`, so many. A page of fewer is the last
one where it reaches the conversation's latest activity."""
SAME = 2
"""Seconds by which the latest activity may be later than the message that it was."""
OVERLAP = 5
"""Messages of a page that are asked for again: pages are in order of time, the next one starts by id, and two that are
written at once may have them the other way round."""
MOST_PAGES = 1_000


class Messages:
    """A reading of one conversation's messages."""

    def __init__(self, client: ChatwootClient, stream: str, conversation: str) -> None:
        self._client = client
        self._stream = stream
        self._path = f"/conversations/{conversation}/messages"
        self._found: dict[int, wire.Message] = {}
        self.broken = 0

    async def all(self, latest: int | None = None, until: int | None = None) -> list[wire.Message]:
        """By time, then by id; `latest` is a message that is known to be among them, `until` the latest activity.

        Raises NotFound for a conversation that is gone.
        """
        after = 0
        for _ in range(MOST_PAGES):
            page = await self._page("after", after)
            fresh = self._keep(page)
            if after and min(page, default=after + 1) <= after:
                await self._backwards()  # `after` means nothing there: these are the latest
                break
            ids = sorted(page)
            if not fresh or (len(page) < SMALL and self._reaches(latest, until)):
                break
            after = ids[-OVERLAP - 1] if len(ids) > 2 * OVERLAP else ids[-1]
        return sorted(self._found.values(), key=_place)

    def _reaches(self, latest: int | None, until: int | None) -> bool:
        if latest is not None and max(self._found) < latest:
            return False
        if until is None:
            return True
        return max(moment(message.created_at) or 0 for message in self._found.values()) >= until - SAME

    async def _backwards(self) -> None:
        for _ in range(MOST_PAGES):
            if not self._keep(await self._page("before", min(self._found))):
                return

    async def _page(self, direction: str, bound: int) -> dict[int, wire.Message]:
        page = await self._client.rows(self._stream, self._path, {direction: bound})
        rows, broken = wire.decoded(page, wire.Message)
        self.broken += broken
        return {id: row for row in rows if (id := number(row)) is not None}

    def _keep(self, page: dict[int, wire.Message]) -> bool:
        """Whether it brought anything new."""
        fresh = page.keys() - self._found.keys()
        self._found.update(page)
        return bool(fresh)


def number(row: wire.Message) -> int | None:
    """The id, which counts up over all conversations."""
    id = ident(row.id)
    return int(id) if id is not None and id.isdigit() else None


def _place(row: wire.Message) -> tuple[int, int]:
    return moment(row.created_at) or 0, number(row) or 0
