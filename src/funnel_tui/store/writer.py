"""The one writer of the cache. Everything it does in a page is in one transaction, or not at all."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from funnel_tui.model import derive
from funnel_tui.model.abilities import Abilities
from funnel_tui.model.clock import Clock, system_clock
from funnel_tui.model.records import Record
from funnel_tui.model.values import Freshness
from funnel_tui.settings import OfficeHours
from funnel_tui.store.batch import Batch
from funnel_tui.store.connection import open_writer
from funnel_tui.store.errors import explained
from funnel_tui.store.ledger import Ledger
from funnel_tui.store.postings import Books

REOPEN_WINDOW = 7 * 86_400
_CHUNK = 1000
"""Conversations that are derived at a time when all are."""


class Store:
    """Used from one thread. All methods raise CacheError with a sentence that says what to do."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, reopen_window: int, books: Books, clock: Clock
    ) -> None:
        self._connection = connection
        self.path = path
        self._window = reopen_window
        self._clock = clock
        self._ledger = Ledger(connection, books)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        reopen_window: int = REOPEN_WINDOW,
        zone: ZoneInfo | None = None,
        office_hours: OfficeHours | None = None,
        clock: Clock = system_clock,
    ) -> "Store":
        """Open or create the cache (0600, its folder 0700).

        Another `reopen_window` (seconds) derives the facts anew; another report `zone` (default UTC) or other
        `office_hours` make another ledger.
        """
        store = cls(open_writer(path), path, reopen_window, Books(zone or ZoneInfo("UTC"), office_hours), clock)
        with explained(path):
            known = store._setting("reopen_window")
            derived = int(store._setting("derivation") or 1)
            if known is not None and (known, derived) != (str(reopen_window), derive.VERSION):
                store.rebuild()
            if known != str(reopen_window):
                store._set("reopen_window", str(reopen_window))
            if derived != derive.VERSION:
                store._set("derivation", str(derive.VERSION))
            if not store._ledger.current:
                store._rebuild_ledger()
        return store

    def close(self) -> None:
        self._connection.close()

    # --- records

    def write(
        self,
        workspace: str,
        records: Iterable[Record],
        *,
        stream: str | None = None,
        state: str | None = None,
    ) -> int:
        """Write records, the facts that follow from them and the stream's state in one transaction.

        Returns how many rows of records were added, replaced or removed: 0 where all was known.
        """
        with self._transaction():
            wid = self._wid(workspace)
            batch = Batch(self._connection, wid, self._window, self._ledger, self._clock())
            batch.write(records)
            if stream is not None:
                self._save_state(wid, stream, state)
            if batch.changed:
                self._count_change()
            return batch.changed

    def write_all(self, batches: Iterable[tuple[str, Iterable[Record]]]) -> int:
        """Write records of several workspaces in one transaction: all of them or none."""
        changed = 0
        with self._transaction():
            for workspace, records in batches:
                wid = self._wid(workspace)
                batch = Batch(self._connection, wid, self._window, self._ledger, self._clock(), any_order=True)
                batch.write(records)
                changed += batch.changed
            if changed:
                self._count_change()
        return changed

    def tidy(self) -> None:
        """Leave nothing for readers to add up: for the end of a long writing."""
        with self._transaction():
            self._ledger.tidy()

    def rebuild(self) -> None:
        """Derive all facts anew from the events, and the ledger from the facts."""
        with self._transaction():
            for (wid,) in self._connection.execute("SELECT wid FROM workspace").fetchall():
                batch = Batch(self._connection, wid, self._window, self._ledger, self._clock())
                found = self._connection.execute("SELECT cid FROM conversation WHERE wid = ?", (wid,)).fetchall()
                for first in range(0, len(found), _CHUNK):
                    batch.replace_facts(cid for (cid,) in found[first : first + _CHUNK])
            self._ledger.rebuild(self._clock())
            self._count_change()

    def _rebuild_ledger(self) -> None:
        with self._transaction():
            self._ledger.rebuild(self._clock())
            self._count_change()

    def open_conversations(self, workspace: str, touched_since: int) -> list[str]:
        """Ids of the conversations that are not closed, or that had an event at or after `touched_since`."""
        with explained(self.path):
            rows = self._connection.execute(
                "SELECT c.id FROM conversation c JOIN workspace w USING (wid) WHERE w.name = ?1"
                " AND ifnull(c.excluded, '') NOT IN ('deleted', 'merged') AND c.cid IN"
                " (SELECT cid FROM conversation WHERE last_at >= ?2 UNION SELECT cid FROM episode"
                " WHERE closed_at IS NULL UNION SELECT cid FROM episode WHERE closed_at >= ?2"
                " AND closed_by = 'silence')",
                (workspace, touched_since),
            ).fetchall()
        return [id for (id,) in rows]

    def live_threads(self, workspace: str, touched_since: int) -> list[str]:
        """Ids of the chat threads that had a message at or after `touched_since` and are not gone."""
        with explained(self.path):
            rows = self._connection.execute(
                "SELECT t.id FROM chat_thread t JOIN workspace w USING (wid) WHERE w.name = ?1 AND t.tid IN"
                " (SELECT tid FROM chat_message WHERE at >= ?2 AND gone_at IS NULL) ORDER BY t.id",
                (workspace, touched_since),
            ).fetchall()
        return [id for (id,) in rows]

    # --- sources and streams

    def register(self, workspace: str, kind: str, abilities: Abilities | None = None) -> None:
        """Make the workspace known with its kind of source and with what that can tell; None tells everything."""
        body = None if abilities is None else msgspec.json.encode(abilities, order="sorted").decode()
        with self._transaction():
            self._connection.execute(
                "INSERT INTO workspace (name, kind, abilities) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
                " SET kind = excluded.kind, abilities = excluded.abilities"
                " WHERE (kind, abilities) IS NOT (excluded.kind, excluded.abilities)",
                (workspace, kind, body),
            )

    def state(self, workspace: str, stream: str) -> str | None:
        with explained(self.path):
            row = self._connection.execute(
                "SELECT s.state FROM stream s JOIN workspace w USING (wid) WHERE w.name = ? AND s.stream = ?",
                (workspace, stream),
            ).fetchone()
        return row[0] if row else None

    def delete_state(self, workspace: str, stream: str) -> None:
        with self._transaction():
            self._connection.execute(
                "UPDATE stream SET state = NULL WHERE wid = ? AND stream = ?", (self._wid(workspace), stream)
            )

    def set_stream_status(self, workspace: str, stream: str, status: str, reason: str | None = None) -> None:
        """`ok`, `pending` or `refused`, with a sentence: what the metrics of this stream are worth."""
        with self._transaction():
            cursor = self._connection.execute(
                "INSERT INTO stream (wid, stream, status, reason) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (wid, stream) DO UPDATE SET status = excluded.status, reason = excluded.reason"
                " WHERE (status, reason) IS NOT (excluded.status, excluded.reason)",
                (self._wid(workspace), stream, status, reason),
            )
            if cursor.rowcount:
                self._count_change()

    def set_freshness(self, freshness: Freshness) -> None:
        body = msgspec.json.encode(freshness).decode()
        with self._transaction():
            self._connection.execute(
                "INSERT INTO freshness VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body"
                " WHERE body <> excluded.body",
                (freshness.name, body),
            )

    # --- one poller a cache

    def acquire_lease(self, holder: str, now: int, ttl: int) -> bool:
        """Take or keep the right to poll until `now + ttl`; False where another holder has it."""
        with self._transaction():
            cursor = self._connection.execute(
                "INSERT INTO lease VALUES (1, ?1, ?2 + ?3) ON CONFLICT (only) DO UPDATE"
                " SET holder = ?1, until = ?2 + ?3 WHERE holder = ?1 OR until <= ?2",
                (holder, now, ttl),
            )
            return cursor.rowcount > 0

    def lease_holder(self) -> str | None:
        """Who took the lease last and has not given it back; its time may be over."""
        with explained(self.path):
            row = self._connection.execute("SELECT holder FROM lease").fetchone()
        return row[0] if row else None

    def release_lease(self, holder: str) -> None:
        with self._transaction():
            self._connection.execute("DELETE FROM lease WHERE holder = ?", (holder,))

    # --- inside

    def _count_change(self) -> None:
        """Tell readers that figures may have changed: news of freshness and leases alone are none."""
        self._connection.execute(
            "INSERT INTO setting VALUES ('changes', '1') ON CONFLICT (name) DO UPDATE SET value = value + 1"
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with explained(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._ledger.forget()
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _wid(self, workspace: str) -> int:
        self._connection.execute("INSERT OR IGNORE INTO workspace (name, kind) VALUES (?, 'import')", (workspace,))
        row = self._connection.execute("SELECT wid FROM workspace WHERE name = ?", (workspace,)).fetchone()
        return int(row[0])

    def _save_state(self, wid: int, stream: str, state: str | None) -> None:
        self._connection.execute(
            "INSERT INTO stream (wid, stream, state) VALUES (?, ?, ?)"
            " ON CONFLICT (wid, stream) DO UPDATE SET state = excluded.state",
            (wid, stream, state),
        )

    def _setting(self, name: str) -> str | None:
        row = self._connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def _set(self, name: str, value: str) -> None:
        self._connection.execute(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
        )
