"""How old the figures are: the sources' own word, and what time makes of it."""

from collections.abc import Iterable
from dataclasses import replace

from funnel_tui.model.values import Freshness
from funnel_tui.settings import Settings
from funnel_tui.store.reader import Reader

POLLS = 10
"""So many polls without news make a source stale..."""
LEAST = 15 * 60
"""... but never sooner than this: who reads by cron is not late for it."""


def current_freshness(reader: Reader, settings: Settings, now: int) -> tuple[Freshness, ...]:
    """The freshness of every source at `now`: what was `ok` or `partial` long ago is `stale`."""
    limit = max(POLLS * settings.poll_seconds, LEAST)
    return tuple(_aged(fresh, now, limit) for fresh in reader.freshness())


def _aged(fresh: Freshness, now: int, limit: int) -> Freshness:
    late = fresh.last_success is not None and now - fresh.last_success > limit
    if fresh.state not in ("ok", "partial") or not late:
        return fresh
    message = fresh.message or "nothing has been read for a while; is `funnel-tui record` or a dashboard running?"
    return replace(fresh, state="stale", message=message)


def known_from(freshness: Iterable[Freshness]) -> int | None:
    """The oldest moment from which on every source has been read."""
    return max((f.history_from for f in freshness if f.history_from is not None), default=None)


def still_reading(freshness: Iterable[Freshness]) -> bool:
    """Whether some source's past is still being read."""
    return any(f.progress is not None for f in freshness)
