"""Runs the dashboard on made-up figures: `PYTHONPATH=src:tests python -m tui.fake_app`, for pty tests and for looking.

Arguments: `empty` (nothing read yet), `rows` (10,000 conversations), `still` (no poller), `slow` (a report takes 2 s).
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from funnel_tui.model.clock import Clock
from funnel_tui.model.values import Report
from funnel_tui.settings import Settings, Ui
from funnel_tui.sync import Poller, SyncUpdate
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.state import View

from .fake_report import NOW, FakeBackend, make_empty, make_freshness, make_report


class FakePoller(threading.Thread):
    """Stands in for the poller: says every `every` seconds that the sources were read, until it is stopped."""

    def __init__(self, hear: Callable[[SyncUpdate], None], clock: Clock, every: float = 5.0) -> None:
        super().__init__(name="fake-poller", daemon=True)
        self.hear, self.clock, self.every = hear, clock, every
        self.calls: list[str] = []
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(self.every):
            for freshness in make_freshness(self.clock(), age=0):
                self.hear(SyncUpdate(freshness.name, freshness, 3))

    def refresh(self) -> None:
        self.calls.append("refresh")

    def pause(self) -> None:
        self.calls.append("pause")

    def resume(self) -> None:
        self.calls.append("resume")

    def stop(self) -> None:
        self.calls.append("stop")
        self.ended.set()


def make_app(
    backend: FakeBackend | None = None,
    *,
    view: View | None = None,
    clock: Clock = lambda: NOW,
    poller: Callable[[Callable[[SyncUpdate], None]], object] | None = None,
    keys: dict[str, str] | None = None,
    depth: str | None = "truecolor",
    ui: Ui | None = None,
) -> FunnelApp:
    """The app on a fake backend. The clock stands still at `NOW` unless another one is given."""
    made = backend or FakeBackend()
    return FunnelApp(
        settings=Settings(zone=ZoneInfo("Europe/Dublin"), keys=keys or {}, ui=ui or Ui()),
        cache=Path("unused"),
        clock=clock,
        poller_factory=cast("Callable[[Callable[[SyncUpdate], None]], Poller] | None", poller),
        title="acme",
        initial=view or View("month"),
        open_backend=lambda: made,
        depth=depth,
    )


def changing_report(view: View, now: int) -> Report:
    """A report of which a dozen numbers are others every second."""
    report = make_report(view, now)
    metrics = dict(report.metrics)
    for index, (id_, metric) in enumerate(report.metrics.items()):
        if index % 5 == 0 and metric.value is not None:
            metrics[id_] = replace(metric, value=metric.value + (now % 7) * metric.value / 50)
    return replace(report, metrics=metrics)


def _ui() -> Ui:
    """From the environment, so that a pty test can choose."""
    return Ui(os.environ.get("FAKE_THEME", "auto"), os.environ.get("FAKE_GLYPHS", "auto"))


def main() -> int:
    from funnel_tui.tui import run

    started = time.monotonic()

    def clock() -> int:
        return NOW + int(time.monotonic() - started)

    backend = FakeBackend(report_factory=changing_report)
    if "empty" in sys.argv:
        backend.report_factory = make_empty
    if "rows" in sys.argv:
        backend.rows = 10_000
    if "slow" in sys.argv:
        backend.pause = 2.0
    poller = None if "still" in sys.argv else lambda hear: FakePoller(hear, clock)
    return run(make_app(backend, clock=clock, poller=poller, depth=None, ui=_ui()))


if __name__ == "__main__":
    sys.exit(main())
