"""The head of a drill-down: the number again, its shape over the last weeks, and how its conversations are spread."""

from collections import Counter
from collections.abc import Callable, Sequence

from funnel_tui.charts.bars import hbar
from funnel_tui.charts.cells import Canvas, Line, cell_width, style
from funnel_tui.charts.format import (
    change_role,
    format_change,
    format_count,
    format_interval,
    format_n,
    format_previous,
    format_value,
)
from funnel_tui.charts.sparkline import sparkline
from funnel_tui.model.values import ConversationRow, MetricValue, Quality, Report
from funnel_tui.tui.text import steady

from .lines import LineView
from .numbers import SERIES_OF

LAYER_ROLES = {"proactive": "proactive", "selfserve": "selfserve"}
_GROUPS: tuple[tuple[str, Callable[[ConversationRow], str | None]], ...] = (
    ("team", lambda row: row.team),
    ("channel", lambda row: row.channel),
    ("agent", lambda row: row.agent),
)


def summary_lines(
    metric: MetricValue | None,
    report: Report | None,
    rows: Sequence[ConversationRow],
    width: int,
    height: int,
    currency: str,
) -> tuple[Line, ...]:
    canvas = Canvas(width, height)
    if metric is None:
        canvas.write(1, 0, "reading the number …", style("muted"))
        return canvas.lines()
    role = LAYER_ROLES.get(metric.spec.layer, "human")
    x = canvas.write(1, 0, metric.spec.label, style("text", bold=True))
    x = canvas.write(x + 2, 0, format_value(metric, currency=currency), style(role, bold=True))
    if metric.quality is Quality.UNAVAILABLE:
        canvas.write(x + 2, 0, metric.reason or "", style("muted"))
    else:
        interval = format_interval(metric)
        if interval:
            x = canvas.write(x + 1, 0, f"({interval})", style("muted"))
        change = format_change(metric, verdict=True)
        if change:
            x = canvas.write(x + 2, 0, change, style(change_role(metric)))
            x = canvas.write(x + 2, 0, f"was {format_previous(metric, currency=currency)}", style("muted"))
        x = canvas.write(x + 2, 0, format_n(metric.n), style("muted"))
        if metric.pending:
            x = canvas.write(x + 2, 0, f"{metric.pending:,} pending", style("muted"))
    _shape(canvas, x + 3, metric.spec.id, report, role)
    if height >= 4:
        _groups(canvas, 2, rows, role)
    return canvas.lines()


def _shape(canvas: Canvas, x: int, metric: str, report: Report | None, role: str) -> None:
    shape = SERIES_OF.get(metric)
    if shape is None or report is None or canvas.width - x < 20:
        return
    points = [shape(point) for point in report.daily.points][-(canvas.width - x - 8) :]
    start = canvas.width - len(points) - 7
    for span in sparkline(points, len(points), role=role)[0] if points else ():
        canvas.write(start, 0, span.text, span.style)
        start += cell_width(span.text)
    canvas.write(start + 1, 0, f"{len(points)} d", style("muted"))


def _groups(canvas: Canvas, y: int, rows: Sequence[ConversationRow], role: str) -> None:
    """Small bars by team, channel and agent: where the conversations are."""
    shown = [group for group in _GROUPS if len({group[1](row) for row in rows[:1_000]}) > 1][
        : max(1, canvas.width // 38)
    ]
    if not shown:
        return
    column = canvas.width // len(shown)
    for place, (word, of) in enumerate(shown):
        x = place * column + 1
        counts = Counter(of(row) or "–" for row in rows)
        lines = canvas.height - y
        top = counts.most_common(lines if len(counts) <= lines else lines - 1)
        most = max(counts.values())
        label_width = min(14, max(len(word), *(cell_width(key) for key, _ in top)))
        bar_width = max(6, column - label_width - 12)
        canvas.write(x, y - 1, f"by {word}", style("muted", bold=True))
        for line, (key, count) in enumerate(top):
            canvas.write(x, y + line, steady(key), style("text"), width=label_width)
            at = x + label_width + 1
            for span in hbar(count, most, bar_width, role):
                at = canvas.write(at, y + line, span.text, span.style)
            canvas.write(x + label_width + 2 + bar_width, y + line, format_count(count), style("muted"))
        if len(top) < len(counts):
            rest = sum(counts.values()) - sum(count for _, count in top)
            canvas.write(x, y + len(top), f"{len(counts) - len(top)} more: {format_count(rest)}", style("muted"))


class Summary(LineView):
    def __init__(self) -> None:
        super().__init__(id="summary")
        self.metric: MetricValue | None = None
        self.report: Report | None = None
        self.rows: tuple[ConversationRow, ...] = ()

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        return summary_lines(self.metric, self.report, self.rows, width, height, self.funnel.currency)
