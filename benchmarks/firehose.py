"""An Intercom that costs next to nothing: conversations made up from their number, behind a real rate limit.

A process of its own (`python -m benchmarks.firehose CONVERSATIONS PER_MINUTE`, 0 for no limit) with one event loop and
no HTTP library, so that what is measured is its client. It says where it listens in one line of JSON, what it counted
in another once its standard input ends. Conversation n was last updated `STEP` seconds after conversation n - 1.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from email.utils import formatdate

TOKEN = "benchmark"
WINDOW = 10
"""Seconds over which the provider spreads its limit of a minute."""
PLENTY = 10**7
"""What is advertised where there is no limit: without a word of it, a client has to assume the lowest."""
SPAN = 360 * 86_400
PARTS = 6
_KINDS = ("user", "fin", "user", "admin", "user", "admin")


@dataclass
class Counted:
    """What came in."""

    requests: int = 0
    over_limit: int = 0
    conversations: int = 0
    windows: dict[int, int] = field(default_factory=dict)
    """Window -> requests."""


class Helpdesk:
    """Answers by path. Conversations are numbered from 1, oldest first."""

    def __init__(self, conversations: int, per_minute: int) -> None:
        self.conversations = conversations
        self.limit = -(-per_minute * WINDOW // 60) or PLENTY
        self.now = int(time.time())
        self.step = max(1, SPAN // max(1, conversations))
        self.counted = Counted()
        self._row = _template(parts=False)
        self._whole = _template(parts=True)
        self._fixed = {
            "/me": _json({"type": "admin", "app": {"id_code": "w1", "name": "Bench", "region": "US"}}),
            "/admins": _json(
                {"type": "admin.list", "admins": [{"type": "admin", "id": 1, "name": "A", "team_ids": [7]}]}
            ),
            "/teams": _json({"type": "team.list", "teams": [{"type": "team", "id": 7, "name": "Billing"}]}),
            "/articles": _json({"type": "list", "data": [], "pages": {"next": None}}),
            "/conversations/deleted": _json({"conversations": [], "pages": {"next": None}, "total_count": 0}),
            "/export/content/data": _json({"job_identifier": "j1", "status": "pending"}),
            "/export/content/data/j1": _json({"job_identifier": "j1", "status": "no_data"}),
        }

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, bytes, bytes]:
        """Status, further headers, body."""
        counted, now = self.counted, time.time()
        counted.requests += 1
        window = int(now) // WINDOW
        used = counted.windows[window] = counted.windows.get(window, 0) + 1
        ends = (window + 1) * WINDOW
        headers = b"X-RateLimit-Limit: %d\r\nX-RateLimit-Remaining: %d\r\nX-RateLimit-Reset: %d\r\n" % (
            self.limit,
            max(0, self.limit - used),
            ends,
        )
        if used > self.limit:
            counted.over_limit += 1
            return 429, headers + b"Retry-After: %d\r\n" % (ends - int(now)), b'{"type":"error.list","errors":[]}'
        if path == "/conversations/search":
            return 200, headers, self._search(json.loads(body))
        fixed = self._fixed.get(path)
        if fixed is not None:
            return 200, headers, fixed
        number = path.removeprefix("/conversations/")
        if number.isdigit() and 0 < int(number) <= self.conversations:
            counted.conversations += 1
            return 200, headers, self._whole(int(number), self.updated(int(number)))
        return 404, headers, b'{"type":"error.list","errors":[{"code":"not_found"}]}'

    def updated(self, number: int) -> int:
        return self.now - 3600 - (self.conversations - number) * self.step

    def _search(self, body: dict[str, object]) -> bytes:
        query, pagination = body["query"], body["pagination"]
        assert isinstance(query, dict)
        assert isinstance(pagination, dict)
        low, high = (bound["value"] for bound in query["value"])
        oldest = self.updated(0)
        # Both bounds are exclusive; number 0 would be the one before the oldest.
        first = max(1, (low - oldest) // self.step + 1)
        end = min(self.conversations + 1, -((oldest - high) // self.step))
        total = max(0, end - first)
        begin = max(first, int(pagination.get("starting_after") or first))
        last = min(end, begin + pagination["per_page"])
        rows = b",".join(self._row(number, self.updated(number)) for number in range(begin, last))
        following = b'{"starting_after":"%d"}' % last if last < end else b"null"
        return b'{"total_count":%d,"pages":{"next":%s},"conversations":[%s]}' % (total, following, rows)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _template(*, parts: bool) -> Callable[[int, int], bytes]:
    """A conversation's JSON from its number and the moment of its last update."""
    first, last = 1_000_000_000, 1_000_000_000 + 60 * (PARTS + 1)
    told = [
        {
            "type": "conversation_part",
            "id": str(9_000_000_000 + number),
            "part_type": "comment" if number < PARTS - 1 else "close",
            "body": f"<p>Part {number} has as many words as people write on an ordinary day, or a few more.</p>",
            "created_at": first + 60 * (number + 1),
            "updated_at": first + 60 * (number + 1),
            "author": {
                "type": {"fin": "bot"}.get(kind, kind),
                "id": {"user": "u", "admin": "1", "fin": "b"}[kind],
                "name": "N",
                "from_ai_agent": kind == "fin",
                "is_ai_answer": kind == "fin",
            },
            "assigned_to": None,
            "attachments": [],
            "redacted": False,
        }
        for number, kind in enumerate(_KINDS)
    ]
    row = {
        "type": "conversation",
        "id": "@ID@",
        "title": None,
        "created_at": first,
        "updated_at": last,
        "waiting_since": None,
        "state": "closed",
        "open": False,
        "read": True,
        "priority": "none",
        "admin_assignee_id": 1,
        "team_assignee_id": 7,
        "source": {
            "type": "conversation",
            "delivered_as": "customer_initiated",
            "subject": "",
            "body": "<p>Where is my order, please?</p>",
            "author": {"type": "user", "id": "u@ID@"},
        },
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "u@ID@"}]},
        "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": "1", "name": "order"}]},
        "channel": {"initial": "messenger", "current": "messenger"},
        "statistics": {
            "first_contact_reply_at": first,
            "first_admin_reply_at": first + 240,
            "last_close_at": last - 60,
            "count_conversation_parts": PARTS,
            "count_reopens": 0,
        },
        "conversation_rating": None,
        "ai_agent_participated": True,
        "ai_agent": {"last_answer_type": "ai_answer", "resolution_state": "escalated"},
        "linked_objects": {"type": "list", "total_count": 0, "has_more": False, "data": []},
    }
    if parts:
        row["conversation_parts"] = {"conversation_parts": told, "total_count": PARTS}
    text = json.dumps(row).replace("%", "%%")
    for moment in range(first, last + 1, 60):
        text = text.replace(str(moment), f"%({moment - last})d")
    text = text.replace("@ID@", "%(id)d")
    offsets = [moment - last for moment in range(first, last + 1, 60)]

    def rendered(number: int, updated: int) -> bytes:
        return (text % {"id": number, **{str(offset): updated + offset for offset in offsets}}).encode()

    return rendered


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with whole requests, as far as one well-behaved client needs it."""

    def __init__(self, helpdesk: Helpdesk) -> None:
        self._helpdesk = helpdesk
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while (end := self._pending.find(b"\r\n\r\n")) >= 0:
            head = self._pending[:end].decode("latin-1")
            first, _, rest = head.partition("\r\n")
            size = next(
                (int(line[15:]) for line in rest.split("\r\n") if line.lower().startswith("content-length:")), 0
            )
            if len(self._pending) < end + 4 + size:
                return
            body = self._pending[end + 4 : end + 4 + size]
            self._pending = self._pending[end + 4 + size :]
            method, target, _ = first.split(" ")
            status, headers, content = self._helpdesk.answer(method, target.partition("?")[0], body)
            self._transport.write(
                b"HTTP/1.1 %d X\r\nDate: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s"
                % (status, formatdate(usegmt=True).encode(), len(content), headers, content)
            )


async def _serve(helpdesk: Helpdesk) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(helpdesk), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{port}"}) + "\n")
    sys.stdout.flush()
    while await loop.run_in_executor(None, os.read, 0, 4096):
        pass
    sys.stdout.write(json.dumps(asdict(helpdesk.counted)) + "\n")


def main() -> None:
    asyncio.run(_serve(Helpdesk(int(sys.argv[1]), int(sys.argv[2]))))


if __name__ == "__main__":
    main()
