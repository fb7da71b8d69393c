"""What caches of older versions held, and how it is carried over."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from zoneinfo import ZoneInfo

import msgspec

from funnel_tui.model.records import Event
from funnel_tui.store import codec, trails
from funnel_tui.store.batch import Batch
from funnel_tui.store.ledger import Ledger, everybody
from funnel_tui.store.people import key_of
from funnel_tui.store.postings import Books
from funnel_tui.store.words import Words

_KEPT = (
    "workspace", "outbound", "article", "article_view", "article_counter", "agent", "team", "session_person", "stream",
    "freshness", "lease", "setting",
)  # fmt: skip
"""Tables of version 1 whose columns are still there."""
_GONE = ("conversation", "event", "episode", "close", "resolution", "asked", "wait", "waiting", "tag")
_CHAT = re.compile(r"^CREATE (?:TABLE|INDEX) (?:chat|card)_", re.MULTILINE)
"""What version 3 brought."""
_AT_ONCE = 1000
"""Conversations whose facts are derived together."""


def carry_version_1(connection: sqlite3.Connection, schema: Iterable[str]) -> None:
    """Version 1 to 2: the events of a conversation in one row, and all else in tighter ones; facts derived anew."""
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall():
        if not name.startswith("idx__sqlite_migrations"):
            connection.execute(f"DROP INDEX {name}")
    for table in (*_KEPT, *_GONE):
        connection.execute(f"ALTER TABLE {table} RENAME TO v1_{table}")
    for statement in schema:
        connection.execute(statement)
    for table in _KEPT:
        columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info(v1_{table})").fetchall())
        connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM v1_{table}")
    connection.execute(
        "UPDATE outbound SET touched_at ="
        " nullif(max(ifnull(opened_at, 0), ifnull(clicked_at, 0), ifnull(replied_at, 0)), 0)"
    )
    connection.create_function("viewer_number", 1, key_of, deterministic=True)
    connection.execute("UPDATE article_view SET viewer = viewer_number(viewer)")
    connection.executemany(
        "INSERT INTO talk (cid, wid, id, channel, came_team, subject, own_tags, person, session, site, url, origin)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        _talks(connection),
    )
    rows = connection.execute("SELECT cid, at, body FROM v1_event ORDER BY cid, at")
    connection.executemany("INSERT INTO thread VALUES (?, ?)", _threads(rows))
    for table in (*_KEPT, *_GONE):
        connection.execute(f"DROP TABLE v1_{table}")
    tell_abilities(connection)
    _derive(connection)


def carry_version_2(connection: sqlite3.Connection, schema: Iterable[str]) -> None:
    """Version 2 to 3: room for chat threads, card views and what each source can tell."""
    connection.execute("ALTER TABLE workspace ADD COLUMN abilities TEXT")
    for statement in schema:
        if _CHAT.search(statement):
            connection.execute(statement)
    tell_abilities(connection)


def tell_abilities(connection: sqlite3.Connection) -> None:
    """What the sources of older caches can tell, which they say themselves only when they are read the next time: there
    was but one kind."""
    from funnel_tui.sources.intercom.abilities import ABILITIES

    body = msgspec.json.encode(ABILITIES, order="sorted").decode()
    connection.execute("UPDATE workspace SET abilities = ? WHERE kind = 'intercom'", (body,))


def _talks(connection: sqlite3.Connection) -> Iterator[tuple[object, ...]]:
    words = Words(connection)
    for cid, wid, id, channel, team, subject, own_tags, person, session, url, origin in connection.execute(
        "SELECT cid, wid, id, channel, came_team, subject, own_tags, person, session, url, origin FROM v1_conversation"
    ):
        yield (
            cid,
            wid,
            codec.packed(id),
            words.number(channel),
            words.number(team),
            subject,
            words.numbers(json.loads(own_tags or "[]")),
            None if person is None else codec.packed(person),
            session,
            *words.address(url, id),
            words.number(origin),
        )


def _derive(connection: sqlite3.Connection) -> None:
    """The facts; the ledger is made by the first who writes."""
    ledger = Ledger(connection, Books(ZoneInfo("UTC"), None))
    row = connection.execute("SELECT value FROM setting WHERE name = 'reopen_window'").fetchone()
    for (wid,) in connection.execute("SELECT wid FROM workspace").fetchall():
        batch = Batch(connection, wid, int(row[0]) if row else 7 * trails.DAY, ledger, now=0)
        cids = iter([cid for (cid,) in connection.execute("SELECT cid FROM talk WHERE wid = ?", (wid,))])
        while some := list(islice(cids, _AT_ONCE)):
            batch.replace_facts(some)
    for wid, viewers in everybody(connection):
        trails.changes(connection, wid, viewers).store(connection)


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
