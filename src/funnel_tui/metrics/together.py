"""Whether two weekly figures move together: Pearson's correlation with Fisher's interval. It says nothing of causes."""

from collections.abc import Sequence
from math import atanh, sqrt, tanh
from statistics import StatisticsError, correlation

from funnel_tui.metrics.statistics import Z
from funnel_tui.model.boards import Correlation

LAGS = (0, 1, 2)
FEWEST = 6
"""Pairs of weeks below which a correlation is no evidence."""
_EXACT = 1 - 1e-12


def together(first: Sequence[float], second: Sequence[float]) -> tuple[Correlation, ...]:
    """The correlation of each week's `first` with the `second` of the same week, and of one and two weeks later."""
    return tuple(_lagged(first, second, lag) for lag in LAGS)


def _lagged(first: Sequence[float], second: Sequence[float], lag: int) -> Correlation:
    pairs = list(zip(first, second[lag:], strict=False))
    n = len(pairs)
    if n < FEWEST:
        return Correlation(lag, None, None, None, n)
    try:
        r = correlation([a for a, _ in pairs], [b for _, b in pairs])
    except StatisticsError:  # one of the two is the same in every week
        return Correlation(lag, None, None, None, n)
    if abs(r) >= _EXACT:
        return Correlation(lag, r, None, None, n)
    middle, half = atanh(r), Z / sqrt(n - 3)
    return Correlation(lag, r, tanh(middle - half), tanh(middle + half), n)
