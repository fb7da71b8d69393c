"""What a terminal can do to the dashboard: stop reading, change its size all the time, put it to sleep."""

import os
import shlex
import signal
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from time import monotonic, sleep

from benchmarks.bench import Bench, environment
from benchmarks.figures import Figure, Row, Skipped
from benchmarks.keys import has_figures, key
from benchmarks.polled import polled
from benchmarks.terminal import HEIGHT, WIDTH, Terminal, cells_apart

RESIZES, STORM = 500, 5.0
"""Changes of size, and the seconds in which they come."""
SMALLEST, LARGEST = (60, 20), (240, 70)
ASLEEP = 3.0
POLL_SECONDS = 5

GAP, WRONG = "stalled: longest time between two polls", "stalled: wrong cells then"
LOST = "stalled: conversations lost or otherwise than afresh"
STORM_WRONG = f"{RESIZES} resizes: wrong cells then"
STALLED = (
    Row(GAP, "s", f"<= {2 * POLL_SECONDS}"),
    Row("stalled: conversations recorded meanwhile", ""),
    Row("stalled: CPU", "%", "<= 2"),
    Row("stalled: resident afterwards, more than before", "MB"),
    Row("stalled: from reading again to a painted screen", "ms"),
    Row(WRONG, "", "0"),
    Row(LOST, "", "0"),
)
STORMY = (
    Row(f"{RESIZES} resizes: CPU seconds", "s"),
    Row(f"{RESIZES} resizes: sent", "KB"),
    Row(f"{RESIZES} resizes: from the last to a painted screen", "ms"),
    Row(STORM_WRONG, "", "0"),
    Row(f"{RESIZES} resizes: resident afterwards, more than before", "MB"),
)
WAYS = ("Ctrl+Z", "SIGTSTP")
_BAD, _TOOK, _PAINTED, _WRONG = (
    "not stopped, or terminal not restored",
    "to the stop",
    "from fg to a painted screen",
    "wrong cells then",
)
SUSPENDED = tuple(
    row
    for way in WAYS
    for row in (
        Row(f"{way}: {_BAD}", "", "0"),
        Row(f"{way}: {_TOOK}", "ms"),
        Row(f"{way}: {_PAINTED}", "ms"),
        Row(f"{way}: {_WRONG}", "", "0"),
    )
)
SLEEPLESS, WOKEN = (tuple(f"{way}: {what}" for way in WAYS) for what in (_BAD, _WRONG))
ROWS = (*STALLED, *STORMY, *SUSPENDED)


def measure(bench: Bench) -> Iterator[Figure | Skipped]:
    yield from _stalled(bench)
    config, size = bench.config(), min(bench.sizes)
    command = bench.command(config, bench.cache(size).path, "dash")
    yield from _stormy(bench, command, size)
    yield from _suspended(bench, command)


def _stalled(bench: Bench) -> Iterator[Figure]:
    bench.say(f"not reading what it writes for {bench.stall:.0f} s")
    with polled(bench, "stalled", speed=60) as source, source.dash() as terminal:
        terminal.shows(has_figures)
        source.until_polled()
        terminal.settle()
        memory = terminal.megabytes()
        # So that its writes block at once and not only when the pty's own buffer is full.
        terminal.stop_reading(key("theme"))
        before, cpu, begun = source.conversations(), terminal.cpu(), monotonic()
        polls = [begun]
        last = source.last_success()
        while monotonic() - begun < bench.stall:
            sleep(0.2)
            if (now := source.last_success()) != last:
                last = now
                polls.append(monotonic())
        polls.append(monotonic())
        spent, meanwhile = terminal.cpu() - cpu, source.conversations() - before
        painted = terminal.settle()
        source.desk.stop_clock()
        source.until_polled(3)
        terminal.settle()
        wrong, after = terminal.wrong_cells(), terminal.megabytes()
        terminal.end("q")
        lost = source.astray()
    values = (
        max(later - earlier for earlier, later in pairwise(polls)),
        float(meanwhile),
        spent / bench.stall * 100,
        after - memory,
        painted.seconds * 1000,
        float(wrong),
        float(lost),
    )
    yield from (Figure(row.name, (value,)) for row, value in zip(STALLED, values, strict=True))


def _stormy(bench: Bench, command: list[str], size: int) -> Iterator[Figure]:
    bench.say(f"resizing it {RESIZES} times")
    chance = Random(1)
    with Terminal(command, environment()) as terminal:
        terminal.shows(has_figures)
        terminal.settle()
        memory, cpu, sent = terminal.megabytes(), terminal.cpu(), terminal.bytes
        for _ in range(RESIZES):
            terminal.resize(*(chance.randint(low, high) for low, high in zip(SMALLEST, LARGEST, strict=True)))
            if not terminal.watch(STORM / RESIZES):
                raise RuntimeError(f"it ended with {terminal.process.returncode} while its terminal was resized")
        terminal.resize(WIDTH, HEIGHT)
        terminal.clear()
        painted = terminal.settle()
        values = (
            terminal.cpu() - cpu,
            (terminal.bytes - sent) / 1000,
            painted.seconds * 1000,
            float(terminal.wrong_cells()),
            terminal.megabytes() - memory,
        )
        terminal.end("q")
    yield from (Figure(row.name, (value,)) for row, value in zip(STORMY, values, strict=True))


def _suspended(bench: Bench, command: list[str]) -> Iterator[Figure | Skipped]:
    """In a shell with job control, as people have it; this one leaves the terminal's modes to its jobs."""
    for way in WAYS:
        bench.say(f"suspending it by {way}")
        with Terminal(["sh", "-i"], environment(PS1="$ ", ENV="")) as shell:
            shell.watch(0.5)
            shell.press(shlex.join(command) + "\n")
            shell.shows(has_figures)
            shell.settle()
            pid = _child(shell.process.pid)
            before, pressed = shell.lines, monotonic()
            if way == "Ctrl+Z":
                shell.press("\x1a")
            else:
                os.kill(pid, signal.SIGTSTP)
            stopped = _stops(shell, pid)
            took = monotonic() - pressed
            shell.watch(0.5)
            yield Figure(f"{way}: {_BAD}", (float(not (stopped and shell.sane and shell.left_screen)),))
            if not stopped:
                rest = tuple(f"{way}: {what}" for what in (_TOOK, _PAINTED, _WRONG))
                yield Skipped(rest, f"{way} does not suspend the dashboard.")
                shell.end(signal.SIGKILL)
                continue
            yield Figure(f"{way}: {_TOOK}", (took * 1000,))
            sleep(ASLEEP)
            shell.clear()
            yield Figure(f"{way}: {_PAINTED}", (shell.after("fg\n").seconds * 1000,))
            yield Figure(f"{way}: {_WRONG}", (float(cells_apart(before, shell.lines)),))
            shell.press("q")
            shell.watch(1.0)
            shell.end("exit\n")


def _child(pid: int) -> int:
    """The one that a shell has."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def _stops(shell: Terminal, pid: int) -> bool:
    """Whether the process is stopped soon."""
    for _ in range(20):
        shell.watch(0.1)
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T":
            return True
    return False
