"""Help-centre articles, portal by portal, and samples of their cumulative views."""

from collections.abc import AsyncIterator, Mapping
from urllib.parse import quote

from funnel_tui.model.records import Article, ArticleCounter, Record
from funnel_tui.sources.base import Stream
from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.chatwoot.client import ChatwootClient
from funnel_tui.sources.errors import NotFound
from funnel_tui.sources.protocol import Lane, Shape, SourcePage, StreamSpec
from funnel_tui.sources.text import ident, label, tally

MOST_PAGES = 1_000
HOUR = 3_600
_PUBLISHED = frozenset({"published", "1", ""})
"""In words, as a number, and not told."""

SPEC = StreamSpec("articles", lane=Lane.SLOW, shape=Shape.SNAPSHOT, interval=HOUR, warm_up=60)


class Articles(Stream):
    spec = SPEC

    def __init__(self, client: ChatwootClient) -> None:
        self._client = client

    async def probe(self) -> None:
        await self._client.rows(SPEC.name, "/portals")

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        portals = await self._client.listed(SPEC.name, "/portals", wire.Portal)
        slugs = list(dict.fromkeys(portal.slug for portal in portals if portal.slug))
        seen: set[str] = set()
        pages = 0
        for slug in slugs:
            async for records in self._portal(slug, seen):
                pages += 1
                yield SourcePage(records=records, cursor=str(pages))
        yield SourcePage(records=())

    async def _portal(self, slug: str, seen: set[str]) -> AsyncIterator[tuple[Record, ...]]:
        """Until a page brings nothing new: whether there are pages at all depends on the version."""
        for page in range(1, MOST_PAGES + 1):
            at = self._client.now()
            try:
                rows = await self._client.rows(SPEC.name, f"/portals/{quote(slug, safe='')}/articles", {"page": page})
            except NotFound:
                return  # the portal has just been deleted, or shows its articles to others only
            found, _ = wire.decoded(rows, wire.Article)
            fresh = {id: row for row in found if (id := ident(row.id)) is not None and id not in seen}
            if not fresh:
                return
            seen.update(fresh)
            yield tuple(record for id, row in fresh.items() for record in self._article(slug, id, row, at))
            count = rows.number("articles_count", "all_articles_count", "count")
            if count is not None and len(found) >= count:
                return

    def _article(self, portal: str, id: str, row: wire.Article, at: int) -> list[Record]:
        place = f"{self._client.http.base_url}/hc/{quote(portal)}/articles/{quote(row.slug)}" if row.slug else None
        article = Article(id=id, title=label(row.title), url=place)
        state = "" if row.status is None else str(row.status).lower()
        if state not in _PUBLISHED or row.views is None:
            return [article]
        return [article, ArticleCounter(article=id, at=at, views=tally(row.views), conversations=None)]
