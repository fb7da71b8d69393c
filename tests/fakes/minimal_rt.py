"""A Request Tracker that serves what the notes on its REST2 name, and nothing else: all other paths are 404, unknown
columns and parameters count for nothing. Where the notes can be read in several ways, the seed picks one."""

import random
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlencode
from zoneinfo import ZoneInfo

from tests.fakes.toolkit import Call, Clock, Hostility, Reply, World, as_json

HOUR, DAY = 3600, 86_400
ROOT, NOBODY, SYSTEM = 14, 6, 1
STAFF = {22: "anna", 23: "ben", 24: "chloe", ROOT: "root"}
QUEUES = {1: "General", 3: "Support", 4: "Billing", 9: "Board"}
HIDDEN = 9
"""The queue that only the administrator sees."""
DEAD = ("resolved", "rejected", "deleted")
UNSET = "1970-01-01T00:00:00Z"

Json = dict[str, Any]


@dataclass
class Written:
    """One transaction. `comes`: when its database shows it."""

    at: int
    ticket: int
    by: int
    type: str
    field: str = ""
    old: str = ""
    new: str = ""
    text: str = ""
    id: int = 0
    comes: int = 0


@dataclass
class Ticket:
    id: int
    subject: str
    asker: int
    queue: int
    written: list[Written] = field(default_factory=list)
    lines: list[Json] = field(default_factory=list)

    def now(self, name: str, first: str, at: int) -> str:
        """What a field holds at a moment: its last change, else what it began with."""
        changes = [w.new for w in self.written if w.comes <= at and w.field == name and w.type in ("Set", "Status")]
        return changes[-1] if changes else first

    def status(self, at: int) -> str:
        return self.now("Status", "new", at)

    def place(self, at: int) -> int:
        return int(self.now("Queue", str(self.queue), at))

    def owner(self, at: int) -> int:
        return int(self.now("Owner", str(NOBODY), at))

    def merged(self, at: int) -> int | None:
        into = [w.new for w in self.written if w.comes <= at and w.field == "MergedInto" and w.ticket == self.id]
        found = int(into[-1].rpartition("/")[2]) if into else self.id
        return None if found == self.id else found


class Desk:
    """What happens in a helpdesk from `begin` to `end`, and what it means in canonical lines."""

    def __init__(self, seed: int, begin: int, end: int, tickets: int, *, late: int = 0) -> None:
        self.luck = luck = random.Random(f"desk {seed}")
        self.customers = {100 + n: f"private-{n}@customers.test" for n in range(max(3, tickets // 3))}
        self.tickets: dict[int, Ticket] = {}
        self.end = end
        for id, at in enumerate(sorted(luck.randrange(begin, end) for _ in range(tickets)), 1):
            queue = HIDDEN if id % 9 == 4 else luck.choice((3, 4))
            ticket = Ticket(id, f"Ticket {id}?", luck.choice(list(self.customers)), queue)
            self.tickets[id] = ticket
            self._live(ticket, at)
        self.written = sorted((w for t in self.tickets.values() for w in t.written), key=lambda w: w.at)
        for id, written in enumerate(self.written, 41):
            written.id = id
            written.comes = written.at + (luck.randrange(late) if late and luck.random() < 0.2 else 0)
        self.written = [w for w in self.written if w.at <= end]
        for ticket in self.tickets.values():
            ticket.written = [w for w in self.written if w.ticket == ticket.id]
            ticket.lines = [line for line in ticket.lines if line["at"] <= end]

    def name(self, user: int) -> str:
        return {NOBODY: "Nobody", SYSTEM: "RT_System", **STAFF, **self.customers}[user]

    def _live(self, ticket: Ticket, at: int) -> None:
        luck, asker = self.luck, ticket.asker
        mates = [ROOT] if ticket.queue == HIDDEN else [22, 23, 24]
        status, owner, queue, mate = "new", NOBODY, ticket.queue, luck.choice(mates)

        def write(by: int, type: str, field: str = "", old: str = "", new: str = "", text: str = "") -> None:
            ticket.written.append(Written(at, ticket.id, by, type, field, old, new, text))

        def tell(kind: str, who: int, **more: Any) -> None:
            line = {"type": "event", "conversation": str(ticket.id), "at": at, "kind": kind, "actor": self.name(who)}
            ticket.lines.append({**line, **more, "text": str(len(ticket.lines))})  # equal lines would be one

        def turn(new: str, by: int) -> None:
            nonlocal status
            write(by, "Status", "Status", status, new)
            old, status = status, new
            if new == "deleted":
                tell("deleted", by)
            elif new == "stalled":
                tell("snoozed", by)
            elif new in DEAD and old not in DEAD:
                tell("closed", by, by="agent")
            elif old in DEAD and new not in DEAD:
                tell("reopened", by)
            elif old == "stalled":
                tell("unsnoozed", by)

        outbound = luck.random() < 0.1
        writer = mate if outbound else asker
        write(writer, "Create", text=f"{ticket.subject} Where is it?")
        tell("agent_reply" if outbound else "customer_message", writer)
        write(SYSTEM, "EmailRecord")
        for _ in range(luck.choice((0, 1, 3, 6, 9))):
            at += luck.choice((0, 1, 40, 600, 2 * HOUR, 9 * HOUR, 2 * DAY, 8 * DAY))
            deed = luck.choice("rrrrccconoqsssxxzdm")
            at += deed in "oqsxzdm"  # canonical lines of one second have no order but that of their kinds
            if deed in "rc":
                by = mate if deed == "r" else asker
                write(by, "Correspond", text="About that.")
                tell("agent_reply" if deed == "r" else "customer_message", by)
                write(SYSTEM, "EmailRecord")
                if (status == "new" and deed == "r") or (status in DEAD and deed == "c"):
                    turn("open", SYSTEM)
            elif deed == "n":
                write(mate, "Comment", text="Seen this before.")
                tell("note", mate)
            elif deed == "o":
                new = luck.choice([*mates, NOBODY])
                if new != owner:
                    write(mate, "SetWatcher", "Owner", str(owner), str(new))
                    write(mate, "Set", "Owner", str(owner), str(new))
                    if new == NOBODY:
                        tell("unassigned", mate)
                    else:
                        tell("assigned", mate, to=STAFF[new])
                    owner = new
            elif deed == "q" and queue != HIDDEN:
                old, queue = queue, 7 - queue
                write(mate, "Set", "Queue", str(old), str(queue))
                tell("team_assigned", mate, team=QUEUES[queue])
            elif deed in "sx":
                new = luck.choice(("resolved", "resolved", "rejected")) if deed == "s" else "open"
                if status != new:
                    turn(new, mate)
            elif deed == "z" and status in ("new", "open"):
                turn("stalled", mate)
            elif deed == "d" and luck.random() < 0.3:
                turn("deleted", ROOT)
                return
            elif deed == "m" and luck.random() < 0.5 and ticket.queue != HIDDEN:
                other = self._other(ticket, at)
                if other is not None:
                    for one in (ticket, other):
                        link = f"fsck.com-rt://desk.test/ticket/{other.id}"
                        one.written.append(Written(at, one.id, ROOT, "AddLink", "MergedInto", "", link))
                    tell("merged_into", ROOT, to=str(other.id))
                    return

    def _other(self, ticket: Ticket, at: int) -> Ticket | None:
        """One to merge it into: neither merged nor deleted ever, and seen by the same people."""
        for other in self.tickets.values():
            stays = not any(w.field == "MergedInto" or w.new == "deleted" for w in other.written)
            if other is not ticket and stays and other.queue != HIDDEN and other.written[0].at < at:
                return other
        return None

    def quiet(self, at: int) -> int:
        """The first moment from `at` on at which all that was written shows."""
        while any(w.at <= at < w.comes for w in self.written):
            at += 1
        return at

    def lines(self, until: int, hidden: bool) -> list[Json]:
        """What is to be known at a moment, as canonical lines; `hidden`: by somebody who sees that queue as well."""
        found: list[Json] = [{"type": "agent", "id": name} for name in STAFF.values()]
        for ticket in self.tickets.values():
            if ticket.written[0].at <= until and (hidden or ticket.queue != HIDDEN):
                head = {"type": "conversation", "id": str(ticket.id), "channel": "email", "team": QUEUES[ticket.queue]}
                found.append({**head, "person": self.name(ticket.asker), "subject": ticket.subject})
                found += [line for line in ticket.lines if line["at"] <= until]
        return found


@dataclass(frozen=True)
class Reading:
    """How one author reads the notes."""

    who: str = "root"
    zone: str = "UTC"
    secret: str = "token"
    person: str = "object"
    """How people are written: `object` (id = name, `_url` by name), `numbered` (`_url` by number), `text`."""
    ticket: str = "text"
    queue: str = "id"
    whole: bool = False
    """Filtered by rights before it is paged."""
    bare: bool = False
    """Lists say no `total`, `count` and `pages` at all."""
    privileged: Any = 1
    query: str = "nothing"
    """What becomes of queries that it does not understand: they find `nothing`, are `refused`, or it looks for the
    conditions that it knows and is `blind` to the rest."""
    down: bool = False
    """Counts down where asked to."""

    @staticmethod
    def of(seed: int) -> "Reading":
        luck = random.Random(f"reading {seed}")
        return Reading(
            luck.choice(("root", "anna")),
            luck.choice(("UTC", "America/New_York", "Asia/Kolkata")),
            luck.choice(("token", "password")),
            luck.choice(("object", "numbered", "text")),
            luck.choice(("text", "number", "object")),
            luck.choice(("id", "name", "named", "text")),
            luck.random() < 0.5,
            luck.random() < 0.3,
            luck.choice((1, "1", True)),
            luck.choice(("nothing", "refused", "blind")),
            luck.random() < 0.3,
        )


class MinimalRt(World):
    """The server. `most`: the most calls that were ever under way at once, as far as can be seen."""

    base = "http://127.0.0.1"

    def __init__(self, desk: Desk, clock: Clock, reading: Reading, hostility: Hostility | None = None) -> None:
        super().__init__(clock, hostility)
        self.desk = desk
        self.reading = reading
        self.unknown: list[str] = []
        """Calls that such a server does not know."""
        self.token = "1-14-5f1d0c3a9b7e5f1d0c3a9b7e" if reading.secret == "token" else "pass-5f1d0c3a9b7e"

    def allowed(self, call: Call) -> bool:
        how, _, what = call.headers.get("authorization", "").partition(" ")
        if self.reading.secret == "token":
            return (how.lower(), what) == ("token", self.token)
        return how.lower() == "basic" and b64decode(what).decode() == f"{self.reading.who}:{self.token}"

    def unauthorized(self, call: Call) -> Reply:
        return as_json({"message": "Unauthorized"}, 401)

    def sees(self, ticket: Ticket) -> bool:
        return self.reading.who == "root" or ticket.queue != HIDDEN

    def answer(self, call: Call) -> Reply:
        routes: Mapping[str, Callable[..., Reply]] = {
            r"GET /rt": lambda call: as_json({"Version": "5.0.3"}),
            r"(?:GET|POST) /transactions": self.transactions,
            r"GET /tickets": self.found,
            r"GET /ticket/(\d+)": self.one,
            r"GET /ticket/(\d+)/history": self.history,
            r"GET /ticket/(\d+)/attachments": self.attachments,
            r"GET /user/([^/]+)": self.user,
            r"GET /queue/([^/]+)": self.queue,
            r"GET /queues/all": self.queues,
        }
        path = f"{call.method} {call.path.removeprefix('/REST/2.0')}"
        for pattern, route in routes.items():
            known = re.fullmatch(pattern, path)
            if known and call.path.startswith("/REST/2.0/"):
                return route(call, *map(unquote, known.groups()))
        self.unknown.append(call.target)
        return _missing()

    # --- lists

    def listed(self, call: Call, rows: list[Any], dress: Callable[[Any], Json], seen: Callable[[Any], bool]) -> Reply:
        """A page; for whoever may not see all, without what would tell how much there is."""
        size = min(100, max(1, call.whole("per_page", 20)))
        page = max(1, call.whole("page", 1))
        plain = self.reading.who == "root"
        if not plain and self.reading.whole:
            rows = [row for row in rows if seen(row)]
        shown = [row for row in rows[(page - 1) * size : page * size] if seen(row)]
        items = self.hostility.rows([dress(row) for row in shown], call.target)
        answer: Json = {"items": items, "page": page, "per_page": size, "count": len(items)}
        pages = -(-len(rows) // size) or 0.0
        answer |= {"total": len(rows), "pages": pages} if plain else {"total": None, "pages": None}
        if self.reading.bare:
            answer = {"items": items}
        if plain and page * size < len(rows):
            query = {name: values[-1] for name, values in call.query.items()} | {"page": str(page + 1)}
            answer["next_page"] = f"{self.base}{call.path}?{urlencode(query)}"
        return as_json(answer)

    def transactions(self, call: Call) -> Reply:
        wanted = self._body(call) if call.method == "POST" else self._query(call)
        there = [w for w in self.desk.written if w.comes <= self.clock.now and wanted is not None and wanted(w)]
        if wanted is None and self.reading.query == "refused":
            return as_json({"message": "Wrong query"}, 400)
        if call.one("orderby", "id") != "id":
            there = []
        if self.reading.down and (call.one("order") or "ASC").upper() == "DESC":
            there.reverse()
        tickets = self.desk.tickets
        return self.listed(call, there, lambda w: self.dressed(w, call), lambda w: self.sees(tickets[w.ticket]))

    def _query(self, call: Call) -> Callable[[Written], bool] | None:
        """`ObjectType = 'RT::Ticket' AND id > N`, and the other comparisons of ids."""
        if self.reading.query == "blind":
            least = re.search(r"id\s*>\s*(\d+)", call.one("query") or "")
            return lambda w: w.id > int(least[1] if least else 0)
        said = re.split(r"\s+AND\s+", call.one("query") or "", flags=re.IGNORECASE)
        tests = []
        for part in said:
            id = re.fullmatch(r"id\s*(>=|<=|>|<|=)\s*'?(\d+)'?", part.strip())
            if id:
                tests.append((id[1], int(id[2])))
            elif not re.fullmatch(r"ObjectType\s*=\s*'RT::Ticket'", part.strip()):
                self.unknown.append(call.target)
                return None
        return lambda w: all(_compare(w.id, op, value) for op, value in tests)

    def _body(self, call: Call) -> Callable[[Written], bool] | None:
        tests = []
        for term in call.json:
            value: Any = term["value"]
            if term["field"] == "Created":
                value = int(datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp())
            elif term["field"] not in ("ObjectType", "id"):
                self.unknown.append(call.target)
                return None
            tests.append((term["field"], term.get("operator", "="), value))
        values = {"Created": lambda w: w.at, "id": lambda w: w.id, "ObjectType": lambda w: "RT::Ticket"}
        return lambda w: all(_compare(values[name](w), op, value) for name, op, value in tests)

    def found(self, call: Call) -> Reply:
        now = self.clock.now
        there = [
            ticket
            for ticket in self.desk.tickets.values()
            if ticket.written[0].comes <= now and ticket.status(now) != "deleted" and ticket.merged(now) is None
        ]
        wanted = self._sql(call, call.one("query") or "")
        rows = [ticket for ticket in there if wanted is not None and wanted(ticket)]
        rows = [ticket for ticket in rows if self.sees(ticket)]
        if wanted is None and self.reading.query == "refused":
            return as_json({"message": "Wrong query"}, 400)
        order = call.one("orderby", "LastUpdated")
        if order == "LastUpdated":
            rows.sort(key=self.moved)
        elif order != "id" or self.reading.query == "nothing":
            rows = []  # an unknown column
        if self.reading.down and (call.one("order") or "ASC").upper() == "DESC":
            rows.reverse()
        return self.listed(call, rows, lambda t: {**self.ticket(t, call), "id": str(t.id)}, lambda t: True)

    def _sql(self, call: Call, query: str) -> Callable[[Ticket], bool] | None:
        """`A OR B`, where A is `C AND D`; brackets around any of them."""
        query = query.strip()
        if self.reading.query == "blind" and "LastUpdated >" in query:
            query = re.findall(r"LastUpdated > '[^']*'", query)[0]
        for word, join in ((" OR ", any), (" AND ", all)):
            parts = _split(query, word)
            if len(parts) > 1:
                tests = [self._sql(call, part) for part in parts]
                if None in tests:
                    return None
                return lambda t, join=join, tests=tests: join(test(t) for test in tests if test)  # type: ignore[misc]
        if query.startswith("("):
            return self._sql(call, query[1:-1])
        term = re.fullmatch(r"(\w+)\s*(>=|<=|!=|>|<|=)\s*'?([^']*)'?", query)
        now = self.clock.now
        if term and term[1] == "id":
            return lambda t: _compare(t.id, term[2], int(term[3]))
        if term and term[1] == "LastUpdated":
            zone = ZoneInfo(self.reading.zone)
            moment = int(datetime.fromisoformat(term[3][:19]).replace(tzinfo=zone).timestamp())
            return lambda t: _compare(self.moved(t), term[2], moment)
        if term and term[1] == "Status":
            live = term[3] == "__Active__"
            return lambda t: (t.status(now) not in DEAD) if live else _compare(t.status(now), term[2], term[3])
        if term and term[1] == "Owner":
            return lambda t: _compare(self.desk.name(t.owner(now)), term[2], term[3])
        if term and term[1] == "Queue":
            return lambda t: _compare(QUEUES[t.place(now)], term[2], term[3])
        self.unknown.append(call.target)
        return None

    # --- single things

    def one(self, call: Call, number: str) -> Reply:
        ticket = self._of(int(number))
        if isinstance(ticket, Reply):
            return ticket
        return as_json({**self.ticket(ticket, call, everything=True), "id": ticket.id})

    def _of(self, number: int) -> Ticket | Reply:
        """The ticket at that URL: of one that was merged, the other."""
        ticket = self.desk.tickets.get(number)
        if ticket is None or ticket.written[0].comes > self.clock.now:
            return _missing()
        if not self.sees(ticket):
            return as_json({"message": "Forbidden"}, 403)
        return self.desk.tickets[ticket.merged(self.clock.now) or number]

    def _written(self, ticket: Ticket) -> list[Written]:
        """All that its URL shows: of those merged into it as well."""
        now = self.clock.now
        family = {t.id for t in self.desk.tickets.values() if t is ticket or t.merged(now) == ticket.id}
        return [w for w in self.desk.written if w.ticket in family and w.comes <= now]

    def history(self, call: Call, number: str) -> Reply:
        ticket = self._of(int(number))
        if isinstance(ticket, Reply):
            return ticket
        return self.listed(call, self._written(ticket), lambda w: self.dressed(w, call), lambda w: True)

    def attachments(self, call: Call, number: str) -> Reply:
        ticket = self._of(int(number))
        if isinstance(ticket, Reply):
            return ticket
        said = [w for w in self._written(ticket) if w.text]

        def dress(w: Written) -> Json:
            names = (call.one("fields") or "").split(",")
            fields = {"Content": w.text, "TransactionId": str(w.id)}
            return {"id": str(w.id + 1000), "type": "attachment", **{n: fields[n] for n in names if n in fields}}

        return self.listed(call, said, dress, lambda w: True)

    def user(self, call: Call, who: str) -> Reply:
        everyone = {NOBODY: "Nobody", SYSTEM: "RT_System", **STAFF, **self.desk.customers}
        for id, name in everyone.items():
            if who in (str(id), name):
                staff = id in STAFF
                privileged = self.reading.privileged if staff else type(self.reading.privileged)(0)
                return as_json({"id": id, "Name": name, "Privileged": privileged})
        return _missing()

    def queue(self, call: Call, which: str) -> Reply:
        for id, name in QUEUES.items():
            if which in (str(id), name) and (self.reading.who == "root" or id != HIDDEN):
                return as_json({"id": id, "Name": name})
        return _missing()

    def queues(self, call: Call) -> Reply:
        def seen(id: int) -> bool:
            return self.reading.who == "root" or id != HIDDEN

        return self.listed(call, list(QUEUES), lambda id: {"id": str(id), "type": "queue"}, seen)

    # --- shapes

    def dressed(self, written: Written, call: Call) -> Json:
        names = (call.one("fields") or "").split(",")
        number: Mapping[str, Any] = {
            "text": str(written.ticket),
            "number": written.ticket,
            "object": {"type": "ticket", "id": str(written.ticket)},
        }
        fields = {
            "Type": written.type,
            "Field": written.field,
            "OldValue": written.old,
            "NewValue": written.new,
            "Created": _stamp(written.at),
            "Creator": self.person(written.by),
            "ObjectId": number[self.reading.ticket],
        }
        shown = {name: fields[name] for name in names if name in fields}
        return {"id": str(written.id), "type": "transaction", **shown}

    def person(self, user: int) -> Any:
        name = self.desk.name(user)
        if self.reading.person == "text":
            return name
        at = user if self.reading.person == "numbered" else name
        return {"type": "user", "id": name, "_url": f"{self.base}/REST/2.0/user/{at}"}

    def moved(self, ticket: Ticket) -> int:
        return max(w.at for w in ticket.written if w.comes <= self.clock.now)

    def ticket(self, ticket: Ticket, call: Call, everything: bool = False) -> Json:
        now = self.clock.now
        names = (call.one("fields") or "").split(",")
        closed = [w.at for w in ticket.written if w.comes <= now and w.new in ("resolved", "rejected")]
        queue = ticket.place(now)
        asked: Json = {"id": str(queue), "type": "queue"}
        place = {
            "id": asked,
            "name": {"id": QUEUES[queue], "type": "queue"},
            "named": {**asked, "Name": QUEUES[queue]},
            "text": QUEUES[queue],
        }
        fields = {
            "Subject": ticket.subject,
            "Status": ticket.status(now),
            "Created": _stamp(ticket.written[0].at),
            "Started": UNSET,
            "Resolved": _stamp(closed[-1]) if closed else UNSET,
            "LastUpdated": _stamp(self.moved(ticket)),
            "Owner": self.person(ticket.owner(now)),
            "Queue": place[self.reading.queue],
            "Requestor": [self.person(ticket.asker)],
        }
        return {"type": "ticket", **{name: fields[name] for name in fields if everything or name in names}}


def _split(query: str, word: str) -> list[str]:
    """Parts between a word that stands outside of brackets."""
    parts, depth = [""], 0
    for piece in re.split(rf"({word}|[()])", query):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == word and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _compare(one: Any, how: str, other: Any) -> bool:
    if isinstance(one, int):
        other = int(other)
    return {
        "=": one == other,
        "!=": one != other,
        ">": one > other,
        "<": one < other,
        ">=": one >= other,
        "<=": one <= other,
    }[how]


def _stamp(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _missing() -> Reply:
    return as_json({"message": "Not Found"}, 404)
