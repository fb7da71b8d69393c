"""Caches that older programs made: carried forward, with a copy of what was."""

import sqlite3
from hashlib import blake2b
from pathlib import Path

import msgspec
import pytest

from funnel_tui.model.records import ArticleView, Conversation, Event, Kind, Record, Thread
from funnel_tui.sources.intercom.abilities import ABILITIES
from funnel_tui.store import Reader, Store
from funnel_tui.store.scope import Scope

T = 1_772_000_000
EVER = Scope(0, 2 * T, 2 * T)
EVENTS = (
    Event(conversation="c1", at=T, kind=Kind.CUSTOMER_MESSAGE, actor="p1", text="Where is it?", source_id="10"),
    Event(conversation="c1", at=T + 1, kind=Kind.ASSIGNED, to="a1"),
    Event(conversation="c1", at=T + 60, kind=Kind.AGENT_REPLY, actor="a1", source_id="11"),
    Event(conversation="c1", at=T + 90, kind=Kind.CLOSED, actor="a1", by="agent"),
    Event(conversation="c1", at=T + 99, kind=Kind.RATED, actor="p1", score=5.0, scale=(1.0, 5.0)),
    Event(conversation="c1", at=T + 99, kind=Kind.TAGGED, tags=("late", "vip")),
)

SECOND = Event(conversation="12", at=T + 5, kind=Kind.CUSTOMER_MESSAGE)
RECORDS: list[Record] = [
    Thread(
        conversation=Conversation(
            id="c1",
            channel="chat",
            team="t1",
            tags=("b", "a"),
            person="p1",
            url="https://desk.example/c1",
            origin="inbound",
        ),
        events=EVENTS,
    ),
    Thread(conversation=Conversation(id="12", session="s1", url="elsewhere"), events=(SECOND,)),
    ArticleView(article="h1", at=T, person="p2", session="s1"),
    ArticleView(article="h1", at=T + 1, session="s1"),
    ArticleView(article="h1", at=T + 2, session="s2"),
    ArticleView(article="h1", at=T + 3),
]
"""What the cache of version 1 was told."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A cache of version 1 that holds `RECORDS`, its facts not derived."""
    path = tmp_path / "cache.db"
    connection = sqlite3.connect(path)
    connection.executescript(Path(__file__).with_name("version_1.sql").read_text(encoding="utf-8"))
    connection.executescript(
        """
        CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT);
        CREATE UNIQUE INDEX idx__sqlite_migrations_migration_set_name ON _sqlite_migrations (migration_set, name);
        INSERT INTO _sqlite_migrations VALUES (1, 'funnel_tui', 'v1_first_schema', '2026-06-01');
        INSERT INTO workspace VALUES (1, 'acme', 'intercom');
        INSERT INTO setting VALUES ('reopen_window', '604800');
        INSERT INTO stream VALUES (1, 'conversations', '{"lo": 1}', 'ok', NULL);
        """
    )
    connection.execute(
        "INSERT INTO conversation (cid, wid, id, channel, came_team, own_tags, person, url, origin, viewer)"
        " VALUES (1, 1, 'c1', 'chat', 't1', '[\"b\", \"a\"]', 'p1', 'https://desk.example/c1', 'inbound', 'pp1')"
    )
    connection.execute(
        "INSERT INTO conversation (cid, wid, id, session, url, viewer) VALUES (2, 1, '12', 's1', 'elsewhere', 'pp2')"
    )
    connection.execute("INSERT INTO session_person VALUES (1, 's1', 'p2')")
    connection.executemany(
        "INSERT INTO article_view (wid, article, at, person, session, viewer) VALUES (1, 'h1', ?, ?, ?, ?)",
        [(T, "p2", "s1", "pp2"), (T + 1, "", "s1", "pp2"), (T + 2, "", "s2", "ss2"), (T + 3, "", "", "c0")],
    )
    kinds = list(Kind)
    for cid, event in [*((1, event) for event in EVENTS), (2, SECOND)]:
        body = msgspec.msgpack.encode(
            {
                "k": kinds.index(event.kind),
                **{
                    letter: value
                    for letter, value in zip("axotscbfgri", _values(event), strict=True)
                    if value not in (None, ())
                },
            }
        )
        key = int.from_bytes(blake2b(body, digest_size=8).digest(), "little", signed=True)
        connection.execute("INSERT INTO event VALUES (?, ?, ?, ?)", (cid, event.at, key, body))
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    return path


def _values(event: Event) -> tuple[object, ...]:
    e = event
    return (e.actor, e.text, e.to, e.team, e.score, e.scale, e.by, e.confirmed, e.tags, e.bot, e.source_id)


def test_events_of_version_1_are_all_carried_over(path: Path) -> None:
    store = Store.open(path)
    assert store.state("acme", "conversations") == '{"lo": 1}'
    stored = Reader.open(path).events(1, 2 * T)
    assert {msgspec.structs.replace(event, conversation="c1") for event in stored} == set(EVENTS)
    assert Reader.open(path).sums(["started", "resolved", "first_response", "rated"], EVER) == {
        "started": 2,
        "resolved": 1,
        "first_response": 60,
        "rated": 1,
    }


def test_reading_the_same_again_finds_nothing_new_after_the_change(path: Path) -> None:
    store = Store.open(path)
    assert store.write("acme", RECORDS) == 0


def test_a_carried_cache_says_what_a_new_one_says(path: Path) -> None:
    Store.open(path).close()
    fresh = path.with_name("fresh.db")
    Store.open(fresh).write("acme", RECORDS)
    carried, new = sqlite3.connect(path), sqlite3.connect(fresh)
    for name in ("conversation", "episode", "close", "wait", "waiting", "tag", "article_view", "session_person"):
        rows = [sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for connection in (carried, new)]
        assert rows[0], name
        assert rows[0] == rows[1], name


def test_the_cache_of_version_1_stays_as_a_backup(path: Path) -> None:
    before = dump(path)
    Store.open(path).close()
    assert dump(path.with_name("cache.v1.bak")) == before
    tables = {name for (name,) in sqlite3.connect(path).execute("SELECT name FROM sqlite_schema")}
    assert "thread" in tables
    assert not {name for name in tables if name.startswith("v1_")} | {"event"} & tables


def test_a_reader_carries_an_older_cache_forward_too(path: Path) -> None:
    assert Reader.open(path).sums(["started", "resolved"], EVER) == {"started": 2, "resolved": 1}


def test_a_carried_cache_has_the_tables_of_a_new_one(path: Path) -> None:
    Store.open(path).close()
    fresh = path.with_name("fresh.db")
    Store.open(fresh).close()
    assert shape(path) == shape(fresh)


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    lines = list(connection.iterdump())
    connection.close()
    return lines


def shape(path: Path) -> set[tuple[str, ...]]:
    """Every table, view and index with its columns."""
    connection = sqlite3.connect(path)
    found = set()
    for kind, name, table in connection.execute("SELECT type, name, tbl_name FROM sqlite_schema").fetchall():
        pragma = "index_xinfo" if kind == "index" else "table_xinfo"
        columns = connection.execute(f"PRAGMA {pragma}('{name}')").fetchall()
        found.add((kind, name, table, *(str(column) for column in columns)))
    connection.close()
    return found


@pytest.fixture
def of_version_2(tmp_path: Path) -> Path:
    """What version 3 brought taken away again."""
    path = tmp_path / "two.db"
    store = Store.open(path)
    store.register("acme", "intercom")
    store.write("acme", RECORDS)
    store.close()
    connection = sqlite3.connect(path)
    for table in ("chat_thread", "chat_message", "card_view"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("ALTER TABLE workspace DROP COLUMN abilities")
    connection.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'v3%'")
    connection.execute("PRAGMA user_version = 2")
    connection.commit()
    connection.close()
    return path


def test_version_2_gets_room_for_chats_and_what_its_source_can_tell(of_version_2: Path) -> None:
    Store.open(of_version_2).close()
    fresh = of_version_2.with_name("fresh.db")
    Store.open(fresh).close()
    assert shape(of_version_2) == shape(fresh)
    assert of_version_2.with_name("two.v2.bak").exists()
    reader = Reader.open(of_version_2)
    assert reader.abilities() == {"acme": ABILITIES}
    assert reader.sums(["started", "resolved"], EVER) == {"started": 2, "resolved": 1}
