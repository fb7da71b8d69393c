"""The queue over the last day, and what is usual at the same hour of the week."""

from funnel_tui.model.values import QueuePoint
from funnel_tui.store.populations import DAY, DIMENSIONS
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import Scope

STEP = 300
WEEK = 7 * DAY
WEEKS = 6
USUAL = frozenset(DIMENSIONS)
"""What can be filtered by, one at a time, and still be compared with weeks before: the queue of one teammate or tag is
short, and to read it back for weeks would cost more than it tells."""


def queue_history(reader: Reader, scope: Scope, known_from: int | None) -> tuple[QueuePoint, ...]:
    """A point at every fifth minute of the clock in the 24 h up to `as_of`, and one at `as_of` itself.

    On the clock, not counted back from `as_of`: a minute later the same past is told again, not another sample of it.

    What is usual is learnt from the weeks since `known_from`, where history is not read to its beginning yet.
    """
    as_of = scope.as_of
    earliest = reader.earliest()
    if earliest is None:
        return ()
    earliest = max(earliest, known_from or earliest)
    weeks = WEEKS if scope.keys <= USUAL and len(scope.keys) < 2 else 0
    ends = [as_of - week * WEEK for week in range(weeks + 1)]
    stretches = reader.waiting(scope, [(end - DAY, end) for end in ends])
    points = []
    for at in (*range(-(-(as_of - DAY) // STEP) * STEP, as_of, STEP), as_of):
        before = [week for week in range(1, weeks + 1) if at - week * WEEK >= earliest]
        usual = sum(stretches[week].at(at - week * WEEK) for week in before) / len(before) if before else None
        points.append(QueuePoint(at, stretches[0].at(at), usual))
    return tuple(points)
