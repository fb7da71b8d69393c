"""Where a reading stands, as the text that is kept between runs."""

import msgspec
from msgspec import Struct


class Leg(Struct, frozen=True, array_like=True):
    """A stretch of one room's past that is still to be read, newest first. Both ends are the server's tokens."""

    room: str
    start: str | None = None
    """None: from now."""
    end: str | None = None
    """Where it joins what has been read already; None: back to the room's beginning."""


class Place(Struct, frozen=True):
    """Of the feed: what lies before `since` has been read, but for `legs`."""

    since: str
    rooms: tuple[str, ...]
    """Those that are followed. A room that is not among them yet has a past to be read first."""
    legs: tuple[Leg, ...] = ()

    def encoded(self) -> str:
        return msgspec.json.encode(self).decode()


def decode_place(text: str) -> Place | None:
    """None for what is no place."""
    try:
        return msgspec.json.decode(text, type=Place)
    except msgspec.DecodeError:
        return None


def encode_legs(legs: tuple[Leg, ...]) -> str | None:
    """A cursor; None where nothing is left."""
    return msgspec.json.encode(legs).decode() if legs else None


def decode_legs(text: str) -> tuple[Leg, ...] | None:
    try:
        return msgspec.json.decode(text, type=tuple[Leg, ...])
    except msgspec.DecodeError:
        return None
