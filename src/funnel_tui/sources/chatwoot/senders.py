"""Who wrote a message, and what sort of message it is. Both come as numbers or words, by version and channel."""

from enum import Enum

from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.text import ident, label


class Sort(Enum):
    INCOMING = "incoming"
    OUTGOING = "outgoing"
    ACTIVITY = "activity"
    TEMPLATE = "template"
    UNKNOWN = "unknown"


class Who(Enum):
    CUSTOMER = "customer"
    TEAMMATE = "teammate"
    BOT = "bot"
    AUTOMATION = "automation"
    """A rule or a campaign, whoever's name it signs with."""


_SORTS = (Sort.INCOMING, Sort.OUTGOING, Sort.ACTIVITY, Sort.TEMPLATE)
_CUSTOMERS = frozenset({"contact"})
MATES = frozenset({"user", "agent", "administrator", "superadmin"})


def sort_of(message: wire.Message) -> Sort:
    kind = message.message_type
    if isinstance(kind, str) and kind.isdigit():
        kind = int(kind)
    if isinstance(kind, int):
        return _SORTS[kind] if 0 <= kind < len(_SORTS) else Sort.UNKNOWN
    try:
        return Sort((kind or "").lower())
    except ValueError:
        return Sort.UNKNOWN


def is_private(message: wire.Message) -> bool:
    return str(message.private).lower() in ("true", "1")


def campaign(message: wire.Message) -> str | None:
    """The campaign that sent it."""
    found = wire.members(message.additional_attributes).get("campaign_id")
    return ident(found) if isinstance(found, int | float | str) else None


def who(message: wire.Message) -> Who:
    """The writer of an incoming or outgoing message.

    An outgoing one without any sender is a teammate's: so it comes from those who have been deleted since, and from
    phones that answer past Chatwoot. What rules and campaigns send carries their mark.
    """
    kind = sender_kind(message)
    if sort_of(message) is Sort.INCOMING:
        return Who.CUSTOMER
    if wire.members(message.content_attributes).get("automation_rule_id") or campaign(message):
        return Who.AUTOMATION
    if not kind or kind in MATES:
        return Who.TEAMMATE
    # AgentBot, Captain::Assistant and whatever assistant comes next.
    return Who.CUSTOMER if kind in _CUSTOMERS else Who.BOT


def sender_kind(message: wire.Message) -> str:
    """`user`, `contact`, `agentbot`, `captain::assistant`; empty for nobody."""
    sender = wire.person(message.sender)
    kind = message.sender_type or (sender.type if sender is not None else None) or ""
    return kind.lower().replace("_", "")


def sender_id(message: wire.Message) -> str | None:
    sender = wire.person(message.sender)
    return (ident(sender.id) if sender is not None else None) or ident(message.sender_id)


def sender_name(message: wire.Message) -> str | None:
    sender = wire.person(message.sender)
    return label(sender.name) if sender is not None else None


def contact(id: str | None) -> str | None:
    """A contact as a person. Contacts, users and bots are numbered apart: the bare number may be a teammate's too."""
    return None if id is None else f"contact-{id}"


def bot(id: str | None) -> str:
    return "bot" if id is None else f"bot-{id}"
