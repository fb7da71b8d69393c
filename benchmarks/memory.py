"""Megabytes that a process holds which does one thing with a cache: read as the dashboard does, or write polls."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench, environment
from benchmarks.figures import Figure, Row

READER, WRITER = "the dashboard's reader, after reports", "the writer, after polls"
ROWS = tuple(Row(f"{what}{when}", "MB", "<= 120") for what in (READER, WRITER) for when in ("", ": at most"))


def measure(bench: Bench) -> Iterator[Figure]:
    for size in bench.sizes:
        bench.say(f"weighing processes on {size:,} conversations")
        built = bench.cache(size)
        yield from _weigh(READER, "reader", built.path, built.world.now, size)
        with bench.copy(size) as path:
            yield from _weigh(WRITER, "writer", path, built.world.now, size)


def _weigh(row: str, what: str, path: Path, now: int, size: int) -> Iterator[Figure]:
    command = [sys.executable, "-m", "benchmarks.resident", what, str(path), str(size), str(now)]
    said = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True).stdout
    after, most = (float(number) for number in said.split())
    yield Figure(row, (after,), size)
    yield Figure(f"{row}: at most", (most,), size)
