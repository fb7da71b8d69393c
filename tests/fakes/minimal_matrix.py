"""A homeserver that serves what the notes on Matrix name, and nothing else: whoami, joined_rooms, sync, messages,
threads and relations. Where the notes can be read in several ways, the seed picks one."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tests.fakes.matrix import CLIENT, HOST, Event, Fault, MatrixWorld, fault
from tests.fakes.toolkit import Call, Reply, as_json

NAMED = (
    (r"/v3/account/whoami", "whoami"),
    (r"/v3/joined_rooms", "joined_rooms"),
    (r"/v3/sync", "sync"),
    (r"/v3/rooms/([^/]+)/messages", "messages"),
    (r"/v1/rooms/([^/]+)/threads", "threads"),
    (r"/v1/rooms/([^/]+)/relations/([^/]+)/(m\.thread)", "relations"),
)


@dataclass(frozen=True)
class Reading:
    """How one author reads the notes."""

    unknown: str = "M_UNRECOGNIZED"
    """What a call is answered with that is not named: an error code, or a page of the framework's."""
    state: str = "name"
    """What a sync without `since` says of rooms: their `name`, `all` of their state or what the filter names of it, all
    of it within the `timeline`, or `nothing`."""
    blind: bool = False
    """Filters count for nothing."""
    early: bool = False
    """The last page of events leads nowhere; otherwise an empty one follows."""
    bare: bool = False
    """Events say no more than they must; what was deleted is empty and nothing else."""
    redacts: str = "both"
    cap: int = 1000

    @staticmethod
    def of(seed: int) -> "Reading":
        luck = random.Random(f"reading {seed}")
        return Reading(
            luck.choice(("M_UNRECOGNIZED", "M_NOT_FOUND", "page")),
            luck.choice(("name", "all", "filtered", "timeline", "nothing")),
            luck.random() < 0.4,
            luck.random() < 0.5,
            luck.random() < 0.5,
            luck.choice(("both", "top", "content")),
            luck.choice((7, 50, 1000)),
        )


class MinimalMatrix(MatrixWorld):
    def __init__(self, *arguments: Any, reading: Reading, **options: Any) -> None:
        super().__init__(*arguments, most=reading.cap, **options)
        self.reading = reading
        self.unknown: list[str] = []

    @property
    def channels(self) -> tuple[str, ...]:
        """As a user may name them there."""
        if self.reading.state == "nothing":
            return tuple(self.rooms[name] for name in ("ask-support", "ask-billing"))
        return ("#ask-support", "ask-billing" if self.chat.seed % 2 else f"#ask-billing:{HOST}")

    def answer(self, call: Call) -> Reply:
        path = call.path.removeprefix(CLIENT)
        for pattern, handler in NAMED:
            found = re.fullmatch(pattern, path)
            if found and call.method == "GET" and path != call.path:
                try:
                    return as_json(getattr(self, handler)(call, *map(unquote, found.groups())))
                except Fault as refused:
                    return fault(refused.status, refused.code, refused.text)
        self.unknown.append(call.path)
        if self.reading.unknown == "page":
            return Reply(404, b"<!doctype html><title>404</title><h1>Not Found</h1>", {"Content-Type": "text/html"})
        return fault(404, self.reading.unknown, "Unrecognized request")

    def sync(self, call: Call) -> Any:
        answer = super().sync(call)
        for room in self.rooms.values():
            told = answer.get("rooms", {}).get("join", {}).get(room)
            if told is None:
                continue
            for needless in ("ephemeral", "account_data", "unread_notifications", "summary"):
                told.pop(needless, None)
            state = told.pop("state")["events"]
            if call.one("since") is not None or self.reading.state == "nothing":
                continue
            if self.reading.state == "name":
                state = [event for event in state if event["type"] == "m.room.name"]
            elif self.reading.state in ("filtered", "timeline") and not self.reading.blind:
                block = self.reading.state.replace("filtered", "state")
                wanted = (self._filter(call).get("room") or {}).get(block, {}).get("types")
                state = [event for event in state if wanted is None or event["type"] in wanted]
            if self.reading.state == "timeline":
                told["timeline"]["events"][:0] = state
            else:
                told["state"] = {"events": state}
        return answer

    def messages(self, call: Call, room: str) -> Any:
        answer = super().messages(call, room)
        edge = re.match(r"t(\d+)", answer.get("end", ""))
        if self.reading.early and edge:
            stop = call.one("to")
            least = 0 if stop is None else self._place(stop, "st")
            if not any(least < event.place <= int(edge[1]) for event in self._arrived(self._named(room))):
                del answer["end"]
        return answer

    def _typed(self, chosen: Mapping[str, Any], event: Event) -> bool:
        return self.reading.blind or super()._typed(chosen, event)

    def _event(self, event: Event) -> dict[str, Any]:
        made = super()._event(event)
        if event.what == "redact" and self.reading.redacts == "top":
            made["content"] = {}
        elif event.what == "redact" and self.reading.redacts == "content":
            del made["redacts"]
        if self.reading.bare:
            made.pop("unsigned")
            made.pop("room_id")
        return made
