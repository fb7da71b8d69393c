"""Servers that no provider runs: each answers every request in one hostile way."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Answer = tuple[int, Mapping[str, str], bytes]
Manner = Callable[[str], Answer]
"""From the credential as it came to what is sent back."""


@contextmanager
def serving(manner: Manner) -> Iterator[str]:
    """The address of a server on loopback that answers in that manner."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            status, headers, body = manner(self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = int(headers.get("Content-Length", len(body))) != len(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def nobody() -> Iterator[str]:
    """An address where connections are refused for as long as it is held."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def refuses_with_an_echo(credential: str) -> Answer:
    """As a careless gateway: the credential in the message, in a header, and in the cookie."""
    message = f'{{"type":"error.list","errors":[{{"code":"unauthorized","message":"bad header {credential}"}}]}}'
    headers = {"X-Request-Id": credential, "Set-Cookie": f"was={credential}", "Content-Type": "application/json"}
    return 401, headers, message.encode()


def redirects_with_an_echo(credential: str) -> Answer:
    return 302, {"Location": f"https://login.example/?token={credential.removeprefix('Bearer ')}"}, b""


def shows_a_page(credential: str) -> Answer:
    return 200, {"Content-Type": "text/html"}, f"<!doctype html><title>{credential}</title>".encode()


def says_nothing(_credential: str) -> Answer:
    return 200, {"Content-Type": "application/json"}, b""


def breaks_off(_credential: str) -> Answer:
    return 200, {"Content-Type": "application/json", "Content-Length": "4000"}, b'{"type":"admin","app":{"id_co'


def answers_with_another_shape(_credential: str) -> Answer:
    return 200, {"Content-Type": "application/json"}, b'[1, {"type": null}, "\\ud800"]'


def fails(_credential: str) -> Answer:
    return 503, {"Content-Type": "text/plain"}, b"upstream connect error\nsecond line\r\n\x1b[31mthird"


def limits(_credential: str) -> Answer:
    return 429, {}, b""


def limits_for_long(_credential: str) -> Answer:
    return 429, {"Retry-After": "86400"}, b""
