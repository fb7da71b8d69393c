"""Metrics over time, large: what is usual behind the line, the compared period dashed, a second metric beside it."""

import math
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from funnel_tui.model.values import Unit

from .axes import draw_y_axis
from .blocks import paint
from .braille import Dots
from .cells import MARKED, Canvas, Line, cell_width, style
from .format import format_plain
from .glyphs import Glyphs, choose, seven_bit
from .hits import Hits
from .line_frame import Band, Curve, Data, Frame, frame, level, place
from .scales import moment_label, point_labels

_SAMPLES: dict[Glyphs, tuple[str, str]] = {"braille": ("⠤⠤", "⠄⠄"), "block": ("▄▄", "▖▖"), "ascii": ("**", "++")}
"""How the first and the second curve look, for the row with their names."""


def line_chart(
    starts: Sequence[int],
    values: Sequence[float | None],
    width: int,
    height: int,
    zone: ZoneInfo,
    *,
    unit: Unit = Unit.COUNT,
    role: str = "text",
    name: str = "",
    compare: Sequence[float | None] = (),
    target: float | None = None,
    band: Band = (),
    second: Curve | None = None,
    shared: bool = False,
    marked: int | None = None,
    labels: Sequence[str] | None = None,
    glyphs: Glyphs | None = None,
    ascii: bool = False,
    mono: bool = False,
) -> tuple[Line, ...]:
    """A line through `values`, one for each of `starts` (UTC epoch seconds), over a zero baseline.

    `compare` holds the compared period's values, first beside first, dashed; `target` is a level; `band` is the usual
    range behind the line. `second` is another metric, dotted, with an axis of its own on the right or, if `shared`, on
    the same one. Names stand at the lines' ends, or above the plot where it is narrow. The point `marked` shows its
    moment and values. None interrupts a line. `labels` replaces the dates.
    """
    chosen = choose(glyphs, ascii, "braille")
    canvas = Canvas(width, height)
    data = _data(starts, values, unit, role, name, compare, target, band, second, shared)
    plan = frame(data, width, height)
    if not data.known or not starts:
        canvas.write(0, max(0, height // 2), "no values in this period", style("muted"))
    elif plan is None:
        last = data.first.last
        canvas.write(0, 0, format_plain(last[1] if last else None, unit), style(role))
    else:
        _draw(canvas, data, plan, chosen, mono=mono)
        words = tuple(labels) if labels is not None else point_labels(starts, zone)
        spot = None
        if marked is not None and 0 <= marked < len(starts):
            text = words[marked] if labels is not None else moment_label(starts, marked, zone)
            spot = _mark(canvas, data, plan, marked, text, chosen)
        _labels(canvas, plan, words, spot)
    return seven_bit(canvas.lines()) if chosen == "ascii" else canvas.lines()


def line_hits(
    starts: Sequence[int],
    values: Sequence[float | None],
    width: int,
    height: int,
    *,
    unit: Unit = Unit.COUNT,
    name: str = "",
    compare: Sequence[float | None] = (),
    target: float | None = None,
    band: Band = (),
    second: Curve | None = None,
    shared: bool = False,
) -> Hits[int]:
    """Which point's columns are where on `line_chart` of the same data and size; the keys are indexes of `values`."""
    plan = frame(_data(starts, values, unit, "text", name, compare, target, band, second, shared), width, height)
    return Hits() if plan is None else Hits((i, a) for i, a in plan.areas.items() if i < len(starts))


def _data(
    starts: Sequence[int],
    values: Sequence[float | None],
    unit: Unit,
    role: str,
    name: str,
    compare: Sequence[float | None],
    target: float | None,
    band: Band,
    second: Curve | None,
    shared: bool,
) -> Data:
    count = max(len(starts), len(compare)) if starts else 0
    return Data(count, Curve(name, values, role, unit), second, shared, compare, target, band)


def _draw(canvas: Canvas, data: Data, plan: Frame, glyphs: Glyphs, *, mono: bool) -> None:
    plain = glyphs == "ascii"
    if plan.left:
        ink = data.first.role if plan.right_axis else "muted"
        draw_y_axis(canvas, plan.axis, plan.top, right=plan.right, ascii=plain, role=ink)
    if plan.right_axis is not None and data.second is not None:
        for row, text in plan.right_axis.labels:
            canvas.write(plan.right + 1, plan.top + row, text, style(data.second.role))
    _band(canvas, data, plan, glyphs, mono=mono)
    if plain:
        _plain_lines(canvas, data, plan)
    else:
        _dot_lines(canvas, data, plan, Dots(plan.columns, plan.rows, quarters=glyphs == "block"))
    if plan.top:
        _names(canvas, data, plan, glyphs)
    if plan.ends:
        _ends(canvas, data, plan)


def _dot_lines(canvas: Canvas, data: Data, plan: Frame, dots: Dots) -> None:
    wide, tall = plan.columns * 2, plan.rows * dots.tall
    if data.target is not None:
        y = level(data.target, plan.scale.top, tall)
        dots.segment(0, y, wide - 1, y, "warn", dashed=True)
    dots.polyline(_places(data.compare, plan.count, wide, tall, plan.scale.top), "muted", dashed=True)
    if data.second is not None:
        scale = plan.right_scale or plan.scale
        points = _places(data.second.values, plan.count, wide, tall, scale.top)
        dots.polyline(points, data.second.role, dotted=True)
    dots.polyline(_places(data.first.values, plan.count, wide, tall, plan.scale.top), data.first.role)
    dots.draw(canvas, plan.left, plan.top)


def _places(
    values: Sequence[float | None], count: int, width: int, height: int, top: float
) -> list[tuple[int, int] | None]:
    """Where the values stand. More than two values a dot are thinned to the lowest and highest of each dot."""
    places: list[tuple[int, int] | None] = []
    for index, value in enumerate(values):
        if value is None or not math.isfinite(value):
            places.append(None)
            continue
        point = (place(index, count, width), level(value, top, height))
        if len(places) >= 2 and point in places[-2:]:
            continue
        places.append(point)
    return places


def _plain_lines(canvas: Canvas, data: Data, plan: Frame) -> None:
    if data.target is not None:
        for x in range(plan.left, plan.right):
            canvas.put(x, plan.row(data.target), "-", style("warn"))
    series = [(data.compare, "o", "muted", False), (data.first.values, "*", data.first.role, False)]
    if data.second is not None:
        series.insert(1, (data.second.values, "+", data.second.role, True))
    for values, char, role, second in series:
        for index, value in enumerate(values):
            if value is not None and math.isfinite(value):
                canvas.put(plan.cell(index), plan.row(value, second=second), char, style(role))


def _band(canvas: Canvas, data: Data, plan: Frame, glyphs: Glyphs, *, mono: bool) -> None:
    """The usual range as a ground, between two points as wide as a straight line makes it."""
    known = [(plan.cell(index), pair) for index, pair in enumerate(data.band[: plan.count]) if pair is not None]
    size = plan.rows * 8
    for (x0, (low0, high0)), (x1, (low1, high1)) in zip(known, known[1:] or known, strict=False):
        for x in range(x0, x1 + 1):
            share = (x - x0) / (x1 - x0) if x1 > x0 else 0.0
            low, high = low0 + (low1 - low0) * share, high0 + (high1 - high0) * share
            upper = max(0, min(size - 1, size - round(high / plan.scale.top * size)))
            lower = max(upper + 1, min(size, size - round(low / plan.scale.top * size)))
            if mono or glyphs == "ascii":
                for row in range(upper // 8, -(-lower // 8)):
                    canvas.put(x, plan.top + row, ":" if glyphs == "ascii" else "░", style("track"))
            else:
                column = bytes(upper) + bytes([1]) * (lower - upper) + bytes(size - lower)
                paint(canvas, x, plan.top, column, (None, "track"))


def _names(canvas: Canvas, data: Data, plan: Frame, glyphs: Glyphs) -> None:
    """A row above the plot: how each curve looks, what it is called and which axis is its own."""
    x = plan.left
    sides = (" (left)", " (right)") if plan.right_axis is not None else ("", "")
    for curve, sample, side in zip(data.curves, _SAMPLES[glyphs], sides, strict=False):
        x = canvas.write(x, 0, sample, style(curve.role))
        x = canvas.write(x, 0, f" {curve.name}{side}", style("muted")) + 3


def _ends(canvas: Canvas, data: Data, plan: Frame) -> None:
    """Name and last value beside each line's end, not on the same row."""
    rows: list[int] = []
    x = canvas.width - plan.ends + 2
    for number, curve in enumerate(data.curves):
        last = curve.last
        row = plan.row(last[1] if last else 0.0, second=bool(number))
        if row in rows:
            row += 1 if row + 1 < plan.top + plan.rows else -1
        rows.append(row)
        canvas.write(x, row, curve.ending, style(curve.role))


def _mark(canvas: Canvas, data: Data, plan: Frame, index: int, text: str, glyphs: Glyphs) -> tuple[int, int]:
    """The point's column, its values beside the lines and its moment below. Returns the cells that the moment takes."""
    x = plan.cell(index)
    for y in range(plan.top, plan.top + plan.rows):
        if canvas.chars[y][x] in " ▁_░:":
            canvas.put(x, y, "|" if glyphs == "ascii" else "│", style("muted", canvas.styles[y][x].bg))
    used: list[int] = []
    for number, curve in enumerate(data.curves):
        value = curve.values[index] if index < len(curve.values) else None
        if value is None or not math.isfinite(value):
            continue
        y = plan.row(value, second=bool(number))
        canvas.put(x, y, "@" if glyphs == "ascii" else "●", style(curve.role, canvas.styles[y][x].bg, True))
        words = f" {format_plain(value, curve.unit)} "
        while y in used:
            y += 1 if y + 1 < plan.top + plan.rows else -1
        used.append(y)
        left = x + 2 if x + 2 + cell_width(words) <= plan.right else x - 1 - cell_width(words)
        if left >= plan.left:
            canvas.write(left, y, words, MARKED)
    room = min(cell_width(text) + 2, canvas.width)
    start = max(0, min(x - room // 2, canvas.width - room))
    canvas.write(start, plan.top + plan.rows, f" {text} ", MARKED, width=room)
    return start, start + room


def _labels(canvas: Canvas, plan: Frame, labels: Sequence[str], taken: tuple[int, int] | None) -> None:
    """As many labels as fit without touching, each beginning under its point."""
    widest = max(cell_width(label) for label in labels)
    step = max(1, math.ceil((widest + 2) * max(1, plan.count - 1) / max(1, plan.columns - 1)))
    for index in range(0, len(labels), step):
        x, size = plan.cell(index), cell_width(labels[index])
        if taken is not None and x - 1 < taken[1] and x + size + 1 > taken[0]:
            continue
        if not index or x + size <= canvas.width:
            canvas.write(x, plan.top + plan.rows, labels[index], style("muted"))
