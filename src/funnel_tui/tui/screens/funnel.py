"""Where demand went, over the whole screen: the flow with a cursor on it, and every way of it as a table."""

from collections.abc import Iterable
from typing import ClassVar

from funnel_tui.model.boards import FunnelBoard
from funnel_tui.model.values import Direction, MetricSpec, MetricValue, Quality, Unit
from funnel_tui.tui.answers import Answer, BoardReady
from funnel_tui.tui.flowing import key_path
from funnel_tui.tui.grid import Grid, Shape, columns, pane, rows
from funnel_tui.tui.layout import Planner
from funnel_tui.tui.state import View
from funnel_tui.tui.widgets.flow import FlowPane
from funnel_tui.tui.widgets.panes import PaneView
from funnel_tui.tui.widgets.ways import WayTable

from .board import BoardScreen

GRID = Grid(
    ("flow", "ways"),
    (
        Shape(170, 24, columns(pane("flow"), pane("ways", fixed=84))),
        Shape(80, 44, rows(pane("flow", share=3), pane("ways", share=2))),
        Shape(80, 34, rows(pane("flow", share=2), pane("ways", share=1))),
    ),
)


QUERIES = MetricSpec(
    "funnel",
    "Queries",
    Unit.COUNT,
    Direction.NEITHER,
    "What somebody sought support for, once: an episode of a conversation together with the articles that its person"
    " viewed in the 24 h before it, or article views within 24 h that no conversation followed. Counted by the moment"
    " it began. One person may have several; who reached the team counts here by the day the query began, in the human"
    " layer by the day it reached the team.",
    "selfserve",
)


class FunnelFlowScreen(BoardScreen):
    BOARD: ClassVar[str] = "funnel"
    NAME: ClassVar[str] = "Funnel"
    FIRST: ClassVar[str] = "flow"

    _answers: View | None = None
    """The view that the board was made for."""

    @property
    def planner(self) -> Planner:
        return GRID.plan

    def make_panes(self) -> Iterable[PaneView]:
        return FlowPane("flow"), WayTable("ways")

    def answered(self, answer: Answer) -> None:
        if isinstance(answer, BoardReady) and answer.asked == self._wanted:
            self._answers = answer.asked.view
        super().answered(answer)

    def fill(self, pane: PaneView) -> None:
        board = self.board if isinstance(self.board, FunnelBoard) and self._answers == self.funnel.shown else None
        if isinstance(pane, (FlowPane, WayTable)):
            pane.show(self.funnel.report, board)

    def current_metric(self) -> MetricValue | None:
        """What is counted here: no metric of the catalogue, but to be explained like one."""
        way = self.query_one(FlowPane).current()
        funnel = self.funnel.report.funnel if self.funnel.report else None
        value = way.value if way else funnel.nodes[0].value if funnel and funnel.nodes else None
        quality = funnel.quality if funnel else Quality.EXACT
        return MetricValue(QUERIES, value, quality=quality, reason=funnel.reason if funnel else None)

    def cursor_moved(self) -> None:
        """Picture and table mark the same way."""
        flow, table = self.query_one(FlowPane), self.query_one(WayTable)
        if self.here is table:
            flow.choose(key_path(table.selected))
        elif flow.path:
            table.select(flow.selected)

    def action_back(self) -> None:
        flow = self.query_one(FlowPane)
        if self.here is flow and flow.path and self.panes.zoomed is None:
            flow.choose(())
        else:
            super().action_back()
