"""What the texts of activity messages tell: status changes and assignments, in Chatwoot's common English words.

The texts come in the account's language and change between versions, so nothing may rest on them alone: what is not
known here is `None`, and says only that something happened then.
"""

import re
from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    OPEN = "open"
    PENDING = "pending"
    """With the bot."""
    RESOLVED = "resolved"
    SNOOZED = "snoozed"


class Doer(Enum):
    """Who did it, as far as the sentence itself says."""

    NAMED = "named"
    CUSTOMER = "customer"
    SYSTEM = "system"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class StatusChange:
    to: Status
    doer: Doer
    name: str | None = None
    whole: str | None = None
    """The name with what stands in brackets behind it, which may be a reason or a part of the name."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Names as they stand in the text. None of them: it is nobody's now."""

    by: str | None
    mate: str | None = None
    team: str | None = None
    either: str | None = None
    """The sentence is the same for a teammate and a team."""
    drops_team: bool = False


@dataclass(frozen=True, slots=True)
class Aside:
    """Labels, priorities, surveys: known, and of no concern."""


Told = StatusChange | Assignment | Aside

_STATUS = (
    (r"Conversation was marked resolved by system due to .+", Status.RESOLVED, Doer.SYSTEM),
    (r"Conversation was marked resolved by (?P<name>.+?) due to inactivity", Status.RESOLVED, Doer.BOT),
    (r"Conversation was marked resolved by (?P<whole>(?P<name>.+?)(?: \(.+\)|: .+))", Status.RESOLVED, Doer.BOT),
    (r"Conversation was marked resolved by (?P<name>.+)", Status.RESOLVED, Doer.NAMED),
    (r"Conversation was resolved by (?P<name>.+)", Status.RESOLVED, Doer.CUSTOMER),
    (r"Conversation was (?:automatically|auto[- ]?)\s?resolved.*", Status.RESOLVED, Doer.SYSTEM),
    (r"System reopened the conversation.*", Status.OPEN, Doer.SYSTEM),
    (r"Conversation was marked open by system.*", Status.OPEN, Doer.SYSTEM),
    (r"Conversation was marked open automatically.*", Status.OPEN, Doer.SYSTEM),
    (r"Conversation was marked open by (?P<name>.+?)(?: \(.+\))?", Status.OPEN, Doer.NAMED),
    (r"Conversation was (?:reopened|opened) by (?P<name>.+)", Status.OPEN, Doer.NAMED),
    (r"Conversation was marked (?:as )?pending by (?P<name>.+)", Status.PENDING, Doer.NAMED),
    (r"Conversation was (?:marked as )?snoozed by (?P<name>.+)", Status.SNOOZED, Doer.NAMED),
)
_ASSIGNED = (
    r"(?P<mate>.+?) self-assigned this conversation",
    r"Assigned to (?P<mate>.+?) via (?P<team>.+?) by (?P<by>.+)",
    r"Assigned to (?P<either>.+) by (?P<by>.+)",
    r"Conversation unassigned by (?P<by>.+)",
    r"Unassigned from (?P<dropped>.+) by (?P<by>.+)",
)
_ASIDES = (
    r".+ (?:added|removed) .+",
    r".+ (?:set|changed|removed) the priority.*",
    r".+ has (?:muted|unmuted) the conversation",
    r"(?:CSAT survey|Auto-resolve message) not sent .+",
    r"Linear issue .+",
)
_SYSTEMS = frozenset({"system", "automation system", "automation"})


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"{pattern}\.?", re.IGNORECASE | re.DOTALL)


_STATUS_PATTERNS = tuple((_compiled(pattern), status, doer) for pattern, status, doer in _STATUS)
_ASSIGNED_PATTERNS = tuple(map(_compiled, _ASSIGNED))
_ASIDE_PATTERNS = tuple(map(_compiled, _ASIDES))


def read(text: str | None) -> Told | None:
    """What one activity's text (plain, on one line) says; None for what is not known."""
    if not text:
        return None
    for pattern, status, doer in _STATUS_PATTERNS:
        match = pattern.fullmatch(text)
        if match:
            said = match.groupdict()
            name = said.get("name")
            if doer is Doer.NAMED and is_system(name):
                return StatusChange(status, Doer.SYSTEM)
            return StatusChange(status, doer, name, said.get("whole"))
    for pattern in _ASSIGNED_PATTERNS:
        match = pattern.fullmatch(text)
        if match:
            return _assignment(match.groupdict())
    return Aside() if any(pattern.fullmatch(text) for pattern in _ASIDE_PATTERNS) else None


def is_system(name: str | None) -> bool:
    return name is None or name.strip().lower() in _SYSTEMS


def _assignment(said: dict[str, str | None]) -> Assignment:
    mate = said.get("mate")
    return Assignment(
        by=said.get("by") or mate,
        mate=mate,
        team=said.get("team"),
        either=said.get("either"),
        drops_team=said.get("dropped") is not None,
    )
