"""What a number means and how far it can be trusted, in a panel over the screen."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from funnel_tui.charts.format import change_role, format_change, format_interval, format_plain, format_value
from funnel_tui.model.values import Direction, MetricValue, Quality, Report
from funnel_tui.tui.bindings import BACK_KEY, DEFINITION_KEY, to_bindings
from funnel_tui.tui.widgets.panel import Panel, Part, wrap

from .modal import Modal

WIDTH = 72
_BETTER = {
    Direction.UP: "higher is better",
    Direction.DOWN: "lower is better",
    Direction.NEITHER: "neither way is better",
}
_VERDICTS = {
    "better": "more than its noise, and the good way",
    "worse": "more than its noise, and the bad way",
    "same": "no change to speak of",
    "unclear": "less than its noise",
}


def definition_rows(metric: MetricValue, currency: str, width: int) -> list[Sequence[Part]]:
    rows: list[Sequence[Part]] = [[(line, "text")] for line in wrap(metric.spec.definition, width)]
    rows.append([])

    def fact(word: str, text: str, role: str = "text") -> None:
        lines = wrap(text, width - 13)
        rows.append([(f"{word:<13}", "muted"), (lines[0], role)])
        rows.extend([(" " * 13, "muted"), (line, role)] for line in lines[1:])

    fact("Value", format_value(metric, currency=currency), "text!")
    if metric.n is not None:
        fact("n", f"{metric.n:,}" + (" — few: read it with care" if metric.n < 30 else ""))
    if metric.pending is not None:
        fact("Pending", f"{metric.pending:,} too young to be judged, counted in neither part")
    if format_interval(metric):
        fact("95 % sure", format_interval(metric))
    if metric.previous is not None:
        fact("Then", format_plain(metric.previous, metric.spec.unit, currency=currency))
        verdict = f": {_VERDICTS[metric.verdict.value]}" if metric.verdict else ""
        fact("Change", format_change(metric) + verdict, change_role(metric))
    fact("Direction", _BETTER[metric.spec.direction])
    quality = {Quality.EXACT: "text", Quality.APPROXIMATE: "warn", Quality.UNAVAILABLE: "bad"}[metric.quality]
    fact("Quality", metric.quality.value + (f": {metric.reason}" if metric.reason else ""), quality)
    fact("Id", metric.spec.id, "muted")
    return rows


class DefinitionScreen(Modal[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        *to_bindings((BACK_KEY,)),
        Binding("enter,q", "back", show=False),
        Binding(DEFINITION_KEY.keys, "back", show=False, id=DEFINITION_KEY.id),
    ]

    def __init__(self, metric: MetricValue, currency: str) -> None:
        super().__init__()
        self.metric = metric
        self.currency = currency

    @property
    def panel_width(self) -> int:
        return min(WIDTH, self.app.size.width - 2)

    def compose(self) -> ComposeResult:
        width = self.panel_width
        rows = definition_rows(self.metric, self.currency, width - 5)
        panel = Panel(self.metric.spec.label.upper(), rows, role="text", note="Esc")
        panel.styles.width, panel.styles.height = width, min(len(rows) + 2, self.app.size.height - 2)
        yield panel

    def report_changed(self, report: Report) -> None:
        """The number behind the panel changed: so does the panel, in its place and size."""
        metric = report.metrics.get(self.metric.spec.id)
        if metric is not None and metric != self.metric:
            self.metric = metric
            panel = self.query_one(Panel)
            panel.rows = definition_rows(metric, self.currency, self.panel_width - 5)
            panel.redraw()

    def action_back(self) -> None:
        self.dismiss()

    def on_click(self) -> None:
        self.dismiss()
