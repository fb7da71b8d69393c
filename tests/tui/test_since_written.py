"""What articles did since they were written, beside the period and in its place; rates that are not judged yet."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from funnel_tui.charts.cells import plain
from funnel_tui.model.abilities import Abilities
from funnel_tui.model.boards import Board, Place, Ranking, RankRow, SelfserveBoard
from funnel_tui.model.local import LOCAL
from funnel_tui.model.records import Article, ArticleCounter
from funnel_tui.model.values import MetricValue, Quality, Report
from funnel_tui.store import Store
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.screens.drill import DrillScreen
from funnel_tui.tui.screens.selfserve import SelfserveScreen
from funnel_tui.tui.state import View
from funnel_tui.tui.table import Order
from funnel_tui.tui.widgets.articles import ArticlesPane
from funnel_tui.tui.widgets.campaigns import CampaignsPane, OpenFunnelPane
from funnel_tui.tui.widgets.ranking import Figure, ranking_columns
from funnel_tui.tui.widgets.versus import ARTICLES, BOT, VersusPane, needs_hint, verdict_words
from tests.reference.script import when

from .conftest import opened, shown, until
from .fake_app import make_app
from .fake_boards import ever, make_proactive, make_selfserve
from .fake_report import FakeBackend, make_report
from .worlds import real_app

VIEWS = "selfserve.article_views"
EVER = "article.views_ever"


@dataclass
class Backend(FakeBackend):
    change: Callable[[SelfserveBoard], SelfserveBoard] = lambda board: board

    def board(self, view: View, name: str, now: int) -> Board:
        found = super().board(view, name, now)
        return self.change(found) if isinstance(found, SelfserveBoard) else found


def untold(board: SelfserveBoard, value: float | None = None) -> SelfserveBoard:
    """Nothing of the period: not told, or 0."""

    def changed(row: RankRow) -> RankRow:
        quality = Quality.UNAVAILABLE if value is None else Quality.APPROXIMATE
        metrics = {
            id_: metric if id_ in ever(1, 1) else replace(metric, value=value, quality=quality, change=None)
            for id_, metric in row.metrics.items()
        }
        return replace(row, metrics=metrics)

    return replace(board, articles=replace(board.articles, rows=tuple(map(changed, board.articles.rows))))


def few(view: View, now: int) -> Report:
    """One reader of articles in the period."""
    report = make_report(view, now)
    one = replace(report.metrics[ARTICLES], value=0.0, n=1, low=0.0, high=0.79)
    return replace(report, metrics={**report.metrics, ARTICLES: one})


async def to_selfserve(pilot: Pilot[int], app: FunnelApp) -> SelfserveScreen:
    await pilot.press("S")
    await until(pilot, lambda: isinstance(app.screen, SelfserveScreen) and app.screen.board is not None)
    await pilot.pause()
    assert isinstance(app.screen, SelfserveScreen)
    return app.screen


async def test_the_periods_figures_lead_where_there_are_any() -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        screen = await to_selfserve(pilot, app)
        pane = screen.query_one(ArticlesPane)
        assert [column.title for column in pane.columns][:5] == ["article", "views", "readers", "rate", "then wrote"]
        assert {"views ever", "rate ever"} <= {column.title for column in pane.columns}
        assert "Since they were written" not in plain(pane.lines)
        assert "≈ 43,400" in plain(pane.lines)


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "What is read in this period is not known yet"), (0.0, "Nobody read any in this period.")],
)
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
async def test_where_the_period_has_none_all_time_leads(size: tuple[int, int], value: float | None, said: str) -> None:
    app = make_app(Backend(change=lambda board: untold(board, value)))
    async with opened(app, size) as pilot:
        screen = await to_selfserve(pilot, app)
        screen.go("articles")
        await pilot.pause()
        pane = screen.query_one(ArticlesPane)
        text = " ".join(plain(pane.lines).translate(dict.fromkeys(map(ord, "│▌"))).split())
        assert said in text
        assert "Since they were written:" in text
        assert "most viewed ever first" in text
        assert [column.title for column in pane.columns][1:4] == ["views ever", "rate ever", "wrote ever"]
        assert pane.order == Order(EVER)


async def test_the_order_follows_what_leads_unless_another_was_chosen() -> None:
    backend = Backend()
    app = make_app(backend)
    async with opened(app, (120, 40)) as pilot:
        screen = await to_selfserve(pilot, app)
        pane = screen.query_one(ArticlesPane)
        ranking, empty = make_selfserve(View("month")).articles, untold(make_selfserve(View("month"))).articles
        for shown_, order in ((empty, Order(EVER)), (ranking, Order(VIEWS))):
            pane.show(shown_, app.report)
            assert pane.order == order
        pane.order = Order("name")
        pane.show(empty, app.report)
        assert pane.order == Order("name")


async def test_a_period_that_is_over_promises_no_next_samples() -> None:
    app = make_app(Backend(change=untold))
    async with opened(app, (120, 40)) as pilot:
        screen = await to_selfserve(pilot, app)
        pane = screen.query_one(ArticlesPane)
        report = make_report(View("month"))
        over = replace(report, period=replace(report.period, end=report.period.as_of))
        pane.show(untold(make_selfserve(View("month"))).articles, over)
        assert pane.leads.startswith("What was read in this period is not known: no two samples")


async def test_a_cell_of_all_time_says_why_it_lists_nothing(tmp_path: Path) -> None:
    """On a real cache, a day after the first sample of the counters."""
    path = tmp_path / "c.db"
    app = real_app(path, [], now="03-11 10:00")
    store = Store.open(path)
    store.register("desk", "some", Abilities(counters=True))
    store.write("desk", [Article(id="h1", title="How to pay")])
    store.write("desk", [ArticleCounter(article="h1", at=when("03-10 10:00"), views=12_345, conversations=3_210)])
    store.close()
    async with opened(app, (120, 40)) as pilot:
        screen = await to_selfserve(pilot, app)
        pane = screen.query_one(ArticlesPane)
        assert "≈ 12,345" in plain(pane.lines)
        assert "≈ 74 %" in plain(pane.lines)
        screen.go("articles")
        assert pane.place() == Place(EVER, (("article", ("h1",)),), words="How to pay")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DrillScreen) and app.screen.found is not None)
        await pilot.pause()
        text = shown(app)
        assert "Views ever › How to pay" in text
        assert "12,345" in text
        assert "known from the articles' counters alone" in " ".join(text.split())


# --- articles or the bot


def rate(value: float | None, n: int | None, **more: object) -> MetricValue:
    return replace(make_report(View("month")).metrics[BOT], value=value, n=n, low=None, high=None, **more)  # type: ignore[arg-type]


HINT = ever(12_345, 3_210)["article.rate_ever"]


def test_all_time_is_a_hint_and_no_verdict() -> None:
    long, *_, short, last = verdict_words(rate(0.0, 1), rate(0.46, 900), HINT)
    assert long == (
        "Too few to tell which is better: 1 judged of the articles, 900 of the bot; it takes 30 of each."
        " A longer period has more. Since they were written, articles were enough for ≈ 74 % of 12,345 views:"
        " all time and views, not this period's readers, so a hint beside the bot and no verdict."
    )
    assert (
        short == "This period cannot tell which is better. Since written is a hint: all time, and views, not readers."
    )
    assert last.startswith("Too few to tell")


@pytest.mark.parametrize(
    ("articles", "known", "wanted"),
    [
        (rate(0.5, 29), HINT, True),
        (rate(0.5, 30), HINT, False),
        (rate(None, None, quality=Quality.UNAVAILABLE), HINT, True),
        (rate(0.5, 1), None, False),
        (rate(0.5, 1), ever(29, 1)["article.rate_ever"], False),
        (rate(0.5, 1), ever(900, None)["article.rate_ever"], False),
        (None, HINT, False),
    ],
)
def test_it_stands_below_what_the_period_is_too_small_for(
    articles: MetricValue | None, known: MetricValue | None, wanted: bool
) -> None:
    assert needs_hint(articles, known) is wanted


async def test_the_hint_has_a_line_of_its_own_that_opens_why() -> None:
    app = make_app(backend := Backend(report_factory=few))
    async with opened(app, (120, 40)) as pilot:
        screen = await to_selfserve(pilot, app)
        pane = screen.query_one(VersusPane)
        text = plain(pane.lines).splitlines()
        assert "since written" in text[2]
        assert "≈ 66 %" in text[2]
        assert "106,400 views" in text[2]
        assert "Since written is a hint" in "\n".join(text)
        screen.go("versus")
        await pilot.press("down")
        assert pane.place() == Place("article.rate_ever", words="all articles")
        assert pane.metric() == make_selfserve(View("month")).articles_ever
        await pilot.press("enter")
        await until(pilot, lambda: bool(backend.places))
        assert backend.places == [Place("article.rate_ever", words="all articles")]
        await until(pilot, lambda: "Rate ever › all articles" in shown(app))


async def test_no_hint_where_the_period_has_enough() -> None:
    app = make_app()
    async with opened(app, (120, 40)) as pilot:
        pane = (await to_selfserve(pilot, app)).query_one(VersusPane)
        assert pane.items == (ARTICLES, BOT)
        assert "since written" not in plain(pane.lines)


def test_every_local_figure_is_told_what_it_is() -> None:
    assert all(spec.definition and spec.layer == "selfserve" for id, spec in LOCAL.items() if id.startswith("article."))
    assert set(ever(1, 1)) < set(LOCAL)


# --- most of it too new


def campaigns(pending: int, n: int, value: float) -> Ranking:
    ranking = make_proactive(View("month")).campaigns
    first = ranking.rows[0]
    young = replace(first.metrics["proactive.open_rate"], value=value, n=n, pending=pending)
    return replace(
        ranking, rows=(replace(first, metrics={**first.metrics, "proactive.open_rate": young}), *ranking.rows[1:])
    )


@pytest.mark.parametrize(
    ("pending", "n", "said"), [(241, 1, "241 pending"), (12, 400, "100 % (+12)"), (0, 400, "100 %")]
)
def test_an_open_rate_says_how_many_are_too_new(pending: int, n: int, said: str) -> None:
    ranking = campaigns(pending, n, 1.0)
    figures = [figure for figure in CampaignsPane.FIGURES if figure.metric == "proactive.open_rate"]
    _, shown_rate, change = ranking_columns(ranking, "campaign", figures)
    row = ranking.rows[0]
    assert shown_rate.text(row).strip() == said
    assert len(shown_rate.text(row)) <= shown_rate.width
    assert shown_rate.key is not None
    assert (shown_rate.key(row) is None) is (said == "241 pending"), "nothing judged is not the highest rate"
    assert (change.text(row) == "") is (said == "241 pending")


def test_a_figure_without_pending_ones_is_as_it_was() -> None:
    ranking = campaigns(241, 1, 1.0)
    _, column = ranking_columns(ranking, "campaign", (Figure("proactive.open_rate", "rate", 6),))
    assert column.text(ranking.rows[0]) == "100 %"


@pytest.mark.parametrize(("pending", "n", "said"), [(241, 1, "241 pending"), (12, 400, "(+12) of delivered")])
async def test_the_bars_do_not_say_a_rate_of_the_few_judged(pending: int, n: int, said: str) -> None:
    def young(view: View, now: int) -> Report:
        report = make_report(view, now)
        rate = replace(report.metrics["proactive.open_rate"], value=1.0, n=n, pending=pending)
        return replace(report, metrics={**report.metrics, "proactive.open_rate": rate})

    app = make_app(FakeBackend(report_factory=young))
    async with opened(app, (200, 60)) as pilot:
        await pilot.press("P")
        await until(pilot, lambda: bool(app.screen.query(OpenFunnelPane)))
        await until(pilot, lambda: said in plain(app.screen.query_one(OpenFunnelPane).lines))
        text = plain(app.screen.query_one(OpenFunnelPane).lines)
        assert ("100 %" in text) is (pending == 12)
