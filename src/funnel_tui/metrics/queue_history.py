"""The queue over the last day, and what is usual at the same hour of the week."""

from bisect import bisect_right
from collections.abc import Sequence

from funnel_tui.model.values import QueuePoint
from funnel_tui.store.filters import Filters
from funnel_tui.store.populations import DAY
from funnel_tui.store.reader import Reader

STEP = 300
WEEK = 7 * DAY
WEEKS = 6


def queue_history(reader: Reader, as_of: int, filters: Filters, known_from: int | None) -> tuple[QueuePoint, ...]:
    """A point every five minutes of the 24 h up to `as_of`; the last one is the queue at `as_of`.

    What is usual is learnt from the weeks since `known_from`, where history is not read to its beginning yet.
    """
    earliest = reader.earliest()
    if earliest is None:
        return ()
    earliest = max(earliest, known_from or earliest)
    spans = reader.waiting_spans(as_of - WEEKS * WEEK - DAY, as_of, filters)
    starts = sorted(start for start, _ in spans)
    ends = sorted(end for _, end in spans if end is not None)
    points = []
    for at in range(as_of - DAY, as_of + 1, STEP):
        before = [at - week * WEEK for week in range(1, WEEKS + 1) if at - week * WEEK >= earliest]
        usual = sum(_waiting(starts, ends, then) for then in before) / len(before) if before else None
        points.append(QueuePoint(at, _waiting(starts, ends, at), usual))
    return tuple(points)


def _waiting(starts: Sequence[int], ends: Sequence[int], at: int) -> int:
    return bisect_right(starts, at) - bisect_right(ends, at)
