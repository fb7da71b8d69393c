"""The queue's length over a stretch of time as the track of a scrubber: where one is, and where one may go."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from funnel_tui.model.boards import Track

from .blocks import paint
from .cells import MARKED, Canvas, Line, cell_width, style
from .format import format_count
from .glyphs import LEVELS, Glyphs, choose, seven_bit
from .scales import moment_words, time_labels


def track_chart(
    track: Track,
    width: int,
    height: int,
    zone: ZoneInfo,
    *,
    at: int | None = None,
    waiting: int | None = None,
    role: str = "human",
    glyphs: Glyphs | None = None,
    mono: bool = False,
) -> tuple[Line, ...]:
    """The curve over the whole width, each column the longest queue of its time, and below it the hours or days.

    `at` (UTC epoch seconds) is the position: its column is marked, its moment stands below, and the queue then where
    `waiting` tells it: the curve has it at its own points only. With one row only the curve. `mono` draws the part
    after the position in other characters, not only paler.
    """
    chosen = choose(glyphs, False, "block")
    canvas = Canvas(width, height)
    if not track.waiting or width < 1 or height < 1:
        canvas.write(0, 0, "no queue history here", style("muted"))
        return seven_bit(canvas.lines()) if chosen == "ascii" else canvas.lines()
    rows = max(1, height - 1)
    here = None if at is None else column_of(track, width, at)
    values = [_longest(track, width, x) for x in range(width)]
    top = max(*track.waiting, 1)
    for x, value in enumerate(values):
        later = here is not None and x > here
        _column(canvas, x, rows, value, top, f"{role}-soft" if later else role, chosen, later=later and mono)
    if here is not None:
        for y in range(rows):
            canvas.put(here, y, canvas.chars[y][here] if rows == 1 else "│", MARKED)
    if height > 1:
        taken = _position(canvas, at, waiting, here, zone) if at is not None and here is not None else None
        for x, text in time_labels(track.start, track.end, width, zone):
            if taken is None or x + cell_width(text) < taken[0] or x > taken[1]:
                canvas.write(x, height - 1, text, style("muted"))
    return seven_bit(canvas.lines()) if chosen == "ascii" else canvas.lines()


def moment_at(track: Track, width: int, x: int) -> int:
    """The moment (UTC epoch seconds) of a column: the first its start, the last its end; beyond them the nearest."""
    if width <= 1:
        return track.end
    return track.start + round(max(0, min(width - 1, x)) * (track.end - track.start) / (width - 1))


def column_of(track: Track, width: int, at: int) -> int:
    """The column of a moment."""
    span = track.end - track.start
    if width <= 1 or span <= 0:
        return max(0, width - 1)
    return max(0, min(width - 1, round((at - track.start) * (width - 1) / span)))


def _longest(track: Track, width: int, x: int) -> int:
    """The longest queue of a column's time, or the nearest known one where columns are finer than the points."""
    last = len(track.waiting) - 1
    if width <= 1:
        return max(track.waiting)
    low, high = (max(0.0, min(width - 1.0, edge)) * last / (width - 1) for edge in (x - 0.5, x + 0.5))
    first = -int(-low // 1)
    inside: Sequence[int] = track.waiting[first : int(high) + 1]
    return max(inside) if inside else track.waiting[round(x * last / (width - 1))]


def _column(canvas: Canvas, x: int, rows: int, value: int, top: int, role: str, glyphs: Glyphs, *, later: bool) -> None:
    size = max(1, round(value / top * rows * 8)) if value > 0 else 0
    if not size:
        canvas.put(x, rows - 1, "_" if glyphs == "ascii" else "▁", style("track"))
        return
    if glyphs == "block" and not later:
        paint(canvas, x, 0, bytes(rows * 8 - size) + bytes([1]) * size, (None, role))
        return
    levels = LEVELS[glyphs if glyphs != "block" else "braille"]
    for row in range(-(-size // 8)):
        part = min(8, size - 8 * row)
        if later:
            char = ":" if glyphs == "ascii" else "░" if part > 4 or row == 0 else " "
        else:
            char = levels[part] if glyphs == "braille" or rows == 1 else "#" if part >= 4 or row == 0 else " "
        if char != " ":
            canvas.put(x, rows - 1 - row, char, style(role))


def _position(canvas: Canvas, at: int, waiting: int | None, here: int, zone: ZoneInfo) -> tuple[int, int]:
    """The moment and the queue's length then, under the marked column. Returns the cells that it takes."""
    text = f" {moment_words(at, zone)} "
    if waiting is not None:
        text += f"· {format_count(waiting)} waiting "
    if cell_width(text) > canvas.width:
        text = f" {moment_words(at, zone)} "
    size = min(canvas.width, cell_width(text))
    start = max(0, min(here - size // 2, canvas.width - size))
    canvas.write(start, canvas.height - 1, text, MARKED, width=size)
    return start, start + size
