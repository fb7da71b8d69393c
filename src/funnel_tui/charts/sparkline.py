"""A row of eighth blocks (or dots, or ASCII): the shape of a metric beside its number."""

from collections.abc import Sequence

from .blocks import LOWER
from .cells import Canvas, Line, style
from .glyphs import LEVELS, Glyphs, choose


def resample(values: Sequence[float | None], columns: int) -> list[float | None]:
    """Values for up to `columns` columns: the mean of each bucket's known values, or each value equally often.

    None stays None where a bucket knows nothing. The result may be shorter than `columns`, never longer.
    """
    count = len(values)
    if columns <= 0 or not count:
        return []
    if count <= columns:
        times = columns // count
        return [value for value in values for _ in range(times)]
    result: list[float | None] = []
    for column in range(columns):
        known = [v for v in values[column * count // columns : (column + 1) * count // columns] if v is not None]
        result.append(sum(known) / len(known) if known else None)
    return result


def sparkline(
    values: Sequence[float | None],
    width: int,
    height: int = 1,
    *,
    role: str = "text",
    top: float | None = None,
    of: int | None = None,
    glyphs: Glyphs | None = None,
    ascii: bool = False,
) -> tuple[Line, ...]:
    """Values over a zero baseline, the largest (or `top`) at full height.

    Zero is a faint line, None (not known) a dot, negative values count as zero. `of`: the values are the first of so
    many, and the cells of those to come stay empty.
    """
    chosen = choose(glyphs, ascii, "block")
    canvas = Canvas(width, height)
    fine = 2 if chosen == "braille" else 1
    whole = [*values, *(None,) * max(0, (of or 0) - len(values))]
    columns = resample(whole, width * fine)
    if len(whole) > len(values):
        columns = columns[: -(-len(columns) * len(values) // len(whole))]
    highest = top if top is not None else max((v for v in columns if v is not None), default=0.0)
    if chosen == "braille":
        _dots(canvas, columns, highest, role)
        return canvas.lines()
    ink, faint, gap = style(role), style("track"), style("muted")
    base = height - 1
    plain = chosen == "ascii"
    for x, value in enumerate(columns):
        if value is None:
            canvas.put(x, base, "." if plain and height > 1 else "?" if plain else "·", gap)
            continue
        level = _level(value, highest, 8 * height)
        if level == 0:
            canvas.put(x, base, "_" if plain else "▁", faint)
        for row in range(height):
            part = min(8, level - 8 * row)
            if part > 0:
                char = LOWER[part] if not plain else LEVELS["ascii"][part] if height == 1 else "#"
                if not plain or height == 1 or part >= 4 or row == 0:
                    canvas.put(x, base - row, char, ink)
    return canvas.lines()


def _level(value: float, highest: float, size: int) -> int:
    return min(size, max(1, round(value / highest * size))) if value > 0 and highest > 0 else 0


def _dots(canvas: Canvas, columns: Sequence[float | None], highest: float, role: str) -> None:
    """Two values a cell, in four dots a row. What is not known beside a known value has no dots."""
    base = canvas.height - 1
    for x in range(-(-len(columns) // 2)):
        pair = columns[2 * x : 2 * x + 2]
        if all(value is None for value in pair):
            canvas.put(x, base, "·", style("muted"))
            continue
        levels = [0 if value is None else _level(value, highest, 4 * canvas.height) for value in pair]
        if not any(levels):
            canvas.put(x, base, "▁", style("track"))
        for row in range(canvas.height):
            mask = sum(
                bits
                for level, side in zip(levels, ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08)), strict=False)
                for bits in side[: max(0, min(4, level - 4 * row))]
            )
            if mask:
                canvas.put(x, base - row, chr(0x2800 + mask), style(role))
