"""A pane of numbers: one layer's figures, and a cursor over them."""

from funnel_tui.charts.cells import Line
from funnel_tui.model.values import MetricValue

from .frame import inner_size, scrolled
from .number_lines import figures_of, number_pane
from .numbers import Row, pane_rows
from .panes import PaneView
from .reading import filling


class NumberPane(PaneView):
    """One layer's numbers. The screen sets `report` and `wait_age`, then calls `redraw`."""

    def __init__(self, pane: str) -> None:
        super().__init__(pane)
        self.wait_age = 0

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(row.metric for row in self._rows())

    def _rows(self) -> tuple[Row, ...]:
        lines = inner_size(*self.size, boxed=self.boxed)[1]
        return pane_rows(self.pane, lines, self.report, zoomed=self.zoomed)

    def metric(self) -> MetricValue | None:
        return self.report.metrics.get(self.selected) if self.report and self.selected else None

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        rows = self._rows()
        ids = [row.metric for row in rows]
        place = ids.index(self.selected) if self.active and self.selected in ids else None
        self.top = scrolled(self.top, place, inner_size(width, height, boxed=self.boxed)[1], len(rows))
        return number_pane(
            self.pane,
            figures_of(
                self.pane,
                self.report,
                self.funnel.currency,
                wait_age=self.wait_age,
                filling=filling(self.funnel.freshness),
            ),
            rows,
            width,
            height,
            boxed=self.boxed,
            top=self.top,
            place=place,
            active=self.active,
            zoomed=self.zoomed,
        )
