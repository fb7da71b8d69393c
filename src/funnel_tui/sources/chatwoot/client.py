"""Chatwoot's API as calls: where an account's paths begin, its paging by number, whose token it is."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.base import HttpFactory
from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.errors import AuthError, ForbiddenError, NotFound
from funnel_tui.sources.http import HttpClient, Request
from funnel_tui.sources.manners import Budget, Manners
from funnel_tui.sources.protocol import Identity, Remark
from funnel_tui.sources.text import ident, label

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

MANNERS = Manners(in_flight=8, limit=500, window=10.0)
"""3,000 a minute are let through for one address; no header tells, and the server may be a small one of one's own."""
REPORTS = Budget("reports", 100, 60.0)

_PROFILE = "/api/v1/profile"
_WHERE_IT_IS = (
    "Copy the access token from the profile settings of a user, not of a bot, and give the site's root as base_url"
)


class ChatwootClient:
    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        self.http = http(
            name=settings.name,
            base_url=settings.base_url,
            headers={"api_access_token": token},
            secret=token,
            allow_http=settings.allow_http,
            manners=MANNERS,
        )
        self.account = (settings.account_id or "").strip()
        self._root = f"/api/v1/accounts/{self.account}"
        self._role: str | None = None

    def now(self) -> int:
        return self.http.server_now()

    async def get(
        self,
        stream: str | None,
        path: str,
        decode: Callable[[bytes], T],
        params: Mapping[str, str | int] | None = None,
        *,
        budget: Budget | None = None,
    ) -> T:
        """`path` below the account."""
        return await self.http.fetch(Request(stream, "GET", self._root + path, params=params, budget=budget), decode)

    async def rows(
        self,
        stream: str | None,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        budget: Budget | None = None,
    ) -> wire.Rows:
        return await self.get(stream, path, wire.decode_rows, params, budget=budget)

    async def listed(self, stream: str | None, path: str, kind: type[S]) -> list[S]:
        """A list that comes whole."""
        return wire.decoded(await self.rows(stream, path), kind)[0]

    def link(self, conversation: str) -> str:
        """Where a browser opens it."""
        return f"{self.http.base_url}/app/accounts/{self.account}/conversations/{conversation}"

    async def identify(self) -> Identity:
        try:
            profile = await self.http.fetch(Request(None, "GET", _PROFILE), wire.decode_profile)
        except (AuthError, ForbiddenError) as error:
            error.mend = f"{_WHERE_IT_IS} (it is {self.http.base_url})."
            raise
        except NotFound:
            return await self._by_trying(None)
        accounts = {id: found for found in profile.accounts or [] if found is not None and (id := ident(found.id))}
        if not accounts:
            return await self._by_trying(profile.role)
        mine = accounts.get(self.account)
        if mine is None:
            open_to_it = ", ".join(f"{id} ({label(found.name) or 'unnamed'})" for id, found in accounts.items())
            raise NotFound(
                self.http.name,
                f"the token's user is no member of account {self.account or '(none)'}",
                mend=f"Set account_id to one of its accounts: {open_to_it}.",
            )
        self._role = (mine.role or profile.role or "").lower() or None
        return Identity(workspace=self.account, name=label(mine.name))

    async def _by_trying(self, role: str | None) -> Identity:
        """The profile is not there, or does not name the accounts: whether the token opens this one shows when it is
        used. What cannot be done without is asked for last."""
        try:
            try:
                await self.get(None, "/conversations/meta", wire.decode_meta, {"status": "all"})
            except NotFound:
                await self.rows(None, "/conversations", {"status": "all", "page": 1})
        except (AuthError, ForbiddenError, NotFound) as error:
            error.mend = (
                f"The token works, account {self.account} does not open: account_id is the number after /accounts/ in "
                "the address of the dashboard."
                if role is not None
                else f"{_WHERE_IT_IS} (it is {self.http.base_url}); account_id (it is {self.account}) is the number "
                "after /accounts/ in the address of the dashboard."
            )
            raise
        self._role = (role or "").lower() or None
        return Identity(workspace=self.account, name=None)

    async def examine(self) -> list[Remark]:
        if self._role is None:
            await self.identify()
        if self._role == "administrator":
            return [Remark(True, "role", "the token is an administrator's")]
        says = (
            f"the token's user is {self._role or 'of an unknown role'}, not an administrator: reporting events and "
            "ratings may be refused, and only conversations of the user's own inboxes are seen. Use an administrator's "
            "token."
        )
        return [Remark(False, "role", says)]
