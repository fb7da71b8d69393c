"""Populations summed, listed and read: counts and values, never a formula.

Whole days come from the ledger where it keeps what is asked for; the parts of days at the ends of a window, and scopes
that are no sum of the ledger's parts, are counted from the facts.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from funnel_tui.office import all_office_seconds
from funnel_tui.settings import OfficeHours
from funnel_tui.store.balances import Balances
from funnel_tui.store.connected import Connected
from funnel_tui.store.days import NO_DAY, Cut
from funnel_tui.store.pooled import Pooled
from funnel_tui.store.populations import DIMENSIONS, POPULATIONS, REACH, Population, kept_one_by_one
from funnel_tui.store.postings import CODE
from funnel_tui.store.scope import Scope

T = TypeVar("T")


class Counting(Connected):
    def sums(self, names: Iterable[str], scope: Scope) -> dict[str, float]:
        """The sum of the values of each population: their count, where a row adds 1."""
        names = list(names)
        book = self._book(scope)
        if book is None:
            return self._counted(names, scope)
        found: dict[str, float] = {}
        kept = [name for name in names if name in CODE and not kept_one_by_one(name) and book.reaches(name)]
        dated = [name for name in kept if POPULATIONS[name].at is not None]
        if dated:
            if book.cut.whole:
                found.update(zip(dated, book.sums(dated), strict=True))
                for name in dated:
                    if POPULATIONS[name].before is not None:
                        found[name] += self._earlier(book, name, scope.start)
            for start, end in book.cut.edges:
                for name, value in self._counted(dated, scope, start, end).items():
                    found[name] = found.get(name, 0) + value
        queue = [name for name in kept if POPULATIONS[name].at is None]
        found.update(zip(queue, book.queue(queue), strict=True))
        rest = [name for name in names if name not in found]
        return found | (self._counted(rest, scope) if rest else {})

    def _earlier(self, book: "_Book", name: str, start: int) -> int:
        """Of the distinct ones on the days of a scope, those that were there before too, but not in the window."""
        return self._once_settled(book, (name, start), lambda: book.pooled(name).below(start))

    def median(self, name: str, scope: Scope) -> float | None:
        """The middle value of a population, or the mean of the two middle ones."""
        book = self._book(scope)
        if book is None or book.cut.edges:
            return self.values(name, scope).median
        return self._once_settled(book, (name, "median"), lambda: self.values(name, scope).median)

    def _once_settled(self, book: "_Book", what: tuple[object, ...], work: Callable[[], T]) -> T:
        """Work out once, while the cache does not change, what is of days that are over: time alone moves neither the
        values that medians need nor who came before."""
        if self._behind or book.cut.last >= book.balances.days.day(book.balances.posted_until):
            return work()
        key = (*what, tuple(book.parts), book.cut.first, book.cut.last)
        if key not in self._settled:
            self._settled[key] = work()
        return cast(T, self._settled[key])

    def sums_by(self, names: Iterable[str], scope: Scope, grains: Sequence[tuple[int, int]]) -> dict[str, list[float]]:
        """The sums of `sums` for each `[start, end)` of `grains`, which lie inside the scope."""
        names = list(names)
        each = [self.sums(names, replace(scope, start=start, end=end)) for start, end in grains]
        return {name: [sums[name] for sums in each] for name in names}

    def values(self, name: str, scope: Scope) -> Pooled:
        """The values of a population, sorted."""
        population = POPULATIONS[name]
        book = self._book(scope) if name in CODE and kept_one_by_one(name) else None
        if book is None or not book.reaches(name):
            return Pooled([sorted(value for _, value in self.placed_values(name, scope))])
        if population.at is None:
            return Pooled(*book.values(name, queue=True))
        runs, gone = book.values(name) if book.cut.whole else ([], [])
        for start, end in book.cut.edges:
            part = replace(scope, start=start, end=end)
            runs.append(sorted(value for _, value in self.placed_values(name, part)))
        return Pooled(runs, gone)

    def placed_values(self, name: str, scope: Scope) -> list[tuple[int, int]]:
        """(moment, value) of the rows of a population, in the order of their moments."""
        population = POPULATIONS[name]
        columns = f"{population.at or 'e.begun_at'}, {population.value}"
        return sorted(self._rows(population, columns, scope, self._params(scope)))

    def office_seconds(self, name: str, scope: Scope, hours: OfficeHours, zone: ZoneInfo) -> Pooled:
        """The values of a population of times that pass in office hours only, sorted."""

        def counted(start: int, end: int) -> list[int]:
            population, params = POPULATIONS[name], self._params(scope) | {"start": start, "until": end}
            spans = self._rows(population, f"{population.value}, {population.at}", scope, params)
            return sorted(all_office_seconds(spans, hours, zone))

        book = self._book(scope)
        if book is None or (book.balances.books.hours, book.balances.books.zone.key) != (hours, zone.key):
            return Pooled([counted(scope.start, scope.until)])
        runs, gone = book.values(name) if book.cut.whole else ([], [])
        return Pooled([*runs, *(counted(start, end) for start, end in book.cut.edges)], gone)

    def waiting(self, scope: Scope, stretches: Sequence[tuple[int, int]]) -> list["Waiting"]:
        """How many waited in each stretch of time `[start, end]`, as of the scope's moment."""
        book = self._book(scope)
        if book is not None and book.reaches("waits_begun"):
            return [book.waiting(start, end) for start, end in stretches]
        first = min(start for start, _ in stretches)
        params = self._params(scope) | {"start": first}
        spans: list[tuple[int, int | None]] = []
        for prefix, hidden in self._passes(POPULATIONS["waits_begun"]):
            spans += self._all(
                f"SELECT u.start, u.end FROM {POPULATIONS['waits_begun'].source(prefix)} WHERE {hidden}"
                f" AND u.start <= :as_of AND (u.end >= :start OR u.end IS NULL) AND {scope.where('e', params)}",
                params,
            )
        begun = Pooled([sorted(start for start, _ in spans)])
        over = Pooled([sorted(end for _, end in spans if end is not None)])
        return [Waiting(0, begun, over)] * len(stretches)

    def _counted(
        self, names: Iterable[str], scope: Scope, start: int | None = None, end: int | None = None
    ) -> dict[str, float]:
        """The sums from the facts themselves; `start` and `end` narrow the places, not what "before" means."""
        found: dict[str, float] = dict.fromkeys(names, 0)
        for group, first in together(found):
            params = self._params(scope)
            where = first.placed
            if start is not None and end is not None:
                params |= {"since": start, "until": min(end, scope.as_of + 1)}
                where = where.replace(":start", ":since")
            where += f" AND {scope.where(first.alias, params)}"
            for prefix, hidden in self._passes(first):
                rows = f"FROM {first.source(prefix)} WHERE {where} AND {hidden}"
                if first.code is not None:
                    counts = dict(self._all(f"SELECT {first.code[0]}, count(*) {rows} GROUP BY 1", params))
                    values = [counts.get(code[1], 0) for name in group if (code := POPULATIONS[name].code)]
                else:
                    columns = ", ".join(summed(POPULATIONS[name]) for name in group)
                    values = list(self._one(f"SELECT {columns} {rows}", params))
                for name, value in zip(group, values, strict=True):
                    found[name] += value or 0
        return found

    def _rows(
        self, population: Population, columns: str, scope: Scope, params: dict[str, object], order: str = ""
    ) -> list[tuple]:  # type: ignore[type-arg]
        """Some columns of a population's rows."""
        return [
            row
            for prefix, hidden in self._passes(population)
            for row in self._all(
                f"SELECT {columns} FROM {population.source(prefix)} WHERE {population.placed} AND {hidden}"
                f" AND {population.counted} AND {scope.where(population.alias, params)} {order}",
                params,
            )
        ]

    def _book(self, scope: Scope) -> "_Book | None":
        """The ledger opened at a scope; None where it has to be counted from the facts."""
        balances = self._balances
        if balances is None:
            return None
        parts = self._chosen(scope)
        if parts is None:
            return None
        if scope.end > scope.as_of >= balances.posted_until:
            cut = balances.days.cut_open(scope.start, scope.as_of)
        else:
            cut = balances.days.cut(scope.start, scope.until)
        return _Book(balances, parts, cut, scope.keys)

    def _chosen(self, scope: Scope) -> list[int] | None:
        """The parts that a scope adds up; None where it is no sum of parts."""
        if self._balances is None:
            return None
        key = tuple(sorted((key, tuple(values)) for key, values in scope.filters.items())), scope.part
        if key not in self._choices:
            if self._names is None:
                self._names = {
                    (table, wid, id): name.casefold()
                    for table in ("team", "agent")
                    for wid, id, name in self._all(f"SELECT wid, id, name FROM {table} WHERE name IS NOT NULL")
                }
            sources = {name.casefold(): wid for wid, name in self._all("SELECT wid, name FROM workspace")}
            self._choices[key] = self._balances.parts.chosen(scope.filters, scope.part, self._names, sources)
        return self._choices[key]


_FIRST_DAY = 33
"""The code of the first day there is."""


@dataclass(frozen=True, slots=True)
class _Book:
    """The ledger at the days and parts of a scope."""

    balances: Balances
    parts: list[int]
    cut: Cut
    keys: frozenset[str]

    def reaches(self, name: str) -> bool:
        """Whether the ledger keeps a population for the dimension of these parts."""
        reach = REACH.get(name)
        return reach is None or self.keys <= frozenset(DIMENSIONS[:reach])

    def sums(self, names: Sequence[str]) -> list[int]:
        return self.balances.sums(names, self.parts, self.cut.first, self.cut.last)

    def queue(self, names: Sequence[str]) -> list[int]:
        return self.balances.sums(names, self.parts, NO_DAY, NO_DAY)

    def values(self, name: str, *, queue: bool = False) -> tuple[list[Sequence[int]], list[int]]:
        first, last = (NO_DAY, NO_DAY) if queue else (self.cut.first, self.cut.last)
        return self.balances.values(name, self.parts, first, last)

    def pooled(self, name: str) -> Pooled:
        return Pooled(*self.values(name))

    def waiting(self, start: int, end: int) -> "Waiting":
        """Whole days are read: of the last one, what is later than `end` does no harm."""
        first, last = self.balances.days.day(start), self.balances.days.day(end)
        begun, over = self.balances.sums(("waits_begun", "waits_over"), self.parts, _FIRST_DAY, first - 1)
        days = [
            Pooled(*self.balances.values(name, self.parts, first, last)) for name in ("waits_begun_at", "waits_over_at")
        ]
        return Waiting(begun - over, *days)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait at the moments of a stretch of time: those before it, then who comes and who goes."""

    before: int
    begun: Pooled
    over: Pooled

    def at(self, moment: int) -> int:
        return self.before + self.begun.at_most(moment) - self.over.at_most(moment)

    def each(self, moments: Iterable[int]) -> list[int]:
        """The same at many moments: the runs are merged once, rather than searched each time."""
        begun, over = self.begun.merged(), self.over.merged()
        return [self.before + bisect_right(begun, moment) - bisect_right(over, moment) for moment in moments]


def together(names: Iterable[str]) -> Iterator[tuple[list[str], Population]]:
    """Populations that one pass can sum, with one of them: of one table, date and code."""
    groups: dict[tuple[str, str | None, str | None], list[str]] = {}
    for name in names:
        population = POPULATIONS[name]
        code = population.code[0] if population.code else None
        groups.setdefault((population.table, population.at, code), []).append(name)
    for group in groups.values():
        yield group, POPULATIONS[group[0]]


def summed(population: Population) -> str:
    """The sum of a population's values, as a column."""
    if population.value == "1":
        return f"sum({population.counted})"
    return f"sum(CASE WHEN {population.counted} THEN {population.value} END)"
