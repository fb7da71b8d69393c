"""The vertical axis of a chart: tick labels on the left and faint lines behind the data."""

from dataclasses import dataclass

from funnel_tui.model.values import Unit

from .cells import Canvas, style
from .format import format_axis
from .scales import Scale


@dataclass(frozen=True, slots=True)
class YAxis:
    labels: tuple[tuple[int, str], ...]
    """(row from the top of the plot, text). The value stands on the lower edge of its row."""
    rows: int
    width: int
    """Cells to the left of the plot, with one of space."""


def y_axis(scale: Scale, unit: Unit, rows: int) -> YAxis:
    """A label for every tick within the rows; the top edge of the plot has no row above it and no label."""
    ticks = range((rows - 1) // scale.every + 1)
    labels = tuple(
        (rows - 1 - tick * scale.every, format_axis(tick * scale.step, unit) if tick else "0") for tick in ticks
    )
    return YAxis(labels, rows, max((len(text) for _, text in labels), default=0) + 1)


def draw_y_axis(
    canvas: Canvas, axis: YAxis, top: int, *, right: int | None = None, ascii: bool = False, role: str = "muted"
) -> None:
    """Labels right-aligned in the margin and a faint line behind the plot for every tick but zero."""
    end = canvas.width if right is None else right
    for row, text in axis.labels:
        canvas.write(0, top + row, f"{text:>{axis.width - 1}}", style(role))
        if row < axis.rows - 1:
            for x in range(axis.width, end, 2):
                canvas.put(x, top + row, "_" if ascii else "▁", style("track"))
