"""Messages -> canonical events and the other things that a walk over them finds."""

from dataclasses import dataclass, field

from funnel_tui.model.records import Event, Kind
from funnel_tui.sources.chatwoot import activity, wire
from funnel_tui.sources.chatwoot.activity import Aside, Assignment, Doer, StatusChange
from funnel_tui.sources.chatwoot.marks import SOMEBODY, Step
from funnel_tui.sources.chatwoot.names import Names
from funnel_tui.sources.chatwoot.senders import (
    Sort,
    Who,
    bot,
    campaign,
    contact,
    is_private,
    sender_id,
    sort_of,
    who,
)
from funnel_tui.sources.text import Number, amount, ident, label, moment, plain

SCALE = (1.0, 5.0)
_CSAT = frozenset({"input_csat", "9"})
"""The content type in words, and as the number it is stored by."""


@dataclass(frozen=True, slots=True)
class Assigned:
    at: int
    what: Assignment
    source_id: str | None


@dataclass(frozen=True, slots=True)
class Survey:
    """A request for a rating, and the answer as far as the message knows it."""

    message: str | None
    asked: int
    score: float | None
    answered: int


@dataclass(slots=True)
class Spoken:
    public: list[Event] = field(default_factory=list)
    """Of customers, bots, teammates and automatons, in order."""
    notes: list[Event] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    assigned: list[Assigned] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    """Moments of activities whose text is not understood."""
    surveys: list[Survey] = field(default_factory=list)
    campaigns: list[tuple[str, wire.Message]] = field(default_factory=list)
    """Campaign and message."""

    @property
    def bots(self) -> bool:
        return any(event.kind is Kind.BOT_ANSWER for event in self.public)


def walk(id: str, messages: list[wire.Message], names: Names, person: str | None, campaign_id: str | None) -> Spoken:
    """`messages` in order. `person` wrote what no sender is named of; `campaign_id` began the conversation."""
    said = Spoken()
    for message in messages:
        at = moment(message.created_at)
        if at is not None:
            _step(said, id, at, message, names, person, campaign_id)
    return said


def _step(
    said: Spoken, id: str, at: int, message: wire.Message, names: Names, person: str | None, began: str | None
) -> None:
    sort = sort_of(message)
    source_id = ident(message.id)
    if sort is Sort.ACTIVITY:
        _activity(said, at, message, names, source_id)
        return
    if sort is not Sort.INCOMING and str(message.content_type).lower() in _CSAT:
        said.surveys.append(_survey(message, at, source_id))
        return
    writer = who(message)

    def event(kind: Kind, actor: str | None) -> Event:
        return Event(conversation=id, at=at, kind=kind, actor=actor, text=_text(message), source_id=source_id)

    if is_private(message):
        said.notes.append(event(Kind.NOTE, _actor(message, writer)))
        return
    if sort is Sort.TEMPLATE:
        said.public.append(event(Kind.AUTO_REPLY, None))
        return
    if sort is Sort.UNKNOWN:
        return
    sent_by = None
    if sort is Sort.OUTGOING:
        sent_by = campaign(message) or (began if not said.public else None)
    if sent_by is not None:
        # It begins an outbound conversation; in the middle of another it answers nobody.
        said.public.append(event(Kind.AUTO_REPLY if said.public else Kind.AGENT_REPLY, sender_id(message)))
        said.campaigns.append((sent_by, message))
    elif writer is Who.CUSTOMER:
        said.public.append(event(Kind.CUSTOMER_MESSAGE, contact(_contact(message)) or person))
    elif writer is Who.TEAMMATE:
        said.public.append(event(Kind.AGENT_REPLY, sender_id(message)))
    elif writer is Who.BOT:
        said.public.append(event(Kind.BOT_ANSWER, bot(sender_id(message))))
    else:
        said.public.append(event(Kind.AUTO_REPLY, None))


def _contact(message: wire.Message) -> str | None:
    """Who wrote an incoming message; a sender of another sort is none of the contacts."""
    sender = wire.person(message.sender)
    kind = (message.sender_type or (sender.type if sender is not None else None) or "contact").lower()
    return sender_id(message) if kind == "contact" else None


def _actor(message: wire.Message, writer: Who) -> str | None:
    return bot(sender_id(message)) if writer is Who.BOT else sender_id(message)


def _text(message: wire.Message) -> str | None:
    if wire.members(message.content_attributes).get("deleted") or not isinstance(message.content, str):
        return None
    return plain(message.content)


def _activity(said: Spoken, at: int, message: wire.Message, names: Names, source_id: str | None) -> None:
    told = activity.read(label(message.content) if isinstance(message.content, str) else None)
    match told:
        case StatusChange():
            doer, actor = _doer(told, names)
            said.steps.append(Step(at, told.to, doer, actor, source_id))
        case Assignment():
            said.assigned.append(Assigned(at, told, source_id))
        case Aside():
            pass
        case None:
            said.unknown.append(at)


def _doer(told: StatusChange, names: Names) -> tuple[str | None, str | None]:
    mate = names.mate(told.whole) or names.mate(told.name)
    if told.doer is Doer.SYSTEM:
        return "system", None
    if mate is not None:
        return "agent", mate
    if names.is_bot(told.name) or names.is_bot(told.whole) or told.doer is Doer.BOT:
        return "bot", "bot"
    if told.doer is Doer.CUSTOMER:
        return "customer", None
    return SOMEBODY, None


def _survey(message: wire.Message, at: int, source_id: str | None) -> Survey:
    values = wire.members(wire.members(message.content_attributes).get("submitted_values"))
    score = rated(wire.members(values.get("csat_survey_response")).get("rating"))
    answered = moment(message.updated_at)
    return Survey(source_id, at, score, answered if answered is not None and answered >= at else at)


def rated(value: Number) -> float | None:
    """A rating on the scale; None for none."""
    score = amount(value) if isinstance(value, int | float | str) else None
    return score if score is not None and SCALE[0] <= score <= SCALE[1] else None
