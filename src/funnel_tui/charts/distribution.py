"""How times (or scores) are spread: a bar a bucket, the target as a line in words, then and now."""

from dataclasses import dataclass

from funnel_tui.model.boards import Distribution

from .bars import hbar_parts
from .blocks import paint
from .buckets import Part, Range, bucket_label, fit, kept, part_of
from .cells import MARKED, Canvas, Line, cell_width, style
from .distribution_words import summary, target_words, verdict_role
from .format import format_count, format_share
from .glyphs import LEVELS, Glyphs, choose, seven_bit
from .hits import Area, Hits

_SENTENCE = "no values in this period"
_LEAST = 8


def distribution_chart(
    spread: Distribution,
    width: int,
    height: int,
    *,
    role: str = "human",
    marked: Range | None = None,
    vertical: bool = False,
    glyphs: Glyphs | None = None,
) -> tuple[Line, ...]:
    """A bar for each bucket with its share and count, rows (or, `vertical`, columns) in the order of the values.

    The target is a line between its buckets that says what was within it and what is expected; buckets within it wear
    `✓` and the role, those beyond it are paler, or amber where the target is missed. Median and p90 are named at their
    buckets, the previous period's shares are dim ticks. Neighbours are merged where the buckets do not fit, never
    across the target. Below 8 columns a sentence.
    """
    chosen = choose(glyphs, False, "block")
    canvas = Canvas(width, height)
    if not spread.n or not spread.buckets:
        canvas.write(0, max(0, (height - 1) // 2), _SENTENCE, style("muted"))
    elif width < _LEAST or height < 1:
        canvas.write(0, 0, summary(spread, 0, width), style(role))
    elif vertical and height >= 4:
        _draw_columns(canvas, spread, _columns(spread, width, height), role, marked, chosen)
    else:
        _draw_rows(canvas, spread, _rows(spread, height), role, marked, chosen)
    return seven_bit(canvas.lines()) if chosen == "ascii" else canvas.lines()


def distribution_hits(spread: Distribution, width: int, height: int, *, vertical: bool = False) -> Hits[Range]:
    """Where the buckets stand. A key is the range of values behind the bar: what `Place.between` takes."""
    if not spread.n or not spread.buckets or width < _LEAST or height < 1:
        return Hits()
    if vertical and height >= 4:
        plan = _columns(spread, width, height)
        return Hits((part.range, Area(plan.x(i), plan.top, plan.pitch, height)) for i, part in enumerate(plan.parts))
    rows = _rows(spread, height)
    return Hits((part.range, Area(0, rows.y(index), width)) for index, part in enumerate(rows.parts))


# --- rows


@dataclass(frozen=True, slots=True)
class _Rows:
    parts: tuple[Part, ...]
    line: int | None
    """The parts above the target's line; None without a line."""
    footer: bool

    def y(self, index: int) -> int:
        return index + (self.line is not None and index >= self.line)


def _rows(spread: Distribution, height: int) -> _Rows:
    edges = [bucket.high for bucket in spread.buckets]
    footer = height >= 4
    line = spread.target is not None and spread.target in edges and height >= 5
    parts = fit(spread, height - footer - line)
    above = sum(kept(part, spread.target) for part in parts)
    return _Rows(parts, above if line else None, footer)


@dataclass(frozen=True, slots=True)
class _Widths:
    mark: int
    label: int
    bar: int
    share: int
    count: int
    note: int


def _widths(spread: Distribution, parts: tuple[Part, ...], labels: list[str], notes: list[str], width: int) -> _Widths:
    """What fits beside a bar of a few cells, the share first, then the count, the notes and the marks."""
    label = max(map(cell_width, labels)) + 1
    room = width - label - 6
    share = 7 if room >= 7 else 0
    room -= share
    count = max(len(format_count(part.count)) for part in parts) + 1
    count = count if room >= count else 0
    room -= count
    longest = max(map(cell_width, notes)) + 1 if any(notes) else 0
    note = longest if room >= longest else 0
    room -= note
    mark = 2 if spread.target is not None and room >= 2 else 0
    return _Widths(mark, label, max(0, room + 6 - mark), share, count, note)


def _draw_rows(
    canvas: Canvas, spread: Distribution, rows: _Rows, role: str, marked: Range | None, glyphs: Glyphs
) -> None:
    parts = rows.parts
    labels = [bucket_label(part.low, part.high, spread.unit) for part in parts]
    notes = [_note(spread, parts, part, glyphs) for part in parts]
    widths = _widths(spread, parts, labels, notes, canvas.width)
    then = sum(part.previous or 0 for part in parts)
    most = max(max(part.count / spread.n for part in parts), _highest_then(parts, then))
    for index, part in enumerate(parts):
        y = rows.y(index)
        here = part.range == marked
        within = kept(part, spread.target)
        x = canvas.write(0, y, _tick(within, spread, glyphs)[: widths.mark], style("good"))
        canvas.write(x, y, f"{labels[index]:>{widths.label - 1}}", MARKED if here else style("muted"))
        x = left = min(canvas.width, x + widths.label)
        for text, look in hbar_parts(part.count, most * spread.n, widths.bar, _ink(spread, part, role), glyphs=glyphs):
            x = canvas.write(x, y, text, look)
        if part.previous is not None and then and widths.bar:
            _then_tick(canvas, left + round(part.previous / then / most * (widths.bar - 1)), y, glyphs)
        x = left + widths.bar
        if widths.share:
            x = canvas.write(x, y, f"{format_share(part.count / spread.n):>{widths.share}}", style("text", bold=here))
        if widths.count:
            x = canvas.write(x, y, f"{format_count(part.count):>{widths.count}}", style("muted"))
        if widths.note:
            canvas.write(x, y, f" {notes[index]}", style("text"))
    if rows.line is not None:
        _target_line(canvas, spread, rows.line, glyphs)
    if rows.footer:
        canvas.write(
            0,
            rows.y(len(parts) - 1) + 1 + (rows.line == len(parts)),
            summary(spread, then, canvas.width),
            style("muted"),
        )


def _ink(spread: Distribution, part: Part, role: str) -> str:
    if kept(part, spread.target):
        return role
    return "warn" if verdict_role(spread) == "warn" else f"{role}-soft"


def _tick(within: bool, spread: Distribution, glyphs: Glyphs) -> str:
    if spread.target is None or not within:
        return "  "
    return "+ " if glyphs == "ascii" else "✓ "


def _highest_then(parts: tuple[Part, ...], then: int) -> float:
    return max((part.previous or 0) / then for part in parts) if then else 0.0


def _then_tick(canvas: Canvas, x: int, y: int, glyphs: Glyphs) -> None:
    """A dim tick where the bar ended in the previous period, cut out of a bar that is longer now."""
    under, char = canvas.styles[y][x], "|" if glyphs == "ascii" else "│"
    inside = canvas.chars[y][x] in "█⣿#"
    canvas.put(x, y, char, style("ground", under.fg) if inside and glyphs == "block" else style("muted"))


def _note(spread: Distribution, parts: tuple[Part, ...], part: Part, glyphs: Glyphs) -> str:
    names = [name for name, value in (("median", spread.median), ("p90", spread.p90)) if part_of(parts, value) is part]
    return f"{'<' if glyphs == 'ascii' else '◂'} {', '.join(names)}" if names else ""


def _target_line(canvas: Canvas, spread: Distribution, y: int, glyphs: Glyphs) -> None:
    """A line across that says what was within the target."""
    dash = "-" if glyphs == "ascii" else "─"
    look = style(verdict_role(spread))
    x = canvas.write(0, y, f"{dash * 2} {target_words(spread, canvas.width - 4)} ", look)
    for column in range(x, canvas.width):
        canvas.put(column, y, dash, look)


# --- columns


@dataclass(frozen=True, slots=True)
class _Columns:
    parts: tuple[Part, ...]
    pitch: int
    top: int
    """The first row of the bars; above stand the target's words."""
    rows: int
    footer: int
    """Rows below the labels."""

    def x(self, index: int) -> int:
        return index * self.pitch


def _columns(spread: Distribution, width: int, height: int) -> _Columns:
    most = max(1, width // 4)
    parts = fit(spread, most)
    while len(parts) > 1:
        longest = max(cell_width(bucket_label(part.low, part.high, spread.unit)) for part in parts)
        if len(parts) * (longest + 1) <= width:
            break
        parts = fit(spread, len(parts) - 1)
    pitch = max(1, min(14, width // len(parts)))
    top = 1 if spread.target is not None and height >= 6 else 0
    footer = 2 if height >= 9 else 1 if height >= 7 else 0
    return _Columns(parts, pitch, top, max(0, height - top - footer - 1), footer)


def _draw_columns(
    canvas: Canvas, spread: Distribution, plan: _Columns, role: str, marked: Range | None, glyphs: Glyphs
) -> None:
    parts = plan.parts
    then = sum(part.previous or 0 for part in parts)
    most = max(max(part.count / spread.n for part in parts), _highest_then(parts, then))
    rows = plan.rows - 1  # one for the share above the highest bar
    base = plan.top + plan.rows
    bar = max(1, plan.pitch - (1 if plan.pitch < 6 else 2))
    for index, part in enumerate(parts):
        x, here = plan.x(index), part.range == marked
        size = part.count / spread.n / most * rows * 8 if rows > 0 else 0.0
        eighths = max(1, round(size)) if part.count and rows > 0 else 0
        ink = _ink(spread, part, role)
        for column in range(x, x + bar):
            _column(canvas, column, base, eighths, ink, glyphs)
        top = base - -(-eighths // 8) - 1
        if part.previous is not None and then and rows > 0:
            level = base - 1 - min(rows - 1, int(part.previous / then / most * rows))
            if level <= top:
                for column in range(x, x + bar):
                    canvas.put(column, level, "╌", style("muted"))
            top -= level == top
        share = format_share(part.count / spread.n)
        if cell_width(share) <= plan.pitch and plan.rows > 0:
            canvas.write(x, top, share, style("text", bold=here))
        label = bucket_label(part.low, part.high, spread.unit)
        canvas.write(x, base, label, MARKED if here else style("muted"), width=plan.pitch)
        if plan.footer:
            names = _note(spread, parts, part, glyphs)[2:]
            canvas.write(x, base + 1, names, style("text"), width=plan.pitch - 1)
    if plan.footer > 1:
        canvas.write(0, base + 2, summary(spread, then, canvas.width, "╌"), style("muted"))
    if plan.top:
        _target_column(canvas, spread, plan, base, glyphs)


def _column(canvas: Canvas, x: int, base: int, eighths: int, ink: str, glyphs: Glyphs) -> None:
    rows = -(-eighths // 8)
    if glyphs == "block":
        column = bytes(rows * 8 - eighths) + bytes([1]) * eighths
        paint(canvas, x, base - rows, column, (None, ink))
        return
    for row in range(rows):
        canvas.put(
            x, base - 1 - row, LEVELS[glyphs][min(8, eighths - 8 * row)] if glyphs == "braille" else "#", style(ink)
        )


def _target_column(canvas: Canvas, spread: Distribution, plan: _Columns, base: int, glyphs: Glyphs) -> None:
    """A line down between the buckets, its words at its head."""
    above = sum(kept(part, spread.target) for part in plan.parts)
    words, look = target_words(spread, canvas.width), style(verdict_role(spread))
    x = plan.x(above) - 1
    on_edge = any(part.high == spread.target for part in plan.parts)
    if on_edge and plan.pitch > 1:
        for y in range(plan.top, base):
            canvas.put(x, y, "|" if glyphs == "ascii" else "│", look)
    canvas.write(max(0, min(x, canvas.width - cell_width(words))), 0, words, look)
