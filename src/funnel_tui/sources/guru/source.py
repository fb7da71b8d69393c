"""Guru as a `Source`: the cards of a team's own knowledge base.

Unverified: written from Guru's public documentation; no real account has confirmed it yet. Where the documentation is
silent or contradicts what has been seen of it, both forms are taken.
"""

from collections.abc import Sequence

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.base import HttpFactory, HttpSource, Stream
from funnel_tui.sources.guru.abilities import ABILITIES
from funnel_tui.sources.guru.cards import Cards
from funnel_tui.sources.guru.client import GuruClient
from funnel_tui.sources.guru.views import Views
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.protocol import Identity, Remark

UNVERIFIED = "written from the public documentation, not yet confirmed by a real account: compare what it brings"
VIEWS = "card views are left out of all figures: who reads cards is a teammate, not a customer"


class GuruSource(HttpSource):
    kind = "guru"
    abilities = ABILITIES

    def __init__(
        self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient, *, views: bool = False
    ) -> None:
        """`http` makes the client; tests pass one with a transport and a clock of their own. `views` adds the card
        views: for a cache of their own, since beside customers' they would pass for customers'."""
        self._client = GuruClient(settings, token, http)
        streams: list[Stream] = [Cards(self._client)]
        if views:
            streams.append(Views(self._client))
        super().__init__(settings, self._client.http, streams)

    async def identify(self) -> Identity:
        return await self._client.identify()

    async def examine(self) -> Sequence[Remark]:
        return (Remark(None, "unverified", UNVERIFIED), Remark(None, "views", VIEWS))
