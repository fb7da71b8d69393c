"""A small Slack in memory behind `httpx.MockTransport`, with a clock that only sleeping moves."""

import json
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from typing import Any

import httpx

from funnel_tui.model.records import ChatThread, Page, Record
from funnel_tui.settings import SourceSettings
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.slack.source import SlackSource
from tests.sources.fake_intercom import NOW, FakeTime

TOKEN = "xoxb-fake-Zq9"
BASE = "https://slack.com/api"
DAY = 86_400
SCOPES = "channels:read,groups:read,channels:history,groups:history,users:read,reactions:read"

Json = dict[str, Any]
Answer = httpx.Response | Exception


def ts(at: int, part: int = 100) -> str:
    return f"{at}.{part:06}"


def said(stamp: str, text: str = "How?", user: str = "U1", **more: Any) -> Json:
    return {"type": "message", "ts": stamp, "text": text, "user": user, **more}


def refusal(error: str, **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"ok": False, "error": error, **more})


@dataclass
class Room:
    id: str
    name: str
    private: bool = False
    member: bool | None = True
    archived: bool = False
    rows: dict[str, Json] = field(default_factory=dict)
    """By `ts`; a reply has a `thread_ts` of another."""

    def put(self, *rows: Json) -> None:
        self.rows.update({row["ts"]: row for row in rows})

    def reply(self, root: str, stamp: str, text: str = "So.", user: str = "U2", **more: Any) -> None:
        self.put(said(stamp, text, user, thread_ts=root, **more))

    def replies(self, root: str) -> list[Json]:
        found = [row for row in self.rows.values() if row.get("thread_ts") == root and row["ts"] != root]
        return sorted(found, key=lambda row: row["ts"])

    def shown(self, row: Json) -> Json:
        replies = self.replies(row["ts"])
        if not replies:
            return row
        return {**row, "thread_ts": row["ts"], "reply_count": len(replies), "latest_reply": replies[-1]["ts"]}

    def history(self) -> list[Json]:
        roots = [row for row in self.rows.values() if row.get("thread_ts") in (None, row["ts"])]
        also = [row for row in self.rows.values() if row.get("subtype") == "thread_broadcast"]
        return sorted((self.shown(row) for row in (*roots, *also)), key=lambda row: row["ts"], reverse=True)


class Workspace:
    def __init__(self) -> None:
        self.time = FakeTime()
        self.rooms: list[Room] = [Room("C0000000A", "ask-support")]
        self.users: list[Json] = [{"id": "U1", "is_bot": False}, {"id": "UB", "is_bot": True}]
        self.page = 1_000
        self.scopes: str | None = SCOPES
        self.per_minute: int | None = None
        """Requests a minute of history and of replies; more are refused."""
        self.refused = 0
        self.calls: Counter[str] = Counter()
        self.requests: list[httpx.Request] = []
        self.faults: dict[str, deque[Answer]] = {}
        self.always: dict[str, Callable[[httpx.QueryParams], Answer | None]] = {}
        self._sent: dict[str, list[float]] = {}

    @property
    def room(self) -> Room:
        return self.rooms[0]

    def source(self, *channels: str, **settings: Any) -> SlackSource:
        named = channels or ("#ask-support",)
        return SlackSource(
            SourceSettings(**{"name": "chat", "kind": "slack", "base_url": BASE, "channels": named, **settings}),
            TOKEN,
            partial(
                HttpClient,
                transport=httpx.MockTransport(self.answer),
                now=self.time,
                sleep=self.time.sleep,
                jitter=lambda: 0.0,
            ),
        )

    def fail(self, method: str, *answers: Answer) -> None:
        """The next calls of `method` get `answers`."""
        self.faults.setdefault(method, deque()).extend(answers)

    # --- the wire

    def answer(self, request: httpx.Request) -> httpx.Response:
        method = request.url.path.removeprefix("/api/")
        self.calls[method] += 1
        self.requests.append(request)
        reply = self._fault(method, request.url.params) or self._paced(method) or self._data(method, request)
        if isinstance(reply, Exception):
            raise reply
        reply.headers["Date"] = formatdate(self.time(), usegmt=True)
        if self.scopes is not None:
            reply.headers["x-oauth-scopes"] = self.scopes
        return reply

    def _fault(self, method: str, params: httpx.QueryParams) -> Answer | None:
        queue = self.faults.get(method)
        if queue:
            return queue.popleft()
        return self.always[method](params) if method in self.always else None

    def _paced(self, method: str) -> httpx.Response | None:
        if self.per_minute is None or method not in ("conversations.history", "conversations.replies"):
            return None
        sent = [at for at in self._sent.get(method, []) if at > self.time() - 60]
        if len(sent) >= self.per_minute:
            self.refused += 1
            wait = str(int(sent[0] + 60 - self.time()) + 1)
            return httpx.Response(429, json={"ok": False, "error": "ratelimited"}, headers={"Retry-After": wait})
        self._sent[method] = [*sent, self.time()]
        return None

    def _data(self, method: str, request: httpx.Request) -> httpx.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return refusal("invalid_auth")
        params = request.url.params
        if method == "auth.test":
            return _ok(team_id="T1", team="Acme", url="https://acme.slack.com/")
        if method == "users.list":
            return self._cut("members", self.users, params)
        if method == "conversations.list":
            kinds = params["types"].split(",")
            rooms = [room for room in self.rooms if ("private" if room.private else "public") + "_channel" in kinds]
            rows = [
                {
                    "id": room.id,
                    "name": room.name,
                    "is_member": room.member,
                    "is_private": room.private,
                    "is_archived": room.archived,
                }
                for room in rooms
            ]
            return self._cut("channels", rows, params)
        room_of = {room.id: room for room in self.rooms}
        room = room_of.get(params.get("channel", ""))
        if room is None:
            return refusal("channel_not_found")
        if room.member is False:
            return refusal("not_in_channel")
        if method == "conversations.history":
            low, high = params.get("oldest", "0"), params.get("latest", "9999999999.0")
            rows = [row for row in room.history() if low <= row["ts"] <= high]
            return self._cut("messages", rows, params, more=True)
        root = params["ts"]
        if root not in room.rows:
            return refusal("thread_not_found")
        return self._cut("messages", [room.shown(room.rows[root]), *room.replies(root)], params, more=True)

    def _cut(self, key: str, rows: list[Json], params: httpx.QueryParams, *, more: bool = False) -> httpx.Response:
        start = int(params.get("cursor", "p0").removeprefix("p"))
        end = start + min(self.page, int(params["limit"]))
        rest = len(rows) > end
        flags = {"has_more": rest} if more else {}
        return _ok(**{key: rows[start:end]}, response_metadata={"next_cursor": f"p{end}" if rest else ""}, **flags)


def _ok(**fields: Any) -> httpx.Response:
    return httpx.Response(200, content=json.dumps({"ok": True, **fields}).encode())


# --- reading


async def pages(
    source: SlackSource,
    lo: int = NOW - 30 * DAY,
    hi: int = NOW,
    cursor: str | None = None,
    known: dict[str, int] | None = None,
    stream: str = "#ask-support",
) -> list[Page]:
    return [page async for page in source.read(stream, lo, hi, cursor, known)]


def records(found: list[Page]) -> list[Record]:
    return [record for page in found for record in page.records]


def texts(found: list[Page]) -> dict[str, list[str | None]]:
    """Thread -> what was said in it, for threads in the order in which they came."""
    return {
        record.id: [message.text for message in record.messages]
        for record in records(found)
        if isinstance(record, ChatThread)
    }


def versions(found: list[Page]) -> dict[str, int]:
    return {id: at for page in found for id, at in getattr(page, "versions", {}).items()}
