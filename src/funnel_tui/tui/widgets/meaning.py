"""What the number under the cursor means and how far it can be trusted, beside the table where there is room."""

from funnel_tui.charts.cells import Line, join
from funnel_tui.model.values import MetricValue

from .frame import frame, inner_size
from .panel import look
from .panes import PaneView


class MeaningPane(PaneView):
    """`show` says whose meaning; the same facts as the definition has that `d` opens."""

    TITLE = "MEANING"

    def __init__(self, pane: str) -> None:
        super().__init__(pane)
        self._metric: MetricValue | None = None

    def show(self, metric: MetricValue | None) -> None:
        """Another number: does not draw."""
        self._metric = metric

    def metric(self) -> MetricValue | None:
        return self._metric

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        from funnel_tui.tui.screens.definition import definition_rows

        inner, lines = inner_size(width, height, boxed=self.boxed)
        rows = [] if self._metric is None else definition_rows(self._metric, self.funnel.currency, inner - 1)
        body = [join([(text, look(role)) for text, role in row], inner) for row in rows[:lines]]
        note = f"d: {len(rows) - lines} more lines" if len(rows) > lines else ""
        title = f"WHAT IT MEANS: {self._metric.spec.label.upper()}" if self._metric else self.TITLE
        return frame(title, body, width, height, boxed=self.boxed, active=self.active, note=note)
