"""Nothing new at the helpdesk: a handful of requests, and not a row in the cache that differs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.desk import Desk, Program
from tests.end_to_end.tables import tables, unsound

NOW = 1_772_632_800
HANDFUL = 10


@dataclass(frozen=True)
class Settled:
    desk: Desk
    program: Program


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settled]:
    """A cache that has caught up with a helpdesk whose clock stands still."""
    with Desk(seed=3, days=2, now=NOW) as desk:
        program = Program(tmp_path_factory.mktemp("settled")).configure(desk.url)
        program.must("sync", "--once")
        yield Settled(desk, program)


def counts(summary: str) -> tuple[int, int, int]:
    """Conversations read, rows changed, requests, as the summary says."""
    match = re.search(r"ok, ([\d,]+) conversations read, ([\d,]+) rows changed, ([\d,]+) requests", summary)
    assert match, summary
    read, changed, requests = (int(text.replace(",", "")) for text in match.groups())
    return read, changed, requests


def test_a_second_sync_asks_little_and_changes_nothing(settled: Settled) -> None:
    before, asked = tables(settled.program.cache), len(settled.desk.asked)
    read, changed, requests = counts(settled.program.must("sync", "--once"))
    assert len(settled.desk.asked) - asked == requests <= HANDFUL
    assert (read, changed) == (0, 0)
    assert tables(settled.program.cache) == before


def test_reading_everything_again_changes_nothing(settled: Settled) -> None:
    """`--full` asks for all of it; what it brings is what was there, but for a second sample of the articles."""
    before = tables(settled.program.cache)
    read, _, _ = counts(settled.program.must("sync", "--once", "--full"))
    after = tables(settled.program.cache)
    assert read > HANDFUL
    assert {name for name in after if after[name] != before[name]} <= {"article_counter"}


def test_two_syncs_at_once_are_one(settled: Settled, tmp_path: Path) -> None:
    """One polls, the other says so; the cache is that of a single sync."""
    program = Program(tmp_path).configure(settled.desk.url)
    racing = [program.start("sync", "--once") for _ in range(2)]
    told = [process.communicate(timeout=50) for process in racing]
    assert [process.returncode for process in racing] == [0, 0]
    assert sum("0 conversations read" not in out for out, _ in told) == 1
    assert sum("another" in err for _, err in told) == 1
    assert unsound(program.cache) == []
    together, alone = tables(program.cache), tables(settled.program.cache)
    for name in ("conversation", "thread", "episode", "close", "wait", "outbound", "agent"):
        assert len(together[name]) == len(alone[name]), name
