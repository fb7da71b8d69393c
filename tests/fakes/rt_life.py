"""The lives of tickets in a Request Tracker: transactions as it writes them, and what they mean in canonical lines."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

HOUR, DAY = 3_600, 86_400
SYSTEM, NOBODY, ROOT = 1, 6, 14
SECRET = 9_000
"""The ticket that only some may see."""
ACTIVE = ("new", "open", "stalled")


@dataclass(frozen=True)
class User:
    id: int
    name: str
    staff: bool


@dataclass
class Change:
    """One transaction. `comes`: when the database has it; it shows `commits` seconds later."""

    ticket: int
    at: int
    type: str
    creator: User
    field: str = ""
    old: str = ""
    new: str = ""
    text: str = ""
    comes: int = 0
    commits: int = 0
    id: int = 0
    object: str = "RT::Ticket"

    def there(self, now: int) -> bool:
        return self.comes + self.commits <= now


@dataclass
class Ticket:
    id: int
    subject: str
    queue: int
    requestor: User
    changes: list[Change] = field(default_factory=list)
    merged_into: int | None = None
    merged_at: int | None = None


@dataclass(frozen=True)
class Habits:
    tickets: int = 120
    days: int = 26
    ahead: int = 2
    imported: float = 0.15
    """The share of tickets that were loaded later, so that their ids are high and their dates old."""
    moves: bool = True
    """Tickets go from one queue to another."""
    hidden: int = 0
    """Transactions in a row, some hours before and after `now`, of a ticket that an ordinary user may not see."""
    commits: int = 0
    """Seconds after which a transaction shows at most, so that ids show out of their order."""


class Lives:
    """Everything that happens to these tickets, the future too."""

    def __init__(self, seed: int, now: int, habits: Habits) -> None:
        self.now, self.habits = now, habits
        self.luck = random.Random(seed)
        self.system = User(SYSTEM, "RT_System", True)
        self.nobody = User(NOBODY, "Nobody", True)
        self.staff = [User(ROOT, "root", True), *(User(20 + n, f"agent{n}", True) for n in range(5))]
        self.customers = [User(100 + n, f"guest{n}@example.com", False) for n in range(30)]
        self.queues = {1: "General", 3: "Support", 4: "Billing"}
        self.tickets: list[Ticket] = []
        times = sorted(
            now - habits.days * DAY + self.luck.randrange((habits.days + habits.ahead) * DAY)
            for _ in range(habits.tickets)
        )
        for at in times:
            self._live(at)
        self._merge()
        self.changes = self._numbered()

    def user(self, key: str) -> User | None:
        everybody = (self.system, self.nobody, *self.staff, *self.customers)
        return next((one for one in everybody if key in (str(one.id), one.name)), None)

    # --- making them

    def _live(self, at: int) -> None:
        luck = self.luck
        internal, outbound = luck.random() < 0.05, luck.random() < 0.1
        requestor = luck.choice(self.staff if internal else self.customers)
        ticket = Ticket(
            len(self.tickets) + 1,
            f"Ticket {len(self.tickets)} about refunds",
            luck.choice(list(self.queues)),
            requestor,
        )
        self.tickets.append(ticket)
        opener = luck.choice(self.staff) if outbound and not internal else requestor
        self._add(ticket, at, "Create", opener, text=f"Beginning of {ticket.id}")
        self._add(ticket, at, "EmailRecord", self.system)
        state, owner, queue = "new", NOBODY, ticket.queue
        for step in range(luck.choice((0, 1, 2, 3, 5, 8, 12))):
            quick = luck.random() < 0.75
            at += luck.randrange(5, 3 * HOUR) if quick else luck.randrange(3 * HOUR, 9 * DAY)
            agent = luck.choice([one for one in self.staff if one is not requestor])
            act = luck.random()
            if act < 0.3:
                if luck.random() < 0.3 and owner != agent.id:
                    owner = self._own(ticket, at, owner, agent.id, agent)
                self._say(ticket, at, agent, f"Answer {step} in {ticket.id}")
                if state == "new":
                    state = self._turn(ticket, at, state, "open", self.system)
                if state in ("open", "stalled") and luck.random() < 0.3:
                    state = self._turn(ticket, at, state, "resolved", agent)
            elif act < 0.55:
                self._say(ticket, at, requestor, f"Question {step} in {ticket.id}")
                if state not in ACTIVE or state == "stalled":
                    state = self._turn(ticket, at, state, "open", self.system)
            elif act < 0.68 and state in ACTIVE:
                who = requestor if luck.random() < 0.1 else self.system if luck.random() < 0.1 else agent
                state = self._turn(ticket, at, state, luck.choice(("resolved", "resolved", "rejected")), who)
            elif act < 0.73 and state == "open":
                state = self._turn(ticket, at, state, "stalled", agent)
            elif act < 0.78 and state not in ("new", "open"):
                state = self._turn(ticket, at, state, "open", agent)
            elif act < 0.84:
                other = NOBODY if luck.random() < 0.2 else luck.choice(self.staff).id
                if other != owner:
                    owner = self._own(ticket, at, owner, other, agent)
            elif act < 0.88:
                self._add(ticket, at, "Comment", agent, text=f"Note {step}")
            elif act < 0.91 and self.habits.moves:
                other = luck.choice([id for id in self.queues if id != queue])
                self._add(ticket, at, "Set", agent, "Queue", str(queue), str(other))
                queue = other
            elif act < 0.93 and state in ACTIVE:
                before = state
                state = self._turn(ticket, at, state, "deleted", agent)
                if luck.random() < 0.5:
                    at += luck.randrange(60, DAY)
                    state = self._turn(ticket, at, state, before, agent)
                else:
                    break
            else:
                self._noise(ticket, at, agent)
        if luck.random() < self.habits.imported:
            self._import(ticket)

    def _add(
        self,
        ticket: Ticket,
        at: int,
        type: str,
        creator: User,
        field: str = "",
        old: str = "",
        new: str = "",
        text: str = "",
    ) -> None:
        commits = self.luck.randrange(self.habits.commits + 1)
        ticket.changes.append(Change(ticket.id, at, type, creator, field, old, new, text, at, commits))

    def _say(self, ticket: Ticket, at: int, who: User, text: str) -> None:
        self._add(ticket, at, "Correspond", who, text=text)
        self._add(ticket, at, "EmailRecord", self.system)

    def _turn(self, ticket: Ticket, at: int, old: str, new: str, who: User) -> str:
        self._add(ticket, at, "Status", who, "Status", old, new)
        return new

    def _own(self, ticket: Ticket, at: int, old: int, new: int, who: User) -> int:
        """Each change of owner is written twice."""
        for type in ("Set", "SetWatcher"):
            self._add(ticket, at, type, who, "Owner", str(old), str(new))
        return new

    def _noise(self, ticket: Ticket, at: int, agent: User) -> None:
        kinds = (
            ("Set", "Subject", "a", "b"),
            ("Set", "Told", "", ""),
            ("AddWatcher", "Cc", "", "27"),
            ("CustomField", "7", "", "x"),
        )
        type, field, old, new = self.luck.choice(kinds)
        self._add(ticket, at, type, agent, field, old, new)

    def _import(self, ticket: Ticket) -> None:
        """Loaded in one go, after all of it had happened elsewhere."""
        last = max(change.at for change in ticket.changes)
        moment = last + self.luck.randrange(HOUR, 2 * DAY)
        for change in ticket.changes:
            change.comes = moment

    def _merge(self) -> None:
        quiet = [t for t in self.tickets if t.changes[-1].new != "deleted"]
        for _ in range(max(1, len(self.tickets) // 30)):
            a, b = self.luck.sample(quiet, 2)
            if {a.merged_into, b.merged_into} != {None} or any(t.merged_into in (a.id, b.id) for t in self.tickets):
                continue
            gone, kept = (a, b) if a.id > b.id else (b, a)
            at = max(gone.changes[-1].comes, kept.changes[0].comes) + self.luck.randrange(60, DAY)
            agent = self.luck.choice(self.staff)
            for ticket in (gone, kept):  # both say into which
                self._add(ticket, at, "AddLink", agent, "MergedInto", "", f"fsck.com-rt://loop.test/ticket/{kept.id}")
            gone.merged_into, gone.merged_at = kept.id, at

    def _numbered(self) -> list[Change]:
        """Ids are given as rows come, with gaps, and shared with what is no ticket's."""
        found = [change for ticket in self.tickets for change in ticket.changes]
        found += [
            Change(
                ticket.id,
                ticket.changes[0].at,
                "Set",
                self.system,
                "Status",
                "",
                "resolved",
                comes=ticket.changes[0].comes,
                object="RT::User",
            )
            for ticket in self.tickets[::7]
        ]
        for number in range(self.habits.hidden):
            for at in (self.now - 30 * HOUR + number, self.now + 2 * HOUR + number):
                found.append(Change(SECRET, at, "Comment", self.staff[1], text="Between us", comes=at))
        order = {id(change): number for number, change in enumerate(found)}
        found.sort(key=lambda change: (change.comes, change.at if change.comes != change.at else 0, order[id(change)]))
        number = 30
        for change in found:
            number += self.luck.choice((1, 1, 1, 2, 6))
            change.id = number
        return found

    # --- what it means

    def lines(self, now: int, queues: set[int] | None = None) -> Iterator[dict[str, Any]]:
        """The canonical lines of what shows at `now`, of tickets that began in these queues."""
        for one in self.staff:
            yield {"type": "agent", "id": str(one.id), "name": one.name}
        for id, name in self.queues.items():
            yield {"type": "team", "id": str(id), "name": name}
        for ticket in self.tickets:
            shown = [change for change in ticket.changes if change.there(now)]
            if not any(change.type == "Create" for change in shown) or (
                queues is not None and ticket.queue not in queues
            ):
                continue
            yield {
                "type": "conversation",
                "id": str(ticket.id),
                "subject": ticket.subject,
                "person": str(ticket.requestor.id),
                "team": str(ticket.queue),
            }
            for change in sorted(shown, key=lambda change: (change.at, change.id)):
                for event in self._meaning(ticket, change):
                    yield {"type": "event", "conversation": str(ticket.id), "at": change.at, **event}

    def _meaning(self, ticket: Ticket, change: Change) -> Iterator[dict[str, Any]]:
        who, actor = change.creator, str(change.creator.id)
        if change.type in ("Create", "Correspond"):
            kind = "customer_message" if who is ticket.requestor else "agent_reply"
            yield {"kind": kind, "actor": actor, "text": change.text}
        elif change.type == "Comment":
            yield {"kind": "note", "actor": actor, "text": change.text}
        elif change.type == "Set" and change.field == "Owner":
            if change.new == str(NOBODY):
                yield {"kind": "unassigned", "actor": actor}
            else:
                yield {"kind": "assigned", "actor": actor, "to": change.new}
        elif change.type == "Set" and change.field == "Queue":
            yield {"kind": "team_assigned", "actor": actor, "team": change.new}
        elif change.type == "AddLink" and change.field == "MergedInto":
            into = change.new.rpartition("/")[2]
            if into != str(ticket.id):
                yield {"kind": "merged_into", "to": into}
        elif change.type == "Status":
            yield from self._state(ticket, change, actor)

    def _state(self, ticket: Ticket, change: Change, actor: str) -> Iterator[dict[str, Any]]:
        old, new = change.old, change.new
        if new == "deleted":
            yield {"kind": "deleted"}
        elif old == "deleted":
            yield {"kind": "restored"}
        elif new not in ACTIVE:
            by = (
                "system"
                if change.creator is self.system
                else "customer"
                if change.creator is ticket.requestor
                else "agent"
            )
            yield {"kind": "closed", "actor": actor, "by": by}
        elif new == "stalled":
            yield {"kind": "snoozed"}
        elif old not in ACTIVE:
            yield {"kind": "reopened", "actor": actor}
        elif old == "stalled":
            yield {"kind": "unsnoozed"}
