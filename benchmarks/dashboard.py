"""The dashboard on a terminal of 120 by 40: how soon, how quiet, how small, and how quickly gone."""

import signal
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench, environment
from benchmarks.figures import Figure, Row
from benchmarks.filling import DAYS
from benchmarks.helpdesk import TOKEN, helpdesk
from benchmarks.keys import has_figures
from benchmarks.setup import SOURCE, busy_zone
from benchmarks.terminal import Terminal

BARE = "bare Textual app, first frame"
SETTLE = 4.0
"""Seconds after the first figures that are not counted as idle."""
ENDINGS: dict[str, str | signal.Signals] = {"q": "q", "SIGTERM": signal.SIGTERM, "SIGHUP": signal.SIGHUP}
STILL = "nothing new"
LIVING = {"demo": "1", "demo at 60 times the speed": "60"}

ROWS = (
    Row(BARE, "ms"),
    Row("skeleton", "ms", "<= 50"),
    Row("first figures", "ms", "<= 1.5 bare apps", BARE),
    Row("idle, cache only: CPU", "%", "<= 0.5"),
    Row("idle, cache only: to the terminal", "bytes/s", "ticking ages only"),
    Row("resident, after idling", "MB", "<= 120"),
    *(Row(f"from {ending} to the end", "ms", "<= 1,000") for ending in ENDINGS),
)
LIVE = tuple(
    row
    for what in (STILL, *LIVING)
    for row in (
        Row(f"{what}: CPU", "%", "<= 0.5" if what == STILL else "<= 2"),
        Row(f"{what}: to the terminal", "bytes/s", "ticking ages only" if what == STILL else "<= 2,000"),
        Row(f"{what}: resident", "MB", "<= 120"),
        Row(f"{what}: from q to the end", "ms", "<= 1,000"),
    )
)


def measure(bench: Bench) -> Iterator[Figure]:
    config = bench.config()
    bare: list[float] = []
    first: dict[int, list[float]] = {}
    skeleton: dict[int, list[float]] = {}
    for size in bench.sizes:
        bench.cache(size)
    bench.say("opening the dashboard and a bare app in turn")
    for _ in range(bench.runs):
        bare.append(_bare())
        for size in bench.sizes:
            with _dash(bench, config, bench.cache(size).path) as terminal:
                first.setdefault(size, []).append(terminal.shows(has_figures) * 1000)
                skeleton.setdefault(size, []).append((terminal.first_at or 0.0) * 1000)
    yield Figure(BARE, tuple(bare))
    for size in bench.sizes:
        yield Figure("skeleton", tuple(skeleton[size]), size)
        yield Figure("first figures", tuple(first[size]), size)
        yield from _idle(bench, config, size)


def _idle(bench: Bench, config: Path, size: int) -> Iterator[Figure]:
    bench.say(f"watching it idle on {size:,} conversations")
    for ending, how in ENDINGS.items():
        with _dash(bench, config, bench.cache(size).path) as terminal:
            terminal.shows(has_figures)
            if ending == "q":
                cpu, rate, memory = watched(terminal, bench.seconds)
                yield Figure("idle, cache only: CPU", (cpu,), size)
                yield Figure("idle, cache only: to the terminal", (rate,), size)
                yield Figure("resident, after idling", (memory,), size)
            yield Figure(f"from {ending} to the end", (terminal.end(how) * 1000,), size)


def live(bench: Bench) -> Iterator[Figure]:
    bench.say("watching it poll a helpdesk that stands still")
    since = (datetime.now(UTC) - timedelta(days=DAYS + 1)).date().isoformat()
    with helpdesk(environment(), days=DAYS, speed=0) as desk:
        config = bench.config("still", SOURCE.format(url=desk.url, since=since))
        with _dash(bench, config, bench.folder / "still.db") as terminal:
            yield from _polling(bench, terminal, STILL)
    for what, speed in LIVING.items():
        bench.say(f"watching the {what}")
        command = demo(bench, DAYS, speed)
        with Terminal(command, environment()) as terminal:
            yield from _polling(bench, terminal, what)


def demo(bench: Bench, days: int, speed: str) -> list[str]:
    """The program's own demo, in its busy hours."""
    config, cache = bench.config("busy", zone=busy_zone()), bench.folder / "none.db"
    return bench.command(config, cache, "demo", "--days", str(days), "--speed", speed)


def _polling(bench: Bench, terminal: Terminal, what: str) -> Iterator[Figure]:
    terminal.shows(has_figures)
    let_fill(terminal.cpu, terminal.watch)
    cpu, rate, memory = watched(terminal, bench.seconds)
    yield Figure(f"{what}: CPU", (cpu,))
    yield Figure(f"{what}: to the terminal", (rate,))
    yield Figure(f"{what}: resident", (memory,))
    yield Figure(f"{what}: from q to the end", (terminal.end("q") * 1000,))


def _dash(bench: Bench, config: Path, cache: Path) -> Terminal:
    return Terminal(bench.command(config, cache, "dash"), environment(BENCHMARK_TOKEN=TOKEN))


def _bare() -> float:
    with Terminal([sys.executable, "-m", "benchmarks.bare"], environment()) as terminal:
        return terminal.shows(lambda text: "ready" in text) * 1000


def let_fill(spent: Callable[[], float], wait: Callable[[float], object]) -> None:
    """Wait until the history is in: a quiet second costs much less than a busy one."""
    busy: list[float] = []
    for _ in range(60):
        before = spent()
        wait(2.0)
        busy.append(spent() - before)
        calm = max(busy[-3:]) < 0.1 or (max(busy[-3:]) < 0.25 * max(busy) and median(busy[-3:]) < 0.5)
        if len(busy) > 5 and calm:
            return


def watched(terminal: Terminal, seconds: float) -> tuple[float, float, float]:
    """CPU in per cent of a core, bytes a second, and megabytes at the end."""
    terminal.watch(SETTLE)
    cpu, sent, start = terminal.cpu(), terminal.bytes, terminal.now()
    terminal.watch(seconds)
    elapsed = terminal.now() - start
    return (terminal.cpu() - cpu) / elapsed * 100, (terminal.bytes - sent) / elapsed, terminal.megabytes()
