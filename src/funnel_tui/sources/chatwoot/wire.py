"""The fields of Chatwoot's JSON that are read, and no others. Anything may be null or absent; the rest is skipped.

Names of contacts are read only to recognise them in an activity's text, and never kept; e-mail addresses not at all.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from funnel_tui.sources.text import Id, Number, Time

T = TypeVar("T", bound=Struct)


class Person(Struct, frozen=True):
    """A contact, a user, a bot or a team, as far as it is named."""

    id: Id = None
    name: str | None = None
    available_name: str | None = None
    type: str | None = None


class Message(Struct, frozen=True):
    id: Id = None
    content: Any = None
    message_type: int | str | None = None
    content_type: int | str | None = None
    content_attributes: Any = None
    additional_attributes: Any = None
    created_at: Time = None
    updated_at: Time = None
    private: bool | int | str | None = None
    status: int | str | None = None
    sender_type: str | None = None
    sender_id: Id = None
    sender: Any = None


class Meta(Struct, frozen=True):
    sender: Any = None
    channel: str | None = None
    assignee: Any = None
    assignee_type: str | None = None
    team: Any = None


class Conversation(Struct, frozen=True):
    id: Id = None
    inbox_id: Id = None
    status: int | str | None = None
    labels: Any = None
    created_at: Time = None
    updated_at: Time = None
    timestamp: Time = None
    last_activity_at: Time = None
    snoozed_until: Time = None
    additional_attributes: Any = None
    campaign_id: Id = None
    meta: Meta | None = None
    messages: Any = None


class ReportingEvent(Struct, frozen=True):
    id: Id = None
    name: str | None = None
    event_start_time: Time = None
    event_end_time: Time = None
    created_at: Time = None
    conversation_id: Id = None
    user_id: Id = None


class Rating(Struct, frozen=True):
    """A row of `csat_survey_responses`."""

    id: Id = None
    rating: Number = None
    conversation_id: Id = None
    message_id: Id = None
    created_at: Time = None


class Agent(Struct, frozen=True):
    id: Id = None
    name: str | None = None
    available_name: str | None = None
    availability_status: str | None = None


class Inbox(Struct, frozen=True):
    id: Id = None
    channel_type: str | None = None


class Portal(Struct, frozen=True):
    slug: str | None = None
    archived: bool | None = None


class Article(Struct, frozen=True):
    id: Id = None
    title: str | None = None
    slug: str | None = None
    status: int | str | None = None
    views: Number = None


class Account(Struct, frozen=True):
    id: Id = None
    name: str | None = None
    role: str | None = None


class Profile(Struct, frozen=True):
    id: Id = None
    role: str | None = None
    accounts: list[Account | None] | None = None


class Rows(Struct, frozen=True):
    """A page of rows left undecoded, so that one damaged row cannot take the others with it."""

    rows: list[msgspec.Raw]
    meta: dict[str, Any]

    def number(self, *names: str) -> int | None:
        """A count that the page tells of the whole list."""
        for name in names:
            found = self.meta.get(name)
            if isinstance(found, str) and found.isdigit():
                found = int(found)
            if isinstance(found, int | float) and not isinstance(found, bool):
                return int(found)
        return None


_raw = msgspec.json.Decoder(msgspec.Raw).decode
_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_free = msgspec.json.Decoder(dict[str, Any]).decode
_WRAPPERS = ("payload", "data")
_DEPTH = 4


def decode_rows(body: bytes) -> Rows:
    """A list in any of its wrappings: bare, `{payload: []}`, `{data: []}`, `{data: {payload: [], meta: {}}}`."""
    raw: bytes = bytes(_raw(body))
    meta: dict[str, Any] = {}
    for _ in range(_DEPTH):
        if raw[:1] == b"[":
            return Rows(_raws(raw), meta)
        if raw[:1] != b"{":
            break
        members = _members(raw)
        told = members.get("meta")
        if told is not None and bytes(told)[:1] == b"{":
            meta = {**meta, **_free(told)}
        inner = next((members[name] for name in _WRAPPERS if name in members), None)
        if inner is None:
            break
        raw = bytes(inner)
    raise msgspec.ValidationError("no list in the answer")


@cache
def _decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    return msgspec.json.Decoder(kind)


def decoded(page: Rows, kind: type[T]) -> tuple[list[T], int]:
    """The rows that can be read, and how many cannot."""
    decoder = _decoder(kind)
    found, broken = [], 0
    for raw in page.rows:
        try:
            found.append(decoder.decode(raw))
        except msgspec.DecodeError:
            broken += 1
    return found, broken


def one(kind: type[T]) -> Callable[[bytes], T]:
    """A decoder of a single object, bare or wrapped."""

    def decode(body: bytes) -> T:
        raw: bytes = bytes(_raw(body))
        for _ in range(_DEPTH):
            members = _members(raw)
            inner = next((members[name] for name in _WRAPPERS if name in members), None)
            if inner is None or "id" in members or bytes(inner)[:1] != b"{":
                break
            raw = bytes(inner)
        return msgspec.json.decode(raw, type=kind)

    return decode


decode_conversation = one(Conversation)
decode_profile = one(Profile)
decode_meta = msgspec.json.Decoder(dict[str, Any]).decode


def person(value: Any) -> Person | None:
    """Somebody, wherever they are named; None for what is nobody."""
    if not isinstance(value, dict):
        return None
    try:
        return msgspec.convert(value, Person)
    except msgspec.ValidationError:
        return None


def listed(value: Any, kind: type[T]) -> list[T]:
    """Objects that stand inside another one; those that cannot be read are left out."""
    found = []
    for one_of in value if isinstance(value, list) else ():
        try:
            found.append(msgspec.convert(one_of, kind))
        except msgspec.ValidationError:
            continue
    return found


def members(value: Any) -> dict[str, Any]:
    """An object of free attributes; older versions hand it over as JSON inside a string."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError:
            return {}
    return value if isinstance(value, dict) else {}
