"""A value and its 95 % interval as a mark on a scale, so that intervals below each other can be compared by eye."""

from collections.abc import Sequence
from dataclasses import replace

from funnel_tui.charts.cells import Canvas, cell_width, style


def draw_interval(
    canvas: Canvas,
    x: int,
    y: int,
    width: int,
    value: float | None,
    low: float | None,
    high: float | None,
    *,
    scale: tuple[float, float],
    role: str,
    marks: Sequence[float] = (),
) -> None:
    """`├──●──┤` on a faint line from one end of the scale to the other; `marks` are levels to see it against."""
    if width < 3:
        return
    for cell in range(width):
        canvas.put(x + cell, y, "·", style("track"))
    for mark in marks:
        canvas.put(x + _cell(mark, scale, width), y, "│", style("muted"))
    if value is None:
        return
    if low is not None and high is not None:
        first, last = _cell(low, scale, width), _cell(high, scale, width)
        for cell in range(first, last + 1):
            char = "├" if cell == first else "┤" if cell == last else "─"
            canvas.put(x + cell, y, char, style(role))
    canvas.put(x + _cell(value, scale, width), y, "●", replace(style(role), bold=True))


def draw_ticks(
    canvas: Canvas, x: int, y: int, width: int, ticks: Sequence[tuple[float, str]], *, scale: tuple[float, float]
) -> None:
    """The scale's words, each under its place; those that would touch another are left out, the last one never."""
    end = -2
    places = [
        (max(0, min(_cell(at, scale, width) - cell_width(text) // 2, width - cell_width(text))), text)
        for at, text in ticks
    ]
    last = places[-1][0] if places else 0
    for index, (start, text) in enumerate(places):
        final = index == len(places) - 1
        if start > end + 1 and (final or start + cell_width(text) + 1 < last):
            canvas.write(x + start, y, text, style("muted"))
            end = start + cell_width(text)


def _cell(value: float, scale: tuple[float, float], width: int) -> int:
    low, high = scale
    share = (value - low) / (high - low)
    return max(0, min(width - 1, round(share * (width - 1))))
