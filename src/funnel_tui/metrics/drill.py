"""From a number to the conversations behind it, and from one of those to its timeline."""

from collections.abc import Mapping
from dataclasses import replace

from funnel_tui.metrics import threads
from funnel_tui.model.records import Event, Kind
from funnel_tui.model.values import ConversationRow, Timeline, TimelineEntry
from funnel_tui.store.behind import Drilled
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import EpisodeRow, Scope

BEHIND: Mapping[str, str] = {
    "selfserve.seekers": "sought",
    "selfserve.bot_involved": "bot_involved",
    "selfserve.bot_answered": "bot_answered",
    "selfserve.bot_resolved": "bot_resolved",
    "selfserve.bot_handed_off": "bot_handed_off",
    "selfserve.bot_resolved_confirmed": "bot_confirmed",
    "selfserve.bot_resolved_assumed": "bot_assumed",
    "selfserve.bot_resolution_rate": "bot_judged",
    "selfserve.bot_durable_rate": "resolutions_aged",
    "selfserve.share_resolved": "started",
    "selfserve.bot_csat": "bot_rated",
    "human.inbound": "inbound",
    "human.direct": "direct",
    "human.after_selfserve": "after_selfserve",
    "human.resolved": "resolved",
    "human.closed_unanswered": "closed_unanswered",
    "human.reopened": "reopened",
    "human.reopen_rate": "closes",
    "human.reassigned": "reassigned",
    "human.one_touch_rate": "resolved",
    "human.replies_per_close": "replies",
    "human.ping_pong": "switches",
    "human.csat_response_rate": "asked",
    "human.within_1m": "first_response",
    "human.within_10m": "first_response",
    **{f"human.{time}.{q}": time for time in ("first_response", "first_response_felt", "response", "time_to_close")
       for q in ("median", "p90")},
    **{f"human.first_response_office.{q}": "first_response" for q in ("median", "p90")},
    **{f"human.{name}": "rated" for name in ("csat", "csat_n", "csat_low", "csat_high")},
    "queue.open": "queue_open",
    "queue.unassigned": "queue_unassigned",
    "queue.waiting": "queue_waiting",
    "queue.snoozed": "queue_snoozed",
    "queue.with_bot": "queue_with_bot",
    "queue.oldest_wait": "queue_waits",
    "queue.median_wait": "queue_waits",
    "queue.arrivals_1h": "arrived",
    "queue.closes_1h": "resolved",
}  # fmt: skip
"""The population behind each metric: of a rate, its denominator; of a time, the episodes or waits measured."""

LAST_HOUR = frozenset({"queue.arrivals_1h", "queue.closes_1h"})

_ANYBODYS = frozenset({Kind.ASSIGNED, Kind.UNASSIGNED, Kind.TEAM_ASSIGNED, Kind.SNOOZED, Kind.REOPENED})
"""What workflows do as well as teammates: by an actor who is no teammate it was a workflow."""

_ROLES = {
    Kind.CUSTOMER_MESSAGE: "customer",
    Kind.RATED: "customer",
    Kind.AGENT_REPLY: "agent",
    Kind.NOTE: "agent",
    Kind.ASSIGNED: "agent",
    Kind.UNASSIGNED: "agent",
    Kind.BOT_ANSWER: "bot",
    Kind.BOT_HANDOFF: "bot",
}


def behind(reader: Reader, metric: str, scope: Scope, limit: int | None = None) -> list[ConversationRow]:
    """One row for each item that the metric counts, latest first; none for metrics that count no conversations."""
    if metric in threads.LISTS:
        return threads.behind(reader, metric, scope, limit)
    name = BEHIND.get(metric)
    if name is None:
        return []
    if metric in LAST_HOUR:
        scope = last_hour(scope)
    found = reader.drill(name, scope, limit)
    details = reader.details(sorted({row.eid for row in found}))
    return [
        conversation_row(details[each.eid], scope.as_of, value_of(each, name, scope.as_of))
        for each in found
        for _ in range(times(each, metric))
    ]


def value_of(drilled: Drilled, population: str, as_of: int) -> float | None:
    """What an episode adds to the metric: of waits that run, their age."""
    return as_of - (drilled.value or 0) if population == "queue_waits" else drilled.value


def times(drilled: Drilled, metric: str) -> int:
    """How many items an episode stands for: as many as hand-offs there were in it, where those are counted."""
    return int(drilled.value or 0) if metric == "human.reassigned" else 1


def last_hour(scope: Scope) -> Scope:
    """The hour up to the as-of moment, that moment included."""
    return replace(scope, start=scope.as_of - 3600 + 1, end=scope.as_of + 1)


def has_list(metric: str) -> bool:
    """Whether conversations or chat threads stand behind a metric."""
    return metric in BEHIND or metric in threads.LISTS


def begun(reader: Reader, scope: Scope, limit: int | None = None) -> list[ConversationRow]:
    """The conversations with an episode begun in the window, each once, latest first."""
    latest: dict[int, int] = {}
    for each in reader.drill("begun", scope):
        latest.setdefault(each.cid, each.eid)
    eids = list(latest.values())[:limit]
    details = reader.details(eids)
    return [conversation_row(details[eid], scope.as_of, None) for eid in eids]


def timeline(reader: Reader, source: str, conversation: str, as_of: int) -> Timeline | None:
    """What happened in one conversation up to `as_of`; None where the cache does not have it."""
    found = reader.find(source, conversation)
    if found is None:
        return threads.timeline(reader, source, conversation, as_of)
    cid, excluded, eid = found
    row = _left(reader, cid, excluded) if eid is None else conversation_row(reader.details([eid])[eid], as_of, None)
    names = {id: name for (workspace, id), name in reader.names("agent").items() if workspace == source}
    teams = {id: name for (workspace, id), name in reader.names("team").items() if workspace == source}
    ended = {end: end - start for start, end in reader.waits(cid)}
    events = reader.events(cid, as_of)
    bots = {event.actor for event in events if event.kind in (Kind.BOT_ANSWER, Kind.BOT_HANDOFF)} - {None, *names}
    entries = []
    for event in events:
        wait = ended.pop(event.at, None) if event.kind is Kind.AGENT_REPLY else None
        role = "bot" if event.actor in bots else _role(event)
        if role == "agent" and event.kind in _ANYBODYS and event.actor not in names:
            role = "system"
        actor = names.get(event.actor or "", event.actor) if role in ("agent", "customer") else None
        entries.append(TimelineEntry(event.at, event.kind.value, actor, role, _text(event, names, teams), wait))
    return Timeline(row, tuple(entries))


def conversation_row(e: EpisodeRow, as_of: int, value: float | None) -> ConversationRow:
    """An episode as a line of a list."""
    closed = e.closed_at is not None and e.closed_at <= as_of
    return ConversationRow(
        source=e.source,
        id=e.id,
        url=e.url,
        subject=e.subject,
        state="closed" if closed else e.state,
        channel=e.channel,
        team=e.team,
        agent=e.agent,
        tags=e.tags,
        created_at=e.created_at,
        waiting_since=None if closed or e.state != "open" else e.waiting_since,
        first_response_seconds=e.first_response,
        closed_at=e.closed_at if closed else None,
        rating=e.rating,
        value=value,
        excerpt=e.excerpt,
    )


def _left(reader: Reader, cid: int, excluded: str | None) -> ConversationRow:
    source, id, url, subject, channel, team, created = reader.bare(cid)
    return ConversationRow(
        source, id, url, subject, excluded or "open", channel, team, None, (), created, None, None, None, None
    )


def _role(event: Event) -> str:
    if event.kind is Kind.CLOSED and event.by in ("agent", "bot", "customer"):
        return event.by
    if event.kind in (Kind.REOPENED, Kind.SNOOZED, Kind.TEAM_ASSIGNED) and event.actor:
        return "agent"
    return _ROLES.get(event.kind, "system")


def _text(event: Event, names: Mapping[str, str], teams: Mapping[str, str]) -> str | None:
    if event.kind is Kind.ASSIGNED and event.to:
        return f"to {names.get(event.to, event.to)}"
    if event.kind is Kind.TEAM_ASSIGNED:
        return f"to {teams.get(event.team, event.team)}" if event.team else "to no team"
    if event.kind is Kind.MERGED_INTO:
        return f"into {event.to}" if event.to else "into another"
    if event.kind is Kind.RATED and event.score is not None:
        low, high = event.scale or (1, 5)
        remark = f": {event.text}" if event.text else ""
        return f"{event.score:g} on {low:g}-{high:g}{remark}"
    if event.kind is Kind.TAGGED:
        return ", ".join(event.tags)
    return event.text
