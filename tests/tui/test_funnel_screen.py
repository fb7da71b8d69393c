"""The flow over the whole screen: the cursor on nodes and links, words for what it is on, exactly its people behind."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from funnel_tui.charts.cells import Line, line_width
from funnel_tui.model.boards import FunnelBoard, Place
from funnel_tui.model.values import Funnel, Quality, Report
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.flowing import change_words, key_path, path_key, way_words, ways
from funnel_tui.tui.screens.drill import DrillScreen
from funnel_tui.tui.screens.funnel import FunnelFlowScreen
from funnel_tui.tui.state import View
from funnel_tui.tui.widgets.flow import FlowPane
from funnel_tui.tui.widgets.ways import WayTable

from .conftest import SIZES, opened, shown, until
from .fake_app import make_app
from .fake_report import FakeBackend, make_empty, make_funnel, make_report

ALL_SIZES = ((60, 20), *SIZES)
IDS = [f"{w}x{h}" for w, h in ALL_SIZES]


def text_of(lines: Sequence[Line]) -> str:
    return "\n".join("".join(span.text for span in line) for line in lines)


async def flow(pilot: Pilot[int], app: FunnelApp) -> tuple[FunnelFlowScreen, FlowPane]:
    await pilot.press("F")
    await until(pilot, lambda: isinstance(app.screen, FunnelFlowScreen) and app.screen.board is not None)
    await pilot.pause()
    assert isinstance(app.screen, FunnelFlowScreen)
    return app.screen, app.screen.query_one(FlowPane)


@pytest.mark.parametrize("size", SIZES[:2], ids=IDS[1:3])
async def test_the_screen(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await flow(pilot, app)
        await pilot.press("right", "right")
        assert shown(app) == snapshot


@pytest.mark.parametrize("size", ALL_SIZES, ids=IDS)
async def test_every_line_fills_its_frame_and_the_picture_stands_still(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        screen, pane = await flow(pilot, app)
        before = len(pane.lines)
        for key in ("right", "down", "down", "right", "tab", "down"):
            await pilot.press(key)
            for name in screen.panes.shown:
                assert {line_width(line) for line in screen.pane(name).lines} == {screen.pane(name).size.width}
        await pilot.press("tab")
        assert len(pane.lines) == before


async def test_arrows_lead_along_the_flow_and_among_what_lies_beside() -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        _, pane = await flow(pilot, app)
        assert pane.path == ()
        seen = []
        for key in ("right", "right", "right", "right", "down", "down", "left", "up"):
            await pilot.press(key)
            seen.append(path_key(pane.path))
        assert seen == [
            "seeking",
            "seeking>articles",
            "articles",
            "articles>article_resolved",
            "articles>pending",
            "articles>bot",
            "articles",
            "seeking",
        ]


@pytest.mark.parametrize("size", SIZES, ids=IDS[1:])
async def test_every_way_can_be_reached_and_opens_exactly_its_people(size: tuple[int, int]) -> None:
    backend = FakeBackend(rows=3)
    app = make_app(backend)
    async with opened(app, size) as pilot:
        screen, pane = await flow(pilot, app)
        await pilot.press("right", "right", "down", "enter")
        await until(pilot, lambda: backend.places)
        assert backend.places[0] == Place("selfserve.seekers", path=("seeking", "bot"), words="Seeking support → Bot")
        assert isinstance(app.screen, DrillScreen)
        assert app.screen.crumbs[0] == "Funnel"
        await pilot.press("escape")
        assert app.screen is screen
        assert pane.path == ("seeking", "bot")


async def test_words_say_value_shares_and_change() -> None:
    app = make_app()
    async with opened(app) as pilot:
        _, pane = await flow(pilot, app)
        pane.choose(("articles", "team"))
        said = text_of(pane.lines)
        assert "Articles → Team: 890 · 9.6 % of all · 16 % of Articles" in said
        assert "▲ 9 % against 2–23 Oct to 17:00 (819), less than its noise" in said
        pane.choose(("seeking",))
        assert "less than its noise" not in text_of(pane.lines)


async def test_picture_and_table_mark_the_same_way() -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen, pane = await flow(pilot, app)
        await pilot.press("right", "right", "right")
        table = screen.query_one(WayTable)
        assert table.selected == "articles"
        screen.go("ways")
        await pilot.press("down")
        assert pane.path == key_path(table.selected) == ("articles", "article_resolved")


async def test_the_compared_number_opens_those_of_then() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        screen, _ = await flow(pilot, app)
        screen.go("ways", "articles>bot")
        screen.query_one(WayTable).column = "then"
        await pilot.press("enter")
        await until(pilot, lambda: backend.places)
        (place,) = backend.places
        assert app.report is not None
        window = app.report.comparison
        assert window is not None
        assert (place.path, place.span) == (("articles", "bot"), (window.start, window.end))


@pytest.mark.parametrize("size", ALL_SIZES, ids=IDS)
async def test_the_mouse_chooses_a_node_and_opens_it(size: tuple[int, int]) -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app, size) as pilot:
        screen, pane = await flow(pilot, app)
        area = pane.hits(()).area(("articles",))
        assert area is not None
        left = 2 if screen.panes.plan.boxed else 1
        await pilot.click("#flow", offset=(area.x + left, area.y + 1))
        assert pane.path == ("articles",)
        await pilot.click("#flow", offset=(area.x + left, area.y + 1), times=2)
        await until(pilot, lambda: backend.places)
        assert backend.places[0].path == ("articles",)


async def test_a_band_can_be_clicked() -> None:
    app = make_app()
    async with opened(app) as pilot:
        _, pane = await flow(pilot, app)
        area = pane.hits(()).area(("articles", "article_resolved"))
        assert area is not None
        await pilot.click("#flow", offset=(area.x + 2, area.y + 1))
        assert pane.path == ("articles", "article_resolved")


async def test_escape_lets_go_before_it_leaves() -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen, pane = await flow(pilot, app)
        await pilot.press("right", "escape")
        assert (app.screen, pane.path) == (screen, ())
        await pilot.press("escape")
        assert app.screen is not screen


async def test_the_mark_survives_new_figures() -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen, pane = await flow(pilot, app)
        await pilot.press("right", "right", "right", "right")
        board = screen.board
        await pilot.press("r")
        await until(pilot, lambda: screen.board is not board)
        assert pane.path == ("articles", "article_resolved")


async def test_without_a_comparison_the_past_goes_from_table_and_words() -> None:
    app = make_app(view=View("month", compare="none"))
    async with opened(app) as pilot:
        screen, pane = await flow(pilot, app)
        await pilot.press("right", "right")
        assert "against" not in text_of(pane.lines)
        assert [column.id for column in screen.query_one(WayTable).columns] == ["way", "value", "all", "source"]


async def test_an_unknown_flow_gives_its_reason() -> None:
    def unknown(view: View, now: int) -> Report:
        made = make_report(view, now)
        reason = "No source tells of articles or a bot."
        return replace(made, funnel=Funnel(quality=Quality.UNAVAILABLE, reason=reason))

    app = make_app(FakeBackend(report_factory=unknown))
    async with opened(app) as pilot:
        _, pane = await flow(pilot, app)
        assert "No source tells of articles or a bot." in text_of(pane.lines)
        await pilot.press("right", "enter")
        assert isinstance(app.screen, FunnelFlowScreen)


async def test_nothing_read_and_nobody_there_are_told_apart() -> None:
    def quiet(view: View, now: int) -> Report:
        made = make_report(view, now)
        return replace(made, funnel=replace(made.funnel, links=(), nodes=()))

    app = make_app(FakeBackend(report_factory=quiet))
    async with opened(app) as pilot:
        _, pane = await flow(pilot, app)
        assert "Nobody sought support in this period." in text_of(pane.lines)
    app = make_app(FakeBackend(report_factory=make_empty))
    async with opened(app) as pilot:
        _, pane = await flow(pilot, app)
        assert shown(app).count("Waiting for the first answer of acme") == 2


def test_ways_follow_the_flow_and_their_links_add_up() -> None:
    found = ways(make_funnel(), None)
    keys = [way.key for way in found]
    assert keys[:5] == ["seeking", "seeking>articles", "seeking>bot", "seeking>team", "articles"]
    for node in ("seeking", "articles", "bot", "team"):
        whole = next(way.value for way in found if way.path == (node,))
        links = [way for way in found if len(way.path) == 2 and way.path[0] == node]
        assert sum(way.value for way in links) == whole
        assert sum(way.of_source or 0 for way in links) == pytest.approx(1)


def test_a_way_that_nobody_takes_any_more_is_still_told() -> None:
    now = replace(make_funnel(), links=make_funnel().links[1:])
    found = ways(now, FunnelBoard(make_funnel()))
    gone = next(way for way in found if way.path == ("seeking", "articles"))
    assert (gone.value, gone.then, change_words(gone)) == (0, 5_400, "▼ 100 %")


def test_a_missing_past_is_explained() -> None:
    board = FunnelBoard(None, reason="The compared period has not been read.")
    found = ways(make_funnel(), board)
    facts, after = way_words(found[4], found, "1–22 Oct", board.reason)
    assert facts[-1] == "The compared period has not been read."
    assert after.startswith("from Seeking support 5,400; on to Resolved by articles 3,800")
