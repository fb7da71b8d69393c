"""Time travel: steps, the track that follows, and the whole screen at a past moment, marked as not live."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel_tui.charts.cells import plain
from funnel_tui.tui.screens.ask import Ask
from funnel_tui.tui.screens.travel import TravelScreen
from funnel_tui.tui.travelling import DAY, HOUR, REACHES, Journey, away_words

from .conftest import SIZES, opened, shown, until
from .fake_app import make_app
from .fake_report import NOW, FakeBackend

BEGUN = NOW - 300 * DAY
sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])


def test_the_first_step_back_is_a_round_moment_and_the_last_one_forward_is_live() -> None:
    journey = Journey(NOW + 125, NOW + 125, BEGUN)
    back = journey.stepped(-1)
    assert back.at == NOW + 125 - 125
    assert back.stepped(-1).at == NOW - 15 * 60
    assert back.stepped(1).live
    assert not back.live


def test_nothing_lies_before_the_first_reading_or_beyond_the_present() -> None:
    journey = Journey(NOW, NOW, NOW - HOUR)
    assert journey.to(NOW - DAY).at == NOW - HOUR
    assert journey.to(NOW + DAY).at == NOW


steps = st.lists(st.tuples(st.sampled_from("swf"), st.integers(-9, 9)), max_size=30)


@given(steps)
def test_the_moment_is_always_on_the_track_and_the_track_never_in_the_future(moves: list[tuple[str, int]]) -> None:
    journey = Journey(NOW, NOW, BEGUN)
    for kind, amount in moves:
        journey = journey.widened(1 if amount > 0 else -1) if kind == "w" else journey.stepped(amount, far=kind == "f")
        start, end = journey.stretch
        assert start <= journey.at <= end <= NOW
        assert end - start == REACHES[journey.reach].seconds
        assert BEGUN <= journey.at <= NOW


def test_a_step_within_the_track_does_not_move_the_track() -> None:
    journey = Journey(NOW, NOW, BEGUN).to(NOW - 6 * HOUR)
    assert journey.stepped(-3).stretch == journey.stretch
    assert journey.stepped(-2, far=True).stretch == journey.stretch


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "now"), (59, "now"), (60, "1 min ago"), (3_600, "1 h ago"), (5_400, "1 h 30 min ago"), (90_000, "1 d 1 h ago"),
     (40 * DAY + HOUR, "40 d ago")],
)  # fmt: skip
def test_how_far_away(seconds: int, words: str) -> None:
    assert away_words(seconds) == words


@sizes
async def test_t_scrubs_enter_stays_and_esc_comes_back_to_live(size: tuple[int, int]) -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app, size) as pilot:
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, TravelScreen) and app.screen.scrubber.track is not None)
        await pilot.press("left", "left", "pageup")
        await until(pilot, lambda: app.shown == app.view)
        assert app.view.at == NOW - 30 * 60 - 2 * HOUR
        assert "AS OF Sun 22 Nov 2026 13:30" in shown(app)
        keys = plain([app.screen.scrubber.lines[-1]])
        assert all(word in keys for word in ("Esc live", "Enter stay", "0 date"))
        assert backend.asked[-1].at == app.view.at
        await pilot.press("enter")
        await pilot.pause()
        assert not isinstance(app.screen, TravelScreen)
        assert "AS OF" in shown(app)
        await pilot.press("2")
        await until(pilot, lambda: app.shown == app.view)
        assert app.view.at == NOW - 30 * 60 - 2 * HOUR
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, TravelScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.shown == app.view)
        assert app.view.at is None
        assert "AS OF" not in shown(app)


async def test_play_goes_on_by_itself_until_the_present() -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.press("t", "left", "left")
        screen = app.screen
        assert isinstance(screen, TravelScreen)
        await until(pilot, lambda: app.shown == app.view)
        await pilot.press("space")
        assert screen.scrubber.playing
        for _ in range(2):
            await until(pilot, lambda: app.shown == app.view)
            screen._play()
        assert screen.journey.live
        assert not screen.scrubber.playing


async def test_a_click_on_the_track_goes_there_and_one_above_it_stays() -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, TravelScreen) and app.screen.scrubber.track is not None)
        await pilot.click("#scrubber", offset=(0, 2))
        await until(pilot, lambda: app.view.at is not None)
        assert app.view.at == NOW - DAY
        await pilot.click(offset=(3, 3))
        await pilot.pause()
        assert not isinstance(app.screen, TravelScreen)
        assert app.view.at == NOW - DAY


async def test_a_wider_track_shows_more_and_period_keys_still_work() -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.press("t", "minus", "minus")
        screen = app.screen
        assert isinstance(screen, TravelScreen)
        assert screen.journey.span.words == "28 days"
        await pilot.press("4", "home")
        await until(pilot, lambda: app.shown == app.view)
        assert app.view.period == "quarter"
        assert app.view.at == NOW - 28 * DAY


async def test_a_moment_can_be_typed_and_one_that_is_none_says_so() -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.press("t", "0")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press(*"tuesday", "enter")
        assert isinstance(app.screen, Ask)
        await pilot.press(*["backspace"] * 7, *"2026-11-17 11:00", "enter")
        await until(pilot, lambda: app.view.at is not None and app.shown == app.view)
        assert "AS OF Tue 17 Nov 2026 11:00" in shown(app)


async def test_esc_on_the_overview_of_a_past_moment_is_back_to_live() -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.press("t", "left", "enter")
        await until(pilot, lambda: not isinstance(app.screen, TravelScreen) and app.shown == app.view)
        assert "Esc live again" in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.view.at is None and app.shown == app.view)
