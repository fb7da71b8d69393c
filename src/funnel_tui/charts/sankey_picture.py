"""The Sankey's ribbons and bars as columns of eighths: which of them is where, and in which ink it is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from .sankey_layout import Layout, Ribbon

Path = tuple[str, ...]
"""A node (one id) or a link (source and target), as in `Place.path`."""

NODE_ROLES: Mapping[str, str] = {
    "seeking": "text",
    "articles": "selfserve",
    "bot": "selfserve",
    "team": "human",
    "article_resolved": "selfserve",
    "bot_resolved": "selfserve",
    "team_resolved": "human",
    "closed_unanswered": "warn",
    "in_progress": "muted",
    "pending": "muted",
}

INKS = (
    None,
    *("text", "selfserve", "human", "warn", "muted"),
    *("muted-soft", "selfserve-soft", "human-soft", "warn-soft", "muted-soft"),
    *("track", "muted-soft"),
)
"""A node's ink, its ribbon's, and those of ribbons and nodes that stand back behind the selected ones."""
SHADES = (" ", *"█████", *"░▓▒█░", *"·│")
ASCII_SHADES = (" ", *"|||||", *".#=!.", *"'|")
PATTERNS = (0, *(0xFF,) * 5, *(0x21, 0x7D, 0x95, 0xFF, 0x21), *(0x04, 0x47))
"""The same in braille dots."""
SOFT = 5
"""From a node's ink to its ribbon's."""
_BACK = 11

_SLIT, _CLEFT = 2, 4
"""Eighths of a row that are closed between two ribbons, and between two of one target, which run together anyway."""
_STEADY = 5
"""Columns over which a gap must be narrow to be closed."""

MOST = 250
"""Bars and ribbons in all: each has a byte of its own in the columns."""


def ink(node: str) -> int:
    return INKS.index(NODE_ROLES.get(node, "text"))


@dataclass(frozen=True, slots=True)
class Picture:
    """Columns of eighths, from the left edge to the last bars."""

    parts: list[bytearray]
    """Which part is where: 0 is nothing, otherwise one more than its index in `paths`."""
    inks: list[bytearray]
    paths: tuple[Path, ...]


def picture(layout: Layout, xs: Sequence[int], width: int, rows: int, *, whole_cells: bool, selected: Path) -> Picture:
    """Large ribbons first, so that small ones stay visible where they cross; the selected ones before all others.

    `xs` are the columns of the stages. `whole_cells` is for drawing without the border between two colours in a cell.
    """
    paths: list[Path] = [(ribbon.source, ribbon.target) for ribbon in layout.ribbons]
    paths += [(bar.id,) for bar in layout.bars]
    front = _in_front(paths, selected)
    parts = [bytearray(rows * 8) for _ in range(width)]
    numbered = sorted(
        enumerate(layout.ribbons, 1), key=lambda r: (bool(selected) and front[r[0] - 1], -r[1].size, -r[1].value)
    )
    for number, ribbon in numbered:
        _lay(ribbon, number, parts, xs, whole_cells=whole_cells)
    table = bytearray(256)
    for number, path in enumerate(paths, 1):
        own = ink(path[-1]) + (SOFT if len(path) > 1 else 0)
        table[number] = own if front[number - 1] else _BACK + (len(path) == 1)
    inks = [column.translate(table) for column in parts]
    if not whole_cells:
        _close_slits(inks)
        _level(inks)
    for number, bar in enumerate(layout.bars, len(layout.ribbons) + 1):
        _fill(parts[xs[bar.stage]], bar.top, max(1, bar.size), number)
        _fill(inks[xs[bar.stage]], bar.top, max(1, bar.size), table[number])
    return Picture(parts, inks, tuple(paths))


def _in_front(paths: Sequence[Path], selected: Path) -> list[bool]:
    """What keeps its colour: the selected part and all that touches it; everything where nothing is selected."""
    if selected not in paths:
        return [True] * len(paths)
    if len(selected) > 1:
        return [path == selected or (len(path) == 1 and path[0] in selected) for path in paths]
    links = [path for path in paths if len(path) > 1 and selected[0] in path]
    near = {node for link in links for node in link} | {selected[0]}
    return [path in links if len(path) > 1 else path[0] in near for path in paths]


def _lay(ribbon: Ribbon, number: int, columns: Sequence[bytearray], xs: Sequence[int], *, whole_cells: bool) -> None:
    size = max(1, ribbon.size)
    for stage, top, following in zip(ribbon.stages, ribbon.tops, ribbon.tops[1:], strict=False):
        start, end = xs[stage], xs[stage + 1]
        for x in range(start, end + 1):
            t = (x - start) / (end - start)
            y = round(top + (following - top) * t * t * (3 - 2 * t))
            _fill(columns[x], y if whole_cells else _clear(y, size), size, number)


def _clear(top: int, size: int) -> int:
    """The nearest place where a thin ribbon shows as thick as it is: no cell has an edge above and one below it."""
    above, below = top % 8, (top + size) % 8
    if size > 6 or not above or not below or above + size > 8:
        return top
    return top - above if above <= 8 - below else top + 8 - below


def _close_slits(columns: Sequence[bytearray]) -> None:
    """Ribbons that nearly touch do: a gap of an eighth or two would be drawn as a dash here and there."""
    slits = [_slits(column) for column in columns]
    closed = [
        (x, slit)
        for x, found in enumerate(slits)
        for slit in found
        if _reach(columns, slits, x, slit, -1) + _reach(columns, slits, x, slit, 1) >= _STEADY
    ]
    for x, (start, end) in closed:
        columns[x][start:end] = columns[x][start - 1 : start] * (end - start)


def _level(columns: Sequence[bytearray]) -> None:
    """Closes gaps of one column, where rounding lets two ribbons part again."""
    for before, column, after in zip(columns, columns[1:], columns[2:], strict=False):
        for y, here in enumerate(column):
            if not here and before[y] and after[y]:
                column[y] = before[y]


def _slits(column: bytearray) -> list[tuple[int, int]]:
    """The narrow gaps between two ribbons, as `[start, end)`."""
    found = []
    start = before = 0
    for here, group in groupby(bytes(column)):
        end = start + len(list(group))
        if not here and before and end < len(column):
            widest = _CLEFT if column[end] == before else _SLIT
            if end - start <= widest:
                found.append((start, end))
        start, before = end, here
    return found


def _reach(
    columns: Sequence[bytearray], slits: Sequence[Sequence[tuple[int, int]]], x: int, slit: tuple[int, int], step: int
) -> int:
    """Over how many columns a slit goes on to one side; far, where it ends in ribbons that touch."""
    for far in range(_STEADY):
        x += step
        if not 0 <= x < len(columns):
            return _STEADY
        following = next((s for s in slits[x] if s[0] <= slit[1] and s[1] >= slit[0]), None)
        if following is None:
            return _STEADY if all(columns[x][slit[0] : slit[1]]) else far
        slit = following
    return _STEADY


def _fill(column: bytearray, top: int, size: int, number: int) -> None:
    top = max(0, min(top, len(column) - size))
    column[top : top + size] = bytes([number]) * size
