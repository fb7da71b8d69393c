"""The polling thread: starts, says what it does, gives way to another poller, and ends at once."""

import asyncio
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from funnel_tui.errors import UserError
from funnel_tui.sync import Poller, SyncUpdate
from tests.sources.fake_intercom import FakeIntercom, conversation, ok
from tests.sync.world import World

LONG = 20.0
"""Seconds after which a test gives up; nothing waits that long."""


class Running:
    """A poller whose updates can be waited for."""

    def __init__(self, world: World, **options: object) -> None:
        self.updates: queue.Queue[SyncUpdate] = queue.Queue()
        self.world = world
        arguments: dict[str, object] = {
            "poll_seconds": 3600,
            "clock": world.fake.time.clock,
            "wall": world.fake.time.clock,
            "on_update": self.updates.put,
            **options,
        }
        self.poller = Poller(world.open, [world.fake.source()], **arguments)  # type: ignore[arg-type]

    def until(self, holds: Callable[[SyncUpdate], bool]) -> SyncUpdate:
        while True:
            update = self.updates.get(timeout=LONG)
            if holds(update):
                return update


@pytest.fixture
def running(world: World) -> Iterator[Running]:
    found = Running(world)
    yield found
    found.poller.stop()
    assert not found.poller.is_alive()


def is_complete(update: SyncUpdate) -> bool:
    return update.freshness.state == "ok" and update.freshness.progress is None


def test_fills_the_cache_and_then_follows(running: Running) -> None:
    world = running.world
    world.spread(40)
    running.poller.start()
    running.until(is_complete)
    assert len(world.ids()) == 40
    world.later(60)
    world.fake.put(conversation("new", created=world.fake.time.clock() - 5))
    running.poller.refresh()
    running.until(lambda update: update.rows_changed > 0)
    assert "new" in world.ids()
    assert running.updates.empty() or running.updates.get().source == "acme"


def test_ends_in_the_middle_of_a_request(world: World) -> None:
    asked = threading.Event()

    async def never(request: httpx.Request) -> httpx.Response:
        asked.set()
        await asyncio.Event().wait()
        return ok({})

    world.fake.answer = never  # type: ignore[method-assign, assignment]
    running = Running(world)
    running.poller.start()
    assert asked.wait(LONG)
    running.poller.stop()
    assert not running.poller.is_alive()
    store = world.open()
    assert store.acquire_lease("next", world.fake.time.clock(), 30)
    store.close()


def test_gives_way_to_another_poller(running: Running) -> None:
    world = running.world
    store = world.open()
    assert store.acquire_lease("somebody else", world.fake.time.clock(), 30)
    running.poller.start()
    update = running.until(lambda update: update.freshness.message is not None)
    assert update.freshness.message is not None
    assert "another funnel-tui" in update.freshness.message
    assert world.fake.requests == []
    store.release_lease("somebody else")
    store.close()
    running.poller.refresh()
    running.until(is_complete)


def test_a_busy_cache_is_no_failure_and_costs_nothing(running: Running) -> None:
    world = running.world
    world.spread(5)
    running.poller.start()
    good = running.until(is_complete).freshness
    other = world.hold()
    world.later(60)
    world.fake.put(conversation("new", created=world.fake.time.clock() - 5))
    running.poller.refresh()
    update = running.until(lambda update: "cache is busy" in str(update.freshness.message))
    assert (update.freshness.state, update.freshness.last_success) == ("ok", good.last_success)
    running.poller.refresh()
    running.until(lambda update: "cache is busy" in str(update.freshness.message))
    other.close()
    running.poller.refresh()
    running.until(lambda update: update.rows_changed > 0)
    assert "new" in world.ids()


def test_a_cache_that_is_busy_from_the_start(running: Running) -> None:
    world = running.world
    world.spread(5)
    other = world.hold()
    running.poller.start()
    update = running.until(lambda update: update.freshness.message is not None)
    assert "cache is busy" in str(update.freshness.message)
    assert update.freshness.state == "never"
    other.close()
    running.poller.refresh()
    running.until(is_complete)
    assert len(world.ids()) == 5


def test_ends_while_the_cache_is_busy(world: World) -> None:
    world.spread(5)
    running = Running(world)
    running.poller.start()
    running.until(is_complete)
    other = world.hold()
    running.poller.stop()
    assert not running.poller.is_alive()
    other.close()


def test_a_failure_is_said_and_refresh_tries_again(running: Running) -> None:
    world = running.world
    world.fake.refuse("/me", 401, "unauthorized")
    running.poller.start()
    update = running.until(lambda update: update.freshness.state == "failed")
    assert "Wrong token or wrong region" in str(update.freshness.message)
    assert world.freshness().state == "failed"
    world.fake.always.clear()
    running.poller.refresh()
    running.until(is_complete)


def test_a_pause_holds_everything(running: Running) -> None:
    world = running.world
    world.spread(5)
    running.poller.pause()
    running.poller.start()
    running.poller.refresh()
    assert world.fake.requests == []
    running.poller.resume()
    running.until(is_complete)
    assert len(world.ids()) == 5


def test_a_cache_that_cannot_be_opened(world: World) -> None:
    def refuse() -> None:
        raise UserError("the disk is full; make room")

    running = Running(world)
    running.poller._open_store = refuse  # type: ignore[assignment]
    running.poller.start()
    update = running.until(lambda update: update.freshness.state == "failed")
    assert update.freshness.message == "acme: the disk is full; make room"
    running.poller.join(LONG)
    assert not running.poller.is_alive()


def test_a_listener_that_fails_does_not_stop_the_recording(world: World) -> None:
    world.spread(5)
    seen: queue.Queue[SyncUpdate] = queue.Queue()

    def listen(update: SyncUpdate) -> None:
        seen.put(update)
        raise RuntimeError("the screen is gone")

    running = Running(world, on_update=listen)
    running.poller.start()
    while not is_complete(seen.get(timeout=LONG)):
        pass
    running.poller.stop()
    assert len(world.ids()) == 5


def test_read_only_touches_nothing(world: World) -> None:
    running = Running(world, read_only=True)
    running.poller.start()
    running.poller.refresh()
    running.poller.stop()
    assert not running.poller.is_alive()
    assert world.fake.requests == []
    assert not world.path.exists()


def test_stop_before_start(world: World) -> None:
    running = Running(world)
    running.poller.stop()
    running.poller.start()
    running.poller.join(LONG)
    assert world.fake.requests == []


def test_a_fault_of_ours_is_said_and_not_silent(world: World) -> None:
    running = Running(world)

    def broken(**_: object) -> None:
        raise ZeroDivisionError("division by zero")

    world.fake.answer = broken  # type: ignore[method-assign, assignment]
    running = Running(world)
    running.poller.start()
    update = running.until(lambda update: update.freshness.state == "failed")
    assert "a fault in funnel-tui" in str(update.freshness.message)
    running.poller.stop()
    assert not running.poller.is_alive()


def test_names_are_looked_up_beside_the_loop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from funnel_tui.sync.poller import _Loop

    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **options: found)
    with asyncio.Runner(loop_factory=_Loop) as runner:

        async def look() -> object:
            return await asyncio.get_running_loop().getaddrinfo("helpdesk.example", 443)

        assert runner.run(look()) == found

        def fail(host: str, port: int, **options: int) -> None:
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", fail)
        with pytest.raises(socket.gaierror):
            runner.run(look())


def test_the_fake_is_not_asked_without_its_token() -> None:
    fake = FakeIntercom()
    answer = fake.answer(httpx.Request("GET", "https://api.intercom.io/me", headers={"Authorization": "Bearer x"}))
    assert answer.status_code == 401
