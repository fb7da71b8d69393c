"""The groups of a run, in its order: what only reads a cache comes before what changes a copy of one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks import (
    backfill,
    building,
    crashes,
    dashboard,
    disk,
    endings,
    filling,
    hardship,
    keys,
    memory,
    monitors,
    polling,
    processes,
    reading,
    soak,
    ssh,
    versus,
)
from benchmarks import bench as caches
from benchmarks.bench import Bench
from benchmarks.figures import Figure, Row, Skipped, Table

Found = Iterator[Figure | Row | Skipped]
"""What measuring yields: figures of the group's rows, rows that only measuring could tell, rows that it could not."""


@dataclass(frozen=True)
class Group:
    title: str
    rows: tuple[Row, ...]
    measure: Callable[[Bench], Found]
    note: str = ""
    """What a reader must know beside the names of the rows."""


GROUPS = {
    "write": Group("Filling a cache: derive and write, pages of 150", building.WRITTEN, caches.measure),
    "disk": Group("The file, by table, a conversation", disk.ROWS, disk.measure),
    "read": Group("Reading a warm cache, in process", reading.READ, reading.read),
    "peers": Group("The same figures by the program, naive SQL and DuckDB", versus.ROWS, versus.measure, versus.NOTE),
    "memory": Group("Memory of a process of its own", memory.ROWS, memory.measure),
    "process": Group("Whole processes on a warm cache", processes.ROWS, processes.measure),
    "dashboard": Group("The dashboard, 120 x 40, on a warm cache", dashboard.ROWS, dashboard.measure),
    "keys": Group("Starting it and pressing keys", keys.ROWS, keys.measure, keys.NOTE),
    "poll": Group("A poll's changes into a warm cache", polling.ROWS, polling.measure, polling.NOTE),
    "import": Group("Import of JSON lines, whole process", filling.IMPORT, filling.load),
    "sync": Group("Sync from the demo's helpdesk, no rate limit, whole process", filling.SYNC, filling.sync),
    "backfill": Group(
        "A first sync from a helpdesk that has all at hand", backfill.ROWS, backfill.group, backfill.NOTE
    ),
    "live": Group("The dashboard, 120 x 40, polling every 5 s", dashboard.LIVE, dashboard.live),
    "monitors": Group("The dashboard beside other Textual apps", monitors.ROWS, monitors.measure, monitors.NOTE),
    "endings": Group("Ending it while it polls", endings.ROWS, endings.measure),
    "hardship": Group("Terminals that stall, change their size, or sleep", hardship.ROWS, hardship.measure),
    "ssh": Group("Over SSH, inside tmux, 120 x 40", ssh.ROWS, ssh.measure, ssh.NOTE),
    "crashes": Group("Syncs killed with kill -9", crashes.ROWS, crashes.measure, crashes.NOTE),
    "soak": Group("Open for a working day", soak.ROWS, soak.measure, soak.NOTE),
}


def run(group: Group, bench: Bench) -> Table:
    """Measure a group. Raises RuntimeError where a row was declared and not measured, or the other way round."""
    found = list(group.measure(bench))
    figures = tuple(item for item in found if isinstance(item, Figure))
    skipped = tuple(dict.fromkeys(item for item in found if isinstance(item, Skipped)))
    absent = {row for item in skipped for row in item.rows}
    rows = (*group.rows, *(item for item in found if isinstance(item, Row)))
    odd = {row.name for row in rows} ^ ({figure.row for figure in figures} | absent)
    if odd:
        raise RuntimeError(f"{group.title}: declared but not measured, or measured but not declared: {sorted(odd)}")
    left = tuple(row for row in rows if row.name not in absent)
    return Table(group.title, left, figures, (*filter(None, [group.note]), *(item.reason for item in skipped)))
