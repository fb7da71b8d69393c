"""Where demand went, over the whole screen: the flow with a cursor on it, and every way of it as a table."""

from collections.abc import Iterable
from typing import ClassVar

from funnel_tui.model.boards import FunnelBoard
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
