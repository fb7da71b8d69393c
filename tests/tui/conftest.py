"""Helpers for driving the dashboard without a terminal."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.export import screen_lines

SIZES = ((80, 24), (120, 40), (200, 60))
PATIENCE = 1_000
"""Turns of the event loop after which a condition that does not come true fails the test."""


async def until(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    """Let the app run until the condition holds."""
    for _ in range(PATIENCE):
        await pilot.pause()
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError(f"waited in vain; the screen is\n{shown(pilot.app)}")


@asynccontextmanager
async def opened(app: FunnelApp, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[int]]:
    """The app with its first report on screen."""
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.report is not None)
        await pilot.pause()
        yield pilot
    app.close()
    app.loader.join(5)


def shown(app: object) -> str:
    """The text of the uppermost of the dashboard's screens, and of a panel over it."""
    assert isinstance(app, FunnelApp)
    lines = screen_lines(app.funnel_screens[-1])
    text = "\n".join("".join(span.text for span in line).rstrip() for line in lines)
    if app.screen not in app.funnel_screens:
        for panel in app.screen.query("Panel"):
            text += "\n" + "\n".join("".join(span.text for span in line) for line in getattr(panel, "lines", ()))
    return text
