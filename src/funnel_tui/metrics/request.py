"""What is asked for: the period, the comparison, the moment, the filters."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from funnel_tui.metrics.periods import PeriodError, period
from funnel_tui.model.values import Period
from funnel_tui.settings import Settings
from funnel_tui.store.filters import KEYS


@dataclass(frozen=True, slots=True)
class ReportRequest:
    period: str = "today"
    compare: str = "previous"
    at: int | None = None
    """The as-of moment; None is now."""
    earlier: int = 0
    """Whole periods back."""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by: str | None = None
    series: str | None = None
    """The grain of the series over the period; None gives the last twelve months."""


def period_of(settings: Settings, request: ReportRequest, now: int) -> Period:
    """The period asked for, in the report zone. Raises PeriodError."""
    return period(request.period, now if request.at is None else request.at, settings.zone, request.earlier)


def filters_of(request: ReportRequest) -> dict[str, tuple[str, ...]]:
    """The filters asked for, without the empty ones. Raises PeriodError for a key that does not exist."""
    asked = request.filters
    for key in asked:
        if key not in KEYS:
            raise PeriodError(f"cannot filter by {key!r}; use one of {', '.join(KEYS)}")
    return {key: tuple(values) for key, values in asked.items() if values}
