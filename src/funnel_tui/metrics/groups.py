"""What every team, channel and teammate of a scope adds up to, read for all of them together."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from funnel_tui.store.filters import Part
from funnel_tui.store.pooled import Pooled
from funnel_tui.store.populations import POPULATIONS
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import Scope

GROUPS = ("team", "channel", "agent")

Sums = dict[Part, dict[str, float]]


@dataclass(slots=True)
class Groups:
    """Of everything the ledger has the parts; what passes a filter is read once and dealt out."""

    reader: Reader
    scope: Scope
    _dealt: dict[str, dict[Part, list[tuple[int, int]]]] = field(default_factory=dict)

    def sums(self, names: Sequence[str]) -> dict[str, Sums]:
        """For each of `GROUPS`: the sums of some populations of episodes (none of distinct ones) of each value."""
        found: dict[str, Sums] = {key: {} for key in GROUPS}
        if self.scope.keys:
            for hand, sums in self.reader.dealt_sums(names, self.scope):
                for key in GROUPS:
                    mine = found[key].setdefault(hand.part(key), dict.fromkeys(names, 0.0))
                    for name, value in sums.items():
                        mine[name] += value
            return found
        dated = [name for name in names if POPULATIONS[name].at is not None]
        queue = [name for name in names if POPULATIONS[name].at is None]
        for key in GROUPS:
            for some, parts in (
                (dated, self.reader.sums_by_part(dated, self.scope, key)),
                (queue, self.reader.queue_by_part(queue, self.scope, key)),
            ):
                for part, amounts in parts.items():
                    if any(amounts):
                        mine = found[key].setdefault(part, dict.fromkeys(names, 0.0))
                        mine.update(zip(some, amounts, strict=True))
        return found

    def values(self, name: str, parts: Sequence[Part]) -> Pooled:
        """The values of a population of episodes in some values of one of `GROUPS`, sorted."""
        if not self.scope.keys:
            found = [self.reader.values(name, replace(self.scope, part=part)) for part in parts]
            return Pooled([sorted(chain.from_iterable(each.merged() for each in found))])
        return Pooled([sorted(value for part in parts for _, value in self._hands(name).get(part, ()))])

    def counts(self, name: str, steps: Sequence[tuple[int, int]]) -> dict[Part, list[float]]:
        """How many rows of a population each value of each of `GROUPS` has in each step of time."""
        if not self.scope.keys:
            found: dict[Part, list[float]] = {}
            for key in GROUPS:
                parts = [part for part, sums in self.sums([name])[key].items() if sums[name]]
                found |= self.reader.counts_by_part(name, self.scope, key, parts, steps)
            return found
        starts = [start for start, _ in steps]
        found = {}
        for part, rows in self._hands(name).items():
            found[part] = [0.0] * len(steps)
            for at, value in rows:
                found[part][bisect_right(starts, at) - 1] += value
        return found

    def _hands(self, name: str) -> dict[Part, list[tuple[int, int]]]:
        if name not in self._dealt:
            dealt: dict[Part, list[tuple[int, int]]] = {}
            self._dealt[name] = dealt
            for hand, at, value in self.reader.dealt_values(name, self.scope):
                for key in GROUPS:
                    dealt.setdefault(hand.part(key), []).append((at, value))
        return self._dealt[name]
