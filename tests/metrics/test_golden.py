"""The golden scenarios and the tricky sentences, whose figures were written by hand, through the real program."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.metrics.periods import compared, period
from tests.metrics.program import figures, load
from tests.reference.funnel import NODES
from tests.reference.golden import GOLDEN
from tests.reference.periods_golden import SPANS, Row
from tests.reference.script import Scenario
from tests.reference.tricky import TRICKY

ALL = [*GOLDEN, *TRICKY]


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_figures_are_those_written_by_hand(case: Scenario, tmp_path: Path) -> None:
    cache = tmp_path / "cache.db"
    load(cache, case.lines, reopen_window=case.config.get("reopen_window", 7 * 86_400))
    found = figures(cache, start=case.start, end=case.end, as_of=case.as_of, zone=case.zone, **case.config)
    for metric, expected in {**case.expected, **case.readings}.items():
        whole = expected if isinstance(expected, tuple) else (expected,)
        assert found[metric][: len(whole)] == pytest.approx(whole, abs=1e-5), metric
    if case.expected_funnel is not None:
        assert found["funnel"]["nodes"] == {**dict.fromkeys(NODES, 0), **case.expected_funnel}


@pytest.mark.parametrize("row", SPANS, ids=[f"{row[0]} {row[1]} {row[2]}" for row in SPANS])
def test_spans_are_those_written_by_hand(row: Row) -> None:
    which, name, as_of, zone, start, end = row
    span = period(name, epoch(as_of), ZoneInfo(zone))
    if which != "bounds":
        window = compared(span, which)
        assert window is not None
        assert (window.start, window.end) == (epoch(start), epoch(end))
    else:
        assert (span.start, span.end) == (epoch(start), epoch(end))


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
