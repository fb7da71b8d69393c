"""A scope dealt out to the hours of the day or the days of the week, in the report zone.

Each population is read once and its values put where their moments belong.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from funnel_tui.metrics.measures import Measures
from funnel_tui.store.pooled import Pooled

LABELS = {
    "hour": [f"{hour:02d}:00" for hour in range(24)],
    "weekday": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}


def buckets(whole: Measures, by: str) -> list[Measures]:
    """The hours or weekdays of a scope, each to be measured like any other, though only by dated metrics."""
    dealt = _Dealt(whole, by)
    return [
        _Bucket(whole.reader, whole.scope, whole.settings, whole.counted, cut=by, dealt=dealt, index=index)
        for index in range(len(LABELS[by]))
    ]


@dataclass(slots=True)
class _Dealt:
    whole: Measures
    by: str
    _populations: dict[str, list[list[int]]] = field(default_factory=dict)

    def values(self, name: str, index: int) -> list[int]:
        if name not in self._populations:
            parts: list[list[int]] = [[] for _ in LABELS[self.by]]
            for at, value in self.whole.reader.placed_values(name, self.whole.scope):
                parts[self._index(at)].append(value)
            self._populations[name] = parts
        return self._populations[name][index]

    def _index(self, at: int) -> int:
        local = datetime.fromtimestamp(at, self.whole.settings.zone)
        return local.hour if self.by == "hour" else local.weekday()


@dataclass(slots=True, kw_only=True)
class _Bucket(Measures):
    dealt: _Dealt
    index: int

    def preload(self, names: Iterable[str]) -> None:
        self._sums.update((name, sum(self.dealt.values(name, self.index))) for name in names)

    def values(self, name: str) -> Pooled:
        return Pooled([sorted(self.dealt.values(name, self.index))])
