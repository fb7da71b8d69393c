"""What a poll costs: the time, and what does not depend on the machine: rows, statements, bytes of the log."""

import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import mean

import msgspec

from benchmarks.bench import Bench
from benchmarks.figures import Figure, Row, Skipped, milliseconds
from benchmarks.setup import NAME, SETTINGS, open_store
from benchmarks.world import World
from funnel_tui.metrics import ReportRequest, build_report
from funnel_tui.model.records import Event, Kind, Record
from funnel_tui.store import Reader, Store

CHANGED = 100
KINDS = {"latest": f"poll with {CHANGED} changed", "spread": f"poll with {CHANGED} of 28 days changed"}
STREAK = 60
"""Polls in a row: what is put off for a while is done within them."""
SAME = "the same at every size"
_LOG = "written to the log"
_UNCHANGED, _AFTER = f"poll with {CHANGED} unchanged", "report of today after it"
_MEAN, _SLOWEST = (f"{STREAK} of the latter in a row: {what}" for what in ("mean", "slowest"))
_AFTER_ALL = "report of 28 days after them"
AUDITED = 100_000
"""Conversations of the largest cache that is made anew and compared: it takes minutes in larger ones."""
_REBUILT, _ODD = "rebuild, conversations", "differences between the ledger and the facts, before it"

ROWS = (
    *(
        row
        for poll in KINDS.values()
        for row in (
            Row(poll, "ms", SAME),
            Row(f"{poll}: rows changed, in all tables", "rows", SAME),
            Row(f"{poll}: SQL statements", "", SAME),
            Row(f"{poll}: {_LOG}", "KB", SAME),
        )
    ),
    Row(_UNCHANGED, "ms", SAME, KINDS["latest"]),
    Row(_AFTER, "ms", "<= 50"),
    Row(_MEAN, "ms", SAME, KINDS["spread"]),
    Row(_SLOWEST, "ms", "", KINDS["spread"]),
    Row(_AFTER_ALL, "ms", "<= 50"),
    Row(_REBUILT, "/s"),
    Row(_ODD, "", "0"),
)

NOTE = (
    f"A poll of the latest finds a reply more in each of {CHANGED} conversations; one of 28 days finds as many whose"
    " customers write again, so that closes are withdrawn and episodes begin. Each finds others than the one before."
)


def measure(bench: Bench) -> Iterator[Figure | Skipped]:
    for size in bench.sizes:
        world = bench.cache(size).world
        bench.say(f"polling {size:,} conversations")
        with bench.copy(size) as path:
            store, reader = open_store(path, world.now), Reader.open(path)
            polls = _Polls(store, world)
            figures = [*_each(bench, polls, path, reader), *_streak(polls, reader)]
            if size <= AUDITED:
                figures += _audit(polls, reader)
            yield from (Figure(row, samples, size) for row, samples in figures)
            reader.close()
            store.close()
    if min(bench.sizes) > AUDITED:
        yield Skipped((_REBUILT, _ODD), f"The ledger is made anew and compared in caches of up to {AUDITED:,} only.")


Samples = Iterator[tuple[str, tuple[float, ...]]]


class _Polls:
    """Each brings other conversations than the one before."""

    def __init__(self, store: Store, world: World) -> None:
        self.store = store
        self.world = world
        self.turn = 0
        self.page: list[Record] = []

    def prepare(self, kind: str) -> None:
        self.page = news(self.world, kind, self.turn)
        self.turn += 1

    def write(self) -> int:
        return self.store.write(NAME, self.page)

    def milliseconds(self) -> float:
        (spent,) = milliseconds(self.write, 1, warm=False)
        return spent


def _each(bench: Bench, polls: _Polls, path: Path, reader: Reader) -> Samples:
    report = partial(build_report, reader, SETTINGS, ReportRequest(), polls.world.now)
    for kind, poll in KINDS.items():
        spent: list[float] = []
        rows: list[float] = []
        same: list[float] = []
        after: list[float] = []
        for _ in range(bench.runs):
            polls.prepare(kind)
            before = polls.store._connection.total_changes
            spent.append(polls.milliseconds())
            rows.append(float(polls.store._connection.total_changes - before))
            same.append(polls.milliseconds())
            after.extend(milliseconds(report, 1, warm=False))
        yield poll, tuple(spent)
        yield f"{poll}: rows changed, in all tables", tuple(rows)
        polls.prepare(kind)
        statements, kilobytes = _counted(polls, path)
        yield f"{poll}: SQL statements", (float(statements),)
        yield f"{poll}: {_LOG}", (kilobytes,)
        if kind == "latest":
            yield _UNCHANGED, tuple(same)
            yield _AFTER, tuple(after)


def _streak(polls: _Polls, reader: Reader) -> Samples:
    spent: list[float] = []
    for _ in range(STREAK):
        polls.prepare("spread")
        spent.append(polls.milliseconds())
    yield _MEAN, (mean(spent),)
    yield _SLOWEST, (max(spent),)
    report = partial(build_report, reader, SETTINGS, ReportRequest(period="last-28d"), polls.world.now)
    yield _AFTER_ALL, milliseconds(report, 3, warm=False)


def _audit(polls: _Polls, reader: Reader) -> Samples:
    yield _ODD, (float(len(reader.check_ledger())),)
    (spent,) = milliseconds(polls.store.rebuild, 1, warm=False)
    yield _REBUILT, (polls.world.size / spent * 1000,)


def _counted(polls: _Polls, path: Path) -> tuple[int, float]:
    """SQL statements and kilobytes of log, apart from the clock: watching costs time.

    Each row of an `executemany` is a statement of its own.
    """
    said: list[str] = []
    connection: sqlite3.Connection = polls.store._connection
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (kept,) = connection.execute("PRAGMA wal_autocheckpoint").fetchone()
    connection.execute("PRAGMA wal_autocheckpoint = 0")  # the log only grows now
    connection.set_trace_callback(said.append)
    polls.write()
    connection.set_trace_callback(None)
    written = path.with_name(f"{path.name}-wal").stat().st_size
    connection.execute(f"PRAGMA wal_autocheckpoint = {kept}")
    return len(said), written / 1000


def news(world: World, kind: str, turn: int) -> list[Record]:
    """What a poll finds: the latest conversations with a reply more than before, or some of four weeks whose
    customers write again. Each turn finds others, as far as there are any."""
    changed = min(CHANGED, world.size)
    four_weeks = int(world.size * min(28 / world.days, 1))
    step = max(1, four_weeks // CHANGED)
    page: list[Record] = []
    for i in range(changed):
        thread = world.thread((i + turn * changed if kind == "latest" else i * step + turn) % world.size)
        conversation = thread.conversation
        more = Event(
            conversation=conversation.id,
            at=world.now,
            kind=Kind.AGENT_REPLY if kind == "latest" else Kind.CUSTOMER_MESSAGE,
            actor="a1" if kind == "latest" else conversation.person,
            source_id=f"{kind}{turn}",
        )
        page.append(msgspec.structs.replace(thread, events=(*thread.events, more)))
    return page
