"""Articles and samples of their cumulative counters, which only the single read carries."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from funnel_tui.model.records import Article, ArticleCounter, Record
from funnel_tui.sources.addresses import path_of
from funnel_tui.sources.base import Stream
from funnel_tui.sources.errors import BadBody, NotFound, ServerError
from funnel_tui.sources.intercom import wire
from funnel_tui.sources.intercom.client import IntercomClient
from funnel_tui.sources.protocol import Lane, Shape, SourcePage, StreamSpec
from funnel_tui.sources.text import ident, label, tally

BATCH = 50
MOST_PAGES = 1_000
HOUR = 3_600

SPEC = StreamSpec("articles", lane=Lane.SLOW, shape=Shape.SNAPSHOT, interval=HOUR, warm_up=60)


class Articles(Stream):
    spec = SPEC

    def __init__(self, client: IntercomClient) -> None:
        self._client = client

    async def probe(self) -> None:
        await self._client.get(SPEC.name, "/articles", wire.decode_articles)

    def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        return _read(self._client)


async def _read(client: IntercomClient) -> AsyncIterator[SourcePage]:
    listed = await _list(client)
    for start in range(0, len(listed), BATCH):
        batch = listed[start : start + BATCH]
        results = await asyncio.gather(*(_sample(client, id, row) for id, row in batch), return_exceptions=True)
        records: list[Record] = []
        warnings: list[str] = []
        for result in results:
            if isinstance(result, ServerError | BadBody):
                warnings = [f"articles: not every counter could be read: {result}"]
            elif isinstance(result, BaseException):
                raise result
            else:
                records += result
        following = str(start + BATCH) if start + BATCH < len(listed) else None
        yield SourcePage(records=tuple(records), cursor=following, total=len(listed), warnings=tuple(warnings))


async def _list(client: IntercomClient) -> list[tuple[str, wire.Article]]:
    """All articles. `pages.next` is a URL or an object, as the provider pleases; a page seen twice is the end."""
    found: dict[str, wire.Article] = {}
    path, params = "/articles", dict[str, str | int]()
    visited = set()
    for _ in range(MOST_PAGES):
        page = await client.get(SPEC.name, path, wire.decode_articles, params or None)
        for row in page.data or []:
            id = ident(row.id) if row is not None else None
            if row is not None and id is not None:
                found[id] = row
        following = page.pages.next if page.pages is not None else None
        if isinstance(following, str) and following:
            path, params = path_of(following, client.http.base_url), {}
        elif isinstance(following, wire.NextPage) and following.starting_after not in (None, ""):
            path, params = "/articles", {"starting_after": str(following.starting_after)}
        else:
            break
        place = f"{path} {params}"
        if place in visited:
            break
        visited.add(place)
    return list(found.items())


async def _sample(client: IntercomClient, id: str, row: wire.Article) -> list[Record]:
    article = Article(id=id, title=label(row.title), url=label(row.url))
    if (row.state or "published") != "published":
        return [article]  # nobody can have seen it
    at = client.now()
    try:
        whole = await client.get(SPEC.name, f"/articles/{id}", wire.decode_article)
    except NotFound:
        return []
    counters = whole.statistics
    if counters is None:
        return [article]
    conversations = counters.conversations if counters.conversations is not None else counters.conversions
    views = tally(counters.views)
    return [article, ArticleCounter(article=id, at=at, views=views, conversations=tally(conversations))]
