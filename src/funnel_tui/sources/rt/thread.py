"""A ticket's transactions -> canonical events.

Who speaks: a Requestor is the customer, whoever else is privileged is a teammate, all others are customers too (a
colleague in copy), and RT_System is the machine. A ticket that a teammate opened for a Requestor begins with the
teammate's message, so it is an outbound conversation until the customer answers; one that the machine took in for a
Requestor begins with the customer's.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from funnel_tui.model.records import Event, Kind
from funnel_tui.sources.rt.directory import NOBODY, SYSTEM, Person
from funnel_tui.sources.rt.transactions import Step

STALLED = "stalled"
DELETED = "deleted"
_OWNER_TYPES = frozenset({"Set", "Take", "Untake", "Steal", "Give", "Force"})
"""Not `SetWatcher`, which repeats every one of them."""


class Role(Enum):
    CUSTOMER = "customer"
    TEAMMATE = "agent"
    MACHINE = "system"
    """The values are what a close is `by`."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is who in one ticket. `people` by what the steps call them."""

    people: Mapping[str, Person]
    requestors: tuple[str, ...]

    def role(self, creator: str) -> Role:
        person = self.people[creator]
        if person.id in (SYSTEM, NOBODY):
            return Role.MACHINE
        if person.id in self.requestors:
            return Role.CUSTOMER
        return Role.TEAMMATE if person.staff else Role.CUSTOMER

    def id(self, creator: str) -> str | None:
        person = self.people[creator]
        return None if person.id in (SYSTEM, NOBODY) else person.id

    def customer(self, steps: Sequence[Step]) -> str | None:
        """Whose ticket it is: the first Requestor, else the customer who wrote first."""
        if self.requestors:
            return self.requestors[0]
        words = (step.creator for step in steps if step.type in ("Create", "Correspond"))
        return next((self.id(creator) for creator in words if self.role(creator) is Role.CUSTOMER), None)


@dataclass(frozen=True, slots=True)
class Now:
    """How a ticket stands: what it began with, where nothing ever changed it."""

    status: str
    owner: str | None
    queue: str | None


@dataclass(frozen=True, slots=True)
class Scene:
    """What a ticket's transactions are read by."""

    cast: Cast
    now: Now
    inactive: Mapping[str, bool]
    """Statuses that are a close; those not named are none."""
    ours: Callable[[str | None], bool]
    """Whether a queue is read: a stay elsewhere is no part of this workspace."""
    texts: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _Teller:
    """Makes the events of one step."""

    step: Step
    role: Role
    actor: str | None

    def __call__(
        self,
        kind: Kind,
        *,
        text: str | None = None,
        to: str | None = None,
        team: str | None = None,
        by: str | None = None,
    ) -> Event:
        return Event(
            conversation=self.step.ticket,
            at=self.step.at,
            kind=kind,
            actor=self.actor,
            text=text,
            to=to,
            team=team,
            by=by,
            source_id=str(self.step.id),
        )


def events(steps: Sequence[Step], scene: Scene) -> tuple[Event, ...]:
    """What `steps` of one ticket did, in order."""
    told = [step for step in steps if counts(step)]
    return tuple(event for step in told for event in _of(step, told, scene))


def _of(step: Step, steps: Sequence[Step], scene: Scene) -> Iterator[Event]:
    role = scene.cast.role(step.creator)
    tell = _Teller(step, role, scene.cast.id(step.creator))
    text = scene.texts.get(step.id)
    if step.type == "Create":
        yield _first_message(tell, scene.cast, text)
        owner = began_with(steps, "owner", scene.now.owner)
        if owner is not None and owner != NOBODY:
            yield tell(Kind.ASSIGNED, to=owner)
        yield from _status(tell, None, began_with(steps, "status", scene.now.status), scene.inactive)
    elif step.type == "Correspond":
        kinds = {Role.CUSTOMER: Kind.CUSTOMER_MESSAGE, Role.TEAMMATE: Kind.AGENT_REPLY, Role.MACHINE: Kind.AUTO_REPLY}
        yield tell(kinds[role], text=text)
    elif step.type == "Comment":
        yield tell(Kind.NOTE, text=text)
    elif is_status(step):
        yield from _status(tell, step.old, step.new, scene.inactive)
    elif is_owner(step):
        owned = step.new is not None and step.new != NOBODY
        yield tell(Kind.ASSIGNED, to=step.new) if owned else tell(Kind.UNASSIGNED)
    elif is_queue(step):
        yield tell(Kind.TEAM_ASSIGNED, team=step.new)
        if scene.ours(step.old) and not scene.ours(step.new):
            yield tell(Kind.DELETED)
        elif scene.ours(step.new) and not scene.ours(step.old):
            yield tell(Kind.RESTORED)
    elif (primary := merged_into(step)) is not None:
        yield tell(Kind.MERGED_INTO, to=primary)


def _first_message(tell: _Teller, cast: Cast, text: str | None) -> Event:
    if tell.role is Role.TEAMMATE:
        return tell(Kind.AGENT_REPLY, text=text)
    if tell.role is Role.CUSTOMER:
        return tell(Kind.CUSTOMER_MESSAGE, text=text)
    if not cast.requestors:
        return tell(Kind.AUTO_REPLY, text=text)
    return replace(tell, actor=cast.requestors[0])(Kind.CUSTOMER_MESSAGE, text=text)


def _status(tell: _Teller, old: str | None, new: str | None, inactive: Mapping[str, bool]) -> Iterator[Event]:
    """`old` None: the ticket began like this."""
    was_closed, is_closed = inactive.get(old or "", False), inactive.get(new or "", False)
    if old == DELETED:
        yield tell(Kind.RESTORED)
    if was_closed and not is_closed:
        yield tell(Kind.REOPENED)
    elif old == STALLED and not is_closed and new != STALLED:
        yield tell(Kind.UNSNOOZED)
    if new == DELETED:
        yield tell(Kind.DELETED)
    elif is_closed and (not was_closed or old == DELETED):
        yield tell(Kind.CLOSED, by=tell.role.value)
    elif new == STALLED and old != STALLED:
        yield tell(Kind.SNOOZED)


def counts(step: Step) -> bool:
    """Whether it is an event at all: what was mailed, watched or filled in is none."""
    said = step.type in ("Create", "Correspond", "Comment")
    return said or is_status(step) or is_owner(step) or is_queue(step) or merged_into(step) is not None


def is_status(step: Step) -> bool:
    return step.type == "Status" or (step.type == "Set" and step.field == "Status")


def is_owner(step: Step) -> bool:
    return step.field == "Owner" and step.type in _OWNER_TYPES


def is_queue(step: Step) -> bool:
    return step.field == "Queue" and step.type == "Set"


def merged_into(step: Step) -> str | None:
    """The ticket that this one became part of. The primary gets the same link, to itself."""
    if step.type != "AddLink" or step.field != "MergedInto":
        return None
    target = (step.new or "").rstrip("/").rpartition("/")[2]
    return target if target.isdigit() and target != step.ticket else None


_CHANGES = {"owner": is_owner, "status": is_status, "queue": is_queue}


def began_with(steps: Sequence[Step], what: str, now: str | None) -> str | None:
    """What a ticket had when it was created: what the first change replaced, else what it has."""
    first = next((step for step in steps if _CHANGES[what](step)), None)
    return now if first is None else first.old


def left(steps: Sequence[Step], ours: Callable[[str | None], bool]) -> Step | None:
    """The step by which a ticket went to a queue that is not read; None where it is where it always was."""
    moves = [step for step in steps if is_queue(step)]
    return next((step for step in reversed(moves) if ours(step.old) and not ours(step.new)), None)
