"""The team's screen: a queue whose ages tick in place, figures that open just their own, maps and times that turn."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from funnel_tui.charts.cells import cell_width
from funnel_tui.model.boards import Board, HumanBoard, Items, Place, Ranking, RankRow
from funnel_tui.model.values import ConversationRow, MetricValue, Quality, Report
from funnel_tui.settings import Target
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.layout import FRAMING
from funnel_tui.tui.screens.human import HumanScreen
from funnel_tui.tui.screens.timeline import TimelineScreen
from funnel_tui.tui.state import View
from funnel_tui.tui.widgets.groups import GroupsPane
from funnel_tui.tui.widgets.heat import HeatPane
from funnel_tui.tui.widgets.queue_table import QueueTable
from funnel_tui.tui.widgets.ratings import RatingsPane
from funnel_tui.tui.widgets.spike import spike_words
from funnel_tui.tui.widgets.spread import SpreadPane

from .conftest import SIZES, opened, shown, until
from .fake_app import make_app
from .fake_boards import make_human
from .fake_report import NOW, FakeBackend, make_report

sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
TARGETS = {"Chat": Target(900, 0.45), "email": Target(1_000, 0.8)}


@dataclass
class BoardBackend(FakeBackend):
    """Hands out boards made from the usual one."""

    change: Callable[[HumanBoard], HumanBoard] = lambda board: board
    boards: list[str] = field(default_factory=list)

    def board(self, view: View, name: str, now: int) -> Board:
        self.boards.append(name)
        found = super().board(view, name, now)
        return self.change(found) if isinstance(found, HumanBoard) else found


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@asynccontextmanager
async def human(
    app: FunnelApp, size: tuple[int, int] = (120, 40), targets: dict[str, Target] | None = None
) -> AsyncIterator[tuple[Pilot[int], HumanScreen]]:
    app.settings = replace(app.settings, targets=targets or {})
    async with opened(app, size) as pilot:
        await pilot.press("H")
        await until(pilot, lambda: isinstance(app.screen, HumanScreen) and app.screen.board is not None)
        await pilot.pause()
        assert isinstance(app.screen, HumanScreen)
        yield pilot, app.screen


def text_of(pane: object) -> list[str]:
    return ["".join(span.text for span in line) for line in getattr(pane, "lines", ())]


@pytest.mark.parametrize("size", SIZES[:2], ids=["80x24", "120x40"])
async def test_what_it_looks_like(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    app = make_app()
    async with human(app, size, TARGETS):
        assert shown(app) == snapshot


@sizes
async def test_every_pane_is_reached_by_tab_and_fits(size: tuple[int, int]) -> None:
    app = make_app()
    async with human(app, size) as (pilot, screen):
        seen = set()
        for _ in range(9):
            await pilot.press("tab")
            await pilot.pause()
            seen.add(screen.active)
            assert screen.active in screen.panes.shown
        assert seen == {"human", "waiting", "queue", "groups", "duty", "response", "close", "heat", "ratings"}


async def test_at_120x40_numbers_queue_groups_and_one_more_are_seen_at_once() -> None:
    app = make_app()
    async with human(app) as (pilot, screen):
        shown_now = {name for name in screen.panes.plan.slots if name not in FRAMING}
        assert shown_now == {"human", "queue", "waiting", "groups", "response"}
        screen.go("ratings")
        screen.go("groups")
        await pilot.pause()
        assert "ratings" in screen.panes.shown, "the chosen tab stays while the cursor is elsewhere"


# --- the queue


async def test_the_longest_wait_is_on_top_and_those_that_do_not_wait_below() -> None:
    app = make_app()
    async with human(app) as (_, screen):
        table = screen.query_one(QueueTable)
        waits = [row.waiting_since for row in table._shown]
        known = [since for since in waits if since is not None]
        assert len(known) == 9
        assert waits == sorted(known) + [None] * 28
        assert "QUEUE 37, longest wait first" in text_of(table)[0]
        assert "9 waiting" in text_of(table)[0]


async def test_ages_tick_in_place_and_nothing_else_changes() -> None:
    clock = Clock()
    app = make_app(clock=clock)
    async with human(app) as (_, screen):
        table = screen.query_one(QueueTable)
        before, order = text_of(table), table.items
        clock.now += 1
        screen.tick()
        after = text_of(table)
        assert table.items == order
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        assert len(changed) == 9
        for old, new in changed:
            assert old[11:] == new[11:]
        assert ("17m 5s" in before[2], "17m 6s" in after[2]) == (True, True)
        again = table.lines
        screen.tick()
        assert table.lines is again, "within one second nothing is drawn again"


async def test_the_past_does_not_tick() -> None:
    clock = Clock()
    app = make_app(clock=clock, view=View("month", at=NOW - 3_600))
    async with human(app) as (_, screen):
        before = text_of(screen.query_one(QueueTable))
        clock.now += 5
        screen.tick()
        assert text_of(screen.query_one(QueueTable)) == before


async def test_a_wait_over_its_channels_target_wears_a_sign_and_only_that() -> None:
    clock = Clock()
    app = make_app(clock=clock)
    async with human(app, targets=TARGETS) as (_, screen):
        table = screen.query_one(QueueTable)
        limits = {"chat": 900, "email": 1_000}
        for row, line in zip(table._shown, text_of(table)[2:], strict=False):
            waited = NOW - row.waiting_since if row.waiting_since is not None else 0
            over = row.channel in limits and waited > limits[row.channel]
            assert ("!" in line[:11]) is over, line
        late = sum(table.late(row) for row in table._shown)
        assert f"! {late} over target" in text_of(table)[0]
        clock.now += 600
        screen.tick()
        assert sum(table.late(row) for row in table._shown) > late


async def test_without_targets_no_wait_is_marked() -> None:
    app = make_app()
    async with human(app) as (_, screen):
        assert "!" not in "".join(line[:11] for line in text_of(screen.query_one(QueueTable)))


async def test_enter_opens_the_conversation_and_o_its_address() -> None:
    app = make_app()
    async with human(app) as (pilot, screen):
        await pilot.press("j", "j")
        row = screen.query_one(QueueTable).current
        assert row is not None
        await pilot.press("o")
        assert app.clipboard == row.url or row.url in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TimelineScreen))
        assert isinstance(app.screen, TimelineScreen)
        assert (app.screen.row, app.screen.crumbs) == (row, ("Human", row.id))
        await pilot.press("escape")
        assert app.screen is screen
        assert screen.cursor == ("waiting", f"acme/{row.id}")


async def test_the_cursor_stays_on_its_conversation_when_others_come() -> None:
    def with_older(board: HumanBoard) -> HumanBoard:
        first = next(row for row in board.queue.rows if isinstance(row, ConversationRow))
        older = [replace(first, id=f"new{i}", waiting_since=NOW - 9_000 - i) for i in range(3)]
        return replace(board, queue=Items(board.queue.place, (*older, *board.queue.rows), board.queue.total + 3))

    backend = BoardBackend()
    app = make_app(backend)
    async with human(app) as (pilot, screen):
        await pilot.press(*"jjjj")
        chosen = screen.query_one(QueueTable).selected
        backend.change = with_older
        await pilot.press("r")
        await until(pilot, lambda: "new0" in str(screen.query_one(QueueTable).items))
        assert screen.query_one(QueueTable).selected == chosen
        assert screen.query_one(QueueTable).items.index(chosen or "") == 7


async def test_words_narrow_the_queue_and_the_title_sorts() -> None:
    app = make_app()
    async with human(app) as (pilot, screen):
        table = screen.query_one(QueueTable)
        table.narrow("refund")
        assert 0 < table.count < 37
        assert "of 37 with “refund”" in text_of(table)[0]
        await pilot.press("escape")
        assert table.count == 37
        slot = screen.panes.plan.slots["waiting"]
        at = text_of(table)[1].index("channel")
        await pilot.click(offset=(slot.x + at + 1, slot.y + 1))
        assert "by channel" in text_of(table)[0]


# --- groups


async def test_b_turns_the_dimension_and_a_cell_opens_its_own() -> None:
    backend = BoardBackend()
    app = make_app(backend)
    async with human(app) as (pilot, screen):
        groups = screen.query_one(GroupsPane)
        assert "BY TEAM 4" in text_of(groups)[0]
        await pilot.press("b")
        assert "BY CHANNEL 3" in text_of(groups)[0]
        screen.go("groups")
        await pilot.press("down", "right")
        name, column = groups.selected, groups.column
        assert (name, column) == ("email", "human.first_response.median")
        await pilot.press("enter")
        await until(pilot, lambda: backend.places)
        assert backend.places[-1] == Place("human.first_response.median", (("channel", ("email",)),), words="email")
        assert "Human" in shown(app).splitlines()[0]


async def test_a_click_on_the_title_turns_it_too() -> None:
    app = make_app()
    async with human(app) as (pilot, screen):
        slot = screen.panes.plan.slots["groups"]
        await pilot.click(offset=(slot.x + 4, slot.y))
        assert screen.query_one(GroupsPane).by == "channel"
        assert screen.active == "groups"
        await pilot.press("b")
        assert "BY AGENT 7" in shown(app)
        assert "b: by team" in shown(app)
        await pilot.click(offset=(slot.x + 4, slot.y), times=2)
        assert app.screen is screen, "the title opens nothing, however fast the clicks come"


async def test_signs_say_which_way_figures_went_and_wide_screens_how_far() -> None:
    app = make_app()
    async with human(app, (200, 60)) as (pilot, screen):
        groups = screen.query_one(GroupsPane)
        billing = next(line for line in text_of(groups) if "billing" in line)
        assert "2m▼" in billing
        screen.go("groups")
        await pilot.press("z")
        await until(pilot, lambda: screen.panes.zoomed == "groups")
        await pilot.pause()
        billing = next(line for line in text_of(groups) if "billing" in line)
        assert "▼ 20 %" in billing


async def test_figures_without_room_come_in_from_the_side_and_the_frame_says_how_many() -> None:
    app = make_app()
    async with human(app, (80, 24)) as (pilot, screen):
        groups = screen.query_one(GroupsPane)
        screen.go("groups")
        await pilot.pause()
        assert "4 more →" in text_of(groups)[0]
        assert "replies" not in text_of(groups)[1]
        await pilot.press(*["right"] * 8)
        assert groups.column == "human.replies_per_close"
        assert "← 4 more" in text_of(groups)[0]
        assert text_of(groups)[1].split()[0] == "team"
        assert "replies" in text_of(groups)[1]
        assert not groups.move(1, 0), "and there it ends"
        await pilot.press(*["left"] * 10)
        assert groups.column == "queue.waiting"
        assert "4 more →" in text_of(groups)[0]


async def test_channels_with_targets_show_what_was_within_them() -> None:
    def targeted(board: HumanBoard) -> HumanBoard:
        channels = board.groups["channel"]
        rows = tuple(
            replace(row, metrics={**row.metrics, "human.within_target": row.metrics["human.within_10m"]})
            for row in channels.rows
        )
        return replace(board, groups={**board.groups, "channel": replace(channels, rows=rows)})

    app = make_app(BoardBackend(change=targeted))
    async with human(app) as (pilot, _):
        assert "≤10m" in shown(app)
        await pilot.press("b")
        assert "in target" in shown(app)
        assert "≤10m" not in shown(app)


async def test_no_groups_say_why() -> None:
    app = make_app(
        BoardBackend(change=lambda board: replace(board, groups={"team": Ranking("team", reason="No teams.")}))
    )
    async with human(app):
        assert "No teams." in shown(app)


# --- who is on


async def test_those_on_duty_come_first_and_enter_opens_what_is_theirs() -> None:
    backend = BoardBackend()
    app = make_app(backend)
    async with human(app, (200, 60)) as (pilot, screen):
        pane = screen.pane("duty")
        assert "ON DUTY 4 of 6, on duty first" in text_of(pane)[0]
        assert [line.split()[1] for line in text_of(pane)[2:8]] == ["●"] * 4 + ["○"] * 2
        screen.go("duty")
        await pilot.press("enter")
        await until(pilot, lambda: backend.places)
        assert backend.places[-1] == Place("queue.open", (("assignee", ("acme/g0",)),), words="Anna")
        await pilot.press("escape", "right", "right", "right", "enter")
        await until(pilot, lambda: len(backend.places) == 2)
        assert backend.places[-1] == Place("human.resolved", (("agent", ("acme/g0",)),), words="Anna")


async def test_where_nobody_knows_who_is_on_the_reason_stands() -> None:
    app = make_app(
        BoardBackend(change=lambda board: replace(board, duty=(), duty_reason="acme does not say who is away."))
    )
    async with human(app, (200, 60)):
        assert "acme does not say who is away." in shown(app)


# --- times


async def test_times_turn_to_a_channel_and_a_bucket_opens_its_own() -> None:
    backend = BoardBackend()
    app = make_app(backend)
    async with human(app) as (pilot, screen):
        screen.go("response")
        await pilot.pause()
        assert "FIRST RESPONSE, all channels" in shown(app)
        await pilot.press("b")
        assert "FIRST RESPONSE, chat" in shown(app)
        assert "42 % within, 45 % expected" in shown(app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: backend.places)
        place = backend.places[-1]
        assert (place.metric, place.filters) == ("human.first_response.median", (("channel", ("chat",)),))
        assert (place.between, place.words) == ((60.0, 300.0), "chat, 1–5m")


async def test_a_bucket_is_picked_by_the_mouse() -> None:
    app = make_app()
    async with human(app) as (pilot, screen):
        slot = screen.panes.plan.slots["response"]
        await pilot.click(offset=(slot.x + 12, slot.y + 3))
        pane = screen.query_one("#response", SpreadPane)
        place = pane.place()
        assert place is not None
        assert place.between == (300.0, 900.0)


async def test_all_channels_are_listed_against_their_targets() -> None:
    app = make_app()
    async with human(app) as (_, screen):
        lines = text_of(screen.pane("response"))
        assert any("chat" in line and "! 1m: 42 % of 45 %" in line for line in lines)


async def test_a_channel_without_a_target_says_where_one_is_set() -> None:
    def untargeted(board: HumanBoard) -> HumanBoard:
        return replace(board, response=tuple(replace(one, target=None, target_share=None) for one in board.response))

    app = make_app(BoardBackend(change=untargeted))
    async with human(app, (120, 50)) as (pilot, screen):
        screen.go("response")
        await pilot.press("b")
        assert "No target for chat: [targets.chat]" in " ".join(shown(app).split())


async def test_times_that_cannot_be_told_say_why() -> None:
    def untold(view: View, now: int) -> Report:
        report = make_report(view, now)
        spec = report["human.first_response.median"].spec
        lost = MetricValue(spec, None, quality=Quality.UNAVAILABLE, reason="The source keeps no replies.")
        return replace(report, metrics={**report.metrics, spec.id: lost})

    app = make_app(BoardBackend(report_factory=untold, change=lambda board: replace(board, response=())))
    async with human(app):
        assert "The source keeps no replies." in shown(app)


# --- hours of the week


async def test_w_turns_the_map_and_a_cell_opens_its_hour() -> None:
    backend = BoardBackend()
    app = make_app(backend)
    async with human(app) as (pilot, screen):
        await pilot.press("w")
        await pilot.pause()
        assert screen.active == "heat"
        assert "HOURS OF THE WEEK, arrivals" in shown(app)
        await pilot.press("right", "right", "down")
        assert screen.cursor == ("heat", "1:02")
        await pilot.press("enter")
        await until(pilot, lambda: backend.places)
        assert backend.places[-1] == Place("human.inbound", hour=(1, 2), words="Tue 02:00–03:00")
        await pilot.press("escape", "w")
        assert "HOURS OF THE WEEK, median wait" in shown(app)
        heat = screen.query_one(HeatPane)
        place = heat.place()
        assert place is not None
        assert (place.metric, place.hour) == ("human.response.median", (1, 2))


async def test_an_hour_is_picked_by_the_mouse() -> None:
    app = make_app()
    async with human(app, (200, 60)) as (pilot, screen):
        slot = screen.panes.plan.slots["heat"]
        await pilot.click(offset=(slot.x + 2 + 4, slot.y + 2))
        assert screen.cursor == ("heat", "0:00")
        await pilot.click(offset=(slot.x + 8, slot.y))
        assert screen.query_one(HeatPane).which == 1


# --- ratings


async def test_a_rating_opens_what_was_rated() -> None:
    app = make_app()
    async with human(app) as (pilot, screen):
        screen.go("ratings")
        await pilot.pause()
        assert "Quick and kind, thank you!" in shown(app)
        assert "no remark" in shown(app)
        await pilot.press("down")
        current = screen.query_one(RatingsPane).current
        assert current is not None
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TimelineScreen))
        assert isinstance(app.screen, TimelineScreen)
        assert app.screen.row == current.conversation


# --- states


def emptied(board: HumanBoard) -> HumanBoard:
    none = tuple((None,) * 24 for _ in range(7))
    zero = tuple((0,) * 24 for _ in range(7))
    return replace(
        board,
        queue=Items(board.queue.place, (), 0),
        groups={by: Ranking(by) for by in board.groups},
        duty=(),
        response=tuple(replace(one, n=0, buckets=()) for one in board.response[:1]),
        close=replace(board.close, n=0, buckets=()),
        ratings=(),
        arrivals=replace(board.arrivals, cells=none, n=zero),
        waits=replace(board.waits, cells=none, n=zero),
    )


async def test_an_empty_queue_is_good_news_and_the_rest_says_that_nothing_was() -> None:
    app = make_app(BoardBackend(change=emptied))
    async with human(app, (200, 60)) as (pilot, screen):
        text = shown(app)
        for said in (
            "Nobody waits: no conversation is open.",
            "Nobody reached the team in this period.",
            "Nobody rated a conversation with the team in this period.",
            "No teammates are known",
            "Nothing ended in this period",
        ):
            assert said in text
        for pane in ("waiting", "groups", "duty", "response", "close", "heat", "ratings"):
            screen.go(pane)
            await pilot.press("enter", "down")
            if screen.panes.zoomed:
                await pilot.press("escape")
            assert app.screen is screen, pane


async def test_until_the_board_is_there_it_is_being_read() -> None:
    backend = FakeBackend(gate=True)
    app = make_app(backend)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("H")
        await until(pilot, lambda: isinstance(app.screen, HumanScreen) and app.screen.composed)
        await pilot.pause()
        assert "reading the cache …" in shown(app)
        backend.open_gate()
        await until(pilot, lambda: "QUEUE 37" in shown(app))
    app.close()
    app.loader.join(5)


async def test_a_board_that_cannot_be_made_says_why() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        backend.failure = RuntimeError("the cache is locked; try again")
        await pilot.press("H")
        await until(pilot, lambda: "the cache is locked" in shown(app))
        assert isinstance(app.screen, HumanScreen)


def test_whether_this_is_a_spike_is_said_in_words() -> None:
    report = make_report()
    words, role = spike_words(report)
    assert words.startswith("! This is a spike. Waiting 9, usual 2–5")
    assert role == "bad"
    calm = replace(report, signals=())
    assert spike_words(calm)[0].startswith("No spike: 9 waiting, usual ")
    last = replace(report.queue_history[-1], usual=None)
    assert "What is usual shows" in spike_words(replace(calm, queue_history=(*report.queue_history[:-1], last)))[0]
    assert spike_words(replace(calm, queue_history=()))[0] == ""


def test_the_made_up_board_is_of_one_piece() -> None:
    report, board = make_report(), make_human(View("month"))
    assert board.queue.total == len(board.queue.rows) == report["queue.open"].value
    waiting = [row for row in board.queue.rows if isinstance(row, ConversationRow) and row.waiting_since]
    assert len(waiting) == report["queue.waiting"].value


@pytest.mark.parametrize("size", [(120, 40), (200, 60), (240, 70)])
async def test_what_is_approximate_is_not_cut_at_its_unit(size: tuple[int, int]) -> None:
    """The mark and the sign of the change come on top of the figure itself."""

    def marked(board: HumanBoard) -> HumanBoard:
        def row(row: RankRow) -> RankRow:
            wide = {
                "human.first_response.median": 47_460.0,
                "human.within_10m": 1.0,
                "human.time_to_close.median": 13_860.0,
            }
            metrics = {
                id: replace(one, quality=Quality.APPROXIMATE, value=wide.get(id, one.value))
                for id, one in row.metrics.items()
            }
            return replace(row, metrics=metrics)

        groups = {by: replace(one, rows=tuple(map(row, one.rows))) for by, one in board.groups.items()}
        return replace(board, groups=groups)

    async with human(make_app(BoardBackend(change=marked)), size) as (_, screen):
        pane = screen.query_one(GroupsPane)
        text = "\n".join(text_of(pane)[2:])
        assert "≈ 13h 11m" in text
        assert "…" not in text
        for column in pane.columns:
            assert all(cell_width(column.text(row)) <= column.width for row in pane._rows), column.id
