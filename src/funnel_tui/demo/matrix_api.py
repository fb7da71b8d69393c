"""The team's chat as a Matrix homeserver shows it: what a request is answered with. Knows nothing of sockets.

Tokens are moments: everything up to one has been told.
"""

import json
import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any
from urllib.parse import unquote

from funnel_tui.demo.intercom_api import Request
from funnel_tui.demo.reply import Reply, dump, whole
from funnel_tui.demo.world.chatter import ROOMS, Chatter, Post
from funnel_tui.demo.world.company import Company

SERVER = "demo.example"
ALIASES = tuple(f"#{room}:{SERVER}" for room in ROOMS)
ACCOUNT = f"@funnel:{SERVER}"
MOST = 1000
"""Events a page, whatever is asked for."""
_USUAL = 10
_TOKEN = re.compile(r"[st](\d+)")

Json = dict[str, Any]


class _Trouble(Exception):
    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code


class MatrixApi:
    """One homeserver with the team's rooms. `clock`: the demo's epoch seconds."""

    def __init__(self, company: Company, first_day: int, clock: Callable[[], int], token: str) -> None:
        self._company = company
        self._clock = clock
        self._token = token
        self._chatter = Chatter(company)
        self._next_day = first_day
        self._posts: dict[str, list[Post]] = {room: [] for room in ROOMS}
        self._lock = Lock()
        self._routes: list[tuple[re.Pattern[str], Callable[..., Json]]] = [
            (re.compile(r"/v3/account/whoami"), lambda request: {"user_id": ACCOUNT}),
            (re.compile(r"/v3/joined_rooms"), lambda request: {"joined_rooms": [_room_id(room) for room in ROOMS]}),
            (re.compile(r"/v3/directory/room/(.+)"), self._alias),
            (re.compile(r"/v3/rooms/([^/]+)/state/([^/]+)/?"), self._state),
            (re.compile(r"/v3/rooms/([^/]+)/messages"), self._messages),
            (re.compile(r"/v3/rooms/([^/]+)/event/([^/]+)"), self._event),
            (re.compile(r"/v3/sync"), self._sync),
        ]

    def answer(self, request: Request) -> Reply:
        """The reply to a request, refusals included; never raises."""
        try:
            return Reply(200, dump(self._answer(request)))
        except _Trouble as trouble:
            return Reply(trouble.status, dump({"errcode": trouble.code, "error": str(trouble)}))

    def _answer(self, request: Request) -> Json:
        path = request.path.removeprefix("/_matrix/client")
        if path == "/versions":
            return {"versions": ["v1.11"]}
        given = request.headers.get("authorization")
        if given is None:
            raise _Trouble(401, "M_MISSING_TOKEN", "Missing access token")
        if given != f"Bearer {self._token}":
            raise _Trouble(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.")
        for pattern, handler in self._routes:
            found = pattern.fullmatch(path)
            if found and request.method == "GET":
                return handler(request, *map(unquote, found.groups()))
        raise _Trouble(404, "M_UNRECOGNIZED", "Unrecognized request")

    # --- rooms

    def _alias(self, request: Request, alias: str) -> Json:
        if alias not in ALIASES:
            raise _Trouble(404, "M_NOT_FOUND", f"Room alias {alias} not found")
        return {"room_id": _room_id(ROOMS[ALIASES.index(alias)]), "servers": [SERVER]}

    def _state(self, request: Request, id: str, type: str) -> Json:
        room = _room(id)
        known: dict[str, Json] = {
            "m.room.name": {"name": room},
            "m.room.canonical_alias": {"alias": ALIASES[ROOMS.index(room)]},
            "m.room.history_visibility": {"history_visibility": "shared"},
        }
        if type not in known:
            raise _Trouble(404, "M_NOT_FOUND", "Event not found.")
        return known[type]

    # --- messages

    def _sync(self, request: Request) -> Json:
        since = _moment(request.query.get("since"))
        now = self._now()
        wanted = _filter(request).get("room", {})
        timeline = wanted.get("timeline", {})
        joined: dict[str, Json] = {}
        for room in ROOMS:
            if _room_id(room) not in wanted.get("rooms", [_room_id(room)]) or not _takes_messages(timeline):
                continue
            found = self._between(room, since, now)
            kept = found[-int(timeline.get("limit", _USUAL)) :]
            if kept:
                joined[_room_id(room)] = {
                    "timeline": {
                        "events": [self._as_event(post) for post in kept],
                        "limited": len(kept) < len(found),
                        "prev_batch": f"t{kept[0].at}",
                    }
                }
        return {"next_batch": f"s{now + 1}", **({"rooms": {"join": joined}} if joined else {})}

    def _messages(self, request: Request, id: str) -> Json:
        room = _room(id)
        if request.query.get("dir") != "b":
            raise _Trouble(400, "M_UNKNOWN", "Only dir=b is served here")
        end = _moment(request.query.get("from"))
        end = self._now() + 1 if end is None else end
        found = self._between(room, _moment(request.query.get("to")), end - 1)
        kept = found[-min(MOST, whole(request.query.get("limit"), _USUAL)) :]
        answer: Json = {"start": f"t{end}", "chunk": [self._as_event(post) for post in reversed(kept)]}
        return {**answer, "end": f"t{kept[0].at}"} if kept else answer

    def _event(self, request: Request, id: str, event: str) -> Json:
        room = _room(id)
        post = next(
            (post for post in self._between(room, None, self._now()) if _event_id(room, post.at) == event), None
        )
        if post is None:
            raise _Trouble(404, "M_NOT_FOUND", "Event not found.")
        return self._as_event(post)

    def _now(self) -> int:
        """Milliseconds; what happens up to now is there."""
        now = self._clock()
        with self._lock:
            while self._company.calendar.midnight(self._next_day) <= now:
                for post in self._chatter.posts(self._next_day):
                    insort(self._posts[post.room], post, key=_at)
                self._next_day += 1
        return now * 1000

    def _between(self, room: str, since: int | None, until: int) -> Sequence[Post]:
        """Those from the token `since` on, up to the moment `until`."""
        posts = self._posts[room]
        return posts[bisect_left(posts, since or 0, key=_at) : bisect_right(posts, until, key=_at)]

    def _as_event(self, post: Post) -> Json:
        content: Json = {"msgtype": "m.notice" if post.bot else "m.text", "body": post.text}
        if post.root is not None:
            content["m.relates_to"] = {"rel_type": "m.thread", "event_id": _event_id(post.room, post.root)}
        return {
            "type": "m.room.message",
            "event_id": _event_id(post.room, post.at),
            "room_id": _room_id(post.room),
            "sender": f"@{post.user}:{SERVER}",
            "origin_server_ts": post.at,
            "content": content,
        }


def _at(post: Post) -> int:
    return post.at


def _room_id(room: str) -> str:
    return f"!{room}:{SERVER}"


def _room(id: str) -> str:
    room = id.removeprefix("!").removesuffix(f":{SERVER}")
    if room not in ROOMS:
        raise _Trouble(403, "M_FORBIDDEN", "User is not a member of the room")
    return room


def _event_id(room: str, at: int) -> str:
    return f"${room}-{at}"


def _moment(token: str | None) -> int | None:
    if token is None:
        return None
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise _Trouble(400, "M_UNKNOWN", "Invalid stream token")
    return int(found[1])


def _filter(request: Request) -> Json:
    try:
        found = json.loads(request.query.get("filter", "{}"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _Trouble(400, "M_BAD_JSON", "The filter is no JSON object")
    return found


def _takes_messages(timeline: Json) -> bool:
    return "m.room.message" in timeline.get("types", ["m.room.message"])
