"""What the person at the keyboard has asked for and how the data stands: frozen values, no behaviour beyond change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funnel_tui.metrics import ReportRequest

PERIODS = ("today", "week", "month", "quarter", "year")
COMPARISONS = ("previous", "year", "none")


@dataclass(frozen=True)
class View:
    """Which period, against what, through which filters: the screen's side of a report request."""

    period: str = "today"
    compare: str = "previous"
    earlier: int = 0
    """Whole periods back from the one that holds now."""
    at: int | None = None
    """As-of moment in epoch seconds; None is now."""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def show(self, period: str) -> "View":
        return replace(self, period=period, earlier=0)

    def step(self, back: int) -> "View":
        """`back` periods earlier (negative: later), but never into the future. A range of dates does not step."""
        if ".." in self.period:
            return self
        return replace(self, earlier=max(0, self.earlier + back))

    def next_comparison(self) -> "View":
        place = COMPARISONS.index(self.compare) if self.compare in COMPARISONS else -1
        return replace(self, compare=COMPARISONS[(place + 1) % len(COMPARISONS)])


@dataclass(frozen=True)
class Live:
    """How fresh the screen is, apart from the figures themselves."""

    paused_since: int | None = None
    loading_since: int | None = None
    """When the request still on its way was made; None when nothing is awaited."""
    problem: str | None = None
    """Why the last report could not be made, a sentence."""
    poller_problem: str | None = None
    """Why nothing new comes, a sentence."""
    config_problem: str | None = None
    """Why a change of the configuration was not taken up: file, line, key and what is allowed."""
    read_only: bool = False
    """Somebody else's screen is looked at: this process polls nothing and writes nothing."""
    polling: bool = True
    """False where another process, or nobody, brings new data."""


def to_view(request: "ReportRequest | View | None") -> View:
    """What a request of the metrics layer looks like from the screen's side."""
    if request is None:
        return View()
    if isinstance(request, View):
        return request
    return View(request.period, request.compare, request.earlier, request.at, dict(request.filters))
