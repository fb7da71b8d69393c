"""Intercom as a `Source`."""

from collections.abc import Sequence

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.base import HttpFactory, HttpSource
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.intercom.abilities import ABILITIES
from funnel_tui.sources.intercom.articles import Articles
from funnel_tui.sources.intercom.client import IntercomClient
from funnel_tui.sources.intercom.conversations import Conversations
from funnel_tui.sources.intercom.deletions import Deletions, lists_deletions
from funnel_tui.sources.intercom.people import People
from funnel_tui.sources.intercom.receipts import Receipts
from funnel_tui.sources.protocol import Identity, Remark

HOSTS = {"US": "api.intercom.io", "EU": "api.eu.intercom.io", "AU": "api.au.intercom.io"}
"""Where the workspaces of a region are served."""


class IntercomSource(HttpSource):
    kind = "intercom"
    abilities = ABILITIES

    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        self._client = client = IntercomClient(settings, token, http)
        streams = (Conversations(client), People(client), Deletions(client), Articles(client), Receipts(client))
        listed = lists_deletions(client.api_version)
        super().__init__(settings, client.http, [s for s in streams if listed or not isinstance(s, Deletions)])

    async def identify(self) -> Identity:
        return await self._client.identify()

    async def examine(self) -> Sequence[Remark]:
        region = ((await self.identify()).region or "").upper()
        right = HOSTS.get(region)
        if right is None or not any(f"//{host}" in self.http.base_url for host in HOSTS.values()):
            return ()
        if f"//{right}" in self.http.base_url:
            return ()
        says = f'the workspace lies in {region}; set base_url = "https://{right}", or it may be refused any day'
        return (Remark(False, "region", says),)
