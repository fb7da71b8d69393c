"""A row of eighth blocks: the shape of a metric beside its number."""

from collections.abc import Sequence

from .blocks import LOWER
from .cells import Canvas, Line, style

_ASCII_LEVELS = "_.:-=+*#@"


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
    ascii: bool = False,
) -> tuple[Line, ...]:
    """Values over a zero baseline, the largest (or `top`) at full height.

    Zero is a faint line, None (not known) a dot, negative values count as zero.
    """
    canvas = Canvas(width, height)
    columns = resample(values, width)
    highest = top if top is not None else max((v for v in columns if v is not None), default=0.0)
    ink, faint, gap = style(role), style("track"), style("muted")
    base = height - 1
    for x, value in enumerate(columns):
        if value is None:
            canvas.put(x, base, "." if ascii and height > 1 else "?" if ascii else "·", gap)
            continue
        level = min(8 * height, max(1, round(value / highest * 8 * height))) if value > 0 and highest > 0 else 0
        if level == 0:
            canvas.put(x, base, "_" if ascii else "▁", faint)
        for row in range(height):
            part = min(8, level - 8 * row)
            if part > 0:
                char = LOWER[part] if not ascii else _ASCII_LEVELS[part] if height == 1 else "#"
                if not ascii or height == 1 or part >= 4 or row == 0:
                    canvas.put(x, base - row, char, ink)
    return canvas.lines()
