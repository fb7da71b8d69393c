"""What each kind of source can tell, and so what a metric is worth: `exact`, `approximate` or `unavailable`.

Source of the table: the provider facts in the project's notes on each API. A kind without an entry (a file import, a
third-party source) is taken to tell everything that the canonical records can carry.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from funnel_tui.model.values import Quality
from funnel_tui.store.filters import Filters
from funnel_tui.store.reader import Reader

_COUNTERS = "Intercom gives article counters, not single views"


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


_KINDS: Mapping[str, Mapping[str, Worth]] = {
    "intercom": {
        "selfserve.seekers": _approximate(f"people who wrote, without silent readers: {_COUNTERS}"),
        "selfserve.article_views": _approximate(f"differences of samples: {_COUNTERS}"),
        "selfserve.article_viewers": unavailable(f"{_COUNTERS}."),
        "selfserve.article_resolution_rate": _approximate(f"1 - conversations / views: {_COUNTERS}"),
        "selfserve.share_resolved": _approximate(f"articles by counters: {_COUNTERS}"),
        "human.direct": _approximate(f"article views before a conversation are not known: {_COUNTERS}"),
        "human.after_selfserve": _approximate(f"article views before a conversation are not known: {_COUNTERS}"),
        "proactive.per_seeker": _approximate(f"seekers are those who wrote: {_COUNTERS}"),
    },
}

_STREAMS: Mapping[str, tuple[str, ...]] = {
    "outbound": ("proactive.",),
    "articles": ("selfserve.article_", "selfserve.share_resolved"),
    "conversations": (
        *("selfserve.bot_", "selfserve.seekers", "selfserve.share_resolved", "proactive.per_seeker", "human."),
        *("queue.open", "queue.unassigned", "queue.waiting", "queue.snoozed", "queue.with_bot"),
        *("queue.oldest_wait", "queue.median_wait", "queue.arrivals_1h", "queue.closes_1h"),
    ),
    "admins": ("queue.on_duty",),
}
"""Which metrics a stream feeds, by the beginnings of their ids: while it is refused or has not brought anything, they
cannot be had."""


_PARTS: Mapping[str, Worth] = {
    **dict.fromkeys(
        ("human.response.median", "human.response.p90", "human.one_touch_rate", "human.replies_per_close"),
        unavailable("The messages of the conversations may not be read."),
    ),
    "human.ping_pong": unavailable("The messages of the conversations may not be read."),
    **dict.fromkeys(
        (
            *(f"human.{name}.{q}" for name in ("first_response", "time_to_close") for q in ("median", "p90")),
            *("human.reopened", "human.reopen_rate", "human.reassigned", "human.resolved"),
        ),
        _approximate("from the conversation's own dates: its messages may not be read"),
    ),
}
"""What is left of the metrics that need every message where the token may read conversations but not their parts."""


class Judge:
    """The worth of each metric for the sources in the cache that pass a filter on them."""

    def __init__(self, reader: Reader, filters: Filters, as_of: int) -> None:
        kinds = reader.kinds()
        wanted = {name.casefold() for name in filters.get("source", ())}
        self._kinds = {name: kind for name, kind in kinds.items() if name.casefold() in wanted} or kinds
        self._streams = reader.stream_status()
        self._gone_on = reader.active_after(as_of + _NOW)

    @property
    def counted(self) -> bool:
        """Whether some source tells of articles by counters."""
        return any(kind in _KINDS for kind in self._kinds.values())

    def worth(self, metric: str) -> Worth:
        """The metric's worth over all sources: the lowest of those that can tell it; said so where one cannot."""
        found = {name: self._of(name, kind, metric) for name, kind in self._kinds.items()}
        if not found:
            return EXACT
        able = [worth for worth in found.values() if worth.quality is not Quality.UNAVAILABLE]
        if not able:
            return next(iter(found.values()))
        missing = [name for name, worth in found.items() if worth.quality is Quality.UNAVAILABLE]
        if missing:
            return _approximate(f"without {', '.join(missing)}: {found[missing[0]].reason}")
        return next((worth for worth in able if worth.quality is Quality.APPROXIMATE), EXACT)

    def _of(self, workspace: str, kind: str, metric: str) -> Worth:
        for stream, prefixes in _STREAMS.items():
            status, reason = self._streams.get((workspace, stream), ("ok", None))
            if status != "ok" and metric.startswith(prefixes):
                return unavailable(reason or f"the stream {stream} of {workspace} has not been read yet.")
        if self._streams.get((workspace, "parts"), ("ok", None))[0] == "refused" and metric in _PARTS:
            return _PARTS[metric]
        if metric == "queue.on_duty" and kind in _KINDS and workspace in self._gone_on:
            return _approximate("who is on duty now: presence at an earlier moment is not kept")
        return _KINDS.get(kind, {}).get(metric, EXACT)
