"""Worlds and a client for the tests of the demo: small, on a fixed day, with a clock that the test moves."""

import json
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from funnel_tui.demo.intercom_api import IntercomApi, Request
from funnel_tui.demo.reply import Reply
from funnel_tui.demo.world.world import World

ANCHOR = 1_795_172_400
"""Friday 20 November 2026, 11:00 in London."""

ZONE = ZoneInfo("Europe/London")
TOKEN = "test-token"
BASE = "http://127.0.0.1:1"


@dataclass
class Hands:
    """A clock's: the demo's epoch seconds and real time, both moved by the test."""

    now: int = ANCHOR
    real: float = 50_000.0


def make_world(
    *, seed: int = 1, anchor: int = ANCHOR, days: int = 12, live: bool = False, hands: Hands | None = None
) -> World:
    clock = hands or Hands(anchor)
    world = World(seed, anchor, days, zone=ZONE, clock=lambda: clock.now, live=live)
    world.fill()
    return world


@dataclass
class Client:
    """Asks an API without sockets."""

    world: World
    hands: Hands
    per_minute: int = 600_000
    api: IntercomApi = field(init=False)

    def __post_init__(self) -> None:
        self.api = IntercomApi(
            self.world, lambda: self.hands.now, TOKEN, per_minute=self.per_minute, real=lambda: self.hands.real
        )

    def ask(self, method: str, target: str, body: Any = None, **headers: str) -> Reply:
        sent = {"authorization": f"Bearer {TOKEN}", "intercom-version": "2.16"} | headers
        return self.api.answer(
            Request.parse(method, target, sent, b"" if body is None else json.dumps(body).encode(), BASE)
        )

    def get(self, target: str) -> Any:
        reply = self.ask("GET", target)
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def refused(self, method: str, target: str, body: Any = None, **headers: str) -> tuple[int, str]:
        """Status and error code of a request that must be refused."""
        reply = self.ask(method, target, body, **headers)
        error = json.loads(reply.body)
        assert error["type"] == "error.list"
        assert error["request_id"]
        return reply.status, error["errors"][0]["code"]

    def search(self, query: Any, **more: Any) -> Any:
        reply = self.ask("POST", "/conversations/search", {"query": query, **more})
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def found(self, field_name: str, operator: str, value: Any) -> set[str]:
        """Ids of everything that one filter finds."""
        return {row["id"] for row in self.everything({"field": field_name, "operator": operator, "value": value})}

    def everything(self, query: Any, **more: Any) -> list[Any]:
        rows: list[Any] = []
        cursor = None
        while True:
            page = self.search(query, pagination={"per_page": 150, "starting_after": cursor}, **more)
            rows += page["conversations"]
            following = page["pages"].get("next")
            if following is None:
                return rows
            cursor = following["starting_after"]


EVERYTHING = {"field": "created_at", "operator": ">", "value": 0}
