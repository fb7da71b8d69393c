"""Pure decisions of the engine: which window, which slice, when enough is enough, how long to wait."""

from funnel_tui.model.records import Page
from funnel_tui.sources.protocol import StreamSpec
from funnel_tui.sync.state import Live, Window

DAY = 86_400
YEAR = 365 * DAY
SHORTEST_SLICE = 3_600
MOST_PAGES = 5_000
SPARE_PAGES = 50
"""A pass may have this many pages more than it has items."""
LONGEST_BACKOFF = 15 * 60
REFUSED_REST = 3_600
"""A stream that the token may not read is asked for again after this long."""
TROUBLE_REST = 300


def live_window(bookmark: int, overlap: int, now: int) -> Window:
    """From the bookmark minus the overlap up to the server's now, fixed for the whole pass."""
    lo = max(0, bookmark - overlap)
    return Window(lo, max(now, lo))


def is_due(spec: StreamSpec, live: Live, now: int, *, warm_up: bool = True) -> bool:
    """Whether a stream's interval has passed; one with a pass under way always goes on."""
    if live.window is not None or live.read_at is None:
        return True
    interval = spec.interval
    if warm_up and spec.warm_up is not None and live.first_at is not None:
        interval = min(interval, max(spec.warm_up, live.read_at - live.first_at))
    return not 0 <= now - live.read_at < interval


def next_slice(floor: int, upper: int, longest: int, covered: int | None = None) -> Window:
    """The newest slice of what is left of the past.

    With `covered`, the seconds read so far, slices start with a day and grow, so that today's figures are whole first.
    """
    span = longest if covered is None else min(longest, max(DAY, 2 * covered))
    return Window(max(floor, upper - span), upper)


def halved(window: Window) -> Window | None:
    """The newer half; None where halving makes no sense any more."""
    span = window.hi - window.lo
    return Window(window.hi - span // 2, window.hi) if span > SHORTEST_SLICE else None


def backoff(poll_seconds: int, failures: int, jitter: float) -> float:
    """Seconds until the next try after `failures` in a row; `jitter` in 0-1 spreads pollers by a quarter either way."""
    wait = poll_seconds if failures <= 0 else min(LONGEST_BACKOFF, poll_seconds * 2.0 ** min(failures, 10))
    spread = 0.1 if failures <= 0 else 0.5
    return float(wait) * (1 - spread / 2 + spread * jitter)


class PageGuard:
    """Ends a pass whose provider says `has_more` for ever: a cursor twice, or far more pages than could be."""

    def __init__(self) -> None:
        self._pages = 0
        self._cursors: set[str] = set()

    def objection(self, page: Page) -> str | None:
        """Why no page is to follow this one, or None."""
        self._pages += 1
        if page.cursor is None:
            return None
        if page.cursor in self._cursors:
            return f"the provider gave the same page twice; stopped after {self._pages} pages"
        self._cursors.add(page.cursor)
        most = MOST_PAGES if page.total is None else min(MOST_PAGES, SPARE_PAGES + page.total)
        return f"the provider's pages do not end; stopped after {self._pages}" if self._pages >= most else None
