"""Which thread a message belongs to: that of the message it answers, whatever the client's way of answering.

A reply in a thread names the thread's first message; a rich reply names the message it quotes, which may be a reply
itself; both may lie outside what has just been read. A reply to an edit is one to what was edited.
"""

from collections.abc import Iterable

from funnel_tui.sources.errors import ForbiddenError
from funnel_tui.sources.matrix import wire
from funnel_tui.sources.matrix.client import MatrixClient
from funnel_tui.sources.together import together

REMEMBERED = 50_000
ROUNDS = 50
"""Links of a chain of replies that are asked for one by one."""


class Roots:
    def __init__(self, client: MatrixClient) -> None:
        self._client = client
        self._known: dict[str, str] = {}

    async def of(self, room: str, events: Iterable[wire.Event]) -> dict[str, str]:
        """The id of the thread's first message for each of `events` of one room."""
        links = {event.event_id: _answered(event) for event in events if event.event_id is not None}
        ids = list(links)
        for _ in range(ROUNDS):
            named = {to for to in links.values() if to is not None}
            unknown = sorted(id for id in named if id not in links and id not in self._known)
            if not unknown:
                break
            found = await together(self._link(room, id) for id in unknown)
            links.update(zip(unknown, found, strict=True))
        roots = {id: self._root(id, links) for id in ids}
        self._remember(roots)
        self._remember({id: self._root(id, links) for id in links})
        return roots

    def _root(self, id: str, links: dict[str, str | None]) -> str:
        passed = {id}
        while True:
            if id in self._known:
                return self._known[id]
            to = links.get(id)
            if to is None or to in passed:
                return id
            passed.add(to)
            id = to

    async def _link(self, room: str, id: str) -> str | None:
        try:
            event = await self._client.event(room, id)
        except ForbiddenError:
            return None
        return _answered(event) if event is not None else None

    def _remember(self, roots: dict[str, str]) -> None:
        self._known.update(roots)
        for id in list(self._known)[: max(0, len(self._known) - REMEMBERED)]:
            del self._known[id]


def _answered(event: wire.Event) -> str | None:
    return wire.relation(event)[1]
