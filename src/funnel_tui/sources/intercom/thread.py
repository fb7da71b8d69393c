"""A conversation of Intercom -> canonical records: the first message, the parts, the ratings, and what only the
summary fields know."""

from msgspec.structs import replace

from funnel_tui.model.records import Conversation, Event, Kind, Record, Thread
from funnel_tui.sources.intercom import summary, wire
from funnel_tui.sources.intercom.authors import Who, actor, who
from funnel_tui.sources.intercom.parts import HANDED_OFF, Said, walk
from funnel_tui.sources.text import Number, ident, label, moment, plain, tally

PARTS_CAP = 500
"""Intercom gives the newest 500 parts of a conversation and no way to the others."""

_CHANNELS = {"conversation": "chat", "messenger": "chat", "phone_call": "phone", "phone_switch": "phone"}
_OUTBOUND = frozenset({"admin_initiated", "campaigns_initiated", "automated", "operator_initiated"})
_SCALE = (1.0, 5.0)
_BOT_MATES = frozenset({"bot", "operator", "fin", "ai_agent"})
"""Not `workflow`: automation that takes a conversation off a teammate does not take the rating."""


def records(row: wire.Conversation, link: str | None) -> tuple[Record, ...]:
    """What one conversation, read with its parts, says. `link` is its address in the helpdesk.

    Of a conversation whose oldest parts are withheld, the thread holds only what lies in reach of the parts; the rest
    goes beside it, so that older parts that were read earlier are not replaced by their summary.
    """
    id = ident(row.id)
    if id is None:
        return ()
    listed = row.conversation_parts.conversation_parts if row.conversation_parts is not None else None
    parts = [part for part in listed or [] if part is not None]
    whole = _is_whole(row, len(parts))
    said = walk(row, parts)
    _tell_answers(row, said)
    events = [*_first_message(row, id), *said.events]
    events += summary.missing(row, id, events, whole=whole)
    events += _hand_off(row, id, events, said)
    events += _ratings(row, id)
    events.sort(key=lambda event: event.at)
    conversation = _conversation(row, id, events, link)
    if whole or said.oldest is None:
        return (Thread(conversation=conversation, events=tuple(events), complete=whole),)
    reach = said.oldest
    inside = tuple(event for event in events if event.at >= reach)
    before = tuple(event for event in events if event.at < reach)
    return (Thread(conversation=conversation, events=inside, complete=False), *before)


def approximate(row: wire.Conversation, link: str | None) -> tuple[Conversation, tuple[Event, ...]] | None:
    """The same from a list row alone, where parts cannot be had: the moments that the summary fields hold."""
    id = ident(row.id)
    if id is None:
        return None
    events = [*_first_message(row, id), *summary.outline(row, id)]
    events += _hand_off(row, id, events, Said())
    events += _ratings(row, id)
    events.sort(key=lambda event: event.at)
    return _conversation(row, id, events, link), tuple(events)


def _is_whole(row: wire.Conversation, received: int) -> bool:
    declared = tally(row.conversation_parts.total_count) if row.conversation_parts is not None else 0
    counted = tally(row.statistics.count_conversation_parts) if row.statistics is not None else 0
    if received >= PARTS_CAP and not (declared or counted):
        return False
    return max(declared, counted) <= received


def _conversation(row: wire.Conversation, id: str, events: list[Event], link: str | None) -> Conversation:
    source = row.source
    routed = any(event.kind is Kind.TEAM_ASSIGNED for event in events)
    tags = row.tags.tags if row.tags is not None else None
    return Conversation(
        id=id,
        channel=_channel(row),
        team=None if routed else ident(row.team_assignee_id),
        subject=label(row.title) or (label(source.subject) if source is not None else None),
        tags=tuple(dict.fromkeys(name for tag in tags or [] if tag is not None and (name := label(tag.name)))),
        person=_person(row),
        url=link,
        origin=label(source.delivered_as) if source is not None else None,
    )


def _channel(row: wire.Conversation) -> str | None:
    first = row.channel.initial if row.channel is not None else None
    name = label(first or (row.source.type if row.source is not None else None))
    return _CHANNELS.get(name.lower(), name.lower()) if name else None


def _person(row: wire.Conversation) -> str | None:
    """Who began it, where a customer did: the others of a group stand beside that one, in any order. An author who is
    not among them has been merged into one of them since."""
    listed = row.contacts.contacts if row.contacts is not None else None
    people = [id for contact in listed or [] if contact is not None and (id := ident(contact.id)) is not None]
    author = row.source.author if row.source is not None else None
    starter = ident(author.id) if author is not None and who(author) is Who.CUSTOMER else None
    return starter if starter in people or not people else people[0]


def _first_message(row: wire.Conversation, id: str) -> list[Event]:
    """`source`: its author decides whether a customer, a teammate or a machine began, whatever it was delivered as."""
    at = moment(row.created_at)
    if at is None:
        return []
    source = row.source or wire.Origin()
    role = who(source.author)
    if role is Who.NOBODY and (source.delivered_as or "").lower() not in _OUTBOUND:
        role = Who.CUSTOMER  # some channels leave the author blank
    kinds = {Who.CUSTOMER: Kind.CUSTOMER_MESSAGE, Who.TEAMMATE: Kind.AGENT_REPLY}
    kind = kinds.get(role, Kind.AUTO_REPLY)
    return [Event(conversation=id, at=at, kind=kind, actor=actor(source.author, role), text=plain(source.body))]


def _tell_answers(row: wire.Conversation, said: Said) -> None:
    """Mark an answer where Intercom says that one was given and no part is marked as one.

    So it is with answers that somebody wrote beforehand (`custom_answer`) and with versions before 2.14: then the
    first thing the bot said after the customer is taken for the answer.
    """
    if row.ai_agent is None or not row.ai_agent.last_answer_type:
        return
    if any(event.kind is Kind.BOT_ANSWER for event in said.events):
        return
    fin = [word for word in said.bot_words if word.at in said.ai_seen] or said.bot_words
    asked = min((e.at for e in said.events if e.kind is Kind.CUSTOMER_MESSAGE), default=None)
    began = moment(row.created_at) if row.source is not None and who(row.source.author) is Who.CUSTOMER else asked
    answer = next((word for word in fin if began is None or word.at >= began), None)
    if answer is not None:
        said.events[said.events.index(answer)] = replace(answer, kind=Kind.BOT_ANSWER, bot=None)


def _hand_off(row: wire.Conversation, id: str, events: list[Event], said: Said) -> list[Event]:
    """The hand-off that `resolution_state` tells of, where Fin's own routing does not show it among the parts."""
    if row.ai_agent is None or (row.ai_agent.resolution_state or "") not in HANDED_OFF:
        return []
    if any(event.kind is Kind.BOT_HANDOFF for event in events):
        return []
    at = _hand_off_moment(row, events, said)
    return [] if at is None else [Event(conversation=id, at=at, kind=Kind.BOT_HANDOFF, actor="bot")]


def _hand_off_moment(row: wire.Conversation, events: list[Event], said: Said) -> int | None:
    last_word = max(said.ai_seen, default=None)
    answers = [event.at for event in events if event.kind is Kind.BOT_ANSWER]
    since = last_word if last_word is not None else max(answers, default=None)
    if since is not None:
        later = [(at, by) for at, by in said.routed if at >= since]
        by_machine = next((at for at, by in later if by is not Who.TEAMMATE), None)
        if by_machine is not None:
            return by_machine
        if last_word is not None and last_word > max(answers, default=0):
            return last_word  # Fin's "I pass you on": its last word, and no answer
        if later:
            return later[0][0]
    elif said.routed:
        return said.routed[0][0]
    assigned = moment(row.statistics.first_assignment_at) if row.statistics is not None else None
    if assigned is not None:
        return assigned if since is None else max(assigned, since)
    asked = [event.at for event in events if event.kind is Kind.CUSTOMER_MESSAGE]
    return since if since is not None else max(asked, default=moment(row.created_at))


def _ratings(row: wire.Conversation, id: str) -> list[Event]:
    found = []
    rating = row.conversation_rating
    if rating is not None:
        asked = moment(rating.created_at)
        if asked is not None:
            found.append(Event(conversation=id, at=asked, kind=Kind.RATING_REQUESTED))
        mate = (rating.teammate.type or "").lower() if rating.teammate is not None else ""
        rated_bot = True if mate in _BOT_MATES else False if mate == "admin" else None
        found += _rated(id, rating.rating, moment(rating.updated_at) or asked, rated_bot)
    fin = row.ai_agent
    if fin is not None:
        found += _rated(id, fin.rating, moment(fin.updated_at) or moment(fin.created_at), True)
    return found


def _rated(id: str, rating: Number, at: int | None, bot: bool | None) -> list[Event]:
    score = tally(rating)
    if at is None or not _SCALE[0] <= score <= _SCALE[1]:
        return []
    return [Event(conversation=id, at=at, kind=Kind.RATED, score=float(score), scale=_SCALE, bot=bot)]
