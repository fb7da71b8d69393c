"""Many sorted runs seen as one sorted sequence, without merging them.

The k-th value is found by bisection on the value itself: its rank is the sum of its ranks in the runs, so that a median
over a year of days costs some hundred searches and is exact.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import overload


class Pooled(Sequence[float]):
    """The values of `runs` (each sorted) without those of `gone` (each of them is in a run)."""

    def __init__(self, runs: Iterable[Sequence[int]], gone: Iterable[int] = ()) -> None:
        self._runs = [run for run in runs if run]
        self._gone = sorted(gone)
        self._length = sum(map(len, self._runs)) - len(self._gone)
        self._found: dict[int, int] = {}

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._length))]
        if index < 0:
            index += self._length
        if not 0 <= index < self._length:
            raise IndexError(index)
        if index not in self._found:
            self._found[index] = self._select(index)
        return self._found[index]

    @property
    def median(self) -> float | None:
        """The middle value, or the mean of the two middle ones; None of nothing."""
        half = self._length // 2
        if not self._length:
            return None
        return self[half] if self._length % 2 else (self[half - 1] + self[half]) / 2

    def at_most(self, value: int) -> int:
        """How many values are not above `value`."""
        return sum(bisect_right(run, value) for run in self._runs) - bisect_right(self._gone, value)

    def below(self, value: int) -> int:
        """How many values are under `value`."""
        return sum(bisect_left(run, value) for run in self._runs) - bisect_left(self._gone, value)

    def merged(self) -> list[int]:
        """All of it as one sorted list: for those who search it very often."""
        found = sorted(chain.from_iterable(self._runs))
        for value in self._gone:
            del found[bisect_left(found, value)]
        return found

    def _select(self, rank: int) -> int:
        """The smallest value of which more than `rank` values are not above it."""
        if len(self._runs) == 1 and not self._gone:
            return self._runs[0][rank]
        low, high = self._bracket(rank)
        while low < high:
            middle = (low + high) // 2
            if self.at_most(middle) > rank:
                high = middle
            else:
                low = middle + 1
        return low

    def _bracket(self, rank: int) -> tuple[int, int]:
        """Bounds of the value sought, drawn in by what was found before.

        In each run stands a value at the same share of it. The one sought is not below all of these: fewer values than
        its rank are. And it is not above all of them.
        """
        total = self._length + len(self._gone)
        after = min(rank + len(self._gone), total - 1)
        low = min([run[rank * len(run) // total] for run in self._runs])
        high = max([run[after * len(run) // total] for run in self._runs])
        for known, value in self._found.items():
            if known <= rank:
                low = max(low, value)
            else:
                high = min(high, value)
        return low, high
