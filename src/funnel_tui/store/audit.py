"""Proof that the ledger agrees with the facts: all of it is made once more beside it, and compared."""

import sqlite3
from collections.abc import Iterator

from funnel_tui.store import trails
from funnel_tui.store.balances import Balances
from funnel_tui.store.ledger import Heading, Ledger, everybody, heading
from funnel_tui.store.pages import run_key
from funnel_tui.store.parts import Parts
from funnel_tui.store.populations import LEDGER

_TABLES = {
    "part": "pid INTEGER PRIMARY KEY, key, wid, value",
    "balance": "key INTEGER PRIMARY KEY, body",
    "run": "key INTEGER PRIMARY KEY, body",
    "journal": "id INTEGER PRIMARY KEY, rows, body",
}
_DAY_BITS = (1 << 22) - 1
_POPULATION = (1 << 8) - 1


def audit(connection: sqlite3.Connection) -> Iterator[str]:
    """Sentences on where balances, runs or trails differ from what the facts say; none where they agree.

    Inside a transaction that may make temporary tables: its end takes them away again. Takes as long as a rebuild.
    """
    head = heading(connection)
    if head is None:
        yield "there is no ledger of this program's version"
        return
    yield from _trails(connection)
    for table, columns in _TABLES.items():
        connection.execute(f"CREATE TEMP TABLE audit_{table} ({columns})")
    connection.execute("INSERT INTO temp.audit_part SELECT * FROM main.part")
    Ledger(connection, head.books, "temp.audit_").post_all(head.posted_until)
    yield from _compare(connection, head)


def _trails(connection: sqlite3.Connection) -> Iterator[str]:
    for wid, viewers in everybody(connection):
        found = trails.changes(connection, wid, viewers)
        for eid, trail in found.episodes.items():
            yield f"episode {eid} follows {trail}, not what is stored"
        for vid, reading in found.views.items():
            yield f"article view {vid} follows {reading}, not what is stored"


def _compare(connection: sqlite3.Connection, head: Heading) -> Iterator[str]:
    parts = Parts(connection, writes=False, prefix="temp.audit_")
    parts.refresh()
    kept = Balances(connection, head, parts)
    made = Balances(connection, head, parts, "temp.audit_")
    keys = _keys(connection, "balance")
    keys |= {part << 17 | day >> 5 for _, (day, those, *_) in kept.late for part in those}
    for key in sorted(keys):
        part, month = key >> 17, key & ((1 << 17) - 1)
        old, new = kept.cells(part, month), made.cells(part, month)
        for cell in sorted(old.keys() | new.keys()):
            if old.get(cell, 0) != new.get(cell, 0):
                yield (
                    f"{LEDGER[cell >> 5]} of part {part}, {_day(month << 5 | cell & 31)}: the ledger says"
                    f" {old.get(cell, 0)}, the facts {new.get(cell, 0)}"
                )
    runs = {key & ~31 for key in _keys(connection, "run")}
    runs |= {
        run_key(part, kept_[i], day) & ~31
        for _, (day, those, _, _, kept_) in kept.late
        for part in those
        for i in range(0, len(kept_), 2)
    }
    for key in sorted(runs):
        part, code, day = key >> 30, key >> 22 & _POPULATION, key & _DAY_BITS
        for dom in range(32):
            name = LEDGER[code]
            if list(kept.pooled(name, [part], day | dom, day | dom)) != list(
                made.pooled(name, [part], day | dom, day | dom)
            ):
                yield f"{name} of part {part}, {_day(day | dom)}: the values in the ledger are not those of the facts"


def _keys(connection: sqlite3.Connection, table: str) -> set[int]:
    return {
        key for (key,) in connection.execute(f"SELECT key FROM main.{table} UNION SELECT key FROM temp.audit_{table}")
    }


def _day(day: int) -> str:
    return f"{(day >> 5) // 12}-{(day >> 5) % 12 + 1:02d}-{day & 31:02d}" if day else "the queue"
