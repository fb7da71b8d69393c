"""Zendesk as a `Source`."""

from collections.abc import Sequence

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.base import HttpFactory, HttpSource
from funnel_tui.sources.errors import AuthError, ForbiddenError, NotFound, Refused, SourceError
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.protocol import Identity, Remark
from funnel_tui.sources.zendesk import wire
from funnel_tui.sources.zendesk.abilities import ABILITIES
from funnel_tui.sources.zendesk.articles import Articles
from funnel_tui.sources.zendesk.client import ZendeskClient
from funnel_tui.sources.zendesk.people import People
from funnel_tui.sources.zendesk.ratings import Ratings
from funnel_tui.sources.zendesk.staff import Staff
from funnel_tui.sources.zendesk.tickets import Tickets


class ZendeskSource(HttpSource):
    kind = "zendesk"
    abilities = ABILITIES

    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        self._client = client = ZendeskClient(settings, token, http)
        staff = Staff(client)
        self._ratings = Ratings(client)
        streams = (Tickets(client, staff), People(client, staff), self._ratings, Articles(client))
        super().__init__(settings, client.http, streams)

    async def identify(self) -> Identity:
        return await self._client.identify()

    async def examine(self) -> Sequence[Remark]:
        return (await self._role(), await self._csat())

    async def _role(self) -> Remark:
        try:
            role = ((await self._client.me()).role or "unknown").lower()
        except (AuthError, ForbiddenError, NotFound, Refused) as error:
            return Remark(None, "role", f"Zendesk does not say whose the credential is: {error.lasting}")
        if role == "admin":
            return Remark(True, "role", "the credential belongs to an administrator, who may read the exports")
        return Remark(
            False,
            "role",
            f"the credential's role is {role}: only an administrator may read the exports; use a token of one",
        )

    async def _csat(self) -> Remark:
        systems = await self._ratings.active()
        if systems:
            return Remark(True, "ratings", f"read from: {', '.join(systems)}")
        asked = await self._asks_for_ratings()
        if asked is False:
            return Remark(None, "ratings", "satisfaction ratings are switched off in this account")
        return Remark(
            None, "ratings", "neither satisfaction ratings nor survey responses can be read: the plan may lack them"
        )

    async def _asks_for_ratings(self) -> bool | None:
        """What the account's settings say, where they may be read."""
        try:
            account = await self._client.get(None, "/api/v2/account/settings", wire.decode_account)
        except SourceError:
            return None
        features = account.settings.active_features if account.settings is not None else None
        return features.customer_satisfaction if features is not None else None
