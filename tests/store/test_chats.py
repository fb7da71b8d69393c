"""Chat threads in the cache: whole ones replace, single messages add, and what is deleted is remembered."""

from pathlib import Path

import pytest

from funnel_tui.model.records import Article, CardView, ChatGone, ChatMessage, ChatThread
from funnel_tui.store import Reader, Store
from funnel_tui.store.questions import Question
from funnel_tui.store.scope import Scope

ASKED = 1_760_000_000
NOW = ASKED + 10_000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "cache.db", clock=lambda: NOW)


def message(id: str, after: int = 0, person: str = "anna", text: str = "Yes.", **more: bool) -> ChatMessage:
    return ChatMessage(id=id, at=ASKED + after, person=person, text=text, **more)


def thread(*replies: ChatMessage, text: str = "How?", whole: bool = True, root: bool = True) -> ChatThread:
    first = (message("q", person="carol", text=text),) if root else ()
    return ChatThread(id="q", channel="#ask", messages=(*first, *replies), whole=whole)


def asked(store: Store, as_of: int = NOW + 1) -> list[Question]:
    reader = Reader.open(store.path)
    try:
        with reader.at(as_of):
            return list(reader.questions(Scope(ASKED - 10, as_of + 1, as_of), ASKED - 10))
    finally:
        reader.close()


def answers(store: Store, as_of: int = NOW + 1) -> list[tuple[int, str]]:
    (question,) = asked(store, as_of)
    return [(at - ASKED, person) for at, person in question.answers]


def test_the_first_word_of_each_other_person_answers(store: Store) -> None:
    replies = (
        message("1", 10, "carol", "Nobody?"),
        message("2", 20, "robot", bot=True),
        message("3", 30, "ben"),
        message("4", 40, "anna"),
        message("5", 50, "ben"),
    )
    assert store.write("chat", [thread(*replies)]) == 7
    assert answers(store) == [(30, "ben"), (40, "anna")]
    assert asked(store)[0][:5] == ("chat", "q", None, "#ask", ASKED)


def test_the_same_again_changes_nothing(store: Store) -> None:
    page = [thread(message("1", 10))]
    assert store.write("chat", page) == 3
    assert store.write("chat", page) == 0


def test_what_a_whole_thread_lacks_is_gone_from_now_on(store: Store) -> None:
    store.write("chat", [thread(message("1", 10), message("2", 20, "ben"))])
    assert store.write("chat", [thread(message("2", 20, "ben"))]) == 1
    assert answers(store) == [(20, "ben")]
    assert answers(store, NOW - 1) == [(10, "anna"), (20, "ben")]


def test_a_thread_in_part_adds(store: Store) -> None:
    store.write("chat", [thread(message("1", 10))])
    store.write("chat", [thread(message("2", 20, "ben"), whole=False, root=False)])
    assert answers(store) == [(10, "anna"), (20, "ben")]


def test_replies_may_come_before_their_question(store: Store) -> None:
    store.write("chat", [thread(message("1", 10), whole=False, root=False)])
    assert asked(store) == []
    store.write("chat", [thread(whole=False)])
    assert answers(store) == [(10, "anna")]


def test_an_edit_may_make_a_question_of_it(store: Store) -> None:
    store.write("chat", [thread(text="Deploy finished.")])
    assert asked(store) == []
    store.write("chat", [thread(text="Deploy finished?")])
    assert len(asked(store)) == 1


def test_a_deleted_thread_counts_no_more(store: Store) -> None:
    store.write("chat", [thread()])
    store.write("chat", [ChatThread(id="q", channel="#ask", messages=())])
    assert asked(store) == []
    assert len(asked(store, NOW - 1)) == 1


def test_a_deletion_may_come_before_its_message(store: Store) -> None:
    store.write("chat", [ChatGone(message="1", at=ASKED + 15)])
    store.write("chat", [thread(message("1", 10), whole=False)])
    assert answers(store) == []
    assert answers(store, ASKED + 14) == [(10, "anna")]


def test_what_was_deleted_keeps_what_it_said(store: Store) -> None:
    store.write("chat", [thread(whole=False)])
    emptied = ChatMessage(id="q", at=ASKED, person=None, gone=True)
    store.write("chat", [ChatThread(id="q", channel="#ask", messages=(emptied,), whole=False)])
    assert asked(store) == []
    assert [question.text for question in asked(store, NOW - 1)] == ["How?"]


def test_workspaces_do_not_mix(store: Store) -> None:
    store.write("one", [thread()])
    store.write("two", [thread(message("1", 10), whole=False, root=False)])
    assert answers(store) == []


def test_threads_that_are_alive(store: Store) -> None:
    store.write("chat", [thread(message("1", 500))])
    store.write("chat", [ChatThread(id="old", channel="#ask", messages=(message("old", 100),))])
    assert store.live_threads("chat", ASKED + 400) == ["q"]
    assert store.live_threads("chat", ASKED) == ["old", "q"]
    store.write("chat", [ChatThread(id="q", channel="#ask", messages=())])
    assert store.live_threads("chat", ASKED + 400) == []


def test_card_views_are_kept_once_and_count_for_no_customer(store: Store) -> None:
    view = CardView(card="k1", at=ASKED, person="7")
    assert store.write("guru", [Article(id="k1"), view, view, CardView(card="k1", at=ASKED)]) == 3
    assert store.write("guru", [view]) == 0
    reader = Reader.open(store.path)
    try:
        assert not reader.has_views()
    finally:
        reader.close()
