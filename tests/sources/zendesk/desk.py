"""A small Zendesk in memory behind `httpx.MockTransport`: tickets are what their updates made of them."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any

import httpx

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.zendesk.source import ZendeskSource
from tests.sources.fake_intercom import FakeTime

NOW = 1_800_000_000
TOKEN = "zt0k3n-Secret+/="
BASE = "https://acme.zendesk.com"
CUSTOMER, AGENT, OTHER, ADMIN = 501, 901, 902, 903
GROUP = 71

Json = dict[str, Any]


def iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def comment(author: int, *, public: bool = True, body: str = "words", **more: Any) -> Json:
    return {"type": "Comment", "author_id": author, "public": public, "body": body, **more}


def change(field: str, value: Any, before: Any = None, **more: Any) -> Json:
    return {"type": "Change", "field_name": field, "value": value, "previous_value": before, **more}


def create(field: str, value: Any, **more: Any) -> Json:
    return {"type": "Create", "field_name": field, "value": value, **more}


RULE = {"channel": "rule", "source": {"from": {"id": 1, "title": "t"}, "to": {}, "rel": "trigger"}}


class Desk:
    """`updates` of a ticket: (at, author, children)."""

    def __init__(self) -> None:
        self.time = FakeTime(NOW)
        self.tickets: dict[int, Json] = {}
        self.audits: dict[int, list[Json]] = {}
        self.ratings: list[Json] = []
        self.surveys: list[Json] = []
        self.articles: list[Json] = []
        self.agents: list[Json] = [
            {"id": AGENT, "name": "Ada", "role": "agent", "default_group_id": GROUP, "email": "ada@example.com"},
            {"id": OTHER, "name": "Ben", "role": "agent", "suspended": True},
            {"id": ADMIN, "name": "Cyd", "role": "admin"},
        ]
        self.others: list[Json] = []
        """Users whom the list of teammates does not name."""
        self.me: Json = {"id": ADMIN, "role": "admin", "name": "Cyd"}
        self.row_page = 1_000
        self.update_page = 1_000
        self.says_the_end = True
        self.late = 0
        """Seconds that updates take to show up in their export."""
        self.answers: dict[str, Callable[[httpx.Request], httpx.Response]] = {}
        self.calls: Counter[str] = Counter()
        self.requests: list[httpx.Request] = []
        self.headers: dict[str, str] = {}
        self._ids = 10_000

    # --- for tests

    def source(self, **settings: Any) -> ZendeskSource:
        return ZendeskSource(
            SourceSettings(**{"name": "acme", "kind": "zendesk", "base_url": BASE, **settings}),
            TOKEN,
            partial(
                HttpClient,
                transport=httpx.MockTransport(self.answer),
                now=self.time,
                sleep=self.time.sleep,
                jitter=lambda: 0.0,
            ),
        )

    def ticket(self, id: int, *updates: tuple[int, int, list[Json]], stamp: int | None = None, **row: Any) -> None:
        self.audits[id] = []
        self.tickets[id] = {
            "id": id,
            "subject": f"Ticket {id}",
            "description": "words",
            "via": {"channel": "web"},
            "requester_id": CUSTOMER,
            "submitter_id": CUSTOMER,
            "group_id": None,
            "tags": ["billing"],
            "satisfaction_rating": {"score": "unoffered"},
        }
        for at, author, children in updates:
            self.update(id, at, author, children)
        self.tickets[id].update(row)
        if stamp is not None:
            self.tickets[id]["generated_timestamp"] = stamp

    def simple(self, id: int, at: int, *, seconds: int = 60) -> None:
        """Asked at `at`, answered and solved `seconds` later."""
        self.ticket(
            id,
            (at, CUSTOMER, [comment(CUSTOMER), create("status", "new")]),
            (at + seconds, AGENT, [comment(AGENT), change("status", "solved", "new")]),
        )

    def update(self, id: int, at: int, author: int, children: list[Json]) -> None:
        row = self.tickets[id]
        for child in children:
            self._ids += 1
            child.setdefault("id", self._ids)
            if child.get("field_name"):
                row[child["field_name"]] = child["value"]
        self._ids += 1
        self.audits[id].append(
            {"id": self._ids, "ticket_id": id, "created_at": iso(at), "author_id": author, "events": children}
        )
        row.setdefault("created_at", iso(at))
        row["updated_at"], row["generated_timestamp"] = iso(at), at

    def refuse(self, path: str, status: int, body: Json | None = None) -> None:
        told = body if body is not None else {"error": "Forbidden", "description": "You do not have access"}
        self.answers[path] = lambda _: httpx.Response(status, json=told)

    # --- the server

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.requests.append(request)
        self.calls[path] += 1
        given = next((self.answers[known] for known in self.answers if path == known or _under(path, known)), None)
        found = given(request) if given is not None else self._route(request, path)
        found.headers.update(self.headers)
        found.headers.setdefault("Date", format_datetime(datetime.fromtimestamp(int(self.time.now), UTC), usegmt=True))
        return found

    def _route(self, request: httpx.Request, path: str) -> httpx.Response:
        params = request.url.params
        rest = path.removeprefix("/api/v2/")
        if rest == "users/me":
            return _ok({"user": self.me})
        if rest == "users/show_many":
            ids = {int(id) for id in params["ids"].split(",")}
            return _ok({"users": [user for user in (*self.agents, *self.others) if user["id"] in ids]})
        if rest == "users":
            return _ok(self._listed("users", self.agents, params))
        if rest == "groups":
            return _ok(self._listed("groups", [{"id": GROUP, "name": "Billing"}], params))
        if rest == "incremental/tickets/cursor":
            return self._rows(params)
        if rest == "incremental/ticket_events":
            return self._updates(params)
        if rest == "help_center/incremental/articles":
            return _ok({"articles": self.articles, "end_time": NOW, "next_page": None})
        if rest == "satisfaction_ratings":
            lo, hi = int(params.get("start_time", 0)), int(params.get("end_time", NOW))
            rows = [row for row in self.ratings if lo <= row["at"] <= hi]
            return _ok(self._listed("satisfaction_ratings", rows, params))
        if rest == "guide/survey_responses":
            return _ok(self._listed("survey_responses", self.surveys, params))
        if rest == "tickets/show_many":
            ids = [int(id) for id in params["ids"].split(",")]
            known = [self.tickets[id] for id in ids if id in self.tickets]
            return _ok({"tickets": [row for row in known if row["status"] != "deleted"]})
        if rest.startswith("tickets/"):
            id, _, what = rest.removeprefix("tickets/").partition("/")
            if int(id) not in self.tickets:
                return httpx.Response(404, json={"error": "RecordNotFound", "description": "Not found"})
            row = self.tickets[int(id)]
            return _ok(self._listed("audits", self.audits[int(id)], params) if what else {"ticket": row})
        return httpx.Response(404, json={"error": {"title": "No such place", "message": path}})

    def _rows(self, params: httpx.QueryParams) -> httpx.Response:
        known = sorted(self.tickets.values(), key=lambda row: row["generated_timestamp"])
        seen = [row for row in known if row["generated_timestamp"] <= self.time.now - 60]
        if "cursor" in params:
            if not params["cursor"].startswith("c"):
                return httpx.Response(400, json={"error": "InvalidCursor"})
            start, skip = (int(part) for part in params["cursor"][1:].split("."))
        else:
            start, skip = int(params["start_time"]), 0
            if start > self.time.now - 60:
                return httpx.Response(400, json={"error": "StartTimeTooRecent"})
        rows = [row for row in seen if row["generated_timestamp"] >= start]
        page, rest = rows[skip : skip + self.row_page], rows[skip + self.row_page :]
        after = f"c{start}.{skip + len(page)}"
        return _ok({"tickets": page, "after_cursor": after, "end_of_stream": not rest})

    def _updates(self, params: httpx.QueryParams) -> httpx.Response:
        start = int(params["start_time"])
        if start > self.time.now - 60:
            return httpx.Response(400, json={"error": "StartTimeTooRecent"})
        full = "comment_events" in params.get("include", "")
        rows = sorted((self._exported(audit, full) for listed in self.audits.values() for audit in listed), key=_when)
        rows = [row for row in rows if start <= _when(row) <= self.time.now - 60 - self.late]
        page = rows[: self.update_page]
        while len(page) < len(rows) and _when(page[-1]) == _when(rows[len(page)]):
            page = rows[: len(page) + 1]
        end = _when(page[-1]) if page else None
        found: Json = {"ticket_events": page, "count": len(page), "end_time": end}
        found["next_page"] = f"{BASE}/api/v2/incremental/ticket_events.json?start_time={end}" if page else None
        if self.says_the_end:
            found["end_of_stream"] = len(page) == len(rows)
        return _ok(found)

    def _exported(self, audit: Json, full: bool) -> Json:
        """The export's own form: the changed field by its name, ways in words."""
        found = []
        for child in audit["events"]:
            known = {key: value for key, value in child.items() if key not in ("type", "field_name", "value")}
            if child["type"] == "Comment" and not full:
                known = {"comment_present": True, "comment_public": child["public"]}
            if "field_name" in child:
                known[child["field_name"]] = child["value"]
            if child.get("via") is RULE:
                known["via"] = "Rule"
            found.append({**known, "event_type": child["type"]})
        at = int(datetime.fromisoformat(audit["created_at"]).timestamp())
        return {
            "id": audit["id"],
            "ticket_id": audit["ticket_id"],
            "timestamp": at,
            "created_at": audit["created_at"],
            "updater_id": audit["author_id"],
            "via": "Web form",
            "event_type": "Audit",
            "child_events": found,
        }

    def _listed(self, name: str, rows: list[Json], params: httpx.QueryParams) -> Json:
        size = int(params.get("page[size]", 100))
        start = int(params.get("page[after]", 0))
        more = start + size < len(rows)
        return {name: rows[start : start + size], "meta": {"has_more": more, "after_cursor": str(start + size)}}


def _when(row: Json) -> int:
    return int(row["timestamp"])


def _under(path: str, known: str) -> bool:
    return known.startswith("*") and path.endswith(known[1:])


def _ok(body: Json) -> httpx.Response:
    return httpx.Response(200, content=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
