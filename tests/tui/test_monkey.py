"""Whatever is pressed, clicked, resized or heard, in whatever order: nothing is raised and no selection is lost."""

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot

from funnel_tui.charts.cells import line_width
from funnel_tui.sync import SyncUpdate
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.screens.base import FunnelScreen
from funnel_tui.tui.screens.panes import PanesScreen
from funnel_tui.tui.widgets.lines import LineView

from .conftest import opened, until
from .fake_app import changing_report, make_app
from .fake_report import NOW, FakeBackend, make_freshness
from .monkey import Deed, deeds

DEEDS = 120


def cursor(app: FunnelApp) -> tuple[object, ...]:
    """Where the cursor stands, by names."""
    screen = app.screen
    if not isinstance(screen, PanesScreen):
        return (type(screen),)
    return type(screen), screen.active, screen.here.selected, screen.here.words


def check(app: FunnelApp) -> None:
    """Every line of every view on screen is exactly as wide as its view."""
    for screen in app.screen_stack:
        if screen is app.screen or isinstance(screen, FunnelScreen):
            for view in screen.query(LineView):
                for line in view.lines if view.size and len(view.lines) == view.size.height else ():
                    assert line_width(line) == view.size.width, (view, line)


async def do(pilot: Pilot[int], app: FunnelApp, deed: Deed) -> None:
    width, height = app.size
    # Not into the last line: a click on `q quit` there does what it says.
    place = (min(width - 1, int(deed.x * width)), min(height - 2, int(deed.y * (height - 1))))
    match deed.kind:
        case "key":
            await pilot.press(deed.name)
        case "click":
            await pilot.click(offset=place, times=deed.times)
        case "wheel":
            widget, _ = app.screen.get_widget_at(*place)
            moved = getattr(widget, f"on_mouse_scroll_{deed.name}", None)
            if moved is not None and moved.__code__.co_argcount == 1:
                moved()
        case "resize":
            await pilot.resize_terminal(*deed.size)
        case _:
            await pilot.pause()
            before = cursor(app)
            app._feed.hear(SyncUpdate("acme", make_freshness(NOW, age=0)[0], 5))
            await pilot.pause()
            await until(pilot, lambda: app.shown == app.view)
            for _ in range(5):
                await asyncio.sleep(0)
                await pilot.pause()
            assert cursor(app) == before


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_raised_and_no_selection_is_lost(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSH_CONNECTION", "203.0.113.1 1 203.0.113.2 22")
    app = make_app(FakeBackend(rows=200, report_factory=changing_report))
    done: list[Deed] = []
    async with opened(app) as pilot:
        for deed in deeds(seed, DEEDS):
            done.append(deed)
            try:
                await do(pilot, app, deed)
                check(app)
            except Exception as error:
                raise AssertionError(f"after {[d.name or d.kind for d in done[-12:]]}") from error
        assert app.is_running
