"""Who and which team a conversation was given to: from activity texts, ending in what the conversation says now."""

from funnel_tui.model.records import Event, Kind
from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.chatwoot.names import Names
from funnel_tui.sources.chatwoot.senders import MATES
from funnel_tui.sources.chatwoot.spoken import Assigned, Spoken
from funnel_tui.sources.text import ident, moment


def assignments(id: str, row: wire.Conversation, said: Spoken, names: Names) -> list[Event]:
    found = [event for assigned in said.assigned for event in _told(id, assigned, names)]
    return [*found, *_missing(id, row, found)]


def _told(id: str, assigned: Assigned, names: Names) -> list[Event]:
    what = assigned.what
    mate, team = what.mate, what.team
    if what.either is not None:
        known_team = names.mate(what.either) is None and names.team(what.either) is not None
        mate, team = (None, what.either) if known_team else (what.either, None)

    def event(kind: Kind, *, to: str | None = None, team: str | None = None) -> Event:
        return Event(
            conversation=id,
            at=assigned.at,
            kind=kind,
            actor=names.mate(what.by),
            to=to,
            team=team,
            source_id=assigned.source_id,
        )

    found = []
    if team is not None:
        found.append(event(Kind.TEAM_ASSIGNED, team=names.team(team) or team))
    elif what.drops_team:
        found.append(event(Kind.TEAM_ASSIGNED))
    if mate is not None and not names.is_bot(mate):
        # Somebody who has left is known by name only.
        found.append(event(Kind.ASSIGNED, to=names.mate(mate) or mate))
    elif team is None and not what.drops_team:
        found.append(event(Kind.UNASSIGNED))
    return found


def _missing(id: str, row: wire.Conversation, told: list[Event]) -> list[Event]:
    """What rules and round-robin did leaves no text: the last word is the conversation's own."""
    if row.meta is None:
        return []
    began = moment(row.created_at) or min((event.at for event in told), default=None)
    if began is None:
        return []
    found = []
    mates = [event for event in told if event.kind in (Kind.ASSIGNED, Kind.UNASSIGNED)]
    person = wire.person(row.meta.assignee)
    kind = (row.meta.assignee_type or (person.type if person is not None else None) or "user").lower()
    now = ident(person.id) if person is not None and kind in MATES else None
    known = mates[-1].to if mates else None
    if now != known:
        at = mates[-1].at + 1 if mates else began
        kind_of = Kind.UNASSIGNED if now is None else Kind.ASSIGNED
        found.append(Event(conversation=id, at=at, kind=kind_of, to=now))
    teams = [event for event in told if event.kind is Kind.TEAM_ASSIGNED]
    group = wire.person(row.meta.team)
    team = ident(group.id) if group is not None else None
    if teams and teams[-1].team != team:
        found.append(Event(conversation=id, at=teams[-1].at + 1, kind=Kind.TEAM_ASSIGNED, team=team))
    return found
