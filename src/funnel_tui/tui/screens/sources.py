"""Where the figures come from: freshness, limits, what cannot be read and its mend, what every number is worth."""

from collections.abc import Iterable
from typing import ClassVar

from funnel_tui.model.boards import SourcesBoard
from funnel_tui.tui.grid import Grid, Shape, columns, pane, rows
from funnel_tui.tui.layout import Plan, Planner
from funnel_tui.tui.sourcing import faults, known_sources
from funnel_tui.tui.widgets.mends import MendPane
from funnel_tui.tui.widgets.panes import PaneView
from funnel_tui.tui.widgets.source_table import SourceTable, StreamTable
from funnel_tui.tui.widgets.worth import WorthTable

from .board import BoardScreen

_PANES = ("sources", "streams", "mends", "worth")
_FEWEST, _MOST = 2, 8
"""Sources for which the table keeps lines."""


class SourcesScreen(BoardScreen):
    BOARD: ClassVar[str] = "sources"
    NAME: ClassVar[str] = "Sources"
    FIRST: ClassVar[str] = "sources"

    def __init__(self) -> None:
        super().__init__()
        self._lines = _FEWEST

    @property
    def planner(self) -> Planner:
        return self._plan

    def _plan(self, width: int, height: int, active: str | None, zoomed: str | None) -> Plan:
        """The table of the sources as high as they are many; the rest shares what is left."""
        top = pane("sources", fixed=self._lines + 3)
        wide = rows(top, columns(rows(pane("streams", share=3), pane("mends", share=2)), pane("worth")))
        normal = rows(top, columns(pane("streams"), pane("mends")), pane("worth"))
        shapes = (Shape(160, 40, wide), Shape(100, 34, normal))
        return Grid(_PANES, shapes, head="sources", head_height=self._lines + 2).plan(width, height, active, zoomed)

    def make_panes(self) -> Iterable[PaneView]:
        return SourceTable("sources"), StreamTable("streams"), MendPane("mends"), WorthTable("worth")

    def fill(self, pane: PaneView) -> None:
        board = self.board if isinstance(self.board, SourcesBoard) else None
        if isinstance(pane, WorthTable):
            pane.show(board.metrics if board else (), self.funnel.report)
        else:
            self._show_sources()

    def _show_sources(self) -> None:
        """The sources, their streams and their faults as they stand this second."""
        board = self.board if isinstance(self.board, SourcesBoard) else None
        found = known_sources(board, self.funnel.freshness)
        table, mends = self.query_one(SourceTable), self.query_one(MendPane)
        table.show(found)
        self.query_one(StreamTable).show(table.current, board.metrics if board else ())
        if mends.show(faults(found, self.funnel.live), loaded=board is not None):
            self.call_after_refresh(self.show_cursor)
        lines = max(_FEWEST, min(_MOST, len(found)))
        if lines != self._lines:
            self._lines = lines
            self.panes.replan()

    def _redraw(self) -> None:
        for view in (self.query_one(SourceTable), self.query_one(StreamTable), self.query_one(MendPane)):
            view.redraw()

    def state_changed(self) -> None:
        super().state_changed()
        self._show_sources()
        self._redraw()

    def tick(self) -> None:
        """Ages in place: nothing else changes without news."""
        super().tick()
        self.query_one(SourceTable).redraw()

    def cursor_moved(self) -> None:
        """The streams follow the table."""
        board = self.board if isinstance(self.board, SourcesBoard) else None
        streams = self.query_one(StreamTable)
        streams.show(self.query_one(SourceTable).current, board.metrics if board else ())
        streams.redraw()

    def action_drill(self) -> None:
        worth = self.query_one(WorthTable)
        if self.here is worth and worth.current is not None and worth.place() is None:
            self.funnel.say("There is nothing to open: the sources cannot tell this number")
        else:
            super().action_drill()
