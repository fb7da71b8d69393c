"""Connections: one request each at a time, used again, given back whatever happens to them; the environment's proxy."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from funnel_tui.sources.connections import Connections, _proxy

TIMEOUT = httpx.Timeout(10.0)


class Server:
    """HTTP/1.1 on loopback, a handler for each connection."""

    def __init__(self) -> None:
        self.connections = 0
        self.requests: list[str] = []
        self.came: asyncio.Queue[None] = asyncio.Queue()
        self.gate = asyncio.Event()
        self.gate.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ")[1].decode()
                self.requests.append(head.decode().lower())
                self.came.put_nowait(None)
                await self.gate.wait()
                if path == "/hang-up":
                    break
                body = gzip.compress(b"packed") if path == "/gzip" else path.encode()
                encoding = b"Content-Encoding: gzip\r\n" if path == "/gzip" else b""
                cookie = b"Set-Cookie: a=b\r\n"
                writer.write(
                    b"HTTP/1.1 200 OK\r\n%s%sContent-Length: %d\r\n\r\n%s" % (encoding, cookie, len(body), body)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[Server, Connections, str]]:
    found = Server()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    connections = Connections(url, headers={"X-Own": "1"}, timeout=TIMEOUT, trust_env=False)
    try:
        yield found, connections, url
    finally:
        await connections.aclose()
        server.close()
        await server.wait_closed()


async def test_one_after_the_other_they_share_a_connection() -> None:
    async with serving() as (server, connections, url):
        for number in range(3):
            answer = await connections.send(connections.build_request("GET", f"{url}/{number}"), stream=False)
            assert answer.content == f"/{number}".encode()
        assert server.connections == 1
        assert all("x-own: 1" in request and "cookie" not in request for request in server.requests)


async def test_at_once_each_has_its_own_and_later_ones_use_them_again() -> None:
    async with serving() as (server, connections, url):
        for _ in range(2):
            server.gate.clear()
            calls = [
                asyncio.create_task(connections.send(connections.build_request("GET", f"{url}/a"), stream=False))
                for _ in range(5)
            ]
            for _ in range(5):
                await server.came.get()
            server.gate.set()
            assert [answer.status_code for answer in await asyncio.gather(*calls)] == [200] * 5
        assert server.connections == 5


async def test_bodies_come_unpacked_and_parameters_are_encoded() -> None:
    async with serving() as (server, connections, url):
        request = connections.build_request("GET", f"{url}/gzip", headers={"X-More": "2"})
        assert (await connections.send(request, stream=False)).content == b"packed"
        assert "x-more: 2" in server.requests[0]
        request = connections.build_request("GET", f"{url}/a", params={"q": "x y&z", "n": 3})
        assert (await connections.send(request, stream=False)).content == b"/a?q=x+y%26z&n=3"


async def test_a_connection_that_broke_is_of_use_again() -> None:
    async with serving() as (_, connections, url):
        for _ in range(3):
            with pytest.raises(httpx.RemoteProtocolError):
                await connections.send(connections.build_request("GET", f"{url}/hang-up"), stream=False)
        assert (await connections.send(connections.build_request("GET", f"{url}/a"), stream=False)).content == b"/a"
        assert len(connections._all) == len(connections._idle) == 1


async def test_a_request_that_was_called_off_gives_its_connection_back() -> None:
    async with serving() as (server, connections, url):
        server.gate.clear()
        call = asyncio.create_task(connections.send(connections.build_request("GET", f"{url}/a"), stream=False))
        await server.came.get()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        server.gate.set()
        assert (await connections.send(connections.build_request("GET", f"{url}/b"), stream=False)).content == b"/b"
        assert len(connections._all) == len(connections._idle) == 1


async def test_a_streamed_answer_holds_its_connection_until_it_is_closed() -> None:
    async with serving() as (_, connections, url):
        answer = await connections.send(connections.build_request("GET", f"{url}/long"), stream=True)
        assert connections._idle == []
        assert [chunk async for chunk in answer.aiter_bytes()] == [b"/long"]
        await answer.aclose()
        await answer.aclose()
        assert len(connections._idle) == 1


PROXIES = (
    ({}, None),
    ({"HTTPS_PROXY": "http://proxy.example:3128"}, "http://proxy.example:3128"),
    ({"https_proxy": "proxy.example:3128"}, "http://proxy.example:3128"),
    ({"HTTP_PROXY": "http://proxy.example:3128"}, None),
    ({"ALL_PROXY": "http://proxy.example:3128"}, "http://proxy.example:3128"),
    ({"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": "helpdesk.example"}, None),
    ({"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": "elsewhere.example"}, "http://proxy.example:3128"),
)


@pytest.mark.parametrize(("environment", "expected"), PROXIES)
def test_the_environments_proxy(
    environment: dict[str, str], expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert _proxy("https://api.helpdesk.example/path") == expected
