"""Stacks of colour in eighths of a row.

A column of a chart is a `bytearray` of eighths from top to bottom, each holding the index of an ink (0 is empty). A terminal
cell can show two colours with a straight border between them, so every eight eighths become the pair that misses least.
"""

from collections.abc import Sequence
from functools import lru_cache

from .cells import PLAIN, Canvas, Style, style

LOWER = " ▁▂▃▄▅▆▇█"
LEFT = " ▏▎▍▌▋▊▉█"

EMPTY = bytes(8)
_DROPPED = 6
"""What losing a whole colour costs, in eighths: a thin band moves within its cell rather than vanish."""


def paint(canvas: Canvas, x: int, y: int, column: bytes | bytearray, inks: tuple[str | None, ...]) -> None:
    """Draw a column of eighths from row `y` down. `inks[i]` is the role of index i; `inks[0]` is None: empty."""
    data = bytes(column)
    chars, styles = canvas.chars, canvas.styles
    for row in range(len(data) // 8):
        cell = data[row * 8 : row * 8 + 8]
        if cell != EMPTY:
            chars[y + row][x], styles[y + row][x] = _cell(cell, inks)


def paint_shades(canvas: Canvas, x: int, y: int, column: bytes | bytearray, shades: Sequence[str]) -> None:
    """The same without colour: whole cells, each in the fill character of the ink that takes most of it."""
    data = bytes(column)
    for row in range(len(data) // 8):
        cell = data[row * 8 : row * 8 + 8]
        if cell != EMPTY:
            ink = _most(cell)
            if ink or cell.count(0) < 8:
                canvas.put(x, y + row, shades[ink], PLAIN)


@lru_cache(maxsize=8192)
def _cell(cell: bytes, inks: tuple[str | None, ...]) -> tuple[str, Style]:
    split, upper, lower = _split(cell)
    if upper == lower:
        # A blank on a background, not a full block: many terminals leave a seam between blocks of two rows.
        return " ", style(None, inks[upper])
    if not upper:
        return LOWER[8 - split], style(inks[lower])
    if not lower:
        if split == 1:
            return "▔", style(inks[upper])
        if split == 4:
            return "▀", style(inks[upper])
        return LOWER[8 - split], style("ground", inks[upper])
    return LOWER[8 - split], style(inks[lower], inks[upper])


def _split(cell: bytes) -> tuple[int, int, int]:
    """Where to divide the cell, and the ink above and below: the choice that misses the fewest eighths."""
    first, last = cell[0], cell[7]
    at = cell.count(first)
    if at == 8 or cell == bytes([first]) * at + bytes([last]) * (8 - at):
        return at, first, last
    colours = {ink for ink in cell if ink}
    best = (99, 0, first, last)
    for split in range(9):
        for upper in set(cell[:split]) or {0}:
            for lower in set(cell[split:]) or {0}:
                missed = split - cell.count(upper, 0, split) + 8 - split - cell.count(lower, split)
                missed += _DROPPED * len(colours - {upper if split else -1, lower if split < 8 else -1})
                if missed < best[0]:
                    best = (missed, split, upper, lower)
    _, split, upper, lower = best
    if split == 0:
        upper = lower
    if split == 8:
        lower = upper
    thickness = cell.count(lower) if not upper else 0
    if thickness and lower and split and {*cell} == {0, lower}:
        split = 8 - thickness  # a band alone in its cell keeps its thickness
    return split, upper, lower


def _most(cell: bytes) -> int:
    """The ink that fills at least half of the cell, else the largest one if nothing else would show."""
    return max(set(cell), key=lambda ink: (cell.count(ink), ink))


def bar_text(eighths: int) -> str:
    """A bar to the right of so many eighths of a cell."""
    full, rest = divmod(max(0, eighths), 8)
    return "█" * full + (LEFT[rest] if rest else "")
