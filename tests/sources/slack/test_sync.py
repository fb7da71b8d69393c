"""Slack through the engine into the cache: the past, the live passes, edits, deletions, restarts."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from funnel_tui.store import Store
from funnel_tui.sync import sync_once
from funnel_tui.sync.news import SourceSummary
from tests.sources.fake_intercom import NOW
from tests.sources.slack.workspace import DAY, Room, Workspace, said, ts


class World:
    def __init__(self, path: Path) -> None:
        self.slack = Workspace()
        self.store = Store.open(path / "cache.db", clock=self.slack.time.clock)
        self.channels = ["#ask-support"]

    async def sync(self, *, full: bool = False, wait: float = 86_400) -> SourceSummary:
        """As a new process would."""
        clock = self.slack.time.clock
        source = self.slack.source(*self.channels)
        (summary,) = await sync_once(
            self.store, [source], clock=clock, wall=clock, full=full, wait=wait, sleep=self.slack.time.sleep
        )
        return summary

    def messages(self) -> list[str]:
        connection = sqlite3.connect(self.store.path)
        try:
            rows = connection.execute("SELECT id FROM chat_message WHERE gone_at IS NULL ORDER BY id").fetchall()
        finally:
            connection.close()
        return [id for (id,) in rows]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.store.close()


def fill(room: Room, count: int, *, spread: int = 90 * DAY) -> list[str]:
    """Threads, every other one answered; the ids of all messages."""
    for number in range(count):
        at = NOW - 600 - number * spread // count
        room.put(said(ts(at), f"How to {number}?"))
        if number % 2:
            room.reply(ts(at), ts(at + 300), "Like so.")
    return sorted(f"{room.id}:{stamp}" for stamp in room.rows)


async def test_the_whole_past_once_and_then_a_handful_of_requests(world: World) -> None:
    ids = fill(world.slack.room, 120)
    summary = await world.sync()
    assert (summary.ok, summary.error, summary.warnings) == (True, None, ())
    assert world.messages() == ids
    world.slack.time.now += 60
    again = await world.sync()
    assert (again.rows_changed, again.requests <= 6) == (0, True)


async def test_what_happens_between_two_runs_comes_with_the_second(world: World) -> None:
    fill(world.slack.room, 40, spread=5 * DAY)
    await world.sync()
    world.slack.time.now += 600
    room = world.slack.room
    newest = ts(NOW - 600)
    unanswered = next(stamp for stamp in room.rows if stamp != newest and not room.replies(stamp))
    room.reply(newest, ts(NOW + 10), "At last")
    room.put(said(ts(NOW + 20), "New?"))
    del room.rows[unanswered]
    await world.sync()
    assert world.messages() == sorted(f"{room.id}:{stamp}" for stamp in room.rows)


async def test_a_late_reply_to_an_old_thread_comes_with_the_rescan(world: World) -> None:
    room = world.slack.room
    old = ts(NOW - 20 * DAY)
    room.put(said(old))
    room.reply(old, ts(NOW - 3 * DAY), "First")
    await world.sync()
    room.reply(old, ts(NOW + 60), "Second")
    world.slack.time.now += 4_000
    await world.sync()
    assert f"{room.id}:{ts(NOW + 60)}" in world.messages()


async def test_a_full_reading_finds_what_was_deleted_long_ago(world: World) -> None:
    ids = fill(world.slack.room, 30)
    await world.sync()
    gone = min(world.slack.room.rows)
    for stamp in [stamp for stamp, row in world.slack.room.rows.items() if gone in (stamp, row.get("thread_ts"))]:
        del world.slack.room.rows[stamp]
    world.slack.time.now += 60
    await world.sync()
    assert world.messages() == ids, "older than any pass goes back"
    await world.sync(full=True)
    assert world.messages() == sorted(f"{world.slack.room.id}:{stamp}" for stamp in world.slack.room.rows)
    assert len(world.messages()) < len(ids)


async def test_one_channel_that_cannot_be_read_leaves_the_others_alone(world: World) -> None:
    ids = fill(world.slack.room, 10)
    world.slack.rooms.append(Room("C0000000B", "ask-out", member=False))
    world.channels.append("#ask-out")
    summary = await world.sync()
    assert summary.ok
    assert world.messages() == ids
    (line,) = [line for line in summary.warnings if "#ask-out" in line]
    assert line.endswith("Invite the bot: write /invite and its name in #ask-out.")
    world.slack.rooms[1].member = True
    more = fill(world.slack.rooms[1], 10)
    world.slack.time.now += 4_000
    await world.sync()
    assert world.messages() == sorted([*ids, *more]), "its past as well"


async def test_the_slow_mode_ends_with_the_same_rows(world: World) -> None:
    ids = fill(world.slack.room, 60)
    world.slack.page, world.slack.per_minute = 15, 1
    summary = await world.sync()
    assert summary.ok
    assert world.messages() == ids
    assert any("15 messages a minute" in line for line in summary.warnings)
    assert world.slack.refused == 0


async def test_who_waits_for_two_minutes_only_has_it_all_after_some_runs(world: World) -> None:
    ids = fill(world.slack.room, 60)
    world.slack.page, world.slack.per_minute = 15, 1
    runs = 0
    while world.messages() != ids:
        assert (await world.sync(wait=120)).ok
        world.slack.time.now += 60
        runs += 1
        assert runs < 60
    assert runs > 2
