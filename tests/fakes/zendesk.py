"""A Zendesk account over HTTP: the incremental exports, lists and single records that a reader needs, none of it kind.

Exports leave out the last minute and are limited to 10 calls a minute. A time-based page brings the rows of its first
second again, ends with a whole second, and always names a next page; a cursor goes on from where it was given out. Rows
are ordered by `generated_timestamp`, which the system moves without an event.
"""

import base64
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tests.fakes.toolkit import Call, Clock, Hostility, Limit, Reply, as_json
from tests.fakes.zendesk_records import Json, Records, iso
from tests.fakes.zendesk_truth import GROUPS, Account, Ticket

EMAIL = "owner@desk.example"
LAST_MINUTE = 60
ORDER = ("new", "open", "pending", "hold", "solved", "closed")

NOT_THERE = as_json({"error": "RecordNotFound", "description": "Not found"}, 404)
INVALID_CURSOR = as_json({"error": "InvalidCursor", "description": "The cursor is not valid"}, 400)
FORBIDDEN = as_json({"error": {"title": "Forbidden", "message": "You do not have access to this page."}}, 403)
PLAN = as_json({"error": "Forbidden", "description": "This feature is not available on your plan"}, 403)


class Zendesk(Records):
    """`ratings`: which of the two systems is active, `scores` or `surveys` (the other one answers 403 or 404).

    `size`: rows a page of an export, whatever was asked for. `metric_sets`: whether the cursor export has them.
    `endless_lists`: lists, too, and not only exports, always have one page more; it is empty.
    """

    def __init__(
        self,
        account: Account,
        clock: Clock,
        hostility: Hostility | None = None,
        *,
        ratings: str = "scores",
        size: int = 25,
        metric_sets: bool = True,
        endless_lists: bool = False,
    ) -> None:
        super().__init__(account, clock, hostility, ratings)
        self.size = size
        self.metric_sets = metric_sets
        self.endless_lists = endless_lists
        self.vanished: set[int] = set()
        """Tickets that are nowhere any more, without a word."""
        self.cursors_since = 0
        """Cursors given out before are not known any more."""
        self._per_minute = Limit("account", 400)
        self._exports = Limit("incremental-exports", 10)
        self._answered = 0

    # --- the outside

    def allowed(self, call: Call) -> bool:
        kind, _, value = call.headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            return base64.b64decode(value).decode() == f"{EMAIL}/token:{self.token}"
        return kind == "Bearer" and value == self.token

    def unauthorized(self, call: Call) -> Reply:
        return as_json({"error": "Couldn't authenticate you"}, 401)

    def limits(self, call: Call) -> Sequence[Limit]:
        exports = call.path.startswith("/api/v2/incremental/")
        return (self._per_minute, self._exports) if exports else (self._per_minute,)

    def limit_headers(self, limits: Sequence[Limit], now: float) -> Mapping[str, str]:
        general = limits[0]
        headers = {
            "X-Rate-Limit": str(general.limit),
            "X-Rate-Limit-Remaining": str(general.remaining),
            "ratelimit-limit": str(general.limit),
            "ratelimit-remaining": str(general.remaining),
            "ratelimit-reset": str(general.reset(now)),
        }
        for limit in limits[1:]:
            left = f"total={limit.limit}; remaining={limit.remaining}; resets={limit.reset(now)}"
            headers[f"zendesk-ratelimit-{limit.name}"] = left
        return headers

    def answer(self, call: Call) -> Reply:
        self._answered += 1
        path = re.sub(r"\.json$", "", call.path)
        for pattern, handler in ROUTES:
            match = re.fullmatch(pattern, path)
            if match and call.method == "GET":
                return handler(self, call, *match.groups())
        return as_json({"error": "InvalidEndpoint", "description": "Not found"}, 404)

    def after(self, call: Call) -> None:
        """Where things shift, each page of tickets is followed by an update of the system's."""
        if self.hostility.shifting and "/incremental/tickets" in call.path:
            luck = self.hostility.chance("shift", self._answered)
            there = [t for t in self.account.tickets.values() if t.created_at < self.clock.now and t.deleted_at is None]
            luck.choice(there).touched.append(self.clock.now)

    # --- what is there

    @property
    def horizon(self) -> int:
        """The last second that exports show."""
        return self.clock.now - LAST_MINUTE - self.hostility.late

    def tickets(self, at: int, *, deleted: bool = False) -> list[Ticket]:
        return [
            ticket
            for ticket in self.account.tickets.values()
            if ticket.created_at <= at and ticket.id not in self.vanished and (deleted or not ticket.gone(at))
        ]

    def exported(self) -> list[tuple[int, int, Ticket]]:
        """(generated, id, ticket), as changed by now: who changed in the last minute is not there at all."""
        rows = []
        for ticket in self.tickets(self.clock.now, deleted=True):
            generated = ticket.generated(self.clock.now) or 0
            if generated <= self.horizon:
                rows.append((generated, ticket.id, ticket))
        return sorted(rows, key=lambda row: row[:2])

    # --- exports by cursor

    def tickets_by_cursor(self, call: Call) -> Reply:
        rows = self.exported()
        found = self._after_cursor(call, rows)
        if isinstance(found, Reply):
            return found
        page, cursor, end = found
        body = self._cursor_body(call, cursor, end)
        sets = self.metric_sets and "metric_sets" in (call.one("include") or "")
        body["tickets"] = self._sent([self.ticket(ticket, sets) for _, _, ticket in page], call)
        return as_json(body)

    def users_by_cursor(self, call: Call) -> Reply:
        users = sorted(self.account.users.values(), key=lambda user: (user.updated_at, user.id))
        found = self._after_cursor(call, [(user.updated_at, user.id, user) for user in users])
        if isinstance(found, Reply):
            return found
        page, cursor, end = found
        body = self._cursor_body(call, cursor, end)
        body["users"] = self._sent([self.user(user) for _, _, user in page], call)
        return as_json(body)

    def _after_cursor(
        self, call: Call, rows: Sequence[tuple[int, int, Any]]
    ) -> tuple[Sequence[tuple[int, int, Any]], str | None, bool] | Reply:
        cursor = call.one("cursor")
        if cursor is not None:
            try:
                at, id, age = map(int, base64.b64decode(cursor).decode().split("|"))
            except ValueError:
                return INVALID_CURSOR
            if age < self.cursors_since:
                return INVALID_CURSOR
            rest = [row for row in rows if row[:2] > (at, id)]
        else:
            refusal = self._too_recent(call)
            if refusal is not None:
                return refusal
            rest = [row for row in rows if row[0] >= call.whole("start_time")]
        page, more = rest[: self.size], len(rest) > self.size
        last = self._cursor(*page[-1][:2]) if page else cursor
        return page, last, not more and not self.hostility.endless

    def _cursor(self, at: int, id: int) -> str:
        return base64.b64encode(f"{at}|{id}|{self.clock.now}".encode()).decode()

    def _cursor_body(self, call: Call, cursor: str | None, end: bool) -> Json:
        url = None if cursor is None else self._link(call, f"{call.path}?cursor={cursor.replace('=', '%3D')}")
        return {
            "after_cursor": cursor,
            "after_url": url,
            "before_cursor": None,
            "before_url": None,
            "end_of_stream": end,
        }

    def _too_recent(self, call: Call) -> Reply | None:
        start = call.one("start_time")
        if start is None or not re.fullmatch(r"\d+", start):
            return as_json({"error": "InvalidValue", "description": "start_time is missing or no number"}, 400)
        if int(start) > self.clock.now + self.hostility.skew - LAST_MINUTE:
            return as_json({"error": "StartTimeTooRecent", "description": "Too recent start_time"}, 422)
        return None

    # --- exports by time

    def tickets_by_time(self, call: Call) -> Reply:
        rows = [(at, ticket) for at, _, ticket in self.exported()]
        sets = self.metric_sets and "metric_sets" in (call.one("include") or "")
        return self._by_time(call, "tickets", rows, lambda ticket: self.ticket(ticket, sets))

    def ticket_events(self, call: Call) -> Reply:
        rows = [
            (audit.at, (audit.id, ticket, audit))
            for ticket in self.tickets(self.clock.now, deleted=True)
            for audit in ticket.audits
            if audit.at <= self.horizon
        ]
        rows.sort(key=lambda row: (row[0], row[1][0]))
        said = "comment_events" in (call.one("include") or "")
        return self._by_time(call, "ticket_events", rows, lambda row: self.event(row[1], row[2], said))

    def metric_events(self, call: Call) -> Reply:
        """Readable late, each by a time of its own."""
        rows = []
        for ticket in self.tickets(self.clock.now):
            for at, kind in self._reply_times(ticket):
                if at + self.hostility.chance("metric", ticket.id, at).choice((0, 20, 300)) <= self.clock.now:
                    rows.append((at, (at, ticket.id, kind)))
        rows.sort()

        def row(found: tuple[int, int, str]) -> Json:
            at, ticket, kind = found
            mark = {"id": at * 100 + ticket, "ticket_id": ticket, "metric": "reply_time", "instance_id": 1}
            return {**mark, "type": kind, "time": self._time(at)}

        return self._by_time(call, "ticket_metric_events", rows, row)

    def articles(self, call: Call) -> Reply:
        rows = [(self.clock.now - 40 * 86_400 + 60 * n, n) for n in range(3)]

        def row(n: int) -> Json:
            at = rows[n][0]
            return {
                "id": 4_400 + n,
                "title": f"Article {n}",
                "html_url": f"https://acme.zendesk.com/hc/articles/{4_400 + n}",
                "vote_sum": n - 1,
                "vote_count": n + 1,
                "draft": False,
                "created_at": iso(at),
                "updated_at": iso(at),
            }

        return self._by_time(call, "articles", rows, row)

    def _by_time(self, call: Call, name: str, rows: Sequence[tuple[int, Any]], render: Callable[[Any], Json]) -> Reply:
        refusal = self._too_recent(call)
        if refusal is not None:
            return refusal
        start = call.whole("start_time")
        again = sum(at == start for at, _ in rows)
        rest = [row for row in rows if row[0] >= start]
        page = list(rest[: self.size + again])
        page += [row for row in rest[len(page) :] if row[0] == page[-1][0]]  # a second is never split
        end = len(page) == len(rest) and not self.hostility.endless
        end_time = page[-1][0] if page else None
        following = f"{call.path}?start_time={end_time if end_time is not None else start}"
        if call.one("include"):
            following += f"&include={call.one('include')}"
        return as_json(
            {
                name: self._sent([render(row) for _, row in page], call),
                "count": len(page),
                "end_time": end_time,
                "end_of_stream": end,
                # Even the last page names one: `end_of_stream` alone says that it is the last.
                "next_page": self._link(call, following),
            }
        )

    # --- single records and lists

    def one_ticket(self, call: Call, id: str) -> Reply:
        ticket = self._found(id)
        return NOT_THERE if ticket is None else as_json({"ticket": self.ticket(ticket, False)})

    def many_tickets(self, call: Call) -> Reply:
        wanted = (call.one("ids") or "").split(",")
        if len(wanted) > 100:
            return as_json({"error": "TooManyValues", "description": "More than 100 ids"}, 400)
        found = [ticket for id in wanted if (ticket := self._found(id)) is not None]
        sets = "metric_sets" in (call.one("include") or "")
        rows = [self.ticket(ticket, sets) for ticket in found]
        return as_json({"tickets": rows, "count": len(rows), "next_page": None, "previous_page": None})

    def audits(self, call: Call, id: str) -> Reply:
        ticket = self._found(id)
        if ticket is None:
            return NOT_THERE
        return self._listed(call, "audits", [self.audit(ticket, audit) for audit in self.past(ticket)])

    def comments(self, call: Call, id: str) -> Reply:
        ticket = self._found(id)
        if ticket is None:
            return NOT_THERE
        spoken = [audit for audit in self.past(ticket) if audit.comment is not None]
        return self._listed(call, "comments", [self.comment(audit) for audit in spoken])

    def users(self, call: Call) -> Reply:
        roles = [*call.query.get("role[]", ()), *call.query.get("role", ())]
        users = [user for user in self.account.users.values() if user.active and (not roles or user.role in roles)]
        return self._listed(call, "users", [self.user(user) for user in users])

    def many_users(self, call: Call) -> Reply:
        wanted = (call.one("ids") or "").split(",")
        if len(wanted) > 100:
            return as_json({"error": "TooManyValues", "description": "More than 100 ids"}, 400)
        found = [self.account.users[int(id)] for id in wanted if id.isdigit() and int(id) in self.account.users]
        rows = [self.user(user) for user in found]
        return as_json({"users": rows, "count": len(rows), "next_page": None, "previous_page": None})

    def one_user(self, call: Call, id: str) -> Reply:
        user = self.account.users.get(int(id))
        return NOT_THERE if user is None else as_json({"user": self.user(user)})

    def me(self, call: Call) -> Reply:
        return as_json({"user": {**self.user(self.account.users[self.account.owner]), "email": EMAIL}})

    def settings(self, call: Call) -> Reply:
        features = {"customer_satisfaction": self.ratings == "scores", "ticket_tagging": True}
        return as_json({"settings": {"active_features": features, "tickets": {}, "api": {"token_access": True}}})

    def groups(self, call: Call) -> Reply:
        rows = [{"id": self._id(id), "name": name, "deleted": False, "url": "x"} for id, name in GROUPS.items()]
        return self._listed(call, "groups", rows)

    def scores(self, call: Call) -> Reply:
        if self.ratings != "scores":
            return FORBIDDEN
        now, start, end = self.clock.now, call.whole("start_time"), call.whole("end_time", 1 << 40)
        rows = []
        for ticket in self.tickets(now):
            for rating in ticket.ratings:
                given = rating.standing(now)
                at = given.at if given else rating.asked_at
                if rating.asked_at <= now and start <= at <= end:
                    rows.append((at, self.rating(ticket, rating)))
        rows.sort(key=lambda row: (row[0], str(row[1]["id"])))
        wanted = call.one("score")
        said = [
            row
            for _, row in rows
            if wanted in (None, row["score"]) or (wanted == "received" and row["score"] != "offered")
        ]
        return self._listed(call, "satisfaction_ratings", said)

    def surveys(self, call: Call) -> Reply:
        if self.ratings != "surveys":
            return NOT_THERE
        now = self.clock.now
        start, end = call.whole("filter[created_at_start]"), call.whole("filter[created_at_end]", 1 << 60)
        rows = []
        for ticket in self.tickets(now):
            for rating in ticket.ratings:
                given = [score for score in rating.scores if score.at <= now]
                # The filter takes milliseconds; answers that change move on with their change.
                if given and start <= given[-1].at * 1000 <= end:
                    rows.append((given[-1].at, self.survey(ticket, rating)))
        rows.sort(key=lambda row: (row[0], row[1]["id"]))
        return self._listed(call, "survey_responses", [row for _, row in rows])

    def count(self, call: Call) -> Reply:
        """Of the words of a search: `status` with `:`, `<`, `>`, `assignee:none`; others change nothing."""
        query = call.one("query") or ""
        states = [ticket.state(self.clock.now) for ticket in self.tickets(self.clock.now)]
        wanted = set(re.findall(r"(?<![-\w])status:(\w+)", query))
        wanted |= {s for w in re.findall(r"(?<!-)status<(\w+)", query) for s in ORDER[: ORDER.index(w)]}
        if wanted:
            states = [state for state in states if state["status"] in wanted]
        if re.search(r"(?<!-)assignee:none", query):
            states = [state for state in states if state["assignee_id"] is None]
        return as_json({"count": len(states)})

    def _found(self, id: str) -> Ticket | None:
        ticket = self.account.tickets.get(int(id)) if id.isdigit() else None
        return ticket if ticket is not None and ticket in self.tickets(self.clock.now) else None

    def _listed(self, call: Call, name: str, rows: Sequence[Json]) -> Reply:
        """A list: by cursor where `page[size]` asks for it, else by number."""
        size = min(call.whole("page[size]") or call.whole("per_page", 100), 100, self.size)
        by_cursor = "page[size]" in call.query or "page[after]" in call.query
        begin = int(call.one("page[after]") or 0) if by_cursor else (call.whole("page", 1) - 1) * size
        page, more = rows[begin : begin + size], begin + size < len(rows) or self.endless_lists
        body: Json = {name: self._sent(page, call)}
        rest = "".join(f"&{key}={value}" for key, values in call.query.items() if "page" not in key for value in values)
        if by_cursor:
            body["meta"] = {
                "has_more": more,
                "after_cursor": str(begin + size) if more else None,
                "before_cursor": None,
            }
            path = f"{call.path}?page[size]={size}&page[after]={begin + size}{rest}"
            body["links"] = {"next": self._link(call, path) if more else None, "prev": None}
        else:
            path = f"{call.path}?page={begin // size + 2}&per_page={size}{rest}"
            body |= {"next_page": self._link(call, path) if more else None, "previous_page": None, "count": len(rows)}
        return as_json(body)

    # --- helpers

    def _reply_times(self, ticket: Ticket) -> Iterable[tuple[int, str]]:
        yield ticket.created_at, "activate"
        for audit in ticket.audits[1:]:
            if audit.comment is not None and audit.comment.public and audit.comment.author != ticket.requester:
                yield audit.at, "fulfill"

    def _sent(self, rows: Sequence[Json], call: Call) -> list[Json]:
        return self.hostility.rows(rows, call.target)

    def _link(self, call: Call, path: str) -> str:
        """A link to the account's own address, wherever the call came in."""
        host = "https://acme.zendesk.com" if self.hostility.odd else f"http://{call.headers.get('host', '')}"
        return host + path


Handler = Callable[..., Reply]
ROUTES: tuple[tuple[str, Handler], ...] = (
    ("/api/v2/incremental/tickets/cursor", Zendesk.tickets_by_cursor),
    ("/api/v2/incremental/tickets", Zendesk.tickets_by_time),
    ("/api/v2/incremental/ticket_events", Zendesk.ticket_events),
    ("/api/v2/incremental/ticket_metric_events", Zendesk.metric_events),
    ("/api/v2/incremental/users/cursor", Zendesk.users_by_cursor),
    ("/api/v2/help_center/incremental/articles", Zendesk.articles),
    (r"/api/v2/tickets/(\d+)", Zendesk.one_ticket),
    ("/api/v2/tickets/show_many", Zendesk.many_tickets),
    (r"/api/v2/tickets/(\d+)/audits", Zendesk.audits),
    (r"/api/v2/tickets/(\d+)/comments", Zendesk.comments),
    ("/api/v2/users", Zendesk.users),
    ("/api/v2/users/show_many", Zendesk.many_users),
    ("/api/v2/users/me", Zendesk.me),
    (r"/api/v2/users/(\d+)", Zendesk.one_user),
    ("/api/v2/account/settings", Zendesk.settings),
    ("/api/v2/groups", Zendesk.groups),
    ("/api/v2/satisfaction_ratings", Zendesk.scores),
    ("/api/v2/guide/survey_responses", Zendesk.surveys),
    ("/api/v2/search/count", Zendesk.count),
)
