"""The fields of Matrix' JSON that are read, and no others. Anything may be null or absent.

Whatever lies in `content` was written by some client and is not checked by the server: it is taken as anything, and
looked at by the accessors below.
"""

from typing import Any

import msgspec
from msgspec import Struct, field

from funnel_tui.sources.text import Number, amount


class Content(Struct, frozen=True):
    msgtype: Any = None
    body: Any = None
    relates_to: Any = field(default=None, name="m.relates_to")
    redacts: Any = None
    """Of a redaction, in rooms of version 11 and later."""


class Because(Struct, frozen=True):
    """The redaction that emptied an event."""

    origin_server_ts: Number = None


class Unsigned(Struct, frozen=True):
    redacted_because: Because | None = None
    relations: Any = field(default=None, name="m.relations")


class Event(Struct, frozen=True):
    type: str | None = None
    event_id: str | None = None
    sender: str | None = None
    origin_server_ts: Number = None
    """Milliseconds, as the sender's server or an application service dated it."""
    content: Content | None = None
    redacts: Any = None
    """Of a redaction, in rooms of version 10 and earlier, and where the server adds it for old clients."""
    unsigned: Unsigned | None = None


class States(Struct, frozen=True):
    events: list[msgspec.Raw] | None = None


class Timeline(Struct, frozen=True):
    events: list[msgspec.Raw] | None = None
    """Undecoded, so that one damaged event cannot take the others with it."""
    limited: bool | None = None
    prev_batch: str | None = None


class Room(Struct, frozen=True):
    timeline: Timeline | None = None
    state: States | None = None


class Rooms(Struct, frozen=True):
    join: dict[str, Room | None] | None = None
    leave: dict[str, Room | None] | None = None


class Sync(Struct, frozen=True):
    next_batch: str
    rooms: Rooms | None = None


class Messages(Struct, frozen=True):
    chunk: list[msgspec.Raw] | None = None
    end: str | None = None


class Whoami(Struct, frozen=True):
    user_id: str | None = None


class JoinedRooms(Struct, frozen=True):
    joined_rooms: list[str | None] | None = None


class Alias(Struct, frozen=True):
    room_id: str | None = None


class Predecessor(Struct, frozen=True):
    room_id: str | None = None


class State(Struct, frozen=True):
    """The content of the state events that are asked for; each has one of these."""

    name: str | None = None
    alias: str | None = None
    algorithm: str | None = None
    history_visibility: str | None = None
    replacement_room: str | None = None
    predecessor: Predecessor | None = None


def stamp(value: Number) -> int | None:
    """Epoch seconds, rounded down; None for nothing and for what is no time."""
    found = amount(value)
    return int(found // 1000) if found is not None and found > 0 else None


def text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def member(value: Any, name: str) -> Any:
    """`value[name]` where there is such a thing."""
    return value.get(name) if isinstance(value, dict) else None


REPLY = "m.in_reply_to"
THREAD = "m.thread"
EDIT = "m.replace"


def relation(event: Event) -> tuple[str | None, str | None]:
    """What an event is to which other one: `THREAD`, `EDIT` or `REPLY`. A client may write both a relation and, for
    those that do not know it, a reply."""
    relates = event.content.relates_to if event.content is not None else None
    kind, to = text(member(relates, "rel_type")), text(member(relates, "event_id"))
    if kind in (THREAD, EDIT) and to is not None:
        return kind, to
    to = text(member(member(relates, REPLY), "event_id"))
    return (REPLY, to) if to is not None else (None, None)


class StateEvent(Struct, frozen=True):
    type: str | None = None
    state_key: str | None = None
    content: State | None = None


decode_state_event = msgspec.json.Decoder(StateEvent).decode
decode_event = msgspec.json.Decoder(Event).decode
decode_sync = msgspec.json.Decoder(Sync).decode
decode_messages = msgspec.json.Decoder(Messages).decode
decode_whoami = msgspec.json.Decoder(Whoami).decode
decode_joined = msgspec.json.Decoder(JoinedRooms).decode
decode_alias = msgspec.json.Decoder(Alias).decode
decode_state = msgspec.json.Decoder(State).decode
