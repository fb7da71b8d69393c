"""Zendesk through the engine into the cache: the past, polls, ratings beside tickets, deletions, restarts."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from funnel_tui.store import Store
from funnel_tui.sync import sync_once
from funnel_tui.sync.news import SourceSummary
from tests.sources.zendesk.desk import AGENT, CUSTOMER, NOW, Desk, change, comment, iso

DAY = 86_400
EVENTS = "/api/v2/incremental/ticket_events"
COUNT = 240


class World:
    def __init__(self, path: Path) -> None:
        self.desk = Desk()
        self.store = Store.open(path / "cache.db", clock=self.desk.time.clock)

    async def sync(self, *, full: bool = False) -> SourceSummary:
        """As a new process would."""
        clock = self.desk.time.clock
        (summary,) = await sync_once(
            self.store, [self.desk.source()], clock=clock, wall=clock, full=full, sleep=self.desk.time.sleep
        )
        return summary

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.store.path)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def episodes(self) -> dict[str, tuple[int, int, int, int]]:
        """Ticket -> start, first reply, close, replies."""
        found = self.rows(
            "SELECT c.id, e.start, e.first_reply_at, e.closed_at, e.replies FROM episode e"
            " JOIN conversation c USING (cid) WHERE c.excluded IS NULL"
        )
        return {id: tuple(rest) for id, *rest in found}  # type: ignore[misc]

    def streams(self) -> dict[str, str]:
        return dict(self.rows("SELECT stream, status FROM stream WHERE status IS NOT NULL"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.store.close()


def fill(desk: Desk) -> dict[str, tuple[int, int, int, int]]:
    """Tickets over 90 days, every tenth of which was answered weeks after it was opened; what is true of them."""
    truth = {}
    for number in range(1, COUNT + 1):
        begun = NOW - 900 - number * 90 * DAY // COUNT
        took = min(20 * DAY, NOW - 700 - begun) if number % 10 == 0 else 60
        desk.simple(number, begun, seconds=took)
        truth[str(number)] = (begun, begun + took, begun + took, 1)
    return truth


async def test_the_whole_past_is_right_whichever_way_it_came(world: World) -> None:
    truth = fill(world.desk)
    summary = await world.sync()
    assert (summary.ok, summary.error, summary.warnings) == (True, None, ())
    assert world.episodes() == truth
    assert world.desk.calls[EVENTS] > 0
    assert sum(count for path, count in world.desk.calls.items() if path.endswith("/audits")) < COUNT // 2
    assert set(world.streams().values()) == {"ok"}
    world.desk.time.now += 900
    again = await world.sync()
    assert (again.rows_changed, again.requests <= 12) == (0, True)


async def test_without_audits_the_past_is_as_right(world: World) -> None:
    truth = fill(world.desk)
    world.desk.refuse("*/audits", 403)
    summary = await world.sync()
    assert summary.ok
    assert world.episodes() == truth
    assert world.streams()["parts"] == "ok"


async def test_without_updates_the_past_is_as_right(world: World) -> None:
    truth = fill(world.desk)
    world.desk.refuse(EVENTS, 403)
    assert (await world.sync()).ok
    assert world.episodes() == truth


async def test_without_either_it_is_said_so_until_it_is_exact_again(world: World) -> None:
    truth = fill(world.desk)
    world.desk.refuse("*/audits", 403)
    world.desk.refuse(EVENTS, 403)
    summary = await world.sync()
    assert summary.ok
    assert any("acme: parts: " in line for line in summary.warnings)
    assert world.streams()["parts"] == "refused"
    assert len(world.episodes()) == COUNT
    assert world.episodes() != truth
    world.desk.answers.clear()
    world.desk.time.now += 7_200
    assert (await world.sync(full=True)).ok
    assert world.episodes() == truth
    assert world.streams()["parts"] == "ok"


async def test_what_happens_between_two_runs_comes_with_the_second(world: World) -> None:
    fill(world.desk)
    await world.sync()
    world.desk.time.now += 3_600
    world.desk.update(1, NOW + 60, CUSTOMER, [comment(CUSTOMER), change("status", "open", "solved")])
    world.desk.update(1, NOW + 90, AGENT, [comment(AGENT), change("status", "solved", "open")])
    world.desk.simple(999, NOW + 100)
    world.desk.tickets[2].update(status="deleted", generated_timestamp=NOW + 200)
    await world.sync()
    found = world.episodes()
    assert found["1"][2:] == (NOW + 90, 2)
    assert found["999"] == (NOW + 100, NOW + 160, NOW + 160, 1)
    assert "2" not in found
    assert world.rows("SELECT excluded FROM conversation WHERE id = '2'") == [("deleted",)]


async def test_a_rating_outlives_its_ticket_read_again(world: World) -> None:
    world.desk.simple(1, NOW - 5_000)
    world.desk.surveys = [
        {
            "id": "s1",
            "subjects": [{"type": "ticket", "id": "1", "zrn": "zen:ticket:1"}],
            "answers": [{"type": "rating_scale", "rating": 4, "created_at": iso(NOW - 1_000)}],
        }
    ]
    await world.sync()
    assert world.rows("SELECT rating, rated_at FROM episode") == [(4.0, NOW - 1_000)]
    world.desk.time.now += 3_600
    world.desk.surveys.clear()
    world.desk.update(1, NOW + 60, AGENT, [comment(AGENT, public=False)])
    await world.sync()
    await world.sync(full=True)
    assert world.rows("SELECT rating, rated_at FROM episode") == [(4.0, NOW - 1_000)]


async def test_a_rescan_finds_what_was_never_announced(world: World) -> None:
    world.desk.simple(1, NOW - 5_000)
    world.desk.simple(2, NOW - 5_000)
    await world.sync()
    world.desk.time.now += 7 * 3_600
    stamp = world.desk.tickets[1]["generated_timestamp"]
    world.desk.update(1, NOW - 4_000, AGENT, [comment(AGENT)])
    world.desk.tickets[1]["generated_timestamp"] = stamp
    del world.desk.tickets[2]
    await world.sync()
    assert {id: replies for id, (*_, replies) in world.episodes().items()} == {"1": 2}
