"""Opening the SQLite file: one writer, many readers, WAL, for its owner's eyes only."""

import fcntl
import os
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from funnel_tui.store.errors import CacheError, NoCache, explained
from funnel_tui.store.migrations import VERSION, migrate

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


class Snapshot(sqlite3.Connection):
    """A connection to a file that nobody can write to at the moment, as it was when it was opened."""

    marks: tuple[int, int, int] = (0, 0, 0)
    """How the file looked then."""


def overtaken(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether somebody has begun to write to the file behind a `Snapshot` since; other connections follow by
    themselves."""
    if not isinstance(connection, Snapshot):
        return False
    try:
        return connection.marks != _marks(path) or _has_writer(path)
    except OSError:
        return True


def open_reader(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the cache for reading. Raises NoCache where there is none yet, or its writer is just making it.

    A cache of an older program is brought to today's schema first, unless `read_only`; then that is an error. A file or
    a folder that cannot be written to is read as far as SQLite can: see `Snapshot`.
    """
    absent = NoCache(f"no cache at {path} yet; run `funnel-tui sync --once` or `funnel-tui import FILE` first")
    if not path.exists():
        raise absent
    with explained(path):
        connection, version = _connect_reader(path, read_only)
        if version == 0:
            connection.close()
            raise absent
        if version < VERSION and read_only:
            connection.close()
            raise CacheError(
                f"cache {path}: made by an older funnel-tui (schema {version}, this one reads {VERSION}); "
                "open it once without --read-only"
            )
        with _alone(path.parent):
            migrate(connection, path)
        connection.execute("PRAGMA query_only = ON")
        return connection


def _connect_reader(path: Path, read_only: bool) -> tuple[sqlite3.Connection, int]:
    """A connection that works, and the schema's version."""
    if read_only and not _has_writer(path):
        # An ordinary connection would make SQLite's files beside the cache.
        return _connect_snapshot(path)
    try:
        connection = _connect(f"{path.absolute().as_uri()}?mode=ro") if read_only else _connect(path)
        return connection, connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.OperationalError as error:
        if "readonly" not in str(error) and "unable to open" not in str(error):
            raise
    # SQLite's shared memory is not there and cannot be made: nothing changes until a writer makes it.
    return _connect_snapshot(path)


def _connect_snapshot(path: Path) -> tuple[sqlite3.Connection, int]:
    marks = _marks(path)
    connection = _connect(f"{path.absolute().as_uri()}?immutable=1", Snapshot)
    assert isinstance(connection, Snapshot)
    connection.marks = marks
    return connection, connection.execute("PRAGMA user_version").fetchone()[0]


def _has_writer(path: Path) -> bool:
    return path.with_name(f"{path.name}-wal").exists()


def _marks(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _connect_writer(path: Path) -> sqlite3.Connection:
    connection = _connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def _connect(path: Path | str, kind: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    """`path` may be an address with SQLite's parameters."""
    connection = sqlite3.connect(
        path, timeout=10.0, isolation_level=None, check_same_thread=False, factory=kind, uri=isinstance(path, str)
    )
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
