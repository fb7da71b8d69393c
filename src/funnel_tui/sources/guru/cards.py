"""Cards as articles: their titles and where they are read, not what they say."""

from collections.abc import AsyncIterator, Mapping

from funnel_tui.model.records import Article
from funnel_tui.sources.base import Stream
from funnel_tui.sources.guru import wire
from funnel_tui.sources.guru.client import GuruClient
from funnel_tui.sources.protocol import Lane, Shape, SourcePage, StreamSpec
from funnel_tui.sources.text import ident, label

HOUR = 3_600
CARDS = "/search/query"
ADDRESS = "https://app.getguru.com/card/"


class Cards(Stream):
    spec = StreamSpec("cards", lane=Lane.SLOW, shape=Shape.SNAPSHOT, interval=6 * HOUR)

    def __init__(self, client: GuruClient) -> None:
        self._client = client

    async def probe(self) -> None:
        async for _ in self._client.pages(self.spec.name, CARDS, _PARAMS):
            return

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        async for page in self._client.pages(self.spec.name, CARDS, _PARAMS, cursor):
            cards = [card for raw in page.rows if (card := wire.card(raw)) is not None and not card.archived]
            yield SourcePage(
                records=tuple(article for card in cards if (article := _article(card)) is not None),
                cursor=page.following,
                warnings=("cards: the pages do not end; the rest was left out",) if page.endless else (),
            )


# How many are wanted is not said: with that said, Guru has been seen to leave out the link to the next page.
_PARAMS: Mapping[str, str | int] = {"queryType": "cards"}


def _article(card: wire.Card) -> Article | None:
    id = ident(card.id)
    if id is None:
        return None
    return Article(id=id, title=label(card.preferredPhrase), url=f"{ADDRESS}{card.slug}" if card.slug else None)
