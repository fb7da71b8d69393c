"""A cache that is kept up as the helpdesk's clock moves says what one says that was read at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.end_to_end import wire_brute
from tests.end_to_end.agreement import COUNTED, DAY, UNTOLD, Line, Question, differences, figures, flows, owned
from tests.end_to_end.desk import TOKEN, Desk, Program

BEGUN = 1_772_632_800
"""4 March 2026, 14:00 in Dublin."""
FULL = 26 * 3600
STEPS = (40 * 60, FULL, 8 * DAY)
"""Between polls: an hour's worth of news, over a night, and longer than a reopening counts. What is exported or sampled
once an hour of real time comes with the first and the full one."""
DAYS = 1


@dataclass
class Growth:
    """The moments at which the cache was brought up, and what the plain reader knew at each."""

    program: Program
    moments: list[int]
    histories: list[list[Line]]
    counters: list[dict[str, tuple[int, int]]]
    reports: list[dict[str, Any]]


@pytest.fixture(scope="module")
def growth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Growth]:
    with Desk(seed=11, days=DAYS, now=BEGUN) as desk:
        program = Program(tmp_path_factory.mktemp("growth")).configure(desk.url)
        found = Growth(program, [], [], [], [])
        known: wire_brute.Reading | None = None
        for step in (0, *STEPS):
            desk.now += step
            program.must("sync", "--once", *(["--full"] if step == FULL else []))
            reading = wire_brute.read(desk.url, TOKEN, since=BEGUN - 40 * DAY, until=desk.now)
            lines = reading.lines if known is None else reading.merged(known)
            known = wire_brute.Reading(lines, reading.counters, reading.listed, reading.deleted)
            found.moments.append(desk.now)
            found.histories.append(owned(lines))
            found.counters.append(reading.counters)
            found.reports.append(Question("year", desk.now).ask(program))
        yield found


@pytest.mark.parametrize("step", range(len(STEPS) + 1))
def test_after_every_poll_the_report_is_that_of_a_fresh_reading(growth: Growth, step: int) -> None:
    report = growth.reports[step]
    expected = figures(growth.histories[step], Question("year", growth.moments[step]))
    stale = {id for id in expected if id.startswith("proactive.") and step in (1, 3)}
    untold, apart = (UNTOLD | COUNTED, stale) if step < 2 else (UNTOLD, COUNTED | stale)
    assert differences(report["metrics"], expected, untold=untold, apart=apart) == {}


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_time_travel_ends_where_the_reference_does(growth: Growth, step: int) -> None:
    """The cache of the end, looked at as of each earlier moment."""
    question = Question("year", growth.moments[step])
    report = question.ask(growth.program)
    expected = figures(growth.histories[-1], question)
    late = {id for id in expected if id.startswith("proactive.")}
    untold, apart = (UNTOLD | COUNTED, late) if step < 2 else (UNTOLD, COUNTED | late)
    assert differences(report["metrics"], expected, untold=untold, apart=apart) == {}


def test_something_happened_between_the_polls(growth: Growth) -> None:
    kinds = [{line["kind"] for line in lines if line["type"] == "event"} for lines in growth.histories]
    assert "deleted" in kinds[-1]
    assert "rated" in kinds[-1]
    sizes = [len(lines) for lines in growth.histories]
    assert sizes == sorted(set(sizes))


def test_articles_are_told_by_the_difference_of_two_samples(growth: Growth) -> None:
    """Those of the first poll and the full one."""
    question = Question("year", growth.moments[2])
    report = growth.reports[2]
    first, last = growth.counters[0], growth.counters[2]
    views = sum(last[id][0] - first[id][0] for id in last)
    written = sum(last[id][1] - first[id][1] for id in last)
    metrics = report["metrics"]
    assert views > written > 0
    assert metrics["selfserve.article_views"]["value"] == views
    assert metrics["selfserve.article_resolution_rate"]["value"] == pytest.approx(1 - written / views)
    assert metrics["selfserve.article_resolution_rate"]["n"] == views
    nodes = figures(growth.histories[2], question)["funnel"].value["nodes"]
    resolved = views - written + nodes["bot_resolved"]
    assert metrics["selfserve.share_resolved"]["value"] == pytest.approx(resolved / (resolved + nodes["team_resolved"]))
    told = flows(report)
    assert told["nodes"] == {
        **nodes,
        "seeking": nodes["seeking"] + views - written,
        "articles": views - written,
        "article_resolved": views - written,
    }
