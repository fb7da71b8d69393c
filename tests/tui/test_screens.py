"""The screens as text, at the sizes that they are made for. Look at a difference before accepting it."""

import pytest
from syrupy.assertion import SnapshotAssertion

from funnel_tui.tui.screens.drill import DrillScreen
from funnel_tui.tui.screens.timeline import TimelineScreen

from .conftest import SIZES, opened, shown, until
from .fake_app import make_app

IDS = [f"{width}x{height}" for width, height in SIZES]


@pytest.mark.parametrize("size", SIZES, ids=IDS)
async def test_overview(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    app = make_app()
    async with opened(app, size):
        assert shown(app) == snapshot


async def test_overview_without_colours(snapshot: SnapshotAssertion) -> None:
    app = make_app(depth="none")
    async with opened(app, (80, 24)):
        assert shown(app) == snapshot


@pytest.mark.parametrize("size", SIZES[:2], ids=IDS[:2])
async def test_drill_down_and_timeline(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, DrillScreen) and app.screen.found is not None)
        assert shown(app) == snapshot
        await pilot.press("down", "down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, TimelineScreen) and app.screen.story.timeline is not None)
        assert shown(app) == snapshot
