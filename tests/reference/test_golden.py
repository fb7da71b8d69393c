"""The reference against what was written by hand."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from .brute import bounds, compute, previous, year_before
from .funnel import NODES
from .golden import GOLDEN
from .periods_golden import SPANS, Row
from .script import Scenario
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


@pytest.mark.parametrize("row", SPANS, ids=[f"{row[0]} {row[1]} {row[2]}" for row in SPANS])
def test_spans_are_those_written_by_hand(row: Row) -> None:
    which, period, as_of, zone, start, end = row
    function = {"bounds": bounds, "previous": previous, "year": year_before}[which]
    found = function(period, epoch(as_of), ZoneInfo(zone))
    assert found == (epoch(start), epoch(end))


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
