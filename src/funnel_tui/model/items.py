"""What stands behind a place: conversations, messages, readers, teammates.

Durations are seconds, moments are UTC epoch seconds.
"""

from dataclasses import dataclass

from .places import Place
from .values import ConversationRow


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One outbound message that a person received."""

    source: str
    id: str
    campaign: str | None
    """Its name, or its id where no name is known."""
    channel: str | None
    person: str | None
    """The provider's id: names are never kept."""
    delivered_at: int | None
    opened_at: int | None = None
    clicked_at: int | None = None
    replied_at: int | None = None
    bounced_at: int | None = None


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """One person's (or session's) reading of articles in the window."""

    source: str
    id: str
    """Person or session."""
    articles: tuple[str, ...]
    """Titles, in the order of reading, each once."""
    views: int
    first_at: int
    last_at: int
    outcome: str
    """`resolved` (wrote to nobody within 24 h), `wrote` or `pending` (looked less than 24 h ago)."""
    conversation: str | None = None
    """The conversation that followed, where one did."""


@dataclass(frozen=True, slots=True)
class TeammateRow:
    """One teammate now, and what they did in the period."""

    source: str
    id: str
    name: str
    team: str | None
    away: bool
    open: int
    """Open conversations assigned to them, at the as-of moment."""
    waiting: int
    resolved: int
    """In the period."""
    first_response: float | None
    """Median of the period, seconds."""


Item = ConversationRow | MessageRow | ReaderRow | TeammateRow


@dataclass(frozen=True, slots=True)
class Items:
    """What stands behind a place, latest first."""

    place: Place
    rows: tuple[Item, ...]
    total: int
    """How many there are in all, shown or not: what the number says."""
    reason: str | None = None
    """A sentence: why nothing can be listed, where there is a number."""
