"""The ledger for its readers: sums and values of whole local days, as they stand at the moment of a snapshot."""

import sqlite3
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from funnel_tui.store.days import NO_DAY, month
from funnel_tui.store.ledger import Entry, Heading, journal
from funnel_tui.store.pages import balance_key, run_key, unpack_cells, within
from funnel_tui.store.parts import EVERYTHING, Parts
from funnel_tui.store.pooled import Pooled
from funnel_tui.store.populations import SECONDS
from funnel_tui.store.postings import CODE, Posting

_MONTHS = (1 << 17) - 1


class Balances:
    """One state of the ledger, the journal and what a snapshot adds to it included."""

    def __init__(self, connection: sqlite3.Connection, head: Heading, parts: Parts, prefix: str = "main.") -> None:
        self._connection = connection
        self._prefix = prefix
        self.posted_until = head.posted_until
        self.books = head.books
        self.days = self.books.days
        self.parts = parts
        self._pages: dict[tuple[int, int], _Month] = {}
        self._span: tuple[int, int] | None = None
        self.late: list[tuple[int, Posting]] = []
        """Postings beyond what has been carried over, each with its sign."""
        self._by_part: dict[int, list[tuple[int, Posting]]] | None = None
        self._changed: dict[int, dict[int, dict[int, int]]] = {}
        """By part and month: what they add to the cells."""
        self._values: dict[int, dict[int, list[tuple[int, int, int]]]] = {}
        """By part and population: (day, value, sign) of what they add to the runs."""
        self.amend(journal(connection, prefix))

    def amend(self, entries: Iterable[Entry]) -> None:
        """Count further postings. Before anything is read."""
        for sign, rows in entries:
            self.late.extend([(sign, row) for row in rows])

    def _learn(self, part: int) -> None:
        """What the late postings add to a part."""
        by_month: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        by_population: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        if self._by_part is None:
            self._by_part = defaultdict(list)
            for entry in self.late:
                for each in entry[1].parts:
                    self._by_part[each].append(entry)
        for sign, (day, _, ones, amounts, kept) in self._by_part.get(part, ()):
            dom = day & 31
            cells = by_month[day >> 5]
            for one in ones:
                cells[one << 5 | dom] += sign
            if amounts:
                for i in range(0, len(amounts), 2):
                    cells[amounts[i] << 5 | dom] += sign * amounts[i + 1]
            if kept:
                for i in range(0, len(kept), 2):
                    by_population[kept[i]].append((day, kept[i + 1], sign))
        self._changed[part], self._values[part] = by_month, by_population

    def sums(self, names: Sequence[str], parts: Sequence[int], first: int, last: int) -> list[int]:
        """The sum of each population over the days `first` to `last`."""
        codes = [CODE[name] << 5 for name in names]
        found = [0] * len(codes)
        for month_ in self._months(first, last):
            since = first & 31 if month_ == month(first) else 0
            until = last & 31 if month_ == month(last) else 31
            for part in parts:
                page = self._month(part, month_)
                for i, code in enumerate(codes):
                    found[i] += page.sum(code | since, code | until)
        return found

    def values(self, name: str, parts: Iterable[int], first: int, last: int) -> tuple[list[Sequence[int]], list[int]]:
        """The sorted runs of a population over the days `first` to `last`, and the values to take out of them."""
        code = CODE[name]
        runs: list[Sequence[int]] = []
        gone: list[int] = []
        for part in parts:
            low, high = run_key(part, code, first & ~31), run_key(part, code, last)
            for key, body in self._connection.execute(
                f"SELECT key, body FROM {self._prefix}run WHERE key BETWEEN ? AND ?", (low, high)
            ):
                run = within(key, body, first, last)
                if run:
                    runs.append(run)
            if part not in self._values:
                self._learn(part)
            come: list[int] = []
            for day, value, sign in self._values[part].get(code, ()):
                if first <= day <= last:
                    (come if sign > 0 else gone).append(value)
            if come:
                runs.append(sorted(come))
        return runs, gone

    def pooled(self, name: str, parts: Iterable[int], first: int, last: int) -> Pooled:
        return Pooled(*self.values(name, parts, first, last))

    def active(self, part: int, first: int, last: int) -> bool:
        """Whether anything is counted for a part on the days `first` to `last`, or stands in its queue."""
        if any(self.cells(part, NO_DAY).values()):
            return True
        for month_ in self._months(first, last):
            since = first & 31 if month_ == month(first) else 0
            until = last & 31 if month_ == month(last) else 31
            if any(amount and since <= cell & 31 <= until for cell, amount in self.cells(part, month_).items()):
                return True
        return any(self.values(name, [part], first, last)[0] for name in sorted(SECONDS))

    def cells(self, part: int, month_: int) -> dict[int, int]:
        """The sums of a part in a month, by population and day."""
        page = self._month(part, month_)
        found = dict(zip(page.numbers, page.amounts, strict=True))
        for cell, amount in page.late.items():
            found[cell] = found.get(cell, 0) + amount
        return found

    def _month(self, part: int, month_: int) -> "_Month":
        found = self._pages.get((part, month_))
        if found is None:
            row = self._connection.execute(
                f"SELECT body FROM {self._prefix}balance WHERE key = ?", (balance_key(part, month_),)
            ).fetchone()
            if part not in self._changed:
                self._learn(part)
            late = self._changed[part].get(month_, {})
            found = self._pages[part, month_] = _Month(*unpack_cells(row[0] if row else b""), late)
        return found

    def _months(self, first: int, last: int) -> range:
        """The months of some days in which there is anything at all."""
        if first == NO_DAY:
            return range(1)
        if self._span is None:
            everything = (balance_key(EVERYTHING, 1), balance_key(EVERYTHING, _MONTHS))
            keys = self._connection.execute(
                f"SELECT min(key), max(key) FROM {self._prefix}balance WHERE key BETWEEN ? AND ?", everything
            ).fetchone()
            known = [key & _MONTHS for key in keys if key is not None]
            known += [month(posting.day) for _, posting in self.late if posting.day]
            self._span = (min(known), max(known)) if known else (1, 0)
        return range(max(month(first), self._span[0]), min(month(last), self._span[1]) + 1)


@dataclass(frozen=True, slots=True)
class _Month:
    """A page of the ledger: numbers of cells in order, their amounts, and what late postings add to them."""

    numbers: Sequence[int]
    amounts: Sequence[int]
    late: Mapping[int, int]

    def sum(self, first: int, last: int) -> int:
        """Of the cells `first` to `last`, which are one population's."""
        numbers = self.numbers
        low = bisect_left(numbers, first)
        found = sum(self.amounts[low : bisect_right(numbers, last, low)])
        if self.late:
            found += sum([self.late.get(cell, 0) for cell in range(first, last + 1)])
        return found
