"""Stacked columns: who resolved how much, month by month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from funnel_tui.model.values import Unit

from .axes import YAxis, draw_y_axis, y_axis
from .blocks import paint, paint_shades
from .cells import MARKED, Canvas, Line, cell_width, style
from .format import NOT_AVAILABLE, format_count, format_plain, format_short
from .hits import Area, Hits
from .scales import Scale, nice_scale

_SHADES = ("█", "▒", "▓", "░")
_ASCII_SHADES = ("#", "=", "%", ".")


def stacked_columns(
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    width: int,
    height: int,
    *,
    notes: Sequence[str] = (),
    partial_last: bool = False,
    unit: Unit = Unit.COUNT,
    ascii: bool = False,
    mono: bool = False,
    marked: tuple[int, str] | None = None,
) -> tuple[Line, ...]:
    """One column a label, the series (role -> values) stacked from the bottom in the order given.

    None is not zero: the column shows what is known and says `n/a`. Where `partial_last` says that the last period
    still runs, its column is paler and its label ends in `so far` (`…` if that does not fit). `notes` stand below the
    labels, in the colour of the first series, where there are rows for them. Where the width does not hold all columns
    the newest show. `marked` is the part (index, role) under the cursor: it keeps its colour, the others are paler.
    """
    canvas = Canvas(width, height)
    totals = [sum(v[i] or 0.0 for v in series.values()) for i in range(len(labels))]
    if not labels or not series:
        canvas.write(0, max(0, height // 2), "no data yet", style("muted"))
        return canvas.lines()
    if width < 4 or height < 3:
        canvas.write(0, 0, f"{labels[-1]} {format_plain(totals[-1], unit)}", style("text"))
        return canvas.lines()
    plan = _plan(labels, series, width, height, notes, unit)
    header, grid, left = plan.header, plan.grid, plan.left
    if left:
        draw_y_axis(canvas, plan.axis, header, ascii=ascii)
    inks = (None, *(ink for role in series for ink in (role, f"{role}-soft")))
    shades = (" ", *(shade for shade in (_ASCII_SHADES if ascii else _SHADES) for _ in range(2)))
    tops = []
    for index in range(grid.first, len(labels)):
        parts = [values[index] for values in series.values()]
        running = partial_last and index == len(labels) - 1
        pale = [running if marked is None else marked != (index, role) for role in series]
        column = _column(parts, plan.scale.top, plan.rows, pale)
        tops.append(header + (column.count(0)) // 8 - 1)
        for x in range(grid.x(index), grid.x(index) + grid.bar):
            if ascii or mono:
                paint_shades(canvas, x, header, column, shades)
            else:
                paint(canvas, x, header, column, inks)
    missing = [any(values[i] is None for values in series.values()) for i in range(len(labels))]
    _values(canvas, grid, tops, totals, missing)
    so_far = f"{labels[-1]} so far"
    if cell_width(so_far) >= grid.pitch:
        so_far = labels[-1] + ("~" if ascii else "…")
    names = [*labels[:-1], so_far if partial_last else labels[-1]]
    _labels(canvas, grid, names, left, height - plan.footer, at=marked[0] if marked else None)
    if plan.footer > 1:
        _labels(canvas, grid, notes, left, height - 1, next(iter(series)))
    return canvas.lines()


def column_hits(
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    width: int,
    height: int,
    *,
    notes: Sequence[str] = (),
    unit: Unit = Unit.COUNT,
) -> Hits[tuple[int, str]]:
    """Where the parts (index, role) of the same chart stand, from the oldest column shown on, each from the bottom."""
    if not labels or not series or width < 4 or height < 3:
        return Hits()
    plan = _plan(labels, series, width, height, notes, unit)
    areas = []
    for index in range(plan.grid.first, len(labels)):
        column = _column(
            [values[index] for values in series.values()], plan.scale.top, plan.rows, [False] * len(series)
        )
        bottom = plan.rows
        for number, role in enumerate(series):
            eighths = column.count(1 + 2 * number)
            if eighths and bottom:
                # Of a cell that two parts share the lower one is shown in the lower half.
                top = min(bottom - 1, round((column.index(1 + 2 * number)) / 8))
                areas.append(((index, role), Area(plan.grid.x(index), plan.header + top, plan.grid.bar, bottom - top)))
                bottom = top
    return Hits(areas)


@dataclass(frozen=True, slots=True)
class _Plan:
    header: int
    footer: int
    rows: int
    scale: Scale
    axis: YAxis
    left: int
    grid: "_Grid"


def _plan(
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    width: int,
    height: int,
    notes: Sequence[str],
    unit: Unit,
) -> _Plan:
    highest = max(sum(values[i] or 0.0 for values in series.values()) for i in range(len(labels)))
    header = 1 if height >= 5 else 0
    footer = 2 if any(notes) and height >= 7 else 1
    rows = height - footer - header
    scale = nice_scale(highest, rows, unit)
    axis = y_axis(scale, unit, rows)
    left = axis.width if width - axis.width >= 8 else 0
    return _Plan(header, footer, rows, scale, axis, left, _grid(len(labels), left, width))


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the columns stand: all as wide and as far apart as the others."""

    first: int
    count: int
    left: int
    pitch: int
    bar: int

    def x(self, index: int) -> int:
        return self.left + (index - self.first) * self.pitch

    def middle(self, index: int, size: int) -> int:
        """Where a text of `size` cells starts to stand over the column's middle."""
        return self.x(index) + (self.bar - size) // 2


def _grid(count: int, left: int, width: int) -> _Grid:
    room = width - left
    shown = min(count, max(1, (room + 1) // 2))
    pitch = min(16, max(1, (room + 1) // shown))
    gap = 0 if pitch < 2 else max(1, round(pitch * 0.3))
    return _Grid(count - shown, count, left + (room + gap - pitch * shown) // 2, pitch, pitch - gap)


def _column(parts: Sequence[float | None], top: float, rows: int, pale: Sequence[bool]) -> bytearray:
    """The parts in eighths, bottom up; what is above zero shows. `pale` says it of each part."""
    size = rows * 8
    column = bytearray(size)
    bottom, known = size, 0.0
    for number, value in enumerate(parts):
        if value is not None and value > 0:
            known += value
            upper = max(0, min(size - round(known / top * size), bottom - 1))
            column[upper:bottom] = bytes([1 + 2 * number + pale[number]]) * (bottom - upper)
            bottom = upper
    return column


def _values(canvas: Canvas, grid: _Grid, tops: Sequence[int], totals: Sequence[float], missing: Sequence[bool]) -> None:
    """Totals above the columns in the longest form that fits all, else above the newest and the highest only."""
    indices = list(range(grid.first, grid.count))
    forms = (format_count, format_short)
    form = next((f for f in forms if all(len(f(totals[i])) < grid.pitch for i in indices)), None)
    if form is None:
        full = [i for i in indices if not missing[i]]
        best = max(full, key=lambda i: (totals[i], i), default=indices[-1])
        newest = indices[-1]
        indices = [newest] if newest - best < 2 else [best, newest]
        form = format_short
    for index in range(grid.first, grid.count):
        y = tops[index - grid.first]
        if y < 0 or not (index in indices or missing[index]):
            continue
        text = form(totals[index])
        if missing[index]:
            both = f"{format_short(totals[index])}+{NOT_AVAILABLE}"
            text = both if totals[index] and len(both) < grid.pitch else NOT_AVAILABLE
            text = text if len(text) < grid.pitch else "?"
        x = max(0, min(grid.middle(index, len(text)), canvas.width - len(text)))
        canvas.write(x, y, text, style("muted" if missing[index] else "text"))


def _labels(
    canvas: Canvas,
    grid: _Grid,
    labels: Sequence[str],
    left: int,
    y: int,
    role: str = "muted",
    at: int | None = None,
) -> None:
    """Every label, or every second, third ... counted from the newest, so that none touch; that of `at` marked."""
    widest = max((cell_width(label) for label in labels[grid.first : -1]), default=0)
    step = max(1, -(-(widest + 1) // grid.pitch))
    end = canvas.width
    for index in range(grid.count - 1, grid.first - 1, -step):
        size = cell_width(labels[index])
        x = min(max(left, grid.middle(index, size)), end - size)
        if x >= left:
            canvas.write(x, y, labels[index], MARKED if index == at else style(role))
            end = x - 1
