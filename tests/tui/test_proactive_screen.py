"""The proactive screen: campaigns whose cells open their own messages, weeks as points, and plain words about both."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from funnel_tui.charts.cells import plain
from funnel_tui.model.boards import Board, Correlation, Place, ProactiveBoard, Ranking
from funnel_tui.model.values import Quality, Report, Series
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.screens.drill import DrillScreen
from funnel_tui.tui.screens.proactive import ProactiveScreen
from funnel_tui.tui.state import View
from funnel_tui.tui.table import Order
from funnel_tui.tui.widgets.campaigns import CampaignsPane, OpenFunnelPane
from funnel_tui.tui.widgets.ranking import rise
from funnel_tui.tui.widgets.together import TogetherPane, WeeklyPane, together_words
from tests.reference.script import receipt, talk, view

from .conftest import SIZES, opened, shown, until
from .fake_app import make_app
from .fake_report import DAY, NOW, FakeBackend, make_empty, make_report
from .worlds import counted, real_app

sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])


@dataclass
class BoardBackend(FakeBackend):
    """Hands out boards made from the usual one."""

    change: Callable[[ProactiveBoard], ProactiveBoard] = lambda board: board

    def board(self, view: View, name: str, now: int) -> Board:
        found = super().board(view, name, now)
        return self.change(found) if isinstance(found, ProactiveBoard) else found


@asynccontextmanager
async def proactive(
    app: FunnelApp, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot[int], ProactiveScreen]]:
    async with opened(app, size) as pilot:
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, ProactiveScreen) and app.screen.board is not None)
        await pilot.pause()
        assert isinstance(app.screen, ProactiveScreen)
        yield pilot, app.screen


@pytest.mark.parametrize("size", SIZES[:2], ids=["80x24", "120x40"])
async def test_what_it_looks_like(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    app = make_app()
    async with proactive(app, size):
        assert shown(app) == snapshot


@sizes
async def test_every_pane_is_reached_by_tab(size: tuple[int, int]) -> None:
    async with proactive(make_app(), size) as (pilot, screen):
        seen = set()
        for _ in range(6):
            await pilot.press("tab")
            await pilot.pause()
            seen.add(screen.active)
            assert screen.active in screen.panes.shown
        assert seen >= {"proactive", "campaigns", "weekly", "opens"}
        assert ("together" in seen) is (size != (120, 40)), "at 120x40 the sentence under the weeks says it"


# --- campaigns


async def test_a_cell_opens_just_its_messages() -> None:
    app = make_app(backend := FakeBackend(rows=9))
    async with proactive(app) as (pilot, screen):
        table = screen.query_one(CampaignsPane)
        await pilot.press("down", "right", "right")
        wanted = Place("proactive.open_rate", (("campaign", ("m1",)),), words="Welcome, day 1")
        assert table.place() == wanted
        assert table.metric() is not None
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DrillScreen))
        await until(pilot, lambda: backend.places == [wanted])
        assert "Proactive › Open rate › Welcome, day 1" in shown(app)


async def test_sorted_by_the_cursors_column_and_back() -> None:
    async with proactive(make_app()) as (pilot, screen):
        table = screen.query_one(CampaignsPane)
        assert "CAMPAIGNS 6, most delivered first" in plain(table.lines)
        table.column = "proactive.bounced"
        await pilot.press("s")
        assert table.items == ("m5", "m4", "m3", "m2", "m1", "m0")
        await pilot.press("s")
        assert table.items[0] == "m0"
        table.column = "trend"
        table.order = None
        await pilot.press("s")
        rises = [rise(row.trend) for row in table._shown]
        assert rises == sorted(rises, key=lambda value: -(value or 0.0))


async def test_narrowed_by_words_and_all_again() -> None:
    app = make_app()
    async with proactive(app) as (pilot, screen):
        table = screen.query_one(CampaignsPane)
        await pilot.press("slash", *"day", "enter")
        await pilot.pause()
        assert table.items == ("m1", "m2")
        assert "2 of 6 with “day”" in plain(table.lines)
        await pilot.press("escape")
        assert len(table.items) == 6


async def test_the_cursor_outlives_another_board() -> None:
    backend = BoardBackend()
    app = make_app(backend)
    async with proactive(app) as (pilot, screen):
        table = screen.query_one(CampaignsPane)
        await pilot.press("down", "down", "right")
        before = screen.board
        backend.change = lambda board: replace(
            board, campaigns=replace(board.campaigns, rows=tuple(reversed(board.campaigns.rows)))
        )
        screen.ask()
        await until(pilot, lambda: screen.board is not before)
        assert (table.selected, table.column, table.items[2]) == ("m2", "proactive.opened", "m2")


async def test_a_campaign_that_is_new_shows_no_change() -> None:
    def fresh(board: ProactiveBoard) -> ProactiveBoard:
        rows = tuple(
            replace(
                row, metrics={id_: replace(value, previous=None, change=None) for id_, value in row.metrics.items()}
            )
            for row in board.campaigns.rows
        )
        return replace(board, campaigns=replace(board.campaigns, rows=rows))

    async with proactive(make_app(BoardBackend(change=fresh))) as (_, screen):
        assert "change" not in plain(screen.query_one(CampaignsPane).lines[1:2])


async def test_a_click_on_a_title_sorts_and_two_on_a_cell_open_it() -> None:
    app = make_app(backend := FakeBackend(rows=9))
    async with proactive(app) as (pilot, screen):
        table = screen.query_one(CampaignsPane)
        x = plain(table.lines[1:2]).index("clicks") + 2
        await pilot.click(CampaignsPane, offset=(x, 1))
        assert table.order == Order("proactive.clicked")
        await pilot.click(CampaignsPane, offset=(x, 3), times=2)
        await until(pilot, lambda: bool(backend.places))
        assert backend.places == [Place("proactive.clicked", (("campaign", ("m1",)),), words="Welcome, day 1")]
        assert isinstance(app.screen, DrillScreen)
        assert screen.active == "campaigns"


# --- what became of the messages


async def test_shares_are_of_what_their_words_say() -> None:
    async with proactive(make_app()) as (pilot, screen):
        pane = screen.query_one(OpenFunnelPane)
        text = plain(pane.lines)
        assert "49 % of delivered" in text
        assert "20 % of opened" in text
        screen.go("opens")
        await pilot.press("down", "down")
        assert pane.place() == Place("proactive.clicked")
        assert pane.line == 5, "its words, under two others of two lines each and the frame"
        await pilot.click(OpenFunnelPane, offset=(10, 2))
        assert pane.selected == "proactive.delivered"


async def test_a_source_that_sends_nothing_says_so() -> None:
    def without(view: View, now: int) -> Report:
        report = make_report(view, now)
        metrics = {
            id_: replace(value, value=None, quality=Quality.UNAVAILABLE, reason="Chatwoot sends no campaigns.")
            if id_.startswith("proactive.")
            else value
            for id_, value in report.metrics.items()
        }
        return replace(report, metrics=metrics)

    def empty(board: ProactiveBoard) -> ProactiveBoard:
        reason = "Chatwoot sends no campaigns."
        return ProactiveBoard(Ranking("campaign", reason=reason), Series("week"), (), reason)

    async with proactive(make_app(BoardBackend(report_factory=without, change=empty))) as (_, screen):
        for pane in (CampaignsPane, OpenFunnelPane, WeeklyPane):
            assert "Chatwoot sends no campaigns." in plain(screen.query_one(pane).lines)


@pytest.mark.parametrize("size", SIZES[:3])
async def test_campaigns_of_one_name_have_the_day_they_were_sent(size: tuple[int, int]) -> None:
    def twins(board: ProactiveBoard) -> ProactiveBoard:
        rows = tuple(
            replace(row, label="Welcome", since=NOW - place * DAY if place else None)
            for place, row in enumerate(board.campaigns.rows)
        )
        return replace(board, campaigns=replace(board.campaigns, rows=rows))

    async with proactive(make_app(BoardBackend(change=twins)), size) as (pilot, screen):
        table = screen.query_one(CampaignsPane)
        head, _, second = plain(table.lines).splitlines()[1:4]
        assert " sent  " in head.replace("sent change", "")
        assert "Welcome" in second
        assert "21 Nov" in second
        await pilot.press("down", *(["left"] * (2 if size[0] == 200 else 1)), "s")
        assert table.current is not None
        assert table.column == "sent"
        assert table.order_words == "latest first"
        assert table.place() == Place(
            "proactive.delivered", (("campaign", (table.current.key,)),), words=table.current.label
        )
    async with proactive(make_app(), size) as (_, screen):
        assert "sent" not in [column.id for column in screen.query_one(CampaignsPane).columns]


# --- weeks


@pytest.mark.parametrize(
    ("count", "said"), [(0, "IN, BY WEEK ─"), (1, "IN, 1 complete week ─"), (2, "IN, 2 complete weeks ─")]
)
async def test_weeks_are_counted_as_people_do(count: int, said: str) -> None:
    def short(board: ProactiveBoard) -> ProactiveBoard:
        return replace(board, weekly=replace(board.weekly, points=board.weekly.points[:count]))

    async with proactive(make_app(BoardBackend(change=short))) as (_, screen):
        assert said in plain(screen.query_one(WeeklyPane).lines)


async def test_each_point_of_the_weeks_opens_its_own_week() -> None:
    app = make_app(backend := FakeBackend(rows=4))
    async with proactive(app, (80, 24)) as (pilot, screen):
        screen.go("weekly")
        await pilot.pause()
        pane = screen.query_one(WeeklyPane)
        points = pane.weekly.points
        assert pane.place() == Place(
            "proactive.delivered", span=(points[-1].start, points[-1].end), words="week of 15 Nov"
        )
        await pilot.press("left", "down")
        place = pane.place()
        assert place is not None
        assert (place.metric, place.span) == ("selfserve.seekers", (points[-2].start, points[-2].end))
        assert "Enter: seekers" in plain(pane.lines[:1])
        await pilot.press("home")
        assert pane.mark == f"seekers {points[0].start}"
        await pilot.press("up", "enter")
        await until(pilot, lambda: bool(backend.places))
        assert backend.places[0].span == (points[0].start, points[0].end)
        assert backend.places[0].metric == "proactive.delivered"


@sizes
async def test_a_click_marks_the_week_under_it(size: tuple[int, int]) -> None:
    async with proactive(make_app(), size) as (pilot, screen):
        screen.go("weekly")
        await pilot.pause()
        pane = screen.query_one(WeeklyPane)
        await pilot.click(WeeklyPane, offset=(12, 3))
        assert pane.mark is not None
        index = [str(point.start) for point in pane.weekly.points].index(pane.mark.split()[1])
        assert index < 5
        assert "●" in plain(pane.lines)


def found(*figures: tuple[float | None, float | None, float | None]) -> tuple[Correlation, ...]:
    return tuple(Correlation(lag, *three, 26 - lag) for lag, three in enumerate(figures))


@pytest.mark.parametrize(
    ("together", "said"),
    [
        (
            found((-0.42, -0.69, -0.04), (-0.1, -0.4, 0.3)),
            (
                "They move against each other: where more messages go out, fewer people seek support in the same week,"
                " r −0.42 (95 %: −0.69 to −0.04, 26 weeks). A correlation is no cause."
            ),
        ),
        (
            found((0.1, -0.3, 0.5), (0.5, 0.2, 0.7)),
            (
                "They move together: where more messages go out, more people seek support one week later,"
                " r 0.50 (95 %: 0.20 to 0.70, 25 weeks). A correlation is no cause."
            ),
        ),
        (
            found((0.1, -0.3, 0.5), (-0.3, -0.6, 0.1)),
            (
                "They do not clearly move together: at most r −0.30 (95 %: −0.60 to 0.10, 25 weeks), one week later."
                " A correlation is no cause."
            ),
        ),
        (
            found((None, None, None)),
            "Whether they move together cannot be said. It takes 6 complete weeks; 3 are known.",
        ),
    ],
)
def test_the_weeks_in_plain_words(together: tuple[Correlation, ...], said: str) -> None:
    assert together_words(together, "It takes 6 complete weeks; 3 are known.") == said


async def test_each_lag_has_its_interval() -> None:
    async with proactive(make_app(), (200, 60)) as (_, screen):
        text = plain(screen.query_one(TogetherPane).lines)
        for words in (
            "same week",
            "one week later",
            "two weeks later",
            "−0.69 to −0.04, 26 weeks",
            "opposite",
            "alike",
        ):
            assert words in text


# --- states


@sizes
async def test_before_anything_is_read(size: tuple[int, int]) -> None:
    app = make_app(
        BoardBackend(
            report_factory=make_empty, change=lambda board: ProactiveBoard(Ranking("campaign"), Series("week"), ())
        )
    )
    async with proactive(app, size) as (_, screen):
        text = shown(app)
        assert "Waiting for the first answer" in text
        assert "No message was delivered" not in plain(screen.query_one(CampaignsPane).lines)


async def test_a_board_that_cannot_be_made_says_why() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        backend.failure = RuntimeError("the cache cannot be read: run `funnel-tui status`")
        await pilot.press("P")
        await until(pilot, lambda: "the cache cannot be read" in shown(app))


# --- on a real cache

SPRING = [
    receipt("r1", campaign="spring", campaign_name="Spring news", delivered="03-02 10:00", opened="03-02 11:00",
            clicked="03-02 11:05", replied="03-03 09:00"),
    receipt("r2", campaign="spring", campaign_name="Spring news", delivered="03-02 10:00", opened="03-20 11:00"),
    receipt("r3", campaign="spring", campaign_name="Spring news", delivered="03-01 10:00", bounced="03-04 10:00"),
    *(receipt(f"t{n}", campaign=None, delivered=f"03-0{n} 12:00") for n in range(1, 7)),
    *(receipt(f"w{n}", campaign="tour", delivered=f"02-{n:02d} 12:00") for n in range(2, 28)),
    *(line for n in range(2, 28) for line in talk(f"c{n}", f"02-{n:02d} 10:00 customer", person=f"p{n % 9}")),
    view("02-20 09:00", "h1", person="p1"),
]  # fmt: skip


async def test_every_cell_and_point_opens_as_many_as_it_says(tmp_path: Path) -> None:
    path, now = tmp_path / "c.db", "03-31 12:00"
    async with proactive(real_app(path, SPRING, now=now), (80, 24)) as (_, screen):
        assert isinstance(screen.board, ProactiveBoard)
        table, weeks = screen.query_one(CampaignsPane), screen.query_one(WeeklyPane)
        cells = points = 0
        for row in table._rows:
            for column in table._columns:
                place, metric = column.place(row), column.metric(row)
                if place is None or metric is None:
                    continue
                assert counted(path, place, now=now) == (metric.value if metric.n is None else metric.n), place
                cells += 1
        for point in weeks.weekly.points:
            for line, value in (("delivered", point.proactive_delivered), ("seekers", point.seekers)):
                place = weeks.place_of(f"{line} {point.start}")
                assert place is not None
                assert counted(path, place, now=now) == value
                points += bool(value)
        assert [row.key for row in table._rows] == ["none", "spring"]
        assert cells >= 14
        assert points >= 7
