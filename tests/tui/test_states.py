"""States that are designed, not blanks: loading, failed, stale, filling, empty, too small. And calm: nothing moves
that did not change."""

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from funnel_tui.model.values import Freshness, Report
from funnel_tui.sync import SyncUpdate
from funnel_tui.tui.answers import ReportReady
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.questions import ReportAsked
from funnel_tui.tui.screens.drill import DrillScreen
from funnel_tui.tui.screens.overview import OverviewScreen
from funnel_tui.tui.state import View
from funnel_tui.tui.widgets.attention import Concern, shared_out
from funnel_tui.tui.widgets.panel import Panel

from .conftest import SIZES, opened, shown, until
from .fake_app import make_app
from .fake_report import DAY, NOW, FakeBackend, make_empty, make_freshness, make_report, make_rows


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


async def settled(pilot: Pilot[int], app: FunnelApp) -> None:
    await until(pilot, lambda: app.shown == app.view)
    await pilot.pause()


def with_freshness(*freshness: Freshness) -> FakeBackend:
    return FakeBackend(report_factory=lambda view, now: replace(make_report(view, now), freshness=freshness))


@pytest.mark.parametrize("size", SIZES)
async def test_the_first_frame_does_not_wait_for_the_cache(size: tuple[int, int]) -> None:
    app = make_app(FakeBackend(gate=True))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "HUMAN" in shown(app))
        text = shown(app)
        assert app.report is None
        assert "This month …" in text
        assert "Waiting now" in text
        assert "reading the cache …" in text
        await pilot.press("down", "tab", "z", "z", "d", "3")
        backend_of(app).open_gate()
        await until(pilot, lambda: app.report is not None)
        assert "2m 41s" in shown(app)
    app.close()


def backend_of(app: FunnelApp) -> FakeBackend:
    backend = app.loader._open_backend()
    assert isinstance(backend, FakeBackend)
    return backend


async def test_a_slow_report_says_that_it_is_being_fetched_and_how_old_the_last_is() -> None:
    clock = Clock()
    backend = FakeBackend()
    app = make_app(backend, clock=clock)
    async with opened(app) as pilot:
        backend.shut_gate()
        await pilot.press("5")
        clock.now += 3
        app._tick()
        assert "This year …" in shown(app)
        assert "fetching, last 27s ago" in shown(app)
        assert "2m 41s" in shown(app)
        backend.open_gate()
        await settled(pilot, app)
        assert "fetching" not in shown(app)


async def test_a_report_that_fails_keeps_the_old_one_and_says_why() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        backend.failure = ValueError("the cache is being upgraded; try again in a minute")
        await pilot.press("r")
        await until(pilot, lambda: "being upgraded" in shown(app))
        assert "! 2 alerts" in shown(app)
        assert "2m 41s" in shown(app)
        backend.failure = None
        await pilot.press("r")
        await until(pilot, lambda: "being upgraded" not in shown(app))


async def test_a_list_that_fails_says_why() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        backend.failure = ValueError("no such table")
        await pilot.press("enter")
        await until(pilot, lambda: "no such table" in shown(app))
        assert isinstance(app.screen, DrillScreen)


async def test_a_poller_that_cannot_start_is_a_line_and_the_cache_stays() -> None:
    def poller(hear):  # type: ignore[no-untyped-def]
        raise OSError("ACME_TOKEN is not set; export it or name a token_command")

    app = make_app(poller=poller)
    async with opened(app) as pilot:
        await until(pilot, lambda: "ACME_TOKEN is not set" in shown(app))
        assert "2m 41s" in shown(app)


@pytest.mark.parametrize("size", SIZES)
async def test_a_source_that_fails_shows_its_reason_and_age(size: tuple[int, int]) -> None:
    failed = Freshness("acme", "intercom", NOW - 720, "failed", "401: the token was revoked; make another one")
    app = make_app(with_freshness(failed))
    async with opened(app, size):
        text = shown(app)
        assert "○ acme 12m old" in text
        assert "acme cannot be read" in text
        assert "the token was revoked" in text
        assert "! 2 alerts" in text


async def test_a_poller_that_falls_silent_is_not_live_for_ever() -> None:
    clock = Clock()
    app = make_app(clock=clock, poller=lambda hear: _Silent())
    async with opened(app):
        assert "● live 24s" in shown(app)
        clock.now += 300
        app._tick()
        assert "○ 5m old" in shown(app)


class _Silent:
    def start(self) -> None:
        self.started = True

    def is_alive(self) -> bool:
        return False


async def test_history_that_fills_in_shows_how_far_it_is() -> None:
    filling = Freshness("acme", "intercom", NOW - 4, "ok", progress=0.42, history_from=NOW - 50 * DAY)
    app = make_app(with_freshness(filling))
    async with opened(app):
        assert "● history back to 3 Oct, 42 %" in shown(app)


@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_cache_says_what_is_awaited(size: tuple[int, int]) -> None:
    app = make_app(FakeBackend(report_factory=make_empty))
    async with opened(app, size):
        text = shown(app)
        assert "○ no data yet" in text
        assert "Waiting for the first answer of acme" in text
        assert "acme has not been read yet" in text


async def test_a_source_that_failed_from_the_start_is_not_awaited() -> None:
    failed = Freshness("acme", "intercom", None, "failed", "acme: the token was refused (HTTP 401). Check the token.")
    backend = FakeBackend(report_factory=lambda view, now: replace(make_empty(view, now), freshness=(failed,)))
    app = make_app(backend)
    async with opened(app):
        text = shown(app)
        assert "Waiting for the first answer" not in text
        assert "what is wrong stands below" in text
        assert "the token was refused. Check the token." in text


def test_what_enter_cannot_explain_gets_the_spare_lines_first() -> None:
    signal = Concern("s", "Waiting 10", "long " * 20, "queue.waiting", True)
    source = Concern("source:acme", "acme is read in part", "said " * 20, None, False)
    assert shared_out([signal, source], 60, 2) == [0, 2]
    assert shared_out([signal, source], 60, 3) == [1, 2]
    assert shared_out([signal, replace(source, evidence="")], 60, 9) == [2, 0]
    assert shared_out([signal, source], 60, -1) == [0, 0]


async def test_time_travel_is_said_in_the_header() -> None:
    at = NOW - 3 * DAY
    app = make_app(view=View("month", at=at))
    async with opened(app):
        assert "AS OF Thu 19 Nov 2026 16:00" in shown(app)


@pytest.mark.parametrize("size", [(59, 30), (100, 17), (30, 8), (12, 3), (1, 1)])
async def test_a_terminal_that_is_too_small_shows_the_queue(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        if size[1] >= 8:
            assert "Waiting" in shown(app)
            assert "9" in shown(app)
        await pilot.press("down", "tab", "z", "enter")
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: "HUMAN" in shown(app) or isinstance(app.screen, DrillScreen))


async def test_news_of_the_poller_bring_a_new_report() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        asked = len(backend.asked)
        app._feed.hear(SyncUpdate("acme", make_freshness(NOW, age=0)[0], 0))
        await until(pilot, lambda: app.freshness[0].last_success == NOW)
        assert len(backend.asked) == asked
        for _ in range(20):
            app._feed.hear(SyncUpdate("acme", make_freshness(NOW, age=0)[0], 5))
        await until(pilot, lambda: len(backend.asked) > asked)
        await settled(pilot, app)
        assert len(backend.asked) < asked + 20


async def test_selection_and_scroll_stay_where_they_are_when_rows_come_and_go() -> None:
    backend = FakeBackend(rows=300)
    app = make_app(backend)
    async with opened(app) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DrillScreen) and app.screen.found is not None)
        screen = app.screen
        assert isinstance(screen, DrillScreen)
        await pilot.press("pagedown", "pagedown", "down", "down")
        row, line = screen.list.current, screen.list.items.index(screen.list.selected or "") - screen.list.top
        newer = [replace(r, id=f"n{r.id}", created_at=NOW) for r in make_rows(40, seed=3)]
        backend.more_rows = newer
        await pilot.press("r")
        await until(pilot, lambda: screen.list.total == 340)
        assert screen.list.current == row
        assert screen.list.items.index(screen.list.selected or "") - screen.list.top == line
        await pilot.press("escape")
        overview = app.screen
        assert isinstance(overview, OverviewScreen)
        await pilot.press("down", "down", "r")
        await settled(pilot, app)
        assert overview.cursor == ("human", "human.first_response.median")


async def test_a_row_that_vanishes_leaves_the_cursor_at_its_place() -> None:
    backend = FakeBackend(rows=50)
    app = make_app(backend)
    async with opened(app) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DrillScreen) and app.screen.found is not None)
        screen = app.screen
        assert isinstance(screen, DrillScreen)
        await pilot.press("end")
        backend.rows = 20
        await pilot.press("r")
        await until(pilot, lambda: screen.list.total == 20)
        assert screen.list.items.index(screen.list.selected or "") == 19


class Counted(list[object]):
    """Updates that went to the terminal."""


def count_updates(app: FunnelApp, monkeypatch: pytest.MonkeyPatch) -> Counted:
    sent = Counted()
    original = app._display

    def display(screen: object, update: object) -> None:
        if update is not None:
            sent.append(update)
        original(screen, update)  # type: ignore[arg-type]

    monkeypatch.setattr(app, "_display", display)
    return sent


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_sent_when_nothing_changed(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.pause()
        sent = count_updates(app, monkeypatch)
        for _ in range(3):
            app._tick()
            app._report_ready(ReportReady(ReportAsked(app.view), make_report(app.view)))
            await pilot.pause()
        assert sent == []


@pytest.mark.parametrize("size", SIZES)
async def test_a_second_sends_a_few_cells(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    app = make_app(clock=clock)
    async with opened(app, size) as pilot:
        await pilot.pause()
        sent = count_updates(app, monkeypatch)
        clock.now += 1
        app._tick()
        await until(pilot, lambda: sent)
        from funnel_tui.tui.thrift import tightened

        cells = sum(strip.cell_length for update in sent for _, _, strip in tightened(update).pieces())  # type: ignore[attr-defined]
        assert 0 < cells <= 16


async def test_one_number_repaints_one_number(monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.pause()
        sent = count_updates(app, monkeypatch)
        report = make_report(app.view)
        changed: Report = replace(
            report, metrics={**report.metrics, "human.csat": replace(report["human.csat"], value=0.81)}
        )
        app._report_ready(ReportReady(ReportAsked(app.view), changed))
        await until(pilot, lambda: sent)
        from funnel_tui.tui.thrift import tightened

        pieces = [piece for update in sent for piece in tightened(update).pieces()]  # type: ignore[attr-defined]
        assert sum(strip.cell_length for _, _, strip in pieces) < 20
        assert "81 %" in shown(app)


async def test_a_poller_that_leaves_reading_to_another_does_not_hide_when_that_was() -> None:
    app = make_app(with_freshness(Freshness("acme", "intercom", NOW - 24, "ok")))
    async with opened(app, (120, 40)) as pilot:
        app._feed.hear(SyncUpdate("acme", Freshness("acme", "intercom", None, "ok", "acme: another one polls"), 0))
        await pilot.pause()
        assert app.freshness[0].last_success == NOW - 24
        assert "no data yet" not in shown(app)
        app._feed.hear(SyncUpdate("acme", Freshness("acme", "intercom", None, "failed", "acme: disk full"), 0))
        await until(pilot, lambda: "disk full" in shown(app))
        app.look(app.view)
        await settled(pilot, app)
        assert "disk full" in shown(app)
        assert app.freshness[0].last_success == NOW - 24


async def test_before_the_first_read_no_figure_is_shown_as_a_fact() -> None:
    app = make_app(FakeBackend(report_factory=make_empty))
    async with opened(app, (120, 40)):
        lines = [line for line in shown(app).splitlines() if "Waiting now" in line or "Delivered" in line]
        assert lines
        assert not any(character.isdigit() for line in lines for character in line)


async def test_a_rate_that_is_mostly_pending_says_so() -> None:
    def young(view: View, now: int) -> Report:
        report = make_report(view, now)
        metric = replace(report["proactive.open_rate"], n=225, pending=289)
        return replace(report, metrics={**report.metrics, "proactive.open_rate": metric})

    app = make_app(FakeBackend(report_factory=young))
    async with opened(app, (120, 40)) as pilot:
        assert "289 pending" in shown(app)
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: "225/514" in shown(app))
        assert "289" not in shown(app)


async def test_the_definition_follows_its_number() -> None:
    counts = iter(range(40, 100))

    def growing(view: View, now: int) -> Report:
        report = make_report(view, now)
        metric = replace(report["queue.waiting"], value=float(next(counts)))
        return replace(report, metrics={**report.metrics, "queue.waiting": metric})

    app = make_app(FakeBackend(report_factory=growing))
    async with opened(app, (120, 40)) as pilot:
        await pilot.press("d")
        await until(pilot, lambda: "owed" in shown(app) or "Value" in shown(app))
        before = app.report
        app.look(app.view)
        await until(pilot, lambda: app.report is not before)
        panel = app.screen.query_one(Panel)
        assert app.report is not None
        assert any(f"{app.report['queue.waiting'].value:.0f}" in text for row in panel.rows for text, _ in row)
