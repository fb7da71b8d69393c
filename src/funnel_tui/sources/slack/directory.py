"""Which channels are meant by their configured names, and which authors are bots."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from funnel_tui.sources.errors import AuthError, ForbiddenError, NotFound, SourceError
from funnel_tui.sources.slack.client import SlackClient, says

HOUR = 3_600
DAY = 24 * HOUR
SOON = 60
"""Seconds before a channel that was not there is looked for again."""

_KINDS = ("public_channel", "private_channel")
_SLACKBOT = "USLACKBOT"
"""Slack's own; its profile does not say that it is a bot."""


@dataclass(frozen=True, slots=True)
class Channel:
    id: str
    name: str
    """As people know it: `#ask-support`."""
    member: bool | None
    private: bool


class Directory:
    """Looked up when it is needed and kept for a while; shared by all channels of a workspace."""

    def __init__(self, client: SlackClient, wanted: Iterable[str]) -> None:
        """`wanted`: names as `canonical` gives them, or ids."""
        self._client = client
        self._wanted = frozenset(wanted)
        self._channels: dict[str, Channel] = {}
        self._unlisted: str | None = None
        self._listed_at: int | None = None
        self._bots: frozenset[str] = frozenset()
        self._bots_line: str | None = None
        self._bots_until = 0
        self._lock = asyncio.Lock()

    def is_bot(self, user: str | None) -> bool:
        return user == _SLACKBOT or user in self._bots

    async def channel(self, stream: str | None, named: str) -> Channel:
        """Raises NotFound where the token sees no such channel."""
        async with self._lock:
            now = self._client.http.server_now()
            age = None if self._listed_at is None else now - self._listed_at
            if age is None or not 0 <= age < (HOUR if named in self._channels else SOON):
                await self._list(stream)
                self._listed_at = now
            found = self._channels.get(named)
        if found is None:
            unlisted = f" ({self._unlisted})" if self._unlisted else ""
            raise NotFound(
                self._client.http.name,
                f"there is no channel {named} that the bot can see{unlisted}",
                stream=stream,
                mend=f"Check the name in channels; if it is private, write /invite and the bot's name in {named}.",
            )
        return found

    async def _list(self, stream: str | None) -> None:
        """Ends early once all that are wanted were met: a workspace may have thousands."""
        self._unlisted = None
        found: dict[str, Channel] = {}
        try:
            await self._collect(stream, ",".join(_KINDS), found)
        except ForbiddenError as error:
            if not says(error, "missing_scope"):
                raise
            refusals = []
            for kind in _KINDS:
                try:
                    await self._collect(stream, kind, found)
                except ForbiddenError as refusal:
                    refusals.append(refusal)
            if len(refusals) == len(_KINDS):
                error.mend = "Give the app the scopes channels:read and groups:read, and install it again."
                raise error from None
            self._unlisted = refusals[0].lasting if refusals else None
        self._channels = found

    async def _collect(self, stream: str | None, types: str, found: dict[str, Channel]) -> None:
        archived: dict[str, Channel] = {}
        async for rows in self._client.channels(stream, types):
            for row in rows:
                if not row.id:
                    continue
                name = canonical(row.name) if row.name else row.id
                channel = Channel(row.id, name, row.is_member, bool(row.is_private))
                keys = {row.id, name} & self._wanted
                # A name may have been given anew after its first channel was archived.
                (archived if row.is_archived else found).update((key, channel) for key in keys)
            if self._wanted <= found.keys():
                return
        for key, channel in archived.items():
            found.setdefault(key, channel)

    async def people(self, stream: str) -> str | None:
        """Learn who is a bot; the line that says why it cannot be had."""
        async with self._lock:
            now = self._client.http.server_now()
            if now >= self._bots_until:
                await self._learn_bots(stream)
                self._bots_until = now + (DAY if self._bots_line is None else HOUR)
        return self._bots_line

    async def _learn_bots(self, stream: str) -> None:
        bots: set[str] = set()
        try:
            async for rows in self._client.users(stream):
                bots.update(row.id for row in rows if row.id and row.is_bot)
        except AuthError:
            raise
        except SourceError as error:
            # Bots' own messages still carry the mark of a bot.
            self._bots_line = str(error)
        else:
            self._bots_line = None
            self._bots = frozenset(bots)


def canonical(name: str) -> str:
    """A channel's configured or listed name, as it is compared and shown: `#ask-support`; ids stay ids."""
    bare = name.strip().removeprefix("#").strip()
    is_id = len(bare) >= 9 and bare[0] in "CG" and bare.isalnum() and bare.isupper() and any(map(str.isdigit, bare))
    return bare if is_id else f"#{bare.casefold()}"
