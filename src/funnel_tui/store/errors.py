"""What can go wrong with the cache, in sentences that say what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from funnel_tui.errors import UserError


class CacheError(UserError):
    """The cache cannot be read or written; the message says why and what to do."""


class NoCache(CacheError):
    """There is no cache yet: nothing has been read or imported."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's and the system's errors into a `CacheError` that names the file and the mend."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise CacheError(_sentence(path, error)) from error
    except OSError as error:
        raise CacheError(f"cache {path}: {error.strerror or error}; choose another place with --db") from error


MEND = "move it away and run `funnel-tui sync --once`: a new one is filled from the sources"


def _sentence(path: Path, error: sqlite3.DatabaseError) -> str:
    text = str(error)
    if "full" in text:
        return f"cache {path}: the disk is full; free some space, nothing that was stored is lost"
    if "locked" in text or "busy" in text:
        return f"cache {path}: another program holds it; close that one or choose another file with --db"
    if "readonly" in text or "unable to open" in text:
        return f"cache {path}: cannot be opened for writing ({text}); check its permissions or choose --db"
    if "malformed" in text or "not a database" in text:
        return f"cache {path} is damaged ({text}); {MEND}"
    if "disk I/O" in text:
        return f"cache {path}: the disk cannot be read or is full ({text}); check it, nothing that was stored is lost"
    return f"cache {path}: {text}"
