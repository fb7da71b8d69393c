"""Connections of the HTTP client: one request each at a time, used again, given back whatever happens to them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from funnel_tui.sources import BadBody
from funnel_tui.sources.http import HttpClient, Request
from funnel_tui.sources.manners import Manners

decode = msgspec.json.Decoder().decode


class Server:
    """HTTP/1.1 on loopback, a handler for each connection."""

    def __init__(self) -> None:
        self.connections = 0
        self.came: asyncio.Queue[None] = asyncio.Queue()
        self.gate = asyncio.Event()
        self.gate.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.came.put_nowait(None)
                await self.gate.wait()
                if head.startswith(b"GET /hang-up"):
                    break
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[Server, HttpClient]]:
    async def at_once(seconds: float) -> None:
        """Nobody waits in a test."""

    found = Server()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = HttpClient(name="acme", base_url=url, headers={}, secret="", manners=Manners(in_flight=5), sleep=at_once)
    try:
        yield found, client
    finally:
        await client.close()
        server.close()
        await server.wait_closed()


def get(client: HttpClient, path: str) -> "asyncio.Task[Any]":
    return asyncio.create_task(client.fetch(Request("admins", "GET", path), decode))


async def test_one_after_the_other_they_share_a_connection() -> None:
    async with serving() as (server, client):
        for _ in range(3):
            assert await get(client, "/a") == {}
        assert server.connections == 1


async def test_at_once_each_has_its_own_and_later_ones_use_them_again() -> None:
    async with serving() as (server, client):
        for _ in range(2):
            server.gate.clear()
            calls = [get(client, "/a") for _ in range(5)]
            for _ in range(5):
                await server.came.get()
            server.gate.set()
            assert await asyncio.gather(*calls) == [{}] * 5
        assert server.connections == 5


async def test_a_connection_that_broke_is_of_use_again() -> None:
    async with serving() as (_, client):
        with pytest.raises(BadBody, match="broke off"):
            await get(client, "/hang-up")
        assert await get(client, "/a") == {}


async def test_a_request_that_was_called_off_gives_its_connection_back() -> None:
    async with serving() as (server, client):
        for _ in range(7):  # more than there are at once
            server.gate.clear()
            call = get(client, "/a")
            await server.came.get()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            server.gate.set()
        assert await get(client, "/a") == {}


async def test_a_download_holds_its_connection_until_it_is_closed() -> None:
    async with serving() as (server, client):
        with await client.download(Request("admins", "GET", "/a")) as file:
            assert file.read() == b"{}"
        assert await get(client, "/a") == {}
        assert server.connections == 1
