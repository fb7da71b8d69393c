"""What a number on screen counts, as a value: the dashboard starts with no more of the boards than this."""

from dataclasses import dataclass

Filters = tuple[tuple[str, tuple[str, ...]], ...]
"""(key, values) pairs, so that places can be compared and hashed."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a number, bar, cell or node on screen counts: a metric, and how much of the report's scope.

    The items behind it are as many as the number says.
    """

    metric: str
    filters: Filters = ()
    """Beyond those of the view; a key that stands in both is taken from here, but for tags: who has those of the view
    and this one. Besides the view's keys `campaign`, `article` and, of the queue, `assignee`, by id."""
    span: tuple[int, int] | None = None
    """`[start, end)` instead of the report's period."""
    hour: tuple[int, int] | None = None
    """(weekday, hour) in the report zone; Monday is 0."""
    between: tuple[float, float | None] | None = None
    """Values from the first up to but not with the second; None is no end."""
    path: tuple[str, ...] = ()
    """A node of the funnel (one id) or a link (two)."""
    words: str = ""
    """What the place is beyond its metric, for breadcrumbs: `billing`, `Tue 14:00`."""
    only: str = ""
    """Of the metric's items those of one kind: of the bot's hand-offs those for a reason (the `key` of a `ReasonRow`),
    of what was resolved (`selfserve.share_resolved`) what was so by `selfserve`."""

    def with_filter(self, key: str, value: str) -> Filters:
        return (*(pair for pair in self.filters if pair[0] != key), (key, (value,)))
