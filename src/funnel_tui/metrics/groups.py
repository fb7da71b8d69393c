"""What every team, channel and teammate of a scope adds up to, read for all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

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
    _dealt: dict[str, dict[Part, list[int]]] = field(default_factory=dict)

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
            return found[0] if len(found) == 1 else Pooled([each.merged() for each in found])
        if name not in self._dealt:
            dealt: dict[Part, list[int]] = {}
            for hand, value in self.reader.dealt_values(name, self.scope):
                for key in GROUPS:
                    dealt.setdefault(hand.part(key), []).append(value)
            self._dealt[name] = {part: sorted(values) for part, values in dealt.items()}
        return Pooled([self._dealt[name].get(part, []) for part in parts])
