"""Stacked columns: who resolved how much, month by month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from funnel_tui.model.values import Unit

from .axes import YAxis, draw_y_axis, y_axis
from .blocks import paint, paint_dots, paint_shades
from .cells import MARKED, Canvas, Line, cell_width, style
from .format import NOT_AVAILABLE, format_count, format_plain, format_short
from .glyphs import Glyphs, choose, seven_bit
from .hits import Area, Hits
from .scales import Scale, nice_scale

_SHADES = ("█", "▒", "▓", "░")
_ASCII_SHADES = ("#", "=", "%", ".")
_PATTERNS = (0xFF, 0x95, 0x7D, 0x21)
_T = TypeVar("_T")

Part = tuple[int, str]
"""(index of the label, role of the series)."""


def stacked_columns(
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    width: int,
    height: int,
    *,
    notes: Sequence[str] = (),
    partial_last: bool = False,
    previous: Sequence[float | None] = (),
    marked: int | Part | None = None,
    unit: Unit = Unit.COUNT,
    glyphs: Glyphs | None = None,
    ascii: bool = False,
    mono: bool = False,
) -> tuple[Line, ...]:
    """One column a label, the series (role -> values) stacked from the bottom in the order given.

    None is not zero: the column shows what is known and says `n/a`. Where `partial_last` says that the last period
    still runs, its column is paler and its label ends in `so far` (`…` if that does not fit). `notes` stand below the
    labels, in the colour of the first series, where there are rows for them. `previous` are totals of the compared
    period, each a `◂` beside its column. Where the width does not hold all columns the newest show, or those from the
    `marked` one on, whose label is marked; of a marked part (index, role) the other parts are paler.
    """
    chosen = choose(glyphs, ascii, "block")
    canvas = Canvas(width, height)
    totals = _totals(labels, series)
    at = marked[0] if isinstance(marked, tuple) else marked
    plan = _plan(labels, series, width, height, notes=notes, previous=previous, marked=at, unit=unit)
    if not labels or not series:
        canvas.write(0, max(0, height // 2), "no data yet", style("muted"))
        return seven_bit(canvas.lines()) if chosen == "ascii" else canvas.lines()
    if plan is None:
        index = len(labels) - 1 if at is None or not 0 <= at < len(labels) else at
        canvas.write(0, 0, f"{labels[index]} {format_plain(totals[index], unit)}", style("text"))
        return seven_bit(canvas.lines()) if chosen == "ascii" else canvas.lines()
    grid = plan.grid
    if plan.left:
        draw_y_axis(canvas, plan.axis, plan.header, ascii=chosen == "ascii")
    tops = []
    for index in grid.shown:
        parts = [values[index] for values in series.values()]
        runs = partial_last and index == len(labels) - 1
        pale = [marked != (index, role) if isinstance(marked, tuple) else runs for role in series]
        column = _column(parts, plan.scale.top, plan.rows, pale)
        tops.append(plan.header + (column.count(0)) // 8 - 1)
        _paint(canvas, grid.x(index), plan.header, column, series, chosen, mono=mono)
        _widen(canvas, grid.x(index), grid.bar, plan.header, column)
    missing = [any(values[i] is None for values in series.values()) for i in range(len(labels))]
    _values(canvas, grid, tops, totals, missing)
    _before(canvas, plan, previous)
    running = f"{labels[-1]} so far"
    if cell_width(running) >= grid.pitch:
        running = labels[-1] + ("~" if chosen == "ascii" else "…")
    names = [*labels[:-1], running if partial_last else labels[-1]]
    _labels(canvas, grid, names, plan.left, height - plan.footer, marked=at)
    if plan.footer > 1:
        _labels(canvas, grid, notes, plan.left, height - 1, next(iter(series)))
    return seven_bit(canvas.lines()) if chosen == "ascii" else canvas.lines()


def column_hits(
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    width: int,
    height: int,
    *,
    notes: Sequence[str] = (),
    previous: Sequence[float | None] = (),
    marked: int | Part | None = None,
    unit: Unit = Unit.COUNT,
) -> Hits[Part]:
    """Where the parts of the same chart stand, from the oldest column shown on, each from the bottom."""
    at = marked[0] if isinstance(marked, tuple) else marked
    plan = _plan(labels, series, width, height, notes=notes, previous=previous, marked=at, unit=unit)
    if plan is None:
        return Hits()
    areas = []
    for index in plan.grid.shown:
        parts = [values[index] for values in series.values()]
        column = _column(parts, plan.scale.top, plan.rows, [False] * len(series))
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
class _Grid:
    """Where the columns stand: all as wide and as far apart as the others."""

    first: int
    count: int
    """One more than the last that shows."""
    left: int
    pitch: int
    bar: int

    @property
    def shown(self) -> range:
        return range(self.first, self.count)

    def x(self, index: int) -> int:
        return self.left + (index - self.first) * self.pitch

    def middle(self, index: int, size: int) -> int:
        """Where a text of `size` cells starts to stand over the column's middle."""
        return self.x(index) + (self.bar - size) // 2


@dataclass(frozen=True, slots=True)
class _Plan:
    grid: _Grid
    scale: Scale
    axis: YAxis
    header: int
    footer: int
    rows: int
    left: int


def _totals(labels: Sequence[str], series: Mapping[str, Sequence[float | None]]) -> list[float]:
    return [sum(values[index] or 0.0 for values in series.values()) for index in range(len(labels))]


def _plan(
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    width: int,
    height: int,
    *,
    notes: Sequence[str],
    previous: Sequence[float | None],
    marked: int | None,
    unit: Unit,
) -> _Plan | None:
    """None where there is nothing to draw or no room for it."""
    if not labels or not series or width < 4 or height < 3:
        return None
    header = 1 if height >= 5 else 0
    footer = 2 if any(notes) and height >= 7 else 1
    rows = height - footer - header
    scale = nice_scale(max([*_totals(labels, series), *(value or 0.0 for value in previous)]), rows, unit)
    axis = y_axis(scale, unit, rows)
    left = axis.width if width - axis.width >= 8 else 0
    return _Plan(_grid(len(labels), left, width, marked), scale, axis, header, footer, rows, left)


def _grid(count: int, left: int, width: int, marked: int | None) -> _Grid:
    room = width - left
    shown = min(count, max(1, (room + 1) // 2))
    pitch = min(16, max(1, (room + 1) // shown))
    gap = 0 if pitch < 2 else max(1, round(pitch * 0.3))
    first = count - shown
    if marked is not None and 0 <= marked < first:
        first = marked
    return _Grid(first, first + shown, left + (room + gap - pitch * shown) // 2, pitch, pitch - gap)


def _paint(
    canvas: Canvas,
    x: int,
    y: int,
    column: bytearray,
    roles: Mapping[str, object],
    glyphs: Glyphs,
    *,
    mono: bool,
) -> None:
    inks = (None, *(ink for role in roles for ink in (role, f"{role}-soft")))
    if glyphs == "braille":
        paint_dots(canvas, x, y, column, inks, _twice(_PATTERNS, len(roles), 0) if mono else None)
    elif glyphs == "ascii" or mono:
        paint_shades(canvas, x, y, column, _twice(_ASCII_SHADES if glyphs == "ascii" else _SHADES, len(roles), " "))
    else:
        paint(canvas, x, y, column, inks)


def _widen(canvas: Canvas, x: int, width: int, y: int, column: bytearray) -> None:
    """Repeat what was drawn in a column in those to its right."""
    for row in range(column.count(0) // 8, len(column) // 8):
        char, look = canvas.chars[y + row][x], canvas.styles[y + row][x]
        for other in range(x + 1, min(x + width, canvas.width)):
            canvas.chars[y + row][other], canvas.styles[y + row][other] = char, look


def _twice(fills: Sequence[_T], count: int, empty: _T) -> tuple[_T, ...]:
    """A fill for each series, the same one where it is pale."""
    return (empty, *(fills[index % len(fills)] for index in range(count) for _ in range(2)))


def _before(canvas: Canvas, plan: _Plan, previous: Sequence[float | None]) -> None:
    """How high each column was in the compared period, beside it."""
    for index in plan.grid.shown:
        value = previous[index] if index < len(previous) else None
        if value is None:
            continue
        row = plan.rows - 1 - min(plan.rows - 1, int(value / plan.scale.top * plan.rows))
        x = min(plan.grid.x(index) + plan.grid.bar, canvas.width - 1)
        if plan.grid.pitch > plan.grid.bar:
            canvas.put(x, plan.header + row, "◂", style("muted"))


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
    indices = list(grid.shown)
    forms = (format_count, format_short)
    form = next((f for f in forms if all(len(f(totals[i])) < grid.pitch for i in indices)), None)
    if form is None:
        full = [i for i in indices if not missing[i]]
        best = max(full, key=lambda i: (totals[i], i), default=indices[-1])
        newest = indices[-1]
        indices = [newest] if newest - best < 2 else [best, newest]
        form = format_short
    for index in grid.shown:
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
    *,
    marked: int | None = None,
) -> None:
    """Every label, or every second, third ... counted from the newest, so that none touch; the marked one always."""
    widest = max((cell_width(label) for label in labels[grid.first : grid.count - 1]), default=0)
    step = max(1, -(-(widest + 1) // grid.pitch))
    taken: list[tuple[int, int]] = []
    shown = list(range(grid.count - 1, grid.first - 1, -step))
    if marked is not None and marked in grid.shown:
        shown = [marked, *(index for index in shown if index != marked)]
    for index in shown:
        size = cell_width(labels[index])
        x = min(max(left, grid.middle(index, size)), canvas.width - size)
        if x >= left and all(x + size < start or x > end for start, end in taken):
            canvas.write(x, y, labels[index], MARKED if index == marked else style(role))
            taken.append((x, x + size))
