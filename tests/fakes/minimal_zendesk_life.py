"""The lives of tickets, written down before anybody asks: what was done to each and when, and what that means.

A life is a list of deeds. The server (`minimal_zendesk.py`) shows those that have happened by its clock in the
provider's words; `truth` tells the same ones as canonical lines.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

HOUR, DAY = 3600, 86_400
AGENTS = (901, 902, 903)
FORMER = 904
"""An agent whose account is gone: only who asks for it by its id hears of it."""
GROUPS = (71, 72)
CUSTOMERS = tuple(range(101, 126))
COPIED = 130
"""An end user who is requester of nothing and writes to others' tickets."""
MACHINE = -1
"""What automations are called."""
SNOOZED, DONE = frozenset({"pending", "hold"}), frozenset({"solved", "closed"})


@dataclass(frozen=True)
class Comment:
    author: int
    public: bool
    text: str


@dataclass(frozen=True)
class Deed:
    """One update of a ticket. `system`: it moves `generated_timestamp` alone and is in nobody's history."""

    at: int
    actor: int
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    comment: Comment | None = None
    system: bool = False


@dataclass
class Life:
    id: int
    requester: int
    subject: str
    deeds: list[Deed] = field(default_factory=list)
    rated: list[tuple[int, int, str]] = field(default_factory=list)
    """When asked, when given and what."""

    def until(self, now: int) -> list[Deed]:
        return [deed for deed in self.deeds if deed.at <= now]

    def state(self, now: int) -> dict[str, Any]:
        """The fields as they stand."""
        fields: dict[str, Any] = {"status": "new", "assignee_id": None, "group_id": None, "tags": (), "score": None}
        for deed in self.until(now):
            fields |= {name: after for name, (_, after) in deed.changes.items()}
        return fields


@dataclass(frozen=True)
class Cast:
    """Who may appear, where a server has no list of users to tell them apart by."""

    former: bool = True
    copied: bool = True
    rated: bool = True
    deleted: bool = True


def lives(seed: int, begin: int, end: int, count: int, cast: Cast) -> list[Life]:
    luck = random.Random(f"lives:{seed}")
    return [_life(luck, 3000 + number, begin, end, cast) for number in range(count)]


class _Writer:
    """Adds deeds to a life, one field at a time."""

    def __init__(self, luck: random.Random, life: Life, at: int) -> None:
        self.luck, self.life, self.at = luck, life, at
        self.words = 0

    def do(self, actor: int, comment: Comment | None = None, *, system: bool = False, **wanted: Any) -> None:
        now = self.life.state(self.at)
        changes = {name: (now[name], value) for name, value in wanted.items() if now[name] != value}
        self.life.deeds.append(Deed(self.at, actor, changes, comment, system))

    def says(self, author: int, public: bool = True) -> Comment:
        self.words += 1
        return Comment(author, public, f"message {self.words} of {self.life.id}")

    def wait(self, longest: int) -> None:
        self.at += self.luck.choice((self.luck.randrange(2, 600), self.luck.randrange(60, longest)))


def _life(luck: random.Random, id: int, begin: int, end: int, cast: Cast) -> Life:
    life = Life(id, luck.choice(CUSTOMERS), f"Subject {id}")
    writer = _Writer(luck, life, luck.randrange(begin, end))
    agent = luck.choice((*AGENTS, FORMER) if cast.former else AGENTS)
    opened: dict[str, Any] = {"status": "new", "group_id": luck.choice((None, *GROUPS))}
    if luck.random() < 0.4:
        opened |= {"status": "open", "assignee_id": agent}
    if luck.random() < 0.3:
        opened["tags"] = ("refund",)
    outbound = luck.random() < 0.12
    behalf = not outbound and luck.random() < 0.05  # typed in by a teammate for the customer
    author = agent if outbound else life.requester
    writer.do(agent if behalf else author, writer.says(author), **opened)
    for _ in range(luck.randrange(0, 12)):
        writer.wait(40 * HOUR)
        if writer.at > end + 2 * DAY or not _step(writer, agent, cast):
            break
        if luck.random() < 0.15:
            agent = luck.choice(AGENTS)
    return life


def _step(writer: _Writer, agent: int, cast: Cast) -> bool:
    """One more thing that happens to a ticket. False where nothing can any more."""
    life, luck = writer.life, writer.luck
    state = life.state(writer.at)
    status, roll = state["status"], luck.random()
    if status == "closed":
        return False
    if status == "solved":
        asked = [deed.at for deed in life.deeds if deed.changes.get("score", (0, 0))[1] == "offered"]
        if cast.rated and roll < 0.3 and not asked:
            writer.do(MACHINE, score="offered")
        elif asked and roll < 0.6:
            score = luck.choice(("good", "bad"))
            if state["score"] != score:
                life.rated.append((asked[0], writer.at, score))
            writer.do(life.requester, score=score)
        elif roll < 0.8:
            writer.at += luck.choice((0, 8 * DAY))
            writer.do(life.requester, writer.says(life.requester), status="open")
        elif roll < 0.9:
            writer.do(agent, status="open")
        else:
            writer.do(MACHINE, status="closed")
    elif roll < 0.32:
        after = luck.choice(("open", "open", "pending", "hold", "solved"))
        writer.do(agent, writer.says(agent), status=after, assignee_id=luck.choice((state["assignee_id"], agent)))
    elif roll < 0.55:
        author = COPIED if cast.copied and luck.random() < 0.1 else life.requester
        writer.do(author, writer.says(author), status="open" if status in SNOOZED else status)
    elif roll < 0.62:
        writer.do(agent, writer.says(agent, public=False))
    elif roll < 0.7:
        writer.do(agent, assignee_id=luck.choice((None, *AGENTS)), status="open" if status == "new" else status)
    elif roll < 0.75:
        writer.do(agent, group_id=luck.choice(GROUPS))
    elif roll < 0.8:
        writer.do(agent, tags=luck.choice((("vip",), ("refund", "vip"), ())))
    elif roll < 0.86:
        writer.do(MACHINE, system=True)
    elif roll < 0.97 or not cast.deleted:
        writer.do(luck.choice((agent, agent, MACHINE, life.requester)), status="solved")
    else:
        writer.do(agent, status="deleted")
        return False
    return life.deeds[-1].changes.get("status", ("", ""))[1] != "closed"


def truth(life: Life, now: int) -> Iterator[dict[str, Any]]:
    """What a ticket's deeds so far mean."""
    if not life.until(now):
        return
    state = life.state(now)
    yield {
        "type": "conversation",
        "id": str(life.id),
        "channel": "web",
        "subject": life.subject,
        "tags": list(state["tags"]),
        "person": str(life.requester),
    }
    for deed in life.until(now):
        for event in _events(life, deed):
            yield {"type": "event", "conversation": str(life.id), "at": deed.at, **event}


def _events(life: Life, deed: Deed) -> Iterator[dict[str, Any]]:
    comment, staff = deed.comment, {*AGENTS, FORMER}
    if comment is not None:
        kind = ("agent_reply" if comment.public else "note") if comment.author in staff else "customer_message"
        yield {"kind": kind, "actor": str(comment.author), "text": comment.text}
    for name, (before, after) in deed.changes.items():
        if name == "assignee_id":
            yield {"kind": "unassigned"} if after is None else {"kind": "assigned", "to": str(after)}
        elif name == "group_id":
            yield {"kind": "team_assigned", "team": None if after is None else str(after)}
        elif name == "score":
            good = {"kind": "rated", "score": int(after == "good"), "scale": [0, 1], "actor": str(life.requester)}
            yield {"kind": "rating_requested"} if after == "offered" else good
        elif name == "status":
            by = "agent" if deed.actor in staff else "customer" if deed.actor > 0 else "system"
            yield from _status(str(before), str(after), by, first=deed is life.deeds[0])


def _status(before: str, after: str, by: str, *, first: bool) -> Iterator[dict[str, Any]]:
    if after == "deleted":
        yield {"kind": "deleted"}
    elif after in DONE:
        if before not in DONE:
            yield {"kind": "closed", "by": by}
    elif not first:
        if before in DONE:
            yield {"kind": "reopened"}
        if after in SNOOZED and before not in SNOOZED:
            yield {"kind": "snoozed"}
        if before in SNOOZED and after not in SNOOZED:
            yield {"kind": "unsnoozed"}
