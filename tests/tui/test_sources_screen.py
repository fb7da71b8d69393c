"""Sources: how fresh each is, what it refuses and the mend in full, what every number is worth with it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from funnel_tui.charts.cells import Line, line_width
from funnel_tui.model.boards import Board, MetricQuality, SourceRow, SourcesBoard, StreamRow
from funnel_tui.model.values import Freshness
from funnel_tui.sync import SyncUpdate
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.messages import SyncNews
from funnel_tui.tui.screens.sources import SourcesScreen
from funnel_tui.tui.sourcing import Known, facts, faults, known_sources, reasons, stream_words, worth_words
from funnel_tui.tui.state import Live, View
from funnel_tui.tui.widgets.mends import MendPane
from funnel_tui.tui.widgets.source_table import SourceTable, StreamTable
from funnel_tui.tui.widgets.worth import WorthTable

from .conftest import SIZES, opened, shown, until
from .fake_app import make_app
from .fake_boards import make_board
from .fake_report import DAY, NOW, ZONE, FakeBackend, make_empty, make_freshness, make_report

IDS = [f"{w}x{h}" for w, h in SIZES]
LONG = (
    "acme: the token was refused (401). Make a new one in the developer hub of the workspace, under the app's "
    "authentication, and put it into the keyring with `funnel-tui config token acme`; figures stand still until then."
)


def text_of(lines: Sequence[Line]) -> str:
    return "\n".join("".join(span.text for span in line) for line in lines)


async def sources(pilot: Pilot[int], app: FunnelApp) -> SourcesScreen:
    await pilot.press("D")
    await until(pilot, lambda: isinstance(app.screen, SourcesScreen) and app.screen.board is not None)
    await pilot.pause()
    assert isinstance(app.screen, SourcesScreen)
    return app.screen


def failing(view: View, now: int) -> object:
    """A report in which one source fails with a long mend."""
    report = make_report(view, now)
    acme, tickets = report.freshness
    return replace(report, freshness=(replace(acme, state="failed", message=LONG), tickets))


@pytest.mark.parametrize("size", SIZES[:2], ids=IDS[:2])
async def test_the_screen(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await sources(pilot, app)
        assert shown(app) == snapshot


@pytest.mark.parametrize("size", SIZES, ids=IDS)
async def test_every_line_fills_its_frame_at_any_size(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        screen = await sources(pilot, app)
        for name in screen.panes.plan.tabs or screen.panes.shown:
            screen.go(name)
            await pilot.pause()
            pane = screen.pane(name)
            assert {line_width(line) for line in pane.lines} == {pane.size.width}


async def test_ages_tick_in_place() -> None:
    now = [NOW]
    app = make_app(clock=lambda: now[0])
    async with opened(app) as pilot:
        screen = await sources(pilot, app)
        assert "4s ago" in shown(app)
        now[0] += 3
        screen.tick()
        assert "7s ago" in shown(app)


async def test_what_the_poller_says_shows_at_once_without_a_new_board() -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen = await sources(pilot, app)
        board = screen.board
        told = Freshness("acme", "intercom", NOW - 4, "failed", LONG)
        app._feed.hear(SyncUpdate("acme", told, 0))
        app.post_message(SyncNews())
        await until(pilot, lambda: "failed" in shown(app))
        assert screen.board is board
        assert screen.query_one(MendPane).faults[0].urgent


@pytest.mark.parametrize("size", SIZES, ids=IDS)
async def test_a_mend_stands_there_in_full(size: tuple[int, int]) -> None:
    app = make_app(FakeBackend(report_factory=failing))  # type: ignore[arg-type]
    async with opened(app, size) as pilot:
        screen = await sources(pilot, app)
        screen.go("mends")
        await pilot.pause()
        pane = screen.query_one(MendPane)
        words = " ".join(text_of(pane.lines).replace("│", " ").replace("▌", " ").split())
        assert LONG.removeprefix("acme: ") in words
        assert "acme cannot be read" in words
        assert screen.cursor == ("mends", "source:acme")
        await pilot.press("down")
        assert screen.cursor == ("mends", "stream:acme:messages")
        assert screen.copy_text() is not None
        assert "add the scope" in (screen.copy_text() or "")


async def test_the_streams_follow_the_cursor_and_say_their_reason_in_full() -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen = await sources(pilot, app)
        await pilot.press("down")
        streams = screen.query_one(StreamTable)
        assert screen.query_one(SourceTable).selected == "tickets"
        assert streams.source is not None
        assert streams.source.name == "tickets"
        screen.go("streams", "messages")
        await pilot.pause()
        below = " ".join(text_of(streams.lines[-4:]).replace("│", " ").split())
        assert "messages: the token may not read outbound messages (403): add the scope" in below
        assert "9,412 of 10,000 requests left" in text_of(streams.lines)


async def test_the_worst_number_stands_on_top_and_its_reasons_below() -> None:
    app = make_app()
    async with opened(app) as pilot:
        screen = await sources(pilot, app)
        worth = screen.query_one(WorthTable)
        assert worth.items[0] == "internal.questions"
        screen.go("worth", "selfserve.article_resolution_rate")
        await pilot.pause()
        assert "Only counters exist: views and conversations, not viewers." in text_of(worth.lines[-3:])
        metric = screen.current_metric()
        assert metric is not None
        assert metric.spec.id == "selfserve.article_resolution_rate"


async def test_numbers_open_what_they_count_and_those_that_cannot_be_had_say_so() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        screen = await sources(pilot, app)
        screen.go("worth", "internal.questions")
        await pilot.press("enter")
        assert "the sources cannot tell this number" in shown(app)
        screen.go("sources", "tickets")
        await pilot.press("enter")
        await until(pilot, lambda: backend.places)
        assert backend.places[0].filters == (("source", ("tickets",)),)


async def test_before_the_board_the_poller_is_heard_and_an_empty_cache_has_its_words() -> None:
    class Slow(FakeBackend):
        def board(self, view: View, name: str, now: int) -> Board:
            raise ValueError("no board today")

    app = make_app(Slow(report_factory=make_empty))
    async with opened(app) as pilot:
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, SourcesScreen) and "never" in shown(app))
        text = shown(app)
        assert "acme" in text
        assert "not yet" in text


async def test_many_sources_get_lines_and_the_selection_survives_a_refresh() -> None:
    class Many(FakeBackend):
        def board(self, view: View, name: str, now: int) -> Board:
            made = make_board(name, view, now)
            assert isinstance(made, SourcesBoard)
            first = made.sources[0]
            more = tuple(replace(first, freshness=replace(first.freshness, name=f"desk {index}")) for index in range(4))
            return replace(made, sources=(*made.sources, *more))

    app = make_app(Many())
    async with opened(app) as pilot:
        screen = await sources(pilot, app)
        await until(pilot, lambda: screen.pane("sources").size.height == 6 + 3)
        screen.go("sources", "desk 2")
        board = screen.board
        await pilot.press("r")
        await until(pilot, lambda: screen.board is not board)
        assert screen.cursor == ("sources", "desk 2")


def source(state: str, message: str | None = None, *streams: StreamRow) -> Known:
    fresh = Freshness("acme", "intercom", NOW - 60, state, message, history_from=NOW - 90 * DAY)
    return Known(fresh, SourceRow(fresh, 10, streams, None, 7_200))


def test_a_refused_stream_that_the_source_already_names_is_said_once() -> None:
    refused = StreamRow("messages", "refused", "add the scope")
    assert [fault.id for fault in faults([source("partial", "messages: add the scope", refused)], Live())] == [
        "source:acme"
    ]
    assert [fault.id for fault in faults([source("ok", None, refused)], Live())] == ["stream:acme:messages"]
    assert faults([source("ok")], Live()) == ()


def test_urgent_faults_come_first() -> None:
    found = faults([source("stale", "late"), source("failed", "401")], Live(poller_problem="the disk is full"))
    assert [fault.urgent for fault in found] == [True, True, False]


def test_the_latest_word_on_a_source_holds() -> None:
    board = SourcesBoard((source("ok").counted,), ())  # type: ignore[arg-type]
    told = Freshness("acme", "intercom", None, "failed", "401")
    (known,) = known_sources(board, (told,))
    assert (known.freshness.state, known.freshness.last_success) == ("failed", NOW - 60)
    assert [one.name for one in known_sources(board, make_freshness(NOW))] == ["acme", "tickets"]


def test_facts_name_history_lag_and_worth() -> None:
    metrics = tuple(
        MetricQuality(f"m{index}", "M", "human", quality, None, (("acme", quality, None),))
        for index, quality in enumerate(("exact", "exact", "approximate", "unavailable"))
    )
    assert dict(facts(source("ok"), metrics, ZONE, NOW)) == {
        "history": "from 24 Aug",
        "newest": "2h old at the last read",
        "worth": "2 of 4 numbers exact, 1 approximate, 1 n/a",
    }
    assert worth_words("other", metrics) == ""


def test_one_reason_for_all_is_said_once_and_others_by_source() -> None:
    each = (("a", "approximate", "counters"), ("b", "approximate", "counters"))
    assert reasons(MetricQuality("m", "M", "human", "approximate", "counters", each)) == ("counters",)
    differ = (("a", "approximate", "counters"), ("b", "unavailable", "no articles"))
    assert reasons(MetricQuality("m", "M", "human", "approximate", "x", differ)) == ("a: counters", "b: no articles")
    assert reasons(MetricQuality("m", "M", "human", "exact", None, ())) == ()


def test_a_stream_that_was_never_read_says_so() -> None:
    assert stream_words(StreamRow("articles", "never"), "acme") == "not read yet"
    assert stream_words(StreamRow("articles", "refused", "acme: articles: 403"), "acme") == "403"
