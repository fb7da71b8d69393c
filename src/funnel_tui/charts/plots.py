"""Large framed charts for text reports, drawn by plotext. The only place that imports it, and only when it is called.

The screen uses `lines.line_chart` instead: a fifth of the time, no import of 0.1 s, two colours and gaps.
"""

import threading
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from funnel_tui.model.values import Unit

from .cells import cell_width, clean, cut
from .format import format_axis
from .scales import date_labels, nice_scale

_MARKERS = (("braille", "⠒⠒"), ("•", "••"), ("+", "++"))
"""plotext's name of the marker, and how it looks in the legend."""

_LOCK = threading.Lock()
"""plotext has one figure for the whole process."""


def plot_text(
    starts: Sequence[int],
    series: Sequence[tuple[str, Sequence[float | None]]],
    width: int,
    height: int,
    zone: ZoneInfo,
    *,
    unit: Unit = Unit.COUNT,
    title: str = "",
) -> str:
    """Up to three named series over the same dates as plain text, framed, with a line of legend. No newline at the end.

    `starts` are UTC epoch seconds. None interrupts a line. Below 24x8 cells, or where nothing is known, the result is a
    sentence.
    """
    known = [value for _, values in series for value in values if value is not None]
    if not known or not starts:
        return "no values in this period"
    if width < 24 or height < 8:
        return "too narrow for a chart"
    import plotext

    scale = nice_scale(max(known), height - 5, unit)
    labels = date_labels(starts, zone)
    widest = max(cell_width(label) for label in labels) + 3
    every = max(1, -(-len(labels) * widest // (width - 8)))
    shown = list(range(0, len(labels), every))
    levels = [scale.step * tick for tick in range(int(scale.top / scale.step) + 1)]
    with _LOCK:
        plotext.terminal.limit(False, False)
        figure = plotext.figure
        figure.clear()
        figure.theme("colorless")
        figure.plot_size(width, height - 1)
        figure.legend(False)
        for (_, values), (marker, _) in zip(series, _MARKERS, strict=False):
            _draw(figure, values, marker)
        figure.ruler("y").lim(0, scale.top)
        figure.ruler("y").ticks(levels, [format_axis(level, unit) if level else "0" for level in levels])
        figure.ruler("x").lim(0, max(1, len(starts) - 1))
        figure.ruler("x").ticks(shown, [labels[index] for index in shown])
        if title:
            figure.title(clean(title))
        text = plotext.uncolorize(str(figure.build()))
        figure.clear()
    # A legend of plotext's own would lie on top of the data.
    legend = "   ".join(f"{sign} {clean(name)}" for (name, _), (_, sign) in zip(series, _MARKERS, strict=False))
    rows = [*str(text).rstrip("\n").split("\n"), cut(f"  {legend}", width)]
    return "\n".join(row.rstrip() for row in rows)


def _draw(figure: Any, values: Sequence[float | None], marker: str) -> None:
    """One signal a run of known values."""
    run: list[tuple[int, float]] = []
    for index, value in enumerate((*values, None)):
        if value is not None:
            run.append((index, float(value)))
            continue
        if run:
            figure.draw(figure.signal([x for x, _ in run], [y for _, y in run], marker=marker).lines())
        run = []
