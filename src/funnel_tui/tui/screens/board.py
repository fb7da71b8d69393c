"""A screen of its own for one layer or question: panes from the report and from a board made for it."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from funnel_tui.tui.answers import Answer, BoardReady, LoadFailed
from funnel_tui.tui.questions import BoardAsked
from funnel_tui.tui.widgets.header_lines import HeaderData
from funnel_tui.tui.widgets.panes import PaneView
from funnel_tui.tui.widgets.table import TablePane

from .panes import PanesScreen

if TYPE_CHECKING:
    from funnel_tui.model.boards import Board


class BoardScreen(PanesScreen):
    """`BOARD` is what the loader is asked for; the newest one is kept on screen until a newer one is there."""

    BOARD: ClassVar[str] = ""
    NAME: ClassVar[str] = ""
    """For the breadcrumb."""

    board: "Board | None" = None
    _wanted: BoardAsked | None = None
    _shown: BoardAsked | None = None
    """What the board on screen was asked for with."""

    @property
    def crumbs(self) -> tuple[str, ...]:
        return (self.NAME,)

    def header_data(self) -> HeaderData:
        found = super().header_data()
        # A period is named as that of all figures once the tables too are its own.
        behind = self._shown is not None and self._shown.view != self.funnel.view
        return replace(found, dated=True, pending=found.pending or behind)

    def report_changed(self) -> None:
        super().report_changed()
        self.ask()

    def ask(self) -> None:
        if self.BOARD:
            self._wanted = BoardAsked(self.funnel.view, self.BOARD)
            self.funnel.loader.ask(self._wanted)

    def answered(self, answer: Answer) -> None:
        match answer:
            case BoardReady(asked, board) if asked == self._wanted:
                self.board, self._shown = board, asked
                self.show_header()
                for pane in self.query(PaneView):
                    pane.board = board
                    self.fill(pane)
                self.show_cursor()
                for pane in self.query(PaneView):
                    pane.redraw()
            case LoadFailed("board", reason) if self.board is None:
                for pane in self.query(PaneView):
                    pane.waiting = reason
                    if isinstance(pane, TablePane):
                        pane.message = reason
                    pane.redraw()
                self.funnel.say(reason)
