"""What a kind of source can tell: the worth of each metric, and which streams feed it.

A source declares it (`Source.abilities`), the cache keeps it beside the workspace, `metrics/quality.py` judges by it.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from msgspec import Struct, field

T = TypeVar("T")


class Ability(Struct, frozen=True):
    """What one metric, or all whose ids begin alike, are worth."""

    quality: str
    """`exact`, `approximate` or `unavailable`."""
    reason: str | None = None
    """Part of a sentence for `approximate`, a sentence for `unavailable`."""
    if_rated: bool = False
    """Worth this only where some rating is known: a provider may tell of none without the stream for them."""


class Abilities(Struct, frozen=True):
    """Of a source. Metrics are named by how their ids begin; the longest beginning decides."""

    metrics: dict[str, Ability] = field(default_factory=dict)
    """What is not named is exact."""
    feeds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Stream -> the metrics that cannot be had while it is refused or has brought nothing yet."""
    without: dict[str, dict[str, Ability]] = field(default_factory=dict)
    """Stream -> what is left of metrics that it makes better, while it is refused or unread. The others stay as they
    are."""
    concerns: tuple[str, ...] = ()
    """The metrics that it is about at all; empty: everything but what is asked inside chat channels."""
    counters: bool = False
    """Articles come as cumulative counters, not as single views."""

    def concerned(self, metric: str) -> bool:
        """Whether the source has anything to do with `metric`: one that has not makes it no worse."""
        return metric.startswith(self.concerns) if self.concerns else not metric.startswith(INTERNAL)

    def of(self, metric: str) -> Ability:
        """What `metric` is worth while all streams can be read."""
        return longest(self.metrics, metric) or EXACT


INTERNAL = "internal."
EXACT = Ability("exact")


def approximate(reason: str) -> Ability:
    return Ability("approximate", reason)


def unavailable(reason: str) -> Ability:
    return Ability("unavailable", reason)


def each(ids: Iterable[str], ability: Ability) -> dict[str, Ability]:
    """The same ability for several beginnings."""
    return dict.fromkeys(ids, ability)


def longest(known: Mapping[str, T], metric: str) -> T | None:
    """The entry under the longest beginning of `metric`."""
    fits = [prefix for prefix in known if metric.startswith(prefix)]
    return known[max(fits, key=len)] if fits else None
