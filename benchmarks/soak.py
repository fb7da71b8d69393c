"""A working day in minutes: the demo at high speed, with somebody who looks at everything again and again."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import cycle
from pathlib import Path
from time import monotonic

from benchmarks.bench import Bench, environment
from benchmarks.dashboard import demo, let_fill
from benchmarks.figures import Figure, Row
from benchmarks.keys import ROUND, has_figures, key
from benchmarks.terminal import Terminal
from funnel_tui.store import Reader

DAYS = 14
LOOKS = 100
"""How often its memory is looked at."""
PAUSE = 2.0
"""Seconds between two keys."""
_BEFORE, _AFTER = "at the beginning", "at the end"
RESIDENT, GROWTH = f"resident {_AFTER}", "resident, growth an hour, second half"
HELD = tuple(f"{what} {when}" for what in ("open files", "threads") for when in (_BEFORE, _AFTER))

ROWS = (
    Row("hours of the demo's time", "h", ">= 8"),
    Row("keys pressed", ""),
    Row(f"resident {_BEFORE}", "MB", "<= 120"),
    Row(RESIDENT, "MB", "<= 120"),
    Row(GROWTH, "MB", "flat"),
    *(Row(name, "", "" if name.endswith(_BEFORE) else "no more than at the beginning") for name in HELD),
    Row("CPU", "%"),
    Row("to the terminal", "bytes/s"),
    Row("conversations that came", ""),
)
NOTE = "The demo's own servers are processes of their own and not counted."


def measure(bench: Bench) -> Iterator[Figure]:
    seconds = bench.soak_hours * 3600 / bench.soak_speed
    bench.say(f"{bench.soak_hours:g} h of the demo's time, {seconds:,.0f} s of ours")
    folder = bench.folder / "soak"
    folder.mkdir()
    command = demo(bench, DAYS, f"{bench.soak_speed:g}")
    with Terminal(command, environment(TMPDIR=str(folder))) as terminal:
        terminal.shows(has_figures)
        let_fill(terminal.cpu, terminal.watch)
        # Once through everything first: what is imported late, or kept, is no growth.
        for _, id, _ in ROUND:
            terminal.after(key(id))
        came = _conversations(folder)
        files, threads = _open_files(terminal), _threads(terminal)
        cpu, sent, begun = terminal.cpu(), terminal.bytes, monotonic()
        looks, pressed = [(0.0, terminal.megabytes())], 0
        keys = cycle(id for _, id, _ in ROUND)
        while (spent := monotonic() - begun) < seconds or pressed % len(ROUND):
            terminal.press(key(next(keys)))
            pressed += 1
            if not terminal.watch(PAUSE):
                raise RuntimeError(f"it ended with {terminal.process.returncode} after {spent:,.0f} s")
            terminal.clear()
            if spent > len(looks) * seconds / LOOKS:
                looks.append((spent, terminal.megabytes()))
        elapsed = monotonic() - begun
        looks.append((elapsed, terminal.megabytes()))
        hours = elapsed * bench.soak_speed / 3600
        values = (
            hours,
            float(pressed),
            looks[0][1],
            looks[-1][1],
            slope(looks[len(looks) // 2 :]) * 3600 / bench.soak_speed,
            float(files),
            float(_open_files(terminal)),
            float(threads),
            float(_threads(terminal)),
            (terminal.cpu() - cpu) / elapsed * 100,
            (terminal.bytes - sent) / elapsed,
            float(_conversations(folder) - came),
        )
        terminal.end("q")
    yield from (Figure(row.name, (value,)) for row, value in zip(ROWS, values, strict=True))


def slope(points: Sequence[tuple[float, float]]) -> float:
    """By least squares; 0 for points that tell none."""
    mean_x, mean_y = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    across: float = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / across if across else 0.0


def _open_files(terminal: Terminal) -> int:
    return sum(1 for _ in Path(f"/proc/{terminal.process.pid}/fd").iterdir())


def _threads(terminal: Terminal) -> int:
    found = re.search(r"Threads:\s+(\d+)", Path(f"/proc/{terminal.process.pid}/status").read_text())
    return int(found[1]) if found else 0


def _conversations(folder: Path) -> int:
    (cache,) = folder.glob("funnel-tui-demo-*/cache.db")
    with closing(Reader.open(cache)) as reader:
        return reader.size()
