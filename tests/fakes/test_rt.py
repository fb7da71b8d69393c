"""The real program against a hostile Request Tracker: rows and figures beside the reference's, and what is refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.agreement import Question
from tests.end_to_end.desk import NAME, Program
from tests.fakes import lapsed, running
from tests.fakes.lapsed import LapsedServer
from tests.fakes.rt import RtWorld, events
from tests.fakes.rt_life import DAY, HOUR, Habits
from tests.fakes.toolkit import Clock, Hostility, as_json

NOW = 1_772_632_800
PERIODS = ("year", "last-28d", "last-7d", "2026-02-10..2026-02-20")
UNTOLD = (
    *("proactive.*", "selfserve.a*", "selfserve.b*", "selfserve.share*", "internal.*", "savings.*"),
    *("human.direct", "human.after_selfserve", "human.csat*", "queue.with_bot", "queue.on_duty"),
)
"""What has no source there."""
EVERYTHING: dict[str, Any] = {
    "trouble": 0.12,
    "duplicates": 0.1,
    "odd": True,
    "shifting": True,
    "late": 120,
    "skew": 75,
}
SMALL = Habits(tickets=50)


def program(folder: Path, server: LapsedServer, extra: str = "") -> Program:
    return lapsed.program(folder, server, "rt", extra)


def wrong(program: Program, world: RtWorld, queues: set[int] | None = None) -> dict[str, Any]:
    """Where rows and figures differ from the reference's, by period."""
    lines = events(world.lives.lines(world.now, queues))
    names = {str(one.id): one.name.title() for one in world.lives.staff} | {
        str(id): name for id, name in world.lives.queues.items()
    }
    found: dict[str, Any] = {}
    for period in PERIODS:
        question = Question(period, world.clock.now)
        if differing := running.mismatch(program, lines, question, untold=UNTOLD, funnel=False):
            found[period] = differing
    rows = running.wrong_rows(program, lines, Question("year", world.clock.now), names=names)
    return {**found, "rows": rows} if rows else found


@pytest.fixture(scope="module")
def calm() -> Iterator[LapsedServer]:
    with LapsedServer(RtWorld(Clock(NOW), habits=SMALL)) as server:
        yield server


@pytest.fixture(scope="module")
def healthy(calm: LapsedServer, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A cache that was synced when all was well."""
    made = program(tmp_path_factory.mktemp("healthy"), calm)
    running.good_sync(made)
    return made


def world_of(server: LapsedServer) -> RtWorld:
    assert isinstance(server.world, RtWorld)
    return server.world


def test_a_calm_server_is_told_exactly(calm: LapsedServer, healthy: Program) -> None:
    assert wrong(healthy, world_of(calm)) == {}


def test_nothing_new_costs_a_few_requests(calm: LapsedServer, healthy: Program) -> None:
    before = len(calm.calls)
    outcome = running.good_sync(healthy)
    assert len(calm.calls) - before == outcome.requests <= 12
    assert wrong(healthy, world_of(calm)) == {}


def test_no_address_is_kept(healthy: Program) -> None:
    """Customers' names are their addresses there."""
    for file in healthy.folder.glob("cache.db*"):
        assert b"guest1" not in file.read_bytes()
        assert b"staff.example" not in file.read_bytes()


@pytest.mark.parametrize(("seed", "zone", "root"), [(31, "Asia/Kolkata", True), (32, "America/New_York", False)])
def test_everything_at_once(seed: int, zone: str, root: bool, tmp_path: Path) -> None:
    """Also: ids that show out of their order, and an owner of the token whose clock is elsewhere."""
    habits = Habits(tickets=50, commits=60)
    world = RtWorld(Clock(NOW), Hostility(seed=seed, **EVERYTHING), habits=habits, seed=seed, zone=zone, root=root)
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
    """Answers, merges, deletions, restored tickets, imports of old ones, and rows that show out of their order."""
    habits = Habits(tickets=60, days=20, ahead=6, imported=0.3, commits=30)
    world = RtWorld(Clock(NOW), habits=habits, seed=33)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        running.good_sync(mine)
        for pause in (300, 9 * HOUR, 3 * DAY):
            world.clock.move(pause)
            running.good_sync(mine)
            assert wrong(mine, world) == {}


def test_pages_that_are_empty_because_all_on_them_is_hidden(tmp_path: Path) -> None:
    """An ordinary user is shown a page after what may not be seen is taken from it: empty, with more behind it."""
    world = RtWorld(Clock(NOW), habits=Habits(tickets=40, days=5, imported=0, hidden=230), seed=36)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        running.good_sync(mine)
        assert wrong(mine, world) == {}
        for pause in (3 * HOUR, 20 * HOUR):
            world.clock.move(pause)
            running.good_sync(mine)
            assert wrong(mine, world) == {}


def test_only_the_queues_that_are_named(tmp_path: Path) -> None:
    habits = Habits(tickets=30, moves=False)
    world = RtWorld(Clock(NOW), habits=habits, seed=34)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server, 'queues = ["Support", "Billing"]')
        running.good_sync(mine)
        assert wrong(mine, world, {3, 4}) == {}


def test_a_user_with_a_password(tmp_path: Path) -> None:
    world = RtWorld(Clock(NOW), habits=Habits(tickets=12), seed=35)
    world.user_name = "anna"
    with LapsedServer(world) as server:
        mine = program(tmp_path, server, 'user = "anna"')
        running.good_sync(mine)
        assert wrong(mine, world) == {}


# --- refusals


def test_a_bad_token_is_one_line(calm: LapsedServer, tmp_path: Path) -> None:
    mine = program(tmp_path, calm)
    mine.environment = {"DESK_TOKEN": "1-14-of-somebody-else"}
    outcome = running.sync(mine)
    assert outcome.code == 1
    assert len(outcome.lines) == 1
    assert outcome.lines[0].startswith(f"{NAME}: ")
    assert "token" in outcome.lines[0]


def test_names_that_are_refused_do_not_stop_the_rest(tmp_path: Path) -> None:
    """Without users it cannot be told who is a teammate; what can be told is told, and the rest is said."""
    world = RtWorld(
        Clock(NOW), Hostility(refused={"/queues/all": as_json({"message": "Forbidden"}, 403)}), habits=SMALL
    )
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        outcome = running.sync(mine)
    assert outcome.code == 0
    state = json.loads(mine.must("report", "--format", "json"))["freshness"][NAME]["state"]
    assert state in ("ok", "partial")


def test_a_server_without_transactions(tmp_path: Path) -> None:
    world = RtWorld(
        Clock(NOW), Hostility(refused={"/transactions": as_json({"message": "Forbidden"}, 403)}), habits=SMALL
    )
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        outcome = running.sync(mine)
    assert outcome.lines
    told = Question("year", NOW).ask(mine)["metrics"]
    assert told["human.inbound"]["quality"] == "unavailable"


# --- kills


def test_a_sync_killed_anywhere_goes_on(calm: LapsedServer, tmp_path: Path) -> None:
    mine = program(tmp_path, calm)
    kills = sum(running.killed_at(calm, mine, number) for number in (4, 12, 24))
    assert kills >= 2
    running.good_sync(mine)
    running.good_sync(mine)
    assert wrong(mine, world_of(calm)) == {}
