"""The fields of Slack's JSON that are read, and no others. Anything may be null or absent; the rest is skipped.

A message's `ts` is its id in its channel and stays text: a float would lose digits.
"""

import re

import msgspec
from msgspec import Struct

from funnel_tui.sources.text import Id, Number

Stamp = str | int | float | None
"""`ts` as it may come; `stamp` makes text of it."""

_STAMP = re.compile(r"(\d{1,12})(?:\.(\d{1,9}))?", re.ASCII)


class Verdict(Struct, frozen=True):
    """What stands in every answer: failures are HTTP 200 with `ok` false."""

    ok: bool | None = None
    error: str | None = None
    needed: str | None = None
    """The scope that a refused call wants."""
    provided: str | None = None
    """The scopes that the token has."""


class Metadata(Struct, frozen=True):
    next_cursor: str | None = None


class Team(Struct, frozen=True):
    """`auth.test`."""

    team_id: Id = None
    team: str | None = None
    url: str | None = None


class Channel(Struct, frozen=True):
    id: str | None = None
    name: str | None = None
    is_member: bool | None = None
    is_private: bool | None = None
    is_archived: bool | None = None


class Channels(Struct, frozen=True):
    channels: list[Channel | None] | None = None
    response_metadata: Metadata | None = None


class User(Struct, frozen=True):
    """No names: of people only the id is kept."""

    id: str | None = None
    is_bot: bool | None = None


class Users(Struct, frozen=True):
    members: list[User | None] | None = None
    response_metadata: Metadata | None = None


class Message(Struct, frozen=True):
    ts: Stamp = None
    thread_ts: Stamp = None
    user: str | None = None
    bot_id: str | None = None
    subtype: str | None = None
    text: str | None = None
    reply_count: Number = None
    latest_reply: Stamp = None


class Messages(Struct, frozen=True):
    """Rows stay undecoded, so that one damaged message cannot take the others with it."""

    messages: list[msgspec.Raw] | None = None
    has_more: bool | None = None
    is_limited: bool | None = None
    """The plan hides what is older."""
    response_metadata: Metadata | None = None


decode_verdict = msgspec.json.Decoder(Verdict).decode
decode_team = msgspec.json.Decoder(Team).decode
decode_channels = msgspec.json.Decoder(Channels).decode
decode_users = msgspec.json.Decoder(Users).decode
decode_messages = msgspec.json.Decoder(Messages).decode
_decode_message = msgspec.json.Decoder(Message | None).decode


def next_cursor(metadata: Metadata | None) -> str | None:
    """Empty or absent is the end."""
    return (metadata.next_cursor or None) if metadata is not None else None


def rows(page: Messages) -> tuple[list[Message], int]:
    """The messages that can be read, and the number of those that cannot."""
    found: list[Message] = []
    damaged = 0
    for raw in page.messages or ():
        try:
            row = _decode_message(raw)
        except msgspec.ValidationError:
            row = None
        if row is not None and stamp(row.ts) is not None:
            found.append(row)
        else:
            damaged += 1
    return found, damaged


def stamp(value: Stamp) -> str | None:
    """`ts` as text; None for nothing and for what is none."""
    if value is None or isinstance(value, bool):
        return None
    text = f"{value:.6f}" if isinstance(value, int | float) else value.strip()
    return text if _STAMP.fullmatch(text) and order(text) > (0, 0) else None


def order(ts: str) -> tuple[int, int]:
    """Something to compare stamps by: seconds and what follows the point."""
    match = _STAMP.fullmatch(ts)
    if match is None:
        return (0, 0)
    return int(match[1]), int((match[2] or "").ljust(9, "0"))


def second(ts: str) -> int:
    """Epoch seconds, rounded down."""
    return order(ts)[0]
