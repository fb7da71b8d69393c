"""Stacks of colour in eighths of a row.

A column of a chart is a `bytearray` of eighths from top to bottom, each holding the index of an ink (0 is empty). A
terminal cell can show two colours with a straight border between them, so every eight eighths become the pair that
misses least.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from .cells import PLAIN, Canvas, Style, style

LOWER = " ▁▂▃▄▅▆▇█"
LEFT = " ▏▎▍▌▋▊▉█"

EMPTY = bytes(8)


def paint(canvas: Canvas, x: int, y: int, column: bytes | bytearray, inks: tuple[str | None, ...]) -> None:
    """Draw a column of eighths from row `y` down. `inks[i]` is the role of index i; `inks[0]` is None: empty."""
    data = EMPTY + bytes(column) + EMPTY
    chars, styles = canvas.chars, canvas.styles
    for row in range(len(column) // 8):
        cell = data[row * 8 + 8 : row * 8 + 16]
        if cell != EMPTY:
            drawn = _cell(cell, inks) or _crowded(data[row * 8 : row * 8 + 24], inks)
            chars[y + row][x], styles[y + row][x] = drawn


def paint_shades(
    canvas: Canvas, x: int, y: int, column: bytes | bytearray, shades: Sequence[str], thin: str = "─"
) -> None:
    """The same without colour: whole cells, each in the fill character of the ink that takes most of it.

    Bands of less than half a row become lines of `thin` where nothing thicker stands.
    """
    start = 0
    lines = []
    for ink, group in groupby(column):
        size = len(list(group))
        if ink and size < 4:
            lines.append((2 * start + size) // 16)
        start += size
    data = bytes(column)
    for row in range(len(data) // 8):
        cell = data[row * 8 : row * 8 + 8]
        if cell.count(0) <= 4 and cell != EMPTY:
            ink = max(set(cell) - {0}, key=lambda one: (cell.count(one), one))
            canvas.put(x, y + row, shades[ink], PLAIN)
        elif row in lines:
            canvas.put(x, y + row, thin, PLAIN)


def paint_dots(
    canvas: Canvas,
    x: int,
    y: int,
    column: bytes | bytearray,
    inks: tuple[str | None, ...],
    patterns: Sequence[int] | None = None,
) -> None:
    """The same in braille, to a quarter of a row: a cell takes the ink that fills most of it.

    `patterns` has for each ink the dots it may use (bits as in Unicode), so that inks differ without colour too.
    """
    data = bytes(column)
    allowed = tuple(patterns) if patterns is not None else None
    chars, styles = canvas.chars, canvas.styles
    for row in range(len(data) // 8):
        cell = data[row * 8 : row * 8 + 8]
        if cell != EMPTY:
            chars[y + row][x], styles[y + row][x] = _dots(cell, inks, allowed)


_DOT_ROWS = (0x09, 0x12, 0x24, 0xC0)


@lru_cache(maxsize=4096)
def _dots(cell: bytes, inks: tuple[str | None, ...], patterns: tuple[int, ...] | None) -> tuple[str, Style]:
    """The dots of eight eighths, in the ink that most of them have."""
    mask = 0
    for row, bits in enumerate(_DOT_ROWS):
        ink = cell[2 * row] or cell[2 * row + 1]
        if ink:
            mask |= bits & (patterns[ink] if patterns else 0xFF)
    if not mask:  # a thin band between the dots of its pattern must not vanish
        mask = next(bits for row, bits in enumerate(_DOT_ROWS) if any(cell[2 * row : 2 * row + 2])) & 0x47
    most = max(set(cell) - {0}, key=lambda one: (cell.count(one), one))
    return chr(0x2800 + mask), PLAIN if patterns else style(inks[most])


@lru_cache(maxsize=4096)
def _cell(cell: bytes, inks: tuple[str | None, ...]) -> tuple[str, Style] | None:
    """A cell that can be drawn well without looking at its neighbours: one or two inks, or a band within one."""
    runs = [(ink, len(list(group))) for ink, group in groupby(cell)]
    if len(runs) == 1:
        # A blank on a background, not a full block: many terminals leave a seam between blocks of two rows.
        return " ", style(None, inks[cell[0]])
    if len(runs) == 2:
        return _halves(runs[0][1], inks[runs[0][0]], inks[runs[1][0]])
    if len(runs) == 3 and runs[0][0] == runs[2][0]:
        (outer, over), (inner, size), (_, under) = runs
        if size <= 3 and over > 1 and under > 1:
            return "─" if size == 1 else "━", style(inks[inner] or "ground", inks[outer])
        if over < under:
            return _halves(size, inks[inner], inks[outer])
        return _halves(8 - size, inks[outer], inks[inner])
    return None


def _halves(split: int, upper: str | None, lower: str | None) -> tuple[str, Style]:
    """A cell divided `split` eighths from its top. Where no glyph has the upper part, the lower one is drawn."""
    if upper is None:
        return LOWER[8 - split], style(lower)
    return LOWER[8 - split], style(lower or "ground", upper)


@lru_cache(maxsize=4096)
def _crowded(context: bytes, inks: tuple[str | None, ...]) -> tuple[str, Style]:
    """The middle cell of three, which holds more bands than it can show: the drawing that falsifies least.

    Every eighth in a wrong ink counts. A band that is lost or grows counts in proportion to its thickness besides: so a
    thin band stays, and the edge of a thick one, which its other cells show, gives way.
    """
    cell = context[8:16]
    thickness: dict[int, int] = {}
    start = 0
    for ink, group in groupby(context):
        end = start + len(list(group))
        if ink and start < 16 and end > 8:
            thickness[ink] = max(thickness.get(ink, 0), end - start)
        start = end

    def falsehood(drawn: bytes) -> float:
        cost = float(sum(a != b for a, b in zip(cell, drawn, strict=True)))
        for ink, size in thickness.items():
            true, shown = cell.count(ink), drawn.count(ink)
            cost += 8 * true / size if not shown else 3 * max(0, shown - true) / size
            if shown and size < 8:
                cost += 0.3 * abs(cell.index(ink) + cell.rindex(ink) - drawn.index(ink) - drawn.rindex(ink))
        return cost

    best, split, upper, lower = min(
        (falsehood(bytes([upper]) * split + bytes([lower]) * (8 - split)), split, upper, lower)
        for upper in set(cell)
        for lower in set(cell)
        if upper != lower
        for split in range(1, 8)
    )
    lines = [
        (falsehood(bytes([around]) * 3 + bytes([ink]) * size + bytes([around]) * (5 - size)), ink, around, size)
        for ink, size in thickness.items()
        if size <= 3
        for around in set(cell)
        if around != ink
    ]
    if lines and min(lines)[0] < best:
        _, ink, around, size = min(lines)
        return "─" if size == 1 else "━", style(inks[ink], inks[around])
    return _halves(split, inks[upper], inks[lower])


def bar_text(eighths: int) -> str:
    """A bar to the right of so many eighths of a cell."""
    full, rest = divmod(max(0, eighths), 8)
    return "█" * full + (LEFT[rest] if rest else "")
