"""Canonical records: the one shape in which every source, and the JSONL import, hands data over.

Times are whole UTC epoch seconds. Ids are the provider's, as strings, unique inside one workspace; a workspace is the
configured name of a source (``import`` for files). The workspace itself is not repeated in each record: it goes with
the page that carries them (`Page`).
"""

from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """What an event did to its conversation."""

    CUSTOMER_MESSAGE = "customer_message"
    AGENT_REPLY = "agent_reply"
    BOT_ANSWER = "bot_answer"
    AUTO_REPLY = "auto_reply"
    NOTE = "note"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    TEAM_ASSIGNED = "team_assigned"
    BOT_HANDOFF = "bot_handoff"
    CLOSED = "closed"
    REOPENED = "reopened"
    SNOOZED = "snoozed"
    UNSNOOZED = "unsnoozed"
    RATED = "rated"
    RATING_REQUESTED = "rating_requested"
    TAGGED = "tagged"
    MERGED_INTO = "merged_into"
    DELETED = "deleted"
    RESTORED = "restored"
    SPAM = "spam"


class Conversation(Struct, frozen=True, kw_only=True):
    """A provider's conversation, ticket or chat: what does not change with time."""

    id: str
    channel: str | None = None
    team: str | None = None
    """Id or name of the team it came with; `team_assigned` events override it."""
    subject: str | None = None
    tags: tuple[str, ...] = ()
    person: str | None = None
    session: str | None = None
    url: str | None = None
    """Where a browser opens it in the helpdesk."""
    origin: str | None = None
    """How it began, in the provider's words (`customer_initiated`, `admin_initiated`, ...)."""


class Event(Struct, frozen=True, kw_only=True):
    """One thing that happened in a conversation. Two equal events are one."""

    conversation: str
    at: int
    kind: Kind
    actor: str | None = None
    text: str | None = None
    to: str | None = None
    """`assigned`: the new assignee; `merged_into`: the primary conversation."""
    team: str | None = None
    """`team_assigned`: the new team, null for none."""
    score: float | None = None
    scale: tuple[float, float] | None = None
    by: str | None = None
    """`closed`: `agent`, `bot`, `customer` or `system`."""
    confirmed: bool | None = None
    """`closed` by a bot: the customer said that the answer helped."""
    tags: tuple[str, ...] = ()
    """`tagged`: the tags added."""
    bot: bool | None = None
    """`rated`: true where the provider says that the bot was rated, false where a person was. `auto_reply`: true for
    words of the answering bot that are no answer (it asked back): it took part."""
    source_id: str | None = None
    """The provider's id of the part, where it has one: tells equal-looking events of one second apart."""


class Thread(Struct, frozen=True, kw_only=True):
    """A conversation read whole: its events replace all that was known of it."""

    conversation: Conversation
    events: tuple[Event, ...]
    complete: bool = True
    """False where the provider held back older parts (Intercom: only the newest 500)."""


class Outbound(Struct, frozen=True, kw_only=True):
    """One proactive message to one person: a receipt."""

    id: str
    campaign: str | None = None
    campaign_name: str | None = None
    channel: str | None = None
    person: str | None = None
    delivered_at: int | None = None
    opened_at: int | None = None
    clicked_at: int | None = None
    replied_at: int | None = None
    bounced_at: int | None = None


class Article(Struct, frozen=True, kw_only=True):
    id: str
    title: str | None = None
    url: str | None = None


class ArticleView(Struct, frozen=True, kw_only=True):
    """One person, or else one session, read one article. Two equal views are one."""

    article: str
    at: int
    person: str | None = None
    session: str | None = None


class CardView(Struct, frozen=True, kw_only=True):
    """A teammate read a card of the team's own knowledge base. Two equal views are one; no figure of customers counts
    it."""

    card: str
    at: int
    person: str | None = None


class ArticleCounter(Struct, frozen=True, kw_only=True):
    """A sample of an article's cumulative counters, for providers that give no single views."""

    article: str
    at: int
    views: int
    conversations: int | None
    """None where the provider does not count them."""


class Agent(Struct, frozen=True, kw_only=True):
    id: str
    name: str | None = None
    team: str | None = None
    away: bool = False


class Team(Struct, frozen=True, kw_only=True):
    id: str
    name: str | None = None


class ChatMessage(Struct, frozen=True, kw_only=True):
    """One message in a chat channel of the team."""

    id: str
    at: int
    person: str | None = None
    text: str | None = None
    bot: bool = False
    gone: bool = False
    """Deleted there: what is left of it is that it was."""


class ChatThread(Struct, frozen=True, kw_only=True):
    """A message in a chat channel with the replies to it."""

    id: str
    """That of its first message."""
    channel: str
    """As people know it: `#ask-support`."""
    messages: tuple[ChatMessage, ...]
    whole: bool = True
    """True: there are no others, and what was known beside them is gone (with no messages, the thread is). False: these
    are added to what is known, or replace it."""
    url: str | None = None


class ChatGone(Struct, frozen=True, kw_only=True):
    """A chat message of which only the id is known was deleted."""

    message: str
    at: int


Record = (
    Conversation
    | Event
    | Thread
    | Outbound
    | Article
    | ArticleView
    | CardView
    | ArticleCounter
    | Agent
    | Team
    | ChatThread
    | ChatGone
)


class Page(Struct, frozen=True, kw_only=True):
    """Records that are written in one transaction, together with the cursor that follows them."""

    records: tuple[Record, ...]
    cursor: str | None = None
    """Where the next page of this pass starts, opaque to all but the source; None on the last page."""
    total: int | None = None
    """How many items the whole pass will bring, where the provider says so: for progress only."""
