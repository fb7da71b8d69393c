"""Looks channels up among the rooms that the account has joined.

A channel is written as a room's id (`!id`, `!id:server`), an alias (`#alias:server`), or a name: an alias of the
account's own server without that server (`#alias`), or what the room is called in the client.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from funnel_tui.sources.errors import ForbiddenError, Refused, ServerError, SourceError
from funnel_tui.sources.matrix import wire
from funnel_tui.sources.matrix.client import MatrixClient
from funnel_tui.sources.text import label
from funnel_tui.sources.together import together

_INVITE = "Invite the account there and accept with it, or correct `channels`"

_BIRTH = "m.room.create"

GENERATIONS = 20
"""Upgrades of a room that are followed, either way."""


@dataclass(frozen=True, slots=True)
class Room:
    id: str
    channel: str
    """As people know it: the way it is written in the configuration, unless that is an id."""
    encrypted: bool = False
    successor: str | None = None
    """The room that replaced this one, where the account has not joined it."""
    visible: str | None = None
    """`m.room.history_visibility`: `joined` and `invited` hide what was said before the account came."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A channel that cannot be read."""

    channel: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.what}. {self.mend}"


class Finder:
    def __init__(self, client: MatrixClient) -> None:
        self._client = client
        self._user = self._server = ""
        self._joined: list[str] = []
        self._told: dict[str, dict[str, wire.State]] = {}
        self._asks: bool | None = None
        """What a sync does not tell of a room can be asked for. None: not known yet."""
        # Kept for good: names cost two calls a room where a sync does not tell them. Such a room goes on under its old
        # name until the next start.
        self._names: dict[str, tuple[str, ...]] = {}

    async def begin(self) -> None:
        """Ask anew which rooms there are."""
        self._user = await self._client.user()
        self._server = self._user.partition(":")[2]
        self._joined = await self._client.joined_rooms()
        self._told = await self._client.states()
        untold = next((id for id in self._joined if _BIRTH not in self._told.get(id, {})), None)
        if untold is not None and self._asks is None:
            # Every room has that: where a call does not tell it either, none tells anything.
            self._asks = await self._client.state(untold, _BIRTH) is not None

    async def find(self, channel: str) -> Sequence[Room] | Missing:
        """The rooms that are `channel`, all its generations."""
        ids = await self._ids(channel)
        if isinstance(ids, Missing):
            return ids
        kin = await self._generations(ids[0])
        others = [id for id in ids if id not in {room for room, _ in kin}]
        if others:
            named = ", ".join([ids[0], *others])
            return Missing(channel, f"several rooms are called {channel}", f"Name one of them by its id: {named}")
        name = await self._known_as(channel, ids[0])
        return [self._room(id, name, state) for id, state in kin]

    async def _ids(self, channel: str) -> list[str] | Missing:
        if channel.startswith("!"):
            return [channel] if channel in self._joined else self._not_joined(channel)
        full = channel.startswith("#") and ":" in channel
        trouble: SourceError | None = None
        if channel.startswith("#"):
            try:
                id = await self._client.room_of(channel if full else f"{channel}:{self._server}")
            except (ForbiddenError, Refused, ServerError) as error:
                # An alias's own server does not answer, or not to us; a room that we are in may still show it.
                id, trouble = None, error
            if id in self._joined:
                return [id]
            if full and id is not None:
                return self._not_joined(channel)
        wanted = {channel.casefold(), channel.casefold().removeprefix("#")}
        await self._learn_names()
        found = [id for id in self._joined if wanted & set(self._names[id])]
        if not found and full:
            # Where nothing tells aliases, the name may be the alias all the same.
            plain = channel.casefold().removeprefix("#").removesuffix(f":{self._server.casefold()}")
            found = [id for id in self._joined if plain in self._names[id] and self._alias_told(id) is None]
        if found:
            return found
        if trouble is not None:
            said = f"{channel} cannot be looked up: {trouble.lasting}"
            return Missing(channel, said, "Name the room by its id, !...")
        return Missing(channel, f"no room of {self._user} is called {channel}", _INVITE)

    def _not_joined(self, channel: str) -> Missing:
        return Missing(channel, f"{self._user} has not joined {channel}", _INVITE)

    async def _learn_names(self) -> None:
        unknown = [id for id in self._joined if id not in self._names or id in self._told]
        for id, names in zip(unknown, await together(map(self._names_of, unknown)), strict=True):
            self._names[id] = tuple(name.casefold() for name in names)

    async def _names_of(self, id: str) -> list[str]:
        """What people may call a room: its name, and the alias that it shows where it has none."""
        called = await self._state(id, "m.room.name")
        alias = await self._state(id, "m.room.canonical_alias")
        names = [label(called.name), self._short(alias.alias), alias.alias]
        return [name for name in names if name]

    def _alias_told(self, id: str) -> str | None:
        shown = self._told.get(id, {}).get("m.room.canonical_alias")
        return shown.alias if shown is not None else None

    async def _known_as(self, channel: str, id: str) -> str:
        if not channel.startswith("!"):
            return self._short(channel) or channel
        names = await self._names_of(id)
        return names[0] if names else id

    def _short(self, alias: str | None) -> str | None:
        """An alias without the server, where that is the account's own."""
        return alias.removesuffix(f":{self._server}") if alias and alias.startswith("#") else alias

    async def _generations(self, id: str) -> list[tuple[str, "_State"]]:
        """A room, those that it replaced and those that replaced it, as far as the account has joined them.

        Both rooms must say so: anybody may point from a room of his to one of others.
        """
        first = await self._look_at(id)
        found = {id: first}
        for onward, back in (("successor", "predecessor"), ("predecessor", "successor")):
            last, at = id, getattr(first, onward)
            while at in self._joined and at not in found and len(found) < GENERATIONS:
                state = await self._look_at(at)
                if getattr(state, back) != last:
                    break
                found[at] = state
                last, at = at, getattr(state, onward)
        return list(found.items())

    def _room(self, id: str, channel: str, state: "_State") -> Room:
        successor = state.successor if state.successor not in self._joined else None
        return Room(id, channel, state.encrypted, successor, state.visible)

    async def _look_at(self, id: str) -> "_State":
        kinds = ("m.room.encryption", "m.room.tombstone", _BIRTH, "m.room.history_visibility")
        secret, grave, birth, sight = await together(self._state(id, kind) for kind in kinds)
        return _State(
            encrypted=secret.algorithm is not None,
            successor=grave.replacement_room or None,
            predecessor=birth.predecessor.room_id if birth.predecessor is not None else None,
            visible=sight.history_visibility,
        )

    async def _state(self, id: str, kind: str) -> wire.State:
        told = self._told.get(id, {})
        if _BIRTH in told or kind in told or not self._asks:
            return told.get(kind, wire.State())
        try:
            return await self._client.state(id, kind) or wire.State()
        except ForbiddenError:
            return wire.State()


@dataclass(frozen=True, slots=True)
class _State:
    encrypted: bool = False
    successor: str | None = None
    predecessor: str | None = None
    visible: str | None = None
