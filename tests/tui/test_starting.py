"""What the dashboard does before its first whole frame, and what it does without."""

import json
import subprocess
import sys
from pathlib import Path

import pyte
import pytest

from funnel_tui.settings import Settings
from funnel_tui.tui.answers import LoadFailed, ReportReady
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.export import screen_lines
from funnel_tui.tui.first_frame import first_frame
from funnel_tui.tui.layout import overview, whole
from funnel_tui.tui.loader import Loader
from funnel_tui.tui.skeleton import skeleton
from funnel_tui.tui.state import Live, View
from funnel_tui.tui.widgets.lines import LineView

from .conftest import SIZES, opened, until
from .fake_app import make_app
from .fake_report import NOW, ZONE, FakeBackend, make_empty, make_report

MONTH = View("month")
BEFORE_TEXTUAL = """
import funnel_tui.tui.skeleton, funnel_tui.tui.loader, funnel_tui.tui.backend, funnel_tui.tui.first_frame
import funnel_tui.store
from funnel_tui.metrics import ReportRequest, build_report
"""
BEFORE_THE_FIRST_WHOLE_FRAME = BEFORE_TEXTUAL + "import funnel_tui.tui.app, funnel_tui.tui.running"


def imported(code: str) -> set[str]:
    """The modules that a fresh interpreter has after running it."""
    told = f"{code}\nimport sys, json; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, env=_environment())
    return set(json.loads(done.stdout))


def _environment() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}


def test_the_numbers_need_no_textual() -> None:
    found = imported(BEFORE_TEXTUAL)
    assert "funnel_tui.metrics.report" in found
    assert not {name for name in found if name.partition(".")[0] in ("textual", "asyncio", "httpx", "plotext")}


@pytest.mark.parametrize(
    "name",
    [
        "funnel_tui.model.boards",
        "funnel_tui.metrics.boards",
        "funnel_tui.metrics.items",
        "funnel_tui.tui.filtering",
        "funnel_tui.tui.screens.board",
        "funnel_tui.tui.screens.drill",
        "funnel_tui.tui.items",
        "funnel_tui.charts.svg",
        "funnel_tui.sync",
        "statistics",
    ],
)
def test_the_overview_starts_without_the_other_screens(name: str) -> None:
    assert name not in imported(BEFORE_THE_FIRST_WHOLE_FRAME)


def written(text: str, size: tuple[int, int]) -> list[str]:
    screen = pyte.Screen(*size)
    pyte.Stream(screen).feed(text)
    return list(screen.display)


def drawn(size: tuple[int, int], depth: str = "truecolor", view: View = MONTH) -> str:
    settings = Settings(zone=ZONE)
    report = make_report(view, NOW)
    return first_frame(report, view, settings, title="acme", live=Live(polling=False), now=NOW, size=size, depth=depth)


@pytest.mark.parametrize("size", SIZES)
async def test_the_overview_changes_nothing_of_the_first_frame(size: tuple[int, int]) -> None:
    early = written(drawn(size), size)
    app = make_app()
    async with opened(app, size):
        late = ["".join(span.text for span in line) for line in screen_lines(app.funnel_screens[0])]
    slots = whole(overview, size, None, None).slots
    for name in ("header", "proactive", "selfserve", "human"):
        x, y, width, height = slots[name]
        for line in range(y, y + height):
            assert early[line][x : x + width].rstrip() == late[line][x : x + width].rstrip(), (name, line)


@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "none"])
def test_every_terminal_gets_its_colours(depth: str) -> None:
    text = drawn((80, 24), depth)
    assert ("38;2;" in text, "38;5;" in text) == (depth == "truecolor", depth == "256")
    assert "Waiting now" in text


def test_nothing_is_shown_of_nothing() -> None:
    report = make_empty(MONTH, NOW)
    settings = Settings(zone=ZONE)
    assert not first_frame(
        report, MONTH, settings, title="acme", live=Live(), now=NOW, size=(80, 24), depth="truecolor"
    )
    assert not drawn((40, 10))
    assert not drawn((80, 24), view=View("month", filters={"team": ("billing",)}))


def test_a_skeleton_elsewhere_than_on_a_terminal_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with skeleton("acme") as show:
        show(lambda size: "figures")
    assert capfd.readouterr() == ("", "")


class Counted(FakeBackend):
    """Counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.reports = 0

    def report(self, view, now):  # type: ignore[no-untyped-def]
        self.reports += 1
        return super().report(view, now)


def started(backend: FakeBackend) -> Loader:
    loader = Loader(lambda: backend, lambda: NOW)
    loader.report(MONTH)
    loader.start()
    return loader


def app_on(loader: Loader, first: ReportReady | None) -> FunnelApp:
    return FunnelApp(
        settings=Settings(zone=ZONE),
        cache=Path("unused"),
        clock=lambda: NOW,
        poller_factory=None,
        title="acme",
        initial=MONTH,
        loader=loader,
        depth="truecolor",
        first=first,
    )


async def test_what_was_read_before_textual_came_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    empty: list[LineView] = []
    redraw = LineView.redraw

    def watched(view: LineView) -> None:
        if view.app.report is None:  # type: ignore[attr-defined]
            empty.append(view)
        redraw(view)

    monkeypatch.setattr(LineView, "redraw", watched)
    backend = Counted()
    loader = started(backend)
    first = loader.first(30)
    assert first is not None
    app = app_on(loader, first)
    async with opened(app) as pilot:
        await pilot.pause()
        assert app.report is first.value
        assert app.live.loading_since is None
    assert backend.reports == 1
    assert not empty


async def test_what_is_still_being_read_is_asked_for_once() -> None:
    backend = Counted()
    loader = started(backend)
    app = app_on(loader, None)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.report is not None)
    app.close()
    loader.join(5)
    assert backend.reports == 1


def test_what_cannot_be_read_is_said_on_the_screen_and_not_before() -> None:
    class Broken(FakeBackend):
        def report(self, view, now):  # type: ignore[no-untyped-def]
            raise OSError("the disk is gone")

    loader = started(Broken())
    assert loader.first(30) is None
    told: list[object] = []
    loader.deliver_to(told.append)
    loader.stop()
    loader.join(5)
    assert told == [LoadFailed("report", "the disk is gone")]
