"""The last hours of the waiting line against what is usual at the same hour of the week."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

from funnel_tui.model.values import QueuePoint, Unit

from .axes import YAxis, draw_y_axis, y_axis
from .blocks import paint, paint_dots
from .cells import MARKED, Canvas, Line, cell_width, style
from .format import HOUR, format_count, format_number
from .glyphs import Glyphs, choose, seven_bit
from .hits import Area, Hits
from .scales import Scale, hour_ticks, moment_words, nice_scale

_INKS = (None, "track", "human-soft", "human")
_PATTERNS = (0, 0x21, 0x95, 0xFF)
_USUAL, _WAITING, _ABOVE = 1, 2, 3


def queue_chart(
    points: Sequence[QueuePoint],
    width: int,
    height: int,
    zone: ZoneInfo,
    *,
    span: int = 24 * HOUR,
    marked: int | None = None,
    glyphs: Glyphs | None = None,
    ascii: bool = False,
    mono: bool = False,
) -> tuple[Line, ...]:
    """How many waited over the last `span` seconds up to the last point.

    The part of the line above the usual is bright, the part within it pale; what the usual exceeds the line is a grey
    ground. A column is the longest of its time, the last one is the last point, with its value beside it. Times without
    points stay empty. The column of the moment `marked` (UTC epoch seconds) says its time and value.
    """
    chosen = choose(glyphs, ascii, "block")
    canvas = Canvas(width, height)
    plan = _plan(points, width, height, span)
    if not points:
        canvas.write(0, max(0, height // 2), "no queue history yet", style("muted"))
    elif plan is None:
        canvas.write(0, 0, f"{points[-1].waiting} now", style("human"))
    else:
        _draw(canvas, points, plan, zone, marked, chosen, mono=mono)
    return seven_bit(canvas.lines()) if chosen == "ascii" else canvas.lines()


def queue_hits(points: Sequence[QueuePoint], width: int, height: int, *, span: int = 24 * HOUR) -> Hits[int]:
    """Where the moments stand on `queue_chart` of the same points and size: a key is the end of a column's time."""
    plan = _plan(points, width, height, span)
    if plan is None:
        return Hits()
    return Hits((plan.moment(x), Area(plan.left + x, 0, 1, plan.rows)) for x in range(plan.columns))


@dataclass(frozen=True, slots=True)
class _Plan:
    scale: Scale
    axis: YAxis
    rows: int
    left: int
    right: int
    start: int
    end: int
    now: str
    """The last value, beside the plot."""

    @property
    def columns(self) -> int:
        return self.right - self.left

    @property
    def length(self) -> float:
        """Seconds of a column."""
        return max(1.0, (self.end - self.start) / self.columns)

    @property
    def first(self) -> int:
        """The number of the first column. Columns begin at multiples of their length: what was drawn once stays as it
        is while time goes on, until it leaves on the left."""
        return math.ceil(self.end / self.length) - self.columns

    @property
    def begin(self) -> float:
        return self.first * self.length

    def moment(self, column: int) -> int:
        return min(self.end, int((self.first + column + 1) * self.length))

    def column(self, moment: int) -> int:
        """The column whose time holds a moment."""
        return max(0, min(self.columns - 1, math.ceil(moment / self.length) - 1 - self.first))


def _plan(points: Sequence[QueuePoint], width: int, height: int, span: int) -> _Plan | None:
    """None where there is nothing to draw or no room for it."""
    if not points or width < 8 or height < 2:
        return None
    now = f" {points[-1].waiting} now" if width >= 40 else ""
    rows = height - 1
    highest = max(max(p.waiting for p in points), max((p.usual for p in points if p.usual is not None), default=0.0))
    scale = nice_scale(highest, rows)
    axis = y_axis(scale, Unit.COUNT, rows)
    right = width - cell_width(now)
    left = axis.width if right - axis.width >= 4 else 0
    end = points[-1].at
    return _Plan(scale, axis, rows, left, right, end - span, end, now)


def _draw(
    canvas: Canvas,
    points: Sequence[QueuePoint],
    plan: _Plan,
    zone: ZoneInfo,
    marked: int | None,
    glyphs: Glyphs,
    *,
    mono: bool,
) -> None:
    rows, left, top = plan.rows, plan.left, plan.scale.top
    if left:
        draw_y_axis(canvas, plan.axis, 0, right=plan.right, ascii=glyphs == "ascii")
    waiting, usual = _columns(points, plan)
    for x, (now_waiting, now_usual) in enumerate(zip(waiting, usual, strict=True)):
        if now_waiting is None:
            continue
        units = (round(now_waiting / top * rows * 8), round((now_usual or 0.0) / top * rows * 8))
        if glyphs == "ascii" or (mono and glyphs == "block"):
            _plain_column(canvas, left + x, rows, *units, ascii=glyphs == "ascii")
            continue
        column = _column(rows, *units, known=now_usual is not None)
        if glyphs == "braille":
            paint_dots(canvas, left + x, 0, column, _INKS, _PATTERNS if mono else None)
        else:
            paint(canvas, left + x, 0, column, _INKS)
    if plan.now:
        level = math.ceil(points[-1].waiting / top * rows - 0.25)
        canvas.write(plan.right, max(0, min(rows - 1, rows - level)), plan.now, style("human", bold=True))
    taken = None
    if marked is not None and plan.start < marked <= plan.end:
        taken = _mark(canvas, plan, plan.column(marked), marked, waiting, zone)
    _time_axis(canvas, plan, rows, zone, taken)


def _mark(
    canvas: Canvas, plan: _Plan, column: int, moment: int, waiting: Sequence[float | None], zone: ZoneInfo
) -> tuple[int, int]:
    """The column the other way round, its time and value below. Returns the cells that these take."""
    x, value = plan.left + column, waiting[column]
    for y in range(plan.rows):
        canvas.put(x, y, "│", MARKED)
    known = "n/a" if value is None else format_number(value) if value % 1 else format_count(value)
    text = f" {moment_words(moment, zone).rpartition(' ')[2]} · {known} "
    size = min(cell_width(text), canvas.width)
    start = max(0, min(x - size // 2, canvas.width - size))
    canvas.write(start, plan.rows, text, MARKED, width=size)
    return start, start + size


def _columns(points: Sequence[QueuePoint], plan: _Plan) -> tuple[list[float | None], list[float | None]]:
    """The longest queue and the mean usual of each column's time; a column between two points close by takes the
    earlier one. The longest, not the mean: a peak that was seen must not sink when the window gets narrower."""
    groups: list[list[QueuePoint]] = [[] for _ in range(plan.columns)]
    inside = [p for p in points if p.at > plan.begin]
    gaps = sorted(b.at - a.at for a, b in pairwise(inside))
    patience = 2 * gaps[len(gaps) // 2] if gaps else 0
    for point in inside:
        groups[plan.column(point.at)].append(point)
    waiting: list[float | None] = []
    usual: list[float | None] = []
    last: QueuePoint | None = None
    for column, group in enumerate(groups):
        if group:
            last = group[-1]
            known = [p.usual for p in group if p.usual is not None]
            waiting.append(float(max(p.waiting for p in group)))
            usual.append(sum(known) / len(known) if known else None)
        elif last is not None and plan.moment(column) - last.at <= patience:
            waiting.append(float(last.waiting))
            usual.append(last.usual)
        else:
            waiting.append(None)
            usual.append(None)
    if plan.columns and waiting[-1] is not None:
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


def _time_axis(canvas: Canvas, plan: _Plan, y: int, zone: ZoneInfo, taken: tuple[int, int] | None) -> None:
    every = next((hours for hours in (3, 6, 12) if hours * HOUR / plan.length >= 8), 24)
    free = 0
    for tick in hour_ticks(int(plan.begin), plan.end, zone, every):
        x = plan.left + round((tick.at - plan.begin) / plan.length) - 2
        if taken is not None and x <= taken[1] and x + 5 >= taken[0]:
            continue
        if x >= max(free, plan.left) and x + 5 <= canvas.width:
            free = canvas.write(x, y, tick.label, style("muted")) + 1
