"""The program and its peers answer one list of figures alike, and what they disagree on is told."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.bench import Bench
from benchmarks.peers.naive import Naive
from benchmarks.peers.peer import Peer
from benchmarks.peers.question import Answer, Question, answer, ask_product, differences, question
from benchmarks.polling import KINDS, news
from benchmarks.reading import PERIODS
from benchmarks.setup import NAME, SETTINGS, open_store
from benchmarks.world import TEAMS, World
from funnel_tui.store import Reader

NOW = 1_772_632_800
SIZE = 1200
Load = Callable[[Path, Path], None]


def _duck() -> tuple[Load, Callable[[Path], Peer]]:
    Duck = pytest.importorskip("benchmarks.peers.duck", reason="needs duckdb", exc_type=ImportError).Duck
    return Duck.load, Duck


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Bench(tmp_path_factory.mktemp("peers"), (SIZE,), 1, NOW).cache(SIZE).path


@pytest.fixture(scope="module", params=["naive", "duck"])
def peer(request: pytest.FixtureRequest, cache: Path) -> Iterator[Peer]:
    load, open = (Naive.load, Naive) if request.param == "naive" else _duck()
    path = cache.with_suffix(f".{request.param}")
    load(cache, path)
    found = open(path)
    yield found
    found.close()


def _asked(cache: Path, period: str, team: str | None) -> tuple[Question, Answer]:
    reader = Reader.open(cache)
    report, teams = ask_product(reader, SETTINGS, period, NOW, team)
    reader.close()
    return question(report, team), answer(report, teams, team)


@pytest.mark.parametrize("team", [None, TEAMS[0]])
@pytest.mark.parametrize("period", PERIODS.values())
def test_the_program_and_a_peer_agree(cache: Path, peer: Peer, period: str, team: str | None) -> None:
    asked, wanted = _asked(cache, period, team)
    assert differences(wanted, peer.answer(asked)) == []


@pytest.mark.parametrize("team", [None, TEAMS[0]])
def test_they_agree_after_polls(cache: Path, tmp_path: Path, team: str | None) -> None:
    path = tmp_path / "polled.db"
    shutil.copyfile(cache, path)
    store = open_store(path, NOW)
    for turn in range(3):
        for kind in KINDS:
            store.write(NAME, news(World(SIZE, NOW), kind, turn))
    store.close()
    Naive.load(path, tmp_path / "naive")
    peer = Naive(tmp_path / "naive")
    for period in PERIODS.values():
        asked, wanted = _asked(path, period, team)
        assert differences(wanted, peer.answer(asked)) == []
    peer.close()
    assert wanted != _asked(cache, period, team)[1]


def test_the_list_says_something(cache: Path) -> None:
    _, wanted = _asked(cache, "last-365d", None)
    assert len(wanted) > 250
    assert {name for name, value in wanted.items() if not value and not name.startswith("day.")} <= {"queue.with_bot"}


def test_a_wrong_figure_is_told(cache: Path, peer: Peer) -> None:
    asked, wanted = _asked(cache, "last-28d", None)
    resolved = wanted["now.human.resolved"]
    assert resolved is not None
    odd = differences({**wanted, "now.human.resolved": resolved + 1}, peer.answer(asked))
    assert odd == [f"now.human.resolved: {resolved + 1} and {resolved:.0f}"]


def test_a_figure_that_only_one_knows_is_told() -> None:
    assert differences({"a": 1.0}, {"a": 1.0, "b": None}) == ["b: absent and None"]
