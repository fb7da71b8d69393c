"""Hostile worlds: seeded (`hostile(seed)`) and as hypothesis strategies (`worlds()`).

Edges everywhere: 24 h and 7 days less, exactly and more by a second; one-second pile-ups; returns, merges, deletions;
two workspaces with equal ids; sessions that a record ties to a person; clock changes; lines shuffled, doubled, replaced
and in several time formats. What the text leaves open (the order of two different closes in one second, two persons for
one session) is kept out, so that two right programs agree.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from .periods import midnight
from .script import OfficeHours
from .words import DAY, HOUR

Line = dict[str, Any]
Move = tuple[str, dict[str, Any]]
Step = tuple[int, Move]
"""Seconds since the event before, and what happens."""

EDGES = (-1, 0, 1)
GAPS = (
    *(0, 0, 0, 1, 59, 60, 61, 300, 600, 600, 1800, HOUR, 9 * HOUR),
    *(DAY + e for e in EDGES),
    *(2 * DAY, 3 * DAY),
    *(7 * DAY + e for e in EDGES),
    *(8 * DAY + e for e in EDGES),
    11 * DAY,
)
"""Seconds since the event before."""

MOVES: tuple[Move, ...] = (
    *(("customer_message", {}),) * 6,
    *(("agent_reply", {"actor": "g1"}),) * 3,
    *(("agent_reply", {"actor": who}) for who in ("g2", "gone")),
    *(("bot_answer", {"actor": "bot"}),) * 4,
    ("bot_handoff", {}),
    ("auto_reply", {}),
    ("note", {"actor": "g1"}),
    *(("assigned", {"to": who}) for who in ("g1", "g2", "g3")),
    ("unassigned", {}),
    *(("team_assigned", {"team": team}) for team in ("billing", "Sales", None)),
    *(("closed", {"by": by}) for by in ("agent", "agent", "bot", "customer", "system")),
    ("closed", {"by": "bot", "confirmed": True}),
    ("reopened", {}),
    ("snoozed", {}),
    ("unsnoozed", {}),
    ("rating_requested", {}),
    *(
        ("rated", {"score": score, "scale": list(scale)})
        for score, scale in ((5, (1, 5)), (3, (1, 5)), (7.5, (0, 10)), (7, (0, 10)), (1, (0, 1)), (0, (0, 1)))
    ),
    ("tagged", {"tags": ["refund"]}),
)
ENDINGS: tuple[Move, ...] = (
    ("deleted", {}),
    ("spam", {}),
    ("restored", {}),
    ("merged_into", {"to": "c0"}),
)
OPENINGS = (*("customer_message",) * 8, "agent_reply", "bot_answer", "note")

CUSTOMER: Move = ("customer_message", {})
BOT: Move = ("bot_answer", {"actor": "bot"})
ANN: Move = ("agent_reply", {"actor": "g1"})
BO: Move = ("agent_reply", {"actor": "g2"})
HANDOFF: Move = ("bot_handoff", {})
CLOSED: Move = ("closed", {"by": "agent"})


def to(who: str) -> Move:
    return ("assigned", {"to": who})


PLOTS: tuple[tuple[Step, ...], ...] = (
    (),
    ((60, BOT), (300, ("closed", {"by": "bot", "confirmed": True}))),
    ((60, BOT), (300, ("closed", {"by": "bot"})), *((gap, CUSTOMER) for gap in (7 * DAY,))),
    ((60, BOT), (30, CUSTOMER), (60, HANDOFF), (0, to("g1")), (300, ANN), (9, to("g2")), (600, BO), (60, CLOSED)),
    ((60, BOT), (30, CUSTOMER), (600, ANN), (600, CLOSED), (0, ("rating_requested", {}))),
    *(((60, BOT), (DAY + edge, CUSTOMER), (600, ANN)) for edge in EDGES),
    *(((60, BOT), (8 * DAY + edge, CUSTOMER), (9 * HOUR, ANN), (60, CLOSED)) for edge in EDGES),
    *(((gap, ANN), (600, CLOSED)) for gap in (59, 60, 61, 600, 601)),
    *(((60, ANN), (600, CLOSED), (7 * DAY + edge, CUSTOMER), (60, ANN), (60, CLOSED)) for edge in EDGES),
    ((60, CLOSED), (60, ANN)),
    ((60, to("g1")), (60, ANN), (60, to("g2")), (60, CUSTOMER), (60, BO), (60, CLOSED)),
)
"""Beginnings that often happen; what is drawn goes on from them."""

# kinds that must not share a second, since nothing says which comes first
CLASHES: tuple[frozenset[str], ...] = (
    frozenset({"closed"}),
    frozenset({"rated"}),
    frozenset({"assigned", "unassigned"}),
    frozenset({"team_assigned"}),
    frozenset({"agent_reply", "auto_reply"}),
    frozenset({"deleted", "spam", "restored", "merged_into"}),
    frozenset({"snoozed", "unsnoozed", "customer_message", "reopened", "closed"}),
)

ZONES = ("UTC", "Europe/Dublin", "Asia/Kolkata", "Australia/Lord_Howe", "America/New_York")
BASES = (date(2026, 3, 2), date(2026, 3, 28), date(2026, 10, 24), date(2026, 12, 27), date(2028, 2, 28))
"""Days shortly before a clock change, the end of ISO week 53, a leap day."""


@dataclass(frozen=True)
class Hostile:
    """Lines and the question to put to them."""

    lines: list[Line]
    start: int
    end: int
    as_of: int
    zone: ZoneInfo
    filters: dict[str, list[str]] = field(default_factory=dict)
    article_rate: str = "viewers"
    office_hours: OfficeHours | None = None

    @property
    def question(self) -> dict[str, Any]:
        """The keyword arguments of `compute`."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "lines"}


def clash(kind: str, others: Iterable[str]) -> bool:
    special = {"snoozed", "unsnoozed"}
    for other in others:
        for group in CLASHES:
            both = kind in group and other in group
            if both and (not group >= special or {kind, other} & special):
                return True
    return False


def conversation(record: Line, begin: int, opening: str, steps: Sequence[Step]) -> list[Line]:
    """A conversation whose steps follow each other by their gaps, moved on by a second where two would clash."""
    origin = {"workspace": record["workspace"]} if "workspace" in record else {}
    actor = {"customer_message": record.get("person"), "agent_reply": "g1"}.get(opening)
    lines: list[Line] = [{"type": "conversation", **record}]
    at, same = begin, [opening]
    found = [(at, opening, {} if actor is None else {"actor": actor})]
    for gap, (kind, extra) in steps:
        at += gap
        if gap:
            same = []
        if clash(kind, same):
            at, same = at + 1, []
        same.append(kind)
        person = {"actor": record["person"]} if kind == "customer_message" and "person" in record else {}
        found.append((at, kind, {**extra, **person}))
    for moment, kind, extra in found:
        lines.append({"type": "event", "conversation": record["id"], "at": moment, "kind": kind, **extra, **origin})
    return lines


def dressed(rng: random.Random, line: Line) -> Line:
    """The same line with its times written in another way."""
    result = dict(line)
    for name, value in line.items():
        if (name == "at" or name.endswith("_at")) and value is not None:
            zone = rng.choice((UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))))
            stamp = datetime.fromtimestamp(value, zone).isoformat()
            result[name] = rng.choice((value, stamp, stamp.replace("+00:00", "Z")))
    return result


def mixed(rng: random.Random, lines: Sequence[Line]) -> list[Line]:
    """Shuffled, some doubled, times in several formats; old versions of replaced lines come before the new ones."""
    order = [dressed(rng, line) for line in lines]
    order += [dressed(rng, line) for line in lines if rng.random() < 0.15]
    rng.shuffle(order)
    result: list[Line] = []
    for line in order:
        # an older version of any line with an id may stand before the first true one
        known = any(o["type"] == line["type"] and key(o) == key(line) for o in result)
        if "id" in line and not known and rng.random() < 0.2:
            old = {"channel": "phone", "team": "nowhere", "person": "p-old", "name": "Old", "away": True}
            result.append({**{k: line[k] for k in ("type", "id", "workspace") if k in line}, **old})
        result.append(line)
    return result


def key(line: Line) -> tuple[str, Any]:
    return (line.get("workspace", "import"), line.get("id"))


def who(rng: random.Random) -> Line:
    """A person, a session, or both; only s1 and s2 are ever tied, each to one person."""
    return rng.choice(
        (
            {"person": "p1"},
            {"person": "p2"},
            {"person": "p3"},
            {"person": "p1", "session": "s1"},
            {"session": "s1"},
            {"session": "s2"},
            {"session": "s3"},
        )
    )


def around(rng: random.Random, moments: Sequence[int]) -> int:
    """A moment at an edge of one of these."""
    shift = rng.choice((-DAY, -DAY, -HOUR, -60, 0, HOUR, DAY)) + rng.choice(EDGES)
    return rng.choice(moments) + shift


def build(rng: random.Random, talks: Sequence[Sequence[Step]]) -> Hostile:
    """A world around these conversations' steps; all else is drawn from `rng`."""
    zone = ZoneInfo(rng.choice(ZONES))
    first = rng.choice(BASES)
    origin = midnight(first, zone)
    lines: list[Line] = []
    places: tuple[Line, ...] = ({}, {"workspace": "a"}, {"workspace": "b"})
    moments = [origin]
    for number, steps in enumerate(talks):
        place = rng.choice(places)
        person = {"person": "g1"} if rng.random() < 0.04 else who(rng)
        record = {"id": f"c{number // 2}" if place else f"c{number}", **place, **person}
        if any(line["type"] == "conversation" and key(line) == key(record) for line in lines):
            record["id"] = f"d{number}"
        if rng.random() < 0.7:
            record["channel"] = rng.choice(("chat", "email", "Phone"))
        if rng.random() < 0.6:
            record["team"] = rng.choice(("billing", "sales"))
        if rng.random() < 0.3:
            record["tags"] = ["vip"]
        begin = origin + rng.randrange(-2, 6) * DAY + rng.choice((-1, 0, 1, 9 * HOUR, rng.randrange(DAY)))
        made = conversation(record, begin, rng.choice(OPENINGS), steps)
        moments += [line["at"] for line in made[1:] if line["kind"] == "customer_message"]
        lines += made
    for number in range(rng.randrange(len(talks) + 2)):
        place = rng.choice(places)
        person = rng.choice(({"person": "p2", "session": "s2"}, who(rng)))
        article = f"a{rng.randrange(3)}"
        lines.append({"type": "article_view", "article": article, "at": around(rng, moments), **person, **place})
        delivered = around(rng, moments)
        seen = rng.choice((None, delivered, delivered + 60, delivered + DAY, delivered + 9 * DAY))
        gone = rng.choice((None, None, delivered + 5))
        receipt = {"id": f"r{number}", "campaign": "m1", "channel": rng.choice(("email", "chat")), "person": "p1"}
        times = {"delivered_at": delivered, "opened_at": seen, "clicked_at": None, "replied_at": None}
        if seen is not None:
            times |= {"clicked_at": rng.choice((None, seen + 5)), "replied_at": rng.choice((None, seen + HOUR))}
        if gone is not None:
            times = {"delivered_at": None, "bounced_at": gone}
        lines.append({"type": "outbound", **receipt, **times, **place})
    for place in places:
        for number, name in enumerate(("Ann", "Bo"), 1):
            lines.append({"type": "agent", "id": f"g{number}", "name": name, "team": "billing", **place})
            lines[-1]["away"] = rng.random() < 0.3
    begin_day = first + timedelta(days=rng.choice((-1, 0, 0, 1)))
    size = rng.choice((1, 2, 7, 31, 31))
    start, end = midnight(begin_day, zone), midnight(begin_day + timedelta(days=size), zone)
    last = rng.choice(moments)
    as_of = rng.choice((around(rng, moments), last + 90, start + HOUR, end, end + 7 * DAY, end + 40 * DAY))
    filters: dict[str, list[str]] = rng.choice(
        (*({},) * 9, {"source": ["a"]}, {"team": ["BILLING"]}, {"agent": ["ann"]}, {"channel": ["chat", "phone"]})
    )
    office = rng.choice((None, OfficeHours(frozenset(range(5)), 9 * 60, 17 * 60, frozenset({first}))))
    rate = rng.choice(("viewers", "viewers", "views"))
    return Hostile(mixed(rng, lines), start, end, as_of, zone, filters, rate, office)


def steps(rng: random.Random) -> list[Step]:
    found = [*rng.choice(PLOTS)]
    found += [(rng.choice(GAPS), rng.choice(MOVES)) for _ in range(rng.choice((0, 0, 1, 2, 5, 10)))]
    if rng.random() < 0.2:
        found += [(rng.choice(GAPS), rng.choice(ENDINGS)) for _ in range(rng.randrange(1, 4))]
    return found


def hostile(seed: int, conversations: int = 16) -> Hostile:
    """The same world for the same seed."""
    rng = random.Random(seed)
    return build(rng, [steps(rng) for _ in range(conversations)])


def moves() -> st.SearchStrategy[list[Step]]:
    """The steps of one conversation; shrinks to fewer and earlier ones."""
    step = st.tuples(st.sampled_from(GAPS), st.sampled_from(MOVES))
    ending = st.tuples(st.sampled_from(GAPS), st.sampled_from(ENDINGS))
    drawn, ends = st.lists(step, max_size=10), st.lists(ending, max_size=2)
    return st.builds(lambda plot, a, b: [*plot, *a, *b], st.sampled_from(PLOTS), drawn, ends)


def worlds(conversations: int = 5) -> st.SearchStrategy[Hostile]:
    """Whole worlds; the conversations shrink, what lies around them follows a drawn seed."""
    return st.builds(
        lambda seed, talks: build(random.Random(seed), talks),
        st.integers(0, 2**16),
        st.lists(moves(), min_size=1, max_size=conversations),
    )
