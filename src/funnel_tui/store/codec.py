"""How an event lies in the cache: a small msgpack map, and a hash that makes two equal events one."""

from hashlib import blake2b

import msgspec

from funnel_tui.model.records import Event, Kind

KINDS = tuple(Kind)
"""The stored code of a kind is its position here: append only."""
_CODE = {kind: code for code, kind in enumerate(KINDS)}


class _Stored(msgspec.Struct, omit_defaults=True, array_like=False, gc=False):
    k: int
    a: str | None = None
    x: str | None = None
    o: str | None = None
    t: str | None = None
    s: float | None = None
    c: tuple[float, float] | None = None
    b: str | None = None
    f: bool | None = None
    g: tuple[str, ...] = ()
    r: bool | None = None
    i: str | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Stored)


def encode(event: Event) -> tuple[int, bytes]:
    """(key, body): the key also covers the moment, so that it identifies the event within its conversation."""
    body = _encoder.encode(
        _Stored(
            _CODE[event.kind],
            event.actor,
            event.text,
            event.to,
            event.team,
            event.score,
            event.scale,
            event.by,
            event.confirmed,
            event.tags,
            event.bot,
            event.source_id,
        )
    )
    digest = blake2b(body, digest_size=8, key=event.at.to_bytes(8, "little", signed=True)).digest()
    return int.from_bytes(digest, "little", signed=True), body


def decode(conversation: str, at: int, body: bytes) -> Event:
    s = _decoder.decode(body)
    return Event(
        conversation=conversation,
        at=at,
        kind=KINDS[s.k],
        actor=s.a,
        text=s.x,
        to=s.o,
        team=s.t,
        score=s.s,
        scale=s.c,
        by=s.b,
        confirmed=s.f,
        tags=s.g,
        bot=s.r,
        source_id=s.i,
    )
