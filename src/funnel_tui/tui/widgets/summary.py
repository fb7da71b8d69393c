"""The head of a drill-down: the number again, its shape over the last weeks, and how its conversations are spread."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from funnel_tui.charts.bars import hbar, time_buckets
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
from funnel_tui.model.values import ConversationRow, MetricValue, Quality, Report, Unit
from funnel_tui.tui.text import steady

from .lines import LineView
from .numbers import SERIES_OF

LAYER_ROLES = {"proactive": "proactive", "selfserve": "selfserve"}
_GROUPS: tuple[tuple[str, Callable[[ConversationRow], str | None]], ...] = (
    ("agent", lambda row: row.agent),
    ("channel", lambda row: row.channel),
    ("team", lambda row: row.team),
)
_SHORT = (60.0, 300.0, 900.0, 3_600.0)
_LONG = (3_600.0, 14_400.0, 86_400.0, 259_200.0)


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
        blocks = [*_groups(rows), *_spread(metric, rows)][-max(1, width // 38) :]
        for place, block in enumerate(blocks):
            _bars(canvas, place * (width // len(blocks)) + 1, width // len(blocks), block, role)
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


@dataclass(frozen=True)
class Block:
    """A small table of bars."""

    title: str
    counts: tuple[tuple[str, int], ...]
    ranked: bool = True
    """Largest first, of which the first may stand for all; else in an order of their own."""


def _groups(rows: Sequence[ConversationRow]) -> list[Block]:
    """By agent, channel and team, where there is more than one; the last is the most telling."""
    found = []
    for word, of in _GROUPS:
        counts = Counter(of(row) or "none" for row in rows)
        if len(counts) > 1:
            found.append(Block(f"by {word}", tuple(counts.most_common())))
    return found


def _spread(metric: MetricValue, rows: Sequence[ConversationRow]) -> list[Block]:
    """How long the times are, in buckets that people name."""
    values = sorted(row.value for row in rows if row.value is not None)
    if metric.spec.unit is not Unit.SECONDS or len(values) < 2:
        return []
    edges = _SHORT if values[len(values) // 2] <= _SHORT[-1] else _LONG
    return [Block("how long", tuple((b.label, b.count) for b in time_buckets(values, edges)), ranked=False)]


def _bars(canvas: Canvas, x: int, width: int, block: Block, role: str) -> None:
    lines = canvas.height - 2
    fits = not block.ranked or len(block.counts) <= lines
    top = block.counts[:lines] if fits else block.counts[: lines - 1]
    most = max(count for _, count in block.counts)
    label_width = min(14, max(cell_width(steady(key)) for key, _ in top))
    bar_width = max(6, width - label_width - 12)
    canvas.write(x, 1, block.title, style("muted", bold=True))
    for y, (key, count) in enumerate(top, 2):
        canvas.write(x, y, steady(key), style("text"), width=label_width)
        at = x + label_width + 1
        for span in hbar(count, most, bar_width, role):
            at = canvas.write(at, y, span.text, span.style)
        canvas.write(x + label_width + 2 + bar_width, y, format_count(count), style("muted"))
    if not fits:
        rest = sum(count for _, count in block.counts) - sum(count for _, count in top)
        words = f"{len(block.counts) - len(top)} more: {format_count(rest)}"
        canvas.write(x, 2 + len(top), words, style("muted"))


class Summary(LineView):
    def __init__(self) -> None:
        super().__init__(id="summary")
        self.metric: MetricValue | None = None
        self.report: Report | None = None
        self.rows: tuple[ConversationRow, ...] = ()

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        return summary_lines(self.metric, self.report, self.rows, width, height, self.funnel.currency)
