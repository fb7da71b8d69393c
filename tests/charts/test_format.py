"""Formats, against tables written by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel_tui.charts import format as f
from funnel_tui.model.values import Direction, MetricSpec, MetricValue, Quality, Unit, Verdict


def metric(unit: Unit, value: float | None, **more: object) -> MetricValue:
    spec = MetricSpec("human.x", "X", unit, Direction.UP, "", "human")
    return MetricValue(spec, value, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.4, "0s"),
        (45, "45s"),
        (59.5, "1m"),
        (60, "1m"),
        (161, "2m 41s"),
        (3599.4, "59m 59s"),
        (3599.6, "1h"),
        (11_520, "3h 12m"),
        (3 * 3600 + 30, "3h 1m"),
        (86_399, "1d"),
        (86_370, "1d"),
        (86_369, "23h 59m"),
        (187_200, "2d 4h"),
        (100 * 86_400, "100d"),
        (1_000 * 86_400, "1,000d"),
        (-90, "−1m 30s"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert f.format_duration(seconds) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0, "0 %"),
        (0.0004, "<0.1 %"),
        (0.0005, "0.1 %"),
        (0.0945, "9.5 %"),
        (0.0994, "9.9 %"),
        (0.0996, "10 %"),
        (0.125, "13 %"),
        (0.41, "41 %"),
        (0.994, "99 %"),
        (0.996, ">99 %"),
        (1, "100 %"),
        (1.204, "120 %"),
        (-0.05, "−5.0 %"),
    ],
)
def test_shares(ratio: float, text: str) -> None:
    assert f.format_share(ratio) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (7, "7"),
        (2.5, "2.5"),
        (950, "950"),
        (999.6, "1k"),
        (1000, "1k"),
        (2500, "2.5k"),
        (9960, "10k"),
        (12_480, "12.5k"),
        (124_800, "125k"),
        (999_600, "1M"),
        (1_240_000, "1.2M"),
        (3e9, "3G"),
        (-2500, "−2.5k"),
    ],
)
def test_short_numbers(value: float, text: str) -> None:
    assert f.format_short(value) == text


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        (Unit.COUNT, 12_480, "12,480"),
        (Unit.NUMBER, 1.344, "1.34"),
        (Unit.NUMBER, 9.996, "10.0"),
        (Unit.NUMBER, 13.44, "13.4"),
        (Unit.NUMBER, 1340.2, "1,340"),
        (Unit.HOURS, 21.4, "21 h"),
        (Unit.HOURS, 0.44, "0.4 h"),
        (Unit.HOURS, 0, "0 h"),
        (Unit.MONEY, 8.5, "€8.50"),
        (Unit.MONEY, 1240.4, "€1,240"),
        (Unit.MONEY, -12, "−€12"),
        (Unit.SECONDS, 161, "2m 41s"),
        (Unit.RATIO, 0.63, "63 %"),
        (Unit.SECONDS, None, "–"),
        (Unit.RATIO, float("nan"), "–"),
    ],
)
def test_units(unit: Unit, value: float | None, text: str) -> None:
    assert f.format_plain(value, unit, currency="EUR") == text


def test_a_currency_without_a_sign_is_named() -> None:
    assert f.format_money(1240, "CHF") == "CHF 1,240"


def test_quality_is_part_of_the_value() -> None:
    assert f.format_value(metric(Unit.RATIO, 0.63)) == "63 %"
    assert f.format_value(metric(Unit.RATIO, 0.63, quality=Quality.APPROXIMATE)) == "≈ 63 %"
    assert f.format_value(metric(Unit.RATIO, None, quality=Quality.APPROXIMATE)) == "–"
    assert f.format_value(metric(Unit.RATIO, None, quality=Quality.UNAVAILABLE)) == "n/a"
    assert f.format_value(metric(Unit.COUNT, 0, quality=Quality.UNAVAILABLE)) == "n/a"
    assert f.format_previous(metric(Unit.COUNT, 5, previous=1204)) == "1,204"


@pytest.mark.parametrize(
    ("unit", "value", "previous", "change", "verdict", "text"),
    [
        (Unit.COUNT, 108, 100, 0.08, Verdict.BETTER, "▲ 8 % better"),
        (Unit.SECONDS, 161, 187, -0.139, Verdict.BETTER, "▼ 14 % better"),
        (Unit.RATIO, 0.41, 0.389, 0.021, Verdict.BETTER, "▲ 2.1 pt better"),
        (Unit.RATIO, 0.30, 0.45, -0.15, Verdict.WORSE, "▼ 15 pt worse"),
        (Unit.RATIO, 0.63, 0.6301, -0.0001, Verdict.UNCLEAR, "="),
        (Unit.COUNT, 1004, 1000, 0.004, Verdict.UNCLEAR, "▲ 0.4 % unclear"),
        (Unit.COUNT, 103, 100, 0.03, Verdict.SAME, "="),
        (Unit.COUNT, 103, 100, 0.03, None, "▲ 3 %"),
        (Unit.COUNT, 1200, 100, 11.0, Verdict.WORSE, "▲ ×12 worse"),
        (Unit.SECONDS, 149, 65_000, -0.9977, Verdict.BETTER, "▼ >99 % better"),
        (Unit.COUNT, 0, 65, -1.0, None, "▼ 100 %"),
        (Unit.COUNT, 5, 0, None, None, "▲ from 0"),
        (Unit.COUNT, 0, 0, None, None, "="),
        (Unit.COUNT, 5, None, None, None, ""),
        (Unit.SECONDS, None, 60, None, None, ""),
    ],
)
def test_changes(
    unit: Unit, value: float | None, previous: float | None, change: float | None, verdict: Verdict | None, text: str
) -> None:
    subject = metric(unit, value, previous=previous, change=change, verdict=verdict)
    assert f.format_change(subject, verdict=True) == text


def test_change_of_an_unavailable_metric_says_nothing() -> None:
    assert f.format_change(metric(Unit.COUNT, 5, previous=4, change=0.25, quality=Quality.UNAVAILABLE)) == ""


def test_roles_follow_the_verdict_only() -> None:
    roles = [f.change_role(metric(Unit.COUNT, 1, verdict=verdict)) for verdict in (*Verdict, None)]
    assert roles == ["good", "bad", "muted", "muted", "muted"]


def test_n_and_interval() -> None:
    assert f.format_n(1204) == "n 1,204"
    assert f.format_n(None) == ""
    assert f.format_interval(metric(Unit.RATIO, 0.92, low=0.896, high=0.941)) == "90–94"
    assert f.format_interval(metric(Unit.HOURS, 5, low=3, high=12)) == "3.0 h – 12 h"
    assert f.format_interval(metric(Unit.RATIO, 0.92)) == ""


@given(st.floats(0, 1e9))
def test_durations_are_right_to_their_smaller_unit(seconds: float) -> None:
    sizes = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
    parts = f.format_duration(seconds).replace(",", "").split()
    shown = sum(int(part[:-1]) * sizes[part[-1]] for part in parts)
    tolerance = 0.5 if seconds < 3599.5 else 60 if seconds < 86_370 else 3600 if seconds < 99.9 * 86_400 else 86_400
    assert abs(shown - seconds) <= tolerance
    assert len(parts) <= 2
