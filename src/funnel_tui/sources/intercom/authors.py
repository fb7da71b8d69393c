"""Who wrote a part. `author.type` alone does not tell a person from the bot."""

import re
from enum import Enum

from funnel_tui.sources.intercom import wire
from funnel_tui.sources.text import ident


class Who(Enum):
    CUSTOMER = "customer"
    TEAMMATE = "teammate"
    AI = "ai"
    """Fin: `from_ai_agent`, whether it signs as `bot` or as `admin`."""
    BOT = "bot"
    """Operator and workflows, and Fin where an older version does not mark it."""
    NOBODY = "nobody"


_CUSTOMERS = frozenset({"user", "lead", "contact", "visitor", "anonymous_visitor"})
_BOTS = frozenset({"bot", "operator", "fin", "workflow", "ai_agent", "team"})
# Operator appears as `admin` too; from versions without `from_ai_agent` only its mailbox gives it away.
_OPERATOR = re.compile(r"^operator(\+[^@]*)?@intercom\.io$", re.IGNORECASE)


def who(author: wire.Author | None) -> Who:
    if author is None:
        return Who.NOBODY
    kind = (author.type or "").lower()
    if kind in _CUSTOMERS:
        return Who.CUSTOMER
    if author.from_ai_agent or author.is_ai_answer:
        return Who.AI
    if kind in _BOTS:
        return Who.BOT
    if kind == "admin":
        return Who.BOT if author.email and _OPERATOR.match(author.email) else Who.TEAMMATE
    return Who.NOBODY


def actor(author: wire.Author | None, role: Who) -> str | None:
    """The id to write down: the author's own, `bot` for a nameless bot."""
    found = ident(author.id) if author is not None else None
    return found or ("bot" if role in (Who.AI, Who.BOT) else None)
