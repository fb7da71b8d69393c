"""The line over a drill-down: the number once more, or how many the part of it is that was opened."""

from statistics import median

from funnel_tui.charts.cells import Canvas, Line, style
from funnel_tui.charts.format import (
    change_role,
    format_change,
    format_count,
    format_duration,
    format_interval,
    format_n,
    format_previous,
    format_value,
)
from funnel_tui.model.items import Items
from funnel_tui.model.places import Place
from funnel_tui.model.values import ConversationRow, MetricValue, Quality, Unit
from funnel_tui.tui.text import steady

from .drill import LAYER_ROLES
from .lines import LineView


def headline(metric: MetricValue | None, place: Place, items: Items | None, width: int, currency: str) -> Line:
    """One line of `width` cells."""
    canvas = Canvas(width, 1)
    if metric is None:
        canvas.write(1, 0, "reading the number …", style("muted"))
        return canvas.lines()[0]
    role = LAYER_ROLES.get(metric.spec.layer, "human")
    # A way of the funnel counts queries, not what the metric counts.
    x = canvas.write(1, 0, "Funnel" if place.path else metric.spec.label, style("text", bold=True))
    if place.words or place.filters or place.span or place.hour or place.between or place.path:
        _part(canvas, x, metric, place, items, role)
        return canvas.lines()[0]
    x = canvas.write(x + 2, 0, format_value(metric, currency=currency), style(role, bold=True))
    if metric.quality is Quality.UNAVAILABLE:
        canvas.write(x + 2, 0, metric.reason or "", style("muted"))
        return canvas.lines()[0]
    interval = format_interval(metric)
    if interval:
        x = canvas.write(x + 1, 0, f"({interval})", style("muted"))
    change = format_change(metric, verdict=True)
    if change:
        x = canvas.write(x + 2, 0, change, style(change_role(metric)))
        x = canvas.write(x + 2, 0, f"was {format_previous(metric, currency=currency)}", style("muted"))
    x = canvas.write(x + 2, 0, format_n(metric.n), style("muted"))
    if metric.pending:
        canvas.write(x + 2, 0, f"{metric.pending:,} pending", style("muted"))
    return canvas.lines()[0]


def _part(canvas: Canvas, x: int, metric: MetricValue, place: Place, items: Items | None, role: str) -> None:
    x = canvas.write(x, 0, f" › {steady(place.words)}", style("text"))
    if items is None:
        canvas.write(x + 2, 0, "…", style("muted"))
        return
    x = canvas.write(x + 2, 0, format_count(items.total), style(role, bold=True))
    values = [row.value for row in items.rows if isinstance(row, ConversationRow) and row.value is not None]
    if metric.spec.unit is Unit.SECONDS and values and len(items.rows) == items.total:
        x = canvas.write(x + 2, 0, f"median {format_duration(median(values))}", style(role))
    if metric.spec.unit is Unit.COUNT and metric.value is not None and not (place.span or place.path):
        canvas.write(x + 2, 0, f"of {format_count(metric.value)}", style("muted"))


class Headline(LineView):
    def __init__(self, place: Place) -> None:
        super().__init__(id="summary")
        self.place = place
        self.metric: MetricValue | None = None
        self.found: Items | None = None

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        return (headline(self.metric, self.place, self.found, width, self.funnel.currency),)
