"""What a cache holds, to compare one with another."""

import sqlite3
from contextlib import closing
from pathlib import Path

BOOKKEEPING = frozenset({"_sqlite_migrations", "stream", "freshness", "lease", "word"})
"""Bookmarks, ages and who polls: they change with every poll; and words, which stay when nothing says them any more."""


def tables(cache: Path) -> dict[str, set[str]]:
    """Every row of every table and view that holds data, as text."""
    with closing(sqlite3.connect(cache)) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        ]
        return {
            name: {repr(row) for row in connection.execute(f'SELECT * FROM "{name}"')}
            for name in names
            if name not in BOOKKEEPING and not name.startswith("sqlite_")
        }


def unsound(cache: Path) -> list[str]:
    """What SQLite finds wrong with the file; empty for a sound one."""
    with closing(sqlite3.connect(cache)) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        return [line for line in found if line != "ok"]
