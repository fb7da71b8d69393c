"""One conversation, its messages and what else is known of it -> canonical records."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from funnel_tui.model.records import Conversation, Event, Kind, Outbound, Thread
from funnel_tui.sources.chatwoot import campaigns, marks, spoken, wire
from funnel_tui.sources.chatwoot.activity import Status
from funnel_tui.sources.chatwoot.assignments import assignments
from funnel_tui.sources.chatwoot.names import Names
from funnel_tui.sources.chatwoot.senders import contact
from funnel_tui.sources.chatwoot.spoken import SCALE, Spoken, Survey, rated
from funnel_tui.sources.chatwoot.status import Outcome, Traces, replay
from funnel_tui.sources.text import ident, label, moment

_CHANNELS = {
    "webwidget": "chat",
    "facebookpage": "facebook",
    "twitterprofile": "twitter",
    "twiliosms": "sms",
    "voice": "phone",
}
_STATES = (Status.OPEN, Status.RESOLVED, Status.PENDING, Status.SNOOZED)
"""By the number that some answers have for the word."""
_SAME_CLOSE = 600
_SURVEY_AFTER = 10
_FAREWELL_WITHIN = 60


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation's messages, walked once; `thread` then judges them with and without other witnesses."""

    id: str
    row: wire.Conversation
    said: Spoken
    names: Names
    person: str | None
    channel: str | None


def talk(id: str, row: wire.Conversation, messages: list[wire.Message], names: Names) -> Talk:
    sender = wire.person(row.meta.sender) if row.meta is not None else None
    person = contact(ident(sender.id)) if sender is not None else None
    said = spoken.walk(id, messages, names.met_in(messages), person, _campaign(row))
    return Talk(id, row, said, names.met_in(messages), person, _channel(row, names))


def is_doubtful(talk: Talk) -> bool:
    """Whether reporting events may know more than the messages do."""
    return talk.said.bots or bool(talk.said.unknown) or _outcome(talk, None).doubt


def records(
    talk: Talk, events: Sequence[wire.ReportingEvent] | None, ratings: Sequence[wire.Rating], link: str
) -> tuple[Thread | Outbound, ...]:
    """`events`: None where they cannot be had, or need not. `link` is the address in the helpdesk."""
    said = talk.said
    found = _outcome(talk, events).events
    told: list[Event] = [*_farewells(said.public, found), *said.notes, *found]
    told += assignments(talk.id, talk.row, said, talk.names)
    told += _ratings(talk.id, said.surveys, ratings)
    told.sort(key=lambda event: event.at)
    conversation = _conversation(talk, told, link)
    sent = campaigns.receipts(said.campaigns, said.public, conversation.person, talk.channel)
    return (Thread(conversation=conversation, events=tuple(told)), *sent)


def status(row: wire.Conversation) -> Status | None:
    found = row.status
    if isinstance(found, int) or (isinstance(found, str) and found.isdigit()):
        return _STATES[int(found)] if 0 <= int(found) < len(_STATES) else None
    try:
        return Status((found or "").lower())
    except ValueError:
        return None


def active(row: wire.Conversation) -> int | None:
    """Its latest activity."""
    return moment(row.last_activity_at) or moment(row.timestamp) or moment(row.updated_at) or moment(row.created_at)


def closes(talk: Talk, events: Sequence[wire.ReportingEvent] | None) -> list[int]:
    """Moments at which it was closed or a rating was asked for: when one may have been given."""
    closed = [event.at for event in _outcome(talk, events).events if event.kind is Kind.CLOSED]
    return sorted({*closed, *(survey.asked for survey in talk.said.surveys)})


def _outcome(talk: Talk, events: Sequence[wire.ReportingEvent] | None) -> Outcome:
    said, row = talk.said, talk.row
    now = status(row)
    told = marks.of_events(events or ())
    steps = marks.joined(sorted(said.steps, key=lambda step: step.at), told)
    asked = tuple(survey.asked for survey in said.surveys)
    if events is None and (said.unknown or not said.steps):
        # No words that could be read: that a rating was asked for tells of a close all the same.
        known = [step.at for step in steps if step.to is Status.RESOLVED]
        unseen = [_just_before(at, said) for at in asked if all(abs(at - other) > _SAME_CLOSE for other in known)]
        steps = sorted([*steps, *(marks.Step(at, Status.RESOLVED) for at in unseen)], key=lambda step: step.at)
    began_with_bot = any(step.handed_off for step in told) or _bot_came_first(said)
    traces = Traces(
        unknown=tuple(said.unknown),
        asked=asked,
        last=moment(row.last_activity_at),
        updated=moment(row.updated_at),
        changed=tuple(assigned.at for assigned in said.assigned),
    )
    alone = now is Status.PENDING and not steps
    return replay(talk.id, said.public, steps, now, traces, began_with_bot=began_with_bot or alone)


def _just_before(asked: int, said: Spoken) -> int:
    """The close after which a rating was asked for: the note that stands before the question, if there is one."""
    return max((at for at in said.unknown if 0 <= asked - at <= _SURVEY_AFTER), default=asked)


def _bot_came_first(said: Spoken) -> bool:
    answered = (Kind.BOT_ANSWER, Kind.AGENT_REPLY)
    first = next((event.kind for event in said.public if event.kind in answered), None)
    return first is Kind.BOT_ANSWER


def _farewells(public: Sequence[Event], found: Sequence[Event]) -> list[Event]:
    """`public`, where what the bot says right after its hand-off, to nobody's question, is no answer: it would end the
    wait for a teammate that has just begun."""
    handed_off = [event.at for event in found if event.kind is Kind.BOT_HANDOFF]
    told, asked = [], 0
    for event in public:
        if event.kind is Kind.CUSTOMER_MESSAGE:
            asked = event.at
        elif event.kind is Kind.BOT_ANSWER and any(
            asked <= at < event.at <= at + _FAREWELL_WITHIN for at in handed_off
        ):
            event = replace(event, kind=Kind.AUTO_REPLY, bot=True)
        told.append(event)
    return told


def _ratings(id: str, surveys: Sequence[Survey], rows: Sequence[wire.Rating]) -> list[Event]:
    """Each survey's answer once: the score as the message has it now, the moment as the list of ratings has it.

    They bear no ids of their own: with one they would outlive the next reading, which knows them just as well.
    """
    found = [Event(conversation=id, at=survey.asked, kind=Kind.RATING_REQUESTED) for survey in surveys]
    given = {ident(row.message_id): row for row in rows if ident(row.message_id) is not None}
    nameless = [row for row in rows if ident(row.message_id) is None]
    mine = {survey.message for survey in surveys}
    for survey in surveys:
        row = given.get(survey.message)
        if row is None and survey.score is not None and nameless:
            row = nameless.pop(0)
        score = survey.score if survey.score is not None else rated(row.rating) if row is not None else None
        at = moment(row.created_at) if row is not None else None
        found += _rated(id, score, max(at, survey.asked) if at is not None else survey.answered)
    for row in [*nameless, *(row for message, row in given.items() if message not in mine)]:
        found += _rated(id, rated(row.rating), moment(row.created_at))
    return found


def _rated(id: str, score: float | None, at: int | None) -> list[Event]:
    if score is None or at is None:
        return []
    return [Event(conversation=id, at=at, kind=Kind.RATED, score=score, scale=SCALE)]


def _conversation(talk: Talk, told: Sequence[Event], link: str) -> Conversation:
    row = talk.row
    routed = any(event.kind is Kind.TEAM_ASSIGNED for event in told)
    team = wire.person(row.meta.team) if row.meta is not None else None
    subject = wire.members(row.additional_attributes).get("mail_subject")
    person = talk.person or next((e.actor for e in told if e.kind is Kind.CUSTOMER_MESSAGE), None)
    labels = row.labels if isinstance(row.labels, list) else []
    return Conversation(
        id=talk.id,
        channel=talk.channel,
        team=None if routed or team is None else ident(team.id),
        subject=label(subject) if isinstance(subject, str) else None,
        tags=tuple(dict.fromkeys(name for tag in labels if isinstance(tag, str) and (name := label(tag)))),
        person=person,
        url=link,
        origin=_origin(talk.said),
    )


def _origin(said: Spoken) -> str | None:
    if not said.public:
        return None
    first = said.public[0]
    if said.campaigns and ident(said.campaigns[0][1].id) == first.source_id:
        return "campaign"
    return "incoming" if first.kind is Kind.CUSTOMER_MESSAGE else "outgoing"


def _campaign(row: wire.Conversation) -> str | None:
    found = wire.members(row.additional_attributes).get("campaign_id")
    return ident(row.campaign_id) or (ident(found) if isinstance(found, int | float | str) else None)


def _channel(row: wire.Conversation, names: Names) -> str | None:
    kind = (row.meta.channel if row.meta is not None else None) or names.channels.get(ident(row.inbox_id) or "")
    name = (label(kind) or "").rpartition("::")[2].lower()
    return _CHANNELS.get(name, name) or None
