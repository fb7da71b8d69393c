"""Middle values, intervals and whether a change is more than noise.

Sources: Wilson (1927) for a share; Newcombe (1998), method 10, for the difference of two shares; the binomial
order-statistic interval for a median and its width as a standard error (McKean and Schrader, 1984); the normal
approximation for the difference of two Poisson counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from funnel_tui.store.pooled import Pooled

Z = 1.959963984540054
"""The 97.5 % quantile of the normal distribution: two-sided 95 %."""


def p90(values: Sequence[float]) -> float | None:
    """The smallest value that at least 90 % do not exceed; None of nothing. `values` are sorted."""
    return values[-(-9 * len(values) // 10) - 1] if values else None


def wilson(hits: float, n: float) -> tuple[float, float] | None:
    """95 % interval of a share."""
    if n <= 0:
        return None
    share, z2 = hits / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return (0.0 if hits == 0 else middle - half), (1.0 if hits == n else middle + half)


def median_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """95 % order-statistic interval of the median; None below six values, where there is none."""
    n = len(values)
    if n < 6:
        return None
    low = max(0, int((n - Z * sqrt(n)) / 2) - 1)
    high = min(n - 1, ceil((n + Z * sqrt(n)) / 2))
    return values[low], values[high]


@dataclass(frozen=True, slots=True)
class Spread:
    """What reports say of many values, so that the values themselves need not be kept."""

    n: int
    least: float | None
    median: float | None
    interval: tuple[float, float] | None
    """95 % of the median."""
    p90: float | None
    at_most: Mapping[int, int]
    """How many values are not above each of some limits."""


def spread(values: Pooled, limits: Iterable[int] = ()) -> Spread:
    return Spread(
        len(values),
        values[0] if values else None,
        values.median,
        median_interval(values),
        p90(values),
        {limit: values.at_most(limit) for limit in limits},
    )


@dataclass(frozen=True, slots=True)
class Sample:
    """What is known of a measured value's noise: a share of n, a count, or a standard error."""

    value: float
    hits: float | None = None
    n: float | None = None
    error: float | None = None
    count: bool = False


def differ(now: Sample, then: Sample) -> bool | None:
    """Whether two samples differ by more than their noise at 95 %; None where that cannot be told."""
    interval = difference(now, then)
    return None if interval is None else interval[0] > 0 or interval[1] < 0


def difference(now: Sample, then: Sample) -> tuple[float, float] | None:
    """95 % interval of `now` minus `then`; None where their noise is not known."""
    if now.count and then.count:
        return _around(now.value - then.value, sqrt(now.value + then.value))
    if now.hits is not None and now.n and then.hits is not None and then.n:
        return _of_shares(now.hits / now.n, now.n, then.hits / then.n, then.n)
    if now.error is not None and then.error is not None:
        return _around(now.value - then.value, sqrt(now.error**2 + then.error**2))
    return None


def _around(middle: float, error: float) -> tuple[float, float]:
    return middle - Z * error, middle + Z * error


def _of_shares(p1: float, n1: float, p2: float, n2: float) -> tuple[float, float] | None:
    first, second = wilson(p1 * n1, n1), wilson(p2 * n2, n2)
    if first is None or second is None:
        return None
    (l1, u1), (l2, u2) = first, second
    middle = p1 - p2
    return middle - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2), middle + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)


def mean_error(total: float, squares: float, n: int) -> float | None:
    """Standard error of the mean of `n` values, from their sum and the sum of their squares; None below two values."""
    if n < 2:
        return None
    return sqrt(max(0.0, squares - total * total / n) / (n - 1) / n)
