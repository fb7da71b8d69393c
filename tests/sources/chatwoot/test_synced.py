"""Through the sync engine into a cache: the whole past, then only news, deletions, restarts, refusals."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from funnel_tui.model.records import Kind
from funnel_tui.store import Store, codec
from funnel_tui.sync import SourceSummary, sync_once
from tests.sources.chatwoot.small_chatwoot import NOW, SmallChatwoot, agent, customer, note, robot, survey

DAY = 86_400
RESOLVED = "Conversation was marked resolved by Ada"


class World:
    """A cache beside a small Chatwoot; each `sync` is a new run of the program."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.fake = SmallChatwoot()

    def clock(self) -> int:
        return int(self.fake.clock.now)

    async def sync(self, **options: Any) -> SourceSummary:
        source = self.fake.source()
        try:
            (summary,) = await sync_once(
                self.store, [source], clock=self.clock, wall=self.clock, sleep=self.fake.clock.sleep, **options
            )
        finally:
            await source.close()
        return summary

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.store._connection.execute(sql, values).fetchall()

    def ids(self) -> set[str]:
        return {str(id) for (id,) in self.rows("SELECT id FROM conversation WHERE excluded IS NULL")}

    def kinds(self, id: str) -> list[Kind]:
        (body,) = self.rows(
            "SELECT thread.body FROM thread JOIN conversation USING (cid) WHERE conversation.id = ?", id
        )[0]
        return [event.kind for event in codec.decode(id, body)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    store = Store.open(tmp_path / "cache.db")
    yield World(store)
    store.close()


def fill(world: World, count: int) -> None:
    for number in range(1, count + 1):
        at = NOW - number * DAY // 2
        world.fake.put(number, customer(at), agent(at + 60), note(at + 90, RESOLVED), status="resolved")


async def test_the_past_then_only_news(world: World) -> None:
    fill(world, 160)
    summary = await world.sync()
    assert (summary.ok, summary.warnings, summary.conversations) == (True, (), 160)
    assert world.ids() == {str(number) for number in range(1, 161)}
    world.fake.clock.now += 3_600
    world.fake.put(900, customer(NOW + 3_000))
    summary = await world.sync()
    assert (summary.ok, summary.conversations) == (True, 1)
    # People, articles, two witnesses, the list with its proof of order, and one conversation.
    assert summary.requests <= 20


async def test_a_full_sync_finds_what_has_vanished(world: World) -> None:
    fill(world, 40)
    await world.sync()
    del world.fake.rows[7]
    await world.sync(full=True)
    assert world.ids() == {str(number) for number in range(1, 41)} - {"7"}


async def test_a_close_that_moved_nothing_is_found_by_its_event(world: World) -> None:
    world.fake.put(1, customer(NOW - 9_000), agent(NOW - 8_900))
    await world.sync()
    world.fake.clock.now += 600
    world.fake.rows[1]["status"] = "resolved"
    world.fake.event("conversation_resolved", 1, NOW + 300)
    summary = await world.sync()
    assert summary.ok
    assert world.kinds("1") == [Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY, Kind.CLOSED]
    assert world.rows("SELECT closed_at FROM episode") == [(NOW + 300,)]


async def test_a_rating_that_moved_nothing_is_found_by_its_row(world: World) -> None:
    said = [customer(NOW - 9_000), agent(NOW - 8_900), note(NOW - 8_800, RESOLVED), survey(NOW - 8_799)]
    world.fake.put(1, *said, status="resolved")
    await world.sync()
    world.fake.clock.now += 600
    assert world.fake.ratings is not None
    world.fake.ratings.append({"id": 1, "rating": 5, "conversation_id": 1, "created_at": NOW + 200})
    await world.sync()
    assert world.rows("SELECT rating, rated_at FROM episode") == [(5.0, NOW + 200)]


async def test_with_the_token_of_an_agent(world: World) -> None:
    """Neither events nor ratings: warnings, and the conversations all the same."""
    at = NOW - 9_000
    world.fake.put(1, customer(at), robot(at + 5), note(at + 9, "?"), survey(at + 10, 4), status="resolved")
    closed_to_agents = ("/reporting_events", "/conversations/1/reporting_events", "/csat_survey_responses")
    world.fake.refused = dict.fromkeys(closed_to_agents, 401)
    summary = await world.sync()
    assert summary.ok
    assert len(summary.warnings) == 2
    assert world.rows("SELECT rating, closed_at FROM episode") == [(4.0, at + 9)]


async def test_two_syncs_tell_what_one_tells(world: World, tmp_path: Path) -> None:
    """Read in pieces, by different streams, the cache comes to hold what a single reading gives."""
    at = NOW - 9_000
    world.fake.put(1, customer(at), robot(at + 5), note(at + 60, "?"), status="open")
    world.fake.event("conversation_bot_handoff", 1, at + 59)
    await world.sync()
    world.fake.clock.now += 300
    world.fake.said[1] += [agent(NOW + 100, id=1), note(NOW + 201, "??"), survey(NOW + 202, 3)]
    for number, message in enumerate(world.fake.said[1]):
        message["id"] = 5_000 + number if "id" not in message else message["id"]
    world.fake.rows[1].update(status="resolved", last_activity_at=NOW + 202)
    await world.sync()
    world.fake.event("conversation_resolved", 1, NOW + 200)
    await world.sync()
    world.fake.clock.now += 1_000
    assert world.fake.ratings is not None
    world.fake.ratings.append({"id": 1, "rating": 3, "conversation_id": 1, "created_at": NOW + 1_000})
    world.fake.event("conversation_opened", 1, NOW + 1_100)
    world.fake.rows[1]["status"] = "open"
    await world.sync()
    once = World(Store.open(tmp_path / "other.db"))
    once.fake = world.fake
    await once.sync()
    sql = "SELECT body FROM thread"
    assert world.rows(sql) == once.rows(sql)
    once.store.close()
