"""The loader: newest request wins, people before routine, failures are answers, and it always ends."""

import queue
from collections.abc import Iterator

import pytest

from funnel_tui.model.boards import Place
from funnel_tui.tui.answers import Answer, ItemsReady, LoadFailed, ReportReady, TimelineReady
from funnel_tui.tui.loader import MOST_ROWS, STALE_SECONDS, Loader
from funnel_tui.tui.questions import ItemsAsked, TimelineAsked
from funnel_tui.tui.state import View

from .fake_report import NOW, FakeBackend

TIMEOUT = 20


class Running:
    """A loader with its answers in a queue."""

    def __init__(self, backend: FakeBackend) -> None:
        self.backend = backend
        self.now = NOW
        self.answers: queue.Queue[Answer] = queue.Queue()
        self.loader = Loader(lambda: backend, lambda: self.now)
        self.loader.deliver_to(self.answers.put)

    def next(self) -> Answer:
        return self.answers.get(timeout=TIMEOUT)


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running(FakeBackend())
    yield made
    made.backend.open_gate()
    made.loader.stop()
    if made.loader.is_alive():
        made.loader.join(TIMEOUT)


def test_many_requests_cost_one_report(running: Running) -> None:
    for back in range(50):
        running.loader.report(View("month", earlier=back))
    running.loader.start()
    answer = running.next()
    assert isinstance(answer, ReportReady)
    assert answer.asked.view.earlier == 49
    assert len(running.backend.asked) == 1


def test_requests_during_a_report_are_coalesced(running: Running) -> None:
    running.backend.shut_gate()
    running.loader.start()
    running.loader.report(View("today"))
    assert running.backend.entered.wait(TIMEOUT)
    for period in ("week", "month", "year"):
        running.loader.report(View(period))
    running.backend.open_gate()
    periods = [
        answer.asked.view.period for answer in (running.next(), running.next()) if isinstance(answer, ReportReady)
    ]
    assert periods == ["today", "year"]


def test_lists_and_timelines_come_before_reports(running: Running) -> None:
    running.loader.report(View("month"))
    running.loader.ask(ItemsAsked(View("month"), Place("queue.waiting")))
    running.loader.ask(TimelineAsked("acme", "c1", NOW))
    running.loader.start()
    kinds = [type(running.next()) for _ in range(3)]
    assert kinds == [TimelineReady, ItemsReady, ReportReady]


def test_a_failure_is_an_answer_and_the_loader_goes_on(running: Running) -> None:
    running.backend.failure = ValueError("line one\n  line two")
    running.loader.report(View("month"))
    running.loader.start()
    assert running.next() == LoadFailed("report", "line one line two")
    running.backend.failure = KeyError()
    running.loader.ask(ItemsAsked(View("month"), Place("queue.waiting")))
    assert running.next() == LoadFailed("items", "KeyError")
    running.backend.failure = None
    running.loader.report(View("month"))
    assert isinstance(running.next(), ReportReady)


def test_a_missing_conversation_is_none(running: Running) -> None:
    running.loader.ask(TimelineAsked("acme", "gone", NOW))
    running.loader.start()
    assert running.next() == TimelineReady(TimelineAsked("acme", "gone", NOW), None)


def test_answers_before_anybody_listens_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("funnel_tui.tui.loader.WATCH_SECONDS", 0.001)
    backend = FakeBackend()
    loader = Loader(lambda: backend, lambda: NOW)
    loader.report(View("month"))
    loader.start()
    assert backend.watched.wait(TIMEOUT)
    answers: list[Answer] = []
    loader.deliver_to(answers.append)
    assert [type(answer) for answer in answers] == [ReportReady]
    loader.stop()
    loader.join(TIMEOUT)
    assert not loader.is_alive()
    assert backend.closed


def test_a_cache_that_does_not_open_is_said_once_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("funnel_tui.tui.loader.WATCH_SECONDS", 0.001)
    backend = FakeBackend()
    tries = iter([OSError("not yet"), OSError("not yet"), None])

    def opening() -> FakeBackend:
        error = next(tries)
        if error is not None:
            raise error
        return backend

    answers: queue.Queue[Answer] = queue.Queue()
    loader = Loader(opening, lambda: NOW)
    loader.deliver_to(answers.put)
    loader.report(View("month"))
    loader.start()
    assert answers.get(timeout=TIMEOUT) == LoadFailed("report", "not yet")
    assert isinstance(answers.get(timeout=TIMEOUT), ReportReady)
    loader.stop()
    loader.join(TIMEOUT)


def test_a_loader_that_cannot_open_stops_at_once() -> None:
    def opening() -> FakeBackend:
        raise OSError("never")

    loader = Loader(opening, lambda: NOW)
    loader.start()
    loader.stop()
    loader.join(TIMEOUT)
    assert not loader.is_alive()


def test_a_changed_cache_is_read_again_unless_held(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("funnel_tui.tui.loader.WATCH_SECONDS", 0.001)
    running.loader.report(View("month"))
    running.loader.start()
    assert isinstance(running.next(), ReportReady)
    running.backend.version_number += 1
    assert isinstance(running.next(), ReportReady)
    running.loader.hold(True)
    running.backend.version_number += 1
    running.loader.ask(TimelineAsked("acme", "c1", NOW))
    assert isinstance(running.next(), TimelineReady)
    running.loader.hold(False)
    assert isinstance(running.next(), ReportReady)


def test_a_report_grows_old_though_nothing_changed(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("funnel_tui.tui.loader.WATCH_SECONDS", 0.001)
    running.loader.report(View("today"))
    running.loader.start()
    assert isinstance(running.next(), ReportReady)
    running.now += STALE_SECONDS
    answer = running.next()
    assert isinstance(answer, ReportReady)
    assert answer.value.generated_at == running.now


def test_a_long_list_is_cut_and_says_so(running: Running) -> None:
    running.backend.rows = MOST_ROWS + 5
    running.loader.ask(ItemsAsked(View("month"), Place("queue.waiting")))
    running.loader.start()
    answer = running.next()
    assert isinstance(answer, ItemsReady)
    assert (len(answer.value.rows), answer.value.total) == (MOST_ROWS, MOST_ROWS + 5)
    running.backend.rows = MOST_ROWS
    running.loader.ask(ItemsAsked(View("month"), Place("queue.waiting")))
    answer = running.next()
    assert isinstance(answer, ItemsReady)
    assert (len(answer.value.rows), answer.value.total) == (MOST_ROWS, MOST_ROWS)
