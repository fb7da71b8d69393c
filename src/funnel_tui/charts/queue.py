"""The last hours of the waiting line against what is usual at the same hour of the week."""

import math
from collections.abc import Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

from funnel_tui.model.values import QueuePoint, Unit

from .axes import draw_y_axis, y_axis
from .blocks import paint
from .cells import Canvas, Line, cell_width, style
from .format import HOUR, format_count
from .scales import hour_ticks, nice_scale

_INKS = (None, "track", "human-soft", "human")
_USUAL, _WAITING, _ABOVE = 1, 2, 3


def queue_chart(
    points: Sequence[QueuePoint],
    width: int,
    height: int,
    zone: ZoneInfo,
    *,
    span: int = 24 * HOUR,
    ascii: bool = False,
    mono: bool = False,
) -> tuple[Line, ...]:
    """How many waited over the last `span` seconds up to the last point.

    The part of the line above the usual is bright, the part within it pale; what the usual exceeds the line is a grey
    ground. A column is the mean of its time, the last one is the last point, with its value beside it. Times without
    points stay empty.
    """
    canvas = Canvas(width, height)
    if not points:
        canvas.write(0, max(0, height // 2), "no queue history yet", style("muted"))
        return canvas.lines()
    if width < 8 or height < 2:
        canvas.write(0, 0, f"{points[-1].waiting} now", style("human"))
        return canvas.lines()
    now = f" {points[-1].waiting} now" if width >= 40 else ""
    rows = height - 1
    highest = max(max(p.waiting for p in points), max((p.usual for p in points if p.usual is not None), default=0.0))
    scale = nice_scale(highest, rows)
    axis = y_axis(scale, Unit.COUNT, rows)
    right = width - cell_width(now)
    left = axis.width if right - axis.width >= 4 else 0
    end = points[-1].at
    start = end - span
    if left:
        draw_y_axis(canvas, axis, 0, right=right, ascii=ascii)
    waiting, usual = _columns(points, right - left, start, end)
    for x, (now_waiting, now_usual) in enumerate(zip(waiting, usual, strict=True)):
        if now_waiting is not None:
            units = (round(now_waiting / scale.top * rows * 8), round((now_usual or 0.0) / scale.top * rows * 8))
            if ascii or mono:
                _plain_column(canvas, left + x, rows, *units, ascii=ascii)
            else:
                paint(canvas, left + x, 0, _column(rows, *units, known=now_usual is not None), _INKS)
    if now:
        level = math.ceil(points[-1].waiting / scale.top * rows - 0.25)
        canvas.write(right, max(0, min(rows - 1, rows - level)), now, style("human", bold=True))
    _time_axis(canvas, left, right, rows, start, end, zone)
    return canvas.lines()


def _columns(
    points: Sequence[QueuePoint], columns: int, start: int, end: int
) -> tuple[list[float | None], list[float | None]]:
    """Mean waiting and usual of each column's time; a column between two points close by takes the earlier one."""
    groups: list[list[QueuePoint]] = [[] for _ in range(columns)]
    span = max(1, end - start)
    inside = [p for p in points if p.at > start]
    gaps = sorted(b.at - a.at for a, b in pairwise(inside))
    patience = 2 * gaps[len(gaps) // 2] if gaps else 0
    for point in inside:
        groups[min(columns - 1, max(0, -(-(point.at - start) * columns // span) - 1))].append(point)
    waiting: list[float | None] = []
    usual: list[float | None] = []
    last: QueuePoint | None = None
    for column, group in enumerate(groups):
        if group:
            last = group[-1]
            known = [p.usual for p in group if p.usual is not None]
            waiting.append(sum(p.waiting for p in group) / len(group))
            usual.append(sum(known) / len(known) if known else None)
        elif last is not None and start + (column + 1) * span / columns - last.at <= patience:
            waiting.append(float(last.waiting))
            usual.append(last.usual)
        else:
            waiting.append(None)
            usual.append(None)
    if columns and waiting[-1] is not None:
        waiting[-1] = float(points[-1].waiting)
    return waiting, usual


def _column(rows: int, waiting: int, usual: int, *, known: bool) -> bytearray:
    column = bytearray(rows * 8)
    size = rows * 8
    if usual > waiting:
        column[size - usual : size - waiting] = bytes([_USUAL]) * (usual - waiting)
    within = min(waiting, usual) if known else waiting
    if within:
        column[size - within :] = bytes([_WAITING]) * within
    if waiting > within:
        column[size - waiting : size - within] = bytes([_ABOVE]) * (waiting - within)
    return column


def _plain_column(canvas: Canvas, x: int, rows: int, waiting: int, usual: int, *, ascii: bool) -> None:
    """Without colour: full for waiting above the usual, shaded for waiting within it, dots for the usual unfilled."""
    for row in range(rows):
        middle = (rows - 1 - row) * 8 + 4
        if middle <= waiting:
            canvas.put(x, row, ("#" if ascii else "█") if middle > usual else ("=" if ascii else "▓"), style())
        elif middle <= usual:
            canvas.put(x, row, "." if ascii else "░", style())
    if 0 < waiting < 4:
        canvas.put(x, rows - 1, "_" if ascii else "▂", style())


def _time_axis(canvas: Canvas, left: int, right: int, y: int, start: int, end: int, zone: ZoneInfo) -> None:
    columns = right - left
    every = next(
        (hours for hours in (3, 6, 12) if columns * hours * HOUR / max(1, end - start) >= 8),
        24,
    )
    free = 0
    for tick in hour_ticks(start, end, zone, every):
        x = left + round((tick.at - start) / max(1, end - start) * columns) - 2
        if x >= max(free, left) and x + 5 <= canvas.width:
            free = canvas.write(x, y, tick.label, style("muted")) + 1


def describe_queue(points: Sequence[QueuePoint]) -> str:
    """One sentence for a screen reader or a plain report."""
    if not points:
        return "no queue history yet"
    last = points[-1]
    most = max(p.waiting for p in points)
    usual = "" if last.usual is None else f", usual {format_count(last.usual)}"
    return f"{format_count(last.waiting)} waiting now{usual}, at most {format_count(most)} in the last 24 h"
