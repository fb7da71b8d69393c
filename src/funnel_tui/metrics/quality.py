"""What a metric is worth, by what the sources at hand can tell: `exact`, `approximate` or `unavailable`.

Each source declares its abilities, which the cache keeps; a workspace without any (a file import) is taken to tell
everything that the canonical records can carry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from funnel_tui.model.abilities import INTERNAL, Abilities, Ability, longest
from funnel_tui.model.values import Quality
from funnel_tui.store.filters import Filters
from funnel_tui.store.reader import Reader

_NOW = 3600
"""Seconds that still pass for now."""


@dataclass(frozen=True, slots=True)
class Worth:
    quality: Quality
    reason: str | None = None


EXACT = Worth(Quality.EXACT)


def _approximate(reason: str) -> Worth:
    return Worth(Quality.APPROXIMATE, reason)


def unavailable(reason: str) -> Worth:
    return Worth(Quality.UNAVAILABLE, reason)


_NONE: tuple[str, ...] = ()
_NOT_ITS_BUSINESS = "None of the sources holds customers' conversations."
_NOBODY = Abilities()
"""Of a workspace without a source of its own, as files are: all that the canonical records can carry."""


class Judge:
    """The worth of each metric for the sources in the cache that pass a filter on them."""

    def __init__(self, reader: Reader, filters: Filters, as_of: int) -> None:
        self._known = known = reader.abilities()
        names = tuple(reader.kinds())
        wanted = {name.casefold() for name in filters.get("source", ())}
        chosen = [name for name in names if name.casefold() in wanted] or names
        self._abilities = {name: known.get(name, _NOBODY) for name in chosen}
        self._sourced = frozenset(known)
        self._streams = reader.stream_status()
        self._gone_on = reader.active_after(as_of + _NOW)
        self._rated = cache(reader.rated)
        self._worths: dict[str, Worth] = {}

    @property
    def counted(self) -> bool:
        """Whether some source tells of articles by counters."""
        return any(abilities.counters for abilities in self._abilities.values())

    def only_internal(self, source: str) -> bool:
        """Whether a source is about nothing but what is asked inside chat channels."""
        known = self._known.get(source)
        return known is not None and known.concerns == (INTERNAL,)

    def any_metric(self, source: str) -> bool:
        """Whether a source may tell of customers: what is not limited to something else."""
        known = self._known.get(source)
        return known is None or not known.concerns

    def by_source(self, metric: str) -> dict[str, Worth]:
        """The metric's worth for each source that it concerns."""
        concerned = {name: found for name, found in self._abilities.items() if found.concerned(metric)}
        return {name: self._of(name, abilities, metric) for name, abilities in concerned.items()}

    def worth(self, metric: str) -> Worth:
        """The metric's worth over all sources that it concerns: the lowest of those that can tell it; said so where one
        cannot."""
        if metric not in self._worths:
            self._worths[metric] = self._over_all(metric)
        return self._worths[metric]

    def _over_all(self, metric: str) -> Worth:
        found = self.by_source(metric)
        if not found:
            return unavailable(_NOT_ITS_BUSINESS) if self._abilities and not metric.startswith(INTERNAL) else EXACT
        able = [worth for worth in found.values() if worth.quality is not Quality.UNAVAILABLE]
        if not able:
            return next(iter(found.values()))
        missing = [name for name, worth in found.items() if worth.quality is Quality.UNAVAILABLE]
        if missing:
            return _approximate(f"without {', '.join(missing)}: {found[missing[0]].reason}")
        return next((worth for worth in able if worth.quality is Quality.APPROXIMATE), EXACT)

    def _of(self, workspace: str, abilities: Abilities, metric: str) -> Worth:
        streams = {stream: told for (name, stream), told in self._streams.items() if name == workspace}
        found = worth_of(abilities, metric, streams, workspace, is_rated=lambda: workspace in self._rated())
        on_duty = metric == "queue.on_duty" and workspace in self._sourced and workspace in self._gone_on
        if on_duty and found.quality is not Quality.UNAVAILABLE:
            return _approximate("who is on duty now: presence at an earlier moment is not kept")
        return found


def worth_of(
    abilities: Abilities,
    metric: str,
    streams: Mapping[str, tuple[str, str | None]],
    source: str,
    is_rated: Callable[[], bool] = lambda: True,
) -> Worth:
    """What one source makes of `metric`. `streams` are its streams' status (`ok`, `pending`, `refused`) and the reason;
    one that is not named is ok. `is_rated` says whether any rating of it is known."""
    left: Ability | None = None
    for stream in {**abilities.feeds, **abilities.without}:
        status, reason = streams.get(stream, ("ok", None))
        if status == "ok":
            continue
        rest = longest(abilities.without.get(stream, {}), metric)
        lacking = rest is not None and rest.if_rated and not is_rated()
        if lacking or metric.startswith(abilities.feeds.get(stream, _NONE)):
            return unavailable(reason or f"the stream {stream} of {source} has not been read yet.")
        left = left or rest
    return _worth(left or abilities.of(metric))


def _worth(ability: Ability) -> Worth:
    return EXACT if ability.quality == "exact" else Worth(Quality(ability.quality), ability.reason)
