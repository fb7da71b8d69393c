"""The fields of Guru's JSON that are read, and no others. Anything may be null or absent; the rest is skipped."""

import re

import msgspec
from msgspec import Struct

from funnel_tui.sources.text import Id, Time

_LINK = re.compile(r"<\s*([^<>]+?)\s*>([^<]*)")
_RELATION = re.compile(r"rel\s*=\s*\"?([^\";,]+)", re.IGNORECASE)


class Team(Struct, frozen=True):
    id: Id = None
    name: str | None = None


class Who(Struct, frozen=True):
    """`/whoami`. Its names and e-mail address are not read."""

    team: Team | None = None


class Card(Struct, frozen=True):
    id: Id = None
    preferredPhrase: str | None = None
    """The title."""
    slug: str | None = None
    archived: bool | None = None


class Properties(Struct, frozen=True):
    cardId: Id = None


class User(Struct, frozen=True):
    id: Id = None
    email: str | None = None


class Event(Struct, frozen=True):
    """Of the analytics: somebody did something."""

    id: Id = None
    eventType: str | None = None
    type: str | None = None
    """What some answers call `eventType`."""
    eventDate: Time = None
    user: User | str | None = None
    """An e-mail address by the documentation; it is never kept."""
    properties: Properties | None = None


decode_who = msgspec.json.Decoder(Who).decode
decode_teams = msgspec.json.Decoder(list[Team | None]).decode
decode_rows = msgspec.json.Decoder(list[msgspec.Raw]).decode
"""Rows stay undecoded, so that a damaged one cannot take the others with it."""
_decode_card = msgspec.json.Decoder(Card).decode
_decode_event = msgspec.json.Decoder(Event).decode


def card(raw: msgspec.Raw) -> Card | None:
    """None for what is none."""
    try:
        return _decode_card(raw)
    except msgspec.ValidationError:
        return None


def event(raw: msgspec.Raw) -> Event | None:
    """None for what is none."""
    try:
        return _decode_event(raw)
    except msgspec.ValidationError:
        return None


def next_link(header: str | None) -> str | None:
    """The address of the next page in a `Link` header; None on the last page, which has none."""
    for address, rest in _LINK.findall(header or ""):
        relation = _RELATION.search(rest)
        if relation is None or relation[1].strip().lower().startswith("next"):
            return str(address)
    return None
