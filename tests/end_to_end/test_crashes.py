"""kill -9 in the middle of a sync, again and again: the next one goes on, and nothing is lost, doubled or half-written.

The moments are drawn with a fixed seed: the n-th request of a run, or the growth of the write-ahead log to a size,
which is in the middle of a transaction. Nothing here waits for time to pass.
"""

import random
import signal
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen, TimeoutExpired
from time import monotonic

import pytest

from tests.end_to_end.agreement import Question
from tests.end_to_end.desk import Desk, Program
from tests.end_to_end.tables import tables, unsound

NOW = 1_772_632_800
EARLIER = NOW - 86_400
PATIENCE = 40.0
"""Seconds after which a run that neither ends nor comes to its moment is a failure."""
LOOK = 0.002
"""Seconds between two looks at the log."""
KILLS = 5


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with Desk(seed=8, days=2, now=NOW) as found:
        yield found


@pytest.fixture(scope="module")
def whole(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A cache whose syncs nobody disturbed."""
    program = Program(tmp_path_factory.mktemp("whole")).configure(desk.url)
    program.must("sync", "--once")
    program.must("sync", "--once")
    return program


def killed_at_request(desk: Desk, program: Program, number: int, *arguments: str) -> bool:
    """Run a sync and kill it while the server holds its n-th request. False if it ended before."""
    begun = len(desk.asked)
    process = program.start("sync", "--once", *arguments)

    def strike(count: int) -> None:
        if count - begun == number:
            process.send_signal(signal.SIGKILL)

    desk.on_request(strike)
    process.communicate(timeout=PATIENCE)
    desk.on_request(lambda count: None)
    return process.returncode == -signal.SIGKILL


def killed_in_a_write(program: Program, size: int, *arguments: str) -> bool:
    """Run a sync and kill it once the cache's log has grown to `size` bytes. False if it ended before."""
    log = program.cache.with_name(program.cache.name + "-wal")
    process = program.start("sync", "--once", *arguments)
    give_up = monotonic() + PATIENCE
    while grown(log) < size and not over(process, LOOK):
        assert monotonic() < give_up
    process.kill()
    process.communicate(timeout=PATIENCE)
    return process.returncode == -signal.SIGKILL


def grown(log: Path) -> int:
    try:
        return log.stat().st_size
    except FileNotFoundError:
        return 0


def over(process: "Popen[str]", within: float) -> bool:
    """Whether the process ends within so many seconds."""
    try:
        process.wait(within)
    except TimeoutExpired:
        return False
    return True


def test_a_sync_killed_anywhere_goes_on_and_ends_with_the_same_figures(
    desk: Desk, whole: Program, tmp_path: Path
) -> None:
    requests = len(desk.asked)
    program = Program(tmp_path / "killed").configure(desk.url)
    moments = random.Random(20)
    kills = 0
    for attempt in range(KILLS):
        # Later runs have the past behind them: only a full one has enough to do to be caught at it.
        arguments = ["--full"] if attempt >= KILLS // 2 else []
        if attempt % 2:
            kills += killed_in_a_write(program, moments.randrange(4_096, 1_500_000), *arguments)
        else:
            kills += killed_at_request(desk, program, moments.randrange(2, requests), *arguments)
        assert not program.cache.exists() or unsound(program.cache) == []
    assert kills >= KILLS // 2
    program.must("sync", "--once", "--full")
    program.must("sync", "--once")
    mine, expected = tables(program.cache), tables(whole.cache)
    for name in expected.keys() - {"article_counter"}:
        assert len(mine[name]) == len(expected[name]), name
    for question in (Question("year", NOW, "previous"), Question("today", NOW, "previous"), Question("week", EARLIER)):
        told, undisturbed = question.ask(program), question.ask(whole)
        counted = {id for id in told["metrics"] if id.startswith(("selfserve.article", "selfserve.share"))}
        for id in told["metrics"].keys() - counted:
            assert told["metrics"][id] == undisturbed["metrics"][id], id


def test_a_killed_first_sync_is_taken_up_by_a_plain_one(desk: Desk, whole: Program, tmp_path: Path) -> None:
    """Without `--full`: what the resume state says is read is there, and what it says is missing is read."""
    expected = tables(whole.cache)
    for number in (40, 210):
        program = Program(tmp_path / str(number)).configure(desk.url)
        assert killed_at_request(desk, program, number)
        assert unsound(program.cache) == []
        program.must("sync", "--once")
        mine = tables(program.cache)
        for name in ("episode", "close", "resolution", "wait", "outbound", "agent", "team", "article"):
            assert len(mine[name]) == len(expected[name]), (number, name)
        assert Question("year", NOW).ask(program)["metrics"] == Question("year", NOW).ask(whole)["metrics"]
