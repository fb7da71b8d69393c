"""What a cache holds, to compare one with another."""

import sqlite3
from contextlib import closing
from pathlib import Path

from funnel_tui.store import Reader

BOOKKEEPING = frozenset({"_sqlite_migrations", "stream", "freshness", "lease", "word"})
"""Bookmarks, ages and who polls: they change with every poll; and words, which stay when nothing says them any more."""
LEDGER = frozenset({"part", "balance", "run", "journal"})
"""The same sums may lie there in another arrangement: `unsound` proves them instead."""


def tables(cache: Path) -> dict[str, set[str]]:
    """Every row of every table and view that holds data, as text."""
    with closing(sqlite3.connect(cache)) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        ]
        return {
            name: {repr(row) for row in connection.execute(f'SELECT * FROM "{name}"') if row[0] != "ledger"}
            for name in names
            if name not in BOOKKEEPING | LEDGER and not name.startswith("sqlite_")
        }


def unsound(cache: Path) -> list[str]:
    """What SQLite finds wrong with the file, and where the ledger differs from the facts; empty for a sound one."""
    with closing(sqlite3.connect(cache)) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    with closing(Reader.open(cache)) as reader:
        return [*(line for line in found if line != "ok"), *reader.check_ledger()]
