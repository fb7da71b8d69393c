"""Office time: moments written by hand, and any schedule against the reference's walk from day to day."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel_tui.office import BLOCK, all_office_seconds, due, office_seconds
from funnel_tui.settings import OfficeHours
from tests.reference import figures
from tests.reference.strategies import CLOCKS

WEEKDAYS = frozenset(range(5))
NINE_TO_FIVE = OfficeHours(WEEKDAYS, 9 * 60, 17 * 60)
SUNDAYS = OfficeHours(frozenset({6}), 0, 24 * 60)
HOUR = 3600
T = 1_772_000_000


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.mark.parametrize(
    ("start", "target", "zone", "expected"),
    [
        # golden 8: half an hour on Friday, the other half on Monday
        ("2026-03-06T16:30Z", HOUR, "UTC", "2026-03-09T09:30Z"),
        ("2026-03-06T16:00Z", HOUR, "UTC", "2026-03-06T17:00Z"),
        ("2026-03-06T16:00Z", HOUR + 1, "UTC", "2026-03-09T09:00:01Z"),
        ("2026-03-06T17:00Z", 1, "UTC", "2026-03-09T09:00:01Z"),
        ("2026-03-07T10:00Z", 8 * HOUR, "UTC", "2026-03-09T17:00Z"),
        ("2026-03-09T08:59:59Z", HOUR, "UTC", "2026-03-09T10:00Z"),
        ("2026-03-02T09:00Z", 40 * HOUR, "UTC", "2026-03-06T17:00Z"),
        ("2026-03-02T09:00Z", 40 * HOUR + 1, "UTC", "2026-03-09T09:00:01Z"),
        ("2026-03-06T11:00Z", HOUR, "Asia/Kolkata", "2026-03-09T04:00Z"),
        # the weekend has 47 hours, then 49
        ("2026-03-27T16:30Z", HOUR, "Europe/Dublin", "2026-03-30T08:30Z"),
        ("2026-10-23T15:30Z", HOUR, "Europe/Dublin", "2026-10-26T09:30Z"),
        # nothing is owed: at once, whatever the hour
        ("2026-03-07T10:00Z", 0, "UTC", "2026-03-07T10:00Z"),
    ],
)
def test_a_target_is_due_when_so_much_office_time_is_over(start: str, target: int, zone: str, expected: str) -> None:
    assert due(epoch(start), target, NINE_TO_FIVE, ZoneInfo(zone)) == epoch(expected)


def test_holidays_are_passed_over() -> None:
    easter = OfficeHours(WEEKDAYS, 9 * 60, 17 * 60, frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
    assert due(epoch("2026-04-02T16:30Z"), HOUR, easter, ZoneInfo("UTC")) == epoch("2026-04-07T09:30Z")
    assert office_seconds(epoch("2026-04-02T16:30Z"), epoch("2026-04-07T09:30Z"), easter, ZoneInfo("UTC")) == HOUR


@pytest.mark.parametrize(
    ("midnight", "length", "next_sunday"),
    [("2026-03-29T00:00Z", 23, "2026-04-05T00:00+01:00"), ("2026-10-25T00:00+01:00", 25, "2026-11-01T00:00Z")],
)
def test_a_whole_day_is_as_long_as_its_clock_makes_it(midnight: str, length: int, next_sunday: str) -> None:
    start, zone = epoch(midnight), ZoneInfo("Europe/Dublin")
    assert office_seconds(start, start + 3 * 86_400, SUNDAYS, zone) == length * HOUR
    assert due(start, length * HOUR, SUNDAYS, zone) == start + length * HOUR
    assert due(start, length * HOUR + 1, SUNDAYS, zone) == epoch(next_sunday) + 1


def test_without_a_schedule_all_time_counts_and_with_one_that_never_opens_none_does() -> None:
    assert due(T, HOUR, None, ZoneInfo("UTC")) == T + HOUR
    for never in (OfficeHours(frozenset(), 540, 1020), OfficeHours(WEEKDAYS, 540, 540)):
        assert due(T, HOUR, never, ZoneInfo("UTC")) is None
        assert office_seconds(T, T + 30 * 86_400, never, ZoneInfo("UTC")) == 0


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-03-06T16:30Z", "2026-03-09T09:30Z", HOUR),
        ("2026-03-07T10:00Z", "2026-03-08T20:00Z", 0),
        ("2026-03-06T17:00Z", "2026-03-09T09:00Z", 0),
        ("2026-03-02T00:00Z", "2026-03-09T00:00Z", 40 * HOUR),
        ("2026-01-05T09:00Z", "2028-01-03T09:00Z", 104 * 40 * HOUR),
        ("2026-03-02T10:00Z", "2026-03-02T10:00Z", 0),
        ("2026-03-02T12:00Z", "2026-03-02T10:00Z", 0),
    ],
)
def test_office_time_of_a_stretch(start: str, end: str, expected: int) -> None:
    utc = ZoneInfo("UTC")
    assert office_seconds(epoch(start), epoch(end), NINE_TO_FIVE, utc) == expected
    assert all_office_seconds([(epoch(start), epoch(end))] * 2, NINE_TO_FIVE, utc) == [expected] * 2


@st.composite
def schedules(draw: st.DrawFn) -> tuple[OfficeHours, ZoneInfo, int]:
    """Hours, a zone, and a moment near a change of its clock or near a border of the blocks."""
    name, first = draw(st.sampled_from(CLOCKS))
    begin = draw(st.integers(0, 24 * 60 - 1))
    end = draw(st.integers(begin + 1, 24 * 60))
    holidays = frozenset({first}) if draw(st.booleans()) else frozenset()
    hours = OfficeHours(draw(st.frozensets(st.integers(0, 6), min_size=1)), begin, end, holidays)
    near = int(datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(name)).timestamp())
    border = near // BLOCK * BLOCK + BLOCK
    return hours, ZoneInfo(name), draw(st.sampled_from((near, border))) + draw(st.integers(-5 * 86_400, 5 * 86_400))


@given(schedules(), st.integers(0, 40 * 86_400))
def test_any_stretch_is_the_references(schedule: Any, length: int) -> None:
    hours, zone, start = schedule
    assert office_seconds(start, start + length, hours, zone) == figures.office_seconds(
        start, start + length, hours, zone
    )


@given(schedules(), st.floats(0, 15))
def test_any_due_moment_is_the_references(schedule: Any, openings: float) -> None:
    hours, zone, start = schedule
    target = int(openings * (hours.end_minute - hours.start_minute) * 60)
    assert due(start, target, hours, zone) == figures.office_due(start, target, hours, zone)
