"""How the events of one conversation lie in the cache: one small msgpack array, a column for each thing told of them.

Equal threads have equal bytes, so that a thread read again is known to be known without reading what is stored.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

import msgspec

from funnel_tui.model.records import Event, Kind

KINDS = tuple(Kind)
"""The stored code of a kind is its position here: append only."""
_CODE = {kind: code for code, kind in enumerate(KINDS)}

_COMMON = (None, "agent", "bot", "customer", "system")
"""Words that need not be spelt in each thread; a word's number counts on after them: append none, ever."""
_NUMBER = {word: number for number, word in enumerate(_COMMON)}

# What few events have is told by (position of the event, one of these, value): append only.
_TEXT, _TO, _TEAM, _SCORE, _SCALE, _BY, _CONFIRMED, _TAGS, _BOT = range(9)
_FIELDS = ("text", "to", "team", "score", "scale", "by", "confirmed", "tags", "bot")

_LONGEST_NUMBER: Final = 18
"""Digits of an id that is kept as a number."""


class _Stored(msgspec.Struct, array_like=True, gc=False):
    words: list[Any]
    start: int
    after: list[int]
    """Seconds from each event to the next."""
    kinds: bytes
    actors: bytes | list[int]
    parts: bytes | list[str | None]
    """Ids of the parts: numbers of one width, each one greater so that 0 is none, or as they are spelt."""
    more: list[Any] = []


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Stored)


def settled(conversation: str, events: Iterable[Event]) -> list[Event]:
    """The events of one conversation in an order that depends on nothing but themselves, equal ones once."""
    found = [
        e if e.conversation == conversation else msgspec.structs.replace(e, conversation=conversation) for e in events
    ]
    found.sort(key=_place)
    if any(a.at == b.at and a.kind == b.kind for a, b in pairwise(found)):
        found = sorted(dict.fromkeys(found), key=lambda event: (*_place(event), _encoder.encode(event)))
    return found


def encode(events: Sequence[Event]) -> bytes:
    """`events` as `settled` gives them."""
    if not events:
        return b""
    numbers = dict(_NUMBER)
    actors = [numbers.setdefault(event.actor, len(numbers)) for event in events]
    more: list[Any] = []
    for position, event in enumerate(events):
        if event.text is not None:
            more += (position, _TEXT, event.text)
        if event.to is not None:
            more += (position, _TO, numbers.setdefault(event.to, len(numbers)))
        if event.team is not None:
            more += (position, _TEAM, numbers.setdefault(event.team, len(numbers)))
        if event.by is not None:
            more += (position, _BY, numbers.setdefault(event.by, len(numbers)))
        if event.confirmed is not None:
            more += (position, _CONFIRMED, event.confirmed)
        if event.bot is not None:
            more += (position, _BOT, event.bot)
        if event.tags:
            more += (position, _TAGS, event.tags)
        if event.score is not None:
            more += (position, _SCORE, _short(event.score))
        if event.scale is not None:
            more += (position, _SCALE, [_short(end) for end in event.scale])
    return _encoder.encode(
        _Stored(
            [packed(word) for word in list(numbers)[len(_COMMON) :] if word is not None],
            events[0].at,
            [after.at - event.at for event, after in pairwise(events)],
            bytes([_CODE[event.kind] for event in events]),
            bytes(actors) if len(numbers) < 256 else actors,
            _parts([event.source_id for event in events]),
            more,
        )
    )


def decode(conversation: str, body: bytes, only: Kind | None = None) -> list[Event]:
    """The events as they were encoded: in the order of their moments; of one kind only where that is all one needs."""
    if not body:
        return []
    stored = _decoder.decode(body)
    words = [*_COMMON, *map(_unpacked, stored.words)]
    more: dict[int, dict[str, Any]] = {}
    values = iter(stored.more)
    for position, field, value in zip(values, values, values, strict=True):
        more.setdefault(position, {})[_FIELDS[field]] = _READ[field](value, words)
    ids = _ids(stored.parts, len(stored.kinds))
    found = []
    at = stored.start
    for position, (after, kind, actor, id) in enumerate(
        zip((0, *stored.after), stored.kinds, stored.actors, ids, strict=True)
    ):
        at += after
        if only is not None and KINDS[kind] is not only:
            continue
        rest = more.get(position)
        if rest is None:
            event = Event(conversation=conversation, at=at, kind=KINDS[kind], actor=words[actor], source_id=id)
        else:
            event = Event(conversation=conversation, at=at, kind=KINDS[kind], actor=words[actor], source_id=id, **rest)
        found.append(event)
    return found


def _place(event: Event) -> tuple[int, int]:
    return event.at, _CODE[event.kind]


def _short(number: float) -> float:
    return int(number) if float(number).is_integer() else number


def _float(value: float, words: Sequence[str | None]) -> float:
    return float(value)


def _word(value: int, words: Sequence[str | None]) -> str | None:
    return words[value]


def _as_it_is(value: Any, words: Sequence[str | None]) -> Any:
    return value


_READ = {
    _TEXT: _as_it_is,
    _TO: _word,
    _TEAM: _word,
    _SCORE: _float,
    _SCALE: lambda value, words: (float(value[0]), float(value[1])),
    _BY: _word,
    _CONFIRMED: _as_it_is,
    _TAGS: lambda value, words: tuple(value),
    _BOT: _as_it_is,
}


# ---- ids: half as long as numbers, or as the bytes that hexadecimal digits stand for


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= _LONGEST_NUMBER and (word[0] != "0" or word == "0")


def packed(word: str) -> str | int | bytes:
    """An id as the cache holds it; different ones stay different."""
    if _is_number(word):
        return int(word)
    if len(word) >= 8:
        try:
            packed = bytes.fromhex(word)
        except ValueError:
            return word
        if packed.hex() == word:
            return packed
    return word


def _unpacked(stored: str | int | bytes) -> str:
    if isinstance(stored, bytes):
        return stored.hex()
    return stored if isinstance(stored, str) else str(stored)


def _parts(ids: list[str | None]) -> bytes | list[str | None]:
    if not all(id is None or _is_number(id) for id in ids):
        return ids
    numbers = [0 if id is None else int(id) + 1 for id in ids]
    width = (max(numbers).bit_length() + 7) // 8
    return b"".join(number.to_bytes(width, "big") for number in numbers)


def _ids(parts: bytes | list[str | None], count: int) -> list[str | None]:
    if isinstance(parts, list):
        return parts
    if not parts:
        return [None] * count
    width = len(parts) // count
    numbers = [int.from_bytes(parts[first : first + width], "big") for first in range(0, len(parts), width)]
    return [str(number - 1) if number else None for number in numbers]
