"""A small Intercom in memory behind `httpx.MockTransport`, with a clock that only sleeping moves."""

import asyncio
import gzip
import json
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any

import httpx

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.intercom.source import IntercomSource

NOW = 1_800_000_000
TOKEN = "dG9rOnNlY3JldA-Zq9"
BASE = "https://api.intercom.io"

Answer = httpx.Response | Exception
Json = dict[str, Any]


class FakeTime:
    """Now and sleep without waiting."""

    def __init__(self, now: float = NOW) -> None:
        self.now = float(now)
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def clock(self) -> int:
        return int(self.now)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += max(0.0, seconds)
        await asyncio.sleep(0)


def conversation(
    id: str, *, created: int, updated: int | None = None, parts: list[Json] | None = None, **more: Any
) -> Json:
    """A customer's conversation as the wire has it."""
    listed = parts or []
    return {
        "type": "conversation",
        "id": id,
        "created_at": created,
        "updated_at": updated if updated is not None else max([created, *(part["created_at"] for part in listed)]),
        "state": "open",
        "source": {
            "type": "conversation",
            "delivered_as": "customer_initiated",
            "body": "<p>Help</p>",
            "author": {"type": "user", "id": "u1"},
        },
        "contacts": {"contacts": [{"type": "contact", "id": "u1"}]},
        "conversation_parts": {"conversation_parts": listed, "total_count": len(listed)},
        **more,
    }


def part(id: int | str, kind: str, at: int, author: str = "user", *, body: str | None = None, **more: Any) -> Json:
    """A part; `author` is a type, or `fin` for the AI agent."""
    by: Json = {"type": author, "id": {"user": "u1", "admin": "a1"}.get(author, "b1")}
    if author == "fin":
        by = {"type": "bot", "id": "b1", "from_ai_agent": True, "is_ai_answer": more.pop("answer", False)}
    return {"id": id, "part_type": kind, "created_at": at, "body": body, "author": by, **more}


class FakeIntercom:
    def __init__(self, time: FakeTime | None = None) -> None:
        self.time = time or FakeTime()
        self.conversations: dict[str, Json] = {}
        self.deleted: list[Json] = []
        self.admins: list[Json] = [
            {"type": "admin", "id": 1, "name": "Ada", "team_ids": [7], "email": "ada@example.com"}
        ]
        self.teams: list[Json] = [{"id": 7, "name": "Billing"}]
        self.articles: list[Json] = []
        self.receipts_csv: bytes | None = None
        self.job_looks = 1
        """How often a job is looked at before it is done."""
        self.per_page_seen: list[int] = []
        self.calls: Counter[str] = Counter()
        self.faults: dict[str, deque[Answer]] = {}
        self.always: dict[str, Callable[[], Answer]] = {}
        self.headers: dict[str, str] = {}
        self.requests: list[httpx.Request] = []
        self.on_search: Callable[[int], None] | None = None
        self.tokens_valid = True

    # --- for tests

    def source(self, **settings: Any) -> IntercomSource:
        return IntercomSource(
            SourceSettings(**{"name": "acme", "kind": "intercom", "base_url": BASE, **settings}),
            TOKEN,
            partial(
                HttpClient,
                transport=httpx.MockTransport(self.answer),
                now=self.time,
                sleep=self.time.sleep,
                jitter=lambda: 0.0,
            ),
        )

    def put(self, *rows: Json) -> None:
        self.conversations.update({row["id"]: row for row in rows})

    def fail(self, path: str, *answers: Answer) -> None:
        """The next calls of `path` get `answers`."""
        self.faults.setdefault(path, deque()).extend(answers)

    def refuse(self, path: str, status: int, code: str = "forbidden") -> None:
        """Every call of `path` gets this error."""
        self.always[path] = lambda: problem(status, code)

    # --- the server

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.requests.append(request)
        self.calls[path] += 1
        queue = self.faults.get(path)
        found: Answer | None = queue.popleft() if queue else None
        if found is None and path in self.always:
            found = self.always[path]()
        if found is None:
            found = self._route(request, path)
        if isinstance(found, Exception):
            raise found
        found.headers.update(self.headers)
        found.headers.setdefault("Date", format_datetime(datetime.fromtimestamp(int(self.time.now), UTC), usegmt=True))
        return found

    def _route(self, request: httpx.Request, path: str) -> httpx.Response:
        if request.headers["Authorization"] != f"Bearer {TOKEN}":
            return problem(401, "unauthorized")
        if path == "/me":
            return ok({"app": {"id_code": "w1", "name": "Acme", "region": "EU", "timezone": "Europe/Dublin"}})
        if path == "/conversations/search":
            return self._search(json.loads(request.content))
        if path == "/conversations/deleted":
            return self._deleted(request.url.params)
        if path.startswith("/conversations/"):
            row = self.conversations.get(path.rpartition("/")[2])
            return ok(row) if row is not None else problem(404, "not_found")
        if path == "/admins":
            return ok({"admins": self.admins})
        if path == "/teams":
            return ok({"teams": self.teams})
        if path == "/articles":
            bare = [{k: v for k, v in row.items() if k != "statistics"} for row in self.articles]
            return ok({"data": bare, "pages": {"next": None}})
        if path.startswith("/articles/"):
            found = [row for row in self.articles if str(row["id"]) == path.rpartition("/")[2]]
            return ok(found[0]) if found else problem(404, "not_found")
        if path == "/export/content/data":
            return ok({"job_identifier": f"j{self.calls[path]}", "status": "pending"})
        if path.startswith("/export/content/data/j"):
            return self._job(path)
        if path.startswith("/download/content/data/"):
            assert request.headers["Accept"] == "application/octet-stream"
            return httpx.Response(200, content=gzip.compress(self.receipts_csv or b""))
        return problem(404, "not_found")

    def _search(self, body: Json) -> httpx.Response:
        if self.on_search is not None:
            self.on_search(self.calls["/conversations/search"])
        low, high = (bound["value"] for bound in body["query"]["value"])
        rows = sorted(
            (row for row in self.conversations.values() if low < row["updated_at"] < high),
            key=lambda row: row["updated_at"],
        )
        size = body["pagination"]["per_page"]
        self.per_page_seen.append(size)
        start = 0
        token = body["pagination"].get("starting_after")
        if token is not None:
            if not self.tokens_valid:
                return problem(400, "invalid_cursor")
            start = int(token)
        bare = [{k: v for k, v in row.items() if k != "conversation_parts"} for row in rows[start : start + size]]
        following = {"starting_after": str(start + size)} if start + size < len(rows) else None
        return ok({"conversations": bare, "total_count": len(rows), "pages": {"next": following}})

    def _deleted(self, params: httpx.QueryParams) -> httpx.Response:
        page, size = int(params.get("page", 1)), int(params["per_page"])
        rows = sorted(self.deleted, key=lambda row: -row["deleted_at"])
        following = (
            f"https://elsewhere.example/conversations/deleted?page={page + 1}" if page * size < len(rows) else None
        )
        return ok({"conversations": rows[(page - 1) * size : page * size], "pages": {"next": following}})

    def _job(self, path: str) -> httpx.Response:
        if self.receipts_csv is None:
            return ok({"status": "no_data"})
        done = self.calls[path] > self.job_looks
        return ok({"job_identifier": path.rpartition("/")[2], "status": "completed" if done else "in_progress"})


def ok(body: Json) -> httpx.Response:
    return httpx.Response(200, content=json.dumps(body).encode())


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    body = {"type": "error.list", "request_id": "req-1", "errors": [{"code": code, "message": f"about {code}"}]}
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): text for name, text in headers.items()})
