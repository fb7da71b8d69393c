"""Stacked columns: who resolved how much, month by month."""

from collections.abc import Mapping, Sequence

from funnel_tui.model.values import Unit

from .blocks import paint, paint_shades
from .cells import Canvas, Line, cell_width, style
from .format import NOT_AVAILABLE, format_count, format_short
from .axes import draw_y_axis, y_axis
from .scales import nice_scale

_SHADES = "█▒▓░"
_ASCII_SHADES = "#=%."


def stacked_columns(
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    width: int,
    height: int,
    *,
    partial_last: bool = False,
    unit: Unit = Unit.COUNT,
    ascii: bool = False,
    mono: bool = False,
) -> tuple[Line, ...]:
    """One column a label, the series (role -> values) stacked from the bottom in the order given.

    None is not zero: the column shows what is known and says `n/a`. The last column is paler and its label ends in `…`
    where `partial_last` says that its period still runs. Where the width does not hold all columns the newest are shown.
    """
    canvas = Canvas(width, height)
    if not labels or not series or width < 4 or height < 2:
        if not labels or not series:
            canvas.write(0, max(0, height // 2), "no data yet", style("muted"))
        return canvas.lines()
    texts = list(labels)
    more = "~" if ascii else "…"
    if partial_last:
        texts[-1] += more
    plot_height = height - 1
    header = 1 if plot_height >= 3 else 0
    totals = [_total([values[i] for values in series.values()]) for i in range(len(labels))]
    scale = nice_scale(max(totals), max(1, (plot_height - header) // 2), unit)
    axis = y_axis(scale, unit, plot_height - header) if width >= 16 else None
    left = axis.width if axis else 0
    shown = min(len(labels), max(1, (width - left) // 2))
    first = len(labels) - shown
    pitch = (width - left) / shown
    bar = max(1, min(int(pitch) - (1 if pitch >= 3 else 0), max(1, round(pitch * 0.66)), 14))
    if axis:
        draw_y_axis(canvas, axis, header, ascii=ascii)
    rows = plot_height - header
    inks: list[str | None] = [None]
    for role in series:
        inks += [role, f"{role}-soft"]
    roles = tuple(inks)
    shades = [" "] + [c for c in (_ASCII_SHADES if ascii else _SHADES) for _ in range(2)]
    step = _label_step(texts[first:], pitch)
    for place in range(shown):
        index = first + place
        x = left + int(place * pitch + (pitch - bar) / 2)
        column = bytearray(rows * 8)
        bottom = float(rows * 8)
        pale = 1 if partial_last and index == len(labels) - 1 else 0
        known = 0.0
        for number, values in enumerate(series.values()):
            value = values[index]
            if not value or value <= 0:
                continue
            known += value
            upper = rows * 8 - round(known / scale.top * rows * 8)
            upper = max(0, min(upper, int(bottom) - 1))
            column[upper : int(bottom)] = bytes([1 + 2 * number + pale]) * (int(bottom) - upper)
            bottom = upper
        for offset in range(bar):
            if ascii or mono:
                paint_shades(canvas, x + offset, header, column, shades)
            else:
                paint(canvas, x + offset, header, column, roles)
        missing = any(values[index] is None for values in series.values())
        above = header + int(bottom) // 8 - 1
        _value(canvas, x, bar, pitch, above, totals[index], missing=missing)
        if (shown - 1 - place) % step == 0:
            _label(canvas, x, bar, left, height - 1, texts[index])
    return canvas.lines()


def _total(values: Sequence[float | None]) -> float:
    return sum(v for v in values if v is not None and v > 0)


def _label_step(texts: Sequence[str], pitch: float) -> int:
    """Every how many columns a label fits."""
    widest = max(cell_width(text) for text in texts) + 1
    return max(1, -(-widest // max(1, int(pitch))))


def _label(canvas: Canvas, x: int, bar: int, left: int, y: int, text: str) -> None:
    size = cell_width(text)
    start = min(x + (bar - size) // 2 + (bar - size) % 2, canvas.width - size)
    canvas.write(max(left if start >= left else 0, start), y, text, style("muted"))


def _value(canvas: Canvas, x: int, bar: int, pitch: float, y: int, total: float, *, missing: bool) -> None:
    """The total above its column in the longest form that fits, or `n/a`."""
    room = int(pitch) - 1
    if y < 0:
        return
    if missing:
        texts = [NOT_AVAILABLE] if total == 0 else [f"{format_short(total)}+{NOT_AVAILABLE}", NOT_AVAILABLE]
    else:
        texts = [format_count(total), format_short(total)]
    for text in texts:
        if len(text) <= room:
            start = max(0, min(x + (bar - len(text)) // 2, canvas.width - len(text)))
            canvas.write(start, y, text, style("muted" if missing else "text"))
            return
    if missing:
        canvas.write(x, y, "?", style("muted"))
