"""Populations summed, listed and read: counts and values, never a formula."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from funnel_tui.store.connected import Connected
from funnel_tui.store.populations import POPULATIONS, Population
from funnel_tui.store.scope import Scope


class Counting(Connected):
    def sums(self, names: Iterable[str], scope: Scope) -> dict[str, float]:
        """The sum of the values of each population: their count, where a row adds 1."""
        found: dict[str, float] = {}
        for group, first, columns in _together(names):
            params = self._params(scope)
            row = self._one(
                f"SELECT {columns} FROM {first.source} WHERE {_placed(first)} AND {scope.where(first.alias, params)}",
                params,
            )
            found.update(zip(group, (value or 0 for value in row), strict=True))
        return found

    def sums_by(self, names: Iterable[str], scope: Scope, grains: Sequence[tuple[int, int]]) -> dict[str, list[float]]:
        """The sums of `sums` for each `[start, end)` of `grains`, which lie inside the scope."""
        names = list(names)
        if self._behind:  # SQLite joins no view with an index, but it looks up a range of one
            each = [self.sums(names, replace(scope, start=start, end=end)) for start, end in grains]
            return {name: [sums[name] for sums in each] for name in names}
        found: dict[str, list[float]] = {name: [0] * len(grains) for name in names}
        for group, first, columns in _together(names):
            params = self._params(scope)
            rows = self._all(
                f"{grains_table(grains, scope)} SELECT g.grain, {columns} FROM g CROSS JOIN {first.source}"
                f" WHERE {in_grain(str(first.at))} AND {scope.where(first.alias, params)} GROUP BY g.grain",
                params,
            )
            for grain, *values in rows:
                for name, value in zip(group, values, strict=True):
                    found[name][grain] = value or 0
        return found

    def sums_by_tag(self, names: Sequence[str], scope: Scope) -> dict[str, list[float]]:
        """The sums of some populations of episodes started in the window, for each tag."""
        params = self._params(scope)
        columns = ", ".join(_sum(POPULATIONS[name]) for name in names)
        rows = self._all(
            f"SELECT g.tag, {columns} FROM episode e JOIN tag g ON g.cid = e.cid"
            f" WHERE e.start >= :start AND e.start < :until AND {scope.where('e', params)} GROUP BY g.tag",
            params,
        )
        return {tag: [value or 0 for value in sums] for tag, *sums in rows}

    def values(self, name: str, scope: Scope) -> list[float]:
        """The values of a population, in no order."""
        population = POPULATIONS[name]
        params = self._params(scope)
        rows = self._all(
            f"SELECT {population.value} FROM {population.source} WHERE {_placed(population)}"
            f" AND {population.where} AND {scope.where(population.alias, params)}",
            params,
        )
        return [value for (value,) in rows]

    def placed_values(self, name: str, scope: Scope) -> list[tuple[int, float]]:
        """(moment, value) of a population's rows, in the order of their moments."""
        population = POPULATIONS[name]
        params = self._params(scope)
        return self._all(
            f"SELECT {population.at}, {population.value} FROM {population.source} WHERE {_placed(population)}"
            f" AND {population.where} AND {scope.where(population.alias, params)} ORDER BY 1",
            params,
        )

    def spans(self, name: str, scope: Scope) -> list[tuple[int, int]]:
        """(start, end) of the first responses or waits of a population, for office hours."""
        population = POPULATIONS[name]
        params = self._params(scope)
        return self._all(
            f"SELECT {population.at} - ({population.value}), {population.at} FROM {population.source}"
            f" WHERE {_placed(population)} AND {population.where}"
            f" AND {scope.where(population.alias, params)}",
            params,
        )

    def drill(self, name: str, scope: Scope, limit: int | None = None) -> list[tuple[int, int, float | None]]:
        """(conversation, episode, value) of the rows behind a population of episodes, latest first."""
        population = POPULATIONS[name]
        params = self._params(scope)
        value = "NULL" if population.value == "1" else population.value
        return self._all(
            f"SELECT e.cid, e.eid, {value} FROM {population.source} WHERE {_placed(population)}"
            f" AND {population.where} AND {scope.where(population.alias, params)}"
            f" ORDER BY {population.at or 'e.wait_since'} DESC, e.eid DESC LIMIT {-1 if limit is None else int(limit)}",
            params,
        )


def _together(names: Iterable[str]) -> Iterator[tuple[list[str], Population, str]]:
    """Populations of one table and date, to be summed in one pass: (names, one of them, the columns)."""
    groups: dict[tuple[str, str | None], list[str]] = {}
    for name in names:
        groups.setdefault((POPULATIONS[name].source, POPULATIONS[name].at), []).append(name)
    for group in groups.values():
        yield group, POPULATIONS[group[0]], ", ".join(_sum(POPULATIONS[name]) for name in group)


def _sum(population: Population) -> str:
    if population.value == "1":
        return f"sum({population.where})"
    return f"sum(CASE WHEN {population.where} THEN {population.value} END)"


def grains_table(grains: Sequence[tuple[int, int]], scope: Scope) -> str:
    """A table `g` of the grains to join with: whole numbers, so that they may stand in the text."""
    rows = ", ".join(f"({i}, {start:d}, {min(end, scope.as_of + 1):d})" for i, (start, end) in enumerate(grains))
    return f"WITH g (grain, since, until) AS (VALUES {rows})"


def in_grain(column: str) -> str:
    return f"{column} >= g.since AND {column} < g.until"


def _placed(population: Population) -> str:
    if population.at is None:
        return "(e.closed_at IS NULL OR e.closed_at > :as_of)"
    return f"{population.at} >= :start AND {population.at} < :until"
