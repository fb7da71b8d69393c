"""The reference against what was written by hand."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from .brute import behind, bounds, compute, previous, year_before
from .figures import office_due
from .funnel import NODES
from .golden import GOLDEN, OFFICE
from .periods_golden import SPANS, Row
from .script import Scenario, when
from .tricky import TRICKY

ALL = [*GOLDEN, *TRICKY]


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_figures_are_those_written_by_hand(case: Scenario) -> None:
    figures = compute(case.lines, start=case.start, end=case.end, as_of=case.as_of, zone=case.zone, **case.config)
    for metric, expected in {**case.expected, **case.readings}.items():
        figure = figures[metric]
        found = (figure.value, figure.n, figure.pending)
        whole = expected if isinstance(expected, tuple) else (expected,)
        assert found[: len(whole)] == pytest.approx(whole, abs=1e-5), metric
    if case.expected_funnel is not None:
        assert figures["funnel"].value["nodes"] == {**dict.fromkeys(NODES, 0), **case.expected_funnel}


def test_an_hour_from_friday_half_past_four_is_due_on_monday() -> None:
    due = office_due(when("03-06 16:30"), 3600, OFFICE, ZoneInfo("UTC"))
    assert due == when("03-09 09:30")


@pytest.mark.parametrize(
    ("metric", "conversations"),
    [
        ("human.inbound", "cdeh"),
        ("human.direct", "de"),
        ("human.after_selfserve", "ch"),
        ("human.resolved", "ch"),
        ("human.closed_unanswered", "e"),
        ("human.first_response.median", "cdh"),
        ("selfserve.bot_answered", "abci"),
        ("selfserve.bot_resolution_rate", "aci"),
        ("selfserve.bot_resolved", "a"),
        ("queue.with_bot", "bi"),
        ("queue.open", "d"),
        ("funnel", "abcdehi"),
    ],
)
def test_behind_a_number_stand_its_conversations(metric: str, conversations: str) -> None:
    case = next(case for case in GOLDEN if case.name == "12 sankey")
    found = behind(case.lines, metric, start=case.start, end=case.end, as_of=case.as_of, zone=case.zone)
    assert found == {("import", name) for name in conversations}


def test_the_sankey_flows_along_its_links() -> None:
    case = next(case for case in GOLDEN if case.name == "12 sankey")
    figures = compute(case.lines, start=case.start, end=case.end, as_of=case.as_of, zone=case.zone)
    assert figures["funnel"].value["links"] == {
        ("seeking", "articles"): 3,
        ("seeking", "bot"): 4,
        ("seeking", "team"): 2,
        ("articles", "article_resolved"): 1,
        ("articles", "pending"): 1,
        ("articles", "team"): 1,
        ("bot", "bot_resolved"): 1,
        ("bot", "pending"): 1,
        ("bot", "team"): 1,
        ("bot", "in_progress"): 1,
        ("team", "team_resolved"): 2,
        ("team", "closed_unanswered"): 1,
        ("team", "in_progress"): 1,
    }


@pytest.mark.parametrize("row", SPANS, ids=[f"{row[0]} {row[1]} {row[2]}" for row in SPANS])
def test_spans_are_those_written_by_hand(row: Row) -> None:
    which, period, as_of, zone, start, end = row
    function = {"bounds": bounds, "previous": previous, "year": year_before}[which]
    found = function(period, epoch(as_of), ZoneInfo(zone))
    assert found == (epoch(start), epoch(end))


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
