"""The calls of Matrix' client-server API that are needed, and how a homeserver complains."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from funnel_tui.settings import SourceSettings
from funnel_tui.sources import answers
from funnel_tui.sources.base import HttpFactory
from funnel_tui.sources.errors import NotFound, Refused
from funnel_tui.sources.http import HttpClient, Request
from funnel_tui.sources.manners import Manners
from funnel_tui.sources.matrix import wire
from funnel_tui.sources.text import Number, amount

T = TypeVar("T")

STREAM = "messages"
PER_PAGE = 1_000
"""Synapse gives no more at a time; others may give less."""
NEWS = 100
"""Events of one room that a sync brings at once; the rest of them comes page by page."""

_API = "/_matrix/client"
_SAID = ["m.room.message", "m.room.redaction"]
_MESSAGES = {"types": _SAID, "lazy_load_members": True}
_NEWS = [*_SAID, "m.room.encryption", "m.room.tombstone"]
_STATE = (
    *("m.room.create", "m.room.name", "m.room.canonical_alias", "m.room.encryption", "m.room.tombstone"),
    "m.room.history_visibility",
)
_MOST_UNKNOWN = 10
_NOTHING: dict[str, list[str]] = {"types": []}


class _Trouble(msgspec.Struct, frozen=True):
    retry_after_ms: Number = None


def complaint(status: int, headers: Mapping[str, str], body: bytes) -> answers.Complaint | None:
    """An error as a homeserver words it; the wait is in milliseconds, and with some servers in the body alone."""
    if status < 400:
        return None
    found = answers.complaint(status, body)
    try:
        wait = amount(msgspec.json.decode(body, type=_Trouble).retry_after_ms)
    except msgspec.DecodeError:
        return found
    return found if wait is None else msgspec.structs.replace(found, retry_after=max(0.0, wait / 1000))


MANNERS = Manners(in_flight=6, limit=100, window=10.0, complaint=complaint)
"""Homeservers tell nothing of their quotas and rarely limit reading; small ones are slow at many things at a time."""


class MatrixClient:
    """Raises `SourceError` as `HttpClient` does. Room, event and alias ids are encoded here."""

    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        self.http = http(
            name=settings.name,
            base_url=settings.base_url.rstrip("/").removesuffix(_API),
            headers={"Authorization": f"Bearer {token}"},
            secret=token,
            allow_http=settings.allow_http,
            manners=MANNERS,
        )
        self._user: str | None = None
        self._lacking: set[str] = set()
        """Kinds of calls that the server does not know."""
        self._events_known = self._events_unknown = 0

    async def whoami(self) -> str:
        """The account's own id, `@user:server`."""
        found = await self._get(None, "/v3/account/whoami", wire.decode_whoami)
        self._user = found.user_id or ""
        return self._user

    async def user(self) -> str:
        return self._user if self._user is not None else await self.whoami()

    async def joined_rooms(self) -> list[str]:
        found = await self._get(STREAM, "/v3/joined_rooms", wire.decode_joined)
        return [room for room in found.joined_rooms or [] if room]

    async def room_of(self, alias: str) -> str | None:
        """None where nobody has given the alias to a room."""
        found = await self._sought("directory", f"/v3/directory/room/{_encoded(alias)}", wire.decode_alias)
        return found.room_id or None if found is not None else None

    async def states(self) -> dict[str, dict[str, wire.State]]:
        """What all joined rooms are, in one call: room -> kind of state -> what it says. A server may tell less."""
        told: dict[str, list[str] | int] = {"types": list(_STATE), "limit": NEWS}
        room = {"timeline": told, "state": told, "ephemeral": _NOTHING, "account_data": _NOTHING}
        what = {"room": room, "presence": _NOTHING, "account_data": _NOTHING}
        params: dict[str, str | int] = {"filter": _json(what), "timeout": 0, "set_presence": "offline"}
        try:
            found = await self._get(STREAM, "/v3/sync", wire.decode_sync, params)
        except Refused:
            return {}
        joined = (found.rooms or wire.Rooms()).join or {}
        return {id: _state_of(room) for id, room in joined.items() if room is not None}

    async def state(self, room: str, type: str) -> wire.State | None:
        """The content of a state event with the empty key; None where the room has none."""
        return await self._sought("state", f"/v3/rooms/{_encoded(room)}/state/{type}", wire.decode_state)

    async def event(self, room: str, id: str) -> wire.Event | None:
        """None where there is no such event, or none that the account may see."""
        if not self._events_known and self._events_unknown >= _MOST_UNKNOWN:
            return None
        found = await self._sought("event", f"/v3/rooms/{_encoded(room)}/event/{_encoded(id)}", wire.decode_event)
        self._events_known += found is not None
        self._events_unknown += found is None
        return found

    async def sync(self, rooms: Collection[str], since: str | None) -> wire.Sync:
        """What `rooms` brought after `since`; without it little more than where the server stands. Does not wait."""
        room = {
            "rooms": sorted(rooms),
            "timeline": {"types": _NEWS, "limit": NEWS} if since is not None else {"types": [], "limit": 1},
            "state": _NOTHING,
            "ephemeral": _NOTHING,
            "account_data": _NOTHING,
        }
        what = {"room": room, "presence": _NOTHING, "account_data": _NOTHING}
        params: dict[str, str | int] = {"filter": _json(what), "timeout": 0, "set_presence": "offline"}
        if since is not None:
            params["since"] = since
        return await self._get(STREAM, "/v3/sync", wire.decode_sync, params)

    async def messages(self, room: str, start: str | None, end: str | None, limit: int | None = None) -> wire.Messages:
        """A page of a room's past, newest first, from the token `start`, or else from now, back to `end`."""
        params: dict[str, str | int] = {"dir": "b", "limit": limit or PER_PAGE, "filter": _json(_MESSAGES)}
        if start is not None:
            params["from"] = start
        if end is not None:
            params["to"] = end
        return await self._get(STREAM, f"/v3/rooms/{_encoded(room)}/messages", wire.decode_messages, params)

    async def _sought(self, call: str, path: str, decode: Callable[[bytes], T]) -> T | None:
        """None where there is no such thing, or the server does not know such calls at all."""
        if call in self._lacking:
            return None
        try:
            return await self._get(STREAM, path, decode)
        except NotFound as error:
            if "M_NOT_FOUND" not in error.message:
                self._lacking.add(call)
            return None

    async def _get(
        self,
        stream: str | None,
        path: str,
        decode: Callable[[bytes], T],
        params: Mapping[str, str | int] | None = None,
    ) -> T:
        return await self.http.fetch(Request(stream, "GET", _API + path, params=params), decode)


def _state_of(room: wire.Room) -> dict[str, wire.State]:
    """As the newest events have it."""
    found: dict[str, wire.State] = {}
    for part in (room.state, room.timeline):
        for raw in (part.events or ()) if part is not None else ():
            try:
                event = wire.decode_state_event(raw)
            except msgspec.DecodeError:
                continue
            if event.type in _STATE and not event.state_key and event.content is not None:
                found[event.type] = event.content
    return found


def _encoded(id: str) -> str:
    return quote(id, safe="")


def _json(what: Any) -> str:
    return msgspec.json.encode(what).decode()
