"""Guru as a `Source`: the cards of a team's own knowledge base.

Unverified: written from Guru's public documentation; no real account has confirmed it yet. Where the documentation is
silent or contradicts what has been seen of it, both forms are taken.
"""

from collections.abc import Sequence

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.base import HttpFactory, HttpSource
from funnel_tui.sources.guru.abilities import ABILITIES
from funnel_tui.sources.guru.cards import Cards
from funnel_tui.sources.guru.client import GuruClient
from funnel_tui.sources.guru.views import Views
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.protocol import Identity, Remark

UNVERIFIED = "written from the public documentation, not yet confirmed by a real account: compare what it brings"
VIEWS = "card views are kept and left out of all figures: who reads cards is a teammate, not a customer"


class GuruSource(HttpSource):
    kind = "guru"
    abilities = ABILITIES

    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        self._client = GuruClient(settings, token, http)
        super().__init__(settings, self._client.http, (Cards(self._client), Views(self._client)))

    async def identify(self) -> Identity:
        return await self._client.identify()

    async def examine(self) -> Sequence[Remark]:
        return (Remark(None, "unverified", UNVERIFIED), Remark(None, "views", VIEWS))
