"""A Matrix homeserver's client-server API: events in the order in which they arrived, whatever their stamps say."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tests.fakes.chat import MICRO, SILENT, Chat, Habits, Said
from tests.fakes.toolkit import Call, Clock, Hostility, Reply, World, as_json

HOST = "loop.test"
WATCHED = ("ask-support", "ask-billing")
OTHERS = ("general",)
CHANNELS = ("#ask-support", f"#ask-billing:{HOST}")
"""As a user names them: with and without the server."""
MOST = 1000
"""Events a page at most, whatever is asked for."""
CLIENT = "/_matrix/client"


@dataclass(frozen=True)
class Event:
    """One event of a room. `place`: its position in the order of arrival, counted over all rooms from 1."""

    place: int
    room: str
    comes: int
    said: Said
    what: str
    """`said`, `edit`, `redact`, `react`, `member`, `crypt`."""

    @property
    def id(self) -> str:
        return event_id(self.said, self.what)


class MatrixWorld(World):
    """`most`: the page cap. `timeline`: how many events of a room a sync tells at most."""

    token = "syt_5f1d0c3a9b7e_tok"

    def __init__(
        self,
        clock: Clock,
        hostility: Hostility | None = None,
        *,
        habits: Habits | None = None,
        seed: int = 1,
        most: int = MOST,
        timeline: int = 100,
    ) -> None:
        super().__init__(clock, hostility)
        self.most, self.timeline = most, timeline
        self.people = [f"@agent{number}:{HOST}" for number in range(9)]
        self.bots = [f"@deploy:{HOST}"]
        habits = habits or Habits(turning=False, back_dated=0.1, manners=("rich",))
        self.chat = Chat(seed, clock.now, (*WATCHED, *OTHERS), self.people, self.bots, habits)
        self.rooms = {name: f"!r{number}/+{name}:{HOST}" for number, name in enumerate((*WATCHED, *OTHERS))}
        self._filters: dict[str, Any] = {}
        self._came: Counter[str] = Counter()
        self._arrange()

    def _arrange(self) -> None:
        found: list[tuple[int, int, int, Said, str]] = []
        for one in self.chat.said:
            found.append((one.comes, 0, one.id, one, "said"))
            luck = self.hostility.chance("noise", one.id).random()
            if one.edited is not None:
                found.append((one.edited, 1, one.id, one, "edit"))
            if one.gone is not None:
                found.append((one.gone, 2, one.id, one, "redact"))
            if luck < 0.4:
                noise = "react" if luck < 0.25 else "member" if luck < 0.35 else "crypt"
                found.append((one.comes, 3, one.id, one, noise))
        found.sort(key=lambda row: row[:3])
        self.events = [
            Event(place, one.channel, comes, one, what) for place, (comes, _, _, one, what) in enumerate(found, 1)
        ]

    # --- the manners of the place

    def allowed(self, call: Call) -> bool:
        return call.headers.get("authorization") == f"Bearer {self.token}" or call.one("access_token") == self.token

    def unauthorized(self, call: Call) -> Reply:
        if "authorization" not in call.headers:
            return fault(401, "M_MISSING_TOKEN", "Missing access token")
        return fault(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.", soft_logout=False)

    def throttled(self, seconds: int | None) -> Reply:
        """Some say how long only in the body."""
        more = {} if seconds is None else {"retry_after_ms": seconds * 1000 - 63}
        spoken = {"Retry-After": str(seconds)} if seconds is not None and not self.hostility.odd else {}
        return as_json({"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", **more}, 429, spoken)

    def answer(self, call: Call) -> Reply:
        if not call.path.startswith(CLIENT):
            return fault(404, "M_UNRECOGNIZED", "Unrecognized request")
        path = call.path.removeprefix(CLIENT)
        for method, pattern, handler in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == call.method:
                try:
                    return as_json(handler(self, call, *map(unquote, found.groups())))
                except Fault as refused:
                    return fault(refused.status, refused.code, refused.text)
        return fault(404, "M_UNRECOGNIZED", "Unrecognized request")

    def after(self, call: Call) -> None:
        if self.hostility.shifting and call.path.endswith(("/messages", "/threads", "/m.thread")):
            self.clock.move(200)

    # --- calls

    def whoami(self, call: Call) -> Any:
        return {"user_id": f"@funnel:{HOST}", "device_id": "FUNNEL", "is_guest": False, **self.hostility.extra("who")}

    def joined_rooms(self, call: Call) -> Any:
        return {"joined_rooms": list(self.rooms.values())}

    def alias(self, call: Call, alias: str) -> Any:
        name = alias.removeprefix("#").removesuffix(f":{HOST}")
        if name not in self.rooms or not alias.endswith(f":{HOST}"):
            raise Fault(404, "M_NOT_FOUND", f"Room alias {alias} not found")
        return {"room_id": self.rooms[name], "servers": [HOST]}

    def state(self, call: Call, room: str) -> Any:
        return self._state(self._named(room))

    def state_event(self, call: Call, room: str, kind: str, key: str = "") -> Any:
        name = self._named(room)
        for event in self._state(name):
            if event["type"] == kind and event["state_key"] == key.strip("/"):
                return event["content"]
        raise Fault(404, "M_NOT_FOUND", "Event not found.")

    def members(self, call: Call, room: str) -> Any:
        self._named(room)
        return {"joined": {person: {"display_name": person[1:7].title(), "avatar_url": None} for person in self.people}}

    def profile(self, call: Call, user: str) -> Any:
        if user not in (*self.people, *self.bots):
            raise Fault(404, "M_NOT_FOUND", "Profile was not found")
        return {"displayname": user[1:7].title()}

    def new_filter(self, call: Call, user: str) -> Any:
        made = str(len(self._filters))
        self._filters[made] = call.json
        return {"filter_id": made}

    def sync(self, call: Call) -> Any:
        chosen = self._filter(call)
        rooms = chosen.get("room") or {}
        timeline = rooms.get("timeline") or {}
        since = call.one("since")
        begin = 0 if since is None else self._place(since, "s")
        last = self._last
        answer: dict[str, Any] = {"next_batch": f"s{last}_{self.chat.seed}_0", **self.hostility.extra("sync", last)}
        joined = {}
        for name, room in self.rooms.items():
            if not admitted(rooms, room) or not admitted(timeline, room):
                continue
            events = [e for e in self._arrived(name) if e.place > begin and self._typed(timeline, e)]
            most = max(1, min(self.timeline, int(timeline.get("limit") or 10)))
            if not events and since is not None:
                continue
            sent = events[-most:]
            joined[room] = {
                "timeline": {
                    "events": [self._event(e) for e in sent],
                    "limited": len(events) > most,
                    "prev_batch": f"s{sent[0].place - 1 if sent else last}_{self.chat.seed}_0",
                },
                "state": {"events": self._state(name) if since is None else []},
                "ephemeral": {"events": []},
                "account_data": {"events": []},
                "unread_notifications": {},
                "summary": None if self.hostility.odd else {},
            }
        if joined:
            answer["rooms"] = {"join": joined}
        return answer

    def messages(self, call: Call, room: str) -> Any:
        name = self._named(room)
        backwards = (call.one("dir") or "b") == "b"
        start, stop = call.one("from"), call.one("to")
        last = self._last
        mark = (last if backwards else 0) if start is None else self._place(start, "st")
        limit = None if stop is None else self._place(stop, "st")
        chosen = json.loads(call.one("filter") or "{}")
        rows = self._arrived(name)
        if backwards:
            rows = [e for e in reversed(rows) if e.place <= mark and (limit is None or e.place > limit)]
        else:
            rows = [e for e in rows if e.place > mark and (limit is None or e.place <= limit)]
        size = min(self.most, max(1, call.whole("limit", 10)))
        sent = rows[:size]
        answer: dict[str, Any] = {
            "start": start or f"t{mark}-{mark}_0",
            "chunk": self.hostility.rows([self._event(e) for e in sent if self._typed(chosen, e)], call.target),
        }
        if not sent:
            return answer  # the end is a page that is empty and leads nowhere
        edge = sent[-1].place - 1 if backwards else sent[-1].place
        return {**answer, "end": f"t{edge}-{edge}_0"}

    def threads(self, call: Call, room: str) -> Any:
        name = self._named(room)
        arrived = self._arrived(name)
        latest: dict[int, int] = {}
        for event in arrived:
            if event.what == "said" and threaded(event.said):
                latest[event.said.root or 0] = event.place
        roots = {event.said.id: event for event in arrived if event.what == "said"}
        rows = sorted((e for id, e in roots.items() if id in latest), key=lambda e: -latest[e.said.id])
        return self._listed(call, rows, lambda event: -latest[event.said.id])

    def relations(self, call: Call, room: str, target: str, kind: str = "", type_: str = "") -> Any:
        name = self._named(room)
        rows = [e for e in self._arrived(name) if self._relation(e) == (target, kind or self._relation(e)[1])]
        if call.one("dir") != "f":
            rows.reverse()
        sign = 1 if call.one("dir") == "f" else -1
        return self._listed(call, rows, lambda event: sign * event.place)

    def event(self, call: Call, room: str, id: str) -> Any:
        name = self._named(room)
        for event in self._arrived(name):
            if event.id == id:
                return self._event(event)
        raise Fault(404, "M_NOT_FOUND", "Event not found.")

    def _listed(self, call: Call, rows: Sequence[Event], place: Any) -> Any:
        start = call.one("from")
        if start:
            mark = self._signed(start)
            rows = [row for row in rows if place(row) > mark]
        size = min(self.most, max(1, call.whole("limit", 5)))
        sent = list(rows[:size])
        more = {"next_batch": f"m{place(sent[-1])}"} if len(rows) > size else {}
        return {"chunk": [self._event(event) for event in sent], **more}

    # --- tokens

    def _place(self, token: str, kinds: str) -> int:
        found = re.fullmatch(rf"(?:[{kinds}])(\d+)(?:-\d+)?_(\d+)(?:_\d+)?", token)
        self._came[token] += 1
        lost = self.hostility.chance("stale", token, self._came[token]).random() < self.hostility.stale_cursors
        if found is None or int(found[1]) > len(self.events) or lost:
            raise Fault(400, "M_UNKNOWN", "Invalid stream token")
        return int(found[1])

    def _signed(self, token: str) -> int:
        if not re.fullmatch(r"m-?\d+", token):
            raise Fault(400, "M_UNKNOWN", "Invalid token")
        return int(token[1:])

    # --- what there is

    @property
    def now(self) -> int:
        """Up to when events have arrived, as far as is told."""
        return self.clock.now - self.hostility.late

    @property
    def _last(self) -> int:
        return sum(event.comes <= self.now for event in self.events)

    def _arrived(self, name: str) -> list[Event]:
        return [event for event in self.events if event.room == name and event.comes <= self.now]

    def _named(self, room: str) -> str:
        for name, id in self.rooms.items():
            if id == room:
                return name
        raise Fault(403, "M_FORBIDDEN", "You aren't a member of the room and weren't previously a member of the room.")

    def _filter(self, call: Call) -> Mapping[str, Any]:
        text = call.one("filter") or "{}"
        found = json.loads(text) if text.startswith("{") else self._filters.get(text)
        if found is None:
            raise Fault(404, "M_NOT_FOUND", "No such filter")
        return dict(found)

    def _typed(self, chosen: Mapping[str, Any], event: Event) -> bool:
        kind = kind_of(event)
        wanted, unwanted = chosen.get("types"), chosen.get("not_types") or ()
        return (wanted is None or any(matches(kind, one) for one in wanted)) and not any(
            matches(kind, one) for one in unwanted
        )

    def _relation(self, event: Event) -> tuple[str, str]:
        one = event.said
        if event.what == "said" and threaded(one):
            return event_id(self.chat.said[one.root or 0], "said"), "m.thread"
        if event.what == "edit":
            return event_id(one, "said"), "m.replace"
        if event.what == "react":
            return event_id(one, "said"), "m.annotation"
        return "", ""

    # --- shapes

    def _state(self, name: str) -> list[dict[str, Any]]:
        contents = {
            "m.room.create": {"room_version": "10"},
            "m.room.name": {"name": name},
            "m.room.canonical_alias": {"alias": f"#{name}:{HOST}", "alt_aliases": []},
            "m.room.topic": {"topic": "Ask here."},
        }
        return [
            {
                "type": kind,
                "state_key": "",
                "content": content,
                "event_id": f"$state{kind}{name}",
                "sender": self.people[0],
                "origin_server_ts": 1_700_000_000_000,
                "room_id": self.rooms[name],
            }
            for kind, content in contents.items()
        ]

    def _event(self, event: Event) -> dict[str, Any]:
        one = event.said
        stamp = one.at // 1000 if event.what in ("said", "crypt") else event.comes * 1000
        made: dict[str, Any] = {
            "type": kind_of(event),
            "event_id": event.id,
            "room_id": self.rooms[event.room],
            "sender": one.who,
            "origin_server_ts": self._stamp(stamp),
            "content": {},
            "unsigned": {"age": 1234, "membership": "join"},
            **self.hostility.extra("event", event.place),
        }
        if event.what == "member":
            return {**made, "state_key": one.who, "content": {"membership": "join", "displayname": None}}
        if event.what == "crypt":
            return {**made, "content": {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEnAC"}}
        if event.what == "redact":
            return {
                **made,
                "redacts": event_id(one, "said"),
                "content": {"redacts": event_id(one, "said"), "reason": None},
            }
        if one.gone is not None and one.gone <= self.now and event.what == "said":  # its edits stay as they were
            made["unsigned"]["redacted_because"] = {"type": "m.room.redaction", "event_id": event_id(one, "redact")}
            return made
        if event.what == "react":
            relation = {"rel_type": "m.annotation", "event_id": event_id(one, "said"), "key": "👍"}
            return {**made, "content": {"m.relates_to": relation}}
        made["content"] = self._content(one)
        if event.what == "edit":
            fresh = {"msgtype": made["content"]["msgtype"], "body": one.rewritten}
            relation = {"rel_type": "m.replace", "event_id": event_id(one, "said")}
            made["content"] = {**fresh, "body": f"* {one.rewritten}", "m.new_content": fresh, "m.relates_to": relation}
            return made
        return self._bundled(made, one)

    def _content(self, one: Said) -> dict[str, Any]:
        content: dict[str, Any] = {"msgtype": "m.notice" if one.bot else "m.text", "body": one.text}
        if self.hostility.odd:
            content |= {"format": "org.matrix.custom.html", "formatted_body": f"<p>{one.text}</p>", "m.mentions": {}}
        if one.root is None:
            return content
        root = event_id(self.chat.said[one.root], "said")
        if one.manner == "rich":
            return {**content, "m.relates_to": {"m.in_reply_to": {"event_id": root}}}
        relation = {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": root},
        }
        return {**content, "m.relates_to": relation}

    def _bundled(self, made: dict[str, Any], one: Said) -> dict[str, Any]:
        """A root carries what is known of its thread."""
        answers = [
            other for other in self.chat.shown(self.now, [one.channel]) if other.root == one.id and threaded(other)
        ]
        if answers:
            last = max(answers, key=lambda other: other.comes)
            thread = {
                "count": len(answers),
                "latest_event": {"event_id": event_id(last, "said"), "sender": last.who},
                "current_user_participated": False,
            }
            made["unsigned"]["m.relations"] = {"m.thread": thread}
        return made

    def _stamp(self, milliseconds: int) -> Any:
        return float(milliseconds) if self.hostility.odd and milliseconds % 3 == 0 else milliseconds


def event_id(one: Said, what: str) -> str:
    return f"${what[0]}{one.id:05}-{one.at % MICRO:06}_AbC"


def kind_of(event: Event) -> str:
    kinds = {
        "redact": "m.room.redaction",
        "react": "m.reaction",
        "member": "m.room.member",
        "crypt": "m.room.encrypted",
    }
    return kinds.get(event.what, "m.room.message")


def threaded(one: Said) -> bool:
    return one.root is not None and one.manner != "rich" and one.manner not in SILENT


def matches(kind: str, pattern: str) -> bool:
    return kind == pattern or (pattern.endswith("*") and kind.startswith(pattern[:-1]))


def admitted(chosen: Mapping[str, Any], room: str) -> bool:
    wanted = chosen.get("rooms")
    return (wanted is None or room in wanted) and room not in (chosen.get("not_rooms") or ())


class Fault(Exception):
    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(code)
        self.status, self.code, self.text = status, code, text


def fault(status: int, code: str, text: str, **more: Any) -> Reply:
    return as_json({"errcode": code, "error": text, **more}, status)


ROOM = r"/(?:v3|v1|r0)/rooms/([^/]+)"
ROUTES = (
    ("GET", r"/(?:v3|r0)/account/whoami", MatrixWorld.whoami),
    ("GET", r"/(?:v3|r0)/joined_rooms", MatrixWorld.joined_rooms),
    ("GET", r"/(?:v3|r0)/sync", MatrixWorld.sync),
    ("GET", r"/(?:v3|r0)/directory/room/([^/]+)", MatrixWorld.alias),
    ("GET", r"/(?:v3|r0)/profile/([^/]+)(?:/displayname)?", MatrixWorld.profile),
    ("POST", r"/(?:v3|r0)/user/([^/]+)/filter", MatrixWorld.new_filter),
    ("GET", ROOM + r"/messages", MatrixWorld.messages),
    ("GET", ROOM + r"/threads", MatrixWorld.threads),
    ("GET", ROOM + r"/relations/([^/]+)", MatrixWorld.relations),
    ("GET", ROOM + r"/relations/([^/]+)/([^/]+)", MatrixWorld.relations),
    ("GET", ROOM + r"/relations/([^/]+)/([^/]+)/([^/]+)", MatrixWorld.relations),
    ("GET", ROOM + r"/event/([^/]+)", MatrixWorld.event),
    ("GET", ROOM + r"/joined_members", MatrixWorld.members),
    ("GET", ROOM + r"/state", MatrixWorld.state),
    ("GET", ROOM + r"/state/([^/]+)", MatrixWorld.state_event),
    ("GET", ROOM + r"/state/([^/]+)/([^/]*)", MatrixWorld.state_event),
)
