"""Seven weeks of a small helpdesk: deeds to play into a real Request Tracker, and what they mean in canonical lines.

The lines are made from the deeds and from what RT's manual says of them, never from what a server answers.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

HOUR = 3_600
DAY = 86_400
BEGIN = int(datetime(2025, 1, 6, 8, tzinfo=UTC).timestamp())
DAYS = 49
STAFF = ("anna", "ben", "chloe", "dmitri")
OPEN_QUEUES = ("Support", "Billing")
VISITOR = "visitor@example.com"
"""A customer with a token."""
HIDDEN = "Board"
"""A queue that only root may see."""
ZONES = {"root": "America/New_York", "anna": "Asia/Kolkata"}
CLOSED = ("resolved", "rejected")

Line = Mapping[str, Any]


@dataclass
class Helpdesk:
    """Deeds and lines side by side. `noisy`: RT's own automation runs, as it does in every real site."""

    deeds: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    """Tickets that an ordinary teammate cannot see."""

    def seen_by_staff(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line.get("conversation", line.get("id")) not in self.hidden]

    def now_in(self, queue: str) -> list[dict[str, Any]]:
        """What is left to somebody who reads that queue alone: tickets that are in it now."""
        last = {line["id"]: line["team"] for line in self.lines if line["type"] == "conversation"}
        last |= {line["conversation"]: line["team"] for line in self.lines if line.get("kind") == "team_assigned"}
        return [
            line
            for line in self.lines
            if line["type"] == "agent" or last[line.get("conversation") or line["id"]] == queue
        ]


@dataclass
class _Ticket:
    key: str
    asker: str
    queue: str
    at: int
    status: str = "new"
    deeds: list[dict[str, Any]] = field(default_factory=list)


class _Story:
    """One ticket's life, deed by deed."""

    def __init__(self, chance: random.Random, number: int, at: int) -> None:
        queue = HIDDEN if number % 13 == 5 else chance.choice(OPEN_QUEUES)
        self.chance = chance
        self.ticket = _Ticket(f"t{number}", f"customer{chance.randrange(45)}@example.com", queue, at)
        self.staff = ("root",) if queue == HIDDEN else STAFF

    def do(self, what: str, who: str, after: int, **more: Any) -> None:
        ticket = self.ticket
        ticket.at += after
        ticket.deeds.append({"at": ticket.at, "ticket": ticket.key, "do": what, "who": who, **more})

    def live(self, others: list[_Ticket]) -> _Ticket:
        chance, ticket = self.chance, self.ticket
        mate = chance.choice(self.staff)
        outbound = ticket.queue != HIDDEN and chance.random() < 0.1
        writer = mate if outbound else ticket.asker
        self.do("create", writer, 0, value=ticket.queue, asker=ticket.asker, text=f"Question {ticket.key[1:]}")
        if outbound and chance.random() < 0.5:
            return ticket  # nobody ever answered
        if outbound:
            self.reply(ticket.asker, 2 * HOUR)
        fate = chance.random()
        if fate < 0.04:
            self.do("status", "root", self.later(HOUR), value="deleted")
            return ticket
        if fate < 0.08 and others and ticket.queue != HIDDEN:
            self.do("merge", "root", self.later(HOUR), value=chance.choice(others).key)
            return ticket
        if fate < 0.12:
            self.do("status", mate, self.later(DAY), value="rejected")
            return ticket
        self.conversation(mate)
        if chance.random() < 0.12:
            return ticket  # still open
        self.do("status", mate, 0 if chance.random() < 0.2 else self.later(HOUR), value="resolved")
        self.aftermath(mate)
        return ticket

    def conversation(self, mate: str) -> None:
        chance, ticket = self.chance, self.ticket
        if chance.random() < 0.7:
            self.do("owner", mate, self.later(HOUR // 2), value=mate)
        if chance.random() < 0.15:
            self.do("comment", mate, self.later(HOUR // 4), text="Seen this before.")
        self.reply(mate, chance.choice((45, 400, HOUR, 9 * HOUR)))
        for _ in range(chance.choice((0, 0, 1, 2))):
            self.reply(ticket.asker, 5 * HOUR)
            if chance.random() < 0.2:
                other = chance.choice(self.staff)
                self.do("owner", mate, self.later(HOUR), value=other)
                mate = other
            if ticket.queue != HIDDEN and chance.random() < 0.2:
                ticket.queue = OPEN_QUEUES[1 - OPEN_QUEUES.index(ticket.queue)]
                self.do("move", mate, self.later(HOUR), value=ticket.queue)
            self.reply(mate, 3 * HOUR)
        if chance.random() < 0.1:
            self.do("owner", mate, self.later(HOUR), value="")
        if chance.random() < 0.12:
            self.do("status", mate, self.later(HOUR), value="stalled")
            if chance.random() < 0.5:
                self.do("status", mate, self.later(DAY), value="open")

    def aftermath(self, mate: str) -> None:
        chance, ticket = self.chance, self.ticket
        kind = chance.random()
        if kind < 0.16:  # the customer comes back, within the week or after it
            self.reply(ticket.asker, 0, exactly=chance.choice((3 * HOUR, 2 * DAY, 7 * DAY, 7 * DAY + 1, 11 * DAY)))
            self.reply(mate, 2 * HOUR)
            self.do("status", mate, self.later(HOUR), value="resolved")
        elif kind < 0.22:  # a teammate opens it again
            self.do("status", mate, self.later(12 * DAY), value="open")
            self.reply(mate, HOUR)
            self.do("status", mate, self.later(HOUR), value="resolved")
        elif kind < 0.3:  # words after the close
            self.reply(mate, HOUR)

    def reply(self, who: str, within: int, *, exactly: int | None = None) -> None:
        self.do("reply", who, self.later(within) if exactly is None else exactly, text="About that.")

    def later(self, within: int) -> int:
        return self.chance.randrange(1, max(2, within))


def build(tickets: int, *, seed: int = 35, noisy_from: float = 0.88) -> Helpdesk:
    """Deeds in the order of time, as a database must get them; the last of them with RT's automation running."""
    chance = random.Random(seed)
    stories: list[_Ticket] = []
    for number in range(1, tickets + 1):
        begun = BEGIN + chance.randrange(DAYS * DAY)
        others = [t for t in stories if t.queue != HIDDEN and t.at < begun and _merges(t)]
        stories.append(_Story(chance, number, begun).live(others))
    played = [(deed["at"], index, deed) for index, deed in enumerate(d for t in stories for d in t.deeds)]
    played.sort(key=lambda entry: entry[:2])
    desk = Helpdesk(deeds=_preparation())
    desk.lines += [{"type": "agent", "id": name} for name in (*STAFF, "root")]
    told = {story.key: _Telling(story) for story in stories}
    noise_at = int(len(played) * noisy_from)
    for index, (_, _, deed) in enumerate(played):
        if index == noise_at:
            desk.deeds.append({"do": "scrips", "value": 1})
        happened = told[deed["ticket"]].tell(deed, noisy=index >= noise_at)
        if happened is not None:
            desk.deeds.append(deed)
            desk.lines += happened
    desk.hidden = {story.key for story in stories if story.deeds[0]["value"] == HIDDEN}
    return desk


def _merges(ticket: _Ticket) -> bool:
    """Whether another may be merged into it: it is neither deleted nor merged itself."""
    return not any(deed["do"] == "merge" or deed.get("value") == "deleted" for deed in ticket.deeds)


def _preparation() -> list[dict[str, Any]]:
    queues = [{"do": "queue", "value": name, "hidden": name == HIDDEN} for name in (*OPEN_QUEUES, HIDDEN)]
    zones = [{"do": "zone", "who": who, "value": zone} for who, zone in ZONES.items()]
    tokens = [{"do": "token", "who": who} for who in ("root", *STAFF, VISITOR)]
    return [*queues, *tokens, *zones, {"do": "scrips", "value": 0}]


class _Telling:
    """What deeds mean: one canonical line each, or two where RT's automation adds one."""

    def __init__(self, ticket: _Ticket) -> None:
        self.asker = ticket.asker
        self.status = "new"
        self.owner = ""

    def tell(self, deed: dict[str, Any], *, noisy: bool) -> list[dict[str, Any]] | None:
        """None where RT would refuse the deed, because the ticket is like that already."""
        do, who, value = deed["do"], deed["who"], deed.get("value")
        event = {"type": "event", "conversation": deed["ticket"], "at": deed["at"], "actor": who}
        if do == "create":
            head = {"type": "conversation", "id": deed["ticket"], "channel": "email", "team": value}
            return [{**head, "person": self.asker}, {**event, "kind": self.word(who)}]
        if do == "reply":
            told = [{**event, "kind": self.word(who)}]
            if noisy and self.status in ("new", *CLOSED):
                if self.status in CLOSED:
                    told.insert(0, {**event, "kind": "reopened", "actor": None})
                self.status = "open"
            return told
        if do == "comment":
            return [{**event, "kind": "note"}]
        if do == "owner":
            if self.owner == value:
                return None
            self.owner = value or ""
            return [{**event, "kind": "assigned", "to": value} if value else {**event, "kind": "unassigned"}]
        if do == "move":
            return [{**event, "kind": "team_assigned", "team": value}]
        if do == "merge":
            return [{**event, "kind": "merged_into", "to": value}]
        return self.change(event, str(value))

    def word(self, who: str) -> str:
        return "customer_message" if who == self.asker else "agent_reply"

    def change(self, event: dict[str, Any], new: str) -> list[dict[str, Any]] | None:
        old, self.status = self.status, new
        if old == new:
            return None
        if new == "deleted":
            return [{**event, "kind": "deleted"}]
        if new == "stalled":
            return [{**event, "kind": "snoozed"}]
        if new in CLOSED:
            return [{**event, "kind": "closed", "by": "agent"}]
        return [{**event, "kind": "reopened" if old in CLOSED else "unsnoozed"}]
