"""Screens under others: they draw nothing, ask nothing, and show what they missed when they come back."""

from collections import Counter

import pytest

from funnel_tui.model.places import Place
from funnel_tui.tui.answers import ReportReady
from funnel_tui.tui.questions import BoardAsked, ItemsAsked, Question, ReportAsked
from funnel_tui.tui.screens.base import FunnelScreen
from funnel_tui.tui.screens.overview import OverviewScreen
from funnel_tui.tui.widgets.lines import LineView

from .conftest import opened, until
from .fake_app import changing_report, make_app
from .fake_report import NOW, FakeBackend, make_report

OPEN = Place("queue.open")


@pytest.fixture
def draws(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each screen's views have drawn."""
    found: Counter[str] = Counter()
    redraw = LineView.redraw

    def counted(view: LineView) -> None:
        found[type(view.screen).__name__] += 1
        redraw(view)

    monkeypatch.setattr(LineView, "redraw", counted)
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Question]:
    from funnel_tui.tui.loader import Loader

    found: list[Question] = []
    ask = Loader.ask

    def listening(loader: Loader, question: Question) -> None:
        found.append(question)
        ask(loader, question)

    monkeypatch.setattr(Loader, "ask", listening)
    return found


async def test_a_report_reaches_only_the_screen_that_is_seen(draws: Counter[str]) -> None:
    now = [NOW]
    app = make_app(FakeBackend(report_factory=changing_report), clock=lambda: now[0])
    async with opened(app) as pilot:
        overview = app.screen
        assert isinstance(overview, OverviewScreen)
        app.drill(OPEN)
        await until(pilot, lambda: app.screen is not overview and getattr(app.screen, "found", None) is not None)
        await pilot.pause()
        draws.clear()
        stale, lines = app.report, overview.pane("human").lines
        now[0] += 60
        app.loader.report(app.view)
        await until(pilot, lambda: app.report is not stale)
        app._tick()
        await pilot.pause()
        assert draws["DrillScreen"]
        assert not draws["OverviewScreen"]
        assert overview.pane("human").report is stale
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is overview and overview.pane("human").report is app.report)
        assert overview.pane("human").lines != lines


async def test_a_screen_that_missed_nothing_does_not_draw_when_it_comes_back(draws: Counter[str]) -> None:
    app = make_app()
    async with opened(app) as pilot:
        app.drill(OPEN)
        await until(pilot, lambda: getattr(app.screen, "found", None) is not None)
        await pilot.pause()
        draws.clear()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, OverviewScreen))
        await pilot.pause()
        assert not draws["OverviewScreen"]


async def test_only_the_screen_that_is_seen_asks(asked: list[Question]) -> None:
    app = make_app()
    async with opened(app) as pilot:
        app.show("human")
        await until(pilot, lambda: getattr(app.screen, "board", None) is not None)
        app.drill(OPEN)
        await until(pilot, lambda: getattr(app.screen, "found", None) is not None)
        await pilot.pause()
        asked.clear()
        stale = app.report
        app.loader.report(app.view)
        await until(pilot, lambda: app.report is not stale)
        await pilot.pause()
        assert {type(question) for question in asked[1:]} == {ItemsAsked}
        await pilot.press("escape")
        await until(pilot, lambda: any(isinstance(question, BoardAsked) for question in asked))
        assert sum(isinstance(question, BoardAsked) for question in asked) == 1


async def test_a_report_of_the_same_figures_sends_nothing_but_the_ages(monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.pause()
        refreshed: list[str] = []
        refresh = LineView.refresh

        def counted(view: LineView, *regions: object, **options: object) -> object:
            refreshed.append(type(view).__name__)
            return refresh(view, *regions, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(LineView, "refresh", counted)
        stale = app.report
        app.loader.report(app.view)
        await until(pilot, lambda: app.report is not stale)
        await pilot.pause()
        assert set(refreshed) <= {"Header"}


async def test_a_panel_over_a_screen_does_not_stop_it() -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.press("d")
        await pilot.pause()
        assert not isinstance(app.screen, FunnelScreen)
        stale = app.report
        app.loader.report(app.view)
        await until(pilot, lambda: app.report is not stale)
        await pilot.pause()
        below = app.uppermost
        assert isinstance(below, OverviewScreen)
        assert below.pane("human").report is app.report


async def test_words_are_read_once_for_all_that_is_typed() -> None:
    app = make_app()
    async with opened(app) as pilot:
        app.drill(OPEN)
        await until(pilot, lambda: getattr(app.screen, "found", None) is not None)
        table = app.screen.list  # type: ignore[attr-defined]
        read: Counter[int] = Counter()
        column = table._columns[0]
        text = column.text

        def counted(row: object) -> str:
            read[id(row)] += 1
            return str(text(row))

        object.__setattr__(column, "text", counted)
        rows = len(table.items)
        assert rows > 10
        for words in ("r", "re", "ref", "", "x"):
            table.narrow(words)
        # Those on screen are drawn besides.
        assert sum(read.values()) <= rows + 5 * table.size.height


async def test_an_answer_that_comes_while_the_screen_is_taken_down_is_not_drawn() -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen = app.screen
        assert isinstance(screen, FunnelScreen)
        assert screen.composed
        await screen.remove_children()
        assert not screen.composed
        app._report_ready(ReportReady(ReportAsked(app.view), make_report(app.view)))
        app._tick()
        await pilot.pause()


async def test_keys_that_come_faster_than_a_screen_is_put_up_do_nothing_and_raise_nothing() -> None:
    app = make_app()
    async with opened(app) as pilot:
        for key in ("down", "z", "s", "slash", "enter", "b", "home", "pagedown", "tab", "d", "y", "escape"):
            app.drill(OPEN)
            app.simulate_key(key)
            await pilot.pause()
            await pilot.pause()
            app.show("human")
            app.simulate_key(key)
            await pilot.pause()
            app.show("overview")
        for open_panel, key in ((app.travel, "left"), (app.action_help, "down"), (app.action_command_palette, "enter")):
            open_panel()
            app.simulate_key(key)
            await pilot.pause()
            app.simulate_key("escape")
            await pilot.pause()
        assert app.is_running
