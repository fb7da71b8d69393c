"""The dashboard on a small real cache: what a screen says can be compared with what its places open."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from funnel_tui.metrics import ReportRequest, items_behind
from funnel_tui.model.boards import Place
from funnel_tui.settings import Settings
from funnel_tui.store import Reader
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.backend import CacheBackend
from funnel_tui.tui.state import View
from tests.metrics.program import load
from tests.reference.script import when

SETTINGS = Settings(zone=ZoneInfo("UTC"))


def real_app(path: Path, lines: Iterable[Mapping[str, Any]], *, now: str, period: str = "month") -> FunnelApp:
    """The app on a cache of these records, at a moment of 2026."""
    load(path, list(lines), zone=SETTINGS.zone)
    return FunnelApp(
        settings=SETTINGS,
        cache=path,
        clock=lambda: when(now),
        poller_factory=None,
        title="small",
        initial=View(period),
        open_backend=lambda: CacheBackend(path, SETTINGS),
        depth="truecolor",
    )


def counted(path: Path, place: Place, *, now: str, period: str = "month") -> int:
    """How many items a place opens, all of them listed."""
    reader = Reader.open(path)
    try:
        items = items_behind(reader, SETTINGS, ReportRequest(period), place, when(now))
    finally:
        reader.close()
    assert len(items.rows) == items.total
    return items.total
