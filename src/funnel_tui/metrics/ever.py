"""What articles did since they were written, whatever the period: by their counters, or by the views that are known.

A period's growth takes two samples of a counter; one sample already tells all of its life.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from funnel_tui.metrics.measures import Measured
from funnel_tui.metrics.quality import Worth
from funnel_tui.metrics.recipes import share
from funnel_tui.metrics.tiles import value_of
from funnel_tui.model.local import CONVERSATIONS_EVER, RATE_EVER, VIEWS_EVER
from funnel_tui.model.values import MetricValue, Quality
from funnel_tui.store.filters import ARTICLE, Part, supported
from funnel_tui.store.ranked import Readers
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import CounterRun, Scope

NOT_COUNTED = "The source does not count the conversations that an article leads to."
_OF_VIEWS = "of views, not of readers"


@dataclass(frozen=True, slots=True)
class Ever:
    """All that is known of an article, or of several, at a moment."""

    views: int
    judged: int
    """Of them, those of which it is told whether they led to a conversation."""
    conversations: int
    pending: int | None = None
    """Viewers who looked less than 24 h ago and have not written; None where there are only counters."""
    sampled: int | None = None
    """The moment of the newest sample; None without counters."""
    told: bool = True
    """Whether conversations are told at all."""

    def rate(self) -> Measured:
        """Of the judged views, those that led to no conversation."""
        if not self.told:
            return Measured(None, missing=NOT_COUNTED)
        return share(max(0, self.judged - self.conversations), self.judged, self.pending)

    def count(self, metric: str) -> int | None:
        """How many views or conversations one of the figures counts; None where that is not told."""
        if metric == VIEWS_EVER.id:
            return self.views
        if not self.told:
            return None
        return self.conversations if metric == CONVERSATIONS_EVER.id else self.judged

    def values(self, zone: ZoneInfo) -> dict[str, MetricValue]:
        """The three figures, each said to be approximate, and since when."""
        worth = Worth(Quality.APPROXIMATE, self._reason(zone))
        wrote = Measured(float(self.conversations)) if self.told else Measured(None, missing=NOT_COUNTED)
        return {
            VIEWS_EVER.id: value_of(VIEWS_EVER, Measured(float(self.views)), None, worth),
            RATE_EVER.id: value_of(RATE_EVER, self.rate(), None, worth),
            CONVERSATIONS_EVER.id: value_of(CONVERSATIONS_EVER, wrote, None, worth),
        }

    def _reason(self, zone: ZoneInfo) -> str:
        if self.sampled is None:
            return f"Since the first view that is known; {_OF_VIEWS}."
        at = datetime.fromtimestamp(self.sampled, zone)
        return f"The help centre's own count since it was written, as of {at:%Y-%m-%d %H:%M}; {_OF_VIEWS}."


def whole(scope: Scope) -> Scope:
    """The same up to the as-of moment, from the first thing that is known."""
    return replace(scope, start=0, end=scope.as_of + 1)


def ever(reader: Reader, scope: Scope) -> dict[Part, Ever]:
    """By article, those without a view left out; nothing under a filter that articles do not have.

    A counter has counted all that single views of the same article can tell, and what was before them.
    """
    if not scope.keys <= supported("article_view"):
        return {}
    scope = whole(scope)
    found = {part: _of_readers(readers) for part, readers in reader.readers_by_article(scope).items()}
    for (wid, article), run in reader.newest_counters(scope).items():
        found[Part(ARTICLE, article, wid)] = _of_counter(run, scope.as_of)
    return {part: known for part, known in found.items() if known.views}


def summed(every: Iterable[Ever]) -> Ever | None:
    """Several articles as one; conversations and judged views are of those that tell them. None of none."""
    each = list(every)
    if not each:
        return None
    return Ever(
        sum(one.views for one in each),
        sum(one.judged for one in each),
        sum(one.conversations for one in each),
        _total(one.pending for one in each),
        max((one.sampled for one in each if one.sampled is not None), default=None),
        any(one.told for one in each),
    )


def rate_of_all(found: Mapping[Part, Ever], zone: ZoneInfo) -> MetricValue | None:
    """One rate for all articles; None where none was ever read."""
    total = summed(found.values())
    return None if total is None else total.values(zone)[RATE_EVER.id]


def _of_readers(readers: Readers) -> Ever:
    judged = readers.views - readers.undecided_views
    return Ever(readers.views, judged, readers.wrote, readers.undecided)


def _of_counter(run: CounterRun, as_of: int) -> Ever:
    told = run.conversations is not None
    sampled = min(run.until, as_of)
    return Ever(run.views, run.views if told else 0, run.conversations or 0, sampled=sampled, told=told)


def _total(amounts: Iterable[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None
