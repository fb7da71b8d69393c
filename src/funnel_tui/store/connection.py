"""Opening the SQLite file: one writer, many readers, WAL, for its owner's eyes only."""

import fcntl
import os
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from funnel_tui.store.errors import CacheError, NoCache, explained
from funnel_tui.store.migrations import migrate

_MAGIC = b"SQLite format 3\0"


def open_writer(path: Path) -> sqlite3.Connection:
    """Open or create the cache. An unreadable file is set aside, never deleted, and a new one begun."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(path.parent):
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
            path.chmod(0o600)
            try:
                connection = _connect_writer(path)
            except sqlite3.DatabaseError as error:
                if "not a database" not in str(error) and "malformed" not in str(error):
                    raise
                aside = _set_aside(path)
                warnings.warn(f"cache {path} could not be read; it now lies at {aside}", stacklevel=2)
                connection = _connect_writer(path)
            migrate(connection, path)
        return connection


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two programs that start at once make or migrate a cache one after the other."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def open_reader(path: Path) -> sqlite3.Connection:
    """Open the cache for reading. Raises NoCache where there is none yet, or its writer is just making it."""
    absent = NoCache(f"no cache at {path} yet; run `funnel-tui sync --once` or `funnel-tui import FILE` first")
    if not path.exists():
        raise absent
    with explained(path):
        connection = _connect(path)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            connection.close()
            raise absent
        with _alone(path.parent):
            migrate(connection, path)
        connection.execute("PRAGMA query_only = ON")
        return connection


def _connect_writer(path: Path) -> sqlite3.Connection:
    connection = _connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -16000")
    return connection


def _set_aside(path: Path) -> Path:
    """Move what cannot be read out of the way; a file that never was a cache is left alone."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC and path.suffix != ".db":
            raise CacheError(f"{path} is not a cache; choose another file with --db")
    number = 1
    while (aside := path.with_name(f"{path.name}.unreadable-{number}")).exists():
        number += 1
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    return aside
