"""The truth of an Intercom workspace, and its two faces: canonical lines as the docs define them, and the wire.

A `Talk` is a list of moves. What a move means is written in canonical words first (`lines`); how the provider shows it
is drawn beside it as a `form`, since one thing has several: a reopening is a part of its own, or comes with words of a
customer, or with an assignment. Nothing here is read back from the wire.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.reference.words import RANK
from tests.reference.worlds import OPENINGS, clash, steps

Json = dict[str, Any]
Line = dict[str, Any]

DAY = 86_400
CAP = 500
"""Parts that a read of one conversation gives at most: the newest."""
CUSTOMERS = ("user", "lead", "contact")
TEAMS = {"billing": 71, "sales": 72, "tech": 73}
ADMINS = {"g1": 501, "g2": 502, "g3": 503}
"""Also those of the reference's worlds."""
GONE = 599
"""A teammate who has left: authors parts, is in no list."""
ROBOT, WORKFLOW = 900, 901
CHANNELS = ("conversation", "conversation", "email", "whatsapp")
OPENING_OR_CLOSING = ("closed", "reopened", "customer_message")


@dataclass(frozen=True)
class Move:
    """One thing that happened. `kind` and `more` are canonical, `form` says how the wire shows it."""

    id: int
    at: int
    kind: str
    more: Mapping[str, Any] = field(default_factory=dict)
    form: str = ""


@dataclass
class Talk:
    """A conversation. Its first move is what it began with."""

    id: int
    person: str | None
    channel: str
    moves: list[Move]
    author: str = "user"
    """The type by which the provider calls the customer."""
    delivered: str = "customer_initiated"
    team: str | None = None
    """That it came with, without a part that says so."""
    tags: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Further people in it."""
    noise: int = 0
    """Parts that mean nothing, right after the beginning."""
    primary: int | None = None
    """The conversation it is merged into in the end."""
    absorbed: dict[int, int] = field(default_factory=dict)
    """Those merged into this one, and when."""

    def until(self, now: int) -> list[Move]:
        return [move for move in self.moves if move.at <= now]

    def ended(self, now: int) -> str | None:
        """`deleted` or `merged_into`, once it has happened."""
        last = self.until(now)[-1:]
        return last[0].kind if last and last[0].kind in ("deleted", "merged_into") else None

    def add(self, move: Move) -> None:
        self.moves = sorted([*self.moves, move], key=lambda move: move.at)

    def lines(self, now: int) -> Iterator[Line]:
        """What there is to know at that moment."""
        if self.moves[0].at > now:
            return
        record = {
            "type": "conversation",
            "id": str(self.id),
            "channel": "chat" if self.channel == "conversation" else self.channel,
            "origin": self.delivered,
            "team": self.team,
            "tags": list(self.tags),
            "person": self.person,
        }
        yield {name: value for name, value in record.items() if value is not None}
        for move in self.until(now):
            for kind, more in canonical(move):
                line = {"type": "event", "conversation": str(self.id), "at": move.at, "kind": kind, **more}
                yield {**line, "text": f"part {move.id}"}


def canonical(move: Move) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A move that the provider writes as one part may be two events."""
    writer = move.more.get("by_whom", "501")
    more = {name: value for name, value in move.more.items() if name != "by_whom"}
    if move.kind == "noise":
        return
    if move.form in ("open_with_words", "assign_and_reopen"):
        yield "reopened", {}
    if move.kind == "bot_handoff":
        yield "bot_handoff", {}
        yield "team_assigned", {"team": more["team"]}
        return
    if move.form == "close_with_words":
        yield "agent_reply", {"actor": writer}
    yield move.kind, more
    if move.form == "assign_with_words":
        yield "agent_reply", {"actor": writer}


class Maker:
    """Makes talks whose steps come from the reference's hostile worlds: edges, pile-ups in one second, returns."""

    def __init__(self, seed: int, *, first: int, last: int) -> None:
        self.rng = random.Random(f"intercom {seed}")
        self.first, self.last = first, last
        self._part = 7000

    def part(self) -> int:
        self._part += self.rng.choice((1, 1, 3))
        return self._part

    def talk(self, id: int, begin: int | None = None) -> Talk:
        rng = self.rng
        begin = rng.randrange(self.first, self.last) if begin is None else begin
        person = None if rng.random() < 0.05 else f"{rng.randrange(40):024x}"
        opening, delivered = rng.choice(OPENINGS), "customer_initiated"
        if opening == "agent_reply":
            delivered = rng.choice(("admin_initiated", "automated", "campaigns_initiated"))
        elif opening != "customer_message":
            opening, delivered = "auto_reply", rng.choice(("operator_initiated", "something_newer"))
        grouped = person and opening == "customer_message" and rng.random() < 0.15
        others = (f"{rng.randrange(40, 60):024x}",) if grouped else ()
        who = {"customer_message": person, "agent_reply": "501"}.get(opening)
        talk = Talk(id, person, rng.choice(CHANNELS), [], rng.choice(CUSTOMERS), delivered, others=others)
        talk.tags = tuple(sorted({rng.choice(("refund", "bug, odd", "VIP")) for _ in range(rng.randrange(3))}))
        talk.moves.append(Move(self.part(), begin, opening, {} if who is None else {"actor": who}))
        self._go_on(talk)
        if not any(move.kind in ("team_assigned", "bot_handoff") for move in talk.moves) and rng.random() < 0.5:
            talk.team = rng.choice(tuple(TEAMS))
        return talk

    def _go_on(self, talk: Talk) -> None:
        rng, at, same = self.rng, talk.moves[0].at, [talk.moves[0].kind]
        plot = Plot()
        for gap, (kind, extra) in steps(rng):
            made = self._move(talk, kind, dict(extra), plot)
            if made is None:
                continue
            kind, more, form = made
            at += gap
            kinds = [name for name, _ in canonical(Move(0, 0, kind, more, form))]
            if gap:
                same = []
            if any(clash(one, same) or one in same for one in kinds) or overtakes(kinds, same):
                at, same = at + 1, []
            same += kinds
            plot.said += kinds
            talk.moves.append(Move(self.part(), at, kind, more, form))
            if kind == "deleted":
                return
        if "bot_answer" in plot.said and rng.random() < 0.3:
            more = {"score": rng.randrange(1, 6), "scale": [1, 5], "bot": True}
            talk.moves.append(Move(self.part(), at + rng.randrange(1, 900), "rated", more, "ai_rating"))

    def _move(self, talk: Talk, kind: str, more: Json, plot: "Plot") -> tuple[str, Json, str] | None:
        """A step of the reference's worlds as this provider can have it, or None where it cannot."""
        rng = self.rng
        admin = str(rng.choice(tuple(ADMINS.values())))
        match kind:
            case "customer_message":
                speaker = rng.choice((talk.person, *talk.others)) if talk.person else None
                forms = ("comment", "quick_reply", *(("open_with_words",) * 3 if plot.closed else ()))
                return kind, {} if speaker is None else {"actor": speaker}, rng.choice(forms)
            case "agent_reply":
                return kind, {"actor": str(ADMINS.get(more["actor"], GONE))}, "comment"
            case "bot_answer":
                return kind, {"actor": str(ROBOT)}, rng.choice(("bot", "admin"))
            case "bot_handoff":
                return None if plot.confirmed else (kind, {"team": rng.choice(tuple(TEAMS))}, "assignment")
            case "auto_reply":
                asked_back = rng.random() < 0.3
                return kind, {"bot": True} if asked_back else {}, rng.choice(("bot", "admin")) if asked_back else "flow"
            case "note":
                return kind, {"actor": admin}, "note"
            case "assigned":
                more = {"to": str(ADMINS[more["to"]]), "by_whom": admin}
                return (
                    kind,
                    more,
                    rng.choice(("assignment", "assign_and_reopen" if plot.closed else "assign_with_words")),
                )
            case "unassigned":
                return kind, {}, "assignment"
            case "team_assigned" if more["team"]:
                return kind, {"team": more["team"].lower()}, "assignment"
            case "closed" if more["by"] == "agent":
                return kind, {**more, "by_whom": admin}, rng.choice(("close", "close", "close_with_words"))
            case "closed" if more["by"] == "bot":
                # the agent's state is told once for a whole conversation: one close of its own, and it is confirmed
                mine = bool(more.get("confirmed")) and not plot.confirmed
                plot.confirmed |= mine
                other = "customer" if plot.agent_spoke_last else "system"
                return kind, more if mine else {"by": other}, "close"
            case "closed":
                # whether a workflow that closes after the agent's words closes for the agent is anybody's guess
                return kind, {"by": "customer"} if plot.agent_spoke_last else more, "close"
            case "reopened" | "unsnoozed":
                return "reopened", {}, "open"
            case "snoozed":
                return kind, {}, "snoozed"
            case "rating_requested" if kind not in plot.said and "rated" not in plot.said:
                return kind, {}, "rating"
            case "rated" if "rating_requested" in plot.said and more["scale"] == [1, 5] and not plot.came_back:
                return kind, more, "rating"
            case "deleted":
                return kind, {}, "deleted"
        return None


def overtakes(kinds: Iterable[str], same: Iterable[str]) -> bool:
    """Whether events of one second would count in another order than the one in which they happened."""
    return min((RANK[kind] for kind in kinds), default=99) < max((RANK[kind] for kind in same), default=0)


@dataclass
class Plot:
    """What a talk has come to while it is made."""

    said: list[str] = field(default_factory=list)
    confirmed: bool = False
    """The agent closed it: the customer had said that it helped."""

    @property
    def closed(self) -> bool:
        return next((kind == "closed" for kind in reversed(self.said) if kind in OPENING_OR_CLOSING), False)

    @property
    def agent_spoke_last(self) -> bool:
        """The AI agent, of it and the team."""
        words = [kind for kind in self.said if kind in ("bot_answer", "auto_reply", "agent_reply")]
        return bool(words) and words[-1] != "agent_reply"

    @property
    def came_back(self) -> bool:
        """Somebody returned after a rating: a later one would hide which was given for what."""
        rated = self.said.index("rated") if "rated" in self.said else len(self.said)
        return any(kind in ("customer_message", "reopened") for kind in self.said[rated:])
