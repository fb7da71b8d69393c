"""A pane of numbers: one layer's figures, each with value, change and n, and a cursor over them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from funnel_tui.charts.cells import Canvas, Line, Span, Style, cell_width, pad, style
from funnel_tui.charts.format import (
    change_role,
    format_change,
    format_interval,
    format_previous,
    format_short,
    format_value,
)
from funnel_tui.charts.sparkline import sparkline
from funnel_tui.model.values import MetricValue, Quality, Report, SeriesPoint, Verdict

from .frame import frame, inner_size
from .panes import PaneView, scrolled


@dataclass(frozen=True)
class Row:
    """A number of a pane; `label` is short because the catalogue's is made for a line of its own."""

    metric: str
    label: str
    aside: tuple[tuple[str, str], ...] = ()
    """(word, metric) shown after the value instead of a comparison, or where there is room."""


@dataclass(frozen=True)
class PaneSpec:
    title: str
    role: str
    rows: tuple[Row, ...]
    """Most important first: a pane shows as many as it has lines."""
    spark: str
    """The field of `SeriesPoint` that the pane's sparkline shows, and its words."""
    spark_label: str
    prefixes: tuple[str, ...]
    """What the zoomed pane lists besides."""


PANES: Mapping[str, PaneSpec] = {
    "proactive": PaneSpec(
        "PROACTIVE",
        "proactive",
        (
            Row("proactive.delivered", "Delivered"),
            Row("proactive.open_rate", "Open rate"),
            Row("proactive.per_seeker", "Per seeker"),
            Row("proactive.opened", "Opened"),
            Row("proactive.clicked", "Clicked"),
            Row("proactive.replied", "Replied to"),
            Row("proactive.bounced", "Bounced"),
        ),
        "proactive_delivered",
        "delivered",
        ("proactive.",),
    ),
    "selfserve": PaneSpec(
        "SELF-SERVE",
        "selfserve",
        (
            Row("selfserve.share_resolved", "Self-serve"),
            Row("selfserve.bot_resolution_rate", "Bot resolves"),
            Row("selfserve.article_resolution_rate", "Articles"),
            Row("selfserve.bot_handed_off", "Handed off"),
            Row("selfserve.seekers", "Seekers"),
            Row("selfserve.bot_resolved", "Bot resolved"),
            Row("selfserve.bot_durable_rate", "Bot lasts"),
            Row("selfserve.bot_answered", "Bot answered"),
            Row("selfserve.article_viewers", "Readers"),
            Row("selfserve.bot_csat", "Bot CSAT"),
        ),
        "selfserve_resolved",
        "resolved",
        ("selfserve.", "savings."),
    ),
    "human": PaneSpec(
        "HUMAN",
        "human",
        (
            Row("queue.waiting", "Waiting now", (("oldest", "queue.oldest_wait"),)),
            Row("queue.open", "Open", (("unassigned", "queue.unassigned"), ("on duty", "queue.on_duty"))),
            Row("human.first_response.median", "First response", (("p90", "human.first_response.p90"),)),
            Row("human.time_to_close.median", "Time to close", (("p90", "human.time_to_close.p90"),)),
            Row("human.csat", "CSAT"),
            Row("human.inbound", "Reached team"),
            Row("human.direct", "Directly"),
            Row("human.after_selfserve", "After self-s."),
            Row("human.resolved", "Resolved"),
            Row("human.reopen_rate", "Reopened"),
            Row("human.one_touch_rate", "One reply"),
            Row("human.within_10m", "Within 10 min"),
            Row("queue.arrivals_1h", "Arrived 1 h", (("closed", "queue.closes_1h"),)),
        ),
        "first_response_median",
        "first response",
        ("queue.", "human.", "internal."),
    ),
}

SERIES_OF: Mapping[str, Callable[[SeriesPoint], float | None]] = {
    "proactive.delivered": lambda p: p.proactive_delivered,
    "proactive.opened": lambda p: p.opened,
    "proactive.open_rate": lambda p: _ratio(p.opened, p.proactive_delivered),
    "proactive.per_seeker": lambda p: _ratio(p.proactive_delivered, p.seekers),
    "selfserve.seekers": lambda p: p.seekers,
    "selfserve.bot_answered": lambda p: p.bot_answered,
    "selfserve.bot_resolved": lambda p: p.bot_resolved,
    "selfserve.bot_resolution_rate": lambda p: _ratio(p.bot_resolved, p.bot_answered),
    "selfserve.share_resolved": lambda p: _ratio(p.selfserve_resolved, (p.selfserve_resolved or 0) + p.human_resolved),
    "human.inbound": lambda p: p.inbound,
    "human.resolved": lambda p: p.human_resolved,
    "human.first_response.median": lambda p: p.first_response_median,
    "human.time_to_close.median": lambda p: p.time_to_close_median,
    "human.csat": lambda p: p.csat,
}
"""The daily shape of a metric, where the report's series has it."""


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def pane_rows(pane: str, lines: int, report: Report | None, *, zoomed: bool = False) -> tuple[Row, ...]:
    """The rows of a pane that has so many lines; zoomed, every metric of its layer."""
    spec = PANES[pane]
    if not zoomed:
        # A pane of at least six lines gives its last one to the shape of the last weeks.
        return spec.rows[: lines - 1 if lines >= 6 else lines]
    first = [
        Row(row.metric, report[row.metric].spec.label if report and row.metric in report.metrics else row.label)
        for row in spec.rows
    ]
    known = {row.metric for row in first}
    rest = [
        Row(id_, metric.spec.label)
        for id_, metric in (report.metrics if report else {}).items()
        if id_.startswith(spec.prefixes) and id_ not in known
    ]
    return tuple(first + rest)


def number_lines(
    rows: Sequence[Row],
    report: Report | None,
    width: int,
    *,
    selected: str | None,
    role: str,
    currency: str,
    wait_age: int = 0,
) -> tuple[Line, ...]:
    """A line a row. `wait_age`: seconds since the report, which lengthen the waits that still run."""
    lines = []
    for row in rows:
        metric = report.metrics.get(row.metric) if report else None
        cells = _row_cells(row, metric, report, width, role, currency, wait_age, active=row.metric == selected)
        lines.append(highlight(cells) if row.metric == selected else cells)
    return tuple(lines)


def highlight(line: Line) -> Line:
    """The line on the cursor's ground."""
    return tuple(
        Span(span.text, style(span.style.fg, "cursor", span.style.bold)) if span.style.bg is None else span
        for span in line
    )


def _row_cells(
    row: Row,
    metric: MetricValue | None,
    report: Report | None,
    width: int,
    role: str,
    currency: str,
    wait_age: int,
    *,
    active: bool,
) -> Line:
    canvas = Canvas(width, 1)
    label_width = 14 if width < 50 else 16 if width < 64 else 34 if width > 100 else 18
    canvas.write(0, 0, pad(row.label, label_width), style("text", bold=active))
    x = label_width
    if metric is None:
        canvas.write(x, 0, pad("…", 8, ">"), style("muted"))
        return canvas.lines()[0]
    value_width = 8 if width < 64 else 10
    bad = metric.quality is Quality.UNAVAILABLE or metric.value is None
    value = format_value(_aged(metric, wait_age), currency=currency)
    canvas.write(x, 0, pad(value, value_width, ">"), style("muted" if bad else role, bold=not bad))
    x += value_width
    if width < 50:
        _narrow_tail(canvas, x, row, metric, report, wait_age)
    else:
        _broad_tail(canvas, x, row, metric, report, role, wait_age)
    return canvas.lines()[0]


def _narrow_tail(canvas: Canvas, x: int, row: Row, metric: MetricValue, report: Report | None, wait_age: int) -> None:
    change = format_change(metric)
    if not change and row.aside and report:
        _asides(canvas, x + 2, row, report, wait_age)
        return
    canvas.write(x, 0, pad(change, 9, ">"), _change_style(metric))
    n = _short_n(metric)
    room = canvas.width - x - 9
    if len(n) < room:
        canvas.write(x + 9, 0, pad(n, room, ">"), style("muted"))


def _broad_tail(
    canvas: Canvas, x: int, row: Row, metric: MetricValue, report: Report | None, role: str, wait_age: int
) -> None:
    width = canvas.width
    change = format_change(metric)
    if not change and row.aside and report:
        _asides(canvas, x + 3, row, report, wait_age)
        return
    look = _change_style(metric)
    canvas.write(x, 0, pad(change, 10, ">"), look)
    word = metric.verdict.value if metric.verdict and change and change != "=" else ""
    canvas.write(x + 11, 0, pad(word, 8), look)
    x += 19
    n = f"n {metric.n:,}" if metric.n is not None else ""
    if x + 9 <= width:
        canvas.write(x, 0, pad(n, 9), style("muted"))
    x += 10
    interval = f"95 %: {format_interval(metric)}" if metric.low is not None and width > 100 else ""
    if width > 100:
        before = "" if metric.previous is None else f"was {format_previous(metric)}"
        canvas.write(x, 0, pad(before, 14), style("muted"))
        canvas.write(x + 15, 0, pad(interval, 15), style("muted"))
        x += 31
    shape = SERIES_OF.get(row.metric)
    if shape is not None and report is not None and width - x >= 6:
        points = [shape(point) for point in report.daily.points][-min(60, width - x) :]
        for span_x, span in _placed(sparkline(points, min(len(points), width - x), role=role), x):
            canvas.write(span_x, 0, span.text, span.style)
    elif row.aside and report is not None and width - x >= 12:
        _asides(canvas, x, row, report, wait_age)


def _placed(lines: Sequence[Line], x: int) -> Iterable[tuple[int, Span]]:
    for span in lines[0] if lines else ():
        yield x, span
        x += cell_width(span.text)


def _asides(canvas: Canvas, x: int, row: Row, report: Report, wait_age: int) -> None:
    """`oldest 18m 22s`, or `unassigned 6 · on duty 11`: as many as fit whole."""
    for index, (word, id_) in enumerate(row.aside):
        metric = report.metrics.get(id_)
        if metric is None or metric.value is None:
            continue
        text = format_value(_aged(metric, wait_age))
        whole = f"{' · ' if index and x > 0 else ''}{word} {text}"
        if x + len(whole) > canvas.width:
            return
        start = canvas.write(x, 0, whole[: len(whole) - len(text)], style("muted"))
        warn = id_ == "queue.oldest_wait" and metric.value > 0
        x = canvas.write(start, 0, text, style("warn" if warn else "text"))


def _aged(metric: MetricValue, seconds: int) -> MetricValue:
    """A wait that still runs is longer by the time since the report."""
    if metric.spec.id not in ("queue.oldest_wait", "queue.median_wait") or metric.value is None or seconds <= 0:
        return metric
    return replace(metric, value=metric.value + seconds)


def _short_n(metric: MetricValue) -> str:
    if metric.n is None:
        return ""
    return f"n {metric.n}" if metric.n < 1_000 else f"n{format_short(metric.n)}"


def _change_style(metric: MetricValue) -> Style:
    role = change_role(metric)
    return style(role, bold=metric.verdict is Verdict.WORSE)


class NumberPane(PaneView):
    """One layer's numbers. The screen sets `report` and `wait_age`, then calls `redraw`."""

    def __init__(self, pane: str) -> None:
        super().__init__(pane)
        self.report: Report | None = None
        self.wait_age = 0

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(row.metric for row in self._rows())

    def _rows(self) -> tuple[Row, ...]:
        lines = inner_size(*self.size, boxed=self.boxed)[1]
        return pane_rows(self.pane, lines, self.report, zoomed=self.zoomed)

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        spec = PANES[self.pane]
        inner_width, inner_height = inner_size(width, height, boxed=self.boxed)
        rows = self._rows()
        ids = [row.metric for row in rows]
        place = ids.index(self.selected) if self.active and self.selected in ids else None
        self.top = scrolled(self.top, place, inner_height, len(rows))
        body = list(
            number_lines(
                rows[self.top : self.top + inner_height],
                self.report,
                inner_width,
                selected=self.selected if self.active else None,
                role=spec.role,
                currency=self.funnel.currency,
                wait_age=self.wait_age,
            )
        )
        if not self.zoomed and len(body) < inner_height and self.report is not None:
            body.append(spark_line(spec, self.report, inner_width))
        note = f"{len(rows)} numbers" if self.zoomed else ""
        return frame(
            spec.title,
            body,
            width,
            height,
            boxed=self.boxed,
            role=spec.role,
            active=self.active,
            note=note,
            marked=None if place is None else place - self.top,
        )


def spark_line(spec: PaneSpec, report: Report, width: int) -> Line:
    """The last days of the pane's leading figure, with its words: `▂▃▃▅▆  22 d`."""
    canvas = Canvas(width, 1)
    points = [getattr(point, spec.spark) for point in report.daily.points]
    words = f"{spec.spark_label}, "
    room = width - cell_width(words) - 6
    shown = points[-min(len(points), max(0, room)) :]
    if len(shown) < 4 or all(value is None for value in shown):
        return canvas.lines()[0]
    for x, span in _placed(sparkline(shown, len(shown), role=f"{spec.role}"), 0):
        canvas.write(x, 0, span.text, span.style)
    canvas.write(len(shown) + 1, 0, f"{words}{len(shown)} d", style("muted"))
    return canvas.lines()[0]
