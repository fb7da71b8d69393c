"""A small homeserver in memory behind `httpx.MockTransport`: rooms as lists of events in the order of arrival."""

import json
from collections import Counter
from email.utils import formatdate
from functools import partial
from typing import Any
from urllib.parse import unquote

import httpx

from funnel_tui.model.records import ChatGone, ChatMessage, ChatThread, Page
from funnel_tui.settings import SourceSettings
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.matrix.source import MatrixSource
from tests.sources.fake_intercom import NOW, FakeTime

BASE = "https://matrix.example.org"
TOKEN = "c3lzY29uZmlkZW50aWFs"
ME = "@reader:example.org"
ROOM = "!ask:example.org"
API = "/_matrix/client"

Json = dict[str, Any]


def thread(root: str) -> Json:
    return {"m.relates_to": {"rel_type": "m.thread", "event_id": root, "m.in_reply_to": {"event_id": root}}}


def reply(to: str) -> Json:
    return {"m.relates_to": {"m.in_reply_to": {"event_id": to}}}


def edit(of: str) -> Json:
    return {"m.relates_to": {"rel_type": "m.replace", "event_id": of}, "m.new_content": {"body": "new"}}


class Homeserver:
    """`events[room]` are numbered over all rooms; a token is `s<number>`: everything up to there."""

    def __init__(self, time: FakeTime | None = None) -> None:
        self.time = time or FakeTime()
        self.number = 0
        self.events: dict[str, list[tuple[int, Json]]] = {}
        self.joined: list[str] = []
        self.left: list[str] = []
        self.aliases: dict[str, str] = {}
        self.state: dict[tuple[str, str], Json] = {}
        self.cap = 1_000
        """Events a page at most, whatever is asked for."""
        self.tells_state = True
        """The first sync says what rooms are."""
        self.always: dict[str, httpx.Response] = {}
        """What the calls of paths that begin so get instead."""
        self.once: dict[str, list[httpx.Response]] = {}
        self.requests: list[httpx.Request] = []
        self.calls: Counter[str] = Counter()
        self.room(ROOM, "Ask support", "#ask:example.org")

    # --- for tests

    def source(self, *channels: str, **settings: Any) -> MatrixSource:
        return MatrixSource(
            SourceSettings(
                **{
                    "name": "team",
                    "kind": "matrix",
                    "base_url": BASE,
                    "channels": channels or ("#ask:example.org",),
                    **settings,
                }
            ),
            TOKEN,
            partial(
                HttpClient,
                transport=httpx.MockTransport(self.answer),
                now=self.time,
                sleep=self.time.sleep,
                jitter=lambda: 0.0,
            ),
        )

    def room(self, id: str, name: str | None = None, alias: str | None = None, *, join: bool = True) -> str:
        self.events.setdefault(id, [])
        if name is not None:
            self.state[id, "m.room.name"] = {"name": name}
        if alias is not None:
            self.aliases[alias] = id
            self.state[id, "m.room.canonical_alias"] = {"alias": alias}
        if join:
            self.joined.append(id)
        return id

    def put(self, event: Json, room: str = ROOM) -> str:
        self.number += 1
        event.setdefault("event_id", f"$e{self.number}")
        self.events[room].append((self.number, event))
        return str(event["event_id"])

    def say(self, body: Any, at: float = NOW - 100, by: str = "@carol:example.org", **more: Any) -> str:
        """A message; `at` in seconds, `room` and further fields of the content in `more`."""
        room, kind = more.pop("room", ROOM), more.pop("msgtype", "m.text")
        content = {"msgtype": kind, "body": body, **more}
        event = {"type": "m.room.message", "sender": by, "origin_server_ts": int(at * 1000), "content": content}
        return self.put(event, room)

    def redact(self, id: str, at: float, room: str = ROOM, *, modern: bool = True) -> str:
        """Empties the event, as a homeserver does, and says so."""
        event = next(event for _, event in self.events[room] if event["event_id"] == id)
        redaction: Json = {"type": "m.room.redaction", "sender": ME, "origin_server_ts": int(at * 1000), "content": {}}
        redaction |= {"content": {"redacts": id}} if modern else {"redacts": id}
        event["content"] = {}
        event.setdefault("unsigned", {})["redacted_because"] = redaction
        return self.put(redaction, room)

    # --- answers

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        raw = request.url.raw_path.decode().partition("?")[0].removeprefix(API)
        path = unquote(raw)
        self.calls["/".join(path.split("/")[:3])] += 1
        for start, answers in self.once.items():
            if path.startswith(start) and answers:
                return answers.pop(0)
        for start, found in self.always.items():
            if path.startswith(start):
                return found
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return trouble(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.")
        response = self._found([unquote(part) for part in raw.split("/")[1:]], dict(request.url.params))
        response.headers["Date"] = formatdate(self.time.now, usegmt=True)
        return response

    def _found(self, path: list[str], params: dict[str, str]) -> httpx.Response:
        match path:
            case ["v3", "account", "whoami"]:
                return httpx.Response(200, json={"user_id": ME, "is_guest": False})
            case ["v3", "joined_rooms"]:
                return httpx.Response(200, json={"joined_rooms": self.joined})
            case ["v3", "directory", "room", alias]:
                if alias in self.aliases:
                    return httpx.Response(200, json={"room_id": self.aliases[alias], "servers": ["example.org"]})
                return trouble(404, "M_NOT_FOUND", f"Room alias {alias} not found")
            case ["v3", "sync"]:
                return self._sync(params)
            case ["v3", "rooms", room, *rest]:
                if room not in self.joined:
                    return trouble(403, "M_FORBIDDEN", f"User {ME} not in room {room}")
                return self._in_room(room, rest, params)
        return trouble(404, "M_UNRECOGNIZED", "Unrecognized request")

    def _in_room(self, room: str, path: list[str], params: dict[str, str]) -> httpx.Response:
        match path:
            case ["messages"]:
                return self._messages(room, params)
            case ["event", id]:
                found = next((event for _, event in self.events[room] if event["event_id"] == id), None)
                return httpx.Response(200, json=found) if found else trouble(404, "M_NOT_FOUND", "Event not found.")
            case ["state", kind] if (room, kind) in self.state or kind == "m.room.create":
                return httpx.Response(200, json=self.state.get((room, kind), {}))
        return trouble(404, "M_NOT_FOUND", "Event not found.")

    def _sync(self, params: dict[str, str]) -> httpx.Response:
        what = json.loads(params["filter"])["room"]
        timeline, rooms = what["timeline"], what.get("rooms", self.joined)
        answer: Json = {"next_batch": f"s{self.number}"}
        if "since" not in params:
            if told := {room: self._told(room, what["state"]["types"]) for room in rooms if self.tells_state}:
                answer["rooms"] = {"join": told}
            return httpx.Response(200, json=answer)
        since = _number(params["since"])
        if since is None:
            return trouble(400, "M_UNKNOWN", "Invalid stream token")
        for section, members in (("join", self.joined), ("leave", self.left)):
            for room in members:
                new = [(n, e) for n, e in self.events[room] if n > since and e.get("type") in timeline["types"]]
                if room in rooms and (new or section == "leave"):
                    kept = new[-timeline["limit"] :]
                    told = {
                        "timeline": {
                            "events": [event for _, event in kept],
                            "limited": len(kept) < len(new),
                            "prev_batch": f"s{kept[0][0] - 1}" if kept else f"s{self.number}",
                        }
                    }
                    answer.setdefault("rooms", {}).setdefault(section, {})[room] = told
        return httpx.Response(200, json=answer)

    def _told(self, room: str, types: list[str]) -> Json:
        states = {"m.room.create": {}} | {kind: content for (of, kind), content in self.state.items() if of == room}
        events = [{"type": k, "state_key": "", "content": c} for k, c in states.items() if k in types]
        return {"state": {"events": events}, "timeline": {"events": []}}

    def _messages(self, room: str, params: dict[str, str]) -> httpx.Response:
        start = _number(params.get("from", f"s{self.number}"))
        end = _number(params.get("to", "s0"))
        if start is None or end is None:
            return trouble(400, "M_UNKNOWN", "'from' parameter is invalid")
        types = json.loads(params["filter"])["types"]
        older = [(n, e) for n, e in self.events[room] if end < n <= start]
        page = older[::-1][: min(self.cap, int(params["limit"]))]
        answer: Json = {"chunk": [event for _, event in page if event.get("type") in types], "start": f"s{start}"}
        if page:
            answer["end"] = f"s{page[-1][0] - 1}"
        return httpx.Response(200, json=answer)


def _number(token: str) -> int | None:
    return int(token[1:]) if token.startswith("s") and token[1:].isdigit() else None


def trouble(status: int, code: str, error: str, **more: Any) -> httpx.Response:
    return httpx.Response(status, json={"errcode": code, "error": error, **more})


# --- what pages say


def messages_of(pages: list[Page]) -> dict[str, list[ChatMessage]]:
    """Thread -> its messages as a cache would hold them: added to, replaced by id, in order of their dates."""
    found: dict[str, dict[str, ChatMessage]] = {}
    for page in pages:
        for record in page.records:
            if isinstance(record, ChatThread):
                assert not record.whole
                found.setdefault(record.id, {}).update((message.id, message) for message in record.messages)
    return {
        id: sorted(messages.values(), key=lambda message: (message.at, message.id)) for id, messages in found.items()
    }


def gone(pages: list[Page]) -> dict[str, int]:
    return {record.message: record.at for page in pages for record in page.records if isinstance(record, ChatGone)}


async def back(source: MatrixSource, lo: int = 0, hi: int = NOW, cursor: str | None = None) -> list[Page]:
    return [page async for page in source.read("messages", lo, hi, cursor)]


async def on(source: MatrixSource, position: str) -> list[Page]:
    return [page async for page in source.follow("messages", position)]
