"""What is derived of one conversation: its episodes, and what stood in them. Moments are UTC epoch seconds."""

from dataclasses import dataclass, field

from funnel_tui.model.records import Kind


@dataclass(slots=True)
class Close:
    """A close that stood, for a while or for good."""

    at: int
    by: str
    """`agent`, `bot`, `customer`, `system` or `silence`."""
    withdrawn_at: int | None = None


@dataclass(slots=True)
class Resolution:
    """A moment at which the bot had resolved the episode; a return may have undone it."""

    at: int
    confirmed: bool
    returned_at: int | None = None


@dataclass(slots=True)
class Wait:
    """A wait for a human that a human ended."""

    start: int
    end: int
    agent: str | None


@dataclass(slots=True)
class Span:
    """A stretch `[start, end)` in which the conversation stood in the queue as waiting; `end` None: still does."""

    start: int
    end: int | None = None


@dataclass(slots=True)
class Episode:
    """One run from a customer's first message to the close that lasted. Moments are UTC epoch seconds."""

    begun_at: int
    """First customer message, or the teammate's reopen that began it."""
    start: int | None = None
    """First customer message."""
    involved_at: int | None = None
    bot_first: bool = False
    """The bot took part before any human replied."""
    answered_at: int | None = None
    last_answer_at: int | None = None
    unanswered_since: int | None = None
    """First customer message that no bot has answered since."""
    response_from: int | None = None
    """The same, but a close ends it too: where the clock of a response after the bot starts."""
    said_handoff_at: int | None = None
    handoff_at: int | None = None
    reached_at: int | None = None
    """When the team got it; None while only the bot had it."""
    first_reply_at: int | None = None
    response_start: int | None = None
    """Where the clock of the first response starts; None where it has no start."""
    replies: int = 0
    assigned: str | None = None
    """The assignee as long as the episode was not final."""
    agent: str | None = None
    closed_at: int | None = None
    """The close that lasts; by silence it may lie ahead of the last event."""
    closed_by: str | None = None
    bot_resolved_at: int | None = None
    bot_confirmed: bool = False
    reopened: bool = False
    reassigned: int = 0
    switches: int = 0
    rating: float | None = None
    """On the 1-5 scale, not rounded."""
    rated_at: int | None = None
    rated_bot: bool = False
    """The provider says that it was the bot that was rated."""
    snoozed: bool = False
    wait_since: int | None = None
    closes: list[Close] = field(default_factory=list)
    resolutions: list[Resolution] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    waiting: list[Span] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    """When a rating was asked for."""
    last_replier: str | None = None
    speaker: Kind | None = None

    @property
    def with_bot(self) -> bool:
        """The bot took part, nobody said a hand-off and no human has replied."""
        return self.involved_at is not None and self.said_handoff_at is None and self.replies == 0

    @property
    def state(self) -> str:
        """Where it stands as long as `closed_at` has not come."""
        return "snoozed" if self.snoozed else "with_bot" if self.with_bot else "open"


@dataclass(slots=True)
class Facts:
    """All that is derived of one conversation."""

    episodes: list[Episode] = field(default_factory=list)
    excluded: str | None = None
    """`deleted`, `spam` or `merged`: then there are no episodes."""
    outbound: bool = False
    team: str | None = None
    assignee: str | None = None
    tags: frozenset[str] = frozenset()
    person: str | None = None
    """The customer who wrote first, for conversations that name nobody."""
    excerpt: str | None = None
    """How the customer's first words began."""
