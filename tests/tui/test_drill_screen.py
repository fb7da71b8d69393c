"""The drill-down: the number again, what it splits into, and every part, day and bucket opening its own items."""

import pytest
from textual.pilot import Pilot

from funnel_tui.model.boards import Place
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.screens.drill import DrillScreen
from funnel_tui.tui.screens.timeline import TimelineScreen
from funnel_tui.tui.widgets.drill import PartsPane

from .conftest import SIZES, opened, shown, until
from .fake_app import make_app
from .fake_report import FakeBackend

sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])


async def drilled(pilot: Pilot[int], app: FunnelApp, place: Place) -> DrillScreen:
    app.drill(place, ("Human",))
    await until(pilot, lambda: isinstance(app.screen, DrillScreen) and app.screen.place == place)
    screen = app.screen
    assert isinstance(screen, DrillScreen)
    await until(pilot, lambda: screen.found is not None)
    await pilot.pause()
    return screen


async def test_thousands_are_said_as_people_write_them() -> None:
    app = make_app(FakeBackend(rows=1_107))
    async with opened(app) as pilot:
        await drilled(pilot, app, Place("human.inbound"))
        assert "1,107 CONVERSATIONS" in shown(app)


@sizes
async def test_the_list_says_as_many_as_the_number_and_charts_fit(size: tuple[int, int]) -> None:
    app = make_app(FakeBackend(rows=57))
    async with opened(app, size) as pilot:
        screen = await drilled(pilot, app, Place("human.first_response.median"))
        text = shown(app)
        assert "57 CONVERSATIONS, longest first" in text
        assert "Human › First response" in text
        for pane in ("parts", "trend", "spread"):
            screen.go(pane)
            await pilot.pause()
            assert screen.active == pane
        assert "median" in shown(app)


async def test_a_part_opens_with_its_filter_and_the_breadcrumb_says_so() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        screen = await drilled(pilot, app, Place("human.inbound"))
        parts = screen.query_one(PartsPane)
        screen.go("parts")
        assert parts.by == "team"
        name = parts.selected
        await pilot.press("enter")
        await until(pilot, lambda: len(backend.places) == 2)
        assert backend.places[-1] == Place("human.inbound", (("team", (name,)),), words=name or "")
        await until(pilot, lambda: f"Reached the team › {name}" in shown(app))
        assert isinstance(app.screen, DrillScreen)
        assert app.screen.crumbs[-1] == name
        await pilot.press("escape")
        assert app.screen is screen
        await pilot.press("b")
        assert parts.by == "channel"


async def test_a_day_and_a_bucket_open_their_own() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        screen = await drilled(
            pilot, app, Place("human.first_response.median", (("team", ("billing",)),), words="billing")
        )
        screen.go("spread")
        await pilot.press("z", "down", "enter")
        await until(pilot, lambda: len(backend.places) == 2)
        place = backend.places[-1]
        assert (place.filters, place.between) == ((("team", ("billing",)),), (60.0, 300.0))
        assert place.words == "billing · 1–5m"
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        screen = await drilled(pilot, app, Place("human.inbound"))
        screen.go("trend")
        await pilot.press("z", "end", "enter")
        await until(pilot, lambda: len(backend.places) == 2)
        assert app.report is not None
        last = app.report.daily.points[-1]
        assert backend.places[-1].span == (last.start, last.end)


@pytest.mark.parametrize(
    ("metric", "noun"),
    [("proactive.delivered", "MESSAGES"), ("selfserve.article_viewers", "READERS"), ("human.csat", "CONVERSATIONS")],
)
async def test_each_kind_of_item_has_its_own_list(metric: str, noun: str) -> None:
    app = make_app(FakeBackend(rows=9))
    async with opened(app, (80, 24)) as pilot:
        await drilled(pilot, app, Place(metric))
        assert f"9 {noun}" in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, TimelineScreen) is (noun == "CONVERSATIONS")


async def test_the_title_sorts_by_the_mouse_and_the_order_stays() -> None:
    app = make_app(FakeBackend(rows=30))
    async with opened(app) as pilot:
        screen = await drilled(pilot, app, Place("human.inbound"))
        before = screen.list.order_words
        line = next(i for i, text in enumerate(shown(app).splitlines()) if "subject" in text)
        await pilot.click(offset=(shown(app).splitlines()[line].index("subject") + 1, line))
        assert screen.list.order_words != before
        await pilot.press("r")
        await pilot.pause()
        assert screen.list.order_words == "by subject ↑"


async def test_a_list_that_cannot_be_made_says_why() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        backend.failure = RuntimeError("the cache is locked; try again")
        app.drill(Place("human.inbound"))
        await until(pilot, lambda: "the cache is locked; try again" in shown(app))
