"""What the numbers mean and how they come about: catalogue, periods, comparison, funnel, signals. Pure reads."""

from funnel_tui.metrics.boards import build_board
from funnel_tui.metrics.catalogue import CATALOGUE
from funnel_tui.metrics.freshness import current_freshness
from funnel_tui.metrics.periods import PeriodError
from funnel_tui.metrics.report import ReportRequest, build_report, conversations_behind, measure_only, timeline

__all__ = [
    "CATALOGUE",
    "PeriodError",
    "ReportRequest",
    "build_board",
    "build_report",
    "conversations_behind",
    "current_freshness",
    "measure_only",
    "timeline",
]
