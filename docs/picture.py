"""Makes docs/overview.svg: the dashboard on the demo's world, read over HTTP by the real connector.

    python docs/picture.py [COLUMNSxROWS] [FILE]

The world is the same every time; the moments are fixed so that the picture changes only when the program does. The
cache is filled as August begins and brought up to date again and again until the moment shown, as a dashboard that was
kept open would have done: what happens to articles is known by the differences of counters only.
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

from funnel_tui.charts.render import to_svg
from funnel_tui.demo.intercom_api import IntercomApi
from funnel_tui.demo.server import DemoServer
from funnel_tui.demo.world.world import World
from funnel_tui.metrics import ReportRequest
from funnel_tui.settings import OfficeHours, Settings, SourceSettings
from funnel_tui.sources import open_source
from funnel_tui.store import Store
from funnel_tui.sync import sync_once
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.export import screen_lines
from funnel_tui.tui.screens.base import FunnelScreen

BEGINNING = 1_785_538_805  # Saturday 1 August 2026, five seconds past midnight in Dublin
MOMENT = 1_795_103_700  # Thursday 19 November 2026, 15:55 in Dublin
DAY = 86_400
READINGS = (*range(BEGINNING, MOMENT - 21 * DAY, 3 * DAY), *range(MOMENT - 21 * DAY, MOMENT + 1, DAY))
ZONE = ZoneInfo("Europe/Dublin")


class Helpdesk:
    """The demo's helpdesk in this process, with a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = BEGINNING
        self.world = World(1, BEGINNING, 10, zone=ZONE, clock=self.clock, live=False)
        api = IntercomApi(self.world, self.clock, "picture", per_minute=1_000_000, export_times=(0, 0), real=self.clock)
        self.server = DemoServer(0, api, self.clock)

    def clock(self) -> int:
        return self.now

    @contextmanager
    def serving(self) -> Iterator[str]:
        self.world.fill()
        thread = Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        yield self.server.url
        self.server.shutdown()
        self.server.server_close()
        thread.join()


def main() -> None:
    size = sys.argv[1] if len(sys.argv) > 1 else "120x40"
    file = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).with_name("overview.svg")
    columns, rows = (int(part) for part in size.split("x"))
    helpdesk = Helpdesk()
    with tempfile.TemporaryDirectory() as folder, helpdesk.serving() as url:
        cache = Path(folder) / "cache.db"
        for helpdesk.now in READINGS:
            asyncio.run(_read(cache, helpdesk, url))
        file.write_text(asyncio.run(_draw(cache, columns, rows)), encoding="utf-8")


async def _read(cache: Path, helpdesk: Helpdesk, url: str) -> None:
    settings = SourceSettings(name="acme", kind="intercom", base_url=url, since=date(2026, 8, 1))
    source = open_source(settings, "picture")
    store = Store.open(cache)
    await sync_once(store, [source], clock=helpdesk.clock, wall=helpdesk.clock)
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
