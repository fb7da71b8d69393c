"""Where a line chart's axes, plot, names and points stand: the drawing and the mouse go by the same frame."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from funnel_tui.model.values import Unit

from .axes import YAxis, y_axis
from .cells import cell_width
from .format import format_plain
from .hits import Area
from .scales import Scale, nice_scale

Band = Sequence[tuple[float, float] | None]
"""(low, high) for each point: what is usual there."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A series with a name of its own."""

    name: str
    values: Sequence[float | None]
    role: str
    unit: Unit = Unit.COUNT

    @property
    def last(self) -> tuple[int, float] | None:
        """The last known value and where it stands."""
        return next(
            (
                (i, v)
                for i, v in zip(range(len(self.values) - 1, -1, -1), reversed(self.values), strict=True)
                if v is not None
            ),
            None,
        )

    @property
    def ending(self) -> str:
        """What stands at the line's end: its name and last value."""
        last = self.last
        return f"{self.name} {format_plain(last[1], self.unit)}" if last else f"{self.name} n/a"


@dataclass(frozen=True, slots=True)
class Data:
    """All that is drawn."""

    count: int
    first: Curve
    second: Curve | None = None
    shared: bool = False
    compare: Sequence[float | None] = ()
    target: float | None = None
    band: Band = ()

    @property
    def values(self) -> list[float]:
        """What the first scale must hold."""
        series = [self.first.values, self.compare, [edge for pair in self.band if pair for edge in pair]]
        if self.second is not None and self.shared:
            series.append(self.second.values)
        known = [value for values in series for value in values if value is not None and math.isfinite(value)]
        return [*known, self.target] if self.target is not None and known else known

    @property
    def known(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self.values) or (self.second is not None and self.second.last is not None)

    @property
    def curves(self) -> tuple[Curve, ...]:
        return (self.first,) if self.second is None else (self.first, self.second)


@dataclass(frozen=True, slots=True)
class Frame:
    left: int
    columns: int
    top: int
    """1 where a row with the curves' names stands above the plot."""
    rows: int
    count: int
    axis: YAxis
    scale: Scale
    right_axis: YAxis | None = None
    """The second curve's, where it has a scale of its own."""
    right_scale: Scale | None = None
    ends: int = 0
    """Cells for the names at the lines' ends."""
    areas: dict[int, Area] = field(default_factory=dict)

    @property
    def right(self) -> int:
        return self.left + self.columns

    def cell(self, index: int) -> int:
        """The column of the canvas in which a point stands."""
        return self.left + place(index, self.count, self.columns * 2) // 2

    def row(self, value: float, *, second: bool = False) -> int:
        """The row of the canvas in which a value stands."""
        scale = self.right_scale if second and self.right_scale else self.scale
        return self.top + level(value, scale.top, self.rows)


def place(index: int, count: int, size: int) -> int:
    """Where a point of `count` stands among `size` places."""
    return 0 if count <= 1 else round(index * (size - 1) / (count - 1))


def level(value: float, top: float, size: int) -> int:
    """The dot or row, of `size` from the top, that holds the value."""
    return max(0, min(size - 1, size - 1 - int(value / top * size)))


WIDE = 64
"""From here on the curves' names stand at their ends, below it in a row above the plot."""


def frame(data: Data, width: int, height: int) -> Frame | None:
    """None where there is no room for a chart, or nothing to draw."""
    if width < 8 or height < 3 or not data.count or not data.known:
        return None
    named = any(curve.name for curve in data.curves)
    own = data.second is not None and not data.shared and any(v is not None for v in data.second.values)
    ends = 0
    if named and width >= WIDE:
        ends = min(width // 4, 2 + max(cell_width(curve.ending) for curve in data.curves))
    top = 1 if height >= 5 and named and (own or not ends) else 0
    rows = height - 1 - top
    scale = nice_scale(max(data.values, default=0.0), rows, data.first.unit)
    axis = y_axis(scale, data.first.unit, rows)
    right_scale = right_axis = None
    if own and data.second is not None:
        right_scale = nice_scale(max(v for v in data.second.values if v is not None), rows, data.second.unit)
        right_axis = y_axis(right_scale, data.second.unit, rows)
    right = right_axis.width if right_axis else 0
    left = axis.width
    if width - left - right - ends < 6:
        left = right = ends = 0
        right_axis = None
    columns = width - left - right - ends
    made = Frame(left, columns, top, rows, data.count, axis, scale, right_axis, right_scale, ends)
    made.areas.update(_areas(made))
    return made


def _areas(frame: Frame) -> dict[int, Area]:
    """For each point the columns that are nearer to it than to any other; at least the one it stands in."""
    cells = [frame.cell(index) for index in range(frame.count)]
    areas = {}
    for index, cell in enumerate(cells):
        before = cells[index - 1] if index else None
        after = cells[index + 1] if index + 1 < len(cells) else None
        start = frame.left if before is None else min(cell, (before + cell) // 2 + 1)
        end = frame.right if after is None else max(cell + 1, (cell + after) // 2 + 1)
        areas[index] = Area(start, frame.top, end - start, frame.rows)
    return areas
