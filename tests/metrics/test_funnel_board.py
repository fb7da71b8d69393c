"""The board of the flow: the compared funnel is the report's own of that period, and noise is told from change."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.metrics import ReportRequest, build_board, build_report, items_behind
from funnel_tui.model.boards import FunnelBoard, Place
from funnel_tui.model.values import Freshness
from funnel_tui.settings import Settings
from funnel_tui.store import Reader, Store
from tests.metrics.program import load
from tests.reference.worlds import hostile

SETTINGS = Settings(zone=ZoneInfo("Asia/Kolkata"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    path = tmp_path_factory.mktemp("world") / "cache.db"
    hostility = hostile(5, conversations=60)
    load(path, hostility.lines)
    return path, hostility.as_of


def board(path: Path, now: int, **request: str) -> FunnelBoard:
    found = build_board(Reader.open(path), SETTINGS, ReportRequest(**request), "funnel", now)
    assert isinstance(found, FunnelBoard)
    return found


def test_the_compared_funnel_is_that_periods_own(world: tuple[Path, int]) -> None:
    path, now = world
    found = board(path, now, period="last-2d")
    assert found.window is not None
    assert found.previous is not None
    before = build_report(Reader.open(path), SETTINGS, ReportRequest("last-2d", earlier=1), now)
    assert (found.window.start, found.window.end) == (before.period.start, before.period.end)
    assert found.previous.links == before.funnel.links
    assert sum(link.value for link in found.previous.links) > 0


def test_only_what_is_beyond_the_noise_of_counts_is_clear(world: tuple[Path, int]) -> None:
    path, now = world
    found = board(path, now, period="last-2d")
    report = build_report(Reader.open(path), SETTINGS, ReportRequest("last-2d"), now)
    assert found.previous is not None
    here = {(node.id,): node.value for node in report.funnel.nodes}
    then = {(node.id,): node.value for node in found.previous.nodes}
    for path_, value in here.items():
        far = abs(value - then[path_]) > 1.96 * (value + then[path_]) ** 0.5
        assert (path_ in found.clear) is far


def test_without_a_comparison_there_is_nothing_to_compare_with(world: tuple[Path, int]) -> None:
    assert board(*world, period="last-2d", compare="none") == FunnelBoard(None)


def test_a_period_that_was_not_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    hostility = hostile(5, conversations=20)
    load(path, hostility.lines)
    now = hostility.as_of
    store = Store.open(path)
    for workspace in Reader.open(path).workspaces():
        store.set_freshness(Freshness(workspace, "intercom", now, "ok", history_from=now - 86_400))
    store.close()
    found = board(path, now, period="last-2d")
    assert found.previous is None
    assert found.reason is not None


def test_as_many_stand_behind_every_way_as_the_funnel_says_in_both_periods(world: tuple[Path, int]) -> None:
    path, now = world
    reader, request = Reader.open(path), ReportRequest("last-2d")
    report, found = build_report(reader, SETTINGS, request, now), board(path, now, period="last-2d")
    assert found.window is not None
    assert found.previous is not None
    spans = ((report.funnel, None), (found.previous, (found.window.start, found.window.end)))
    for funnel, span in spans:
        ways = [((node.id,), node.value) for node in funnel.nodes]
        ways += [((link.source, link.target), link.value) for link in funnel.links]
        for way, value in ways:
            place = Place("selfserve.seekers", path=way, span=span)
            assert items_behind(reader, SETTINGS, request, place, now).total == value, way
