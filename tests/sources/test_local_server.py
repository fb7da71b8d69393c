"""The real transport against small servers on loopback: cut bodies, dead ports, proxies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest

from funnel_tui.sources import BadBody, SourceError, Unreachable
from funnel_tui.sources.http import CONNECT_ATTEMPTS, MAX_ATTEMPTS, HttpClient, Request
from tests.sources.fake_intercom import FakeTime

CALL = Request("admins", "GET", "/admins")
decode = msgspec.json.Decoder().decode

Serve = Callable[[int], bytes]


@asynccontextmanager
async def server(serve: Serve) -> AsyncIterator[tuple[HttpClient, list[int], FakeTime]]:
    """A server that answers its n-th request with the bytes `serve(n)` and hangs up."""
    calls: list[int] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        calls.append(len(calls))
        writer.write(serve(calls[-1]))
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    time = FakeTime()
    http = HttpClient(
        name="acme",
        base_url=f"http://127.0.0.1:{port}",
        headers={"Authorization": "Bearer s3cr3t-token"},
        secret="s3cr3t-token",
        now=time,
        sleep=time.sleep,
        jitter=lambda: 0.0,
    )
    try:
        yield http, calls, time
    finally:
        await http.close()
        listening.close()
        await listening.wait_closed()


def whole(body: bytes, length: int | None = None, extra: bytes = b"") -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body) if length is None else length}\r\n".encode()
    return head + b"Connection: close\r\n" + extra + b"\r\n" + body


async def fails(call: Awaitable[object]) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await call
    assert "\n" not in str(caught.value)
    assert "s3cr3t" not in str(caught.value)
    return caught.value


async def test_a_body_cut_off_on_the_way_is_asked_for_again() -> None:
    def serve(call: int) -> bytes:
        return whole(b'{"adm', length=100) if call == 0 else whole(b'{"admins": []}')

    async with server(serve) as (http, calls, _):
        assert await http.fetch(CALL, decode) == {"admins": []}
        assert len(calls) == 2


async def test_a_body_that_is_always_cut_off() -> None:
    async with server(lambda call: whole(b'{"adm', length=100)) as (http, calls, _):
        error = await fails(http.fetch(CALL, decode))
        assert isinstance(error, BadBody)
        assert "broke off" in str(error)
        assert len(calls) == MAX_ATTEMPTS


async def test_a_download_that_is_cut_off() -> None:
    def serve(call: int) -> bytes:
        return whole(b"PK", length=100) if call == 0 else whole(b"PK and all", extra=b"Content-Encoding: zip\r\n")

    async with server(serve) as (http, _, _):
        with await http.download(CALL) as file:
            assert file.read() == b"PK and all"


async def test_gzip_that_is_none() -> None:
    async with server(lambda call: whole(b"not gzip", extra=b"Content-Encoding: gzip\r\n")) as (http, _, _):
        assert isinstance(await fails(http.fetch(CALL, decode)), BadBody)


async def test_a_server_that_hangs_up() -> None:
    async with server(lambda call: b"") as (http, _, _):
        assert isinstance(await fails(http.fetch(CALL, decode)), BadBody)


async def test_nobody_listens() -> None:
    async with server(lambda call: b"") as (http, _, time):
        base_url = http.base_url
    dead = HttpClient(name="acme", base_url=base_url, headers={}, secret="", now=time, sleep=time.sleep)
    error = await fails(dead.fetch(CALL, decode))
    assert isinstance(error, Unreachable)
    assert base_url.removeprefix("http://") in str(error)
    assert dead.requests == CONNECT_ATTEMPTS
    await dead.close()


async def test_loopback_goes_past_every_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with server(lambda call: whole(b"{}")) as (http, _, _):
        assert await http.fetch(CALL, decode) == {}


async def test_a_redirect_is_not_followed() -> None:
    answer = (
        b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    async with server(lambda call: answer) as (http, calls, _):
        assert "redirected to http://elsewhere.example/" in str(await fails(http.fetch(CALL, decode)))
        assert len(calls) == 1
