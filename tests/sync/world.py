"""A cache, a fake provider and a clock, ready to be synced."""

import sqlite3
from pathlib import Path
from typing import Any

from funnel_tui.model.values import Freshness
from funnel_tui.store import Reader, Store, codec
from funnel_tui.sync import SourceSummary, SyncUpdate, sync_once
from tests.sources.fake_intercom import NOW, FakeIntercom, conversation

DAY = 86_400


class World:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "cache.db"
        self.fake = FakeIntercom()
        self.updates: list[SyncUpdate] = []

    def open(self) -> Store:
        """A writer that does not wait for others: they are busy at once."""
        store = Store.open(self.path)
        store._connection.execute("PRAGMA busy_timeout = 0")
        return store

    def hold(self) -> sqlite3.Connection:
        """Another program's long write; `close` ends it."""
        self.open().close()
        other = sqlite3.connect(self.path, timeout=5, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        return other

    async def sync(self, **options: Any) -> SourceSummary:
        """One `sync_once` by a new process, as it were."""
        store = self.open()
        source = self.fake.source(**options.pop("settings", {}))
        try:
            (summary,) = await sync_once(
                store,
                [source],
                clock=self.fake.time.clock,
                wall=self.fake.time.clock,
                on_update=self.updates.append,
                **{"sleep": self.fake.time.sleep, **options},
            )
        finally:
            await source.close()
            store.close()
        return summary

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def events(self) -> int:
        """How many events are stored, of all conversations."""
        return sum(len(codec.decode("", body)) for (body,) in self.rows("SELECT body FROM thread"))

    def ids(self) -> set[str]:
        return {id for (id,) in self.rows("SELECT id FROM conversation WHERE excluded IS NULL")}

    def freshness(self) -> Freshness:
        reader = Reader.open(self.path)
        try:
            (found,) = reader.freshness()
        finally:
            reader.close()
        return found

    def later(self, seconds: float) -> None:
        self.fake.time.now += seconds

    def spread(self, count: int, *, days: int = 100) -> None:
        """`count` conversations, evenly over the last `days`."""
        for number in range(count):
            self.fake.put(conversation(f"c{number}", created=NOW - 3600 - number * days * DAY // count))
