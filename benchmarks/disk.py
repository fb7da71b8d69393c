"""What lies in the file, table by table: bytes a conversation, a table's indexes beside it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.figures import Figure, Row, Skipped

WHOLE = "the file, with a view and a message to every fourth"
REST = "tables below one byte each"
ROWS = (Row(WHOLE, "bytes"), Row(REST, "bytes"))

_PAGES = (
    "SELECT m.tbl_name, m.type = 'index', sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name"
    " WHERE s.aggregate = 1 GROUP BY 1, 2"
)
"""A table WITHOUT ROWID is the index of its primary key, and counts as the table."""


def measure(bench: Bench) -> Iterator[Figure | Row | Skipped]:
    found: dict[int, dict[str, float]] = {}
    for size in bench.sizes:
        path = bench.cache(size).path
        bench.say(f"looking into the file of {size:,} conversations")
        yield Figure(WHOLE, (path.stat().st_size / size,), size)
        try:
            found[size] = {name: pages / size for name, pages in _by_table(path).items()}
        except sqlite3.OperationalError as error:
            yield Skipped((REST,), f"SQLite was built without `dbstat`: {error}.")
            return
    largest = found[max(found)]
    shown = sorted((name for name, share in largest.items() if share >= 1), key=lambda name: -largest[name])
    yield from (Row(name, "bytes") for name in shown)
    for size, shares in found.items():
        yield from (Figure(name, (shares.get(name, 0.0),), size) for name in shown)
        yield Figure(REST, (sum(share for name, share in shares.items() if name not in shown),), size)


def _by_table(path: Path) -> dict[str, int]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows = connection.execute(_PAGES).fetchall()
    finally:
        connection.close()
    return {f"{table}: indexes" if index else table: pages for table, index, pages in rows}
