"""The events of a conversation: packed into one row, and what a later reading adds, replaces and leaves."""

import sqlite3
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel_tui.model.records import Conversation, Event, Kind, Record, Thread
from funnel_tui.store import Reader, Store, codec

T = 1_772_000_000
OUTLIVING = {Kind.DELETED, Kind.RESTORED, Kind.SPAM, Kind.MERGED_INTO}

ids = st.none() | st.sampled_from(
    [
        "",
        "0",
        "7",
        "007",
        "7" * 18,
        "7" * 19,
        "65f0c0ffee65f0c0ffee65f0",
        "65F0C0FFEE65F0",
        "c0ffee",
        "٣٤",
        "bot",
        "a b",
        "é",
    ]
)


def told(span: int) -> st.SearchStrategy[Event]:
    """Events of one conversation, all of them within `span` seconds."""
    return st.builds(
        Event,
        conversation=st.just("c1"),
        at=st.integers(T, T + span),
        kind=st.sampled_from(Kind),
        actor=ids,
        text=st.none() | st.text(max_size=5),
        to=ids,
        team=ids,
        score=st.none() | st.sampled_from([0.0, 1.0, 3.5, 10.0, -0.25]),
        scale=st.none() | st.sampled_from([(1.0, 5.0), (0.0, 0.5)]),
        by=st.none() | st.sampled_from(["agent", "bot", "customer", "system", "somebody"]),
        confirmed=st.none() | st.booleans(),
        tags=st.lists(st.sampled_from(["billing", "vip", ""]), max_size=2).map(tuple),
        bot=st.none() | st.booleans(),
        source_id=ids,
    )


def plain(span: int) -> st.SearchStrategy[Event]:
    """Few different events, so that many of them are equal."""
    kinds = st.sampled_from([Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY, Kind.DELETED, Kind.RESTORED])
    return st.builds(Event, conversation=st.just("c1"), at=st.integers(T, T + span), kind=kinds)


@given(st.lists(told(10**6), max_size=8) | st.lists(told(3), max_size=8))
def test_packing_loses_nothing(events: list[Event]) -> None:
    unpacked = codec.decode("c1", codec.encode(codec.settled("c1", events)))
    assert set(unpacked) == set(events)
    assert len(unpacked) == len(set(events))
    assert [event.at for event in unpacked] == sorted(event.at for event in unpacked)
    assert all(isinstance(event.kind, Kind) for event in unpacked)


@given(st.lists(told(3), max_size=8), st.randoms())
def test_equal_threads_have_equal_bytes(events: list[Event], chance: Random) -> None:
    shuffled = [*events, *events[:2]]
    chance.shuffle(shuffled)
    assert codec.encode(codec.settled("c1", shuffled)) == codec.encode(codec.settled("c1", events))


def test_hundreds_of_actors_in_one_conversation() -> None:
    events = [Event(conversation="c1", at=T + n, kind=Kind.NOTE, actor=f"a{n}", to=f"a{n + 1}") for n in range(400)]
    assert codec.decode("c1", codec.encode(events)) == events


def test_who_and_when_take_little() -> None:
    kinds = (Kind.CUSTOMER_MESSAGE, Kind.ASSIGNED, Kind.AGENT_REPLY, Kind.CLOSED)
    events = [
        Event(conversation="c1", at=T + 900 * n, kind=kinds[n % 4], actor=f"{n % 2:024x}", source_id=str(10**10 + n))
        for n in range(40)
    ]
    assert len(codec.encode(events)) / len(events) <= 12


steps = st.lists(
    st.tuples(st.just("thread"), st.lists(plain(4), max_size=4), st.booleans())
    | st.tuples(st.just("events"), st.lists(plain(4), max_size=3), st.just(True)),
    max_size=6,
)


@given(st.lists(steps, max_size=4))
@settings(max_examples=60, deadline=None)
def test_what_a_page_adds_replaces_and_leaves(
    tmp_path_factory: pytest.TempPathFactory, pages: list[list[tuple[str, list[Event], bool]]]
) -> None:
    path = tmp_path_factory.mktemp("cache") / "cache.db"
    store = Store.open(path)
    store.write("acme", [Conversation(id="c1")])
    expected: set[Event] = set()
    for page in pages:
        records: list[Record] = []
        changes = 0
        for what, events, complete in page:
            after = expected | set(events)
            if what == "thread":
                records.append(Thread(conversation=Conversation(id="c1"), events=tuple(events), complete=complete))
                oldest = min((event.at for event in events), default=0)
                after -= {
                    event
                    for event in expected - set(events)
                    if (complete or event.at >= oldest) and event.kind not in OUTLIVING
                }
            else:
                records.extend(events)
            changes += len(expected ^ after)
            expected = after
        assert store.write("acme", records) == changes
        stored = [(event.at, event.kind) for event in Reader.open(path).events(1, 2 * T)]
        assert sorted(stored) == sorted((event.at, event.kind) for event in expected)
    store.close()


def test_a_poll_with_nothing_new_rewrites_no_row(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    store = Store.open(path)
    events = tuple(Event(conversation="c1", at=T + n, kind=Kind.AGENT_REPLY, source_id=str(n)) for n in range(5))
    gone = Event(conversation="c1", at=T + 9, kind=Kind.DELETED)
    store.write("acme", [Thread(conversation=Conversation(id="c1"), events=events), gone])
    connection = sqlite3.connect(path)
    for what in ("UPDATE", "INSERT", "DELETE"):
        connection.execute(
            f"CREATE TRIGGER no_{what} BEFORE {what} ON thread BEGIN SELECT raise(ABORT, 'rewritten'); END"
        )
    connection.commit()
    for known in (events, events[::-1], (*events, events[0]), (*events, gone)):
        assert store.write("acme", [Thread(conversation=Conversation(id="c1"), events=known)]) == 0
    assert store.write("acme", [Thread(conversation=Conversation(id="c1"), events=events[2:], complete=False)]) == 0
    assert store.write("acme", [*events, gone]) == 0


def test_a_thread_without_events_empties_the_conversation(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    store = Store.open(path)
    event = Event(conversation="c1", at=T, kind=Kind.CUSTOMER_MESSAGE)
    empty = Thread(conversation=Conversation(id="c1"), events=())
    assert store.write("acme", [empty]) == 1
    assert store.write("acme", [event]) == 1
    assert store.write("acme", [empty]) == 1
    assert store.write("acme", [empty]) == 0
    assert Reader.open(path).events(1, 2 * T) == []
    assert sqlite3.connect(path).execute("SELECT first_at, last_at FROM conversation").fetchall() == [(None, None)]


def test_ratings_that_were_read_apart_outlive_their_conversation_read_again(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    store = Store.open(path)
    asked = Event(conversation="c1", at=T, kind=Kind.CUSTOMER_MESSAGE)
    inside = Event(conversation="c1", at=T + 5, kind=Kind.RATED, score=1.0, scale=(0.0, 1.0))
    apart = Event(conversation="c1", at=T + 9, kind=Kind.RATED, score=0.0, scale=(0.0, 1.0), source_id="rating-7")
    store.write("acme", [Thread(conversation=Conversation(id="c1"), events=(asked, inside)), apart])
    again = Thread(conversation=Conversation(id="c1"), events=(asked,))
    assert store.write("acme", [again]) == 1
    assert store.write("acme", [again]) == 0
    assert [event.source_id for event in Reader.open(path).events(1, 2 * T)] == [None, "rating-7"]
