"""The shared HTTP client: pooled, paced, patient, and the only module that knows httpx.

Failures come out as the tree of `funnel_tui.sources.errors`, each one clear line:

    401 AuthError · 403 ForbiddenError · 404 NotFound · other 4xx Refused          at once
    429 RateLimited · 408, 409, 425, 5xx ServerError · a 2xx with an empty, truncated or non-JSON body BadBody
        after MAX_ATTEMPTS, waiting Retry-After, else the reset header, else 1 s doubling to 60 s, all with jitter
    Unreachable (name, refusal, time-out) after CONNECT_ATTEMPTS; TLS at once

The credential lives in the client's headers only: it is in no message, repr, log line or URL, and a provider that
echoes it back finds it masked. Proxies and certificate bundles come from the environment, except on loopback.
"""

import asyncio
import random
import socket
import ssl
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import IO, Any, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from funnel_tui.sources import answers
from funnel_tui.sources.addresses import check_url
from funnel_tui.sources.errors import BadBody, Unreachable
from funnel_tui.sources.failures import Again, Failures
from funnel_tui.sources.manners import Budget, Manners
from funnel_tui.sources.pacing import Allowance, HeadRoom, Pacer

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)

_USUAL = Manners()

Transport = httpx.AsyncBaseTransport
"""What tests put in the network's place."""

MAX_ATTEMPTS = 5
CONNECT_ATTEMPTS = 4
FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
TIMEOUT = httpx.Timeout(30.0, connect=10.0, pool=None)
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"})
"""How OpenSSL's versions name an answer that is not TLS at all."""
IN_MEMORY = 8 * 1024 * 1024
"""Bytes of a download that stay in memory; the rest goes to an unnamed temporary file."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `path` is relative to the base URL; `addresses.path_of` makes one of a server's absolute link."""

    stream: str | None
    method: str
    path: str
    params: Mapping[str, str | int] | None = None
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    patient: bool = True
    """False: a 429 is reported at once, where it means something else than the common quota."""
    budget: Budget | None = None
    """A quota that it has beside the common one; a 429 then holds only those with the same."""
    heard: Callable[[Mapping[str, str]], None] | None = None
    """Gets the headers of the answer that is decoded, where a provider puts its paging there."""


class HttpClient:
    """One provider's workspace over HTTP. Bound to the event loop in which it is first used."""

    def __init__(
        self,
        *,
        name: str,
        base_url: str,
        headers: Mapping[str, str],
        secret: str | Sequence[str],
        allow_http: bool = False,
        manners: Manners = _USUAL,
        transport: Transport | None = None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`headers` carry the credential; `secret` is its bare text, in each form that could come back, for masking."""
        self.name = name
        self.base_url = base_url.rstrip("/")
        self.requests = 0
        self.attempts = MAX_ATTEMPTS
        """How often a call is made at most. Fewer where somebody waits for the answer."""
        self._headers = httpx.Headers({"Accept": "application/json", "User-Agent": "funnel-tui", **headers})
        self._mask = answers.Mask(*([secret] if isinstance(secret, str) else secret))
        self._manners = manners
        self._failures = Failures(name, self._mask)
        self._transport = transport
        self._now = now
        self._sleep = sleep
        self._jitter = jitter
        self._pacer = Pacer(now=now, sleep=sleep, limit=manners.limit, window=manners.window)
        self._allowances: dict[str, Allowance] = {}
        self._slots = asyncio.Semaphore(manners.in_flight)
        self._clients: list[httpx.AsyncClient] = []
        self._idle: list[httpx.AsyncClient] = []
        self._tls: ssl.SSLContext | None = None
        self._skew: float | None = None
        self._date: tuple[str, float] = ("", 0.0)
        self._loopback = check_url(name, self.base_url, allow_http)

    def __repr__(self) -> str:
        return f"HttpClient({self.name!r}, {self.base_url!r})"

    @property
    def head_room(self) -> HeadRoom | None:
        return self._pacer.head_room

    @property
    def clock_skew(self) -> float | None:
        """Server clock minus local clock in seconds, from the latest `Date` header."""
        return self._skew

    def server_now(self) -> int:
        """The server's idea of now in epoch seconds; the local clock until it has answered once."""
        return int(self._now() + (self._skew or 0.0))

    async def pause(self, seconds: float) -> None:
        """Wait, by the injected sleep."""
        await self._sleep(seconds)

    async def close(self) -> None:
        clients, self._clients, self._idle = self._clients, [], []
        for client in clients:
            await client.aclose()

    # --- calls

    async def fetch(self, request: Request, decode: Callable[[bytes], T]) -> T:
        """The decoded body of a 2xx. `decode` raises msgspec.DecodeError for what is not the expected JSON."""

        async def once() -> T:
            return await self._once(request, decode)

        return await self._retried(once)

    async def download(self, request: Request) -> IO[bytes]:
        """A body of any size as an open, rewound, unnamed file; the caller closes it."""

        async def once() -> IO[bytes]:
            return await self._once_streamed(request)

        return await self._retried(once)

    async def _retried(self, once: Callable[[], Awaitable[T]]) -> T:
        failed: list[Again] = []
        try:
            return await once()  # as nearly always: what tries again need not even be made
        except Again as again:
            failed.append(again)

        async def first_that() -> T:
            if failed:
                raise failed.pop()
            return await once()

        retrying = AsyncRetrying(
            sleep=self._sleep, stop=self._enough, wait=self._wait, retry=retry_if_exception_type(Again), reraise=True
        )
        try:
            return await retrying(first_that)
        except Again as again:
            error = again.error
        # Raised out here so that no exception of the HTTP library hangs on it with request headers in its locals.
        raise error

    def _enough(self, state: RetryCallState) -> bool:
        assert state.outcome is not None
        again = state.outcome.exception()
        most = again.attempts if isinstance(again, Again) and again.attempts else MAX_ATTEMPTS
        return not isinstance(again, Again) or state.attempt_number >= min(most, self.attempts)

    def _wait(self, state: RetryCallState) -> float:
        assert state.outcome is not None
        again = state.outcome.exception()
        after = again.after if isinstance(again, Again) else None
        base = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (state.attempt_number - 1)) if after is None else after
        return base + self._jitter() * max(0.25, 0.25 * base)

    async def _once(self, request: Request, decode: Callable[[bytes], T]) -> T:
        if request.budget is not None:
            await self._allowance(request.budget).ready()  # without a connection, which others may use meanwhile
        async with self._connection() as client, self._admitted(request):
            response = await self._send(client, request, stream=False)
            self._observe(response)
        failure = self._failure(request, response)
        if failure is not None:
            raise failure
        body = response.content
        problem = answers.body_problem(body)
        if problem is not None:
            raise Again(self._bad_body(request, response, problem))
        if request.heard is not None:
            request.heard(response.headers)
        try:
            return decode(body)
        except msgspec.ValidationError as error:
            raise self._bad_body(request, response, f"an answer in an unknown form: {error}") from None
        except msgspec.DecodeError:
            raise Again(self._bad_body(request, response, "the answer is cut off or is not JSON")) from None

    async def _once_streamed(self, request: Request) -> IO[bytes]:
        async with self._connection() as client:
            async with self._admitted(request):
                response = await self._send(client, request, stream=True)
                self._observe(response)
            try:
                if not response.is_success:
                    await self._guard(request, response.aread())
                    raise self._failure(request, response) or AssertionError("no success is a failure")
                file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (handed to the caller)
                try:
                    await self._guard(request, _copy(response, file))
                except BaseException:
                    file.close()
                    raise
            finally:
                await response.aclose()
        file.seek(0)
        return file

    @asynccontextmanager
    async def _admitted(self, request: Request) -> AsyncIterator[None]:
        """When it fits into both quotas at once: one may have to be waited for after the other has given way."""
        allowance = self._allowance(request.budget) if request.budget is not None else None
        while True:
            if allowance is not None:
                await allowance.ready()
            await self._pacer.acquire()
            if allowance is None or allowance.take():
                break
            self._pacer.give_back()
        try:
            yield
        finally:
            self._pacer.release()
            if allowance is not None:
                allowance.release()

    async def _send(self, client: httpx.AsyncClient, request: Request, *, stream: bool) -> httpx.Response:
        self.requests += 1
        built = client.build_request(
            request.method,
            self.base_url + request.path,
            params=request.params,
            json=request.json,
            headers=request.headers,
        )
        return await self._guard(request, client.send(built, stream=stream))

    async def _guard(self, request: Request, call: Awaitable[T]) -> T:
        """`call`, with the transport's exceptions turned into ours and the originals dropped."""
        try:
            return await call
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError) as error:
            trouble = BadBody(self.name, f"the answer broke off ({self._mask(str(error))})", stream=request.stream)
            again = Again(trouble)
        except httpx.HTTPError as error:
            again = self._unreachable(request, error)
        except httpx.InvalidURL as error:
            raise Unreachable(self.name, f"{self.base_url} is not an address: {error}") from None
        if again.attempts == 1:
            raise again.error
        raise again

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client with one connection, for one request; the one used last comes first.

        In one client's pool each request looks at all connections, which was half of the CPU time of a first sync.
        """
        async with self._slots:
            client = self._idle.pop() if self._idle else self._new_client()
            try:
                yield client
            finally:
                self._idle.append(client)

    def _new_client(self) -> httpx.AsyncClient:
        if self._tls is None:
            self._tls = httpx.create_ssl_context(trust_env=not self._loopback)
        client = httpx.AsyncClient(
            headers=self._headers,
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            transport=self._transport,
            trust_env=not self._loopback,
            verify=self._tls,
        )
        self._clients.append(client)
        return client

    # --- what answers say

    def _observe(self, response: httpx.Response) -> None:
        text = response.headers.get("Date")
        if text is not None:
            if text != self._date[0]:
                moment = answers.http_date(text)
                self._date = (text, moment) if moment is not None else self._date
            if text == self._date[0]:
                self._skew = self._date[1] - self._now()
        quota = self._manners.quota(response.headers)
        if quota is not None:
            self._pacer.observe(quota.limit, quota.remaining, self._seconds_to(quota.reset))

    def _seconds_to(self, reset: float | None) -> float | None:
        if reset is None:
            return None
        # A small number can only be seconds to go; an epoch is compared with the server's own clock, not with ours.
        return reset if reset < 1e6 else reset - (self._now() + (self._skew or 0.0))

    def _complaint(self, response: httpx.Response) -> answers.Complaint | None:
        if self._manners.complaint is not None:
            found = self._manners.complaint(response.status_code, response.headers, response.content)
            if found is not None:
                return found
        return None if response.is_success else answers.complaint(response.status_code, response.content)

    def _failure(self, request: Request, response: httpx.Response) -> Exception | None:
        """What to raise for an answer. Made here, so that its words are in no frame of a traceback unmasked."""
        complaint = self._complaint(response)
        if complaint is None:
            return None
        limited = complaint.status == 429
        after = self._retry_after(response, complaint) if limited or complaint.status == 503 else None
        failure = self._failures.of(
            complaint, request.stream, response.headers, retry_after=after, patient=request.patient
        )
        if limited and isinstance(failure, Again) and after is not None:
            holding = self._pacer if request.budget is None else self._allowance(request.budget)
            holding.hold(after)
        return failure

    def _allowance(self, budget: Budget) -> Allowance:
        found = self._allowances.get(budget.name)
        if found is None:
            found = Allowance(budget.limit, budget.window, now=self._now, sleep=self._sleep)
            self._allowances[budget.name] = found
        return found

    def _bad_body(self, request: Request, response: httpx.Response, message: str) -> BadBody:
        return self._failures.error(BadBody, request.stream, response.status_code, response.headers, message)

    def _retry_after(self, response: httpx.Response, complaint: answers.Complaint) -> float | None:
        text = response.headers.get("Retry-After")
        seconds = answers.number(text)
        if seconds is None or (complaint.retry_after is not None and complaint.retry_after > seconds):
            seconds = complaint.retry_after
        if seconds is None and text is not None:
            moment = answers.http_date(text)
            seconds = None if moment is None else moment - (self._now() + (self._skew or 0.0))
        if seconds is None and complaint.status == 429:
            quota = self._manners.quota(response.headers)
            seconds = self._seconds_to(quota.reset) if quota is not None else None
        return None if seconds is None else max(0.0, seconds)

    def _unreachable(self, request: Request, error: httpx.HTTPError) -> Again:
        host = urlsplit(self.base_url).netloc.rpartition("@")[2]
        attempts = CONNECT_ATTEMPTS
        mend: str | None = None
        if isinstance(error, httpx.TimeoutException):
            message = f"{host} did not answer in time"
        elif tls := _cause(error, ssl.SSLError):
            attempts = 1
            if getattr(tls, "reason", None) in _NO_TLS:  # an error made elsewhere has none
                message, mend = f"{host} does not speak https", "Check the port in base_url, and whether it is http."
            else:
                why = getattr(tls, "verify_message", None) or answers.one_line(str(error))
                message = f"{host}: the secure connection failed ({self._mask(why)})"
                mend = "Check base_url; set SSL_CERT_FILE where a proxy has its own certificate."
        elif _cause(error, socket.gaierror):
            message = f"{host} cannot be reached (the name is not known)"
            mend = "Check base_url and the network."
        elif _cause(error, ConnectionRefusedError):
            message = f"{host} cannot be reached (nothing answers at this port)"
        elif isinstance(error, httpx.UnsupportedProtocol):
            message, attempts = f"{self.base_url} is not an http address", 1
        else:
            detail = self._mask(answers.one_line(str(error))) or type(error).__name__
            message = f"{host} cannot be reached ({detail})"
        return Again(Unreachable(self.name, message, stream=request.stream, mend=mend), attempts=attempts)


async def _copy(response: httpx.Response, file: IO[bytes]) -> None:
    async for chunk in response.aiter_bytes():
        file.write(chunk)


def _cause(error: BaseException, kind: type[E]) -> E | None:
    """The first of its kind among an exception and what brought it about."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, kind):
            return link
        link = link.__cause__ or link.__context__
    return None
