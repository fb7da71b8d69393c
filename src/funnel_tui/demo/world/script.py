"""What a simulated conversation is made of: a header and dated entries, past and future alike.

Kinds of entries, and what `to` and `text` mean there:

=================  =============================================================================================
customer, button   the customer wrote, or pressed a button labelled `text`
answer, botsay     Fin answered; Fin said something that is no answer
greeting, series   the first message of a workflow or of a Series
auto               Operator spoke on behalf of a workflow
reply, note        by teammate `who`
handoff            Fin passes on to team `to`; `text` is the resolution state
team, assign       routed to team `to`, given to teammate `to` by `who`; an `assign` with a text is a reply too
away_assign        the assignee went away: to teammate `to`, or to nobody (0)
unassign           back to nobody
close              by `who`: a teammate (a text is a last reply), ``FIN`` (confirmed) or ``OPERATOR`` (a workflow)
assumed            24 h of silence after Fin's answer
reopen             by teammate `who`; with `to` it is given to that teammate in the same step
snooze             until the moment `to`; unsnooze by teammate `who` or, where that is ``OPERATOR``, by the clock
tag                `text`, comma-separated
attribute          a workflow fills in the attribute `text`
rating_asked       for teammate `who`; rated: the score `to`; bot_rated: Fin's score `to`
merged_away        into conversation `to`; merged_in: conversation `to` came in
deleted            gone for good
=================  =============================================================================================
"""

from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

FIN = 900_001
"""Author id of the AI agent."""
OPERATOR = 900_002
"""Author id of workflows."""
NOBODY = 0


class Entry(NamedTuple):
    at: int
    kind: str
    who: int = 0
    """Teammate, `FIN` or `OPERATOR`; 0 where the customer acts."""
    text: str | None = None
    to: int = 0


@dataclass(slots=True)
class Script:
    """One conversation from its first message to its last trace."""

    id: int
    person: int
    topic: str
    channel: str
    """`messenger` or `email`."""
    delivered_as: str
    subject: str
    url: str | None
    entries: list[Entry] = field(default_factory=list)

    @property
    def begun_at(self) -> int:
        return self.entries[0].at


class Draft:
    """A script while it is being written: time only moves forward."""

    def __init__(self, script: Script, rng: Random, at: int) -> None:
        self.script = script
        self.rng = rng
        self.at = at
        self.team = NOBODY
        self.agent = NOBODY
        self.replies = 0
        self.closed = False

    def add(self, kind: str, after: float = 0, *, who: int = 0, text: str | None = None, to: int = 0) -> int:
        """Append an entry `after` seconds later, at least one second after the one before it."""
        entries = self.script.entries
        self.at += max(int(after), 1 if entries else 0)
        entries.append(Entry(self.at, kind, who, text, to))
        return self.at

    def add_at(self, kind: str, at: int, *, who: int = 0, text: str | None = None, to: int = 0) -> int:
        """Append an entry at a moment of its own, which must not lie before the last one."""
        return self.add(kind, at - self.at, who=who, text=text, to=to)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability
