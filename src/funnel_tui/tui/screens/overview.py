"""The overview: three layers, where demand went, the queue, what needs attention. One glance, then Enter."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType

from funnel_tui.model.values import MetricValue
from funnel_tui.tui.bindings import BACK_KEY, DEFINITION_KEY, MOVE_KEYS, PERIOD_KEYS, Key, to_bindings
from funnel_tui.tui.layout import NUMBER_PANES, neighbour
from funnel_tui.tui.messages import Picked, Wheeled
from funnel_tui.tui.widgets.attention import AttentionPane, SourcesPane, concerns
from funnel_tui.tui.widgets.charts import ChartPane, FunnelPane, MonthsPane, QueuePane
from funnel_tui.tui.widgets.footer import Footer, Hint
from funnel_tui.tui.widgets.header import Header
from funnel_tui.tui.widgets.pane import NumberPane
from funnel_tui.tui.widgets.panes import Panes, PaneView
from funnel_tui.tui.widgets.reading import filling, unread
from funnel_tui.tui.widgets.too_small import TooSmall

from .base import FunnelScreen

_FIRST = ("human", "queue.waiting")


class OverviewScreen(FunnelScreen):
    KEYS: ClassVar[tuple[Key, ...]] = (*MOVE_KEYS, DEFINITION_KEY, *PERIOD_KEYS, BACK_KEY)
    BINDINGS: ClassVar[list[BindingType]] = to_bindings((*MOVE_KEYS, DEFINITION_KEY))

    def __init__(self) -> None:
        super().__init__()
        self.cursor: tuple[str, str | None] = _FIRST
        """Pane and item: names, not places, so that nothing moves it but the person."""

    def compose(self) -> ComposeResult:
        yield Panes(
            Header(id="header"),
            *(NumberPane(pane) for pane in NUMBER_PANES),
            FunnelPane("funnel"),
            MonthsPane("months"),
            QueuePane("queue"),
            AttentionPane(),
            SourcesPane(),
            TooSmall(),
            Footer(),
        )

    def on_mount(self) -> None:
        super().on_mount()
        self.report_changed()

    @property
    def panes(self) -> Panes:
        return self.query_one(Panes)

    def pane(self, name: str) -> PaneView:
        return self.query_one(f"#{name}", PaneView)

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ()

    def hints(self) -> Sequence[Hint]:
        found = [hint for hint in super().hints() if hint[2] != "back" or self.panes.zoomed]
        return [("1-5", "period", ""), *found[:-2], ("[ ]", "earlier/later", ""), *found[-2:]]

    def report_changed(self) -> None:
        report = self.funnel.report
        for pane in self.query(PaneView):
            if isinstance(pane, NumberPane | ChartPane):
                pane.report = report
            if isinstance(pane, NumberPane):
                pane.wait_age = 0
        self.state_changed()
        self._show_cursor()
        for pane in self.query(PaneView):
            pane.redraw()

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
        if app.report is None:
            for chart in self.query(ChartPane):
                chart.redraw()
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

    def current_metric(self) -> MetricValue | None:
        pane, item = self.cursor
        report = self.funnel.report
        if report is None or item is None:
            return None
        if pane == "attention":
            concern = next((c for c in self.query_one(AttentionPane).concerns if c.id == item), None)
            item = concern.metric if concern else None
        return report.metrics.get(item) if item else None

    def _show_cursor(self) -> None:
        """The cursor in its pane, and the definition of its number where there is room for it."""
        slots = self.panes.plan.slots
        if self.cursor[0] not in slots and not self.panes.plan.too_small:
            visible = next(
                (name for name in ("human", *slots) if name in slots and name not in ("header", "footer")), None
            )
            if visible is not None:
                self.cursor = (visible, self._nearest(self.pane(visible), 0))
        name, item = self.cursor
        sources = self.query_one(SourcesPane)
        metric = self.current_metric()
        sources.definition = (metric.spec.label, metric.spec.definition) if metric else None
        sources.redraw()
        for pane in self.query(PaneView):
            active = pane.pane == name
            pane.focus_on(active, item if active else None)

    def _nearest(self, pane: PaneView, line: int) -> str | None:
        items = pane.items
        return items[max(0, min(line, len(items) - 1))] if items else None

    def on_resize(self, event: events.Resize) -> None:
        # The pane with the cursor may have no place at the new size.
        self.call_after_refresh(self._show_cursor)

    def action_move(self, dx: int, dy: int) -> None:
        name, item = self.cursor
        pane = self.pane(name)
        items = pane.items
        place = items.index(item) if item in items else 0
        if dy and 0 <= place + dy < len(items):
            self._go(name, items[place + dy])
            return
        if self.panes.zoomed:
            return
        slots = self.panes.plan.slots
        following = neighbour(slots, name, dx, dy) if name in slots else None
        if following is None:
            return
        # Sideways the cursor stays at its height on the screen; up and down it enters at the near end.
        height = (
            slots[name].y + place - slots[following].y if dx else (0 if dy > 0 else len(self.pane(following).items))
        )
        self._go(following, self._nearest(self.pane(following), height))

    def action_next_pane(self, step: int) -> None:
        slots = self.panes.plan.slots
        order = sorted(
            (n for n in slots if n not in ("header", "footer", "too_small")), key=lambda n: (slots[n].y, slots[n].x)
        )
        if self.cursor[0] in order:
            name = order[(order.index(self.cursor[0]) + step) % len(order)]
            self._go(name, self._nearest(self.pane(name), 0))

    def _go(self, pane: str, item: str | None) -> None:
        self.cursor = (pane, item)
        self._show_cursor()

    def action_drill(self) -> None:
        name, item = self.cursor
        metric = self.current_metric()
        if metric is None:
            if name == "queue":
                self.funnel.drill("queue.waiting")
            elif item is None and not self.panes.zoomed:
                self.action_zoom()
            return
        self.funnel.drill(metric.spec.id)

    def action_zoom(self) -> None:
        name = self.cursor[0]
        if self.panes.zoomed is not None:
            self.panes.zoom(None)
        elif name in self.panes.plan.slots:
            self.panes.zoom(name)
        self.show_hints()
        self.call_after_refresh(self._show_cursor)

    def action_back(self) -> None:
        if self.panes.zoomed is not None:
            self.action_zoom()

    @on(Picked)
    def _picked(self, message: Picked) -> None:
        self._go(message.pane, message.item or self._nearest(self.pane(message.pane), 0))
        if message.open:
            self.action_drill()

    @on(Wheeled)
    def _wheeled(self, message: Wheeled) -> None:
        """The wheel moves the cursor inside its pane; elsewhere it does nothing, so that nothing jumps."""
        name, item = self.cursor
        items = self.pane(name).items
        if name == message.pane and item in items and 0 <= items.index(item) + message.lines < len(items):
            self._go(name, items[items.index(item) + message.lines])
