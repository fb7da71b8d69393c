"""What stands on a terminal that is too small for the panes: the queue, in as many lines as there are."""

from funnel_tui.charts.cells import Canvas, Line, style
from funnel_tui.charts.format import format_value
from funnel_tui.model.values import Report
from funnel_tui.tui.layout import MIN_HEIGHT, MIN_WIDTH

from .numbers import PANES
from .panes import PaneView


def small_lines(report: Report | None, width: int, height: int) -> tuple[Line, ...]:
    """The human layer's numbers alone and, where it fits, what size would show the rest."""
    canvas = Canvas(width, height)
    rows = PANES["human"].rows[: max(0, height - 2)]
    for y, row in enumerate(rows):
        metric = report.metrics.get(row.metric) if report else None
        value = format_value(metric) if metric else "…"
        canvas.write(0, y, row.label, style("muted"), width=max(0, width - len(value) - 1))
        canvas.write(max(0, min(26, width) - len(value)), y, value, style("human", bold=True))
    if height > 2:
        canvas.write(0, height - 1, f"{MIN_WIDTH}x{MIN_HEIGHT} shows more · q quit", style("muted"))
    return canvas.lines()


class TooSmall(PaneView):
    def __init__(self) -> None:
        super().__init__("too_small")

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        return small_lines(self.funnel.report, width, height)
