"""Card views, from the events behind Guru's own analytics, which lag by an hour or two.

Who reads a card is a teammate, no customer who helps themselves: the views are kept apart from those of articles.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256

from funnel_tui.model.records import CardView
from funnel_tui.sources.base import Stream
from funnel_tui.sources.guru import wire
from funnel_tui.sources.guru.client import GuruClient
from funnel_tui.sources.protocol import Lane, SourcePage, StreamSpec
from funnel_tui.sources.text import ident, moment

HOUR = 3_600
DAY = 24 * HOUR
VIEWED = frozenset({"card-viewed", "card-view"})


class Views(Stream):
    spec = StreamSpec("views", lane=Lane.SLOW, interval=HOUR, overlap=6 * HOUR, slice=30 * DAY)

    def __init__(self, client: GuruClient) -> None:
        self._client = client

    async def probe(self) -> None:
        now = self._client.http.server_now()
        async for _ in self._client.pages(self.spec.name, await self._path(), _window(now - HOUR, now)):
            return

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        async for page in self._client.pages(self.spec.name, await self._path(), _window(lo, hi), cursor):
            events = [event for raw in page.rows if (event := wire.event(raw)) is not None]
            yield SourcePage(
                records=tuple(view for event in events if (view := _view(event)) is not None),
                cursor=page.following,
                warnings=("views: the pages do not end; the rest was left out",) if page.endless else (),
            )

    async def _path(self) -> str:
        return f"/teams/{await self._client.team()}/analytics"


def _window(lo: int, hi: int) -> dict[str, str | int]:
    """Both ends belong to it."""
    return {"fromDate": _iso(lo), "toDate": _iso(hi + 1)}


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _view(event: wire.Event) -> CardView | None:
    kind = (event.eventType or event.type or "").strip().lower().replace("_", "-").replace(" ", "-")
    card = ident(event.properties.cardId) if event.properties is not None else None
    at = moment(event.eventDate)
    if kind not in VIEWED or card is None or at is None:
        return None
    return CardView(card=card, at=at, person=_person(event.user))


def _person(user: wire.User | str | None) -> str | None:
    """Guru's id of a reader, or a name of ours for an e-mail address: it tells readers apart and names nobody."""
    id = user if isinstance(user, str) else ident(user.id) or user.email if user is not None else None
    if not id:
        return None
    return sha256(id.strip().casefold().encode()).hexdigest()[:16] if "@" in id else id.strip()
