"""What caches of older versions held, and how it is carried over."""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import msgspec

from funnel_tui.model.records import Event
from funnel_tui.store import codec


class _Event(msgspec.Struct):
    """An event of version 1: a msgpack map in a row of its own."""

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


_decoder = msgspec.msgpack.Decoder(_Event)


def gather_events(connection: sqlite3.Connection) -> None:
    """Version 1 to 2: the events of a conversation, one row each until then, into one."""
    connection.execute("CREATE TABLE thread (cid INTEGER PRIMARY KEY, body BLOB NOT NULL)")
    rows = connection.execute("SELECT cid, at, body FROM event ORDER BY cid, at")
    connection.executemany("INSERT INTO thread VALUES (?, ?)", _threads(rows))
    connection.execute("DROP TABLE event")


def _threads(rows: Iterable[tuple[int, int, bytes]]) -> Iterator[tuple[int, bytes]]:
    for cid, events in groupby(rows, key=itemgetter(0)):
        yield cid, codec.encode(codec.settled("", (_event(at, body) for _, at, body in events)))


def _event(at: int, body: bytes) -> Event:
    e = _decoder.decode(body)
    return Event(
        conversation="",
        at=at,
        kind=codec.KINDS[e.k],
        actor=e.a,
        text=e.x,
        to=e.o,
        team=e.t,
        score=e.s,
        scale=e.c,
        by=e.b,
        confirmed=e.f,
        tags=e.g,
        bot=e.r,
        source_id=e.i,
    )
