"""The demo's chat: a homeserver whose rooms the real connector reads, with figures that a plain count confirms."""

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.demo.matrix_api import ALIASES
from funnel_tui.demo.server import DemoServer, create_chat
from funnel_tui.demo.world.world import World
from funnel_tui.metrics import ReportRequest, build_report
from funnel_tui.settings import Settings, SourceSettings
from funnel_tui.sources import open_source
from funnel_tui.store import Reader, Store
from funnel_tui.sync import sync_once
from tests.demo.worlds import ANCHOR

TOKEN = "chat-token-of-a-test"
ZONE = ZoneInfo("Europe/London")
DAY = 86_400


class Chat:
    def __init__(self) -> None:
        self.now = ANCHOR
        world = World(3, ANCHOR, 30, zone=ZONE, clock=self.clock, live=False)
        self.server: DemoServer
        self.server, self.announced = create_chat(world, self.clock, token=TOKEN)

    def clock(self) -> int:
        return self.now

    def get(self, path: str, token: str = TOKEN, **query: object) -> Any:
        url = f"{self.server.url}/_matrix/client{path}?{urlencode(query)}"
        with urlopen(Request(url, headers={"Authorization": f"Bearer {token}"})) as answer:
            return json.load(answer)

    def everything(self) -> list[dict[str, Any]]:
        """All messages of both rooms, page by page, oldest first."""
        found = []
        for room in self.get("/v3/joined_rooms")["joined_rooms"]:
            start: dict[str, object] = {}
            while True:
                page = self.get(f"/v3/rooms/{quote(room)}/messages", dir="b", limit=50, **start)
                found += page["chunk"]
                if "end" not in page:
                    break
                start = {"from": page["end"]}
        return sorted(found, key=lambda event: event["origin_server_ts"])


@pytest.fixture
def chat() -> Iterator[Chat]:
    found = Chat()
    thread = Thread(target=found.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def test_pages_are_complete_and_each_message_comes_once(chat: Chat) -> None:
    events = chat.everything()
    assert len(events) > 300
    assert len({event["event_id"] for event in events}) == len(events)
    assert all(event["origin_server_ts"] <= ANCHOR * 1000 for event in events)


def test_sync_tells_what_came_after(chat: Chat) -> None:
    before = {event["event_id"] for event in chat.everything()}
    since = chat.get("/v3/sync")["next_batch"]
    chat.now += DAY
    told = chat.get("/v3/sync", since=since, filter='{"room": {"timeline": {"limit": 500}}}')
    news = [event for room in told["rooms"]["join"].values() for event in room["timeline"]["events"]]
    assert {event["event_id"] for event in news} == {event["event_id"] for event in chat.everything()} - before
    assert "rooms" not in chat.get("/v3/sync", since=told["next_batch"])


def asks(event: dict[str, Any]) -> bool:
    return event["content"]["msgtype"] == "m.text" and "m.relates_to" not in event["content"]


async def test_the_connector_reads_it_whole(chat: Chat, tmp_path: Path) -> None:
    settings = SourceSettings(name="chat", kind="matrix", base_url=chat.server.url, channels=ALIASES)
    for later in (0, 2 * DAY):
        chat.now = ANCHOR + later
        store = Store.open(tmp_path / "cache.db", zone=ZONE, clock=chat.clock)
        source = open_source(settings, TOKEN)
        (summary,) = await sync_once(store, [source], clock=chat.clock, wall=chat.clock)
        await source.close()
        store.close()
        assert (summary.ok, summary.warnings) == (True, ())
    reader = Reader.open(tmp_path / "cache.db")
    request = ReportRequest(period="last-28d", compare="none")
    report = build_report(reader, Settings(ZONE), request, chat.now)
    reader.close()
    start, end = report.period.start * 1000, report.period.end * 1000
    events = chat.everything()
    roots = {event["event_id"]: event for event in events if asks(event) and event["content"]["body"][-1] != "."}
    replies: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        root = event["content"].get("m.relates_to", {}).get("event_id")
        if root in roots and event["sender"] != roots[root]["sender"]:
            replies.setdefault(root, []).append(event)
    inside = [id for id, event in roots.items() if start <= event["origin_server_ts"] < end]
    firsts = [
        found[0]["origin_server_ts"] // 1000 - roots[root]["origin_server_ts"] // 1000
        for root, found in replies.items()
        if start <= found[0]["origin_server_ts"] < end
    ]
    metrics = report.metrics
    assert metrics["internal.questions"].value == len(inside)
    assert metrics["internal.unanswered"].value == len([id for id in inside if id not in replies])
    assert metrics["internal.first_reply.median"].value == median(firsts)


def test_wrong_tokens_and_strangers_rooms_are_refused(chat: Chat) -> None:
    for path, token, status in (("/v3/sync", "wrong", 401), ("/v3/rooms/!other:x/messages", TOKEN, 403)):
        with pytest.raises(OSError, match=str(status)) as caught:
            chat.get(path, token)
        caught.value.close()  # type: ignore[attr-defined]
