"""Opening the SQLite file: one writer, many readers, WAL, for its owner's eyes only."""

import os
import sqlite3
from pathlib import Path

from funnel_tui.store.errors import CacheError, explained
from funnel_tui.store.migrations import migrate


def open_writer(path: Path) -> sqlite3.Connection:
    """Open or create the cache. An unreadable file is set aside, never deleted, and a new one begun."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        path.chmod(0o600)
        try:
            connection = _connect(path)
        except sqlite3.DatabaseError as error:
            if "not a database" not in str(error) and "malformed" not in str(error):
                raise
            _set_aside(path)
            connection = _connect(path)
        migrate(connection, path)
        return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """Open the cache for reading. Raises CacheError where there is none yet."""
    if not path.exists():
        raise CacheError(f"no cache at {path} yet; run `funnel-tui sync --once` or `funnel-tui import FILE` first")
    with explained(path):
        connection = _connect(path)
        migrate(connection, path)
        connection.execute("PRAGMA query_only = ON")
        return connection


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -16000")
    return connection


def _set_aside(path: Path) -> None:
    number = 1
    while (aside := path.with_name(f"{path.name}.unreadable-{number}")).exists():
        number += 1
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
