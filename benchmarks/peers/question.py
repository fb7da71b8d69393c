"""The list of figures that product and peers all answer, and the product's own answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.world import TEAMS
from funnel_tui.metrics import ReportRequest, build_report, measure_only
from funnel_tui.model.values import MetricValue, Report, Series
from funnel_tui.settings import Settings
from funnel_tui.store import Reader

Answer = Mapping[str, float | None]
"""Figure to value: `now.human.resolved`, `month.3.seekers`, `team.billing`."""
Span = tuple[int, int]

COUNTED = (
    "selfserve.bot_involved",
    "selfserve.bot_answered",
    "selfserve.bot_resolved",
    "human.inbound",
    "human.resolved",
    "human.closed_unanswered",
    "human.reopened",
)
COUNTED_APART = ("proactive.delivered", "proactive.opened", "selfserve.article_views", "selfserve.seekers")
"""Their records know no team: no figures under a filter on one."""
TIMED = ("human.first_response", "human.first_response_felt", "human.response", "human.time_to_close")
QUEUED = ("open", "unassigned", "waiting", "snoozed", "with_bot", "oldest_wait", "median_wait")
BY_TEAM = "human.first_response.median"


@dataclass(frozen=True)
class Question:
    """Two windows, the months, the days; with `team`, of that one alone. Spans are `[start, until)`, in seconds."""

    as_of: int
    now: Span
    previous: Span
    months: tuple[Span, ...]
    days: tuple[Span, ...]
    team: str | None = None


def ask_product(reader: Reader, settings: Settings, period: str, now: int, team: str | None) -> tuple[Report, Answer]:
    """All that the dashboard shows, and the medians of the teams where none is filtered by."""
    request = ReportRequest(period=period, filters={"team": (team,)} if team else {})
    report = build_report(reader, settings, request, now)
    teams: dict[str, float | None] = {}
    if team is None:
        for one in TEAMS:
            asked = ReportRequest(period=period, compare="none", filters={"team": (one,)})
            teams[f"team.{one}"] = measure_only(reader, settings, asked, (BY_TEAM,), now)[BY_TEAM].value
    return report, teams


def question(report: Report, team: str | None) -> Question:
    """What the report answered, in bounds that a peer needs no calendar for."""
    period, window = report.period, report.comparison
    assert window is not None  # asked for
    until = period.as_of + 1

    def spans(series: Series) -> tuple[Span, ...]:
        return tuple((point.start, min(point.end, until)) for point in series.points)

    return Question(
        period.as_of,
        (period.start, min(period.end, until)),
        (window.start, min(window.end, until)),
        spans(report.monthly),
        spans(report.daily),
        team,
    )


def answer(report: Report, teams: Answer, team: str | None) -> dict[str, float | None]:
    """The report's figures under the names of the list."""
    found: dict[str, float | None] = dict(teams)
    for id in (*COUNTED, *(COUNTED_APART if team is None else ())):
        found[f"now.{id}"], found[f"previous.{id}"] = report[id].value, report[id].previous
    for id in TIMED:
        for quantile in ("median", "p90"):
            found.update(_time(f"{id}.{quantile}", report[f"{id}.{quantile}"]))
    found.update({f"queue.{name}": report[f"queue.{name}"].value for name in QUEUED})
    for i, point in enumerate(report.monthly.points):
        found[f"month.{i}.human_resolved"] = point.human_resolved
        found[f"month.{i}.bot_resolved"] = point.bot_resolved
        if team is None:
            found[f"month.{i}.seekers"] = point.seekers
    for i, point in enumerate(report.daily.points):
        found[f"day.{i}.human_resolved"] = point.human_resolved
        found[f"day.{i}.inbound"] = point.inbound
        found[f"day.{i}.first_response"] = point.first_response_median
    return found


def _time(name: str, metric: MetricValue) -> dict[str, float | None]:
    return {
        f"now.{name}": metric.value,
        f"now.{name}.n": metric.n,
        f"previous.{name}": metric.previous,
        f"previous.{name}.n": metric.previous_n,
    }


def differences(one: Answer, other: Answer) -> list[str]:
    """The figures that two answers do not share, with both values; empty where they agree."""
    return [
        f"{name}: {one.get(name, 'absent')} and {other.get(name, 'absent')}"
        for name in sorted({*one, *other})
        if name not in one or name not in other or one[name] != other[name]
    ]
