"""Feeds: a position that the provider gives, the past by windows, and a position that it has forgotten."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest

from funnel_tui.model.abilities import Abilities
from funnel_tui.model.records import ChatMessage, ChatThread, Page
from funnel_tui.sources import HeadRoom, Identity, Items, Remark, Shape, SourcePage, StaleCursor, StreamSpec
from funnel_tui.store import Store
from funnel_tui.sync import SourceSummary, sync_once

NOW = 1_800_000_000
DAY = 86_400


class Feed:
    """A chat whose messages have numbers. `broken_after` pages it fails, as a crash would."""

    name, kind, since = "chat", "feed", NOW - 3 * DAY
    requests, clock_skew = 0, 0.0
    head_room: HeadRoom | None = None
    abilities = Abilities(concerns=("internal.",))

    def __init__(self) -> None:
        self.posts: list[tuple[int, str]] = []
        self.asked: list[str] = []
        self.forgotten_before = 0
        self.broken_after: int | None = None
        self.gone: set[str] = set()
        self.forgets = 0
        """How many more reads break off because the provider no longer knows where they are."""

    def post(self, at: int, id: str) -> None:
        self.posts.append((at, id))

    def streams(self) -> Sequence[StreamSpec]:
        return (
            StreamSpec(
                "messages", shape=Shape.FEED, overlap=3600, slice=DAY, essential=True, rescan=True, items=Items.THREADS
            ),
        )

    async def identify(self) -> Identity:
        return Identity(None, None)

    async def probe(self, stream: str) -> None: ...

    async def examine(self) -> Sequence[Remark]:
        return ()

    def server_now(self) -> int:
        return NOW

    async def position(self, stream: str) -> str:
        self.asked.append("position")
        return str(len(self.posts))

    async def follow(self, stream: str, position: str) -> AsyncIterator[Page]:
        self.asked.append(f"follow {position}")
        if int(position) < self.forgotten_before:
            raise StaleCursor(self.name, "forgotten")
        for pages, number in enumerate(range(int(position), len(self.posts))):
            if pages == self.broken_after:
                raise RuntimeError("kill -9")
            yield self._page([self.posts[number]], str(number + 1))

    async def read(
        self, stream: str, lo: int, hi: int, cursor: str | None = None, known: Mapping[str, int] | None = None
    ) -> AsyncIterator[Page]:
        self.asked.append(f"read {(hi - lo) / DAY:g}")
        if self.forgets:
            self.forgets -= 1
            yield self._page([], "page 2")
            raise StaleCursor(self.name, "forgotten")
        yield self._page([post for post in self.posts if lo <= post[0] <= hi], None)

    async def reread(self, stream: str, ids: Sequence[str]) -> AsyncIterator[Page]:
        self.asked.append(f"reread {' '.join(ids)}")
        yield SourcePage(records=tuple(ChatThread(id=id, channel="#ask", messages=()) for id in ids if id in self.gone))

    async def count(self, stream: str, lo: int, hi: int) -> int | None:
        return None

    async def close(self) -> None: ...

    def _page(self, posts: Sequence[tuple[int, str]], cursor: str | None) -> SourcePage:
        records = tuple(
            ChatThread(id=id, channel="#ask", messages=(ChatMessage(id=id, at=at, person="anna", text="?"),))
            for at, id in posts
        )
        return SourcePage(records=records, cursor=cursor)


class Chat:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "cache.db"
        self.feed = Feed()
        self.now = NOW

    async def sync(self, **options: float) -> SourceSummary:
        store = Store.open(self.path)
        self.feed.asked.clear()
        try:
            (summary,) = await sync_once(store, [self.feed], clock=lambda: self.now, wall=lambda: self.now, **options)
        finally:
            store.close()
        return summary

    def ids(self) -> list[str]:
        store = Store.open(self.path)
        try:
            return store.live_threads("chat", 0)
        finally:
            store.close()


@pytest.fixture
def chat(tmp_path: Path) -> Chat:
    return Chat(tmp_path)


async def test_first_a_position_then_the_past_newest_first_then_what_came_after(chat: Chat) -> None:
    chat.feed.post(NOW - 2 * DAY, "a")
    chat.feed.post(NOW - 60, "b")
    summary = await chat.sync()
    assert summary.ok
    assert chat.feed.asked == ["position", "read 1", "read 1", "read 1"]
    assert chat.ids() == ["a", "b"]
    chat.feed.post(NOW - 2 * DAY, "back-dated")
    await chat.sync()
    assert chat.feed.asked == ["follow 2"]
    assert chat.ids() == ["a", "b", "back-dated"]
    await chat.sync()
    assert chat.feed.asked == ["follow 3"]


async def test_a_crash_repeats_one_page_at_most(chat: Chat) -> None:
    await chat.sync()
    for number in range(4):
        chat.feed.post(NOW - number, f"m{number}")
    chat.feed.broken_after = 2
    with pytest.raises(RuntimeError):
        await chat.sync()
    assert chat.ids() == ["m0", "m1"]
    chat.feed.broken_after = None
    await chat.sync()
    assert chat.feed.asked == ["follow 2"]
    assert chat.ids() == ["m0", "m1", "m2", "m3"]


async def test_a_forgotten_position_is_bridged_by_a_window(chat: Chat) -> None:
    await chat.sync()
    chat.feed.post(NOW - 60, "missed")
    chat.feed.forgotten_before = 1
    summary = await chat.sync()
    assert summary.ok
    assert chat.feed.asked == ["follow 0", "position", f"read {3600 / DAY:g}"]
    assert chat.ids() == ["missed"]
    await chat.sync()
    assert chat.feed.asked == ["follow 1"]


async def test_a_read_whose_place_is_forgotten_begins_again(chat: Chat) -> None:
    """A few times in one run; a provider that never remembers has failed."""
    chat.feed.post(NOW - 60, "a")
    chat.feed.forgets = 2
    summary = await chat.sync()
    assert summary.ok
    assert chat.feed.asked == ["position", *["read 1"] * 5]
    assert chat.ids() == ["a"]
    chat.feed.forgets = 1000
    assert not (await chat.sync(full=True)).ok


async def test_threads_are_looked_at_again_while_they_are_young(chat: Chat) -> None:
    chat.feed.post(NOW - 60, "young")
    chat.feed.post(NOW - 4 * DAY, "old")
    await chat.sync()
    chat.feed.gone.add("young")
    chat.now += 6 * 3600
    await chat.sync()
    assert chat.feed.asked == ["follow 2", "reread young"]
    assert chat.ids() == []


async def test_everything_again(chat: Chat) -> None:
    chat.feed.post(NOW - 60, "a")
    await chat.sync()
    await chat.sync(full=True)
    assert chat.feed.asked == ["position", "read 1", "read 1", "read 1"]
    await chat.sync()
    assert chat.feed.asked == ["follow 1"]


class Trickle(Feed):
    """A provider that gives one message at a time, with a long wait before each."""

    def streams(self) -> Sequence[StreamSpec]:
        return (StreamSpec("messages", slice=7 * DAY, essential=True),)

    async def read(
        self, stream: str, lo: int, hi: int, cursor: str | None = None, known: Mapping[str, int] | None = None
    ) -> AsyncIterator[Page]:
        found = [post for post in self.posts if lo <= post[0] <= hi]
        for number in range(int((cursor or "0").removesuffix("w")), len(found)):
            yield SourcePage(records=(), cursor=f"{number}w", waiting=True)
            self.waited()
            yield self._page([found[number]], None if number + 1 == len(found) else str(number + 1))

    def waited(self) -> None:
        """Replaced by the test."""


async def test_who_has_no_time_goes_on_the_next_time(tmp_path: Path) -> None:
    chat = Chat(tmp_path)
    trickle = Trickle()
    chat.feed = trickle

    def later() -> None:
        chat.now += 60

    trickle.waited = later  # type: ignore[method-assign]
    for number in range(5):
        trickle.post(NOW - number * 60, f"m{number}")
    first = await chat.sync(wait=120)
    assert first.ok
    assert first.warnings == ("chat: messages: pending, the provider gives little at a time",)
    assert chat.ids() == ["m0", "m1"]
    second = await chat.sync(wait=600)
    assert second.warnings == ()
    assert chat.ids() == ["m0", "m1", "m2", "m3", "m4"]


class Busy(Feed):
    """Something is said while its position is asked for."""

    async def position(self, stream: str) -> str:
        self.meanwhile()
        return await super().position(stream)

    def meanwhile(self) -> None:
        """Replaced by the test."""


@pytest.mark.parametrize("full", [False, True])
async def test_what_is_said_while_the_position_is_asked_for_is_read(tmp_path: Path, full: bool) -> None:
    chat = Chat(tmp_path)
    busy = Busy()
    busy.server_now = lambda: chat.now  # type: ignore[method-assign]
    chat.feed = busy
    if full:
        await chat.sync()

    def speak() -> None:
        busy.post(chat.now + 3, "meanwhile")
        chat.now += 5

    busy.meanwhile = speak  # type: ignore[method-assign]
    await chat.sync(full=full)
    assert chat.ids() == ["meanwhile"]
