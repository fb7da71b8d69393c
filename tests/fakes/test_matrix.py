"""The real program against a hostile Matrix homeserver: figures, economy, kills, tokens that the server forgets."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.agreement import Question
from tests.end_to_end.desk import NAME, ZONE, Program
from tests.fakes import lapsed, running
from tests.fakes.chat import DAY, HOUR, Habits, differences
from tests.fakes.lapsed import LapsedServer
from tests.fakes.matrix import CHANNELS, WATCHED, MatrixWorld, fault
from tests.fakes.toolkit import Clock, Hostility
from tests.reference import brute

NOW = 1_772_632_800
PERIODS = ("year", "last-28d", "last-7d", "today", "2026-02-10..2026-02-20")
EVERYTHING: dict[str, Any] = {
    "trouble": 0.15,
    "duplicates": 0.1,
    "disorder": True,
    "odd": True,
    "shifting": True,
    "stale_cursors": 0.02,
    "late": 300,
    "skew": -90,
}
SMALL = Habits(threads=14, turning=False, back_dated=0.1, manners=("rich",))


def program(folder: Path, server: LapsedServer, channels: tuple[str, ...] = CHANNELS) -> Program:
    return lapsed.program(folder, server, "matrix", f"channels = {json.dumps(channels)}")


def wrong(program: Program, world: MatrixWorld, channels: tuple[str, ...] = WATCHED) -> dict[str, Any]:
    """Where figures differ from the world's, by period and metric."""
    found = {}
    at = world.clock.now
    for period in PERIODS:
        told = Question(period, at).ask(program)["metrics"]
        start, end = brute.bounds(period, at, ZONE)
        expected = world.chat.figures(world.now, start, end, channels)
        if differing := differences(told, expected):
            found[period] = differing
    return found


@pytest.fixture(scope="module")
def calm() -> Iterator[LapsedServer]:
    with LapsedServer(MatrixWorld(Clock(NOW), habits=SMALL)) as server:
        yield server


@pytest.fixture(scope="module")
def healthy(calm: LapsedServer, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A cache that was synced when all was well."""
    made = program(tmp_path_factory.mktemp("healthy"), calm)
    running.good_sync(made)
    return made


def world_of(server: LapsedServer) -> MatrixWorld:
    assert isinstance(server.world, MatrixWorld)
    return server.world


def test_a_calm_server_is_told_exactly(calm: LapsedServer, healthy: Program) -> None:
    assert wrong(healthy, world_of(calm)) == {}


def test_nothing_new_costs_a_few_requests(calm: LapsedServer, healthy: Program) -> None:
    before = len(calm.calls)
    outcome = running.good_sync(healthy)
    assert len(calm.calls) - before == outcome.requests <= 7
    assert wrong(healthy, world_of(calm)) == {}


def test_nothing_but_chat_is_told(healthy: Program) -> None:
    told = Question("year", NOW).ask(healthy)["metrics"]
    assert {id for id, metric in told.items() if metric["quality"] != "unavailable"} <= {
        id for id in told if id.startswith("internal.")
    }


def test_everything_at_once(tmp_path: Path) -> None:
    """Small pages, gaps in every timeline, tokens forgotten, messages that come days after their stamp."""
    world = MatrixWorld(Clock(NOW), Hostility(seed=21, **EVERYTHING), habits=SMALL, seed=21, most=25, timeline=3)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        for _ in range(2):
            running.good_sync(mine)
            world.clock.move(7 * HOUR)
        world.hostility.shifting = False
        running.good_sync(mine, "--full")
        assert wrong(mine, world) == {}
        assert server.early == []


def test_what_comes_between_syncs_is_told_by_plain_ones(tmp_path: Path) -> None:
    """Late answers, edits, deletions and back-dated messages alike: the feed brings all of it."""
    habits = Habits(threads=20, ahead=8, edits=0.3, deletions=0.3, turning=False, back_dated=0.2, manners=("rich",))
    world = MatrixWorld(Clock(NOW), habits=habits, seed=5, timeline=4)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        running.good_sync(mine)
        for pause in (9 * HOUR, 3 * DAY):
            world.clock.move(pause)
            running.good_sync(mine)
            assert wrong(mine, world) == {}


def test_threads_of_many_months_ago_go_on(tmp_path: Path) -> None:
    """Deletions and answers that come weeks after what they belong to."""
    habits = Habits(
        threads=14, ahead=12, longest_silence=20, deletions=0.3, late_amends=20, turning=False, manners=("rich",)
    )
    world = MatrixWorld(Clock(NOW), habits=habits, seed=9)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        running.good_sync(mine)
        for _ in range(2):
            world.clock.move(6 * DAY)
            running.good_sync(mine)
            assert wrong(mine, world) == {}


def test_a_server_that_forgot_its_tokens(tmp_path: Path) -> None:
    """Every token is refused once: what came since is found by its stamps."""
    habits = Habits(threads=14, ahead=4, edits=0, deletions=0, manners=())
    world = MatrixWorld(Clock(NOW), habits=habits, seed=3)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        running.good_sync(mine)
        world.clock.move(3 * HOUR)
        world.hostility.refused = {r"/v3/sync$": fault(400, "M_UNKNOWN", "Invalid stream token")}
        calls = len(server.calls)
        server.on_call(lambda count: world.hostility.refused.clear() if count > calls + 12 else None)
        first = running.sync(mine)
        assert first.code in (0, 1)
        world.hostility.refused = {}
        running.good_sync(mine)
        assert wrong(mine, world) == {}


# --- refusals


def test_a_bad_token_is_one_line(calm: LapsedServer, tmp_path: Path) -> None:
    mine = program(tmp_path, calm)
    mine.environment = {"DESK_TOKEN": "syt_of_somebody_else"}
    outcome = running.sync(mine)
    assert outcome.code == 1
    assert len(outcome.lines) == 1
    assert outcome.lines[0].startswith(f"{NAME}: ")
    assert "token" in outcome.lines[0]


def test_a_room_that_the_user_is_not_in(tmp_path: Path) -> None:
    world = MatrixWorld(Clock(NOW), habits=SMALL)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server, ("#ask-support", "#elsewhere"))
        outcome = running.sync(mine)
        assert any("elsewhere" in line for line in outcome.lines)
        assert wrong(mine, world, WATCHED[:1]) == {}


def test_a_room_whose_history_is_refused(tmp_path: Path) -> None:
    """One room's matter: the other is told."""
    world = MatrixWorld(Clock(NOW), habits=SMALL)
    world.hostility.refused = {r"r1.*/messages$": fault(403, "M_FORBIDDEN", "You don't have permission to view it.")}
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        outcome = running.sync(mine)
        assert outcome.lines
        state = json.loads(mine.must("report", "--format", "json"))["freshness"][NAME]["state"]
        assert state == "partial"


# --- kills


def test_a_sync_killed_anywhere_goes_on(tmp_path: Path) -> None:
    world = MatrixWorld(Clock(NOW), habits=SMALL, most=20)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        kills = sum(running.killed_at(server, mine, number) for number in (3, 5, 7, 8))
        assert kills >= 2
        running.good_sync(mine)
        running.good_sync(mine)
        assert wrong(mine, world) == {}
