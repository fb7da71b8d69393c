"""A layer's figures as lines: each with value, change and n. Without Textual: the first frame is drawn of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from funnel_tui.charts.cells import Canvas, Line, Span, cell_width, pad, style
from funnel_tui.charts.format import (
    change_role,
    format_change,
    format_interval,
    format_previous,
    format_short,
    format_value,
)
from funnel_tui.charts.sparkline import sparkline
from funnel_tui.model.values import MetricValue, Quality, Report, Verdict

from .frame import frame, inner_size
from .numbers import PANES, SERIES_OF, PaneSpec, Row
from .reading import unread


@dataclass(frozen=True)
class Grid:
    """How wide the columns of a row are; 0 leaves one out."""

    label: int
    value: int
    change: int
    word: int = 0
    n: int = 0
    then: int = 0
    interval: int = 0


_TINY = Grid(label=11, value=8, change=9)
_NARROW = Grid(label=13, value=9, change=9)
_MIDDLE = Grid(label=15, value=9, change=10, word=8, n=9)
_FULL = Grid(label=27, value=11, change=10, word=8, n=13, then=14, interval=25)
_SPARK_DAYS = (56, 28, 14, 7)
"""What the panes' sparklines may span, so that those side by side span the same."""


def grid(width: int) -> Grid:
    if width < 50:
        return _TINY if width < 31 else _NARROW
    return _MIDDLE if width <= 100 else _FULL


@dataclass(frozen=True)
class Figures:
    """What rows are drawn from."""

    report: Report | None
    role: str
    currency: str = "USD"
    wait_age: int = 0
    """Seconds since the report: waits that still run are longer by these."""
    filling: bool = False
    """History is still being read: what is not available may yet come."""

    def get(self, id_: str) -> MetricValue | None:
        metric = self.report.metrics.get(id_) if self.report else None
        if metric is None or metric.value is None or id_ not in ("queue.oldest_wait", "queue.median_wait"):
            return metric
        return replace(metric, value=metric.value + self.wait_age)


def number_line(row: Row, figures: Figures, width: int, *, active: bool) -> Line:
    """One number: label, value, change with its verdict, n, and as much more as there is room for."""
    columns = grid(width)
    canvas = Canvas(width, 1)
    metric = figures.get(row.metric)
    known = metric is not None and metric.quality is not Quality.UNAVAILABLE and metric.value is not None
    waits = metric is None or (figures.filling and not known)
    value = "…" if metric is None or waits else format_value(metric, currency=figures.currency)
    x = columns.label + columns.value - cell_width(value)
    label = row.short if row.short and cell_width(row.label) >= x else row.label
    canvas.write(0, 0, label, style("text", bold=active), width=x - 1)
    canvas.write(x, 0, value, style(figures.role if known else "muted", bold=known))
    if metric is None or (waits and not columns.n):
        return canvas.lines()[0]
    x = columns.label
    x += columns.value
    if metric.quality is Quality.UNAVAILABLE:
        canvas.write(x + 2, 0, (metric.reason or "") if columns.n else "d: why", style("muted"))
        return canvas.lines()[0]
    change = format_change(metric)
    if row.aside and not change:
        _asides(canvas, x + (2 if columns.n else 1), row, figures)
        return canvas.lines()[0]
    if not columns.n and mostly_pending(metric):
        # Half a rate compares with nothing.
        room = width - x - 1
        words = next((words for words in pending_words(metric) if len(words) <= room), "")
        canvas.write(width - len(words), 0, words, style("muted"))
        return canvas.lines()[0]
    look = style(change_role(metric), bold=metric.verdict is Verdict.WORSE)
    canvas.write(x, 0, pad(change, columns.change, ">"), look)
    x += columns.change
    if not columns.n:
        n = short_n(metric)
        if len(n) <= width - x:
            canvas.write(width - len(n), 0, n, style("muted"))
        return canvas.lines()[0]
    if metric.verdict and change not in ("", "="):
        canvas.write(x + 1, 0, metric.verdict.value, look)
    x += columns.word
    n = f"n {metric.n:,}" if metric.n is not None and not mostly_pending(metric) else ""
    fits = 0 < len(n) < columns.n and x + 1 + len(n) <= width
    end = canvas.write(x + 1, 0, n if fits else short_n(metric), style("muted"))
    x = max(x + columns.n, end + 1)
    if columns.then and metric.previous is not None:
        then = format_previous(metric, currency=figures.currency)
        canvas.write(x + 1, 0, f"was {then}", style("muted"), width=columns.then - 1)
    x += columns.then
    if columns.interval:
        interval = format_interval(metric)
        canvas.write(x + 1, 0, f"95 %: {interval}" if interval else "", style("muted"), width=columns.interval - 1)
    _rest(canvas, x + columns.interval + 1, row, figures)
    return canvas.lines()[0]


def _rest(canvas: Canvas, x: int, row: Row, figures: Figures) -> None:
    """What is beside the number, then its shape over the last weeks."""
    if row.aside and canvas.width - x >= 24:
        _asides(canvas, x, replace(row, aside=row.aside[:1]), figures)
        x += 14
    shape = SERIES_OF.get(row.metric)
    room = canvas.width - x
    if shape is None or figures.report is None or room < 6:
        return
    points = [shape(point) for point in figures.report.daily.points][-min(60, room) :]
    put(canvas, x, sparkline(points, min(len(points), room), role=f"{figures.role}-soft"))


def put(canvas: Canvas, x: int, lines: Sequence[Line]) -> int:
    """Write the first of `lines` from `x` on; returns the column after it."""
    for span in lines[0] if lines else ():
        canvas.write(x, 0, span.text, span.style)
        x += cell_width(span.text)
    return x


def _asides(canvas: Canvas, x: int, row: Row, figures: Figures) -> None:
    """`oldest 18m 22s`, or `unassigned 6 · on duty 11`: as many as fit whole."""
    for index, (word, id_) in enumerate(row.aside):
        metric = figures.get(id_)
        if metric is None or metric.value is None:
            continue
        value = format_value(metric, currency=figures.currency)
        words = f"{' · ' if index else ''}{word} "
        if x + len(words) + len(value) > canvas.width:
            return
        x = canvas.write(x, 0, words, style("muted"))
        warn = id_ == "queue.oldest_wait" and metric.value > 0
        x = canvas.write(x, 0, value, style("warn" if warn else "text"))


def mostly_pending(metric: MetricValue) -> bool:
    """Whether so many items are too young to be judged that the rate of the others says little."""
    return bool(metric.pending) and metric.n is not None and (metric.pending or 0) * 2 >= metric.n


def pending_words(metric: MetricValue) -> tuple[str, ...]:
    """`285 pending`; where that does not fit how many are judged of how many: `n 230/515`."""
    judged, pending = metric.n or 0, metric.pending or 0
    of = f"{format_short(judged)}/{format_short(judged + pending)}"
    return f"{format_short(pending)} pending", f"n {of}", of


def short_n(metric: MetricValue) -> str:
    """`n 418`, `n1.2k`; `289 pending` where that says more."""
    if mostly_pending(metric):
        return pending_words(metric)[0]
    if metric.n is None:
        return ""
    if metric.n < 1_000:
        return f"n {metric.n}"
    return f"n{format_short(metric.n if metric.n < 10_000 else round(metric.n, -3))}"


def highlight(line: Line) -> Line:
    """The line on the cursor's ground."""
    return tuple(
        Span(span.text, style(span.style.fg, "cursor", span.style.bold)) if span.style.bg is None else span
        for span in line
    )


def spark_line(spec: PaneSpec, report: Report, width: int) -> Line:
    """The last days of the pane's leading figure, with its words: `▂▃▃▅▆  22 d`."""
    canvas = Canvas(width, 1)
    points = [getattr(point, spec.spark) for point in report.daily.points]
    words = f"{spec.spark_label}, "
    room = width - cell_width(words) - 6
    days = next((days for days in _SPARK_DAYS if days <= min(room, len(points))), 0)
    shown = points[-days:] if days else []
    if all(value is None for value in shown):
        return canvas.lines()[0]
    x = put(canvas, 0, sparkline(shown, len(shown), role=spec.role))
    canvas.write(x + 1, 0, f"{words}{len(shown)} d", style("muted"))
    return canvas.lines()[0]


def number_pane(
    pane: str,
    figures: Figures,
    rows: Sequence[Row],
    width: int,
    height: int,
    *,
    boxed: bool,
    top: int = 0,
    place: int | None = None,
    active: bool = False,
    zoomed: bool = False,
) -> tuple[Line, ...]:
    """The whole pane in its frame: `rows` from the one at `top` on, the cursor on the one at `place`."""
    spec = PANES[pane]
    inner_width, inner_height = inner_size(width, height, boxed=boxed)
    body = []
    for index, row in enumerate(rows[top : top + inner_height], top):
        line = number_line(row, figures, inner_width, active=index == place)
        body.append(highlight(line) if index == place else line)
    if not zoomed and len(body) < inner_height and figures.report is not None:
        body.append(spark_line(spec, figures.report, inner_width))
    below = len(rows) - top - inner_height
    note = (f"↓ {below} more of " if below > 0 else "") + f"{len(rows)} numbers" if zoomed else ""
    return frame(
        spec.title,
        body,
        width,
        height,
        boxed=boxed,
        role=spec.role,
        active=active,
        note=note,
        marked=None if place is None else place - top,
    )


def figures_of(pane: str, report: Report | None, currency: str, *, wait_age: int = 0, filling: bool = False) -> Figures:
    """What a pane's rows are drawn from; nothing where nothing has been read yet."""
    known = None if report is None or unread(report) else report
    return Figures(known, PANES[pane].role, currency, wait_age, filling)
