"""The board of two periods: changes with their intervals, which say the same as the verdicts, and both courses."""

import os
from math import sqrt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from funnel_tui.metrics import CATALOGUE, build_board
from funnel_tui.model.abilities import Abilities, unavailable
from funnel_tui.model.boards import ComparedRow, ComparisonBoard
from funnel_tui.model.values import Direction, Verdict
from funnel_tui.store import Store
from tests.metrics.boards import board
from tests.metrics.program import load
from tests.metrics.test_consistency import asked
from tests.reference.script import receipt, talk
from tests.reference.strategies import World, worlds

Z = 1.959963984540054
MORE = os.environ.get("FUNNEL_EXAMPLES")
profile = settings(
    max_examples=int(MORE) if MORE else 25,
    derandomize=MORE is None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def days(count: int, day: str, *steps: str) -> list[dict[str, object]]:
    """So many conversations of one day, alike."""
    return [line for n in range(count) for line in talk(f"{day}-{n}", *(f"{day} {step}" for step in steps))]


def rows(found: ComparisonBoard) -> dict[str, ComparedRow]:
    return {row.metric.spec.id: row for row in found.rows}


def test_every_metric_is_there_in_its_order(tmp_path: Path) -> None:
    found = board(tmp_path / "c.db", "comparison", days(3, "03-02", "10:00 customer"))
    assert [row.metric.spec.id for row in found.rows] == list(CATALOGUE)
    assert rows(found)["savings.cost_low"] == ComparedRow(rows(found)["savings.cost_low"].metric)


def test_the_interval_of_a_count_is_poissons(tmp_path: Path) -> None:
    """9 after 4: 5 more, with an error of sqrt(13); relative to 4."""
    lines = [*days(9, "03-02", "10:00 customer"), *days(4, "02-02", "10:00 customer")]
    row = rows(board(tmp_path / "c.db", "comparison", lines))["human.inbound"]
    assert row.metric.change == pytest.approx(1.25)
    assert row.change_low == pytest.approx((5 - Z * sqrt(13)) / 4)
    assert row.change_high == pytest.approx((5 + Z * sqrt(13)) / 4)


def test_the_interval_of_a_rate_is_a_difference(tmp_path: Path) -> None:
    """Newcombe (1998), table II, method 10: 56/70 against 48/80 is 0.2 from 0.0524 to 0.3339."""
    lines = [receipt(f"n{n}", delivered="03-02 10:00", opened="03-02 11:00" if n < 56 else None) for n in range(70)]
    lines += [receipt(f"t{n}", delivered="02-02 10:00", opened="02-02 11:00" if n < 48 else None) for n in range(80)]
    row = rows(board(tmp_path / "c.db", "comparison", lines))["proactive.open_rate"]
    assert row.metric.change == pytest.approx(0.2)
    assert (row.change_low, row.change_high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    assert row.metric.verdict is Verdict.BETTER


def test_the_interval_of_a_median_is_relative(tmp_path: Path) -> None:
    """Waits of 10 to 19 min after waits of 20 to 29: the order statistics of ten are the second and the ninth."""
    lines = [
        line
        for day, first in (("03-02", 10), ("02-02", 20))
        for n in range(10)
        for line in talk(f"{day}-{n}", f"{day} 10:00 customer", f"{day} 10:{first + n} agent actor=g1")
    ]
    row = rows(board(tmp_path / "c.db", "comparison", lines))["human.first_response.median"]
    now, then = row.metric, row.metric.previous
    assert (now.value, then) == (14.5 * 60, 24.5 * 60)
    assert now.low is not None
    assert now.high is not None
    half = Z * sqrt(2) * (now.high - now.low) / (2 * 1.96)
    assert row.change_low == pytest.approx((-600 - half) / then)
    assert row.change_high == pytest.approx((-600 + half) / then)


def test_after_nothing_there_is_no_interval(tmp_path: Path) -> None:
    row = rows(board(tmp_path / "c.db", "comparison", days(9, "03-02", "10:00 customer")))["human.inbound"]
    assert (row.metric.previous, row.metric.change, row.change_low, row.change_high) == (0, None, None, None)


def says_the_same(row: ComparedRow) -> bool:
    """Whether interval and verdict agree; what is pending may keep a verdict back."""
    metric, low, high = row.metric, row.change_low, row.change_high
    if low is None or high is None:
        return metric.verdict not in (Verdict.BETTER, Verdict.WORSE) or metric.change is None
    if metric.change is None or not low <= metric.change <= high:
        return False
    apart = low > 0 or high < 0
    if metric.spec.direction is Direction.NEITHER:
        return metric.verdict is None
    waiting = (metric.pending or 0) * 10 > (metric.n or 0) + (metric.pending or 0)
    return apart is (metric.verdict in (Verdict.BETTER, Verdict.WORSE)) or (apart and waiting)


@profile
@given(worlds(asked=1, days=st.just(True)))
def test_an_interval_excludes_no_change_where_the_verdict_does(world: World) -> None:
    with asked(world) as here:
        found = build_board(here.reader, here.settings, here.request(), "comparison", here.question.as_of)
        assert isinstance(found, ComparisonBoard)
        report = here.report()
        for row in found.rows:
            note(f"{row}")
            assert says_the_same(row)
            assert row.metric == report[row.metric.spec.id]


@pytest.mark.parametrize("then", range(0, 40, 3))
def test_interval_and_verdict_agree_near_the_edge(tmp_path: Path, then: int) -> None:
    """Of 40 answers 20 were resolved; before, more and more of 40."""
    closed = ("10:00 customer", "10:01 bot", "10:05 closed by=bot confirmed=true")
    passed = ("10:00 customer", "10:01 bot", "10:05 handoff")
    lines = [*days(20, "03-02", *closed), *days(20, "03-03", *passed)]
    lines += [*days(then, "02-02", *closed), *days(40 - then, "02-03", *passed)]
    found = rows(board(tmp_path / "c.db", "comparison", lines))
    assert all(says_the_same(row) for row in found.values())
    rate = found["selfserve.bot_resolution_rate"].metric
    assert rate.previous == then / 40
    assert rate.verdict is (Verdict.BETTER if then <= 9 else Verdict.WORSE if then >= 30 else Verdict.UNCLEAR)


# --- the course of both periods


def test_days_of_both_periods(tmp_path: Path) -> None:
    lines = [
        *days(2, "03-02", "10:00 customer"), *days(1, "03-04", "10:00 customer", "10:05 agent actor=g1"),
        *days(3, "02-23", "10:00 customer", "10:10 agent actor=g1"), *days(1, "02-25", "18:00 customer"),
    ]  # fmt: skip
    found = board(tmp_path / "c.db", "comparison", lines, period="week", now="03-04 12:00")
    assert found.step == "day"
    inbound = rows(found)["human.inbound"]
    assert (inbound.now, inbound.then) == ((2, 0, 1), (3, 0, 0))  # on 25 February until noon too
    response = rows(found)["human.first_response.median"]
    assert (response.now, response.then) == ((None, None, 300), (600, None, None))
    assert rows(found)["human.reopened"].now == ()


def test_a_day_goes_by_the_hour_and_a_year_by_the_week(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    day = board(path, "comparison", days(2, "03-02", "10:00 customer"), period="today", now="03-02 12:30")
    assert day.step == "hour"
    assert rows(day)["human.inbound"].now == (0,) * 10 + (2, 0, 0)
    assert rows(day)["human.inbound"].then == (0,) * 13
    year = board(path, "comparison", period="2026-01-01..2026-12-31", compare="year")
    assert year.step == "week"
    assert sum(rows(year)["human.inbound"].now) == 2


def test_a_course_adds_up_to_its_metric(tmp_path: Path) -> None:
    lines = [
        *(line for n in range(1, 29) for line in days(n % 4, f"03-{n:02d}", "10:00 customer", "10:09 bot")),
        *(line for n in range(1, 29) for line in days(n % 3, f"02-{n:02d}", "22:00 customer", "22:09 bot")),
    ]
    row = rows(board(tmp_path / "c.db", "comparison", lines, period="month", now="03-20 15:00"))[
        "selfserve.bot_answered"
    ]
    assert (len(row.now), len(row.then)) == (20, 20)
    assert (sum(row.now), sum(row.then)) == (row.metric.value, row.metric.previous)


def test_without_a_comparison_there_is_no_other_course(tmp_path: Path) -> None:
    found = rows(board(tmp_path / "c.db", "comparison", days(2, "03-02", "10:00 customer"), compare="none"))
    inbound = found["human.inbound"]
    assert (inbound.metric.previous, inbound.change_low, inbound.then) == (None, None, ())
    assert len(inbound.now) == 31


def test_what_cannot_be_told_has_no_course(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    load(path, [receipt("r", delivered="03-02 10:00", workspace="desk")])
    store = Store.open(path)
    store.register("desk", "some", Abilities(metrics={"proactive.": unavailable("It tells of no messages.")}))
    store.close()
    row = rows(board(path, "comparison"))["proactive.delivered"]
    assert (row.metric.value, row.metric.reason, row.now, row.then) == (None, "It tells of no messages.", (), ())
