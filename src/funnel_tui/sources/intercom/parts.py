"""Conversation parts -> canonical events. `part_type` is a free string: what is not known says nothing."""

from dataclasses import dataclass, field

from msgspec.structs import replace

from funnel_tui.model.records import Event, Kind
from funnel_tui.sources.intercom import wire
from funnel_tui.sources.intercom.authors import Who, actor, who
from funnel_tui.sources.text import ident, moment, plain

_SPEECH = frozenset({"comment", "quick_reply", "message"})
"""Parts that are messages even without a text: a picture is an answer too."""
_SILENT = ("conversation_attribute", "custom_action", "ticket_", "conversation_rating", "participant_", "merged_")

HANDED_OFF = frozenset({"escalated", "negative_feedback", "procedure_handoff", "routed_to_team"})
RESOLVED = frozenset({"assumed_resolution", "confirmed_resolution"})


@dataclass(slots=True)
class Said:
    """What the walk over the parts remembers beside the events."""

    events: list[Event] = field(default_factory=list)
    bot_words: list[Event] = field(default_factory=list)
    """Fin's messages that are not marked as answers; Operator's where nothing is marked as Fin's."""
    ai_seen: list[int] = field(default_factory=list)
    """Moments of all of Fin's messages."""
    routed: list[tuple[int, Who]] = field(default_factory=list)
    """Moments at which somebody or some team was assigned, and by whom."""
    oldest: int | None = None


def walk(row: wire.Conversation, parts: list[wire.Part]) -> Said:
    """Events of `parts` (any order) in the order in which they happened."""
    said = Said()
    bodies = _Walk(row, said)
    dated = [(at, part) for part in parts if (at := moment(part.created_at)) is not None]
    # A stable sort: parts of one second stand in the order in which they happened.
    for at, part in sorted(dated, key=lambda pair: pair[0]):
        bodies.step(at, part)
    said.oldest = min((at for at, _ in dated), default=None)
    bodies.finish()
    return said


class _Walk:
    def __init__(self, row: wire.Conversation, said: Said) -> None:
        self._id = ident(row.id) or ""
        self._row = row
        self._said = said
        self._state = (row.ai_agent.resolution_state or "") if row.ai_agent is not None else ""
        self._customer_spoke_last = False
        self._answerer = Who.AI
        """Who of Fin and the team had the last word."""
        self._closed = False
        self._bot_closes: list[tuple[int, bool, Who]] = []
        """Index of the event, whether the customer spoke last before it, by whom."""

    def step(self, at: int, part: wire.Part) -> None:
        kind = (part.part_type or "").lower()
        if kind.startswith(_SILENT):
            if kind == "merged_secondary_conversation":
                self._add(Kind.MERGED_INTO, at, part, to=self._primary())
            return
        role = who(part.author)
        if kind.startswith("note"):
            self._add(Kind.NOTE, at, part, text=plain(part.body))
        if "reopen" in kind or kind == "open":
            self._add(Kind.REOPENED, at, part)
            self._closed = False
        if "unsnooze" in kind:
            self._add(Kind.UNSNOOZED, at, part)
        if "assign" in kind:
            self._assignment(at, part, role)
        if self._speaks(kind, part):
            self._message(at, part, role)
        if kind.startswith("snooze"):
            self._add(Kind.SNOOZED, at, part)
        if kind == "close" or kind.endswith("_close") or kind.startswith("close_"):
            self._close(at, part, role)

    def finish(self) -> None:
        for position, (index, customer_last, role) in enumerate(self._bot_closes):
            last = position == len(self._bot_closes) - 1
            confirmed = role is Who.AI and customer_last
            if last and self._state in RESOLVED:
                confirmed = self._state == "confirmed_resolution"
            self._said.events[index] = replace(self._said.events[index], confirmed=confirmed)

    def _speaks(self, kind: str, part: wire.Part) -> bool:
        if kind in _SPEECH:
            return True
        known = "assign" in kind or kind in ("open", "close", "snoozed", "unsnoozed") or kind.startswith("close")
        return known and not kind.startswith("note") and plain(part.body) is not None

    def _message(self, at: int, part: wire.Part, role: Who) -> None:
        text = plain(part.body)
        if role in (Who.AI, Who.TEAMMATE):
            self._answerer = role
        if role is Who.CUSTOMER:
            self._add(Kind.CUSTOMER_MESSAGE, at, part, text=text)
            self._customer_spoke_last = True
            self._closed = False
            return
        if role is Who.TEAMMATE:
            self._add(Kind.AGENT_REPLY, at, part, text=text)
        elif part.author is not None and part.author.is_ai_answer:
            self._add(Kind.BOT_ANSWER, at, part, text=text)
        elif role is Who.NOBODY:
            return
        else:
            self._said.bot_words.append(self._add(Kind.AUTO_REPLY, at, part, text=text, bot=role is Who.AI or None))
        if role is Who.AI:
            self._said.ai_seen.append(at)
        self._customer_spoke_last = False

    def _assignment(self, at: int, part: wire.Part, role: Who) -> None:
        target = part.assigned_to
        to = ident(target.id) if target is not None else None
        kind = (target.type or "").lower() if target is not None else ""
        if to is None or kind.startswith("nobody"):
            if kind.endswith("team"):
                self._add(Kind.TEAM_ASSIGNED, at, part)
            else:
                self._add(Kind.UNASSIGNED, at, part)
            return
        if role is Who.AI:
            self._add(Kind.BOT_HANDOFF, at, part)
        if kind == "team":
            self._add(Kind.TEAM_ASSIGNED, at, part, team=to)
        else:
            self._add(Kind.ASSIGNED, at, part, to=to)
        self._said.routed.append((at, role))

    def _close(self, at: int, part: wire.Part, role: Who) -> None:
        # The state is one for the whole conversation: what the team answered is not Fin's to resolve.
        by = closer(role, self._state if self._answerer is Who.AI else "")
        if by == "bot" and not self._closed:  # what closes the closed resolves nothing
            self._bot_closes.append((len(self._said.events), self._customer_spoke_last, role))
        self._closed = True
        self._add(Kind.CLOSED, at, part, by=by)

    def _primary(self) -> str | None:
        """The conversation that this one was merged into, where the links tell."""
        linked = self._row.linked_objects.data if self._row.linked_objects is not None else None
        candidates = [link for link in linked or [] if link is not None and (link.type or "") == "conversation"]
        return ident(candidates[-1].id) if candidates else None

    def _add(
        self,
        kind: Kind,
        at: int,
        part: wire.Part,
        *,
        text: str | None = None,
        to: str | None = None,
        team: str | None = None,
        by: str | None = None,
        bot: bool | None = None,
    ) -> Event:
        event = Event(
            conversation=self._id,
            at=at,
            kind=kind,
            actor=actor(part.author, who(part.author)),
            text=text,
            to=to,
            team=team,
            by=by,
            bot=bot,
            source_id=ident(part.id),
        )
        self._said.events.append(event)
        return event


def closer(role: Who, resolution: str) -> str:
    """Who closed. A workflow that closes what Fin resolved closes for the bot; any other is the system."""
    if role is Who.TEAMMATE:
        return "agent"
    if role is Who.CUSTOMER:
        return "customer"
    if role is Who.AI or (role is Who.BOT and resolution in RESOLVED):
        return "bot"
    return "system"
