"""What hostile stand-ins for providers have in common: a loopback server around a `World`, and what may go wrong there.

A world answers one `Call` at a time with a `Reply`; it has a `Clock` of its own, which stands still until a test moves
it. Around it the `FakeServer` writes down every call, counts the advertised limits for real, and makes the trouble that
its `Hostility` asks for. Whether a call meets trouble depends on the seed, the call and how often it came before: not
on the order in which threads happen to run.

Advertised seconds pass `pace` times as fast as real ones: limits of "10 a minute" end after a second at a pace of 60.
A client that waits in earnest has to be hurried by as much (`running.py`).
"""

import json
import math
import random
import re
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

PASSING = ("429", "408", "409", "500", "502", "503", "reset", "truncated", "empty", "html", "cut_off")
"""Trouble that goes away when the same call is made again."""


@dataclass
class Clock:
    """A provider's idea of now in epoch seconds. It stands still until a test moves it."""

    now: int

    def __call__(self) -> int:
        return self.now

    def move(self, seconds: int) -> None:
        self.now += seconds


@dataclass(frozen=True)
class Call:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""

    def one(self, name: str, default: str | None = None) -> str | None:
        """The last value of a parameter."""
        values = self.query.get(name)
        return values[-1] if values else default

    def whole(self, name: str, default: int = 0) -> int:
        value = self.one(name)
        return default if value is None or not re.fullmatch(r"-?\d+(\.\d+)?", value) else int(float(value))

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    @property
    def form(self) -> dict[str, str]:
        """A form-encoded body."""
        return {name: values[-1] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}

    @property
    def target(self) -> str:
        """What tells a call from others: method, path, query, body."""
        query = "&".join(f"{name}={','.join(values)}" for name, values in sorted(self.query.items()))
        return f"{self.method} {self.path}?{query} {self.body.decode('utf-8', 'replace')}".strip()


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})})


@dataclass
class Limit:
    """So many calls in windows that the first call opens. Counted in advertised seconds, `slack` to the client's
    favour: a call sent after the window may overtake one that was sent within it."""

    name: str
    limit: int
    window: float = 60.0
    slack: float = 0.1
    _begun: float = -math.inf
    _used: int = 0

    def take(self, now: float) -> bool:
        """Whether one more call fits."""
        if now - self._begun >= self.window * (1 - self.slack):
            self._begun, self._used = now, 0
        self._used += 1
        return self._used <= self.limit

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self._used)

    def reset(self, now: float) -> int:
        """Whole seconds until the window ends, never too few."""
        return max(1, math.ceil(self._begun + self.window - now))


@dataclass
class Hostility:
    """What goes wrong. All off by default: a calm server. A world looks here for what only it can do."""

    seed: int = 0
    trouble: float = 0.0
    """The share of calls that meet passing trouble."""
    kinds: Sequence[str] = PASSING
    in_a_row: int = 2
    """How often the same call meets trouble before it is answered."""
    retry_after: int | None = 1
    """What a 429 says, in advertised seconds; None: nothing."""
    refused: dict[str, Reply] = field(default_factory=dict)
    """Beginnings of paths (or patterns, searched for) -> what they answer with for good: 401, 403, 404, a plan."""
    skew: int = 0
    """Seconds that the `Date` header is ahead of the world's clock."""
    late: int = 0
    """Seconds until a change shows."""
    duplicates: float = 0.0
    """The share of rows that come twice."""
    disorder: bool = False
    """Rows of a page come in any order."""
    odd: bool = False
    """Ids as numbers or strings, times in every form, unknown fields and enum values, nulls where nothing is needed."""
    shifting: bool = False
    """Things change between the pages of a list."""
    stale_cursors: float = 0.0
    """The share of cursors that are forgotten."""
    endless: bool = False
    """There is always one page more."""

    def chance(self, *key: Any) -> random.Random:
        """Luck that is the same for the same key."""
        return random.Random(f"{self.seed}:{key!r}")

    def rows(self, rows: Iterable[Any], *key: Any) -> list[Any]:
        """The rows of a page as they are sent: some twice, in any order."""
        luck = self.chance("rows", *key)
        sent = [copy for row in rows for copy in ((row, row) if luck.random() < self.duplicates else (row,))]
        if self.disorder:
            luck.shuffle(sent)
        return sent

    def number(self, value: int | None, *key: Any) -> Any:
        """An id: a number or, where ids are odd, perhaps a string."""
        if value is None or not self.odd:
            return value
        return self.chance("id", value, *key).choice((value, str(value)))

    def epoch(self, at: int | None, *key: Any) -> Any:
        """A moment in epoch seconds: whole or, where times are odd, a float or a string."""
        if at is None or not self.odd:
            return at
        return self.chance("time", at, *key).choice((at, float(at), at + 0.25, str(at)))

    def extra(self, *key: Any) -> dict[str, Any]:
        """Fields that nobody has heard of, where things are odd."""
        if not self.odd:
            return {}
        luck = self.chance("extra", *key)
        return luck.choice(({}, {"x_new": None}, {"x_new": [1, {"deep": "er"}]}, {"x_score": 1e300}))


class World:
    """A provider's workspace. Subclasses hold the truth and say what each call is answered with."""

    token = "tok-5f1d0c3a9b7e"

    def __init__(self, clock: Clock, hostility: Hostility | None = None) -> None:
        self.clock = clock
        self.hostility = hostility or Hostility()

    def allowed(self, call: Call) -> bool:
        """Whether the credential is the right one."""
        return any(self.token in value for value in call.headers.values())

    def unauthorized(self, call: Call) -> Reply:
        return as_json({"error": "unauthorized"}, 401)

    def limits(self, call: Call) -> Sequence[Limit]:
        """The limits that a call counts for."""
        return ()

    def limit_headers(self, limits: Sequence[Limit], now: float) -> Mapping[str, str]:
        """How answers advertise them."""
        return {}

    def answer(self, call: Call) -> Reply:
        raise NotImplementedError

    def after(self, call: Call) -> None:
        """What happens in the world once a call has been answered."""


class FakeServer:
    """Serves a world on loopback from a thread of this process, for as long as it is entered.

    `over_limit`: calls that came although an advertised limit was used up. `early`: calls repeated before a forced
    `Retry-After` was over. Tests assert that both are empty.
    """

    def __init__(self, world: World, *, pace: float = 60.0) -> None:
        self.world = world
        self.pace = pace
        self.calls: list[Call] = []
        self.over_limit: list[str] = []
        self.early: list[str] = []
        self.trouble: Counter[str] = Counter()
        self.heard: Callable[[int], None] = lambda count: None
        self._lock = Lock()
        self._came: Counter[str] = Counter()
        self._unlucky: Counter[str] = Counter()
        self._not_before: dict[str, float] = {}
        self._server = _Listener(("127.0.0.1", 0), self)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "FakeServer":
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def on_call(self, heard: Callable[[int], None]) -> None:
        """Call `heard` with the number of calls so far, at each before it is answered."""
        self.heard = heard

    def asked(self, pattern: str, since: int = 0) -> int:
        """How many calls (from the `since`-th on) whose path matches."""
        return sum(re.search(pattern, call.path) is not None for call in self.calls[since:])

    def now(self) -> float:
        """Advertised seconds, from no particular moment."""
        return time.monotonic() * self.pace

    def date(self) -> str:
        return formatdate(self.world.clock.now + self.world.hostility.skew, usegmt=True)

    def dispatch(self, call: Call) -> tuple[Reply, str | None]:
        """The answer and how it gets lost on its way, if it does."""
        with self._lock:
            self.calls.append(call)
            count = len(self.calls)
        self.heard(count)
        with self._lock:
            return self._dispatch(call)

    def _dispatch(self, call: Call) -> tuple[Reply, str | None]:
        world, now = self.world, self.now()
        limits = world.limits(call)
        fits = [limit.take(now) for limit in limits]  # each counts the call
        headers = dict(world.limit_headers(limits, now))
        if not all(fits):
            self.over_limit.append(call.target)
            full = max(limit.reset(now) for limit, fit in zip(limits, fits, strict=True) if not fit)
            return self._with(_throttled(full), headers), None
        if now < self._not_before.pop(call.target, -math.inf):
            self.early.append(call.target)
        kind = self._unluck(call)
        if kind == "429":
            wait = world.hostility.retry_after
            if wait is not None:
                self._not_before[call.target] = now + wait * 0.9
            return self._with(_throttled(wait), headers), None
        if kind is not None and kind.isdigit():
            return self._with(Reply(int(kind), b"upstream trouble", {"Content-Type": "text/plain"}), headers), None
        if kind == "empty":
            return self._with(Reply(200, b"", {"Content-Type": "application/json"}), headers), None
        if kind == "html":
            page = b"<!doctype html><html><title>One moment</title></html>"
            return self._with(Reply(200, page, {"Content-Type": "text/html"}), headers), None
        reply = world.answer(call) if world.allowed(call) else world.unauthorized(call)
        for pattern, refusal in world.hostility.refused.items():
            if world.allowed(call) and re.search(pattern, call.path):
                reply = refusal
        if kind == "cut_off":  # whole by its length, not by its grammar
            reply = Reply(reply.status, reply.body[: len(reply.body) // 2], reply.headers)
        world.after(call)
        return self._with(reply, headers), kind

    def _unluck(self, call: Call) -> str | None:
        """The trouble this call meets."""
        hostility, target = self.world.hostility, call.target
        self._came[target] += 1
        luck = hostility.chance(target, self._came[target])
        if luck.random() >= hostility.trouble or self._unlucky[target] >= hostility.in_a_row:
            self._unlucky[target] = 0
            return None
        self._unlucky[target] += 1
        kind = luck.choice(tuple(hostility.kinds))
        self.trouble[kind] += 1
        return kind

    @staticmethod
    def _with(reply: Reply, headers: Mapping[str, str]) -> Reply:
        return Reply(reply.status, reply.body, {**headers, **reply.headers})


def _throttled(seconds: int | None) -> Reply:
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    return as_json({"error": "rate limit exceeded"}, 429, headers)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], fake: FakeServer) -> None:
        super().__init__(address, _Handler)
        self.fake = fake

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        size = int(self.headers.get("Content-Length") or 0)
        call = Call(
            self.command,
            parts.path,
            parse_qs(parts.query, keep_blank_values=True),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(size),
        )
        reply, lost = self.server.fake.dispatch(call)
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if lost in ("reset", "truncated"):
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.wfile.flush()
            if lost == "reset":  # no polite end of the connection
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
        else:
            self.wfile.write(reply.body)
            self.wfile.flush()

    do_POST = do_PUT = do_GET

    def date_time_string(self, timestamp: float | None = None) -> str:
        return self.server.fake.date()

    def log_message(self, format: str, *arguments: object) -> None:
        """Silence."""
