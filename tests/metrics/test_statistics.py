"""Middle values and intervals, against figures worked out elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel_tui.metrics.statistics import Sample, differ, mean_error, median_interval, p90, wilson
from funnel_tui.store.pooled import Pooled


def test_the_median_is_the_middle_or_the_mean_of_the_two_middle_values() -> None:
    assert [Pooled([v]).median for v in ([], [7], [1, 2], [1, 2, 10], [1, 2, 4, 10])] == [None, 7, 1.5, 2, 3]


def test_p90_is_the_smallest_value_that_nine_in_ten_do_not_exceed() -> None:
    assert [p90(list(range(1, n + 1))) for n in (0, 1, 9, 10, 11, 20, 100)] == [None, 1, 9, 9, 10, 18, 90]


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_p90_by_its_definition(values: list[int]) -> None:
    values.sort()
    found = p90(values)
    enough = [v for v in values if 10 * sum(1 for w in values if w <= v) >= 9 * len(values)]
    assert found == min(enough)


def test_wilson_against_published_figures() -> None:
    # Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (hits, n), ends in published.items():
        assert wilson(hits, n) == pytest.approx(ends, abs=5e-5)
    assert wilson(0, 0) is None


def test_the_difference_of_shares_against_published_intervals() -> None:
    # Newcombe (1998), method 10: 56/70 - 48/80 and 9/10 - 3/10 do not reach 0, 5/56 - 0/29 does
    def shares(a: int, m: int, b: int, n: int) -> bool | None:
        return differ(Sample(a / m, hits=a, n=m), Sample(b / n, hits=b, n=n))

    assert shares(56, 70, 48, 80)
    assert shares(9, 10, 3, 10)
    assert not shares(5, 56, 0, 29)


def test_counts_differ_beyond_poisson_noise() -> None:
    assert not differ(Sample(110, count=True), Sample(100, count=True))
    assert differ(Sample(150, count=True), Sample(100, count=True))
    assert not differ(Sample(0, count=True), Sample(0, count=True))


def test_a_median_of_few_values_has_no_interval() -> None:
    assert median_interval([1, 2, 3, 4, 5]) is None
    assert median_interval(list(range(100))) == (39, 60)


def test_the_error_of_a_mean() -> None:
    assert mean_error(1, 1, 1) is None
    values = [2, 4, 4, 4, 5, 5, 7, 9]
    assert mean_error(sum(values), sum(v * v for v in values), 8) == pytest.approx(0.7559, abs=1e-4)
