"""Comparison: every number in two periods, what moved most on top, the past one key away, nothing unknown as 0."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from funnel_tui.charts.cells import line_width, plain
from funnel_tui.model.boards import ComparedRow, Place
from funnel_tui.model.values import Direction, MetricSpec, MetricValue, Quality, Unit, Verdict
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.comparing import interval_words, label_words, moved, tally
from funnel_tui.tui.screens.comparison import ComparisonScreen
from funnel_tui.tui.screens.definition import DefinitionScreen
from funnel_tui.tui.screens.drill import DrillScreen
from funnel_tui.tui.state import View
from funnel_tui.tui.widgets.pieces import told

from .conftest import SIZES, opened, shown, until
from .fake_app import make_app
from .fake_report import FakeBackend, make_empty

IDS = [f"{w}x{h}" for w, h in SIZES]
SPEC = MetricSpec("human.inbound", "Inbound", Unit.COUNT, Direction.DOWN, "", "human")


def row(now: float, then: float, low: float | None, high: float | None, verdict: Verdict | None) -> ComparedRow:
    return ComparedRow(MetricValue(SPEC, now, previous=then, change=(now - then) / then, verdict=verdict), low, high)


async def comparison(pilot: Pilot[int], app: FunnelApp) -> ComparisonScreen:
    await pilot.press("C")
    await until(pilot, lambda: isinstance(app.screen, ComparisonScreen) and app.screen.board is not None)
    await pilot.pause()
    assert isinstance(app.screen, ComparisonScreen)
    return app.screen


@pytest.mark.parametrize("size", SIZES[:2], ids=IDS[:2])
async def test_the_screen(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await comparison(pilot, app)
        assert shown(app) == snapshot


def test_what_moved_beyond_its_noise_stands_above_what_did_not_and_far_above_near() -> None:
    near = row(110, 100, 0.02, 0.18, Verdict.WORSE)
    far = row(150, 100, 0.4, 0.6, Verdict.WORSE)
    noisy = row(180, 100, -0.2, 1.8, Verdict.UNCLEAR)
    unknown = row(300, 100, None, None, Verdict.UNCLEAR)
    alone = ComparedRow(MetricValue(SPEC, 5.0))
    order = sorted([unknown, noisy, near, far], key=lambda r: -(moved(r) or 0))
    assert order == [far, near, noisy, unknown]
    assert moved(alone) is None


def test_a_clear_change_without_a_better_way_counts_as_much_as_one_with() -> None:
    neutral = row(150, 100, 0.4, 0.6, None)
    assert (moved(neutral) or 0) > (moved(row(190, 100, -0.1, 1.9, Verdict.UNCLEAR)) or 0)
    assert [word for _, word, _ in tally([neutral])] == ["with no better way"]


def test_intervals_are_said_in_the_unit_of_the_change() -> None:
    assert interval_words(row(86, 100, -0.2, -0.08, Verdict.BETTER)) == "−20 to −8 %"
    assert interval_words(row(101, 100, -0.004, 0.024, Verdict.UNCLEAR)) == "−0.4 to +2.4 %"
    assert interval_words(row(2_400, 100, 17.3, 29.0, Verdict.WORSE)) == "×18.3 to ×30"
    rate = replace(SPEC, unit=Unit.RATIO)
    share = ComparedRow(MetricValue(rate, 0.5, previous=0.4, change=0.1), 0.003, 0.197)
    assert interval_words(share) == "+0.3 to +19.7 pt"
    assert interval_words(row(1, 2, None, None, None)) == ""


def test_a_long_label_keeps_its_end() -> None:
    long = replace(SPEC, label="First response, office p90")
    assert label_words(ComparedRow(MetricValue(long, 1.0)), 26) == "First response, office p90"
    assert label_words(ComparedRow(MetricValue(long, 1.0)), 22) == "1st resp., office p90"


def test_facts_break_between_each_other() -> None:
    assert told(["one two", "three four"], 12, 2) == ["one two", "three four"]
    assert told(["one", "two"], 12, 2) == ["one · two"]
    assert told(["one two three", "four five six"], 14, 1) == ["one two three…"]


@pytest.mark.parametrize("size", SIZES, ids=IDS)
async def test_every_line_fills_its_frame_at_any_size(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        screen = await comparison(pilot, app)
        for name in screen.panes.shown:
            pane = screen.pane(name)
            assert {line_width(line) for line in pane.lines} == {pane.size.width}


async def test_both_periods_are_said_whole_where_there_is_little_room() -> None:
    app = make_app()
    async with opened(app, (60, 20)) as pilot:
        await comparison(pilot, app)
        assert "now 1–22 Nov to 16:00  then 2–23 Oct to 17:00" in shown(app)


async def test_what_moved_most_comes_first_and_s_sorts_by_any_column() -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen = await comparison(pilot, app)
        numbers = screen.numbers
        first = numbers.items[0]
        assert first == "proactive.bounced"
        assert "what moved most against its noise first" in shown(app)
        numbers.column = "label"
        await pilot.press("s")
        assert numbers.items[0] == "human.after_selfserve"
        numbers.column = "layer"
        await pilot.press("s")
        layers = [item.split(".")[0] for item in numbers.items if not item.startswith("internal.")]
        assert list(dict.fromkeys(layers)) == ["proactive", "selfserve", "human", "queue", "savings"]
        assert len(list(dict.fromkeys(layers))) == sum(a != b for a, b in zip(["", *layers], layers, strict=False))
        assert "grouped by layer" in shown(app)


@pytest.mark.parametrize("column", ["label", "now", "then", "change", "verdict", "n", "noise", "layer"])
async def test_what_cannot_be_had_stands_last_in_every_order_and_says_why(column: str) -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen = await comparison(pilot, app)
        numbers = screen.numbers
        for _ in range(2):
            numbers.column = column
            await pilot.press("s")
            assert set(numbers.items[-2:]) == {"internal.questions", "internal.unanswered"}
        await pilot.press("G")
        text = shown(app)
        assert "n/a  No chat source is configured" in text
        await pilot.press("enter")
        assert app.screen is screen
        assert "No chat source is configured" in shown(app).splitlines()[-1]


async def test_now_and_then_open_what_each_counts() -> None:
    backend = FakeBackend(rows=9)
    app = make_app(backend)
    async with opened(app) as pilot:
        screen = await comparison(pilot, app)
        screen.go("numbers", "human.inbound")
        screen.numbers.column = "now"
        await pilot.press("enter")
        await until(pilot, lambda: len(backend.places) == 1)
        await pilot.press("escape")
        screen.numbers.column = "then"
        await pilot.press("enter")
        await until(pilot, lambda: len(backend.places) == 2)
        assert isinstance(app.screen, DrillScreen)
        assert app.screen.crumbs[:2] == ("Comparison", "Reached the team")
        now, then = backend.places
        assert app.report is not None
        window = app.report.comparison
        assert window is not None
        assert now == Place("human.inbound")
        assert (then.metric, then.span) == ("human.inbound", (window.start, window.end))
        await pilot.press("escape")
        assert app.screen is screen
        assert screen.cursor == ("numbers", "human.inbound")


async def test_the_chart_follows_the_cursor_and_its_points_open_their_day() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app, (80, 24)) as pilot:
        screen = await comparison(pilot, app)
        screen.go("numbers", "human.first_response.median")
        await pilot.press("tab")
        assert screen.active == "course"
        assert "FIRST RESPONSE" in shown(app)
        await pilot.press("left", "left")
        assert "▸ Fri 20 Nov" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: backend.places)
        place = backend.places[0]
        assert (place.metric, place.words) == ("human.first_response.median", "Fri 20 Nov")
        assert place.span is not None
        assert place.span[1] - place.span[0] == 86_400


async def test_the_mouse_picks_a_point_of_the_chart() -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen = await comparison(pilot, app)
        screen.go("numbers", "human.first_response.median")
        await pilot.pause()
        course = screen.pane("course")
        await pilot.click("#course", offset=(course.size.width // 2, course.size.height - 4))
        assert screen.active == "course"
        assert "▸ " in shown(app)


async def test_a_number_without_a_course_shows_both_values_as_bars() -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen = await comparison(pilot, app)
        screen.go("numbers", "human.reopened")
        await pilot.pause()
        chart = plain(screen.pane("course").lines)
        assert "is not kept for this number" in chart
        assert "now  212" in chart
        assert "then 180" in chart


async def test_c_takes_the_past_away_and_says_how_it_comes_back() -> None:
    app = make_app(view=View("month", compare="year"))
    async with opened(app) as pilot:
        screen = await comparison(pilot, app)
        assert ", a year earlier  c: no comparison" in shown(app)
        await pilot.press("c")
        await until(pilot, lambda: app.shown == app.view and not screen.numbers.compared)
        text = shown(app)
        assert "c: against the period before" in text
        assert "grouped by layer" in text
        assert "verdict" not in text
        assert screen.numbers.items[0].startswith("proactive.")
        await pilot.press("c")
        await until(pilot, lambda: app.shown == app.view and screen.numbers.compared)
        assert "what moved most" in shown(app)


async def test_slash_narrows_by_layer_id_and_reason() -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen = await comparison(pilot, app)
        await pilot.press("slash", *"queue", "enter")
        assert screen.numbers.items
        assert all("queue." in item for item in screen.numbers.items)
        assert "with “queue”" in shown(app)
        await pilot.press("escape")
        assert screen.numbers.count == 65


async def test_the_selection_survives_new_figures() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        screen = await comparison(pilot, app)
        screen.go("numbers", "human.csat")
        board = screen.board
        await pilot.press("r")
        await until(pilot, lambda: screen.board is not board)
        assert screen.cursor == ("numbers", "human.csat")


async def test_d_defines_the_number_under_the_cursor() -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen = await comparison(pilot, app)
        screen.go("numbers", "human.reopen_rate")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, DefinitionScreen))
        assert "REOPEN RATE" in shown(app)


async def test_before_the_board_the_report_alone_is_shown_and_a_failure_leaves_it_there() -> None:
    class Broken(FakeBackend):
        def board(self, view: View, name: str, now: int) -> object:  # type: ignore[override]
            raise ValueError("the board broke")

    app = make_app(Broken())
    async with opened(app) as pilot:
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, ComparisonScreen) and app.screen.numbers.count == 65)
        assert "First response" in shown(app)


async def test_an_empty_cache_compares_nothing_and_says_so() -> None:
    app = make_app(FakeBackend(report_factory=make_empty))
    async with opened(app) as pilot:
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, ComparisonScreen) and app.screen.board)
        await pilot.pause()
        assert isinstance(app.screen, ComparisonScreen)
        assert app.screen.numbers.count == 0
        assert shown(app).count("Waiting for the first answer of acme") == 2


def test_unavailable_is_no_kind_of_change() -> None:
    gone = ComparedRow(MetricValue(SPEC, None, quality=Quality.UNAVAILABLE, reason="no way"))
    assert moved(gone) is None
    assert tally([gone]) == ((1, "n/a", "muted"),)
