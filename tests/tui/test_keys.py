"""Every key of the dashboard, at the three sizes that it is made for."""

from pathlib import Path

import pytest
from textual.command import CommandList
from textual.pilot import Pilot

from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.bindings import ALL_KEYS
from funnel_tui.tui.bindings import shown as spelt
from funnel_tui.tui.layout import FRAMING
from funnel_tui.tui.screens.ask import Ask
from funnel_tui.tui.screens.definition import DefinitionScreen
from funnel_tui.tui.screens.drill import DrillScreen
from funnel_tui.tui.screens.help import HelpScreen
from funnel_tui.tui.screens.overview import OverviewScreen
from funnel_tui.tui.screens.timeline import TimelineScreen

from .conftest import SIZES, opened, shown, until
from .fake_app import FakePoller, make_app
from .fake_report import NOW, FakeBackend

sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])


def overview(app: FunnelApp) -> OverviewScreen:
    (screen,) = (screen for screen in app.screen_stack if isinstance(screen, OverviewScreen))
    return screen


async def to_list(pilot: Pilot[int], app: FunnelApp) -> DrillScreen:
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, DrillScreen) and app.screen.found is not None)
    assert isinstance(app.screen, DrillScreen)
    return app.screen


@sizes
@pytest.mark.parametrize(
    ("key", "period", "words"),
    [
        ("1", "today", "Today Sun 22 Nov"),
        ("2", "week", "Week to date 16–22 Nov"),
        ("3", "month", "Month to date 1–22 Nov"),
        ("4", "quarter", "Quarter to date 1 Oct–22 Nov"),
        ("5", "year", "Year to date 1 Jan–22 Nov"),
    ],
)
async def test_digits_choose_the_period(size: tuple[int, int], key: str, period: str, words: str) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: app.shown == app.view)
        assert app.view.period == period
        assert words in shown(app)


@sizes
async def test_brackets_step_and_never_into_the_future(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.press("left_square_bracket", "left_square_bracket")
        await until(pilot, lambda: app.shown == app.view)
        assert "1–30 Sep" in shown(app)
        await pilot.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        await until(pilot, lambda: app.shown == app.view)
        assert app.view.earlier == 0


@sizes
async def test_c_cycles_the_comparison(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        seen = []
        for _ in range(3):
            await pilot.press("c")
            await until(pilot, lambda: app.shown == app.view)
            seen.append(app.view.compare)
        assert seen == ["year", "none", "previous"]


@sizes
async def test_zero_asks_for_dates_and_refuses_nonsense(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.press("0")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press(*"2026-11-15..2026-11-01", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Ask)
        await pilot.press(*["backspace"] * 22, *"2026-11-01..2026-11-15", "enter")
        await until(pilot, lambda: app.shown is not None and app.shown.period == "2026-11-01..2026-11-15")
        assert "1–15 Nov" in shown(app)


@sizes
async def test_the_cursor_reaches_every_pane_by_tab_and_every_number_by_arrows(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        screen = overview(app)
        panes = [name for name in screen.panes.plan.slots if name not in FRAMING]
        visited = set()
        for _ in panes:
            await pilot.press("tab")
            visited.add(screen.cursor[0])
        assert visited == set(panes)
        screen.go("human", "queue.waiting")
        items = screen.pane("human").items
        for item in items[1:]:
            await pilot.press("j")
            assert screen.cursor == ("human", item)
        await pilot.press("shift+tab")
        assert screen.cursor[0] != "human"


@pytest.mark.parametrize("keys", [("left", "right"), ("h", "l")])
async def test_sideways_goes_to_the_neighbour_at_the_same_height(keys: tuple[str, str]) -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen = overview(app)
        await pilot.press("down", "down", keys[0])
        assert screen.cursor == ("selfserve", screen.pane("selfserve").items[2])
        await pilot.press(keys[1])
        assert screen.cursor == ("human", screen.pane("human").items[2])


@sizes
async def test_enter_drills_down_and_esc_comes_back(size: tuple[int, int]) -> None:
    app = make_app(FakeBackend(rows=57))
    async with opened(app, size) as pilot:
        drill = await to_list(pilot, app)
        assert drill.list.total == 57
        assert "57 CONVERSATIONS" in shown(app)
        assert "Queue › Waiting now" in shown(app)
        row = drill.list.current
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TimelineScreen) and app.screen.story.timeline is not None)
        assert row is not None
        assert row.item.id in shown(app)
        assert "┗ 10m" in shown(app)
        await pilot.press("escape")
        assert app.screen is drill
        await pilot.press("escape")
        assert isinstance(app.screen, OverviewScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, OverviewScreen)


@sizes
async def test_d_shows_definition_and_quality(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        overview(app).go("selfserve", "selfserve.article_resolution_rate")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, DefinitionScreen))
        text = shown(app)
        assert "approximate: Only counters exist" in text
        assert "selfserve.article_resolution_rate" in text
        await pilot.press("d")
        assert isinstance(app.screen, OverviewScreen)


@sizes
async def test_z_zooms_a_pane_and_esc_shows_all_again(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.press("z")
        await until(pilot, lambda: "40 numbers" in shown(app))
        assert "PROACTIVE" not in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: "PROACTIVE" in shown(app))
        assert overview(app).cursor == ("human", "queue.waiting")


@sizes
async def test_question_mark_lists_every_key(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        text = shown(app)
        for _ in range(4):
            await pilot.press("pagedown")
            text += shown(app)
        for key in ALL_KEYS:
            assert key.help in text
            assert spelt(key, {}) in text
        await pilot.press("escape")
        assert isinstance(app.screen, OverviewScreen)


async def test_the_palette_offers_every_action() -> None:
    app = make_app()
    async with opened(app):
        offered = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Poll and read again now", "This quarter", "The pane over the whole screen", "Leave"} <= offered


async def test_the_palette_runs_an_action_by_name() -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.press("ctrl+p")
        await pilot.press(*"quarter")
        await until(pilot, lambda: app.screen.query_one(CommandList).option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: app.view.period == "quarter")
        assert app.view.period == "quarter"


@sizes
async def test_p_pauses_poller_and_screen_and_goes_on(size: tuple[int, int]) -> None:
    pollers: list[FakePoller] = []

    def poller(hear):  # type: ignore[no-untyped-def]
        pollers.append(FakePoller(hear, lambda: NOW, every=3_600))
        return pollers[-1]

    app = make_app(poller=poller)
    async with opened(app, size) as pilot:
        await until(pilot, lambda: pollers and pollers[0].is_alive())
        await pilot.press("p")
        assert "‖ paused" in shown(app)
        await pilot.press("r", "p", "r")
        await until(pilot, lambda: "live" in shown(app))
        assert pollers[0].calls == ["pause", "resume", "refresh"]
    assert pollers[0].calls[-1] == "stop"


async def test_y_copies_the_number() -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.press("down", "down", "y")
        assert app.clipboard == "First response: 2m 41s"
        assert "Copied: First response: 2m 41s" in shown(app)


async def test_o_copies_the_address_where_there_is_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "203.0.113.1 1 203.0.113.2 22")
    app = make_app()
    async with opened(app) as pilot:
        drill = await to_list(pilot, app)
        await pilot.press("o")
        assert drill.list.current is not None
        assert app.clipboard == drill.list.current.item.url


async def test_o_opens_a_browser_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("funnel_tui.tui.browse.can_browse", lambda: True)
    monkeypatch.setattr("funnel_tui.tui.browse.webbrowser.open", lambda url, new: asked.append(url))
    app = make_app()
    async with opened(app) as pilot:
        drill = await to_list(pilot, app)
        await pilot.press("o")
        await until(pilot, lambda: asked)
        assert drill.list.current is not None
        assert asked == [drill.list.current.item.url]


async def test_e_saves_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = make_app()
    async with opened(app) as pilot:
        await pilot.press("e")
        assert "Saved funnel-20261122T160000Z.svg and .txt" in shown(app)
    check_saved(tmp_path)


def check_saved(folder: Path) -> None:
    saved = {path.suffix: path for path in folder.iterdir()}
    assert "First response" in saved[".txt"].read_text("utf-8")
    assert saved[".svg"].read_text("utf-8").startswith("<svg")
    assert all(path.stat().st_mode & 0o077 == 0 for path in saved.values())


@sizes
async def test_slash_filters_while_typing_and_s_sorts(size: tuple[int, int]) -> None:
    app = make_app(FakeBackend(rows=200))
    async with opened(app, size) as pilot:
        drill = await to_list(pilot, app)
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press(*"refund shipping")
        await until(pilot, lambda: 0 < drill.list.count < 200)
        await pilot.press("enter")
        assert "refund shipping" in shown(app)
        before = drill.list.order_words
        await pilot.press("s")
        assert drill.list.order_words != before
        await pilot.press("escape")
        assert drill.list.count == 200
        assert app.screen is drill


async def test_lists_page_and_jump() -> None:
    app = make_app(FakeBackend(rows=10_000))
    async with opened(app) as pilot:
        drill = await to_list(pilot, app)
        await pilot.press("end")
        assert "10,000 of 10,000" in shown(app)
        await pilot.press("pageup", "home", "pagedown", "down", "up")
        assert 1 < drill.list.items.index(drill.list.selected or "") < 100
        await pilot.press("G", "g")
        assert drill.list.items.index(drill.list.selected or "") == 0


async def test_keys_can_be_rebound_by_id() -> None:
    app = make_app(keys={"zoom": "x", "help": "!", "no.such.id": "w"})
    async with opened(app) as pilot:
        assert "x zoom" in shown(app)
        await pilot.press("z")
        assert not overview(app).panes.zoomed
        await pilot.press("x")
        assert overview(app).panes.zoomed == "human"
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert "!" in shown(app)


def test_binding_ids_are_unique() -> None:
    ids = [key.id for key in ALL_KEYS]
    assert len(ids) == len(set(ids))


@sizes
async def test_the_mouse_selects_opens_and_presses_the_footer(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        screen = overview(app)
        await pilot.click("#human", offset=(4, 3))
        assert screen.cursor == ("human", "human.first_response.median")
        await pilot.click("#human", offset=(4, 3), times=2)
        await until(pilot, lambda: isinstance(app.screen, DrillScreen) and app.screen.found is not None)
        drill = app.screen
        assert isinstance(drill, DrillScreen)
        await pilot.click("#items", offset=(10, 4))
        assert drill.list.items.index(drill.list.selected or "") == 2
        await pilot.click("#items", offset=(10, 4), times=2)
        await until(pilot, lambda: isinstance(app.screen, TimelineScreen))
        foot = shown(app).splitlines()[-1]
        await pilot.click("#footer", offset=(foot.index("Esc") + 1, 0))
        assert app.screen is drill


async def test_enter_on_a_concern_drills_into_its_metric() -> None:
    app = make_app()
    async with opened(app) as pilot:
        overview(app).go("attention", "reopen")
        drill = await to_list(pilot, app)
        assert drill.place.metric == "human.reopen_rate"


async def test_enter_on_a_chart_zooms_it_and_on_the_queue_lists_it() -> None:
    app = make_app()
    async with opened(app) as pilot:
        overview(app).go("months")
        await pilot.press("enter")
        assert overview(app).panes.zoomed == "months"
        await pilot.press("escape")
        overview(app).go("queue")
        drill = await to_list(pilot, app)
        assert drill.place.metric == "queue.waiting"


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_it_quits(key: str) -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.press(key)
        await pilot.pause()
    assert app.return_value == 0
