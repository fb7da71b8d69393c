"""Status changes from two witnesses, each of which may be missing: activity messages and reporting events.

An activity names who did it and is written by a background job, so a little late. A reporting event has the exact
moment and says nothing of who. Where both tell of one change, the moment is the event's and the doer the activity's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.chatwoot.activity import Status
from funnel_tui.sources.text import ident, moment

LATE = 600
"""Seconds by which an activity may come after its event."""
EARLY = 5
TOGETHER = 5
"""Events so close to each other are of one change."""

SOMEBODY = "somebody"
"""The doer of whom there is only a name: a former teammate, or the bot."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change of status."""

    at: int
    to: Status
    doer: str | None = None
    """`agent`, `bot`, `customer`, `system`, `SOMEBODY`; None where nobody says."""
    actor: str | None = None
    source_id: str | None = None
    handed_off: bool = False
    """The provider calls it the bot's hand-off."""


def of_events(rows: Iterable[wire.ReportingEvent]) -> list[Step]:
    """What reporting events tell of the status. Response times are the messages' to tell."""
    steps: list[Step] = []
    bot_resolved: list[int] = []
    handed_off: list[Step] = []
    for row in rows:
        at = moment(row.event_end_time) or moment(row.created_at)
        if at is None:
            continue
        id = ident(row.id)
        source_id = f"event-{id}" if id is not None else None
        match (row.name or "").lower():
            case "conversation_resolved" | "resolution":
                steps.append(Step(at, Status.RESOLVED, source_id=source_id))
            case "conversation_opened":
                steps.append(Step(at, Status.OPEN, source_id=source_id))
            case "conversation_bot_resolved":
                bot_resolved.append(at)
            case "conversation_bot_handoff":
                handed_off.append(Step(at, Status.OPEN, source_id=source_id, handed_off=True))
    for at in bot_resolved:
        near = [index for index, step in enumerate(steps) if step.to is Status.RESOLVED and _near(step.at, at)]
        if near:
            steps[near[0]] = replace(steps[near[0]], doer="bot")
        else:
            steps.append(Step(at, Status.RESOLVED, "bot"))
    opened = [step for step in steps if step.to is Status.OPEN]
    doubled = {step for step in opened if any(_near(step.at, other.at) for other in handed_off)}
    return sorted([step for step in steps if step not in doubled] + handed_off, key=lambda step: step.at)


def _near(one: int, other: int) -> bool:
    return abs(one - other) <= TOGETHER


def joined(activities: Sequence[Step], events: Sequence[Step]) -> list[Step]:
    """Both, each change once, by time. The closest of an event and an activity belong together first."""
    pairs = sorted(
        (abs(step.at - event.at), mine, other)
        for other, event in enumerate(events)
        for mine, step in enumerate(activities)
        if step.to is event.to and -EARLY <= step.at - event.at <= LATE
    )
    twins: dict[int, int] = {}
    taken: set[int] = set()
    for _, mine, other in pairs:
        if mine not in taken and other not in twins:
            twins[other] = mine
            taken.add(mine)
    found = [step for index, step in enumerate(activities) if index not in taken]
    for index, event in enumerate(events):
        twin = activities[twins[index]] if index in twins else event
        doer = event.doer or twin.doer if twin.doer == SOMEBODY else twin.doer or event.doer
        found.append(replace(twin, at=event.at, doer=doer, handed_off=event.handed_off))
    return sorted(found, key=lambda step: step.at)
