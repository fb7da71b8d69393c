"""Zendesk's API as calls: its two kinds of credential, its quota headers, its ways of paging."""

import base64
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec

from funnel_tui.settings import SourceSettings
from funnel_tui.sources import answers
from funnel_tui.sources.addresses import path_of
from funnel_tui.sources.base import HttpFactory
from funnel_tui.sources.errors import AuthError, ForbiddenError, NotFound, Refused, SourceError
from funnel_tui.sources.http import HttpClient, Request
from funnel_tui.sources.manners import Budget, Manners, Quota
from funnel_tui.sources.protocol import Identity
from funnel_tui.sources.zendesk import wire

T = TypeVar("T")

EXPORTS = Budget("exports", 10, 60.0)
"""All incremental exports share ten requests a minute, whatever the plan's own limit."""
TICKETS = "/api/v2/incremental/tickets/cursor"
FRESHEST = 61
"""Seconds: the exports take no later start, and leave the last minute out."""
PER_PAGE = 100
MOST_PAGES = 2_000
"""Of one list."""

Params = Mapping[str, str | int]


class ZendeskClient:
    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        self.metric_sets = True
        """Whether the export of tickets takes that side-load; not every plan's may."""
        self._anonymous = False
        """Whether nobody may ask whose the credential is."""
        self._email = settings.email
        credential = f"Bearer {token}"
        secrets = [token]
        if settings.email:
            encoded = base64.b64encode(f"{settings.email}/token:{token}".encode()).decode()
            credential = f"Basic {encoded}"
            secrets.append(encoded)
        self.http = http(
            name=settings.name,
            base_url=settings.base_url,
            headers={"Authorization": credential},
            secret=secrets,
            allow_http=settings.allow_http,
            manners=Manners(limit=200, window=60.0, quota=quota),
        )

    def now(self) -> int:
        return self.http.server_now()

    def url(self, ticket: str) -> str:
        """Where a browser opens the ticket."""
        return f"{self.http.base_url}/agent/tickets/{ticket}"

    async def get(self, stream: str | None, path: str, decode: Callable[[bytes], T], params: Params | None = None) -> T:
        return await self.http.fetch(Request(stream, "GET", path, params=params), decode)

    async def export(
        self, stream: str | None, path: str, decode: Callable[[bytes], T], params: Params | None = None
    ) -> T:
        return await self.http.fetch(Request(stream, "GET", path, params=params, budget=EXPORTS), decode)

    async def pages(self, stream: str, path: str, *params: tuple[str, str | int]) -> AsyncIterator[wire.Listing]:
        """All pages of a list: by cursor, which is asked for, or by links where the server has only those."""
        begun = f"{path}?{urlencode([*params, ('page[size]', PER_PAGE)])}"
        place = begun
        visited, seen = {place}, set[int]()
        for _ in range(MOST_PAGES):
            page = await self.get(stream, place, wire.decode_listing)
            yield page
            rows = {hash(bytes(row)) for row in page.rows}
            if rows <= seen:
                return  # nothing new, however many pages are said to follow
            seen |= rows
            after = page.meta.after_cursor if page.meta is not None and page.meta.has_more else None
            if after not in (None, ""):
                place = f"{begun}&{urlencode({'page[after]': after})}"
            elif page.next_page and (page.meta is None or page.meta.has_more is not False):
                place = path_of(page.next_page, self.http.base_url)
            else:
                return
            if place in visited:
                return
            visited.add(place)

    async def me(self) -> wire.User:
        try:
            user = (await self.get(None, "/api/v2/users/me", wire.decode_me)).user or wire.User()
        except AuthError as error:
            error.mend = self._mend()
            raise
        if user.id in (None, ""):  # without a credential that it knows, Zendesk shows an anonymous user
            raise AuthError(self.http.name, "the credential belongs to nobody", mend=self._mend())
        return user

    async def identify(self) -> Identity:
        """Raises AuthError for a credential that nobody has. Where the user may not be asked for, the tickets tell, if
        it is asked once more: something was refused then."""
        if self._anonymous:
            refused = await self._tickets_refused()
            if isinstance(refused, AuthError):
                raise refused
        else:
            try:
                await self.me()
            except (ForbiddenError, NotFound, Refused):
                self._anonymous = True
            except AuthError as error:
                if error.status is None or await self._tickets_refused():
                    raise
                self._anonymous = True
        host = urlsplit(self.http.base_url).hostname or ""
        subdomain = host.partition(".")[0] if host.endswith(".zendesk.com") else host
        return Identity(workspace=subdomain, name=subdomain)

    async def confirm(self, error: SourceError) -> None:
        """Raises `error` if it is a 401 and the credential is good for nothing else either: it was revoked."""
        if isinstance(error, AuthError):
            try:
                await self.me()
            except (AuthError, ForbiddenError, NotFound, Refused):
                if await self._tickets_refused():
                    raise error from None

    async def _tickets_refused(self) -> SourceError | None:
        try:
            await self.export(None, TICKETS, wire.decode_tickets, {"start_time": self.now() - FRESHEST})
        except AuthError as error:
            error.mend = self._mend()
            return error
        except (ForbiddenError, NotFound, Refused) as error:
            return error
        return None

    def _mend(self) -> str:
        if self._email:
            return (
                "Check email and token: with `email` set, the token is an API token of that user (Admin Center, APIs), "
                "and token access must be switched on."
            )
        return (
            "Without `email` the token is taken for an OAuth token; for an API token set `email` in the configuration."
        )


def quota(headers: Mapping[str, str]) -> Quota | None:
    """Either of the two families of headers; a quota of single endpoints is not the common one."""
    limit = headers.get("ratelimit-limit") or headers.get("X-Rate-Limit")
    remaining = headers.get("ratelimit-remaining") or headers.get("X-Rate-Limit-Remaining")
    reset = headers.get("ratelimit-reset")
    if limit is None and remaining is None and reset is None:
        return None
    return Quota(answers.whole(limit), answers.whole(remaining), answers.number(reset))


def decoded(raws: Iterable[msgspec.Raw] | None, decode: Callable[[msgspec.Raw], T]) -> tuple[list[T], int]:
    """The rows of a page that have the expected form, and how many have not."""
    rows: list[T] = []
    broken = 0
    for raw in raws or ():
        try:
            rows.append(decode(raw))
        except msgspec.DecodeError:
            broken += 1
    return rows, broken
