"""Which rooms the configured channels are, and what keeps some of them from being read.

Only rooms that the account has joined can be read. A room that was upgraded goes on in another one: all its
generations are the same channel.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from funnel_tui.sources.errors import ForbiddenError, Refused
from funnel_tui.sources.matrix.client import STREAM, MatrixClient
from funnel_tui.sources.matrix.finder import Finder, Missing, Room

KEEP = 3_600
"""Seconds for which a look at the rooms is taken to hold."""
KEEP_TROUBLES = 300
"""The same while a channel is missing: somebody may be about to invite the account."""


@dataclass(frozen=True, slots=True)
class Directory:
    rooms: dict[str, Room]
    """By id."""
    missing: tuple[Missing, ...] = ()

    @property
    def gaps(self) -> tuple[str, ...]:
        """A line for each channel of which something cannot be read, with the mend."""
        unread = [str(missing) for missing in self.missing]
        secret = [
            f"{room.channel} is encrypted: what is said there cannot be read. Ask in a room without encryption"
            for room in self.rooms.values()
            if room.encrypted
        ]
        return tuple(dict.fromkeys(unread + secret))

    @property
    def closed(self) -> tuple[str, ...]:
        """A line for each channel that goes on in a room which the account has not joined."""
        return tuple(
            f"{room.channel} was replaced by the room {room.successor}: join that one with the account"
            for room in self.rooms.values()
            if room.successor is not None
        )


class Rooms:
    def __init__(self, client: MatrixClient, channels: Sequence[str]) -> None:
        self._client = client
        self._channels = tuple(dict.fromkeys(channel.strip() for channel in channels if channel.strip()))
        self._finder = Finder(client)
        self._known: Directory | None = None
        self._looked_at = 0

    async def look(self) -> Directory:
        """The rooms, as of a while ago at most. Raises where there is none to read."""
        known = await self.directory()
        if not known.rooms:
            raise ForbiddenError(
                self._client.http.name,
                "; ".join(missing.what for missing in known.missing),
                stream=STREAM,
                mend=f"{known.missing[0].mend}.",
            )
        return known

    async def directory(self) -> Directory:
        """The same, rooms or none."""
        now = self._client.http.server_now()
        known = self._known
        if known is None or not 0 <= now - self._looked_at < (KEEP_TROUBLES if known.missing else KEEP):
            known = self._known = await self._look_again()
            self._looked_at = now
        return known

    def expire(self) -> None:
        """Something has happened to a room: look again the next time."""
        self._known = None

    async def _look_again(self) -> Directory:
        if not self._channels:
            raise Refused(
                self._client.http.name,
                "no channels are named",
                stream=STREAM,
                mend='Set channels = ["#ask-support:server"] in the configuration.',
            )
        await self._finder.begin()
        rooms: dict[str, Room] = {}
        missing = []
        for channel in self._channels:
            found = await self._finder.find(channel)
            if isinstance(found, Missing):
                missing.append(found)
                continue
            for room in found:
                rooms.setdefault(room.id, room)
        return Directory(rooms, tuple(missing))
