"""Correlation of weekly figures, against figures worked out by hand."""

import math

import pytest

from funnel_tui.metrics.together import together


def test_the_interval_is_fishers() -> None:
    """By hand: squares sum up to 17.5 and 23 1/3, products to 93 - 77; the error of atanh(r) is 1 / sqrt(6 - 3)."""
    first, second = [1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 7, 5]
    found = together(first, second)[0]
    r = 16 / math.sqrt(17.5 * 70 / 3)
    z, half = 0.5 * math.log((1 + r) / (1 - r)), 1.959963984540054 / math.sqrt(3)
    assert (found.lag, found.n) == (0, 6)
    assert found.r == pytest.approx(r)
    assert found.low == pytest.approx((math.exp(2 * (z - half)) - 1) / (math.exp(2 * (z - half)) + 1))
    assert found.high == pytest.approx((math.exp(2 * (z + half)) - 1) / (math.exp(2 * (z + half)) + 1))
    assert found.low < 0 < found.high  # six weeks prove nothing


def test_a_lag_looks_at_the_weeks_after() -> None:
    """What is sent is asked about a week later, the other way round: no two weeks alike but at lag 1."""
    sent = [3, 9, 1, 7, 5, 8, 2, 6]
    asked = [4, *(10 - count for count in sent[:-1])]
    same, next_week, after = together(sent, asked)
    assert [found.lag for found in (same, next_week, after)] == [0, 1, 2]
    assert [found.n for found in (same, next_week, after)] == [8, 7, 6]
    assert next_week.r == pytest.approx(-1)
    assert (next_week.low, next_week.high) == (None, None)  # nothing is left to be unsure of
    assert same.r is not None
    assert same.r > -1


def test_too_few_weeks_say_nothing() -> None:
    found = together([1, 2, 3, 4, 5, 6], [1, 3, 2, 4, 6, 5])
    assert [(pair.n, pair.r is None, pair.low) for pair in found[1:]] == [(5, True, None), (4, True, None)]


def test_what_never_changes_moves_with_nothing() -> None:
    for first, second in (([5] * 9, [1, 2, 3] * 3), ([1, 2, 3] * 3, [0] * 9)):
        assert {pair.r for pair in together(first, second)} == {None}
