"""The help centre's articles: names to search and link to. Zendesk tells votes, and no views."""

from collections.abc import AsyncIterator, Mapping

from funnel_tui.model.records import Article
from funnel_tui.sources.base import Stream
from funnel_tui.sources.errors import NotFound
from funnel_tui.sources.protocol import Lane, Shape, SourcePage, StreamSpec
from funnel_tui.sources.text import ident, label, moment
from funnel_tui.sources.zendesk import wire
from funnel_tui.sources.zendesk.client import FRESHEST, MOST_PAGES, ZendeskClient, decoded

PATH = "/api/v2/help_center/incremental/articles"


class Articles(Stream):
    spec = StreamSpec("articles", lane=Lane.SLOW, shape=Shape.SNAPSHOT, interval=6 * 3_600)

    def __init__(self, client: ZendeskClient) -> None:
        self._client = client

    async def probe(self) -> None:
        start = self._client.now() - FRESHEST
        await self._client.export(self.spec.name, PATH, wire.decode_listing, {"start_time": start})

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        start = 1
        for _ in range(MOST_PAGES):
            try:
                page = await self._client.export(self.spec.name, PATH, wire.decode_listing, {"start_time": start})
            except NotFound:
                if start == 1:
                    yield SourcePage(records=())  # no help centre is no fault
                    return
                raise
            rows, _ = decoded(page.articles, wire.decode_article)
            articles = [
                Article(id=id, title=label(row.title), url=label(row.html_url))
                for row in rows
                if (id := ident(row.id)) is not None
            ]
            end = moment(page.end_time)
            newest = self._client.now() - FRESHEST
            more = bool(page.next_page) and not page.end_of_stream and end is not None and start < end <= newest
            yield SourcePage(records=tuple(articles), cursor=str(end) if more else None)
            if not more or end is None:
                return
            start = end
