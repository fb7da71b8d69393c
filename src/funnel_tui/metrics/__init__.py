"""What the numbers mean and how they come about: catalogue, periods, comparison, funnel, signals. Pure reads."""

from funnel_tui.metrics.boards import build_board
from funnel_tui.metrics.catalogue import CATALOGUE
from funnel_tui.metrics.choices import choices
from funnel_tui.metrics.freshness import current_freshness
from funnel_tui.metrics.items import items_behind
from funnel_tui.metrics.periods import PeriodError
from funnel_tui.metrics.report import ReportRequest, build_report, conversations_behind, measure_only, timeline
from funnel_tui.metrics.track import track

__all__ = [
    "CATALOGUE",
    "PeriodError",
    "ReportRequest",
    "build_board",
    "build_report",
    "choices",
    "conversations_behind",
    "current_freshness",
    "items_behind",
    "measure_only",
    "timeline",
    "track",
]
