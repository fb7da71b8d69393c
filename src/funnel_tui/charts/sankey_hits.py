"""What stands where on the Sankey, and what is beside it, for the mouse and the cursor."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from .hits import Area, Hits
from .sankey_layout import Layout
from .sankey_picture import Path, Picture

Direction = Literal["left", "right", "up", "down"]


class SankeyHits(Hits[Path]):
    """Nodes and links by cell. The area of a node is its bar, that of a link one cell in the middle of what shows of
    it; a link that is hidden behind others has none, but the cursor still reaches it."""

    __slots__ = ("_grid", "_labels", "_links", "_nodes")

    def __init__(self, areas: dict[Path, Area], grid: list[list[Path | None]], layout: Layout | None) -> None:
        super().__init__(areas.items())
        self._grid = grid
        self._labels: list[tuple[Path, Area]] = []
        self._nodes: list[list[Path]] = []
        self._links: list[tuple[Path, int, int, int]] = []
        """(path, value, top where it leaves, top where it arrives)"""
        if layout is None:
            self._nodes = [list(areas)]
            return
        last = layout.stages - 1
        self._nodes = [
            [(bar.id,) for bar in layout.bars if bar.stage < last],
            [(bar.id,) for bar in layout.bars if bar.stage == last],
        ]
        self._links = [((r.source, r.target), r.value, r.tops[0], r.tops[-1]) for r in layout.ribbons]

    @classmethod
    def of_rows(cls, paths: Sequence[Path], width: int) -> "SankeyHits":
        """For the list: a row a node."""
        areas = {path: Area(0, y, width) for y, path in enumerate(paths)}
        return cls(areas, [[path] * width for path in paths], None)

    @classmethod
    def of_picture(cls, layout: Layout, drawn: Picture) -> "SankeyHits":
        """For the picture, whose first row is the header."""
        rows = len(drawn.parts[0]) // 8 if drawn.parts else 0
        grid: list[list[Path | None]] = [[None] * len(drawn.parts) for _ in range(rows + 1)]
        cells: dict[Path, list[tuple[int, int]]] = {}
        nodes = {number for number, path in enumerate(drawn.paths, 1) if len(path) == 1}
        for x, column in enumerate(drawn.parts):
            for row in range(rows):
                number = _most(bytes(column[8 * row : 8 * row + 8]), nodes)
                if number:
                    path = drawn.paths[number - 1]
                    grid[row + 1][x] = path
                    cells.setdefault(path, []).append((x, row + 1))
        areas: dict[Path, Area] = {}
        for bar in layout.bars:
            own = cells.get((bar.id,), [])
            if own:
                areas[bar.id,] = Area(own[0][0], own[0][1], 1, len(own))
            out = sorted((r for r in layout.ribbons if r.source == bar.id), key=lambda r: r.tops[0])
            for ribbon in out:
                shown = cells.get((ribbon.source, ribbon.target))
                if shown:
                    areas[ribbon.source, ribbon.target] = Area(*shown[len(shown) // 2])
        return cls(areas, grid, layout)

    def add_label(self, path: Path, area: Area) -> None:
        """Cells beside the picture that belong to a node too."""
        self._labels.append((path, area))

    def at(self, x: int, y: int) -> Path | None:
        if 0 <= y < len(self._grid) and 0 <= x < len(self._grid[y]) and self._grid[y][x]:
            return self._grid[y][x]
        return next((path for path, area in self._labels if area.holds(x, y)), None)

    def move(self, path: Path | None, direction: Direction) -> Path | None:
        """What lies in that direction, or the same where nothing does; from nowhere, the first node.

        Right of a node is its largest link onwards, right of a link its target, and the other way round. Up and down
        go among the links that leave the same node, among the stages, or among the ends.
        """
        nodes = [node for group in self._nodes for node in group]
        links = {link[0]: link for link in self._links}
        if not path or (path not in nodes and path not in links):
            return nodes[0] if nodes else None
        if direction in ("up", "down"):
            by = -1 if direction == "up" else 1
            if path in links:
                row = [k[0] for k in sorted(self._links, key=lambda k: k[2]) if k[0][0] == path[0]]
            else:
                row = next(group for group in self._nodes if path in group)
            return row[max(0, min(len(row) - 1, row.index(path) + by))]
        forward = direction == "right"
        if path in links:
            return (path[1 if forward else 0],)
        beyond = [link for link in self._links if link[0][0 if forward else 1] == path[0]]
        return max(beyond, key=lambda link: (link[1], -link[2]))[0] if beyond else path


def _most(cell: bytes, nodes: set[int]) -> int:
    """The part that fills most of a cell, a node before a link; 0 for none."""
    first = cell[0]
    if cell.count(first) == 8:
        return first
    counts = Counter(cell)
    del counts[0]
    return max(counts, key=lambda number: (number in nodes, counts[number], number), default=0)
