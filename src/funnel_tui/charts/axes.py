"""The vertical axis of a chart: tick labels on the left and faint lines behind the data."""

from dataclasses import dataclass

from funnel_tui.model.values import Unit

from .cells import Canvas, style
from .format import format_axis
from .scales import Scale


@dataclass(frozen=True, slots=True)
class YAxis:
    labels: tuple[tuple[int, str], ...]
    """(row from the top of the plot, text)"""
    rows: int
    width: int
    """Cells to the left of the plot, with one of space."""


def row_of(value: float, top: float, rows: int) -> int:
    """The row (0 is the top one) on whose lower edge `value` would stand."""
    return max(0, min(rows - 1, rows - 1 - round(value / top * rows - 1e-9)))


def y_axis(scale: Scale, unit: Unit, rows: int) -> YAxis:
    """Labels for the ticks that get a row of their own; zero stands on the last row."""
    labels: dict[int, str] = {}
    for tick in scale.ticks:
        # A tick's line is the lower edge of the row above it; zero alone has no row below and takes the last one.
        row = rows - 1 if tick == 0 else rows - round(tick / scale.top * rows)
        row = max(0, min(rows - 1, row))
        if row not in labels and (tick == 0 or row < rows - 1):
            labels[row] = "0" if tick == 0 else format_axis(tick, unit)
    width = max((len(text) for text in labels.values()), default=0) + 1
    return YAxis(tuple(sorted(labels.items())), rows, width)


def draw_y_axis(canvas: Canvas, axis: YAxis, top: int, *, right: int | None = None, ascii: bool = False) -> None:
    """Labels right-aligned in the margin and a faint line behind the plot for every tick but zero."""
    end = canvas.width if right is None else right
    for row, text in axis.labels:
        canvas.write(0, top + row, f"{text:>{axis.width - 1}}", style("muted"))
        if row < axis.rows - 1:
            for x in range(axis.width, end):
                canvas.put(x, top + row, "." if ascii else "┈", style("track"))
