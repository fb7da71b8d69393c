"""The cache as a file: who may read it, what survives, who may write."""

import sqlite3
import threading
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import pytest

from funnel_tui.metrics.counters import Growth, growth
from funnel_tui.model import derive
from funnel_tui.model.records import (
    Agent,
    ArticleCounter,
    ArticleView,
    Conversation,
    Event,
    Kind,
    Outbound,
    Record,
    Thread,
)
from funnel_tui.model.values import Freshness
from funnel_tui.store import CacheError, NoCache, Reader, Store
from funnel_tui.store.people import person_key
from funnel_tui.store.scope import Scope

T = 1_772_000_000
EVER = Scope(0, 2 * T, 2 * T)


def talk(id: str, *kinds: Kind, at: int = T, **more: Any) -> list[Record]:
    events = [Event(conversation=id, at=at + 60 * i, kind=kind) for i, kind in enumerate(kinds)]
    return [Conversation(id=id, person=f"p-{id}", **more), *events]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "cache.db"


def test_only_the_owner_can_read_it(path: Path) -> None:
    Store.open(path).close()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_second_writing_of_the_same_changes_nothing(path: Path) -> None:
    store = Store.open(path)
    records = [*talk("c1", Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY), Outbound(id="r1", delivered_at=T), Agent(id="g")]
    assert store.write("acme", records) > 0
    before = dump(path)
    assert store.write("acme", records) == 0
    assert dump(path) == before


def test_a_page_is_written_whole_or_not_at_all(path: Path) -> None:
    store = Store.open(path)
    with pytest.raises(TypeError):
        store.write("acme", [*talk("c1", Kind.CUSTOMER_MESSAGE), object()], stream="s", state="x")  # type: ignore[list-item]
    assert store.state("acme", "s") is None
    assert Reader.open(path).sums(["started"], EVER) == {"started": 0}


def test_the_streams_state_comes_and_goes_with_its_page(path: Path) -> None:
    store = Store.open(path)
    store.write("acme", talk("c1", Kind.CUSTOMER_MESSAGE), stream="conversations", state='{"lo": 1}')
    assert store.state("acme", "conversations") == '{"lo": 1}'
    store.delete_state("acme", "conversations")
    assert store.state("acme", "conversations") is None


def test_a_thread_replaces_what_was_known_but_not_a_deletion(path: Path) -> None:
    store = Store.open(path)
    store.write("acme", talk("c1", Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY, Kind.CLOSED))
    fresh = Event(conversation="c1", at=T + 5, kind=Kind.CUSTOMER_MESSAGE)
    store.write("acme", [Thread(conversation=Conversation(id="c1", person="p-c1"), events=(fresh,))])
    reader = Reader.open(path)
    assert reader.sums(["started", "resolved"], EVER) == {"started": 1, "resolved": 0}
    store.write("acme", [Event(conversation="c1", at=T + 9, kind=Kind.DELETED)])
    store.write("acme", [Thread(conversation=Conversation(id="c1", person="p-c1"), events=(fresh,))])
    assert reader.sums(["started"], EVER) == {"started": 0}


def test_an_incomplete_thread_keeps_the_older_parts(path: Path) -> None:
    store = Store.open(path)
    store.write("acme", talk("c1", Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY))
    late = Event(conversation="c1", at=T + 600, kind=Kind.CLOSED, by="agent")
    store.write("acme", [Thread(conversation=Conversation(id="c1"), events=(late,), complete=False)])
    assert Reader.open(path).sums(["resolved", "first_response"], EVER) == {"resolved": 1, "first_response": 60}


def test_equal_counters_are_one_sample_that_lasts(path: Path) -> None:
    store = Store.open(path)
    for at, views in ((T, 10), (T + 600, 10), (T + 1200, 25)):
        store.write("acme", [ArticleCounter(article="a", at=at, views=views, conversations=1)])
    rows = sqlite3.connect(path).execute("SELECT at, until, views FROM article_counter ORDER BY at").fetchall()
    assert rows == [(T, T + 600, 10), (T + 1200, T + 1200, 25)]
    runs = Reader.open(path).counters(EVER)
    assert growth(runs, 0, 2 * T) == Growth(15, 15, 0)
    assert growth(runs, 0, T + 601) == Growth(0, 0, 0)


def test_one_sample_is_no_growth(path: Path) -> None:
    Store.open(path).write("acme", [ArticleCounter(article="a", at=T, views=10, conversations=1)])
    assert growth(Reader.open(path).counters(EVER), 0, 2 * T) is None


def test_a_teammate_made_known_later_takes_their_conversations_out(path: Path) -> None:
    store = Store.open(path)
    store.write(
        "acme", [Conversation(id="c1", person="g1"), Event(conversation="c1", at=T, kind=Kind.CUSTOMER_MESSAGE)]
    )
    reader = Reader.open(path)
    assert reader.sums(["started"], EVER) == {"started": 1}
    store.write("acme", [Agent(id="g1")])
    assert reader.sums(["started"], EVER) == {"started": 0}


def test_another_reopen_window_derives_the_facts_anew(path: Path) -> None:
    kinds = (Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY, Kind.CLOSED)
    back = Event(conversation="c1", at=T + 3 * 86_400, kind=Kind.CUSTOMER_MESSAGE)
    store = Store.open(path)
    store.write("acme", [*talk("c1", *kinds), back])
    store.close()
    assert Reader.open(path).sums(["started"], EVER) == {"started": 1}
    Store.open(path, reopen_window=86_400).close()
    assert Reader.open(path).sums(["started"], EVER) == {"started": 2}


def test_rebuilding_changes_no_fact(path: Path) -> None:
    store = Store.open(path)
    for number in range(20):
        store.write("acme", talk(f"c{number}", Kind.CUSTOMER_MESSAGE, Kind.BOT_ANSWER, Kind.AGENT_REPLY, Kind.CLOSED))
    before = facts(path)
    store.rebuild()
    assert facts(path) == before


def test_another_derivation_derives_the_facts_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.open(path).write("acme", talk("c1", Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY, Kind.CLOSED))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE spell SET replies = 7")
    connection.commit()
    connection.close()
    Store.open(path).close()
    assert Reader.open(path).sums(["replies"], EVER) == {"replies": 7}
    monkeypatch.setattr(derive, "VERSION", 2)
    Store.open(path).close()
    assert Reader.open(path).sums(["replies"], EVER) == {"replies": 1}
    Store.open(path).close()


def test_an_unreadable_cache_is_set_aside_and_a_new_one_begun(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is not a database, whatever its name says" * 100)
    with pytest.warns(UserWarning, match=r"now lies at .*unreadable-1"):
        store = Store.open(path)
    store.write("acme", talk("c1", Kind.CUSTOMER_MESSAGE))
    assert Reader.open(path).sums(["started"], EVER) == {"started": 1}
    assert [p.read_bytes()[:7] for p in path.parent.glob("*.unreadable-1")] == [b"this is"]


def test_a_newer_programs_cache_is_left_alone(path: Path) -> None:
    Store.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CacheError, match="newer funnel-tui"):
        Store.open(path)


def test_no_cache_yet_says_what_to_do(path: Path) -> None:
    with pytest.raises(NoCache, match="sync --once"):
        Reader.open(path)


def test_two_programs_that_start_at_once_make_one_cache(path: Path) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        try:
            Store.open(path).close()
        except CacheError as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert Reader.open(path).workspaces() == ()


def test_one_poller_at_a_time(path: Path) -> None:
    first, second = Store.open(path), Store.open(path)
    assert first.acquire_lease("a", now=T, ttl=30)
    assert not second.acquire_lease("b", now=T + 10, ttl=30)
    assert first.acquire_lease("a", now=T + 20, ttl=30)
    assert not second.acquire_lease("b", now=T + 40, ttl=30)
    assert second.acquire_lease("b", now=T + 51, ttl=30)
    second.release_lease("b")
    assert first.acquire_lease("a", now=T + 52, ttl=30)


def test_freshness_goes_to_the_readers(path: Path) -> None:
    freshness = Freshness("acme", "intercom", T, "partial", "acme: articles: 403; ask for the scope", 0.5, T - 86_400)
    Store.open(path).set_freshness(freshness)
    assert Reader.open(path).freshness() == (freshness,)


def facts(path: Path) -> set[str]:
    """The cache without the ledger's pages, which may hold the same sums in another arrangement."""
    arranged = ('INSERT INTO "balance"', 'INSERT INTO "run"', 'INSERT INTO "journal"', "'changes'", "'ledger'")
    return {line for line in dump(path) if not any(mark in line for mark in arranged)}


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    lines = list(connection.iterdump())
    connection.close()
    return lines


def test_a_source_that_deletes_what_was_never_read_leaves_no_trace(path: Path) -> None:
    store = Store.open(path)
    assert store.write("acme", [Event(conversation="gone", at=T, kind=Kind.DELETED)]) == 0


def test_a_file_may_delete_a_conversation_before_it_tells_of_it(path: Path) -> None:
    store = Store.open(path)
    store.write_all([("import", [Event(conversation="c1", at=T + 600, kind=Kind.DELETED)])])
    store.write_all([("import", talk("c1", Kind.CUSTOMER_MESSAGE))])
    assert Reader.open(path).sums(["started"], EVER) == {"started": 0}


def test_a_session_that_turns_out_a_teammates_leaves_the_figures_in_any_order(path: Path) -> None:
    told = [
        Agent(id="g1"),
        Conversation(id="c1", session="s1"),
        Event(conversation="c1", at=T, kind=Kind.CUSTOMER_MESSAGE),
        ArticleView(article="a", at=T, person="g1", session="s1"),
    ]
    for number, order in enumerate(permutations(told)):
        cache = path.with_name(f"{number}.db")
        store = Store.open(cache)
        for record in order:
            store.write("acme", [record])
        store.close()
        assert Reader.open(cache).sums(["started"], EVER) == {"started": 0}


def test_a_corrected_person_takes_the_sessions_other_views_along(path: Path) -> None:
    store = Store.open(path)
    view = ArticleView(article="a", at=T, session="s1")
    store.write("acme", [Conversation(id="c1", session="s1", person="wrong"), view])
    store.write("acme", [Conversation(id="c1", session="s1", person="xright")])
    reader = Reader.open(path)
    assert reader.sums(["viewed_first", "article_viewers"], EVER) == {"viewed_first": 1, "article_viewers": 1}
    (viewer,) = {line.split(",")[6] for line in dump(path) if line.startswith('INSERT INTO "article_view"')}
    assert viewer == str(person_key("xright"))


def test_what_is_snoozed_stays_so_until_silence_closes_it(path: Path) -> None:
    store = Store.open(path)
    store.write("acme", talk("c1", Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY, Kind.BOT_ANSWER, Kind.SNOOZED))
    now = Scope(0, 2 * T, T + 600)
    assert Reader.open(path).sums(["queue_snoozed", "queue_open"], now) == {"queue_snoozed": 1, "queue_open": 0}


def test_a_file_that_never_was_a_cache_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    notes = path.with_name("notes.txt")
    notes.write_text("remember the milk\n" * 100)
    with pytest.raises(CacheError, match="is not a cache"):
        Store.open(notes)
    assert notes.read_text().startswith("remember the milk")


def test_a_damaged_cache_says_so_in_a_sentence(path: Path) -> None:
    store = Store.open(path)
    for number in range(300):
        store.write("acme", talk(f"c{number}", Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY))
    store.close()
    sound = Reader.open(path)
    assert sound.check() is None
    sound.close()
    content = bytearray(path.read_bytes())
    for page in range(len(content) // 4096 // 2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(content)
    with pytest.raises(CacheError, match="damaged"):
        Reader.open(path).sums(["started", "resolved", "response"], EVER)


def test_only_what_may_change_figures_is_a_change(path: Path) -> None:
    store = Store.open(path)
    reader = Reader.open(path)
    seen = [reader.changes()]
    for step in (
        lambda: store.write("acme", talk("c1", Kind.CUSTOMER_MESSAGE)),
        lambda: store.write("acme", talk("c1", Kind.CUSTOMER_MESSAGE), stream="conversations", state="{}"),
        lambda: store.set_freshness(Freshness("acme", "intercom", T, "ok")),
        lambda: store.acquire_lease("a", T, 30),
        lambda: store.set_stream_status("acme", "outbound", "refused", "no"),
        lambda: store.set_stream_status("acme", "outbound", "refused", "no"),
        store.rebuild,
    ):
        step()
        seen.append(reader.changes())
    assert [after - before for before, after in pairwise(seen)] == [1, 0, 0, 0, 1, 0, 1]
