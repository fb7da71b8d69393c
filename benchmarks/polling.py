"""What a poll costs: the time, and what does not depend on the machine: rows, statements, bytes of the log."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import msgspec

from benchmarks.bench import Bench
from benchmarks.figures import Figure, Row, milliseconds
from benchmarks.setup import NAME, SETTINGS, open_store
from benchmarks.world import DAY, World
from funnel_tui.metrics import ReportRequest, build_report
from funnel_tui.model.records import Event, Kind, Record
from funnel_tui.store import Reader, Store

CHANGED = 100
KINDS = {"latest": f"poll with {CHANGED} changed", "spread": f"poll with {CHANGED} of 28 days changed"}
SAME = "the same at every size"
_BYTES = "bytes written to the log"

ROWS = (
    *(
        row
        for poll in KINDS.values()
        for row in (
            Row(poll, "ms", SAME),
            Row(f"{poll}: rows changed", "rows", SAME),
            Row(f"{poll}: SQL statements", "", SAME),
            Row(f"{poll}: {_BYTES}", "KB", SAME),
        )
    ),
    Row(f"poll with {CHANGED} unchanged", "ms", SAME, KINDS["latest"]),
    Row("report of today after it", "ms"),
)


def measure(bench: Bench) -> Iterator[Figure]:
    for size in bench.sizes:
        world = bench.cache(size).world
        bench.say(f"polling {size:,} conversations")
        with bench.copy(size) as path:
            yield from _poll(bench, path, world)


def _poll(bench: Bench, path: Path, world: World) -> Iterator[Figure]:
    store, reader = open_store(path), Reader.open(path)
    for kind, poll in KINDS.items():
        spent: list[float] = []
        rows: list[float] = []
        same: list[float] = []
        after: list[float] = []
        report = partial(build_report, reader, SETTINGS, ReportRequest(), world.now)
        for turn in range(bench.runs):
            page = news(world, kind, turn)
            spent.extend(milliseconds(lambda page=page, rows=rows: rows.append(store.write(NAME, page)), 1, warm=False))
            same.extend(milliseconds(partial(store.write, NAME, page), 1, warm=False))
            if turn < 3:
                after.extend(milliseconds(report, 1, warm=False))
        yield Figure(poll, tuple(spent), world.size)
        yield Figure(f"{poll}: rows changed", tuple(rows), world.size)
        counted = _counted(store, path, news(world, kind, bench.runs))
        yield Figure(f"{poll}: SQL statements", (counted.statements,), world.size)
        yield Figure(f"{poll}: {_BYTES}", (counted.kilobytes,), world.size)
        if kind == "latest":
            yield Figure(f"poll with {CHANGED} unchanged", tuple(same), world.size)
            yield Figure("report of today after it", tuple(after), world.size)
    reader.close()
    store.close()


@dataclass
class _Counted:
    statements: int = 0
    kilobytes: float = 0.0
    log: Path = field(default_factory=Path)


def _counted(store: Store, path: Path, page: list[Record]) -> _Counted:
    """The same without a clock: watching costs time. Each row of an `executemany` is a statement of its own."""
    found = _Counted()

    def count(statement: str) -> None:
        found.statements += 1

    connection: sqlite3.Connection = store._connection
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (kept,) = connection.execute("PRAGMA wal_autocheckpoint").fetchone()
    connection.execute("PRAGMA wal_autocheckpoint = 0")  # the log only grows now
    connection.set_trace_callback(count)
    store.write(NAME, page)
    connection.set_trace_callback(None)
    found.kilobytes = path.with_name(f"{path.name}-wal").stat().st_size / 1000
    connection.execute(f"PRAGMA wal_autocheckpoint = {kept}")
    return found


def news(world: World, kind: str, turn: int) -> list[Record]:
    """What a poll finds: the latest conversations with a reply more than before, or some of four weeks whose
    customers write again. Later turns find more."""
    changed = min(CHANGED, world.size)
    step = 1 if kind == "latest" else max(1, int(world.size * 28 * DAY / (world.days * DAY)) // CHANGED)
    what, who = (Kind.AGENT_REPLY, "a1") if kind == "latest" else (Kind.CUSTOMER_MESSAGE, None)
    page: list[Record] = []
    for number in range(0, changed * step, step):
        thread = world.thread(number % world.size)
        conversation = thread.conversation
        more = tuple(
            Event(
                conversation=conversation.id,
                at=world.now,
                kind=what,
                actor=who or conversation.person,
                source_id=f"{kind}{extra}",
            )
            for extra in range(turn + 1)
        )
        page.append(msgspec.structs.replace(thread, events=thread.events + more))
    return page
