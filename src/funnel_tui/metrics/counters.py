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
    conversations: int

    @property
    def resolved(self) -> int:
        """Reads that led to no conversation."""
        return max(0, self.views - self.conversations)


def growth(runs: Runs, start: int, until: int) -> Growth | None:
    """How far the counters grew in `[start, until)`, from the last sample before it or else the first one in it.

    None where no article has two samples. A counter that was set back counts nothing.
    """
    views = conversations = 0
    told = False
    for samples in runs.values():
        known = samples[: bisect_right(samples, until - 1, key=_at)]
        if not known:
            continue
        base = known[max(0, bisect_right(known, start, key=_at) - 1)]
        last = known[-1]
        told = told or len(known) > 1 or last.until > last.at
        views += max(0, last.views - base.views)
        conversations += max(0, last.conversations - base.conversations)
    return Growth(views, conversations) if told else None


def _at(run: CounterRun) -> int:
    return run.at
