"""Data coming in by the doors that users have: a file of JSON lines, and a helpdesk over HTTP."""

import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import msgspec

from benchmarks.bench import Bench, environment
from benchmarks.figures import Figure, Row
from benchmarks.helpdesk import TOKEN, helpdesk
from benchmarks.setup import SOURCE
from benchmarks.world import World
from funnel_tui.model.records import Event, Record, Thread

LARGEST = 100_000
"""Conversations in the largest file: a line costs the same in any, and files of all would fill the disk."""
DAYS = 14
"""Past of the helpdesk that is synced."""

IMPORT = (
    Row("lines", "/s"),
    Row("conversations, with all that is around them", "/s", ">= 3,000"),
    Row("conversations, by CPU time", "/s", ">= 3,000"),
    Row("lines, imported again", "/s", beside="lines"),
    Row("memory of the process, at most", "MB", "<= 120"),
)
SYNC = (
    Row("conversations read", ""),
    Row("requests", ""),
    Row("conversations", "/s", "bounded by the provider"),
    Row("conversations, by our own CPU time", "/s", ">= 3,000"),
    Row("cache a conversation", "bytes"),
    Row("sync with nothing new", "ms"),
    Row("sync with nothing new, requests", ""),
)


def load(bench: Bench) -> Iterator[Figure]:
    for size in sorted({min(size, LARGEST) for size in bench.sizes}):
        file = bench.folder / f"{size}.jsonl"
        lines = _write_lines(file, World(size, bench.now))
        bench.say(f"importing {lines:,} lines")
        command = bench.command(bench.config(), bench.folder / f"{size}-imported.db", "import", str(file))
        first, again = _spent(command), _spent(command)
        yield Figure("lines", (lines / first.wall,), size)
        yield Figure("conversations, with all that is around them", (size / first.wall,), size)
        yield Figure("conversations, by CPU time", (size / first.cpu,), size)
        yield Figure("lines, imported again", (lines / again.wall,), size)
        yield Figure("memory of the process, at most", (max(first.megabytes, again.megabytes),), size)
        file.unlink()


def _write_lines(path: Path, world: World) -> int:
    written = 0
    with path.open("wb") as file:
        for page in (world.people(), *world.pages(), *world.pages_beside()):
            for record in page:
                for line in _lines(record):
                    file.write(msgspec.json.encode(line) + b"\n")
                    written += 1
    return written


def _lines(record: Record) -> Iterator[dict[str, Any]]:
    """A record as the import wants it; what it does not take (teams' names) is left out."""
    if isinstance(record, Thread):
        yield from _lines(record.conversation)
        for event in record.events:
            yield from _lines(event)
        return
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(record).__name__).lower()
    if kind == "team":
        return
    values = {name: value for name, value in msgspec.structs.asdict(record).items() if value not in (None, ())}
    if isinstance(record, Event):
        values.pop("source_id", None)
    yield {"type": kind, **values}


def sync(bench: Bench) -> Iterator[Figure]:
    since = (datetime.now(UTC) - timedelta(days=40)).date().isoformat()
    bench.say(f"syncing {DAYS} days from the demo's helpdesk")
    with helpdesk(environment(), days=DAYS, speed=0) as desk:
        path = bench.folder / "synced.db"
        config = bench.config("synced", SOURCE.format(url=desk.url, since=since))
        command = bench.command(config, path, "sync", "--once")
        first, again = _spent(command), _spent(command)
    read, _, requests = _summary(first.said)
    yield Figure("conversations read", (read,))
    yield Figure("requests", (requests,))
    yield Figure("conversations", (read / first.wall,))
    yield Figure("conversations, by our own CPU time", (read / first.cpu,))
    yield Figure("cache a conversation", (path.stat().st_size / read,))
    yield Figure("sync with nothing new", (again.wall * 1000,))
    yield Figure("sync with nothing new, requests", (_summary(again.said)[2],))


def _summary(said: str) -> tuple[float, float, float]:
    """Conversations read, rows changed and requests of the one line that `sync --once` prints."""
    found = re.search(r"([\d,]+) conversations read, ([\d,]+) rows changed, ([\d,]+) requests", said)
    if found is None:
        raise RuntimeError(f"sync said {said!r}")
    read, changed, requests = (float(number.replace(",", "")) for number in found.groups())
    return read, changed, requests


class _Spent(msgspec.Struct, frozen=True):
    said: str
    wall: float
    cpu: float
    megabytes: float


def _spent(command: list[str]) -> _Spent:
    """What one process said (little) and took. Raises RuntimeError where it fails."""
    start = perf_counter()
    process = subprocess.Popen(
        command, env=environment(BENCHMARK_TOKEN=TOKEN), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None  # a pipe was asked for
    peak = 0.0
    while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
        peak = max(peak, _peak(process.pid))
        sleep(0.02)
    wall = perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(ended[1])
    said = process.stdout.read()
    process.stdout.close()
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return _Spent(said, wall, ended[2].ru_utime + ended[2].ru_stime, peak)


def _peak(pid: int) -> float:
    """Megabytes that the process has held at most so far. What `wait4` says of that counts its parent's as well."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0
