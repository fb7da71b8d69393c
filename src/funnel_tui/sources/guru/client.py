"""Guru's API as calls: Basic authentication, pages by the `Link` header, the team that the token belongs to."""

from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.addresses import path_of
from funnel_tui.sources.base import HttpFactory
from funnel_tui.sources.errors import AuthError, BadBody, ForbiddenError, NotFound, Refused, StaleCursor
from funnel_tui.sources.guru import wire
from funnel_tui.sources.http import HttpClient, Request
from funnel_tui.sources.manners import Manners
from funnel_tui.sources.protocol import Identity
from funnel_tui.sources.text import ident, label

T = TypeVar("T")

MOST_PAGES = 2_000
NO_CONTENT = 204

MEND = "Set user to the login of a user token, or to the collection's id of a collection token, and check the token."


@dataclass(frozen=True, slots=True)
class Rows:
    """One page; `following` is the path of the next one."""

    rows: list[msgspec.Raw]
    following: str | None
    endless: bool = False
    """The pages repeat, or there are more than can be: `following` was dropped."""


class GuruClient:
    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        self._user = settings.user or ""
        basic = b64encode(f"{self._user}:{token}".encode()).decode()
        self.http = http(
            name=settings.name,
            base_url=settings.base_url,
            headers={"Authorization": f"Basic {basic}"},
            secret=(token, basic),
            allow_http=settings.allow_http,
            manners=Manners(in_flight=2, limit=100, window=10.0),
        )
        self._team: wire.Team | None = None

    async def identify(self) -> Identity:
        if not self._user:
            raise AuthError(self.http.name, "there is no user to go with the token", mend=MEND)
        try:
            team = await self._own_team() or await self._first_team()
        except AuthError as error:
            error.mend = MEND
            raise
        self._team = team
        return Identity(workspace=ident(team.id), name=label(team.name))

    async def team(self) -> str:
        """The id of the token's team. Raises NotFound where Guru does not tell it."""
        if self._team is None:
            await self.identify()
        found = ident(self._team.id) if self._team is not None else None
        if found is None:
            raise NotFound(self.http.name, "Guru does not say which team the token belongs to", mend=MEND)
        return found

    async def _own_team(self) -> wire.Team | None:
        """Of a user's token. A collection's token is nobody, and how Guru says so is not documented."""
        try:
            return (await self._fetch(Request(None, "GET", "/whoami"), wire.decode_who)).team
        except (AuthError, ForbiddenError, NotFound):
            return None

    async def _first_team(self) -> wire.Team:
        teams = await self._fetch(Request(None, "GET", "/teams"), wire.decode_teams)
        return next((team for team in teams if team is not None), wire.Team())

    async def _fetch(self, request: Request, decode: Callable[[bytes], T]) -> T:
        return await self.http.fetch(request, decode)

    async def pages(
        self, stream: str, path: str, params: Mapping[str, str | int], cursor: str | None = None
    ) -> AsyncIterator[Rows]:
        """All pages of a list; `cursor` is the path at which an earlier reading stopped."""
        place, query = (path, dict(params)) if cursor is None else (cursor, {})
        met: set[str] = set()
        for count in range(1, MOST_PAGES + 1):
            try:
                rows, following = await self._page(stream, place, query)
            except (NotFound, Refused) as error:
                if cursor is None:
                    raise
                raise StaleCursor(
                    self.http.name, f"the page is no longer known ({error.message})", stream=stream
                ) from None
            cursor = None
            endless = following is not None and (following in met or count == MOST_PAGES)
            yield Rows(rows, None if endless else following, endless)
            if following is None or endless:
                return
            met.add(following)
            place, query = following, {}

    async def _page(
        self, stream: str, path: str, params: Mapping[str, str | int]
    ) -> tuple[list[msgspec.Raw], str | None]:
        link: list[str | None] = [None]

        def heard(headers: Mapping[str, str]) -> None:
            link[0] = headers.get("Link")

        try:
            rows = await self._fetch(Request(stream, "GET", path, params=params or None, heard=heard), wire.decode_rows)
        except BadBody as error:
            if error.status != NO_CONTENT:
                raise
            return [], None
        following = wire.next_link(link[0])
        # Only the path: the credential goes to no other host.
        return rows, path_of(following, self.http.base_url) if following is not None else None
