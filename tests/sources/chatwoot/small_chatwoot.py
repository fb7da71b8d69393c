"""A small Chatwoot behind `httpx.MockTransport`: an account, its lists, and the ways in which versions differ."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any

import httpx

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.chatwoot.source import ChatwootSource
from funnel_tui.sources.http import HttpClient

NOW = 1_800_000_000
BASE = "https://chat.example.com"
TOKEN = "Zm9vYmFy-qX7"
ROOT = "/api/v1/accounts/4"

Json = dict[str, Any]


class Clock:
    def __init__(self, now: float = NOW) -> None:
        self.now = float(now)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += max(0.0, seconds)
        await asyncio.sleep(0)


class SmallChatwoot:
    def __init__(self) -> None:
        self.clock = Clock()
        self.rows: dict[int, Json] = {}
        self.said: dict[int, list[Json]] = {}
        self.events: list[Json] = []
        self.ratings: list[Json] | None = []
        self.agents: list[Json] = [
            {"id": 1, "name": "Ada Park", "available_name": "Ada", "availability_status": "online"},
            {"id": 2, "name": "Ben Lee", "availability_status": "busy"},
        ]
        self.teams: list[Json] = [{"id": 9, "name": "billing"}]
        self.inboxes: list[Json] = [{"id": 3, "channel_type": "Channel::Email"}]
        self.portals: dict[str, list[Json]] = {}
        self.profile: Json = {"id": 1, "accounts": [{"id": 4, "name": "Acme", "role": "administrator"}]}
        self.per_page = 25
        self.sorts = True
        self.order: Callable[[Json], Any] = lambda row: row["id"]
        """What a server that does not heed `sort_by` lists by, rising."""
        self.knows_after = True
        self.own_events = True
        """Whether a conversation's own list of events exists."""
        self.wrap: Callable[[list[Json]], Any] = lambda rows: {"meta": {}, "payload": rows}
        """How messages are wrapped."""
        self.refused: dict[str, int] = {}
        """Path below the account -> status."""
        self.faults: dict[str, deque[httpx.Response]] = {}
        self.calls: Counter[str] = Counter()
        self.requests: list[httpx.Request] = []
        self.on_list: Callable[[int], None] | None = None
        self._next = 1000

    # --- for tests

    def source(self, **settings: Any) -> ChatwootSource:
        return ChatwootSource(
            SourceSettings(**{"name": "acme", "kind": "chatwoot", "base_url": BASE, "account_id": "4", **settings}),
            TOKEN,
            partial(
                HttpClient,
                transport=httpx.MockTransport(self.answer),
                now=self.clock,
                sleep=self.clock.sleep,
                jitter=lambda: 0.0,
            ),
        )

    def put(self, id: int, *messages: Json, status: str = "open", created: int | None = None, **more: Any) -> Json:
        said = list(messages)
        for message in said:
            if "id" not in message:
                self._next += 1
                message["id"] = self._next
        began = created if created is not None else min(message["created_at"] for message in said)
        last = max([began, *(message["created_at"] or began for message in said)])
        meta = {"sender": {"id": 50, "name": "Cleo"}, "channel": "Channel::WebWidget", **more.pop("meta", {})}
        row: Json = {
            "id": id,
            "inbox_id": 3,
            "status": status,
            "labels": [],
            "created_at": began,
            "last_activity_at": last,
            "meta": meta,
            "additional_attributes": {},
            "messages": said[-1:],
            **more,
        }
        self.rows[id] = row
        self.said[id] = said
        return row

    def event(self, name: str, conversation: int, at: int, start: int | None = None, **more: Any) -> None:
        self.events.append(
            {
                "id": len(self.events) + 1,
                "name": name,
                "conversation_id": conversation,
                "event_start_time": iso(start if start is not None else self.rows[conversation]["created_at"]),
                "event_end_time": iso(at),
                "created_at": iso(at),
                **more,
            }
        )

    # --- the server

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        path = request.url.path.removeprefix(ROOT)
        self.calls[path] += 1
        found = self._answer(path, request.url.params)
        found.headers["Date"] = format_datetime(datetime.fromtimestamp(int(self.clock.now), UTC), usegmt=True)
        return found

    def _answer(self, path: str, params: httpx.QueryParams) -> httpx.Response:
        if self.faults.get(path):
            return self.faults[path].popleft()
        if path in self.refused:
            return httpx.Response(self.refused[path], json={"error": "You are not authorized to do this action"})
        parts = path.strip("/").split("/")
        found = self._route(path, parts, params)
        return httpx.Response(404, json={"error": "Resource could not be found"}) if found is None else found

    def _route(self, path: str, parts: list[str], params: httpx.QueryParams) -> httpx.Response | None:
        if path == "/api/v1/profile":
            return ok(self.profile)
        if path in ("/agents", "/teams"):
            return ok(getattr(self, path[1:]))
        if path == "/inboxes":
            return ok({"payload": self.inboxes})
        if path == "/conversations/meta":
            return ok({"meta": {"all_count": len(self.rows)}})
        if path == "/conversations":
            return self._list(params)
        if path == "/reporting_events":
            return self._reporting(params)
        if path == "/csat_survey_responses":
            return None if self.ratings is None else ok(self._cut(self._within(self.ratings, params), params))
        if path == "/portals":
            return ok({"payload": [{"slug": slug} for slug in self.portals]})
        if parts[0] == "portals" and parts[1] in self.portals:
            return ok({"payload": self._cut(self.portals[parts[1]], params), "meta": {"current_page": 1}})
        if parts[0] == "conversations" and parts[1].isdigit() and int(parts[1]) in self.rows:
            return self._conversation(int(parts[1]), parts[2:], params)
        return None

    def _conversation(self, id: int, rest: list[str], params: httpx.QueryParams) -> httpx.Response | None:
        if not rest:
            return ok(self.rows[id])
        if rest == ["messages"]:
            return ok(self.wrap(self._messages(id, params)))
        if rest == ["reporting_events"] and self.own_events:
            return ok([event for event in self.events if event["conversation_id"] == id])
        return None

    def _list(self, params: httpx.QueryParams) -> httpx.Response:
        assert params["status"] == "all"
        page = int(params["page"])
        if self.on_list is not None:
            self.on_list(page)
        rows = sorted(self.rows.values(), key=self.order)
        if self.sorts:
            rows.sort(key=lambda row: row["last_activity_at"], reverse=params.get("sort_by", "desc").endswith("desc"))
        shown = rows[(page - 1) * self.per_page : page * self.per_page]
        return ok({"data": {"meta": {"all_count": len(rows)}, "payload": shown}})

    def _messages(self, id: int, params: httpx.QueryParams) -> list[Json]:
        said = sorted(self.said[id], key=lambda message: (message["created_at"] or 0, message["id"]))
        if "after" in params and self.knows_after:
            return [message for message in said if message["id"] > int(params["after"])][:100]
        if "before" in params:
            return [message for message in said if message["id"] < int(params["before"])][-20:]
        return said[-20:]

    def _reporting(self, params: httpx.QueryParams) -> httpx.Response:
        found = self._within(self.events, params)
        pages = -(-len(found) // 25)
        meta = {"count": len(found), "current_page": int(params["page"]), "total_pages": pages}
        return ok({"meta": meta, "payload": self._cut(found, params)})

    def _within(self, rows: list[Json], params: httpx.QueryParams) -> list[Json]:
        lo, hi = int(params["since"]), int(params["until"])
        return [row for row in rows if lo <= _epoch(row["created_at"]) <= hi]

    def _cut(self, rows: list[Json], params: httpx.QueryParams) -> list[Json]:
        page = int(params["page"])
        return rows[(page - 1) * 25 : page * 25]


def ok(body: Any) -> httpx.Response:
    return httpx.Response(200, json=body)


def iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", ".250Z")


def _epoch(value: int | str) -> int:
    return value if isinstance(value, int) else int(datetime.fromisoformat(value).timestamp())


def customer(at: int, text: str = "Help", **more: Any) -> Json:
    sender = {"id": 50, "name": "Cleo", "type": "contact"}
    return {"message_type": 0, "content": text, "created_at": at, "private": False, "sender": sender, **more}


def agent(at: int, text: str = "Sure", *, id: int = 1, name: str = "Ada", **more: Any) -> Json:
    sender = {"id": id, "name": name, "type": "user"}
    return {"message_type": 1, "content": text, "created_at": at, "private": False, "sender": sender, **more}


def robot(at: int, text: str = "Try this", **more: Any) -> Json:
    sender = {"id": 1, "name": "Helper", "type": "agent_bot"}
    return {"message_type": 1, "content": text, "created_at": at, "private": False, "sender": sender, **more}


def note(at: int, text: str) -> Json:
    """An activity."""
    return {"message_type": 2, "content": text, "created_at": at, "private": False}


def survey(at: int, rating: int | None = None, **more: Any) -> Json:
    values: Json = {} if rating is None else {"submitted_values": {"csat_survey_response": {"rating": rating}}}
    return {
        "message_type": 3,
        "content": "Please rate us",
        "content_type": "input_csat",
        "content_attributes": values,
        "created_at": at,
        "private": False,
        **more,
    }
