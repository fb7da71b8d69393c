"""How does now compare with the past, and which way is each number going? Every metric in two periods."""

from collections.abc import Iterable
from typing import ClassVar

from funnel_tui.model.boards import ComparisonBoard
from funnel_tui.tui.answers import Answer, BoardReady
from funnel_tui.tui.comparing import known, rows_of
from funnel_tui.tui.grid import Grid, Shape, columns, pane, rows
from funnel_tui.tui.layout import Planner
from funnel_tui.tui.state import View
from funnel_tui.tui.widgets.compared import ComparedTable
from funnel_tui.tui.widgets.course import CoursePane
from funnel_tui.tui.widgets.meaning import MeaningPane
from funnel_tui.tui.widgets.panes import PaneView
from funnel_tui.tui.widgets.reading import unread, waiting_words

from .board import BoardScreen

GRID = Grid(
    ("numbers", "course"),
    (
        Shape(
            180, 44, columns(pane("numbers", share=5), rows(pane("course", share=3), pane("meaning", share=2), share=3))
        ),
        Shape(180, 30, columns(pane("numbers", share=5), pane("course", share=3))),
        Shape(100, 32, rows(pane("numbers", share=5), pane("course", share=3))),
    ),
)


class ComparisonScreen(BoardScreen):
    BOARD: ClassVar[str] = "comparison"
    NAME: ClassVar[str] = "Comparison"
    FIRST: ClassVar[str] = "numbers"

    _answers: View | None = None
    """The view that the board was made for: what is compared with what must be one thing in all of the screen."""

    @property
    def planner(self) -> Planner:
        return GRID.plan

    def make_panes(self) -> Iterable[PaneView]:
        return ComparedTable("numbers"), CoursePane("course"), MeaningPane("meaning")

    @property
    def numbers(self) -> ComparedTable:
        return self.query_one(ComparedTable)

    def answered(self, answer: Answer) -> None:
        if isinstance(answer, BoardReady) and answer.asked == self._wanted:
            self._answers = answer.asked.view
        super().answered(answer)

    def fill(self, pane: PaneView) -> None:
        report, board = self.funnel.report, self.board
        if not isinstance(pane, ComparedTable) or report is None:
            return
        if unread(report):
            pane.message = waiting_words(report)
            pane.show((), report)
            return
        fits = isinstance(board, ComparisonBoard) and self._answers == self.funnel.shown
        pane.show(board.rows if fits and isinstance(board, ComparisonBoard) else rows_of(report), report)

    def cursor_moved(self) -> None:
        """The chart follows the table."""
        board, course, numbers = self.board, self.query_one(CoursePane), self.numbers
        explains = "course" in self.panes.plan.tabs
        if explains != numbers.explains:
            numbers.explains = explains
            numbers.redraw()
        course.show(numbers.current, board.step if isinstance(board, ComparisonBoard) else "day")
        meaning = self.query_one(MeaningPane)
        meaning.show(numbers.metric())
        course.redraw()
        meaning.redraw()

    def action_drill(self) -> None:
        row = self.numbers.current
        if row is not None and not known(row):
            self.funnel.say(row.metric.reason or "The sources cannot tell this number")
        else:
            super().action_drill()
