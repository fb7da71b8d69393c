"""What the larger screens show beside the report: a board for each, by name."""

from collections.abc import Callable, Mapping

from funnel_tui.metrics.comparison_board import comparison_board
from funnel_tui.metrics.funnel_board import funnel_board
from funnel_tui.metrics.human_board import human_board
from funnel_tui.metrics.periods import PeriodError
from funnel_tui.metrics.proactive_board import proactive_board
from funnel_tui.metrics.request import ReportRequest, period_of
from funnel_tui.metrics.selfserve_board import selfserve_board
from funnel_tui.metrics.sources_board import sources_board
from funnel_tui.metrics.tiles import Tiles
from funnel_tui.model.boards import Board
from funnel_tui.settings import Settings
from funnel_tui.store.reader import Reader

_BUILDERS: Mapping[str, Callable[[Tiles, int], Board]] = {
    "proactive": proactive_board,
    "selfserve": selfserve_board,
    "human": human_board,
    "comparison": comparison_board,
    "funnel": funnel_board,
    "sources": sources_board,
}
"""What makes each board, from one request over one state of the cache and the moment that is now."""


def build_board(reader: Reader, settings: Settings, request: ReportRequest, name: str, now: int) -> Board:
    """All that one screen shows beside the report. Takes 10-300 ms: call it off the event loop.

    Raises PeriodError for a board, period, comparison or filter key that does not exist.
    """
    builder = _BUILDERS.get(name)
    if builder is None:
        raise PeriodError(f"unknown board {name!r}; use {', '.join(_BUILDERS)}")
    span = period_of(settings, request, now)
    with reader.at(span.as_of):
        return builder(Tiles(reader, settings, request, span), now)
