"""A Request Tracker 5 as REST2 shows it: TicketSQL and transactions, with the habits that a reader trips over."""

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt, ne
from typing import Any
from urllib.parse import unquote, urlencode
from zoneinfo import ZoneInfo

from tests.fakes.rt_life import ACTIVE, NOBODY, SECRET, Change, Habits, Lives, Ticket, User
from tests.fakes.toolkit import Call, Clock, Hostility, Reply, World, as_json

BASE = "/REST/2.0"
UNSET = "1970-01-01T00:00:00Z"
MOST = 100
HIDDEN = frozenset({"EmailRecord", "CommentEmailRecord", "SystemError"})
"""Transactions that an ordinary user is not shown: pages are cut before they are left out."""


class RtWorld(World):
    """`zone`: the time zone of the token's owner. `root`: whether that owner may do everything."""

    token = "1-14-5f1d0c3a9b7e"
    user_name: str | None = None
    """Who comes with a password; None: somebody with a token."""

    def __init__(
        self,
        clock: Clock,
        hostility: Hostility | None = None,
        *,
        habits: Habits | None = None,
        seed: int = 1,
        zone: str = "America/New_York",
        root: bool = False,
    ) -> None:
        super().__init__(clock, hostility)
        self.zone, self.root = ZoneInfo(zone), root
        self.lives = Lives(seed, clock.now, habits or Habits())

    # --- the manners of the place

    def allowed(self, call: Call) -> bool:
        told = call.headers.get("authorization")
        if self.user_name is None:
            return told == f"token {self.token}"
        return told == "Basic " + base64.b64encode(f"{self.user_name}:{self.token}".encode()).decode()

    def unauthorized(self, call: Call) -> Reply:
        return as_json({"message": "Unauthorized"}, 401)

    def answer(self, call: Call) -> Reply:
        path = call.path.removeprefix(BASE)
        if path == call.path:
            return Reply(404, b"<html>Not found</html>", {"Content-Type": "text/html"})
        for pattern, handler in ROUTES:
            found = re.fullmatch(pattern, path)
            if found:
                try:
                    return as_json(handler(self, call, *map(unquote, found.groups())))
                except Refused as refused:
                    return as_json({"message": refused.text}, refused.status)
        return as_json({"message": "Not Found"}, 404)

    def after(self, call: Call) -> None:
        if self.hostility.shifting and call.path.endswith(("/transactions", "/tickets", "/history")):
            self.clock.move(90)

    # --- what there is

    @property
    def now(self) -> int:
        return self.clock.now - self.hostility.late

    def changes(self, *tickets: int) -> list[Change]:
        """Transactions of these tickets, or all of them, in the order of their ids."""
        return [
            change
            for change in self.lives.changes
            if change.there(self.now) and (not tickets or change.ticket in tickets)
        ]

    def primary(self, ticket: Ticket) -> Ticket:
        merged = any(change.type == "AddLink" and change.there(self.now) for change in ticket.changes)
        return self.lives.tickets[ticket.merged_into - 1] if merged and ticket.merged_into is not None else ticket

    def born(self, ticket: Ticket) -> bool:
        return ticket.changes[0].there(self.now)

    def facts(self, ticket: Ticket) -> "Facts":
        return Facts.of(ticket, [c for c in ticket.changes if c.there(self.now)])

    # --- calls

    def version(self, call: Call) -> Any:
        return {"Plugins": [], "Version": "5.0.3+dfsg-3"}

    def transactions(self, call: Call) -> Any:
        rows: list[Change] = self.changes()
        if call.method == "POST":
            wanted = self._limits(call, TRANSACTION)
            rows = [row for row in rows if wanted(lambda name, row=row: transaction_field(row, name))]
        else:
            query = call.one("query")
            if not query:
                rows = []
            else:
                test = Query(query, TRANSACTION, self.zone).test
                rows = [row for row in rows if test(lambda name, row=row: transaction_field(row, name))]
        if not self._order(call, rows, TRANSACTION, transaction_field):
            rows = []
        return self._page(call, rows, self._transaction, self._hidden, told=self.root)

    def tickets(self, call: Call) -> Any:
        query = call.one("query") or call.form.get("query")
        rows: list[Ticket] = []
        if query:
            test = Query(query, TICKET, self.zone).test
            for ticket in self.lives.tickets:
                facts = self.facts(ticket) if self.born(ticket) else None
                if facts is None or facts.status == "deleted" or self.primary(ticket) is not ticket:
                    continue
                if test(lambda name, ticket=ticket, facts=facts: self._ticket_field(ticket, facts, name)):
                    rows.append(ticket)
        if not self._order(call, rows, TICKET, lambda row, name: self._ticket_field(row, self.facts(row), name)):
            rows = []
        return self._page(call, rows, self._ticket_row)

    def ticket(self, call: Call, id: str) -> Any:
        asked = self._find(id)
        kept = self.primary(asked)
        others = [t.requestor for t in self.lives.tickets if self.primary(t) is kept and t is not kept]
        facts = self.facts(kept)
        user, zero = self._user_link, UNSET
        return {
            "id": self.hostility.number(kept.id, "ticket"),
            "Type": "ticket",
            "Subject": kept.subject,
            "Status": facts.status,
            "Queue": {"type": "queue", "id": str(facts.queue), "_url": self._url(f"queue/{facts.queue}")},
            "Owner": user(self._user(facts.owner)),
            "Creator": user(kept.changes[0].creator),
            "LastUpdatedBy": user(kept.changes[-1].creator),
            "Requestor": [user(one) for one in dict.fromkeys((kept.requestor, *others))],
            "Cc": [],
            "AdminCc": [],
            "Created": iso(kept.changes[0].at),
            "Started": iso(facts.started) if facts.started else zero,
            "Resolved": iso(facts.resolved) if facts.resolved else zero,
            "LastUpdated": iso(facts.updated),
            "Due": zero,
            "Starts": zero,
            "Told": zero,
            "TimeWorked": "0",
            "Priority": "0",
            "EffectiveId": {"type": "ticket", "id": str(kept.id), "_url": self._url(f"ticket/{kept.id}")},
            "CustomFields": [],
            "_hyperlinks": [{"ref": "self", "type": "ticket", "id": kept.id, "_url": self._url(f"ticket/{kept.id}")}],
            **self.hostility.extra("ticket", kept.id),
        }

    def history(self, call: Call, id: str) -> Any:
        kept = self.primary(self._find(id))
        family = [t.id for t in self.lives.tickets if self.primary(t) is kept]
        rows = [row for row in self.changes(*family) if row.object == "RT::Ticket"]
        return self._page(call, rows, self._transaction, self._hidden, told=self.root)

    def attachments(self, call: Call, id: str) -> Any:
        kept = self.primary(self._find(id))
        family = [t.id for t in self.lives.tickets if self.primary(t) is kept]
        rows = [row for row in self.changes(*family) if row.text and row.object == "RT::Ticket"]
        return self._page(call, rows, self._attachment)

    def all_attachments(self, call: Call) -> Any:
        """Searched with JSON only."""
        wanted = self._limits(call, ATTACHMENT)
        rows = [row for row in self.changes() if row.text and row.object == "RT::Ticket" and row.ticket != SECRET]
        rows = [row for row in rows if wanted(lambda name, row=row: attachment_field(row, name))]
        return self._page(call, rows, self._attachment, told=self.root)

    def user(self, call: Call, key: str) -> Any:
        found = self.lives.user(key)
        if found is None:
            raise Refused(404, "Not Found")
        link = {"ref": "self", "type": "user", "id": found.id, "_url": self._url(f"user/{found.id}")}
        told: dict[str, Any] = {
            "Name": found.name,
            "RealName": found.name.title() if found.staff else None,
            "EmailAddress": found.name if not found.staff else f"{found.name}@staff.example",
            "Privileged": int(found.staff),
            "_hyperlinks": [link],
        }
        # To an ordinary user the number of another one shows in the link only.
        return {**told, "id": found.id, "Disabled": "0", "CustomFields": []} if self.root else told

    def queue(self, call: Call, key: str) -> Any:
        for id, name in self.lives.queues.items():
            if key in (str(id), name):
                return {"id": id, "Name": name, "Lifecycle": "default", "Disabled": "0", "Description": ""}
        raise Refused(404, "Not Found")

    def queues(self, call: Call) -> Any:
        return self._page(call, list(self.lives.queues.items()), self._queue_row, told=self.root)

    # --- rows

    def _hidden(self, row: Change) -> bool:
        """Left out of a page after it was cut: an ordinary user may get an empty one with more behind it."""
        return not self.root and (row.type in HIDDEN or row.ticket == SECRET)

    def _page(
        self,
        call: Call,
        rows: Sequence[Any],
        shape: Callable[[Any, Sequence[str], Call], dict[str, Any]],
        hidden: Callable[[Any], bool] = lambda row: False,
        *,
        told: bool = True,
    ) -> Any:
        """A page of rows; `told`: how many there are, and where the next one is."""
        size = min(MOST, max(1, call.whole("per_page", 20)))
        number = max(1, call.whole("page", 1))
        fields = [name for name in (call.one("fields") or "").split(",") if name]
        cut = [row for row in rows[(number - 1) * size : number * size] if not hidden(row)]
        items = [shape(row, fields, call) for row in cut]
        answer: dict[str, Any] = {
            "items": self.hostility.rows(items, call.target) if self.hostility.duplicates else items,
            "count": len(items),
            "page": number,
            "per_page": size,
            "total": len(rows) if told else None,
            "pages": (-(-len(rows) // size) or 0.0) if told else None,
        }
        if told and number * size < len(rows):
            query = {name: values[-1] for name, values in call.query.items()} | {"page": str(number + 1)}
            answer["next_page"] = f"{self._url(call.path.removeprefix(BASE + '/'))}?{urlencode(query)}"
        return answer

    def _transaction(self, change: Change, fields: Sequence[str], call: Call) -> dict[str, Any]:
        told = {
            "Type": change.type,
            "Field": change.field,
            "OldValue": change.old,
            "NewValue": change.new,
            "Created": iso(change.at),
            "Creator": self._linked(call, "Creator")(change.creator),
            "ObjectId": self.hostility.number(change.ticket, change.id) if self.hostility.odd else str(change.ticket),
            "ObjectType": change.object,
            "Data": "",
            "Content": change.text,
        }
        made = {"type": "transaction", "id": str(change.id), "_url": self._url(f"transaction/{change.id}")}
        return {**made, **{name: told.get(name, "") for name in fields}, **self.hostility.extra("row", change.id)}

    def _linked(self, call: Call, name: str) -> Callable[[User], dict[str, Any]]:
        """People by name, or by number where `fields[...]=id` asks for it."""
        numbered = "id" in (call.one(f"fields[{name}]") or "").split(",")
        return lambda user: {**self._user_link(user), **({"id": user.id} if numbered else {})}

    def _ticket_row(self, ticket: Ticket, fields: Sequence[str], call: Call) -> dict[str, Any]:
        facts = self.facts(ticket)
        told = {
            "Subject": ticket.subject,
            "Status": facts.status,
            "Created": iso(ticket.changes[0].at),
            "Started": iso(facts.started) if facts.started else UNSET,
            "Resolved": iso(facts.resolved) if facts.resolved else UNSET,
            "LastUpdated": iso(facts.updated),
            "Due": UNSET,
            "Owner": self._linked(call, "Owner")(self._user(facts.owner)),
            "Creator": self._linked(call, "Creator")(ticket.changes[0].creator),
            "Queue": {"type": "queue", "id": str(facts.queue), "_url": self._url(f"queue/{facts.queue}")},
            "Requestor": [self._linked(call, "Requestor")(ticket.requestor)],
            "EffectiveId": str(ticket.id),
            "id": str(ticket.id),
        }
        made = {"type": "ticket", "id": str(ticket.id), "_url": self._url(f"ticket/{ticket.id}")}
        return {**made, **{name: told.get(name, "") for name in fields}, **self.hostility.extra("row", ticket.id)}

    def _attachment(self, change: Change, fields: Sequence[str], call: Call) -> dict[str, Any]:
        told = {
            "Content": change.text,
            "TransactionId": str(change.id),
            "ContentType": "text/plain",
            "Created": iso(change.at),
        }
        made = {
            "type": "attachment",
            "id": str(change.id + 5_000),
            "_url": self._url(f"attachment/{change.id + 5_000}"),
        }
        return {**made, **{name: told.get(name, "") for name in fields}}

    def _queue_row(self, row: tuple[int, str], fields: Sequence[str], call: Call) -> dict[str, Any]:
        made = {"type": "queue", "id": str(row[0]), "_url": self._url(f"queue/{row[0]}")}
        return {**made, **({"Name": row[1]} if "Name" in fields else {})}

    def _user(self, id: int) -> User:
        found = self.lives.user(str(id))
        assert found is not None
        return found

    def _user_link(self, user: User) -> dict[str, Any]:
        return {"type": "user", "id": user.name, "_url": self._url(f"user/{user.name}")}

    def _url(self, path: str) -> str:
        return f"http://rt.example{BASE}/{path}"

    def _find(self, id: str) -> Ticket:
        number = int(id)
        if not 1 <= number <= len(self.lives.tickets) or not self.born(self.lives.tickets[number - 1]):
            raise Refused(404, "Not Found")
        return self.lives.tickets[number - 1]

    # --- searching

    def _order(self, call: Call, rows: list[Any], columns: Mapping[str, str], value: Callable[[Any, str], Any]) -> bool:
        """False for an unknown column: then there is nothing."""
        name = call.one("orderby") or "id"
        if name not in columns:
            return False
        rows.sort(key=lambda row: (value(row, name), value(row, "id")), reverse=call.one("order", "ASC") == "DESC")
        return True

    def _limits(self, call: Call, columns: Mapping[str, str]) -> Callable[["Reading"], bool]:
        """A search written as JSON: values as they are stored. Limits of one field are alternatives unless said."""
        groups: dict[str, list[tuple[bool, Callable[[Reading], bool]]]] = {}
        for limit in call.json if isinstance(call.json, list) else []:
            name, value = limit.get("field"), limit.get("value")
            if name in columns and value is not None:
                test = comparison(name, str(limit.get("operator") or "=").upper(), str(value), columns[name])
                also = str(limit.get("entry_aggregator") or "OR").upper() == "AND"
                groups.setdefault(name, []).append((also, test))

        def holds(tests: Sequence[tuple[bool, Callable[[Reading], bool]]], read: Reading) -> bool:
            held = tests[0][1](read)
            for also, test in tests[1:]:
                held = (held and test(read)) if also else (held or test(read))
            return held

        return lambda read: bool(groups) and all(holds(tests, read) for tests in groups.values())

    def _ticket_field(self, ticket: Ticket, facts: "Facts", name: str) -> Any:
        return {
            "id": ticket.id,
            "Status": facts.status,
            "Queue": self.lives.queues[facts.queue],
            "Owner": self._user(facts.owner).name,
            "Requestor": ticket.requestor.name,
            "Requestor.Name": ticket.requestor.name,
            "Creator": ticket.changes[0].creator.name,
            "Subject": ticket.subject,
            "Created": ticket.changes[0].at,
            "Started": facts.started or 0,
            "Resolved": facts.resolved or 0,
            "LastUpdated": facts.updated,
            "Updated": facts.updated,
        }[name]


@dataclass(frozen=True)
class Facts:
    """A ticket's fields after its transactions so far."""

    status: str
    queue: int
    owner: int
    started: int
    resolved: int
    updated: int

    @classmethod
    def of(cls, ticket: Ticket, changes: Sequence[Change]) -> "Facts":
        status, owner, started, resolved = "new", NOBODY, 0, 0
        queue = ticket.queue
        for change in changes:
            if change.type == "Status":
                started = started or (change.at if change.old == "new" else 0)
                resolved = change.at if change.new not in ACTIVE else resolved
                status = change.new
            elif change.type == "Set" and change.field == "Owner":
                owner = int(change.new)
            elif change.type == "Set" and change.field == "Queue":
                queue = int(change.new)
        return cls(status, queue, owner, started, resolved, max(change.at for change in changes))


class Refused(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


TRANSACTION = {
    **dict.fromkeys(("id", "ObjectId"), "number"),
    **dict.fromkeys(("ObjectType", "Type", "Field", "OldValue", "NewValue", "Creator"), "text"),
    "Created": "date",
}
"""Columns and how they are compared."""
TICKET = {
    "id": "number",
    "Status": "status",
    **dict.fromkeys(("Queue", "Owner", "Requestor", "Requestor.Name", "Creator", "Subject"), "text"),
    **dict.fromkeys(("Created", "Started", "Resolved", "LastUpdated", "Updated"), "date"),
}
ATTACHMENT = {"id": "number", "TransactionId": "number", "ContentType": "text", "Created": "date"}
Reading = Callable[[str], Any]


ATTRIBUTES = {
    "id": "id",
    "ObjectId": "ticket",
    "ObjectType": "object",
    "Type": "type",
    "Field": "field",
    "OldValue": "old",
    "NewValue": "new",
    "Created": "at",
}


def transaction_field(change: Change, name: str) -> Any:
    return change.creator.name if name == "Creator" else getattr(change, ATTRIBUTES[name])


def attachment_field(change: Change, name: str) -> Any:
    told = {"id": change.id + 5_000, "TransactionId": change.id, "ContentType": "text/plain", "Created": change.at}
    return told[name]


class Query:
    """The part of TicketSQL that readers use, as a test of rows. Dates are of the user's own time zone."""

    TOKEN = re.compile(r"\s*(\(|\)|'(?:[^'\\]|\\.)*'|\"[^\"]*\"|<=|>=|!=|=|<|>|[\w.{}:-]+)")

    def __init__(self, text: str, columns: Mapping[str, str], zone: ZoneInfo) -> None:
        self.text, self.columns, self.zone = text, columns, zone
        self.tokens = self._split(text)
        self.at = 0
        self.test = self._any()
        if self.at != len(self.tokens):
            raise Refused(400, f"Wrong query, unexpected '{self.tokens[self.at]}' in '{text}'")

    def _split(self, text: str) -> list[str]:
        found, at = [], 0
        while text[at:].strip():
            match = self.TOKEN.match(text, at)
            if match is None:
                raise Refused(400, f"Wrong query, expecting a KEYWORD in '{text}'")
            found.append(match[1])
            at = match.end()
        return found

    def _next(self) -> str:
        if self.at >= len(self.tokens):
            raise Refused(400, f"Incomplete query, last element is not close paren or value in '{self.text}'")
        self.at += 1
        return self.tokens[self.at - 1]

    def _word(self, word: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at].upper() == word:
            self.at += 1
            return True
        return False

    def _any(self) -> Callable[[Reading], bool]:
        parts = [self._all()]
        while self._word("OR"):
            parts.append(self._all())
        return lambda read: any(part(read) for part in parts)

    def _all(self) -> Callable[[Reading], bool]:
        parts = [self._one()]
        while self._word("AND"):
            parts.append(self._one())
        return lambda read: all(part(read) for part in parts)

    def _one(self) -> Callable[[Reading], bool]:
        if self._word("("):
            inner = self._any()
            if not self._word(")"):
                raise Refused(400, f"Incomplete query, no close paren in '{self.text}'")
            return inner
        name = self._next()
        if name not in self.columns:
            raise Refused(400, f"Unknown field: {name}")
        operator = self._next().upper()
        if operator == "NOT" and self._word("LIKE"):
            operator = "NOT LIKE"
        if operator not in TESTS:
            raise Refused(400, f"Wrong query, expecting a OPERATOR in '{self.text}'")
        value, kind = self._next().strip("'\""), self.columns[name]
        return comparison(name, operator, moment(value, self.zone) if kind == "date" else value, kind)


def moment(text: str, zone: ZoneInfo) -> str:
    """A date as the server understands it, in UTC as it is stored: suffixes are ignored, `T...Z` loses its time of
    day, and a bare number is 1970."""
    found = re.match(r"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d(?::\d\d)?))?", text)
    if found is None:
        return "1970-01-01 00:00:00"
    day, time = found[1], found[2] or "00:00:00"
    local = datetime.fromisoformat(f"{day} {time}").replace(tzinfo=zone)
    return local.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def stored(kind: str, value: Any) -> Any:
    return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S") if kind == "date" else value


def comparison(name: str, operator: str, wanted: str, kind: str) -> Callable[[Reading], bool]:
    """A test of one column. Words are compared in whatever case they are written."""
    test = TESTS[operator]
    if kind == "status" and wanted in ("__Active__", "__Inactive__"):
        inside = (wanted == "__Active__") == (operator == "=")
        return lambda read: (read(name) in ACTIVE) == inside
    if kind == "number":
        number = int(wanted) if re.fullmatch(r"-?\d+", wanted) else 0
        return lambda read: test(int(read(name)), number)
    if kind == "date":
        return lambda read: test(stored(kind, read(name)), wanted)
    return lambda read: test(str(read(name)).lower(), wanted.lower())


TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    ">": gt,
    "<=": le,
    ">=": ge,
    "LIKE": lambda have, wanted: wanted in have,
    "NOT LIKE": lambda have, wanted: wanted not in have,
}


def iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


ROUTES: Sequence[tuple[str, Callable[..., Any]]] = (
    (r"/rt", RtWorld.version),
    (r"/transactions/?", RtWorld.transactions),
    (r"/tickets/?", RtWorld.tickets),
    (r"/attachments/?", RtWorld.all_attachments),
    (r"/ticket/(\d+)", RtWorld.ticket),
    (r"/ticket/(\d+)/history", RtWorld.history),
    (r"/ticket/(\d+)/attachments", RtWorld.attachments),
    (r"/user/([^/]+)", RtWorld.user),
    (r"/queue/([^/]+)", RtWorld.queue),
    (r"/queues/all", RtWorld.queues),
)


def events(lines: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that the reference reads: it knows no teams."""
    return [line for line in lines if line["type"] != "team"]
