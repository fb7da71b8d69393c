"""What starting the dashboard and pressing keys costs, in time, work and bytes, on two sizes of terminal."""

import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench, environment
from benchmarks.figures import Figure, Row, Skipped
from benchmarks.terminal import Burst, Terminal
from funnel_tui.tui.bindings import ALL_KEYS

SIZES = ((120, 40), (80, 24))
SHORT, LONG = "<= 50", "<= 250"
_SCREENS = tuple(known.id for known in ALL_KEYS if known.id.startswith("screen.") and known.id != "screen.overview")
ROUND = (
    ("cursor down", "move.down", SHORT),
    ("cursor up", "move.up", SHORT),
    ("to this month", "period.month", SHORT),
    ("comparison changed, month", "compare", SHORT),
    ("drill-down, month", "drill", SHORT),
    ("back, month", "back", SHORT),
    ("to this year", "period.year", LONG),
    ("comparison changed, year", "compare", LONG),
    ("drill-down, year", "drill", LONG),
    ("back, year", "back", LONG),
    ("to today", "period.today", SHORT),
    *((f"screen {id.removeprefix('screen.')}", id, "") for id in _SCREENS),
    *(("screen overview, from the last", "screen.overview", "") for _ in _SCREENS[:1]),
)
"""What it is called, the id of its key, and the milliseconds of work that docs call enough. It ends where it began."""
_CODES = {"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "enter": "\r", "escape": "\x1b"}
_CHARACTERS = {"tab": "\t", "space": " ", "left_square_bracket": "[", "right_square_bracket": "]"}


def key(id: str) -> str:
    """What a terminal sends for the key that has this id. Raises StopIteration where there is none."""
    keys = next(known.keys for known in ALL_KEYS if known.id == id).split(",")[0]
    return _CODES.get(keys) or _CHARACTERS.get(keys) or keys


def spelt(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"


_FULL, _SMALL = SIZES
ROWS = (
    *(
        row
        for size in SIZES
        for row in (
            Row(f"{spelt(size)}: skeleton", "ms", "<= 50"),
            Row(f"{spelt(size)}: skeleton, sent", "bytes"),
            Row(f"{spelt(size)}: first figures", "ms"),
            Row(f"{spelt(size)}: first figures, sent so far", "bytes"),
            Row(f"{spelt(size)}: whole start, sent", "bytes"),
        )
    ),
    *(
        row
        for what, _, budget in ROUND
        for row in (
            Row(f"{what}: painted after", "ms"),
            Row(f"{what}: work", "ms", budget),
            Row(f"{what}: work in the event loop", "ms", "handlers <= 50"),
            Row(f"{what}: sent at {spelt(_FULL)}", "bytes"),
            Row(f"{what}: sent at {spelt(_SMALL)}", "bytes"),
        )
    ),
)
NOTE = (
    "Painted is when the last byte came of what a key brought; work is the processor time of all threads until then;"
    " what the event loop took of it is the most that any handler can have taken."
)


def measure(bench: Bench) -> Iterator[Figure | Skipped]:
    config = bench.config()
    for size in bench.sizes:
        path = bench.cache(size).path
        for window in SIZES:
            bench.say(f"pressing keys at {spelt(window)} on {size:,} conversations")
            yield from _window(bench, config, path, size, window)


def _window(bench: Bench, config: Path, path: Path, size: int, window: tuple[int, int]) -> Iterator[Figure]:
    started: dict[str, list[float]] = {}
    brought: dict[str, list[Burst]] = {}
    for _ in range(bench.runs):
        with Terminal(bench.command(config, path, "dash"), environment(), size=window) as terminal:
            at, sent = first_figures(terminal)
            terminal.settle()
            values = ((terminal.first_at or 0.0) * 1000, terminal.first_bytes, at * 1000, sent, terminal.bytes)
            names = ("skeleton", "skeleton, sent", "first figures", "first figures, sent so far", "whole start, sent")
            for name, value in zip(names, values, strict=True):
                started.setdefault(name, []).append(float(value))
            for what, id, _ in ROUND:
                brought.setdefault(what, []).append(terminal.after(key(id)))
    for name, values_of in started.items():
        yield Figure(f"{spelt(window)}: {name}", tuple(values_of), size)
    for what, bursts in brought.items():
        if window == _FULL:
            yield Figure(f"{what}: painted after", tuple(burst.seconds * 1000 for burst in bursts), size)
            yield Figure(f"{what}: work", tuple(burst.cpu * 1000 for burst in bursts), size)
            yield Figure(f"{what}: work in the event loop", tuple(burst.loop_cpu * 1000 for burst in bursts), size)
        yield Figure(f"{what}: sent at {spelt(window)}", tuple(float(burst.bytes) for burst in bursts), size)


def first_figures(terminal: Terminal) -> tuple[float, int]:
    """When the first number stands on the screen, and the bytes it took."""
    at = terminal.shows(has_figures)
    return at, terminal.bytes - terminal.unseen


def has_figures(text: str) -> object:
    """Whether the overview, at any size, has its numbers."""
    return re.search(r"Waiting now\s+\d", text)
