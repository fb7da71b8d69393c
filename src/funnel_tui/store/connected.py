"""A connection that reads: every query explained where it fails, one state of the cache where that is asked for."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from funnel_tui.store import asof
from funnel_tui.store.connection import open_reader
from funnel_tui.store.errors import MEND, CacheError, explained
from funnel_tui.store.populations import DAY
from funnel_tui.store.scope import Scope


class Connected:
    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path
        self._behind = False
        connection.create_function("fold", 1, lambda text: text.casefold() if text else text, deterministic=True)

    @classmethod
    def open(cls, path: Path) -> Self:
        return cls(open_reader(path), path)

    def close(self) -> None:
        self._connection.close()

    def check(self) -> str | None:
        """What is wrong with the file, in a sentence; None where it is sound. Reads all of it."""
        try:
            (found,) = self._one("PRAGMA quick_check(1)")
        except CacheError as error:
            return str(error)
        return None if found == "ok" else f"cache {self.path} is damaged ({found}); {MEND}"

    @contextmanager
    def at(self, as_of: int) -> Iterator[None]:
        """One state of the cache, as it stood at `as_of`, for every query inside. Does not nest."""
        with explained(self.path):
            self._connection.execute("PRAGMA query_only = OFF")
            self._connection.execute("BEGIN")
            try:
                row = self._connection.execute("SELECT value FROM setting WHERE name = 'reopen_window'").fetchone()
                self._behind = asof.shadow(self._connection, as_of, int(row[0]) if row else 7 * DAY)
                self._connection.execute("PRAGMA query_only = ON")
                yield
            finally:
                self._behind = False
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def _params(self, scope: Scope) -> dict[str, object]:
        return {"start": scope.start, "until": scope.until, "as_of": scope.as_of}

    def _one(self, sql: str, params: Mapping[str, object] | Sequence[object] = ()) -> tuple:  # type: ignore[type-arg]
        with explained(self.path):
            found: tuple = self._connection.execute(sql, params).fetchone()  # type: ignore[type-arg]
        return found

    def _all(self, sql: str, params: Mapping[str, object] | Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with explained(self.path):
            return self._connection.execute(sql, params).fetchall()
