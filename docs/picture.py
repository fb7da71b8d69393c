"""Makes docs/overview.svg: the dashboard on the demo's world, read over HTTP by the real connector.

    python docs/picture.py [COLUMNSxROWS] [FILE]

The world is the same every time; the moment is fixed so that the picture changes only when the program does.
"""

import asyncio
import sys
import tempfile
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from funnel_tui.charts.render import to_svg
from funnel_tui.demo import DemoHandle, start_demo
from funnel_tui.metrics import ReportRequest
from funnel_tui.settings import OfficeHours, Settings, SourceSettings
from funnel_tui.sources import open_source
from funnel_tui.store import Store
from funnel_tui.sync import sync_once
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.export import screen_lines
from funnel_tui.tui.screens.base import FunnelScreen

MOMENT = 1_795_103_700  # Thursday 19 November 2026, 15:55 in Dublin
ZONE = ZoneInfo("Europe/Dublin")


def main() -> None:
    size = sys.argv[1] if len(sys.argv) > 1 else "120x40"
    file = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).with_name("overview.svg")
    columns, rows = (int(part) for part in size.split("x"))
    arguments = ("--anchor", str(MOMENT), "--no-live", "--per-minute", "1000000")
    with tempfile.TemporaryDirectory() as folder, start_demo(zone=ZONE.key, speed=0, arguments=arguments) as demo:
        cache = Path(folder) / "cache.db"
        asyncio.run(_read(cache, demo))
        file.write_text(asyncio.run(_draw(cache, columns, rows)), encoding="utf-8")


async def _read(cache: Path, demo: DemoHandle) -> None:
    settings = SourceSettings(name="acme", kind="intercom", base_url=demo.url, since=date(2026, 8, 1))
    source = open_source(settings, demo.token)
    store = Store.open(cache)
    await sync_once(store, [source], clock=demo.clock)
    await source.close()
    store.close()


async def _draw(cache: Path, columns: int, rows: int) -> str:
    office = OfficeHours(frozenset(range(5)), 9 * 60, 17 * 60)
    app = FunnelApp(
        settings=Settings(zone=ZONE, office_hours=office),
        cache=cache,
        clock=lambda: MOMENT,
        poller_factory=None,
        title="acme",
        initial=ReportRequest(period="month"),
    )
    async with app.run_test(size=(columns, rows)) as pilot:
        while app.report is None:
            await pilot.pause(0.1)
        await pilot.pause(0.5)
        assert isinstance(app.screen, FunnelScreen)
        return to_svg(screen_lines(app.screen), palette=app.ink.palette, title="funnel-tui: the overview")


if __name__ == "__main__":
    main()
