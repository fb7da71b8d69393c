"""What the larger screens have in common: they open by their key, wait, fail and come back in the same way."""

import pytest

from funnel_tui.tui.screens.board import BoardScreen
from funnel_tui.tui.screens.directory import SCREENS
from funnel_tui.tui.screens.overview import OverviewScreen

from .conftest import SIZES, opened, shown, until
from .fake_app import make_app
from .fake_report import FakeBackend

KEYS = {"proactive": "P", "selfserve": "S", "human": "H", "comparison": "C", "funnel": "F", "sources": "D"}


def test_every_screen_has_a_key() -> None:
    assert set(KEYS) == set(SCREENS)


@pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
@pytest.mark.parametrize("name", KEYS)
async def test_it_opens_by_its_key_and_esc_leads_back(name: str, size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.press(KEYS[name])
        await until(pilot, lambda: isinstance(app.screen, BoardScreen) and app.screen.board is not None)
        screen = app.screen
        assert isinstance(screen, BoardScreen)
        assert f"› {screen.NAME}" in shown(app)
        await pilot.press(KEYS["human" if name != "human" else "sources"])
        await until(pilot, lambda: isinstance(app.screen, BoardScreen) and app.screen is not screen)
        assert len(app.screen_stack) == 2
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, OverviewScreen))


@pytest.mark.parametrize("name", KEYS)
async def test_a_board_that_cannot_be_made_says_why(name: str) -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app, (80, 24)) as pilot:
        backend.failure = RuntimeError("the cache is locked; try again")
        await pilot.press(KEYS[name])
        await until(pilot, lambda: isinstance(app.screen, BoardScreen))
        await until(pilot, lambda: "the cache is locked; try again" in shown(app))
        screen = app.screen
        assert isinstance(screen, BoardScreen)
        backend.failure = None
        await pilot.press("r")
        await until(pilot, lambda: screen.board is not None)
