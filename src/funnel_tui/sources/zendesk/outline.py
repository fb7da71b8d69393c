"""What a ticket's row tells: how it stands, and roughly how it came to it, from the metric set's whole minutes."""

from funnel_tui.model.records import Conversation, Event, Kind
from funnel_tui.sources.text import amount, ident, label, moment, plain, tally
from funnel_tui.sources.zendesk import wire
from funnel_tui.sources.zendesk.changes import identity, via, word
from funnel_tui.sources.zendesk.history import ASLEEP, DONE, MERGED, rating

MINUTE = 60
FOLLOW_UP = "follow_up"

_CHANNELS = {
    "web": "web",
    "web_form": "web",
    "web_widget": "web",
    "help_center": "web",
    "email": "email",
    "mail": "email",
    "chat": "chat",
    "chat_transcript": "chat",
    "offline_message": "chat",
    "native_messaging": "chat",
    "messaging": "chat",
    "voice": "phone",
    "phone_call_inbound": "phone",
    "phone_call_outbound": "phone",
    "voicemail": "phone",
}


def conversation(row: wire.Ticket, id: str, events: list[Event], url: str) -> Conversation:
    how = via(row.via)
    routed = any(event.kind is Kind.TEAM_ASSIGNED for event in events)
    tags = [label(tag) for tag in row.tags or () if isinstance(tag, str)]
    return Conversation(
        id=id,
        channel=_CHANNELS.get(how.channel, how.channel) if how.channel else None,
        team=None if routed else ident(row.group_id),
        subject=label(row.subject),
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
        person=identity(row.requester_id),
        url=url,
        origin=how.rel or how.channel,
    )


def first_message(row: wire.Ticket, id: str, teammate: bool) -> list[Event]:
    """The description is the first comment, and the submitter its author; `teammate` says what he is."""
    at = moment(row.created_at)
    if at is None:
        return []
    kind = Kind.CUSTOMER_MESSAGE
    if teammate:
        kind = Kind.NOTE if row.is_public is False else Kind.AGENT_REPLY
    author = identity(row.submitter_id) or identity(row.requester_id)
    return [Event(conversation=id, at=at, kind=kind, actor=author, text=plain(row.description))]


def merge(row: wire.Ticket, id: str, events: list[Event]) -> list[Event]:
    """A merge that only the ticket's tag tells of. Follow-ups of a merged ticket inherit the tag."""
    tagged = MERGED in (row.tags or ()) and word(row.status) in DONE and via(row.via).rel != FOLLOW_UP
    if not tagged or any(event.kind is Kind.MERGED_INTO for event in events):
        return []
    closes = [event.at for event in events if event.kind is Kind.CLOSED]
    at = max(closes, default=moment(row.updated_at))
    return [] if at is None else [Event(conversation=id, at=at, kind=Kind.MERGED_INTO)]


def score(row: wire.Ticket) -> str | None:
    found = row.satisfaction_rating
    if isinstance(found, dict):
        found = found.get("score")
    return found if isinstance(found, str) else None


def outline(row: wire.Ticket, id: str, teammate: bool) -> list[Event]:
    """The ticket's moments as far as its row knows them, in their order."""
    begun = moment(row.created_at)
    if begun is None:
        return []
    known = row.metric_set or wire.MetricSet()
    status, assignee = word(row.status), identity(row.assignee_id)
    latest = moment(known.status_updated_at) or moment(row.updated_at) or begun
    replied = _after(begun, known.reply_time_in_minutes)
    events = first_message(row, id, teammate)

    def add(kind: Kind, at: int | None, actor: str | None = None, to: str | None = None, by: str | None = None) -> None:
        if at is not None:
            events.append(Event(conversation=id, at=at, kind=kind, actor=actor, to=to, by=by))

    if assignee is not None:
        add(Kind.ASSIGNED, moment(known.assigned_at) or latest, to=assignee)
    add(Kind.AGENT_REPLY, replied, actor=assignee)
    wrote = moment(known.requester_updated_at)
    for at in _closes(row, known, begun, latest):
        if at < 0:
            add(Kind.REOPENED, -at)
        else:
            add(Kind.CLOSED, at, actor=assignee, by="system" if assignee is None else "agent")
    if wrote is not None and replied is not None and wrote > replied:
        add(Kind.CUSTOMER_MESSAGE, wrote, actor=identity(row.requester_id))
    if status in ASLEEP:
        add(Kind.SNOOZED, latest)
    events += rating(id, score(row), latest)
    events += merge(row, id, events)
    return sorted(events, key=lambda event: event.at)


def _closes(row: wire.Ticket, known: wire.MetricSet, begun: int, latest: int) -> list[int]:
    """The moments of closes, with a minus those of reopenings: the first of each, and the last close."""
    first = _after(begun, known.first_resolution_time_in_minutes)
    last = moment(known.solved_at) or _after(begun, known.full_resolution_time_in_minutes)
    done = word(row.status) in DONE
    if done:
        last = last or first or latest
    if not tally(known.reopens) or first is None:
        return [last] if done and last is not None else []
    again = moment(known.requester_updated_at)
    bound = last if done and last is not None and last > first else None
    if again is None or again <= first or (bound is not None and again >= bound):
        again = (first + bound) // 2 if bound is not None else max(latest, first + 1)
    return [first, -again, *([bound] if bound is not None else [again + 1] if done else [])]


def _after(begun: int, minutes: wire.Minutes | None) -> int | None:
    found = amount(minutes.calendar) if minutes is not None else None
    return None if found is None else begun + int(found) * MINUTE
