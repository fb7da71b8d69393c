"""The self-serve screen: months whose parts open, articles against the bot, topics, reasons of hand-offs, articles."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from funnel_tui.charts.cells import plain
from funnel_tui.charts.columns import column_hits, stacked_columns
from funnel_tui.model.boards import Board, Place, Ranking, SelfserveBoard
from funnel_tui.model.values import MetricValue, Quality, Report, Series
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.screens.drill import DrillScreen
from funnel_tui.tui.screens.selfserve import SelfserveScreen
from funnel_tui.tui.state import View
from funnel_tui.tui.widgets.articles import ArticlesPane
from funnel_tui.tui.widgets.charts import MonthsPane
from funnel_tui.tui.widgets.header import Header
from funnel_tui.tui.widgets.ranking import Figure, ranking_columns
from funnel_tui.tui.widgets.reached import ReachedPane
from funnel_tui.tui.widgets.topics import HandoffsPane, TopicsPane
from funnel_tui.tui.widgets.versus import ARTICLES, BOT, VersusPane, verdict_words
from tests.reference.script import talk, view

from .conftest import SIZES, opened, shown, until
from .fake_app import make_app
from .fake_boards import make_selfserve
from .fake_report import FakeBackend, make_empty, make_report
from .worlds import counted, real_app

sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
PANES = {"selfserve", "months", "versus", "topics", "handoffs", "articles", "reached"}


@dataclass
class BoardBackend(FakeBackend):
    """Hands out boards made from the usual one."""

    change: Callable[[SelfserveBoard], SelfserveBoard] = lambda board: board

    def board(self, view: View, name: str, now: int) -> Board:
        found = super().board(view, name, now)
        return self.change(found) if isinstance(found, SelfserveBoard) else found


@asynccontextmanager
async def selfserve(
    app: FunnelApp, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot[int], SelfserveScreen]]:
    async with opened(app, size) as pilot:
        await pilot.press("S")
        await until(pilot, lambda: isinstance(app.screen, SelfserveScreen) and app.screen.board is not None)
        await pilot.pause()
        assert isinstance(app.screen, SelfserveScreen)
        yield pilot, app.screen


@pytest.mark.parametrize("size", SIZES[:2], ids=["80x24", "120x40"])
async def test_what_it_looks_like(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    app = make_app()
    async with selfserve(app, size):
        assert shown(app) == snapshot


@pytest.mark.parametrize("size", [*SIZES, (200, 40), (240, 70)], ids=str)
async def test_every_pane_is_reached_by_tab(size: tuple[int, int]) -> None:
    async with selfserve(make_app(), size) as (pilot, screen):
        seen = set()
        for _ in PANES:
            await pilot.press("tab")
            await pilot.pause()
            seen.add(screen.active)
            assert screen.active in screen.panes.shown
        assert seen == PANES


async def test_in_80x24_the_numbers_stay_on_top() -> None:
    async with selfserve(make_app(), (80, 24)) as (pilot, screen):
        for name in ("months", "handoffs"):
            screen.go(name)
            await pilot.pause()
            assert set(screen.panes.shown) == {"selfserve", name}


# --- tables


async def test_a_cell_of_a_topic_opens_what_was_tagged_so() -> None:
    app = make_app(backend := FakeBackend(rows=9))
    async with selfserve(app) as (pilot, screen):
        table = screen.query_one(TopicsPane)
        await pilot.press("down", "right", "enter")
        await until(pilot, lambda: isinstance(app.screen, DrillScreen) and bool(backend.places))
        assert backend.places == [Place("selfserve.bot_resolved", (("tag", ("invoice copy",)),), words="invoice copy")]
        assert table.selected == "invoice copy"


async def test_a_reason_opens_the_hand_offs_for_it() -> None:
    app = make_app(backend := FakeBackend(rows=9))
    async with selfserve(app) as (pilot, screen):
        screen.go("handoffs")
        await pilot.press("down", "enter")
        await until(pilot, lambda: bool(backend.places))
        wanted = Place("selfserve.bot_handed_off", words="A teammate stepped in", only="stepped_in")
        assert backend.places == [wanted]


async def test_reasons_say_their_share_and_change() -> None:
    async with selfserve(make_app(), (200, 60)) as (_, screen):
        text = plain(screen.query_one(HandoffsPane).lines)
        assert "WHY HANDED OFF 3, most first" in text
        assert "58 %" in text
        assert "▼ 7.8 %" in text
        assert "█" in text


@pytest.mark.parametrize("kind", [TopicsPane, ArticlesPane, HandoffsPane])
async def test_tables_sort_by_every_column_and_narrow(kind: type[TopicsPane]) -> None:
    async with selfserve(make_app(), (200, 60)) as (pilot, screen):
        table = screen.query_one(kind)
        screen.go(table.pane)
        for column in table.columns:
            table.column = column.id
            assert table.sort() is not None
            assert table.order is not None
            assert table.order.column == column.id
            assert sorted(table.items) == sorted(row.key for row in table._rows)
        first = table._columns[0].text(table._rows[0])
        await pilot.press("slash", *first, "enter")
        assert table.items == (table._rows[0].key,)


async def test_a_rate_says_how_many_are_too_new_to_be_judged() -> None:
    def younger(board: SelfserveBoard) -> SelfserveBoard:
        rows = list(board.topics.rows)
        rate = "selfserve.bot_resolution_rate"
        metrics = {**rows[0].metrics, rate: replace(rows[0].metrics[rate], pending=12)}
        return replace(board, topics=replace(board.topics, rows=(replace(rows[0], metrics=metrics), *rows[1:])))

    async with selfserve(make_app(BoardBackend(change=younger))) as (_, screen):
        screen.go("articles")
        lines = plain(screen.query_one(TopicsPane).lines).splitlines()
        assert "rate (+new)" in lines[1]
        assert "62 % (+12)" in lines[2]
        assert lines[2].index("62 %") == lines[3].index("21 %"), "shares stand below each other"


def test_what_is_not_available_opens_nothing_and_sorts_last() -> None:
    board = make_selfserve(View("month"))
    metric = "selfserve.bot_resolved"
    rows = list(board.topics.rows)
    gone = replace(rows[0].metrics[metric], value=None, quality=Quality.UNAVAILABLE, reason="No bot here.")
    rows[0] = replace(rows[0], metrics={**rows[0].metrics, metric: gone})
    name, column = ranking_columns(Ranking("topic", tuple(rows)), "topic", (Figure(metric, "solved"),))
    assert column.text(rows[0]) == "n/a"
    assert column.place(rows[0]) is None
    assert column.key is not None
    assert column.key(rows[0]) is None
    assert name.text(rows[0]) == "refund"


# --- months


async def test_each_part_of_a_month_opens_its_own() -> None:
    app = make_app(backend := FakeBackend(rows=4))
    async with selfserve(app, (80, 24)) as (pilot, screen):
        screen.go("months")
        await pilot.pause()
        pane = screen.query_one(MonthsPane)
        report = app.report
        assert report is not None
        last, before = report.monthly.points[-1], report.monthly.points[-2]
        wanted = Place("selfserve.share_resolved", span=(last.start, last.end), words="Nov 2026", only="selfserve")
        assert pane.place() == wanted
        await pilot.press("left", "up")
        assert pane.place() == Place("human.resolved", span=(before.start, before.end), words="Oct 2026")
        assert f"Oct 2026: {before.human_resolved:,} by the team" in plain(pane.lines[:1])
        await pilot.press("down", "enter")
        await until(pilot, lambda: bool(backend.places))
        assert backend.places == [replace(wanted, span=(before.start, before.end), words="Oct 2026")]


async def test_the_cursor_steps_over_what_is_not_known() -> None:
    async with selfserve(make_app(), (80, 24)) as (pilot, screen):
        screen.go("months")
        await pilot.pause()
        pane = screen.query_one(MonthsPane)
        await pilot.press("home")
        first = pane.selected
        assert first is not None
        assert first.startswith("human"), "self-serve is not known of the first month"
        await pilot.press("down")
        assert pane.selected == first
        await pilot.press("right", "down")
        assert (pane.selected or "").startswith("selfserve")


@sizes
async def test_a_click_finds_the_part_under_it(size: tuple[int, int]) -> None:
    async with selfserve(make_app(), size) as (pilot, screen):
        screen.go("months")
        await pilot.pause()
        pane = screen.query_one(MonthsPane)
        text = plain(pane.lines).splitlines()
        bottom = max(y for y, line in enumerate(text) if "█" in line and y)
        x = text[bottom].rindex("█")
        await pilot.click(MonthsPane, offset=(x, bottom))
        await pilot.pause()
        assert (pane.mark or "").startswith("selfserve")


def test_the_marked_part_keeps_its_colour_and_the_rest_stands_back() -> None:
    labels, series = ("Sep", "Oct"), {"selfserve": [4, 4], "human": [4, 4]}
    lines = stacked_columns(labels, series, 40, 12, marked=(1, "human"))
    roles = {span.style.fg for line in lines for span in line} | {span.style.bg for line in lines for span in line}
    assert {"selfserve-soft", "human-soft", "human"} <= roles
    assert "selfserve" not in roles
    hits = column_hits(labels, series, 40, 12)
    assert hits.keys == ((0, "selfserve"), (0, "human"), (1, "selfserve"), (1, "human"))
    lower, upper = hits.area((1, "selfserve")), hits.area((1, "human"))
    assert lower is not None
    assert upper is not None
    assert upper.y + upper.height == lower.y


# --- articles or the bot


def rate(value: float | None, n: int | None, low: float | None = None, high: float | None = None) -> MetricValue:
    spec = make_report(View("month")).metrics[BOT].spec
    return MetricValue(spec, value, n=n, low=low, high=high)


@pytest.mark.parametrize(
    ("articles", "bot", "said"),
    [
        (
            rate(0.63, 900, 0.6, 0.66),
            rate(0.41, 800, 0.38, 0.44),
            "Articles resolve more, 63 % against 41 %: the 95 % intervals are apart.",
        ),
        (
            rate(0.3, 900, 0.27, 0.33),
            rate(0.41, 800, 0.38, 0.44),
            "The bot resolves more, 41 % against 30 %: the 95 % intervals are apart.",
        ),
        (
            rate(0.4, 60, 0.28, 0.53),
            rate(0.41, 800, 0.38, 0.44),
            "Which is better cannot be told: the 95 % intervals overlap.",
        ),
        (
            rate(0.4, 12, 0.2, 0.7),
            rate(0.41, 800, 0.38, 0.44),
            (
                "Too few to tell which is better: 12 judged of the articles, 800 of the bot; it takes 30 of each."
                " A longer period has more."
            ),
        ),
        (
            rate(0.4, 60),
            rate(0.41, 800, 0.38, 0.44),
            "Articles 40 %, the bot 41 %: without intervals it cannot be told which is better.",
        ),
        (
            replace(rate(None, None), quality=Quality.UNAVAILABLE, reason="No views are kept."),
            rate(0.41, 800, 0.38, 0.44),
            "Nothing to compare: what articles resolve cannot be told. No views are kept.",
        ),
    ],
)
def test_which_is_better_or_that_it_cannot_be_told(articles: MetricValue, bot: MetricValue, said: str) -> None:
    assert verdict_words(articles, bot)[0] == said


def test_an_approximate_rate_says_why_where_there_is_room() -> None:
    articles = replace(rate(0.63, 900, 0.6, 0.66), quality=Quality.APPROXIMATE, reason="Only counters exist.")
    long, short = verdict_words(articles, rate(0.41, 800, 0.38, 0.44))
    assert long == f"{short} ≈ Only counters exist."


async def test_both_rates_stand_on_one_scale() -> None:
    def known(view: View, now: int) -> Report:
        report = make_report(view, now)
        spans = {ARTICLES: (0.25, 0.2, 0.3), BOT: (0.75, 0.7, 0.8)}
        metrics = {
            id_: replace(metric, value=spans[id_][0], low=spans[id_][1], high=spans[id_][2]) if id_ in spans else metric
            for id_, metric in report.metrics.items()
        }
        return replace(report, metrics=metrics)

    async with selfserve(make_app(BoardBackend(report_factory=known))) as (pilot, screen):
        lines = plain(screen.query_one(VersusPane).lines).splitlines()
        assert lines[1].index("●") < lines[2].index("├") < lines[2].index("●") < lines[2].index("┤")
        assert "(70–80)" in lines[2]
        assert "The bot resolves more, 75 % against 25 %" in "\n".join(lines)
        screen.go("versus")
        await pilot.press("down")
        assert screen.query_one(VersusPane).place() == Place(BOT)


async def test_how_the_team_is_reached() -> None:
    async with selfserve(make_app(), (200, 60)) as (pilot, screen):
        pane = screen.query_one(ReachedPane)
        _, head, reached, *rest = plain(pane.lines).splitlines()
        assert head.split()[1:3] == ["reached", "resolved"]
        assert ("3,204" in reached, "1,590" in reached) == (True, True)
        direct, after = [next(line for line in rest if word in line) for word in ("From the start", "After self-serve")]
        assert "2,010 63 % ▼ 9 % 1,030 65 % ▲ 5 %" in " ".join(direct.split())
        assert "1,194 37 % ▲ 1 % 560 35 % ▼ 3 %" in " ".join(after.split())
        screen.go("reached")
        await pilot.press("down", "down")
        assert pane.place() == Place("human.after_selfserve")
        await pilot.press("right")
        assert pane.place() == Place("human.begun_resolved_after_selfserve", words="begun in the period")
        await pilot.press("up")
        assert pane.place() == Place("human.begun_resolved_direct", words="begun in the period")
        metric = screen.current_metric()
        assert metric is not None
        assert metric.value == 1_030
        await pilot.press("left")
        assert pane.place() == Place("human.direct")


@pytest.mark.parametrize("size", [(80, 24), (104, 37), (120, 40), (160, 28), (200, 60)])
async def test_the_team_s_two_figures_say_by_which_date(size: tuple[int, int]) -> None:
    """In the pane where it has room for it; else by `d`."""
    async with selfserve(make_app(), size) as (pilot, screen):
        screen.go("reached")
        await pilot.pause()
        pane = screen.query_one(ReachedPane)
        text = " ".join(line.strip("│▌ ") for line in plain(pane.lines).splitlines())
        assert "…" not in text
        assert "Resolved: of" in text or size == (160, 28)
        await pilot.press("right", "d")
        await until(pilot, lambda: "Of the queries begun in the period" in shown(pilot.app))


async def test_a_click_takes_the_figure_it_is_on() -> None:
    async with selfserve(make_app(), (120, 40)) as (pilot, screen):
        pane = screen.query_one(ReachedPane)
        lines = plain(pane.lines).splitlines()
        y = next(y for y, line in enumerate(lines) if "After a try" in line)
        for text, metric in (("1,194", "human.after_selfserve"), ("560", "human.begun_resolved_after_selfserve")):
            await pilot.click(pane, offset=(lines[y].index(text), y))
            assert pane.selected == metric


# --- states


async def test_what_cannot_be_told_says_why() -> None:
    def without(board: SelfserveBoard) -> SelfserveBoard:
        return SelfserveBoard(
            Ranking("topic", reason="It has no bot."),
            (),
            Ranking("article", reason="It has no articles."),
            Series("month"),
            "It has no bot.",
        )

    async with selfserve(make_app(BoardBackend(change=without))) as (_, screen):
        for kind, reason in (
            (TopicsPane, "It has no bot."),
            (HandoffsPane, "It has no bot."),
            (ArticlesPane, "It has no articles."),
        ):
            assert reason in plain(screen.query_one(kind).lines)


@sizes
async def test_before_anything_is_read(size: tuple[int, int]) -> None:
    nothing = SelfserveBoard(Ranking("topic"), (), Ranking("article"), Series("month"))
    app = make_app(BoardBackend(report_factory=make_empty, change=lambda board: nothing))
    async with selfserve(app, size) as (_, screen):
        assert "Waiting for the first answer" in shown(app)
        for kind in (TopicsPane, HandoffsPane, ArticlesPane):
            assert "in this period" not in plain(screen.query_one(kind).lines), "what is not read is no finding"


async def test_the_cursor_outlives_another_board() -> None:
    backend = BoardBackend()
    async with selfserve(make_app(backend)) as (pilot, screen):
        table = screen.query_one(TopicsPane)
        await pilot.press("down", "down", "right", "right")
        before, cursor = screen.board, (table.selected, table.column)
        backend.change = lambda board: replace(board, topics=replace(board.topics, rows=board.topics.rows[1:]))
        screen.ask()
        await until(pilot, lambda: screen.board is not before)
        assert (table.selected, table.column) == cursor
        assert table.items[1] == "login"


@dataclass
class HeldBackend(BoardBackend):
    """Gives no board while it is told to wait."""

    free: Event = field(default_factory=Event)

    def board(self, view: View, name: str, now: int) -> Board:
        assert self.free.wait(20)
        return super().board(view, name, now)


async def test_while_the_tables_are_another_period_s_the_header_waits_for_them() -> None:
    backend = HeldBackend()
    backend.free.set()
    app = make_app(backend)
    async with selfserve(app) as (pilot, screen):
        header = screen.query_one(Header)
        backend.free.clear()
        await pilot.press("4")
        await until(pilot, lambda: app.shown is not None and app.shown.period == "quarter")
        await pilot.pause()
        assert "This quarter …" in plain(header.lines)
        backend.free.set()
        await until(pilot, lambda: "Quarter to date" in plain(header.lines))


# --- on a real cache

WORLD = [
    *talk("a", "03-02 10:00 customer", "03-02 10:01 bot", "03-02 10:05 closed by=bot confirmed=true", tags=["Refund"]),
    *talk("b", "03-02 11:00 customer", "03-02 11:01 bot", "03-02 11:05 handoff", "03-02 11:20 agent actor=g1",
          "03-02 12:00 closed", tags=["refund", "vip"]),
    *talk("c", "03-30 10:00 customer", "03-30 23:00 bot", tags=["refund"]),
    *talk("d", "03-03 10:00 customer", "03-03 10:01 bot", "03-03 10:02 closed by=bot",
          "03-03 10:03 rated score=5 scale=[1,5]"),
    *talk("e", "02-03 10:00 customer", "02-03 10:01 bot", "02-03 11:00 handoff", tags=["REFUND"]),
    *talk("f", "03-04 10:00 customer", "03-04 10:30 agent actor=g1", "03-04 11:00 closed", tags=["invoice"]),
    *talk("g", "03-05 10:00 customer", "03-05 10:01 bot", "03-05 10:30 agent actor=g1", tags=["invoice"]),
    view("03-02 09:00", "h1", person="p1"),
    view("03-02 09:10", "h1", session="s9"),
    view("03-03 09:00", "h2", person="p1"),
    view("03-30 20:00", "h2", person="p2"),
    {"type": "article", "id": "h1", "title": "How to pay"},
]  # fmt: skip


async def test_every_cell_bar_and_part_opens_as_many_as_it_says(tmp_path: Path) -> None:
    path, now = tmp_path / "c.db", "03-31 12:00"
    app = real_app(path, WORLD, now=now)
    async with selfserve(app, (80, 24)) as (_, screen):
        assert isinstance(screen.board, SelfserveBoard)
        checked = 0
        for table in (screen.query_one(TopicsPane), screen.query_one(ArticlesPane)):
            for row in table._rows:
                for column in table._columns:
                    place, metric = column.place(row), column.metric(row)
                    if place is None or metric is None:
                        continue
                    assert counted(path, place, now=now) == (metric.value if metric.n is None else metric.n), place
                    checked += 1
        handoffs = screen.query_one(HandoffsPane)
        for reason in handoffs._rows:
            for cell in handoffs._columns:
                opens = cell.place(reason)
                assert opens is not None
                assert counted(path, opens, now=now) == reason.count
                checked += 1
        ways = screen.query_one(ReachedPane)
        for item in ways.items:
            ways.select(item)
            at, figure = ways.place(), ways.metric()
            assert at is not None
            assert figure is not None
            assert counted(path, at, now=now) == figure.value, item
            checked += 1
        assert (screen.board.team_resolved["human.begun_resolved_after_selfserve"].value or 0) > 0
        months = screen.query_one(MonthsPane)
        assert app.report is not None
        for point in app.report.monthly.points:
            for part, value in (("selfserve", point.selfserve_resolved), ("human", point.human_resolved)):
                found = months.place_of(f"{part} {point.start}")
                assert found is not None
                assert counted(path, found, now=now) == value
                checked += bool(value)
        assert [row.key for row in handoffs._rows] == ["handoff_answered", "handoff_stepped_in"]
        assert checked > 30


async def test_without_colours_a_bar_is_as_long_as_its_share() -> None:
    async with selfserve(make_app(depth="none"), (200, 60)) as (_, screen):
        for pane in (screen.query_one(ReachedPane), screen.query_one(HandoffsPane)):
            bars = [line.count("█") for line in plain(pane.lines).splitlines() if "█" in line]
            assert bars == sorted(bars, reverse=True)
            assert bars[0] > 1.5 * bars[-1]
            assert "░" not in plain(pane.lines)
