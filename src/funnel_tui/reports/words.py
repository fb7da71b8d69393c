"""How reports name periods, moments and layers."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from funnel_tui.model.values import MetricValue, Period, Report, SeriesPoint, Window

LAYERS = {
    "proactive": "Proactive",
    "selfserve": "Self-serve",
    "human": "Human",
    "queue": "Queue now",
    "internal": "Internal questions",
    "savings": "Savings",
}

_TO_DATE = {
    "week": "Week to date",
    "month": "Month to date",
    "quarter": "Quarter to date",
    "year": "Year to date",
}
_COMPLETE = {"week": "Week", "month": "Month", "quarter": "Quarter", "year": "Year"}


def period_title(period: Period) -> str:
    """`Month to date`, `Today`, `Last 28 days`, `Month` (a complete one)."""
    names = _COMPLETE if period.complete else _TO_DATE
    if period.name in names:
        return names[period.name]
    if period.name.startswith("last-") and period.name.endswith("d"):
        return f"Last {period.name[5:-1]} days"
    if ".." in period.name:
        return "Period"
    return period.name.capitalize()


def span_title(start: int, end: int, zone: ZoneInfo) -> str:
    """The days of a half-open span as people write them: `1–22 Nov 2026`, `30 Oct – 2 Nov 2026`, `22 Nov 2026`."""
    first, last = datetime.fromtimestamp(start, zone), datetime.fromtimestamp(max(start, end - 1), zone)
    if first.date() == last.date():
        return f"{first.day} {first:%b %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%b %Y}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%b}{year} – {last.day} {last:%b %Y}"


def shown_span(period: Period) -> str:
    """The part of the period that has passed."""
    return span_title(period.start, min(period.end, max(period.as_of, period.start + 1)), period.zone)


def comparison_title(window: Window | None, zone: ZoneInfo) -> str:
    if window is None:
        return "no comparison"
    name = "a year earlier" if window.name == "year" else "previous"
    return f"compared with {span_title(window.start, window.end, zone)} ({name})"


def moment(at: int, zone: ZoneInfo) -> str:
    """`Sun 22 Nov 2026 16:00`."""
    when = datetime.fromtimestamp(at, zone)
    return f"{when:%a} {when.day} {when:%b %Y %H:%M}"


def by_layer(report: Report) -> list[tuple[str, list[MetricValue]]]:
    """The metrics of a report under the title of their layer, in catalogue order."""
    groups: dict[str, list[MetricValue]] = {}
    for metric in report.metrics.values():
        groups.setdefault(metric.spec.layer, []).append(metric)
    return [(LAYERS.get(layer, layer.capitalize()), metrics) for layer, metrics in groups.items()]


def note(metric: MetricValue) -> str:
    """What must stand beside a value: how many are not judged yet, and why it is not exact."""
    parts = []
    if metric.pending:
        parts.append(f"{metric.pending:,} pending")
    if metric.reason:
        parts.append(metric.reason)
    return "; ".join(parts)


def grain_label(start: int, by: str, zone: ZoneInfo) -> str:
    """The short name of a point of a series: `14:00`, `22 Nov`, `W47`, `Nov`."""
    when = datetime.fromtimestamp(start, zone)
    match by:
        case "hour":
            return f"{when:%H:%M}"
        case "month":
            return f"{when:%b}"
        case "week":
            return f"W{when.isocalendar().week}"
    return f"{when.day} {when:%b}"


def unless_known(points: Sequence[SeriesPoint]) -> str:
    """` n/a` after the name of what self-serve resolved, where no point of a series knows it."""
    return "" if any(point.selfserve_resolved is not None for point in points) else " n/a"


def still_runs(report: Report) -> bool:
    """Whether the last point of the series is not over, so that its column will grow."""
    return bool(report.series.points) and report.series.points[-1].end > report.period.as_of
