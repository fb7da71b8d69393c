"""The demo's servers: a helpdesk that answers as Intercom does and the team's chat, which answers as a Matrix
homeserver does, on loopback and in a process of their own.

``python -m funnel_tui.demo.server`` prints one line of JSON (``url``, ``token``, ``zone``, ``anchor``, ``started``,
``speed``, ``chat``) as soon as they listen, and makes its world while it already answers. With
``--until-stdin-closes`` it ends with whoever holds the other end of its standard input, however that one ends.
"""

import argparse
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from funnel_tui.demo.faults import Fault, Faults
from funnel_tui.demo.intercom_api import IntercomApi, Request
from funnel_tui.demo.matrix_api import ALIASES, MatrixApi
from funnel_tui.demo.reply import JSON, Refusal, Reply
from funnel_tui.demo.world.world import World
from funnel_tui.demo.zones import system_zone

MAX_BODY = 1_000_000


class Api(Protocol):
    def answer(self, request: Request) -> Reply: ...


class DemoServer(ThreadingHTTPServer):
    """Serves one API over a world. `faults` can be changed while it runs."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, api: Api, clock: Callable[[], int]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.api = api
        self.clock = clock
        self.faults = Faults()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: DemoServer
    protocol_version = "HTTP/1.1"
    server_version = "funnel-tui-demo"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    """Head and body leave in one packet."""
    timeout = 120

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: stdout and stderr belong to whoever started the demo."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(self.server.clock() if timestamp is None else timestamp, usegmt=True)

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            return self._send(Refusal(400, "bad_request", "Content-Length is missing or too large").reply(), close=True)
        fault = self.server.faults.strike(self.path)
        if fault is not None and fault.kind == "reset":
            return self._reset()
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.api.answer(Request.parse(self.command, self.path, headers, body, self.server.url))
        if fault is None:
            return self._send(reply)
        return self._spoil(fault, reply)

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > MAX_BODY or "Transfer-Encoding" in self.headers:
            return None
        return self.rfile.read(int(length))

    def _spoil(self, fault: Fault, reply: Reply) -> None:
        match fault.kind:
            case "status":
                self._send(Refusal(int(fault.value or 500), "server_error", "Asked for by a fault rule").reply())
            case "limit":
                self._send(
                    Refusal(
                        429, "rate_limit_exceeded", "Exceeded rate limit", retry_after=int(fault.value or 1)
                    ).reply()
                )
            case "deny":
                self._send(Refusal(403, "api_plan_restricted", "Active subscription needed.").reply())
            case "empty":
                self._send(Reply(200, b""))
            case "html":
                self._send(Reply(200, b"<!doctype html><title>Sign in</title>", "text/html"))
            case "truncate":
                self._send(reply, half=True)
            case _:
                time.sleep(fault.value)
                self._send(reply)

    def _send(self, reply: Reply, *, half: bool = False, close: bool = False) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind or JSON)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if half or close:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) // 2] if half else reply.body)

    def _reset(self) -> None:
        """Close with a TCP reset instead of an answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.connection.close()


def create(
    *,
    seed: int = 1,
    days: int = 90,
    speed: float = 1.0,
    port: int = 0,
    anchor: int | None = None,
    zone: str | None = None,
    token: str | None = None,
    per_minute: int = 10_000,
    live: bool = True,
    real: Callable[[], float] = time.time,
) -> tuple[DemoServer, World, dict[str, object]]:
    """A server that listens but does not serve yet, its world, still to be filled, and the line that announces it.

    `anchor`: where the demo clock starts (default: now). `speed` 0 lets it stand still.
    """
    started = real()
    begin = int(started) if anchor is None else anchor

    def clock() -> int:
        return begin + int((real() - started) * speed)

    world = World(seed, begin, days, zone=ZoneInfo(zone or system_zone()), clock=clock, speed=speed, live=live)
    secret = token or "demo-" + secrets.token_urlsafe(12)
    server = DemoServer(port, IntercomApi(world, clock, secret, per_minute=per_minute, real=real), clock)
    announced = {
        "url": server.url,
        "token": secret,
        "zone": world.company.calendar.zone.key,
        "anchor": begin,
        "started": started,
        "speed": speed,
    }
    return server, world, announced


def create_chat(
    world: World, clock: Callable[[], int], *, token: str | None = None, port: int = 0
) -> tuple[DemoServer, dict[str, object]]:
    """The chat of the same company, which listens but does not serve yet, and what announces it."""
    secret = token or "demo-" + secrets.token_urlsafe(12)
    server = DemoServer(port, MatrixApi(world.company, world.first_day, clock, secret), clock)
    return server, {"url": server.url, "token": secret, "channels": list(ALIASES)}


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    server, world, announced = create(
        seed=options.seed,
        days=options.days,
        speed=options.speed,
        port=options.port,
        anchor=options.anchor,
        zone=options.zone,
        token=options.token,
        per_minute=options.per_minute,
        live=not options.no_live,
    )
    for rule in options.fault:
        server.faults.add_rule(rule)
    chat, announced["chat"] = create_chat(world, server.clock, token=options.token, port=options.chat_port)
    sys.stdout.write(json.dumps(announced) + "\n")
    sys.stdout.flush()
    Thread(target=world.fill, name="world", daemon=True).start()
    Thread(target=chat.serve_forever, name="chat", daemon=True).start()
    if options.until_stdin_closes:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the dashboard's; ours is the end of stdin
        Thread(target=_end_with_parent, name="parent", daemon=True).start()
    with suppress(KeyboardInterrupt):
        server.serve_forever(poll_interval=0.5)
    return 0


def _end_with_parent() -> None:
    """Leave at once when stdin ends: the parent stopped us, or is gone."""
    while os.read(0, 4096):
        pass
    os._exit(0)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m funnel_tui.demo.server", description="A simulated helpdesk and chat on loopback."
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=90, help="how far the past reaches")
    parser.add_argument("--speed", type=float, default=1.0, help="demo seconds per real second")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--chat-port", type=int, default=0, help="the chat's; 0 takes a free one")
    parser.add_argument("--anchor", type=int, help="epoch seconds at which the demo clock starts; default now")
    parser.add_argument("--zone", help="IANA time zone of the workspace; default the system's")
    parser.add_argument("--token", help="the access token to ask for; default a random one")
    parser.add_argument("--per-minute", type=int, default=10_000, help="rate limit")
    parser.add_argument("--no-live", action="store_true", help="without the extra traffic while somebody watches")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="KIND[=VALUE]:/PATH[:TIMES]", help="see faults.py"
    )
    parser.add_argument("--until-stdin-closes", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
