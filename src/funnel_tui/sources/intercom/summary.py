"""What a conversation's summary fields (state, assignees, `statistics`) tell beyond its parts.

Only moments are used: Intercom's durations leave out-of-office time out. `statistics` counts from the customer's first
message; `first_admin_reply_at` is the first visible human part.
"""

from funnel_tui.model.records import Event, Kind
from funnel_tui.sources.intercom import wire
from funnel_tui.sources.intercom.parts import RESOLVED
from funnel_tui.sources.text import ident, moment, tally

_SAME = 2
"""Seconds by which a part and the summary of it may differ."""


def missing(row: wire.Conversation, id: str, events: list[Event], *, whole: bool) -> list[Event]:
    """Events that the summary speaks of and `events` do not. `whole`: no part was withheld."""
    found = _assignment(row, id, events)
    if not whole:
        found += _early(row, id, events)
    found += _last_close(row, id, [*events, *found])
    found += _present_state(row, id, [*events, *found])
    return found


def outline(row: wire.Conversation, id: str) -> list[Event]:
    """A conversation without parts: first and last message of either side, answers, closes, all approximate."""
    stats = row.statistics or wire.Statistics()
    created = moment(row.created_at)
    found: list[Event] = []

    def add(kind: Kind, at: int | None, by: str | None = None) -> None:
        if at is not None:
            found.append(Event(conversation=id, at=at, kind=kind, by=by))

    first_contact, last_contact = moment(stats.first_contact_reply_at), moment(stats.last_contact_reply_at)
    for at in sorted({at for at in (first_contact, last_contact) if at is not None and at != created}):
        add(Kind.CUSTOMER_MESSAGE, at)
    if row.ai_agent is not None and row.ai_agent.last_answer_type:
        add(Kind.BOT_ANSWER, first_contact or created)
    for at in sorted({at for at in (moment(stats.first_admin_reply_at), moment(stats.last_admin_reply_at)) if at}):
        add(Kind.AGENT_REPLY, at)
    first_close, last_close = moment(stats.first_close_at), moment(stats.last_close_at)
    if first_close is not None and last_close is not None and first_close < last_close:
        came_back = last_contact is not None and first_close < last_contact <= last_close
        if came_back or tally(stats.count_reopens):
            add(Kind.CLOSED, first_close, _closer(row))
            if not came_back:
                add(Kind.REOPENED, last_close)
    add(Kind.CLOSED, last_close or first_close, _closer(row))
    found += _assignment(row, id, found)
    found += _present_state(row, id, [*_source_moment(id, created), *found])
    return found


def _source_moment(id: str, created: int | None) -> list[Event]:
    return [] if created is None else [Event(conversation=id, at=created, kind=Kind.CUSTOMER_MESSAGE)]


def _assignment(row: wire.Conversation, id: str, events: list[Event]) -> list[Event]:
    """The assignee it came with or got without a part."""
    to = ident(row.admin_assignee_id)
    if to is None or any(event.kind in (Kind.ASSIGNED, Kind.UNASSIGNED) for event in events):
        return []
    stated = moment(row.statistics.first_assignment_at) if row.statistics is not None else None
    at = stated or moment(row.created_at)
    return [] if at is None else [Event(conversation=id, at=at, kind=Kind.ASSIGNED, to=to)]


def _early(row: wire.Conversation, id: str, events: list[Event]) -> list[Event]:
    """First moments that lie before the oldest part, where the oldest parts are withheld."""
    stats = row.statistics
    if stats is None:
        return []
    found = []
    for kind, at in (
        (Kind.CUSTOMER_MESSAGE, moment(stats.first_contact_reply_at)),
        (Kind.AGENT_REPLY, moment(stats.first_admin_reply_at)),
        (Kind.CLOSED, moment(stats.first_close_at)),
    ):
        if at is None or any(event.kind is kind and event.at <= at + _SAME for event in events):
            continue
        found.append(Event(conversation=id, at=at, kind=kind, by=_closer(row) if kind is Kind.CLOSED else None))
    return found


def _last_close(row: wire.Conversation, id: str, events: list[Event]) -> list[Event]:
    at = moment(row.statistics.last_close_at) if row.statistics is not None else None
    if at is None or any(event.kind is Kind.CLOSED and event.at >= at - _SAME for event in events):
        return []
    return [Event(conversation=id, at=at, kind=Kind.CLOSED, by=_closer(row))]


def _present_state(row: wire.Conversation, id: str, events: list[Event]) -> list[Event]:
    """Make the events end in the state that the provider shows, where no part says how it came there."""
    if not events:
        return []
    state = (row.state or "").lower() or ("closed" if row.open is False else "")
    last = max(event.at for event in events)
    now = _state_after(events)
    if state == "closed" and now != "closed":
        # The moment is unknown; nothing happened after the last event that left a trace.
        return [Event(conversation=id, at=last, kind=Kind.CLOSED, by=_closer(row))]
    if state == "snoozed" and now == "open":
        return [Event(conversation=id, at=last, kind=Kind.SNOOZED)]
    if state == "open" and now == "closed":
        closed = max(event.at for event in events if event.kind is Kind.CLOSED)
        return [Event(conversation=id, at=max(moment(row.updated_at) or 0, closed + 1), kind=Kind.REOPENED)]
    if state == "open" and now == "snoozed":
        return [Event(conversation=id, at=max(moment(row.updated_at) or 0, last), kind=Kind.UNSNOOZED)]
    return []


_AFTER = {
    Kind.CLOSED: "closed",
    Kind.REOPENED: "open",
    Kind.CUSTOMER_MESSAGE: "open",
    Kind.UNSNOOZED: "open",
    Kind.SNOOZED: "snoozed",
}
_ORDER = {Kind.REOPENED: 0, Kind.UNSNOOZED: 0, Kind.CUSTOMER_MESSAGE: 1, Kind.SNOOZED: 2, Kind.CLOSED: 3}


def _state_after(events: list[Event]) -> str:
    state = "open"
    for event in sorted((e for e in events if e.kind in _AFTER), key=lambda e: (e.at, _ORDER[e.kind])):
        if event.kind is Kind.UNSNOOZED and state == "closed":
            continue
        state = _AFTER[event.kind]
    return state


def _closer(row: wire.Conversation) -> str:
    """Who closed, as far as the summary can tell."""
    fin = row.ai_agent
    if fin is not None and (fin.resolution_state or "") in RESOLVED:
        return "bot"
    closed_by = ident(row.statistics.last_closed_by_id) if row.statistics is not None else None
    return "agent" if closed_by is not None else "system"
