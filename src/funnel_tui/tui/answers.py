"""What the loader hands back: frozen values, without Textual, because the loader starts before Textual is imported."""

from dataclasses import dataclass

from funnel_tui.model.values import ConversationRow, Report, Timeline

from .state import View


@dataclass(frozen=True)
class ReportReady:
    """A report for `view` has been computed."""

    view: View
    report: Report


@dataclass(frozen=True)
class RowsReady:
    """The conversations behind `metric`, latest first."""

    view: View
    metric: str
    rows: tuple[ConversationRow, ...]
    cut: bool = False
    """There are more: these are the latest."""


@dataclass(frozen=True)
class TimelineReady:
    """One conversation's events, or None where the cache does not have it (any more)."""

    source: str
    conversation: str
    timeline: Timeline | None


@dataclass(frozen=True)
class LoadFailed:
    """A request could not be answered. `topic` is `report`, `rows` or `timeline`."""

    topic: str
    reason: str


Answer = ReportReady | RowsReady | TimelineReady | LoadFailed
