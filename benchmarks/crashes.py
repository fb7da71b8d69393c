"""kill -9 in the middle of syncs, at moments drawn by chance: what the cache is worth then, and in the end."""

import signal
import subprocess
from collections.abc import Iterator
from random import Random
from time import perf_counter

from benchmarks.bench import Bench
from benchmarks.figures import Figure, Row
from benchmarks.polled import polled, surroundings, unsound

ROWS = (
    Row("syncs that were killed", ""),
    Row("caches not sound afterwards", "", "0"),
    Row("conversations lost, doubled or otherwise in the end", "", "0"),
)
NOTE = "The moments spread over the time that an undisturbed sync takes; the tests kill at chosen requests and writes."


def measure(bench: Bench) -> Iterator[Figure]:
    bench.say(f"killing syncs, {bench.kills} times")
    chance, killed, broken = Random(7), 0, 0
    with polled(bench, "crash", speed=0) as source:
        cache = bench.folder / "killed.db"
        begun = perf_counter()
        source.run("sync", "--once", cache=bench.folder / "undisturbed.db")
        whole = perf_counter() - begun
        for turn in range(bench.kills):
            # Later runs have the past behind them: only a full one has enough to do to be caught at it.
            again = ["--full"] if turn >= bench.kills // 2 else []
            command = source.command("sync", "--once", *again, cache=cache)
            process = subprocess.Popen(
                command, env=surroundings(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            try:
                process.wait(0.2 + chance.random() * whole)
            except subprocess.TimeoutExpired:
                process.kill()
            killed += process.wait() == -signal.SIGKILL
            broken += unsound(cache) > 0
        source.run("sync", "--once", cache=cache)
        astray = source.astray(cache)
    yield Figure("syncs that were killed", (float(killed),))
    yield Figure("caches not sound afterwards", (float(broken),))
    yield Figure("conversations lost, doubled or otherwise in the end", (float(astray),))
