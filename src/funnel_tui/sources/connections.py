"""Connections to one provider, each of which carries one request at a time; the one used last comes first.

In httpx's own client they share a pool, whose every connection is looked at before and after every request, under
layers for cookies, redirects and logins, which no source wants. With fifteen connections that was half of the CPU time
of a first sync. Here a connection is a transport of its own.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

Transport = httpx.AsyncBaseTransport
"""What tests put in the network's place."""

_USUAL = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Connection": "keep-alive"}


class Connections:
    """Opened as they are needed: as many as there are requests at once, which is for the caller to limit."""

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str],
        timeout: httpx.Timeout,
        transport: Transport | None = None,
        trust_env: bool = True,
    ) -> None:
        """`trust_env`: proxies and certificate bundles come from the environment."""
        self._base_url = base_url
        self._headers = httpx.Headers({**_USUAL, **headers})
        self._extensions = {"timeout": timeout.as_dict()}
        self._given = transport
        self._trust_env = trust_env
        self._idle: list[Transport] = []
        self._all: list[Transport] = [] if transport is None else [transport]
        self._options: dict[str, Any] | None = None

    def build_request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Request:
        sent = self._headers
        if headers:
            sent = httpx.Headers(sent)
            sent.update(headers)
        return httpx.Request(method, url, params=params, json=json, headers=sent, extensions=self._extensions)

    async def send(self, request: httpx.Request, *, stream: bool) -> httpx.Response:
        """With `stream` the caller reads and closes the answer. Raises what httpx raises."""
        connection = self._take()
        try:
            response = await connection.handle_async_request(request)
        except BaseException:
            self._give(connection)
            raise
        response.request = request
        if self._given is None:
            assert isinstance(response.stream, httpx.AsyncByteStream)
            response.stream = _Leased(response.stream, lambda: self._give(connection))
        if not stream:
            try:
                await response.aread()
            except BaseException:
                await response.aclose()
                raise
        return response

    async def aclose(self) -> None:
        for connection in self._all:
            await connection.aclose()
        self._idle, self._all = [], []

    def _take(self) -> Transport:
        if self._given is not None:
            return self._given
        if self._idle:
            return self._idle.pop()
        if self._options is None:
            self._options = {
                "verify": httpx.create_ssl_context(trust_env=self._trust_env),
                "proxy": _proxy(self._base_url) if self._trust_env else None,
                "limits": httpx.Limits(max_connections=1, max_keepalive_connections=1),
                "trust_env": self._trust_env,
            }
        made = httpx.AsyncHTTPTransport(**self._options)
        self._all.append(made)
        return made

    def _give(self, connection: Transport) -> None:
        if self._given is None:
            self._idle.append(connection)


class _Leased(httpx.AsyncByteStream):
    """An answer's body; its connection is free again once it is closed."""

    def __init__(self, stream: httpx.AsyncByteStream, free: Callable[[], None]) -> None:
        self._stream = stream
        self._free: Callable[[], None] | None = free

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            free, self._free = self._free, None
            if free is not None:
                free()


def _proxy(url: str) -> str | None:
    """The environment's proxy for an address (`HTTPS_PROXY`, `ALL_PROXY`, ... but for `NO_PROXY`)."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    known = getproxies()
    found = known.get(parts.scheme) or known.get("all")
    if not found or proxy_bypass(parts.hostname or ""):
        return None
    return found if "://" in found else f"http://{found}"
