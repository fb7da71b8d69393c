"""The real program against a hostile Slack: figures, economy, kills, and what is said when something is refused."""

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
from tests.fakes.slack import SCOPES, WATCHED, SlackWorld, fault
from tests.fakes.toolkit import Clock, Hostility
from tests.reference import brute

NOW = 1_772_632_800
CHANNELS = 'channels = ["#ask-support", "ask-billing"]'
PERIODS = ("year", "last-28d", "last-7d", "today", "2026-02-10..2026-02-20")
EVERYTHING: dict[str, Any] = {
    "trouble": 0.15,
    "duplicates": 0.1,
    "disorder": True,
    "odd": True,
    "shifting": True,
    "stale_cursors": 0.05,
    "late": 300,
    "skew": 90,
}
SMALL = Habits(threads=12, manners=("broadcast",))


def program(folder: Path, server: LapsedServer, extra: str = CHANNELS) -> Program:
    return lapsed.program(folder, server, "slack", extra, below="/api")


def wrong(program: Program, world: SlackWorld, channels: tuple[str, ...] = WATCHED) -> dict[str, Any]:
    """Where figures differ from the world's, by period and metric."""
    found = {}
    at = world.clock.now
    for period in PERIODS:
        told = Question(period, at).ask(program)["metrics"]
        start, end = brute.bounds(period, at, ZONE)
        expected = world.chat.figures(at - world.hostility.late, start, end, channels)
        if differing := differences(told, expected):
            found[period] = differing
    return found


@pytest.fixture(scope="module")
def calm() -> Iterator[LapsedServer]:
    with LapsedServer(SlackWorld(Clock(NOW), habits=SMALL)) as server:
        yield server


@pytest.fixture(scope="module")
def healthy(calm: LapsedServer, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A cache that was synced when all was well."""
    made = program(tmp_path_factory.mktemp("healthy"), calm)
    running.good_sync(made)
    return made


def world_of(server: LapsedServer) -> SlackWorld:
    assert isinstance(server.world, SlackWorld)
    return server.world


def test_a_calm_workspace_is_told_exactly_and_within_its_limits(calm: LapsedServer, healthy: Program) -> None:
    assert wrong(healthy, world_of(calm)) == {}
    assert (calm.over_limit, calm.early) == ([], [])


def test_nothing_new_costs_a_few_requests(calm: LapsedServer, healthy: Program) -> None:
    running.good_sync(healthy)
    before = len(calm.calls)
    outcome = running.good_sync(healthy)
    assert len(calm.calls) - before == outcome.requests <= 12
    assert wrong(healthy, world_of(calm)) == {}


def test_nothing_but_chat_is_told(calm: LapsedServer, healthy: Program) -> None:
    """And no address of anybody is kept."""
    told = Question("year", NOW).ask(healthy)["metrics"]
    assert {id for id, metric in told.items() if metric["quality"] != "unavailable"} <= {
        id for id in told if id.startswith("internal.")
    }
    for file in healthy.folder.glob("cache.db*"):
        assert b"staff.example" not in file.read_bytes()


def test_everything_at_once(tmp_path: Path) -> None:
    world = SlackWorld(Clock(NOW), Hostility(seed=12, **EVERYTHING), habits=SMALL, seed=12)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        for _ in range(2):
            running.good_sync(mine)
            world.clock.move(7 * HOUR)
        world.hostility.shifting = False
        running.good_sync(mine, "--full")
        assert wrong(mine, world) == {}
        assert (server.over_limit, server.early) == ([], [])


def test_answers_to_older_threads_come_with_plain_syncs(tmp_path: Path) -> None:
    """Threads rest for days before somebody goes on with them."""
    habits = Habits(threads=14, ahead=6, edits=0, deletions=0, manners=("broadcast",))
    world = SlackWorld(Clock(NOW), habits=habits, seed=5)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        running.good_sync(mine)
        for pause in (9 * HOUR, 3 * DAY):
            world.clock.move(pause)
            running.good_sync(mine)
            assert wrong(mine, world) == {}


def test_edits_and_deletions_are_found_by_reading_again(tmp_path: Path) -> None:
    """Late ones by `--full`; those of the last two days by the rescan that is due after some hours."""
    habits = Habits(threads=20, ahead=6, edits=0.4, deletions=0.4, late_amends=12, manners=("broadcast",))
    world = SlackWorld(Clock(NOW), habits=habits, seed=6)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        running.good_sync(mine)
        world.clock.move(4 * DAY)
        running.good_sync(mine)
        running.good_sync(mine, "--full")
        assert wrong(mine, world) == {}


def test_quick_deletions_are_found_by_the_rescan(tmp_path: Path) -> None:
    habits = Habits(threads=20, days=2, ahead=2, longest_silence=0.4, edits=0.4, deletions=0.4, manners=())
    world = SlackWorld(Clock(NOW), habits=habits, seed=7)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        running.good_sync(mine)
        for _ in range(2):
            world.clock.move(7 * HOUR)
            running.good_sync(mine)
            assert wrong(mine, world) == {}


def test_an_app_that_gets_15_messages_a_minute(tmp_path: Path) -> None:
    """Slow, but to the end, without asking more than once a minute for long, and `doctor` says why."""
    world = SlackWorld(Clock(NOW), habits=SMALL, slow=True)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        outcome = running.sync(mine)
        assert outcome.code == 0, outcome
        assert wrong(mine, world) == {}
        assert len(server.over_limit) <= 4
        told = mine.run("doctor")
    assert "15" in told.stdout + told.stderr


@pytest.mark.parametrize("echoing", [True, False])
def test_a_history_that_never_ends(echoing: bool, tmp_path: Path) -> None:
    """The poller says so and goes on to the next thing; what was told before it is told."""
    habits = Habits(threads=4, days=3, deletions=0, manners=())
    world = SlackWorld(Clock(NOW), Hostility(endless=True), habits=habits, echoing=echoing)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        mine.environment = {**mine.environment, "LAPSE_PAGES": "30"}
        outcome = running.sync(mine)
        assert len(server.calls) < 400
    assert any("page" in line for line in outcome.lines), outcome
    assert wrong(mine, world) == {}


# --- refusals


def test_a_bad_token_is_one_line(calm: LapsedServer, tmp_path: Path) -> None:
    mine = program(tmp_path, calm)
    mine.environment = {**mine.environment, "DESK_TOKEN": "xoxb-of-somebody-else"}
    outcome = running.sync(mine)
    assert outcome.code == 1
    assert len(outcome.lines) == 1
    assert outcome.lines[0].startswith(f"{NAME}: ")
    assert "token" in outcome.lines[0]


def test_without_a_scope_for_private_channels_the_public_one_is_told(tmp_path: Path) -> None:
    scopes = [scope for scope in SCOPES if not scope.startswith("groups")]
    world = SlackWorld(Clock(NOW), habits=SMALL, scopes=scopes)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        outcome = running.sync(mine)
        assert outcome.code == 0
        assert outcome.lines
        assert any("groups:" in line or "ask-billing" in line for line in outcome.lines)
        assert freshness(mine) == "partial"
        told = mine.run("doctor")
        assert "groups:" in told.stdout + told.stderr
        assert wrong(mine, world, WATCHED[:1]) == {}


def test_without_the_list_of_users_the_rest_goes_on(tmp_path: Path) -> None:
    world = SlackWorld(Clock(NOW), habits=SMALL, scopes=[scope for scope in SCOPES if scope != "users:read"])
    with LapsedServer(world) as server:
        mine = program(tmp_path, server)
        outcome = running.sync(mine)
        assert outcome.code == 0
        assert wrong(mine, world) == {}


@pytest.mark.parametrize("code", ["missing_scope", "token_revoked"])
def test_a_history_that_is_refused_for_good(code: str, tmp_path: Path) -> None:
    """A scope is one stream's matter; a token that was taken back is everything's."""
    refused = {r"/conversations\.(history|replies)": fault(code, needed="channels:history", provided="users:read")}
    with LapsedServer(SlackWorld(Clock(NOW), Hostility(refused=refused), habits=SMALL)) as server:
        mine = program(tmp_path, server)
        outcome = running.sync(mine)
        assert len(server.calls) < 60
    assert outcome.lines
    told = Question("year", NOW).ask(mine)["metrics"]
    assert told["internal.questions"]["quality"] == "unavailable"
    assert freshness(mine) in ("partial", "failed")


def test_a_channel_that_the_app_is_not_in(tmp_path: Path) -> None:
    """Its name is said with the mend; the others are told."""
    world = SlackWorld(Clock(NOW), habits=SMALL)
    with LapsedServer(world) as server:
        mine = program(tmp_path, server, 'channels = ["#ask-support", "#dev"]')
        outcome = running.sync(mine)
        assert any("dev" in line for line in outcome.lines)
        assert wrong(mine, world, WATCHED[:1]) == {}


def freshness(program: Program) -> str:
    found = json.loads(program.must("report", "--format", "json"))["freshness"][NAME]
    return str(found["state"])


# --- kills


def test_a_sync_killed_anywhere_goes_on(calm: LapsedServer, tmp_path: Path) -> None:
    mine = program(tmp_path, calm)
    kills = 0
    for number in (4, 9, 15):
        kills += running.killed_at(calm, mine, number)
    assert kills >= 2
    running.good_sync(mine)
    running.good_sync(mine)
    assert wrong(mine, world_of(calm)) == {}
