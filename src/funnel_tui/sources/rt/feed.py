"""Where a feed of numbered transactions stands: the newest number, and which of those before it have not been seen.

A database may commit numbers out of order, so that one below the newest appears later. The numbers missed lately are
asked for together with the new ones, which costs no request of its own. Most of them will never come: they belong to
other things than tickets, or the account may not see them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

REACH = 300
"""A number so far behind the newest will not appear any more."""
MOST_GAPS = 60
"""Together they make up the length of an address; the newest matter most."""


@dataclass(frozen=True, slots=True)
class Mark:
    newest: int
    gaps: tuple[tuple[int, int], ...] = ()
    """First and last number of each, ascending."""
    looked: int | None = None
    """For an account that may not see everything: the update time up to which its tickets have been looked through."""

    @property
    def condition(self) -> str:
        """What may have come, as a query asks for it."""
        return _any_of((f"id > {self.newest}", *map(_within, self.gaps)))

    @property
    def trial(self) -> str:
        """A query of the same form that finds the newest one."""
        return _any_of(
            (f"id > {self.newest + 1_000_000}", _within((self.newest - 1, self.newest)), f"id = {self.newest}")
        )

    @property
    def floor(self) -> int:
        """All that may have come has a higher number."""
        return self.gaps[0][0] - 1 if self.gaps else self.newest

    def new(self, number: int) -> bool:
        """Whether it has not been seen."""
        return number > self.newest or any(lo <= number <= hi for lo, hi in self.gaps)

    def past(self, seen: Iterable[int]) -> "Mark":
        """After these numbers, in any order, have been seen."""
        numbers = sorted(set(seen))
        newest = max(self.newest, numbers[-1]) if numbers else self.newest
        floor = newest - REACH
        gaps: list[tuple[int, int]] = []
        for lo, hi in (*self.gaps, (self.newest + 1, newest)):
            lo = max(lo, floor)
            for number in numbers:
                if lo <= number <= hi:
                    if lo < number:
                        gaps.append((lo, number - 1))
                    lo = number + 1
            if lo <= hi:
                gaps.append((lo, hi))
        return replace(self, newest=newest, gaps=tuple(gaps[-MOST_GAPS:]))

    def __str__(self) -> str:
        gaps = ",".join(f"{lo}-{hi}" for lo, hi in self.gaps)
        return f"{self.newest}/{gaps}/{'' if self.looked is None else self.looked}"


def _within(numbers: tuple[int, int]) -> str:
    lo, hi = numbers
    return f"id = {lo}" if lo == hi else f"(id > {lo - 1} AND id < {hi + 1})"


def _any_of(parts: tuple[str, ...]) -> str:
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def parse(text: str) -> Mark:
    """Raises ValueError for what is no mark."""
    newest, gaps, looked = text.split("/")
    pairs = [pair.split("-") for pair in gaps.split(",") if pair]
    return Mark(int(newest), tuple((int(lo), int(hi)) for lo, hi in pairs), int(looked) if looked else None)
