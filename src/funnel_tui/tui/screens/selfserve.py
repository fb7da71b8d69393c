"""Self-serve: what people solve without the team, month by month, and which tool does it best."""

from collections.abc import Iterable
from typing import ClassVar

from funnel_tui.model.boards import SelfserveBoard
from funnel_tui.tui.grid import Grid, Shape, columns, pane, rows
from funnel_tui.tui.layout import Planner
from funnel_tui.tui.widgets.articles import ArticlesPane
from funnel_tui.tui.widgets.charts import MonthsPane
from funnel_tui.tui.widgets.pane import NumberPane
from funnel_tui.tui.widgets.panes import PaneView
from funnel_tui.tui.widgets.reached import ReachedPane
from funnel_tui.tui.widgets.topics import HandoffsPane, TopicsPane
from funnel_tui.tui.widgets.versus import VersusPane

from .board import BoardScreen

GRID = Grid(
    ("selfserve", "months", "versus", "topics", "handoffs", "articles", "reached"),
    (
        Shape(
            160,
            44,
            rows(
                columns(pane("selfserve", share=2), pane("versus", share=3), fixed=11),
                columns(pane("months", share=3), rows(pane("reached", fixed=11), pane("handoffs"), share=2), share=20),
                columns(pane("topics"), pane("articles"), share=27),
            ),
        ),
        Shape(
            160,
            28,
            columns(
                rows(pane("selfserve", fixed=8), pane("versus", fixed=8), pane("months")),
                rows(pane("topics"), pane("articles"), columns(pane("handoffs", share=3), pane("reached", share=2))),
            ),
        ),
        Shape(
            104,
            37,
            rows(
                columns(pane("selfserve", share=5), pane("versus", share=7), fixed=8),
                columns(pane("months"), rows(pane("reached", fixed=7), pane("handoffs")), fixed=13),
                pane("topics"),
                pane("articles"),
            ),
        ),
    ),
    head="selfserve",
    head_height=5,
)


class SelfserveScreen(BoardScreen):
    BOARD: ClassVar[str] = "selfserve"
    NAME: ClassVar[str] = "Self-serve"
    FIRST: ClassVar[str] = "topics"

    @property
    def planner(self) -> Planner:
        return GRID.plan

    def make_panes(self) -> Iterable[PaneView]:
        return (
            NumberPane("selfserve"),
            MonthsPane("months"),
            VersusPane("versus"),
            TopicsPane("topics"),
            HandoffsPane("handoffs"),
            ArticlesPane("articles"),
            ReachedPane("reached"),
        )

    def fill(self, pane: PaneView) -> None:
        board = self.board
        if not isinstance(board, SelfserveBoard):
            return
        if isinstance(pane, TopicsPane):
            pane.show(board.topics, self.funnel.report)
        elif isinstance(pane, ArticlesPane):
            pane.show(board.articles, self.funnel.report)
        elif isinstance(pane, HandoffsPane):
            pane.show(board.handoffs, board.handoffs_reason, self.funnel.report)
