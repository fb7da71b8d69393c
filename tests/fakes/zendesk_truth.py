"""What truly happened in a made-up Zendesk account, as its audits, and as the canonical lines that follow from them.

Everything is drawn from a seed. What the server shows at any moment is a fold over the audits up to then, so a world
needs no updating: its clock is moved and more of it has happened.

Left out on purpose, as nobody documents how it shows: merges, restored and scrubbed tickets, comments made private
later, a customer's comment that a trigger keeps from reopening.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

LONG = 130
"""Audits of the first ticket, about."""
MINUTE, HOUR, DAY = 60, 3600, 86_400
Line = dict[str, Any]

SYSTEM = -1
"""Who acts when a trigger or an automation does."""
GROUPS = {360_001: "Billing", 360_002: "Care", 360_003: "Tier Two"}
TAGS = ("refund", "vip", "bug", "how_to")
CHANNELS = ("web", "email", "api", "chat")
GAPS = (1, 20, 60, 61, 200, 600, 1900, HOUR, 3 * HOUR, 9 * HOUR, DAY, 2 * DAY, 6 * DAY, 7 * DAY, 7 * DAY + 1, 9 * DAY)
"""Seconds between two things that happen to a ticket; edges of what the definitions say among them."""


@dataclass(frozen=True)
class User:
    id: int
    name: str
    role: str
    active: bool = True
    updated_at: int = 0

    @property
    def teammate(self) -> bool:
        return self.role in ("agent", "admin")


@dataclass(frozen=True)
class Comment:
    id: int
    author: int
    public: bool
    text: str


@dataclass(frozen=True)
class Change:
    id: int
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Audit:
    """One update of a ticket: what was said and what was changed with it."""

    id: int
    at: int
    author: int
    comment: Comment | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Score:
    """An answer to a survey, given at a time."""

    at: int
    value: int
    """1 to 5."""

    @property
    def good(self) -> bool:
        return self.value >= 4


@dataclass
class Rating:
    id: int
    asked_at: int
    assignee: int | None
    group: int | None
    scores: list[Score] = field(default_factory=list)

    def standing(self, at: int) -> Score | None:
        return next((score for score in reversed(self.scores) if score.at <= at), None)


@dataclass
class Ticket:
    id: int
    requester: int
    channel: str
    subject: str
    audits: list[Audit] = field(default_factory=list)
    touched: list[int] = field(default_factory=list)
    """When the system alone updated it: `generated_timestamp` moves, `updated_at` does not."""
    ratings: list[Rating] = field(default_factory=list)
    deleted_at: int | None = None

    @property
    def created_at(self) -> int:
        return self.audits[0].at

    def state(self, at: int) -> dict[str, Any]:
        """Its fields at a moment."""
        fields: dict[str, Any] = {"status": "new", "assignee_id": None, "group_id": None, "tags": ()}
        for audit in self.audits:
            if audit.at <= at:
                fields.update((change.field, change.after) for change in audit.changes)
        return fields

    def updated_at(self, at: int) -> int:
        times = [audit.at for audit in self.audits if audit.at <= at]
        times += [score.at for rating in self.ratings for score in rating.scores if score.at <= at]
        return max(times)

    def generated(self, at: int) -> int | None:
        """When anything last changed, as far as it has happened; None before it exists."""
        times = [audit.at for audit in self.audits] + self.touched
        times += [moment for rating in self.ratings for moment in (rating.asked_at, *(s.at for s in rating.scores))]
        times += [] if self.deleted_at is None else [self.deleted_at]
        return max((moment for moment in times if moment <= at), default=None) if self.created_at <= at else None

    def gone(self, at: int) -> bool:
        return self.deleted_at is not None and self.deleted_at <= at


@dataclass
class Account:
    users: dict[int, User]
    tickets: dict[int, Ticket]
    owner: int
    """Whose token it is."""

    @property
    def moments(self) -> list[int]:
        """Every second in which anything happens, in order."""
        found: set[int] = set()
        for ticket in self.tickets.values():
            found.update(audit.at for audit in ticket.audits)
            found.update(ticket.touched)
            found.update(m for r in ticket.ratings for m in (r.asked_at, *(s.at for s in r.scores)))
            found.update(() if ticket.deleted_at is None else (ticket.deleted_at,))
        return sorted(found)

    def quiet(self, after: int, margin: int = 400) -> int:
        """The first moment not before `after` with nothing happening so many seconds around it."""
        moment = after
        for at in self.moments:
            if moment - margin <= at <= moment + margin:
                moment = at + margin + 1
        return moment

    def busy(self, after: int) -> int:
        """A moment half a minute after something happened."""
        return next(at for at in self.moments if at >= after) + 30


def account(seed: int, begin: int, end: int, tickets: int = 60, *, former: bool = False) -> Account:
    """Tickets opened between two moments, each lived on for as long as it goes. `former`: one of those who answer has
    left since, whom only a look at the single user still shows."""
    luck = random.Random(seed)
    users = [User(9_001, "Ada Owner", "admin"), *(User(9_000 + n, f"Agent {n}", "agent") for n in range(2, 6))]
    if former:
        users.append(User(9_006, "Agent Gone", "agent", active=False, updated_at=end - 20 * DAY))
    users += [User(50_000 + n, f"private-name-{n}", "end-user", updated_at=begin + n) for n in range(tickets // 2 + 8)]
    made = Account({user.id: user for user in users}, {}, 9_001)
    staff = [user.id for user in users if user.teammate]
    people = [user.id for user in users if not user.teammate]
    for number in range(tickets):
        at = luck.randrange(begin, end)
        at -= at % luck.choice((1, 1, 60, 3600))  # many share a second
        ticket = _Life(luck, number + 1, staff, people).live(at, end)
        made.tickets[ticket.id] = ticket
    _number(made)
    return made


def _number(account: Account) -> None:
    """Ids of audits and what is in them, in the order of time, as the provider gives them out."""
    whole = sorted(
        (audit.at, ticket.id, n) for ticket in account.tickets.values() for n, audit in enumerate(ticket.audits)
    )
    following = iter(range(700_000_000_000, 800_000_000_000, 9))
    for _, id, n in whole:
        audit = account.tickets[id].audits[n]
        mark, comment = next(following), audit.comment
        if comment is not None:
            comment = Comment(next(following), comment.author, comment.public, comment.text)
        changes = tuple(Change(next(following), c.field, c.before, c.after) for c in audit.changes)
        account.tickets[id].audits[n] = Audit(mark, audit.at, audit.author, comment, changes)


class _Life:
    """One ticket from its opening on."""

    def __init__(self, luck: random.Random, number: int, staff: Sequence[int], people: Sequence[int]) -> None:
        self.luck, self.staff, self.people = luck, staff, people
        requester = luck.choice(staff[:5]) if luck.random() < 0.05 else luck.choice(people)
        self.ticket = Ticket(number, requester, luck.choice(CHANNELS), f"Question {number} about <things> & \U0001f9e6")
        self.fields: dict[str, Any] = {"status": "new", "assignee_id": None, "group_id": None, "tags": ()}
        self.at = self.end = 0
        self.over = False

    def live(self, at: int, end: int) -> Ticket:
        self.at, self.end = at, end
        self._open()
        for _ in range(LONG if self.ticket.id == 1 else 0):  # more audits than any page holds
            self.at += 7
            if self.at < end:
                self.luck.choice((self._customer, self._note))()
        for _ in range(self.luck.randrange(14)):
            self.at += self.luck.choice(GAPS)
            if self.at >= end or self.over:
                break
            self.luck.choice(self._possible())()
        self.ticket.touched = [
            moment
            for moment in (self.at + self.luck.choice((1, 600, DAY)) for _ in range(self.luck.randrange(3)))
            if self.ticket.deleted_at is None and moment < end
        ]
        return self.ticket

    def _possible(self) -> list[Callable[[], None]]:
        steps = [self._customer, self._customer, self._customer, self._copied, self._reply, self._reply, self._reply]
        steps += [self._reply, self._note, self._assign, self._group, self._tag, self._automatic, self._solve]
        steps += [self._solve, self._reopen, self._snooze, self._wake, self._rate, self._rate, self._rate, self._rate]
        return [*steps, *([self._close] if self.fields["status"] == "solved" else []), self._delete][:None]

    def _audit(self, author: int, comment: Comment | None = None, **changes: Any) -> None:
        made = [
            Change(0, name, self.fields[name], after) for name, after in changes.items() if self.fields[name] != after
        ]
        if made or comment is not None:
            self.ticket.audits.append(Audit(0, self.at, author, comment, tuple(made)))
            self.fields.update(changes)

    def _says(self, author: int, public: bool = True) -> Comment:
        return Comment(0, author, public, f"words {len(self.ticket.audits)} of ticket {self.ticket.id}")

    def _open(self) -> None:
        opening = self.luck.random()
        teammate = self.luck.choice(self.staff)
        author = teammate if opening < 0.1 else self.ticket.requester
        with_it: dict[str, Any] = {"status": self.luck.choice(("new", "open")) if opening >= 0.1 else "pending"}
        if self.luck.random() < 0.5:
            with_it["group_id"] = self.luck.choice(list(GROUPS))
        if self.luck.random() < 0.3:
            with_it["assignee_id"] = teammate
        if self.luck.random() < 0.3:
            with_it["tags"] = (self.luck.choice(TAGS),)
        self.ticket.audits.append(
            Audit(
                0,
                self.at,
                author,
                self._says(author),
                tuple(Change(0, name, None, with_it.get(name, before)) for name, before in self.fields.items()),
            )
        )
        self.fields.update(with_it)

    def _customer(self) -> None:
        self._audit(self.ticket.requester, self._says(self.ticket.requester), **self._woken())

    def _copied(self) -> None:
        """Somebody in copy, no teammate, writes."""
        author = self.luck.choice(self.people)
        self._audit(author, self._says(author), **self._woken())

    def _woken(self) -> dict[str, Any]:
        return {"status": "open"} if self.fields["status"] in ("pending", "hold", "solved") else {}

    def _reply(self) -> None:
        agent = self.luck.choice(self.staff)
        changes: dict[str, Any] = {}
        status = self.luck.choice((None, None, "open", "pending", "hold", "solved"))
        if status is not None and self.fields["status"] != "solved":
            changes["status"] = status
        elif self.fields["status"] == "new":
            changes["status"] = "open"
        if self.luck.random() < 0.4:
            changes["assignee_id"] = agent
        self._audit(agent, self._says(agent), **changes)

    def _note(self) -> None:
        agent = self.luck.choice(self.staff)
        self._audit(agent, self._says(agent, public=False))

    def _automatic(self) -> None:
        self._audit(SYSTEM, self._says(SYSTEM))

    def _assign(self) -> None:
        changes: dict[str, Any] = {"assignee_id": self.luck.choice([*self.staff, None])}
        if self.fields["status"] == "new" and changes["assignee_id"] is not None:
            changes["status"] = "open"
        self._audit(self.luck.choice(self.staff), **changes)

    def _group(self) -> None:
        self._audit(self.luck.choice(self.staff), group_id=self.luck.choice(list(GROUPS)))

    def _tag(self) -> None:
        tag = self.luck.choice(TAGS)
        self._audit(SYSTEM, tags=tuple(sorted({*self.fields["tags"], tag})))

    def _solve(self) -> None:
        by = self.luck.choice((*self.staff, SYSTEM, self.ticket.requester))
        if self.fields["status"] != "solved":
            self._audit(by, status="solved")

    def _reopen(self) -> None:
        if self.fields["status"] == "solved":
            self._audit(self.luck.choice(self.staff), status=self.luck.choice(("open", "open", "pending")))

    def _snooze(self) -> None:
        if self.fields["status"] != "solved":
            self._audit(self.luck.choice(self.staff), status=self.luck.choice(("pending", "hold")))

    def _wake(self) -> None:
        if self.fields["status"] in ("pending", "hold"):
            self._audit(self.luck.choice(self.staff), status="open")

    def _close(self) -> None:
        self._audit(SYSTEM, status="closed")
        self.over = True

    def _delete(self) -> None:
        if self.luck.random() < 0.4:
            self.ticket.deleted_at = self.at
            self.over = True

    def _rate(self) -> None:
        """A survey is sent, or its answer comes, or changes."""
        if self.fields["status"] != "solved":
            return
        ratings = self.ticket.ratings
        if ratings and self.luck.random() < 0.8:
            ratings[-1].scores.append(Score(self.at, self.luck.choice((1, 2, 4, 5))))
        elif not ratings:
            id = 81_000 + self.ticket.id
            ratings.append(Rating(id, self.at, self.fields["assignee_id"], self.fields["group_id"]))
            if self.luck.random() < 0.5:
                self.at += self.luck.choice((30, HOUR, DAY))
                if self.at < self.end:
                    ratings[-1].scores.append(Score(self.at, self.luck.choice((1, 3, 4, 5))))


# --- as canonical lines


def lines(account: Account, until: int, *, surveys: bool = False, asked: bool = True) -> list[Line]:
    """What is to be known at a moment. `surveys`: scores of 1 to 5 instead of good and bad; `asked`: with the requests
    for a rating."""
    found: list[Line] = [
        {"type": "agent", "id": str(user.id), "name": user.name}
        for user in account.users.values()
        if user.teammate and user.active
    ]
    for ticket in account.tickets.values():
        if ticket.created_at <= until:
            found.append(
                {
                    "type": "conversation",
                    "id": str(ticket.id),
                    "channel": ticket.channel,
                    "subject": ticket.subject,
                    "person": str(ticket.requester),
                }
            )
            found += [line for line in _events(account, ticket, surveys, asked) if line["at"] <= until]
    return found


def _events(account: Account, ticket: Ticket, surveys: bool, asked: bool) -> Iterator[Line]:
    def say(at: int, kind: str, actor: int | None = None, **more: Any) -> Line:
        who = None if actor in (None, SYSTEM) else str(actor)
        return {"type": "event", "conversation": str(ticket.id), "at": at, "kind": kind, "actor": who, **more}

    for audit in ticket.audits:
        if audit.comment is not None:
            yield say(audit.at, _kind(account, audit.comment), audit.comment.author)
        for change in audit.changes:
            for kind, more in _changed(change):
                yield say(audit.at, kind, audit.author, **more)
    for rating in ticket.ratings:
        if asked:
            yield say(rating.asked_at, "rating_requested")
        for score in rating.scores:
            given = {"score": score.value, "scale": [1, 5]} if surveys else {"score": int(score.good), "scale": [0, 1]}
            yield say(score.at, "rated", ticket.requester, **given)
    if ticket.deleted_at is not None:
        yield say(ticket.deleted_at, "deleted")


def _kind(account: Account, comment: Comment) -> str:
    if not comment.public:
        return "note"
    if comment.author == SYSTEM:
        return "auto_reply"
    return "agent_reply" if account.users[comment.author].teammate else "customer_message"


def _changed(change: Change) -> Iterator[tuple[str, Line]]:
    before, after = change.before, change.after
    if change.field == "assignee_id" and after != before:
        yield ("unassigned", {}) if after is None else ("assigned", {"to": str(after)})
    elif change.field == "group_id" and after != before:
        yield "team_assigned", {"team": None if after is None else GROUPS[after]}
    elif change.field == "tags" and after:
        yield "tagged", {"tags": sorted(set(after) - set(before or ()))}
    elif change.field == "status":
        yield from ((kind, {}) for kind in _moved(before, after))


def _moved(before: str | None, after: str) -> Iterator[str]:
    """What a change of status says. `closed` after `solved` says nothing."""
    over, aside = ("solved", "closed"), ("pending", "hold")
    if before in over and after not in over:
        yield "reopened"
    elif before in aside and after not in aside and after not in over:
        yield "unsnoozed"
    if after in aside:
        yield "snoozed"
    if after in over and before not in over:
        yield "closed"
