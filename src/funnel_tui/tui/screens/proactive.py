"""Proactive: how many messages go out and what becomes of them, against how many people seek support."""

from collections.abc import Iterable
from typing import ClassVar

from funnel_tui.model.boards import ProactiveBoard
from funnel_tui.tui.grid import Grid, Shape, columns, pane, rows
from funnel_tui.tui.layout import Planner
from funnel_tui.tui.widgets.campaigns import CampaignsPane, OpenFunnelPane
from funnel_tui.tui.widgets.pane import NumberPane
from funnel_tui.tui.widgets.panes import PaneView
from funnel_tui.tui.widgets.together import TogetherPane, WeeklyPane

from .board import BoardScreen

GRID = Grid(
    ("proactive", "campaigns", "weekly", "opens", "together"),
    (
        Shape(
            160,
            44,
            rows(
                columns(pane("proactive"), pane("opens"), pane("together"), fixed=11),
                pane("weekly", share=4),
                pane("campaigns", share=5),
            ),
        ),
        Shape(
            160,
            28,
            columns(
                rows(columns(pane("proactive"), pane("opens"), fixed=10), pane("campaigns"), share=11),
                rows(pane("weekly"), pane("together", fixed=8), share=9),
            ),
        ),
        Shape(
            96,
            32,
            rows(
                columns(pane("proactive"), pane("opens"), fixed=10),
                pane("weekly"),
                pane("campaigns"),
            ),
        ),
    ),
    head="proactive",
    head_height=5,
)


class ProactiveScreen(BoardScreen):
    BOARD: ClassVar[str] = "proactive"
    NAME: ClassVar[str] = "Proactive"
    FIRST: ClassVar[str] = "campaigns"

    @property
    def planner(self) -> Planner:
        return GRID.plan

    def make_panes(self) -> Iterable[PaneView]:
        return (
            NumberPane("proactive"),
            CampaignsPane("campaigns"),
            WeeklyPane("weekly"),
            OpenFunnelPane("opens"),
            TogetherPane("together"),
        )

    def fill(self, pane: PaneView) -> None:
        if isinstance(pane, CampaignsPane) and isinstance(self.board, ProactiveBoard):
            pane.show(self.board.campaigns, self.funnel.report)
