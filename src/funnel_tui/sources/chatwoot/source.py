"""Chatwoot as a `Source`."""

from collections.abc import Sequence

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.base import HttpFactory, HttpSource
from funnel_tui.sources.chatwoot.abilities import ABILITIES
from funnel_tui.sources.chatwoot.articles import Articles
from funnel_tui.sources.chatwoot.client import ChatwootClient
from funnel_tui.sources.chatwoot.conversations import Conversations
from funnel_tui.sources.chatwoot.people import People
from funnel_tui.sources.chatwoot.reading import Reader
from funnel_tui.sources.chatwoot.witnesses import Csat, Events
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.protocol import Identity, Remark


class ChatwootSource(HttpSource):
    kind = "chatwoot"
    abilities = ABILITIES

    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        self._client = client = ChatwootClient(settings, token, http)
        reader = Reader(client)
        streams = (
            Conversations(client, reader),
            Events(client, reader),
            Csat(client, reader),
            People(client),
            Articles(client),
        )
        super().__init__(settings, client.http, streams)

    async def identify(self) -> Identity:
        return await self._client.identify()

    async def examine(self) -> Sequence[Remark]:
        return await self._client.examine()
