"""The schema's history: each migration is applied once, forwards only, after a backup of the file.

A new cache begins with today's schema; the steps after the first are for caches that older programs made.

`PRAGMA user_version` repeats how many have been applied, so that an up-to-date cache opens without importing
sqlite-utils.
"""

import shutil
import sqlite3
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from funnel_tui.store.errors import CacheError

if TYPE_CHECKING:
    from sqlite_utils import Database

VERSION = 3


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the cache behind `connection` to `VERSION`. Raises CacheError for a cache of a newer program."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == VERSION:
        return
    if version > VERSION:
        raise CacheError(
            f"cache {path}: written by a newer funnel-tui (schema {version}, this one knows {VERSION}); "
            "update the program or choose another file with --db"
        )
    if version:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy2(path, path.with_suffix(f".v{version}.bak"))
    from sqlite_utils import Database, Migrations

    from funnel_tui.store import older

    steps = Migrations("funnel_tui")

    @steps()
    def v1_first_schema(db: "Database") -> None:
        for statement in _statements("schema.sql"):
            db.conn.execute(statement)

    @steps()
    def v2_less_room(db: "Database") -> None:
        if version == 1:
            older.carry_version_1(db.conn, _statements("schema.sql"))

    @steps()
    def v3_chats_and_abilities(db: "Database") -> None:
        if version == 2:
            older.carry_version_2(db.conn, _statements("schema.sql"))

    steps.apply(Database(connection))
    connection.execute(f"PRAGMA user_version = {VERSION}")
    if version == 1:
        with suppress(sqlite3.OperationalError):  # no room for it, or another reads: the next pages fill the gaps
            connection.execute("VACUUM")


def _statements(name: str) -> list[str]:
    """The statements of an .sql file beside this module, one by one (`executescript` would commit)."""
    found, pending = [], ""
    for line in resources.files("funnel_tui.store").joinpath(name).read_text(encoding="utf-8").splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found
