"""Populations read once under a filter and dealt out to teams, channels and teammates: a query for all of them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from funnel_tui.store.counting import Counting, summed, together
from funnel_tui.store.filters import Part
from funnel_tui.store.populations import POPULATIONS
from funnel_tui.store.scope import Scope


class Hand(NamedTuple):
    """Where a row of an episode belongs."""

    wid: int
    team: str | None
    channel: str | None
    """Folded: it means the same everywhere."""
    agent: str | None

    def part(self, key: str) -> Part:
        """The part of one of these dimensions."""
        if key == "channel":
            return Part(key, self.channel)
        value = self.team if key == "team" else self.agent
        return Part(key, value, None if value is None else self.wid)


_HAND = "e.wid, e.team, fold(e.channel), e.agent"


class Dealing(Counting):
    def dealt_sums(self, names: Iterable[str], scope: Scope) -> list[tuple[Hand, dict[str, float]]]:
        """The sums of populations of episodes, for each combination of team, channel and teammate in them."""
        found: dict[Hand, dict[str, float]] = {}
        for group, first in together(names):
            columns = ", ".join(summed(POPULATIONS[name]) for name in group)
            for prefix, hidden in self._passes(first):
                params = self._params(scope)
                for row in self._all(
                    f"SELECT {_HAND}, {columns} FROM {first.source(prefix)}"
                    f" WHERE {first.placed} AND {hidden} AND {scope.where('e', params)} GROUP BY 1, 2, 3, 4",
                    params,
                ):
                    sums = found.setdefault(Hand(*row[:4]), {})
                    for name, value in zip(group, row[4:], strict=True):
                        sums[name] = sums.get(name, 0) + (value or 0)
        return list(found.items())

    def dealt_values(self, name: str, scope: Scope) -> list[tuple[Hand, int, int]]:
        """(where it belongs, moment, value) of the rows of a population of episodes."""
        population = POPULATIONS[name]
        columns = f"{_HAND}, {population.at or 'e.begun_at'}, {population.value}"
        rows = self._rows(population, columns, scope, self._params(scope))
        return [(Hand(*row[:4]), row[4], row[5]) for row in rows]

    def queue_by_part(self, names: list[str], scope: Scope, key: str) -> dict[Part, list[float]]:
        """The sums of some populations of the queue, for each value of a dimension that the ledger knows; of
        everything, unfiltered."""
        found: dict[Part, list[float]] = {}
        book = self._book(scope)
        if book is None:
            for hand, sums in self.dealt_sums(names, scope):
                before = found.get(hand.part(key), [0.0] * len(names))
                found[hand.part(key)] = [a + sums.get(name, 0) for a, name in zip(before, names, strict=True)]
            return found
        for number, wid, value in book.balances.parts.of(key):
            part = Part(key, value, None if key == "channel" or value is None else wid)
            amounts = replace(book, parts=[number]).queue(names)
            found[part] = [a + b for a, b in zip(found.get(part, [0.0] * len(names)), amounts, strict=True)]
        return found
