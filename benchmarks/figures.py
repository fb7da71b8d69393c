"""What a benchmark yields: rows that are declared beforehand, and the samples that were taken of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tables."""

    name: str
    unit: str
    budget: str = ""
    """What docs call enough, in words."""
    beside: str = ""
    """The row of the same group that it is a multiple of."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Samples of one row, in its unit."""

    row: str
    samples: tuple[float, ...]
    size: int | None = None
    """Conversations in the cache; None where there is no cache to speak of."""

    @property
    def median(self) -> float:
        return median(self.samples)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Rows that could not be measured here, and why, in a sentence."""

    rows: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one group with what was measured of each."""

    title: str
    rows: Sequence[Row]
    figures: Sequence[Figure]
    notes: Sequence[str] = ()
    """What is to be known beside the names of the rows, and why some are missing."""

    @property
    def sizes(self) -> list[int | None]:
        """The columns: without a cache first, then by size."""
        found = {figure.size for figure in self.figures}
        return sorted(found, key=lambda size: -1 if size is None else size)

    def of(self, row: str, size: int | None) -> Figure | None:
        return next((f for f in self.figures if f.row == row and f.size == size), None)

    def growth(self, row: Row) -> float | None:
        """The median at the largest size as a multiple of that at the smallest."""
        found = [f for f in self.figures if f.row == row.name and f.size is not None]
        found.sort(key=lambda figure: figure.size or 0)
        return ratio(found[-1], found[0]) if len(found) > 1 else None

    def multiples(self, row: Row) -> list[float]:
        """The medians as multiples of the row that it stands beside, one a size."""
        found = []
        for figure in self.figures:
            if figure.row == row.name and row.beside:
                other = self.of(row.beside, figure.size) or self.of(row.beside, None)
                multiple = ratio(figure, other) if other is not None else None
                found.extend([] if multiple is None else [multiple])
        return found


def ratio(one: Figure, other: Figure) -> float | None:
    return one.median / other.median if other.median else None


def milliseconds(
    action: Callable[[], object], runs: int, *, warm: bool = True, patience: float = float("inf")
) -> tuple[float, ...]:
    """How long each of `runs` calls took, fewer once they have taken `patience` seconds; `warm` calls once before,
    untimed."""
    return tuple(_durations(action, runs, warm, patience))


def _durations(action: Callable[[], object], runs: int, warm: bool, patience: float) -> Iterator[float]:
    begun = perf_counter()
    if warm:
        action()
    for turn in range(runs):
        start = perf_counter()
        if turn and start - begun > patience:
            return
        action()
        yield (perf_counter() - start) * 1000
