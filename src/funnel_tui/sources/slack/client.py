"""Slack's Web API as calls: methods, paging, quotas, the workspace that the token belongs to."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.base import HttpFactory
from funnel_tui.sources.errors import AuthError, SourceError, StaleCursor
from funnel_tui.sources.http import HttpClient, Request
from funnel_tui.sources.manners import Manners
from funnel_tui.sources.protocol import Identity
from funnel_tui.sources.slack import wire
from funnel_tui.sources.slack.hearing import HISTORY, REPLIES, Hearing
from funnel_tui.sources.slack.progress import Progress
from funnel_tui.sources.text import ident, label

T = TypeVar("T")

LIMIT = 999
"""Items asked for; Slack gives fewer as it pleases."""
MOST_PAGES = 200
"""Of one list or one thread."""

TOKEN_MEND = "Check the token: the Bot User OAuth Token (xoxb-...) of an app of your own, installed in this workspace."


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of a channel, newest first."""

    messages: list[wire.Message]
    damaged: int
    """Messages in a form that cannot be read."""
    cursor: str | None
    hides_older: bool
    """The plan keeps what is older from everybody."""


@dataclass(frozen=True, slots=True)
class Replies:
    """The root and what was answered to it."""

    messages: list[wire.Message]
    whole: bool


class SlackClient:
    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        self.hearing = Hearing()
        self.http = http(
            name=settings.name,
            base_url=settings.base_url,
            headers={"Authorization": f"Bearer {token}"},
            secret=token,
            allow_http=settings.allow_http,
            manners=Manners(
                in_flight=5, limit=600, window=60.0, quota=lambda headers: None, complaint=self.hearing.complaint
            ),
        )
        self.hearing.now = self.http.server_now
        self._team: wire.Team | None = None

    async def call(
        self,
        stream: str | None,
        method: str,
        decode: Callable[[bytes], T],
        params: Mapping[str, str | int] | None = None,
        *,
        patient: bool = True,
    ) -> T:
        hearing = self.hearing
        rest = hearing.rest(method)
        if rest:
            await self.http.pause(rest)
        request = Request(stream, "GET", f"/{method}", params=params, patient=patient, budget=hearing.budget(method))
        hearing.begins(method)
        try:
            answer = await self.http.fetch(request, decode)
            hearing.answered(method)
            return answer
        finally:
            hearing.ends(method)

    # --- the workspace

    async def identify(self) -> Identity:
        try:
            team = self._team = await self.call(None, "auth.test", wire.decode_team)
        except AuthError as error:
            error.mend = TOKEN_MEND
            raise
        return Identity(workspace=ident(team.team_id), name=label(team.team))

    async def archives(self) -> str | None:
        """Where a browser opens this workspace's messages: the address up to the channel's id."""
        if self._team is None:
            await self.identify()
        url = self._team.url if self._team is not None else None
        if not url or not url.startswith(("https://", "http://")):
            return None
        return f"{url.rstrip('/')}/archives/"

    # --- lists

    async def channels(self, stream: str | None, types: str) -> AsyncIterator[list[wire.Channel]]:
        """Pages of all channels that the token may see."""
        cursor: str | None = None
        progress = Progress()
        for _ in range(MOST_PAGES):
            params = _paged({"types": types, "limit": LIMIT}, cursor)
            page = await self.call(stream, "conversations.list", wire.decode_channels, params)
            rows = [row for row in page.channels or () if row is not None]
            yield rows
            cursor = wire.next_cursor(page.response_metadata)
            if cursor is None or progress.stuck(cursor, (row.id for row in rows)):
                return

    async def users(self, stream: str | None) -> AsyncIterator[list[wire.User]]:
        cursor: str | None = None
        progress = Progress()
        for _ in range(MOST_PAGES):
            page = await self.call(stream, "users.list", wire.decode_users, _paged({"limit": LIMIT}, cursor))
            rows = [row for row in page.members or () if row is not None]
            yield rows
            cursor = wire.next_cursor(page.response_metadata)
            if cursor is None or progress.stuck(cursor, (row.id for row in rows)):
                return

    # --- messages

    async def history(
        self, stream: str, channel: str, window: tuple[int, int] | None, cursor: str | None, *, patient: bool = True
    ) -> HistoryPage:
        """One page of what was said in the seconds of `window`, without the replies in threads, from `cursor` on."""
        params: dict[str, str | int] = {"channel": channel, "limit": LIMIT}
        if window is not None:
            params |= {"oldest": f"{window[0]}.000000", "latest": f"{window[1]}.999999", "inclusive": "true"}
        try:
            page = await self.call(stream, HISTORY, wire.decode_messages, _paged(params, cursor), patient=patient)
        except SourceError as error:
            if says(error, "invalid_cursor"):
                raise StaleCursor(self.http.name, "the page is no longer known", stream=stream) from None
            raise
        messages, damaged = wire.rows(page)
        following = wire.next_cursor(page.response_metadata)
        self.hearing.page(len(page.messages or ()), more=bool(page.has_more) or following is not None)
        return HistoryPage(messages, damaged, following, bool(page.is_limited))

    async def replies(self, stream: str, channel: str, ts: str) -> Replies:
        """A thread from its root on. Raises NotFound where there is none."""
        found: dict[str, wire.Message] = {}
        cursor: str | None = None
        progress = Progress()
        whole = True
        for _ in range(MOST_PAGES):
            params = _paged({"channel": channel, "ts": ts, "limit": LIMIT}, cursor)
            page = await self.call(stream, REPLIES, wire.decode_messages, params)
            messages, damaged = wire.rows(page)
            whole = whole and not damaged
            found.update((str(wire.stamp(row.ts)), row) for row in messages)
            cursor = wire.next_cursor(page.response_metadata)
            if cursor is None:
                return Replies(list(found.values()), whole)
            if progress.stuck(cursor, found):
                break
        return Replies(list(found.values()), whole=False)


def _paged(params: Mapping[str, str | int], cursor: str | None) -> Mapping[str, str | int]:
    return params if cursor is None else {**params, "cursor": cursor}


def says(error: SourceError, code: str) -> bool:
    """Whether Slack gave `code` for the reason."""
    return code in error.message
