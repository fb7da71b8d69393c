"""Small worlds and questions as hypothesis strategies: everything in them is drawn, so everything in them shrinks.

Steps, clashes and what is left out of them are those of `worlds`. A moment is drawn as a known moment of the world and
a shift, so that it stays at its edge while the world around it gets smaller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from .periods import midnight
from .script import OfficeHours
from .words import DAY, HOUR, TIMES
from .worlds import EDGES, ENDINGS, GAPS, MOVES, OPENINGS, PLOTS, Line, Move, Step, conversation

CLOCKS: tuple[tuple[str, date], ...] = (
    ("UTC", date(2026, 3, 2)),
    ("UTC", date(2028, 2, 28)),
    ("Europe/Dublin", date(2026, 3, 28)),
    ("Europe/Dublin", date(2026, 10, 24)),
    ("America/New_York", date(2026, 3, 7)),
    ("America/New_York", date(2026, 10, 31)),
    ("Asia/Kolkata", date(2026, 12, 27)),
    ("Asia/Kathmandu", date(2026, 3, 2)),
    ("Australia/Lord_Howe", date(2026, 4, 4)),
    ("Australia/Lord_Howe", date(2026, 10, 3)),
)
"""Zones, each with a day shortly before something happens to its clock or its calendar."""

PEOPLE: tuple[Line, ...] = (
    {"person": "p1"},
    {"person": "p2"},
    {"session": "s1"},
    {"person": "p1", "session": "s1"},
    {"session": "s3"},
    {},
    {"person": "g1"},
    {"person": "g2"},
    {"person": "g1", "session": "s2"},
)
"""Only s1 and s2 are ever tied, each to one person; the last ones are teammates where the world has those agents."""
READERS: tuple[Line, ...] = (
    {"person": "p1"},
    {"session": "s1"},
    {"person": "p1", "session": "s1"},
    {"session": "s2"},
    {"session": "s3"},
)
PLACES: tuple[Line, ...] = ({}, {"workspace": "a"}, {"workspace": "b"})
SECONDS = (0, 1, 9 * HOUR, 12 * HOUR + 1800, 23 * HOUR + 59 * 60 + 59, -1)
SHIFTS = tuple(sorted({hours + edge for hours in (-DAY, -HOUR, 0, HOUR, DAY, 7 * DAY) for edge in EDGES}, key=abs))
VALUES: Mapping[str, tuple[str, ...]] = {
    "team": ("billing", "SALES", "none", "nowhere"),
    "channel": ("chat", "Email", "none"),
    "agent": ("ann", "g1", "g2", "gone", "none"),
    "source": ("a", "B", "import"),
    "tag": ("vip", "Refund", "none"),
    "origin": ("customer_initiated", "none"),
}
OFFICE = OfficeHours(frozenset(range(5)), 9 * 60, 17 * 60)
NIGHTS = OfficeHours(frozenset({0, 2, 5, 6}), 0, 24 * 60)
HOURS = (None, OFFICE, NIGHTS)
ACTS: tuple[Move, ...] = (*MOVES, *(move for move in ENDINGS if move[0] != "merged_into"))
"""What may happen in the middle. A merge ends: nothing says what undoes it."""


@dataclass(frozen=True)
class Question:
    """The keyword arguments of `compute`."""

    start: int
    end: int
    as_of: int
    zone: ZoneInfo
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    article_rate: str = "viewers"
    reopen_window: int = 7 * DAY
    office_hours: OfficeHours | None = None

    @property
    def words(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(self)}


@dataclass(frozen=True)
class World:
    """Lines in the order in which they come, in so many pages, and what may be asked of them."""

    lines: list[Line]
    pages: int
    clocks: list[int]
    """What time it is when each page is written; the last one holds for the rest. None: long after."""
    zone: ZoneInfo | None
    """The report zone when they were written; another one may be asked for later. So with the hours."""
    office_hours: OfficeHours | None
    questions: list[Question]


@dataclass(frozen=True)
class Talk:
    place: Line
    record: Line
    day: int
    second: int
    opening: str
    steps: Sequence[Step]
    writer: str | None = None
    """Who wrote where the record names no person; None: nobody says."""


def steps() -> st.SearchStrategy[list[Step]]:
    """A beginning that often happens, anything, or the one after the other; shrinks to fewer and earlier steps."""
    step = st.tuples(st.sampled_from(GAPS), st.sampled_from(ACTS))
    last = st.tuples(st.sampled_from(GAPS), st.sampled_from(ENDINGS))
    plot, wild = st.sampled_from(PLOTS).map(list), st.lists(step, max_size=8)
    begun = st.builds(lambda *parts: [s for part in parts for s in part], plot, wild, st.lists(last, max_size=1))
    return plot | wild | begun


def optional(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[Line]:
    return st.fixed_dictionaries({}, optional=values)


def talks() -> st.SearchStrategy[Talk]:
    dressing = optional(
        channel=st.sampled_from(("chat", "email", "Phone")),
        team=st.sampled_from(("billing", "sales")),
        tags=st.just(["vip"]),
        origin=st.just("customer_initiated"),
    )
    record = st.builds(lambda who, more: {**who, **more}, st.sampled_from(PEOPLE), dressing)
    days, seconds = st.integers(-2, 3), st.sampled_from(SECONDS)
    writer = st.sampled_from((None, "p2"))
    return st.builds(Talk, st.sampled_from(PLACES), record, days, seconds, st.sampled_from(OPENINGS), steps(), writer)


def told(talk: Talk, number: int, origin: int) -> list[Line]:
    begin = origin + talk.day * DAY + talk.second
    lines = conversation({"id": f"c{number}", **talk.record, **talk.place}, begin, talk.opening, talk.steps)
    if talk.writer is None or "person" in talk.record:
        return lines
    return [{**line, "actor": talk.writer} if line.get("kind") == "customer_message" else line for line in lines]


moments = st.tuples(st.integers(-4, 11), st.sampled_from(SHIFTS))
"""Which of the world's moments, and how far from it."""


def at(moment: tuple[int, int], known: Sequence[int]) -> int:
    return known[moment[0] % len(known)] + moment[1]


def views() -> st.SearchStrategy[tuple[Line, tuple[int, int]]]:
    who = st.builds(
        lambda place, reader, article: {**place, **reader, "article": article},
        st.sampled_from(PLACES),
        st.sampled_from(READERS),
        st.sampled_from(("a1", "a2")),
    )
    return st.tuples(who, moments)


Receipt = tuple[Line, tuple[int, int], Sequence[int | None]]


def receipts() -> st.SearchStrategy[Receipt]:
    """Where to, when delivered, and how long after it was opened, clicked, replied to or bounced."""
    record = st.builds(
        lambda place, channel: {**place, **channel},
        st.sampled_from(PLACES),
        optional(channel=st.sampled_from(("email", "chat"))),
    )
    gaps = (None, 0, 60, DAY, 9 * DAY), (None, 60, DAY), (None, HOUR), (None, None, None, 60)
    return st.tuples(record, moments, st.tuples(*map(st.sampled_from, gaps)))


def receipt(number: int, drawn: Receipt, known: Sequence[int]) -> Line:
    record, moment, (opened, clicked, replied, bounced) = drawn
    delivered = at(moment, known)
    names = ("opened_at", "clicked_at", "replied_at")
    later = {n: delivered + g for n, g in zip(names, (opened, clicked, replied), strict=True) if g is not None}
    if bounced is not None:
        later = {"bounced_at": delivered + bounced}
    else:
        later["delivered_at"] = delivered
    return {"type": "outbound", "id": f"r{number}", "campaign": "m1", "person": "p1", **record, **later}


def agents() -> st.SearchStrategy[list[Line]]:
    one = st.builds(
        lambda place, number, more: {"type": "agent", "id": f"g{number}", **place, **more},
        st.sampled_from(PLACES),
        st.integers(1, 2),
        optional(name=st.sampled_from(("Ann", "Bo")), team=st.just("billing"), away=st.booleans()),
    )
    return st.lists(one, max_size=3, unique_by=lambda line: (line.get("workspace"), line["id"]))


def chosen() -> st.SearchStrategy[dict[str, list[str]]]:
    """Filters of no key, one, or two."""
    keys = st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=2, unique=True)
    return st.just({}) | keys.flatmap(
        lambda keys: st.fixed_dictionaries(
            {key: st.lists(st.sampled_from(VALUES[key]), min_size=1, max_size=2, unique=True) for key in keys}
        )
    )


_MOSTLY = st.sampled_from((True, True, False))


@st.composite
def questions(
    draw: st.DrawFn,
    zone: ZoneInfo,
    first: date,
    known: Sequence[int],
    window: int = 7 * DAY,
    days: st.SearchStrategy[bool] = _MOSTLY,
) -> Question:
    """`days`: whether the window is one of whole local days, or any."""
    if draw(days):
        begun = first + timedelta(days=draw(st.sampled_from((0, -2, -1, 1))))
        size = draw(st.sampled_from((31, 7, 2, 1, 90)))
        start, end = midnight(begun, zone), midnight(begun + timedelta(days=size), zone)
    else:
        start, end = sorted((at(draw(moments), known), at(draw(moments), known)))
        end += start == end
    before, after = min(known) - 2 * DAY, max(known) + 60 * DAY
    plain = st.sampled_from((*(after,) * 4, end, end - 1, end + 8 * DAY, start, before))
    as_of = draw(plain | moments.map(lambda moment: at(moment, known)))
    return Question(
        start,
        end,
        as_of,
        zone,
        draw(chosen()),
        draw(st.sampled_from(("viewers", "views"))),
        window,
        draw(st.sampled_from(HOURS)),
    )


OLD: Line = {"channel": "phone", "team": "nowhere", "person": "p-old", "name": "Old", "away": True}


@st.composite
def ordered(draw: st.DrawFn, lines: Sequence[Line]) -> list[Line]:
    """Shuffled, some twice; of a line with an id, an older version may come before all others."""
    last = len(lines) - 1
    twice = draw(st.lists(st.integers(0, last), max_size=3))
    order = draw(st.permutations([*range(len(lines)), *twice]))
    outdated = draw(st.lists(st.integers(0, last), max_size=2, unique=True))
    old = [
        {**{key: lines[i][key] for key in ("type", "id", "workspace") if key in lines[i]}, **OLD}
        for i in outdated
        if "id" in lines[i]
    ]
    return [*old, *(lines[i] for i in order)]


@st.composite
def worlds(draw: st.DrawFn, conversations: int = 6, asked: int = 3, days: st.SearchStrategy[bool] = _MOSTLY) -> World:
    """A world of 1 to so many conversations in up to three workspaces, and 1 to so many questions."""
    name, first = draw(st.sampled_from(CLOCKS))
    zone = ZoneInfo(name)
    origin = midnight(first, zone)
    lines: list[Line] = []
    count: dict[str, int] = {}
    for talk in draw(st.lists(talks(), min_size=1, max_size=conversations)):
        place = talk.place.get("workspace", "")
        lines += told(talk, count.setdefault(place, 0), origin)
        count[place] += 1
    known = [origin, *(line["at"] for line in lines if "at" in line)]
    for who, moment in draw(st.lists(views(), max_size=4)):
        lines.append({"type": "article_view", "at": at(moment, known), **who})
    for number, drawn in enumerate(draw(st.lists(receipts(), max_size=3))):
        lines.append(receipt(number, drawn, known))
    known += [line[name] for line in lines for name in TIMES if name in line and line["type"] != "event"]
    lines += draw(agents())
    window = draw(st.sampled_from((7 * DAY, 7 * DAY, DAY)))
    asks = draw(st.lists(questions(zone, first, known, window, days), min_size=1, max_size=asked))
    clocks = [at(moment, known) for moment in draw(st.lists(moments, max_size=4))]
    before = draw(st.sampled_from((zone, None, ZoneInfo("Asia/Kathmandu"))))
    hours = draw(st.sampled_from(HOURS))
    return World(draw(ordered(lines)), draw(st.integers(1, 4)), clocks, before, hours, asks)
