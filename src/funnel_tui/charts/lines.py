"""One metric over time, large: the zoomed view, with the compared period as a dashed line."""

import math
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from funnel_tui.model.values import Unit

from .axes import draw_y_axis, y_axis
from .braille import Dots
from .cells import Canvas, Line, cell_width, style
from .format import format_plain
from .scales import date_labels, nice_scale


def line_chart(
    starts: Sequence[int],
    values: Sequence[float | None],
    width: int,
    height: int,
    zone: ZoneInfo,
    *,
    unit: Unit = Unit.COUNT,
    role: str = "text",
    compare: Sequence[float | None] = (),
    target: float | None = None,
    labels: Sequence[str] | None = None,
    ascii: bool = False,
) -> tuple[Line, ...]:
    """A line through `values`, one for each of `starts` (UTC epoch seconds of the days), over a zero baseline.

    `compare` holds the compared period's values, first beside first; `target` is a level. None interrupts a line.
    `labels` replaces the dates.
    """
    canvas = Canvas(width, height)
    known = [v for v in (*values, *compare) if v is not None]
    if not known or not starts:
        canvas.write(0, max(0, height // 2), "no values in this period", style("muted"))
        return canvas.lines()
    if width < 8 or height < 3:
        last = next((v for v in reversed(values) if v is not None), None)
        canvas.write(0, 0, format_plain(last, unit), style(role))
        return canvas.lines()
    rows = height - 1
    scale = nice_scale(max(*known, target or 0.0), rows, unit)
    axis = y_axis(scale, unit, rows)
    left = axis.width if width - axis.width >= 6 else 0
    if left:
        draw_y_axis(canvas, axis, 0, ascii=ascii)
    columns = width - left
    count = max(len(starts), len(compare))
    if ascii:
        _plain_lines(canvas, left, columns, rows, scale.top, values, compare, count, role)
    else:
        dots = Dots(columns, rows)
        if target is not None:
            y = _level(target, scale.top, rows * 4)
            dots.segment(0, y, columns * 2 - 1, y, "warn", dashed=True)
        dots.polyline(_places(compare, count, columns * 2, rows * 4, scale.top), "muted", dashed=True)
        dots.polyline(_places(values, count, columns * 2, rows * 4, scale.top), role)
        dots.draw(canvas, left, 0)
    _labels(canvas, left, columns, rows, labels or date_labels(starts, zone), count)
    return canvas.lines()


def _level(value: float, top: float, size: int) -> int:
    """The dot or row, of `size` from the top, that holds the value."""
    return max(0, min(size - 1, size - 1 - int(value / top * size)))


def _column(index: int, count: int, size: int) -> int:
    return 0 if count <= 1 else round(index * (size - 1) / (count - 1))


def _places(
    values: Sequence[float | None], count: int, width: int, height: int, top: float
) -> list[tuple[int, int] | None]:
    """Where the values stand. More than two values a dot are thinned to the lowest and highest of each dot."""
    places: list[tuple[int, int] | None] = []
    for index, value in enumerate(values):
        if value is None or not math.isfinite(value):
            places.append(None)
            continue
        place = (_column(index, count, width), _level(value, top, height))
        if len(places) >= 2 and place in places[-2:]:
            continue
        places.append(place)
    return places


def _plain_lines(
    canvas: Canvas,
    left: int,
    columns: int,
    rows: int,
    top: float,
    values: Sequence[float | None],
    compare: Sequence[float | None],
    count: int,
    role: str,
) -> None:
    for series, char, look in ((compare, "o", "muted"), (values, "*", role)):
        for index, value in enumerate(series):
            if value is not None:
                canvas.put(left + _column(index, count, columns), _level(value, top, rows), char, style(look))


def _labels(canvas: Canvas, left: int, columns: int, y: int, labels: Sequence[str], count: int) -> None:
    """As many labels as fit without touching, each beginning under its point."""
    widest = max(cell_width(label) for label in labels)
    step = max(1, math.ceil((widest + 2) * max(1, count - 1) / max(1, columns - 1)))
    for index in range(0, len(labels), step):
        x = left + _column(index, count, columns)
        if not index or x + cell_width(labels[index]) <= canvas.width:
            canvas.write(x, y, labels[index], style("muted"))
