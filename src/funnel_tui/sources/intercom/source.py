"""Intercom as a `Source`."""

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.base import HttpFactory, HttpSource
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.intercom.abilities import ABILITIES
from funnel_tui.sources.intercom.articles import Articles
from funnel_tui.sources.intercom.client import IntercomClient
from funnel_tui.sources.intercom.conversations import Conversations
from funnel_tui.sources.intercom.deletions import Deletions
from funnel_tui.sources.intercom.people import People
from funnel_tui.sources.intercom.receipts import Receipts
from funnel_tui.sources.protocol import Identity


class IntercomSource(HttpSource):
    kind = "intercom"
    abilities = ABILITIES

    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        self._client = client = IntercomClient(settings, token, http)
        streams = (Conversations(client), People(client), Deletions(client), Articles(client), Receipts(client))
        super().__init__(settings, client.http, streams)

    async def identify(self) -> Identity:
        return await self._client.identify()
