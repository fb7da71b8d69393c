"""The overview: three layers, where demand went, the queue, what needs attention. One glance, then Enter."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from funnel_tui.tui.bindings import SCREEN_KEYS, shown
from funnel_tui.tui.layout import NUMBER_PANES, Planner, overview
from funnel_tui.tui.widgets.attention import AttentionPane, SourcesPane, concerns
from funnel_tui.tui.widgets.charts import FunnelPane, MonthsPane, QueuePane
from funnel_tui.tui.widgets.footer import Hint
from funnel_tui.tui.widgets.pane import NumberPane
from funnel_tui.tui.widgets.panes import PaneView
from funnel_tui.tui.widgets.reading import filling, unread

from .panes import PanesScreen


class OverviewScreen(PanesScreen):
    FIRST: ClassVar[str] = "human"

    @property
    def planner(self) -> Planner:
        return overview

    def make_panes(self) -> Iterable[PaneView]:
        return (
            *(NumberPane(pane) for pane in NUMBER_PANES),
            FunnelPane("funnel"),
            MonthsPane("months"),
            QueuePane("queue"),
            AttentionPane(),
            SourcesPane(),
        )

    def hints(self) -> Sequence[Hint]:
        found = super().hints()
        keys = self.funnel.settings.keys
        screens = " ".join(shown(key, keys) for key in SCREEN_KEYS if key.id != "screen.overview")
        return [
            ("1-5", "period", ""),
            (screens, "screens", ""),
            *found[:-2],
            ("[ ]", "earlier/later", ""),
            *found[-2:],
        ]

    def fill(self, pane: PaneView) -> None:
        if isinstance(pane, NumberPane):
            pane.wait_age = 0

    def state_changed(self) -> None:
        super().state_changed()
        app = self.funnel
        attention = self.query_one(AttentionPane)
        found = concerns(app.report, app.freshness, app.live)
        attention.concerns, attention.loaded = found, app.report is not None
        attention.filling = app.report is not None and (unread(app.report) or filling(app.freshness))
        attention.redraw()
        for numbers in self.query(NumberPane):
            # Nothing is sent unless what is still to come has come.
            numbers.redraw()
        self._show_sources()

    def _show_sources(self) -> None:
        sources = self.query_one(SourcesPane)
        sources.freshness, sources.now = self.funnel.freshness, self.funnel.clock()
        sources.redraw()

    def tick(self) -> None:
        super().tick()
        if "sources" in self.panes.plan.slots:
            self._show_sources()
        report = self.funnel.report
        if report is None or self.funnel.view.at is not None:
            return
        human = self.query_one("#human", NumberPane)
        human.wait_age = max(0, self.funnel.clock() - report.generated_at)
        human.redraw()

    def cursor_moved(self) -> None:
        """The definition of the number under the cursor, where there is room for it."""
        sources = self.query_one(SourcesPane)
        metric = self.current_metric()
        sources.definition = (metric.spec.label, metric.spec.definition) if metric else None
        sources.redraw()
