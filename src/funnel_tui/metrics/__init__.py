"""What the numbers mean and how they come about: catalogue, periods, comparison, funnel, signals. Pure reads.

Each entry is imported when it is first asked for: a one-line answer, and the dashboard's first frame, do without the
larger screens. No module in here has the name of an entry, which it would take the place of.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from funnel_tui.metrics.boards import build_board
    from funnel_tui.metrics.catalogue import CATALOGUE
    from funnel_tui.metrics.filter_choices import choices
    from funnel_tui.metrics.freshness import current_freshness
    from funnel_tui.metrics.items import items_behind
    from funnel_tui.metrics.periods import PeriodError
    from funnel_tui.metrics.queue_track import track
    from funnel_tui.metrics.report import build_report, conversations_behind, measure_only, timeline
    from funnel_tui.metrics.request import ReportRequest

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

_HOMES = {
    "CATALOGUE": "catalogue",
    "PeriodError": "periods",
    "ReportRequest": "request",
    "build_board": "boards",
    "choices": "filter_choices",
    "current_freshness": "freshness",
    "items_behind": "items",
    "track": "queue_track",
    **dict.fromkeys(("build_report", "conversations_behind", "measure_only", "timeline"), "report"),
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return found
