"""The queue's length over a stretch of time, for the scrubber of time travel."""

from funnel_tui.metrics.request import ReportRequest, filters_of
from funnel_tui.model.boards import Track
from funnel_tui.settings import Settings
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import Scope

MOST_POINTS = 2000


def track(
    reader: Reader, settings: Settings, request: ReportRequest, start: int, end: int, points: int, now: int
) -> Track:
    """How many waited at `points` evenly spaced moments from `start` to `end`, at most `MOST_POINTS` of them.

    What is later than now is cut off: the track says where it ends. As known now, whatever the moment of the request:
    one looks at it to choose a moment. Raises PeriodError for a filter key that does not exist.
    """
    end = min(end, now)
    start = min(start, end)
    count = max(1, min(points, MOST_POINTS, end - start + 1))
    steps = max(1, count - 1)
    moments = [start + (end - start) * i // steps for i in range(count)]
    scope = Scope(start, end + 1, now, filters_of(request))
    with reader.at(now):
        (stretch,) = reader.waiting(scope, [(start, end)])
        return Track(start, moments[-1], tuple(stretch.each(moments)))
