"""Article figures from cumulative counters: a period is the difference of two samples of ours."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from funnel_tui.store.scope import CounterRun

Runs = Mapping[tuple[int, str], list[CounterRun]]
"""The samples of each article, oldest first."""


@dataclass(frozen=True, slots=True)
class Growth:
    views: int
    judged: int
    """Of them, those of articles that tell how many conversations they led to."""
    conversations: int

    @property
    def resolved(self) -> int:
        """Reads that led to no conversation, as far as that is told."""
        return max(0, self.judged - self.conversations)


def growth(runs: Runs, start: int, until: int) -> Growth | None:
    """How far the counters grew in `[start, until)`, from the last sample before it or else the first one in it.

    None where no article has two samples. A counter that was set back counts nothing.
    """
    views = judged = conversations = 0
    told = False
    for samples in runs.values():
        known = samples[: bisect_right(samples, until - 1, key=_at)]
        if not known:
            continue
        base = known[max(0, bisect_right(known, start, key=_at) - 1)]
        last = known[-1]
        told = told or len(known) > 1 or last.until > last.at
        grown = max(0, last.views - base.views)
        views += grown
        if last.conversations is not None:
            judged += grown
            conversations += max(0, last.conversations - (base.conversations or 0))
    return Growth(views, judged, conversations) if told else None


def _at(run: CounterRun) -> int:
    return run.at
