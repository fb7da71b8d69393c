"""A connection that reads: every query explained where it fails, one state of the cache where that is asked for."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from funnel_tui.store import asof
from funnel_tui.store.amendments import amendments
from funnel_tui.store.audit import audit
from funnel_tui.store.balances import Balances
from funnel_tui.store.connection import open_reader, overtaken
from funnel_tui.store.errors import MEND, CacheError, explained
from funnel_tui.store.ledger import heading
from funnel_tui.store.parts import Parts
from funnel_tui.store.populations import DAY, Population
from funnel_tui.store.scope import Scope


class Connected:
    def __init__(self, connection: sqlite3.Connection, path: Path, *, ledger: bool = True) -> None:
        """Without the `ledger` every figure is counted from the facts: for comparison, it takes its time."""
        self._connection = connection
        self.path = path
        self._behind = False
        self._counts_by_ledger = ledger
        self._balances: Balances | None = None
        self._parts = Parts(connection, writes=False)
        self._names: dict[tuple[str, int, str], str] | None = None
        """Folded display names of teams and teammates, for the duration of a snapshot."""
        self._choices: dict[object, list[int] | None] = {}
        self._settled: dict[object, object] = {}
        """What was worked out of days that are over, as long as the cache does not change."""
        self._changes: str | None = None
        connection.create_function("fold", 1, lambda text: text.casefold() if text else text, deterministic=True)

    @classmethod
    def open(cls, path: Path, *, ledger: bool = True, read_only: bool = False) -> Self:
        """With `read_only` not even the schema of an older cache is changed. Raises CacheError."""
        return cls(open_reader(path, read_only=read_only), path, ledger=ledger)

    def overtaken(self) -> bool:
        """Whether the file has been written to in a way that this connection does not see: open another one then."""
        return overtaken(self._connection, self.path)

    def close(self) -> None:
        self._connection.close()

    def check(self) -> str | None:
        """What is wrong with the file, in a sentence; None where it is sound. Reads all of it."""
        try:
            (found,) = self._one("PRAGMA quick_check(1)")
        except CacheError as error:
            return str(error)
        return None if found == "ok" else f"cache {self.path} is damaged ({found}); {MEND}"

    def check_ledger(self) -> list[str]:
        """Where the ledger differs from the facts, a sentence each; nothing where they agree. Makes all of it anew."""
        with explained(self.path):
            self._connection.execute("PRAGMA query_only = OFF")
            self._connection.execute("BEGIN")
            try:
                return list(audit(self._connection))
            finally:
                self._connection.execute("ROLLBACK")
                self._connection.execute("PRAGMA query_only = ON")

    @contextmanager
    def at(self, as_of: int) -> Iterator[None]:
        """One state of the cache, as it stood at `as_of`, for every query inside. Does not nest."""
        with explained(self.path):
            self._connection.execute("PRAGMA query_only = OFF")
            self._connection.execute("BEGIN")
            try:
                row = self._connection.execute("SELECT value FROM setting WHERE name = 'reopen_window'").fetchone()
                then = asof.shadow(self._connection, as_of, int(row[0]) if row else 7 * DAY)
                self._behind = then is not None
                self._forget_what_changed()
                if self._counts_by_ledger:
                    self._balances = self._open_ledger(as_of, then)
                self._connection.execute("PRAGMA query_only = ON")
                yield
            finally:
                self._behind = False
                self._balances = self._names = None
                self._choices.clear()
                self._parts.forget_own()
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def _forget_what_changed(self) -> None:
        row = self._connection.execute("SELECT value FROM main.setting WHERE name = 'changes'").fetchone()
        changes = row[0] if row else None
        if changes != self._changes:
            self._settled.clear()
            self._changes = changes

    def _open_ledger(self, as_of: int, then: asof.Then | None) -> Balances | None:
        """The ledger as it stands at `as_of`; None where there is none to read."""
        head = heading(self._connection)
        if head is None:
            return None
        self._parts.refresh()
        balances = Balances(self._connection, head, self._parts)
        balances.amend(amendments(self._connection, balances, as_of, then))
        return balances

    def _passes(self, population: Population) -> list[tuple[str, str]]:
        """(prefix of the tables, condition) of the stored rows, and of an earlier moment's where there are any."""
        if not self._behind:
            return [("main.", "1")]
        stored = ("main.", population.hidden)
        return [stored] if population.table == "outbound" else [stored, ("temp.as_of_", "1")]

    def _params(self, scope: Scope) -> dict[str, object]:
        return {"start": scope.start, "until": scope.until, "as_of": scope.as_of}

    def _one(self, sql: str, params: Mapping[str, object] | Sequence[object] = ()) -> tuple:  # type: ignore[type-arg]
        with explained(self.path):
            found: tuple = self._connection.execute(sql, params).fetchone()  # type: ignore[type-arg]
        return found

    def _all(self, sql: str, params: Mapping[str, object] | Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with explained(self.path):
            return self._connection.execute(sql, params).fetchall()
