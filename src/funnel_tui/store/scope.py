"""What a query looks at, and the rows that some of them give."""

from dataclasses import dataclass, field
from typing import NamedTuple

from funnel_tui.store.filters import Filters, Part, clause


@dataclass(frozen=True, slots=True)
class Scope:
    """What a query looks at: rows placed in `[start, end)`, known at `as_of`, that pass `filters`."""

    start: int
    end: int
    as_of: int
    filters: Filters = field(default_factory=dict)
    part: Part | None = None
    """One row of a breakdown, beyond the filters."""

    @property
    def keys(self) -> frozenset[str]:
        """The dimensions that its rows must have."""
        return frozenset(self.filters) | ({self.part.key} if self.part else frozenset())

    def where(self, alias: str, params: dict[str, object]) -> str:
        """Filters and part as a condition, its values added to `params`."""
        return clause(self.filters, alias, params, self.part)

    @property
    def until(self) -> int:
        """The exclusive upper bound: nothing later than the as-of moment is known."""
        return min(self.end, self.as_of + 1)


class CounterRun(NamedTuple):
    """Equal samples of an article's counters: first seen at `at`, still so at `until`."""

    at: int
    until: int
    views: int
    conversations: int | None
    """None: not told."""


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """An episode as a line of a list; the conversation's own fields beside it."""

    source: str
    id: str
    url: str | None
    subject: str | None
    state: str
    channel: str | None
    team: str | None
    agent: str | None
    tags: tuple[str, ...]
    created_at: int | None
    waiting_since: int | None
    first_response: int | None
    closed_at: int | None
    rating: float | None
    excerpt: str | None
