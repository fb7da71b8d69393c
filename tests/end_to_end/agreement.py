"""What a report says beside what the slow reference makes of the same canonical lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from funnel_tui.settings import OfficeHours
from tests.end_to_end.desk import NAME, ZONE, Program
from tests.reference import brute

DAY = 86_400
OFFICE = OfficeHours(frozenset(range(5)), 9 * 60, 17 * 60)
"""As `desk.CONFIG` says."""

UNTOLD = frozenset(
    {
        "selfserve.article_viewers",
        "internal.questions",
        "internal.unanswered",
        "internal.first_reply.median",
        "internal.repeated",
        "internal.interruptions",
        "internal.interruption_hours",
    }
)
"""What this source cannot tell at all."""
COUNTED = frozenset({"selfserve.article_views", "selfserve.article_resolution_rate", "selfserve.share_resolved"})
"""What it tells by counters alone, and so not before there are two samples."""
APPROXIMATE = frozenset(
    {"selfserve.seekers", "human.direct", "human.after_selfserve", "proactive.per_seeker", *COUNTED}
)

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    period: str
    at: int
    compare: str = "none"
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def arguments(self) -> list[str]:
        pairs = [f"{key}={value}" for key, values in self.filters.items() for value in values]
        return ["--period", self.period, "--compare", self.compare, *(w for pair in pairs for w in ("--filter", pair))]

    def ask(self, program: Program, *more: str) -> dict[str, Any]:
        return program.report(*self.arguments, *more, at=self.at)

    @property
    def compared(self) -> tuple[int, int]:
        find = brute.previous if self.compare == "previous" else brute.year_before
        return find(self.period, self.at, ZONE)


def owned(lines: Iterable[Line], workspace: str = NAME) -> list[Line]:
    """The lines as those of a workspace."""
    return [{**line, "workspace": workspace} for line in lines]


def figures(
    lines: Iterable[Line],
    question: Question,
    span: tuple[int, int] | None = None,
    filters: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, brute.Figure]:
    start, end = span or brute.bounds(question.period, question.at, ZONE)
    return brute.compute(
        lines,
        start=start,
        end=end,
        as_of=question.at,
        zone=ZONE,
        filters=question.filters if filters is None else filters,
        office_hours=OFFICE,
    )


def differences(
    told: Mapping[str, Mapping[str, Any]],
    expected: Mapping[str, brute.Figure],
    *,
    untold: Iterable[str] = (),
    apart: Iterable[str] = (),
) -> dict[str, Any]:
    """Metrics whose value, n or pending differ from the reference's, that are told although they are `untold`, or that
    are not although they could be. Those `apart` are compared elsewhere."""
    wrong: dict[str, Any] = {}
    allowed = set(untold)
    for metric, figure in expected.items():
        if metric == "funnel" or metric in apart:
            continue
        entry = told[metric]
        if entry["quality"] == "unavailable":
            if figure.available and metric not in allowed:
                wrong[metric] = (entry["reason"], figure)
        elif not figure.available or metric in allowed:
            wrong[metric] = (entry["value"], "should not be told")
        elif entry["value"] != pytest.approx(figure.value, abs=1e-9) or (entry["n"], entry.get("pending")) != (
            figure.n,
            figure.pending,
        ):
            wrong[metric] = (entry["value"], entry["n"], entry.get("pending"), figure)
    return wrong


def earlier_differences(
    told: Mapping[str, Mapping[str, Any]], expected: Mapping[str, brute.Figure], *, untold: Iterable[str] = ()
) -> dict[str, Any]:
    """The same for the compared window. The queue has none: it is of the moment, whatever the period."""
    return {
        metric: (told[metric]["previous"], told[metric]["previous_n"], figure)
        for metric, figure in expected.items()
        if metric != "funnel" and metric not in untold and not metric.startswith("queue.") and figure.available
        if told[metric]["previous"] != pytest.approx(figure.value, abs=1e-9) or told[metric]["previous_n"] != figure.n
    }


def flows(report: Mapping[str, Any]) -> dict[str, Any]:
    """A report's funnel as the reference writes it."""
    return {
        "nodes": {node["id"]: node["value"] for node in report["funnel"]["nodes"]},
        "links": {(link["source"], link["target"]): link["value"] for link in report["funnel"]["links"]},
    }
