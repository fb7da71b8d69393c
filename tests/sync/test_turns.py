"""One cache, several programs: who polls, who waits for whom, and what is said where the wait was in vain."""

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys

import pytest

from funnel_tui.model.values import Freshness
from funnel_tui.sources import Identity
from funnel_tui.sync import sync_once
from tests.sources.fake_intercom import conversation
from tests.sync.world import World

HOST = socket.gethostname()
ALIVE = f"{HOST}/{os.getpid()}/0123abcd"


def lend(world: World, holder: str, seconds: int = 3600) -> None:
    """Another poller has the lease."""
    store = world.open()
    assert store.acquire_lease(holder, world.fake.time.clock(), seconds)
    store.close()


def _pid_that_was() -> int:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    return gone.pid


async def test_a_source_that_was_not_read_is_not_ok(world: World) -> None:
    lend(world, ALIVE)
    summary = await world.sync(wait=10.0)
    assert not summary.ok
    assert summary.error is not None
    assert summary.error.startswith(f"acme: another funnel-tui (pid {os.getpid()}) is polling this cache; ")
    assert world.fake.requests == []
    assert 10 <= sum(world.fake.time.slept) < 12


@pytest.mark.parametrize(
    ("holder", "who"),
    [
        (f"{HOST}/1/x", "another funnel-tui (pid 1)"),
        ("elsewhere/999999999/x", "another funnel-tui (on elsewhere)"),
        ("odd", "another funnel-tui"),
        ("", "another funnel-tui"),
    ],
)
async def test_a_poller_that_may_be_alive_keeps_its_lease(world: World, holder: str, who: str) -> None:
    lend(world, holder)
    summary = await world.sync(wait=0.0)
    assert str(summary.error).startswith(f"acme: {who} is polling this cache; ")
    assert (summary.ok, summary.requests, world.fake.time.slept) == (False, 0, [])


async def test_who_waited_long_enough_gets_its_turn(world: World) -> None:
    world.spread(3)
    lend(world, ALIVE, 30)
    summary = await world.sync(wait=60.0)
    assert (summary.ok, summary.error, summary.conversations) == (True, None, 3)
    (line,) = summary.warnings
    assert line == f"acme: waited for another funnel-tui (pid {os.getpid()}), which was polling this cache"


async def test_a_poller_that_was_killed_does_not_hold_anybody_up(world: World) -> None:
    """Whichever sources it polled."""
    lend(world, f"{HOST}/{_pid_that_was()}/0123abcd")
    world.spread(3)
    summary = await world.sync()
    assert (summary.conversations, summary.warnings) == (3, ())


async def test_two_syncs_at_once_end_as_one(world: World) -> None:
    world.spread(20)

    async def tick(_: float) -> None:
        await asyncio.sleep(0)

    first, second = await asyncio.gather(world.sync(sleep=tick), world.sync(sleep=tick))
    assert (first.ok, second.ok) == (True, True)
    assert (first.conversations, second.conversations) == (20, 0)
    assert len(world.ids()) == 20


async def test_a_lease_is_given_back(world: World) -> None:
    await world.sync()
    assert world.rows("SELECT * FROM lease") == []


# --- a cache that another program writes for long


async def test_a_writer_that_ends_in_time_only_delays(world: World) -> None:
    world.spread(20)
    other = world.hold()

    async def sleep(seconds: float) -> None:
        await world.fake.time.sleep(seconds)
        if len(world.fake.time.slept) == 4:
            other.close()

    summary = await world.sync(sleep=sleep)
    assert (summary.ok, summary.error, summary.conversations) == (True, None, 20)


async def test_a_writer_in_the_middle_of_a_sync_loses_and_doubles_nothing(world: World) -> None:
    world.spread(700, days=20)
    others: list[sqlite3.Connection] = []

    def begin(call: int) -> None:
        if call == 4:
            others.append(world.hold())

    async def sleep(seconds: float) -> None:
        await world.fake.time.sleep(seconds)
        if others:
            others.pop().close()

    world.fake.on_search = begin
    summary = await world.sync(sleep=sleep)
    assert (summary.ok, summary.conversations) == (True, 700)
    assert world.ids() == {f"c{number}" for number in range(700)}
    assert world.events() == 700
    assert (world.freshness().state, world.freshness().progress) == ("ok", None)


async def test_a_writer_that_does_not_end_is_named_and_the_source_not_ok(world: World) -> None:
    world.spread(3)
    other = world.hold()
    summary = await world.sync(wait=10.0)
    assert (summary.ok, summary.requests) == (False, 0)
    assert "another program holds it" in str(summary.error)
    other.close()


async def test_a_writer_that_stays_fails_only_the_sources_that_were_not_through(world: World) -> None:
    world.spread(3)
    store, time = world.open(), world.fake.time
    one, two = world.fake.source(name="one"), world.fake.source(name="two")
    identify, save, through = two.identify, store.set_freshness, asyncio.Event()
    others: list[sqlite3.Connection] = []

    async def late() -> Identity:
        await through.wait()
        others.append(world.hold())
        return await identify()

    def saved(freshness: Freshness) -> None:
        save(freshness)
        if freshness.progress is None:
            through.set()

    two.identify, store.set_freshness = late, saved  # type: ignore[method-assign]
    first, second = await sync_once(store, [one, two], clock=time.clock, wall=time.clock, sleep=time.sleep, wait=5.0)
    store.close()
    others.pop().close()
    assert (first.ok, second.ok) == (True, False)
    assert str(second.error).startswith("two: cache ")


async def test_a_sync_after_a_long_write_goes_on_from_the_cache(world: World) -> None:
    world.spread(5)
    other = world.hold()
    assert not (await world.sync(wait=2.0)).ok
    other.close()
    world.fake.put(conversation("new", created=world.fake.time.clock() - 5))
    assert (await world.sync()).conversations == 6
