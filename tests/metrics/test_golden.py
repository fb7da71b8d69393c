"""The golden scenarios and the tricky sentences, whose figures were written by hand, through the real program."""

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.metrics import ReportRequest, build_report, conversations_behind
from funnel_tui.metrics.periods import compared, period
from funnel_tui.model.values import Report
from funnel_tui.settings import Settings
from funnel_tui.store import Reader
from tests.metrics.program import figures, load
from tests.reference.funnel import NODES
from tests.reference.golden import GOLDEN
from tests.reference.periods_golden import SPANS, Row
from tests.reference.script import Scenario, talk
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


# --- golden 5: a day of another zone, and days of 23 and 25 hours: tile, chart, table and list agree


def reported(tmp_path: Path, name: str, **request: Any) -> Report:
    """What the program reports of a scenario by hand, in its zone, as known at its as-of moment."""
    case = next(case for case in ALL if case.name == name)
    cache = tmp_path / "cache.db"
    if not cache.exists():
        load(cache, case.lines, zone=case.zone)
    with closing(Reader.open(cache)) as reader:
        return build_report(reader, Settings(zone=case.zone), ReportRequest(**request), case.as_of)


DAYS = [
    ("5 a day at UTC+5:30", "2026-03-10", 24, {"00:00": 1, "23:00": 1}),
    # 00:00 exists, 01:00 does not
    ("5b the day of 23 hours", "2026-03-29", 23, {"00:00": 1, "23:00": 1}),
    # the first second of the day; 23:58:59 an hour after the clock was put back
    ("5c the day of 25 hours", "2026-10-25", 25, {"00:00": 1, "23:00": 1}),
]


@pytest.mark.parametrize(("name", "day", "length", "hours"), DAYS, ids=[day[0] for day in DAYS])
def test_tile_chart_table_and_list_of_a_day_agree(
    name: str, day: str, length: int, hours: dict[str, int], tmp_path: Path
) -> None:
    by_hour = reported(tmp_path, name, period=f"{day}..{day}", by="hour", series="hour")
    assert by_hour.metrics["human.inbound"].value == 2
    points = by_hour.series.points
    assert len(points) == length
    assert [point.inbound for point in points] == [1, *[0] * (length - 2), 1]
    assert all(point.end - point.start == 3600 for point in points)
    assert (points[0].start, points[-1].end) == (by_hour.period.start, by_hour.period.end)
    assert by_hour.breakdown is not None
    rows = {row.label: row.metrics["human.inbound"].value for row in by_hour.breakdown.rows}
    assert {label: value for label, value in rows.items() if value} == hours
    by_day = reported(tmp_path, name, period=f"{day}..{day}", by="day", series="day")
    assert by_day.breakdown is not None
    assert [(row.key, row.metrics["human.inbound"].value) for row in by_day.breakdown.rows] == [(day, 2)]
    assert [point.inbound for point in by_day.series.points] == [2]
    assert by_day.series.points[0].end - by_day.series.points[0].start == length * 3600
    case = next(case for case in ALL if case.name == name)
    with closing(Reader.open(tmp_path / "cache.db")) as reader:
        listed = conversations_behind(
            reader, Settings(zone=case.zone), ReportRequest(period=f"{day}..{day}"), "human.inbound", case.as_of
        )
    assert sorted(row.id for row in listed) == ["c1", "c2"]


def test_the_first_second_of_a_month_is_the_months(tmp_path: Path) -> None:
    name = "5d the first second of a month"
    november = reported(tmp_path, name, period="month", series="month", by="month")
    assert november.metrics["human.inbound"].value == 1
    assert november.breakdown is not None
    assert [(row.key, row.metrics["human.inbound"].value) for row in november.breakdown.rows] == [("2026-11-01", 1)]
    assert [point.inbound for point in november.series.points] == [1]
    assert [point.inbound for point in november.monthly.points] == [1, 1]
    october = reported(tmp_path, name, period="month", earlier=1)
    assert october.metrics["human.inbound"].value == 1


# --- golden 11: what a month, a leap day and week 53 are compared with, in figures


def told(*moments: str) -> list[dict[str, Any]]:
    """A conversation begun at each of these moments (UTC)."""
    return [line for i, moment in enumerate(moments) for line in talk(f"c{i}", f"{moment} customer")]


COMPARED = [
    # the last second of February counts, the first of March does not, nor the last of January
    (
        "month",
        "previous",
        "2026-03-31T12:00",
        told("2026-01-31 23:59:59", "2026-02-01 00:00", "2026-02-28 23:59:59", "2026-03-01 00:00", "2026-03-31 12:00"),
        (2, 2),
    ),
    # cut at noon of the 15th
    (
        "month",
        "previous",
        "2026-03-15T12:00",
        told("2026-02-15 11:59:59", "2026-02-15 12:00", "2026-02-28 10:00", "2026-03-02 10:00"),
        (1, 1),
    ),
    # 29 February is compared with 364 days earlier, a Tuesday as well
    ("today", "year", "2028-02-29T12:00", told("2027-03-02 11:00", "2027-02-28 11:00", "2028-02-29 11:00"), (1, 1)),
    ("today", "previous", "2028-03-01T12:00", told("2028-02-29 11:00", "2028-02-28 11:00", "2028-03-01 11:00"), (1, 1)),
    # February of a leap year against the whole of the year before's
    (
        "month",
        "year",
        "2028-02-29T12:00",
        told("2027-02-28 23:59:59", "2027-03-01 00:00", "2028-02-29 11:00", "2028-02-01 00:00"),
        (2, 1),
    ),
    # week 53 of 2026 begins on 28 December and ends with 3 January
    (
        "week",
        "previous",
        "2027-01-03T23:59:59",
        told("2026-12-28 00:00", "2026-12-31 23:59:59", "2027-01-03 23:59:59", "2026-12-27 12:00"),
        (3, 1),
    ),
]


@pytest.mark.parametrize(
    ("period_", "compare", "as_of", "lines", "expected"),
    COMPARED,
    ids=[f"{row[0]} {row[2]} {row[1]}" for row in COMPARED],
)
def test_what_a_period_is_compared_with(
    period_: str, compare: str, as_of: str, lines: list[dict[str, Any]], expected: tuple[int, int], tmp_path: Path
) -> None:
    utc = ZoneInfo("UTC")
    load(tmp_path / "cache.db", lines)
    with closing(Reader.open(tmp_path / "cache.db")) as reader:
        request = ReportRequest(period=period_, compare=compare, at=epoch(f"{as_of}+00:00"))
        found = build_report(reader, Settings(zone=utc), request, request.at or 0)["human.inbound"]
    assert (found.value, found.previous) == expected


def test_week_53_is_one_row_and_one_point(tmp_path: Path) -> None:
    lines = told(
        "2026-12-27 23:59:59", "2026-12-28 00:00", "2027-01-01 00:00", "2027-01-03 23:59:59", "2027-01-04 00:00"
    )
    load(tmp_path / "cache.db", lines)
    with closing(Reader.open(tmp_path / "cache.db")) as reader:
        request = ReportRequest(period="2026-12-21..2027-01-10", by="week", series="week")
        found = build_report(reader, Settings(zone=ZoneInfo("UTC")), request, epoch("2027-01-20T00:00Z"))
    assert found.breakdown is not None
    rows = [(row.key, row.metrics["human.inbound"].value) for row in found.breakdown.rows]
    assert rows == [("2026-12-21", 1), ("2026-12-28", 3), ("2027-01-04", 1)]
    assert [point.inbound for point in found.series.points] == [1, 3, 1]


# --- golden 12: the links, not only the nodes


def test_the_sankey_flows_along_its_links(tmp_path: Path) -> None:
    case = next(case for case in GOLDEN if case.name == "12 sankey")
    load(tmp_path / "cache.db", case.lines)
    found = figures(tmp_path / "cache.db", start=case.start, end=case.end, as_of=case.as_of, zone=case.zone)
    assert found["funnel"]["links"] == {
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
