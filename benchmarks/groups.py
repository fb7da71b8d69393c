"""The groups of a run, in its order: those that change a cache come after those that only read it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks import bench as caches
from benchmarks import dashboard, filling, processes, reading
from benchmarks.bench import Bench
from benchmarks.figures import Figure, Row, Table


@dataclass(frozen=True)
class Group:
    title: str
    rows: tuple[Row, ...]
    measure: Callable[[Bench], Iterator[Figure]]


GROUPS = {
    "write": Group("Filling a cache: derive and write, pages of 150", caches.WRITTEN, caches.measure),
    "read": Group("Reading a warm cache, in process", reading.READ, reading.read),
    "process": Group("Whole processes on a warm cache", processes.ROWS, processes.measure),
    "dashboard": Group("The dashboard, 120 x 40, on a warm cache", dashboard.ROWS, dashboard.measure),
    "poll": Group("A poll's changes into a warm cache", reading.POLL, reading.poll),
    "import": Group("Import of JSON lines, whole process", filling.IMPORT, filling.load),
    "sync": Group("Sync from the demo's helpdesk, no rate limit, whole process", filling.SYNC, filling.sync),
    "live": Group("The dashboard, 120 x 40, polling every 5 s", dashboard.LIVE, dashboard.live),
}


def run(group: Group, bench: Bench) -> Table:
    """Measure a group. Raises RuntimeError where a row was declared and not measured, or the other way round."""
    figures = tuple(group.measure(bench))
    odd = {row.name for row in group.rows} ^ {figure.row for figure in figures}
    if odd:
        raise RuntimeError(f"{group.title}: declared but not measured, or measured but not declared: {sorted(odd)}")
    return Table(group.title, group.rows, figures)
