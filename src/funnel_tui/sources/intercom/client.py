"""Intercom's API as calls: the headers it wants, its paging, the credential's workspace."""

from collections.abc import Callable, Mapping
from typing import IO, TypeVar
from urllib.parse import parse_qs, urlsplit

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.base import HttpFactory
from funnel_tui.sources.errors import AuthError, ForbiddenError
from funnel_tui.sources.http import HttpClient, Request
from funnel_tui.sources.intercom import wire
from funnel_tui.sources.protocol import Identity

T = TypeVar("T")

API_VERSION = "2.16"
"""Without the header the app's own setting applies, 1.0 if none: always sent."""

_APP_HOSTS = {"EU": "app.eu.intercom.com", "AU": "app.au.intercom.com"}


class IntercomClient:
    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        self.api_version = settings.api_version or API_VERSION
        self.http = http(
            name=settings.name,
            base_url=settings.base_url,
            headers={"Authorization": f"Bearer {token}", "Intercom-Version": self.api_version},
            secret=token,
            allow_http=settings.allow_http,
        )
        self._app: wire.App | None = None

    def now(self) -> int:
        return self.http.server_now()

    async def get(
        self,
        stream: str | None,
        path: str,
        decode: Callable[[bytes], T],
        params: Mapping[str, str | int] | None = None,
    ) -> T:
        return await self.http.fetch(Request(stream, "GET", path, params=params), decode)

    async def post(
        self, stream: str, path: str, body: object, decode: Callable[[bytes], T], *, patient: bool = True
    ) -> T:
        return await self.http.fetch(Request(stream, "POST", path, json=body, patient=patient), decode)

    async def download(self, stream: str, path: str) -> IO[bytes]:
        return await self.http.download(Request(stream, "GET", path, headers={"Accept": "application/octet-stream"}))

    async def identify(self) -> Identity:
        try:
            me = await self.get(None, "/me", wire.decode_me)
        except AuthError as error:
            error.mend = (
                f"Wrong token or wrong region: base_url is {self.http.base_url} "
                "(US api.intercom.io, EU api.eu.intercom.io, Australia api.au.intercom.io)."
            )
            raise
        app = self._app = me.app or wire.App()
        return Identity(
            workspace=app.id_code,
            name=app.name,
            region=app.region,
            timezone=app.timezone,
            api_version=self.api_version,
        )

    async def inbox(self) -> str | None:
        """Where a browser opens this workspace's conversations: the address up to the conversation's id."""
        if self._app is None:
            try:
                await self.identify()
            except ForbiddenError:
                self._app = wire.App()
        app = self._app
        if app is None or not app.id_code:
            return None
        host = _APP_HOSTS.get((app.region or "").upper(), "app.intercom.com")
        return f"https://{host}/a/inbox/{app.id_code}/inbox/conversation/"


def starting_after(pages: wire.Pages | None) -> str | None:
    """The cursor of the next page, from an object or from a URL; None on the last page."""
    following = pages.next if pages is not None else None
    if isinstance(following, str):
        found = parse_qs(urlsplit(following).query).get("starting_after")
        return found[0] if found else None
    if following is None or following.starting_after in (None, ""):
        return None
    return str(following.starting_after)
