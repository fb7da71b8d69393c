"""Each way in which a provider can fail becomes one clear line, after the right amount of patience."""

import logging
import socket
import ssl
import traceback

import httpx
import msgspec
import pytest

from funnel_tui.sources import (
    AuthError,
    BadBody,
    ForbiddenError,
    InsecureURL,
    NotFound,
    RateLimited,
    Refused,
    ServerError,
    SourceError,
    Unreachable,
)
from funnel_tui.sources.addresses import path_of
from funnel_tui.sources.http import MAX_ATTEMPTS, HttpClient, Request
from tests.sources.fake_intercom import TOKEN, FakeIntercom, FakeTime, ok, problem

CALL = Request("admins", "GET", "/admins")
decode = msgspec.json.Decoder().decode


def client(fake: FakeIntercom, base_url: str = "https://api.example.com") -> HttpClient:
    return HttpClient(
        name="acme",
        base_url=base_url,
        headers={"Authorization": f"Bearer {TOKEN}"},
        secret=TOKEN,
        transport=httpx.MockTransport(fake.answer),
        now=fake.time,
        sleep=fake.time.sleep,
        jitter=lambda: 0.0,
    )


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "unauthorized", AuthError),
        (403, "forbidden", ForbiddenError),
        (404, "not_found", NotFound),
        (400, "intercom_version_invalid", Refused),
        (422, "parameter_invalid", Refused),
        (302, "moved", Refused),
    ],
)
async def test_what_patience_cannot_mend_is_said_at_once(status: int, code: str, kind: type[SourceError]) -> None:
    fake = FakeIntercom()
    fake.refuse("/admins", status, code)
    with pytest.raises(kind) as caught:
        await client(fake).fetch(CALL, decode)
    line = str(caught.value)
    assert line.startswith("acme: admins: ")
    assert "\n" not in line
    assert f"HTTP {status}, request req-1" in line
    assert caught.value.mend in line
    assert fake.calls["/admins"] == 1


async def test_a_plan_that_lacks_the_feature_is_told_apart() -> None:
    fake = FakeIntercom()
    fake.refuse("/admins", 403, "api_plan_restricted")
    with pytest.raises(ForbiddenError, match="plan does not include") as caught:
        await client(fake).fetch(CALL, decode)
    assert caught.value.plan


@pytest.mark.parametrize("status", [408, 409, 425, 500, 502, 503, 504])
async def test_passing_failures_are_tried_again(status: int) -> None:
    fake = FakeIntercom()
    fake.fail("/admins", problem(status, "x"), problem(status, "x"))
    assert await client(fake).fetch(CALL, decode) == {"admins": fake.admins}
    assert fake.time.slept == [1.0, 2.0]


async def test_attempts_end() -> None:
    fake = FakeIntercom()
    fake.refuse("/admins", 500, "server_error")
    with pytest.raises(ServerError, match="the server failed"):
        await client(fake).fetch(CALL, decode)
    assert fake.calls["/admins"] == MAX_ATTEMPTS
    assert fake.time.slept == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize(
    "body", [b"", b"  \n", b"<html>proxy</html>", b'{"admins": [{"id"', b"null", b"\xff\xfe"], ids=repr
)
async def test_a_200_without_json_is_tried_again(body: bytes) -> None:
    fake = FakeIntercom()
    fake.fail("/admins", httpx.Response(200, content=body))
    assert await client(fake).fetch(CALL, decode) == {"admins": fake.admins}
    fake.always["/admins"] = lambda: httpx.Response(200, content=body)
    with pytest.raises(BadBody):
        await client(fake).fetch(CALL, decode)


async def test_a_body_in_another_form_is_not() -> None:
    fake = FakeIntercom()
    with pytest.raises(BadBody, match="unknown form"):
        await client(fake).fetch(CALL, msgspec.json.Decoder(dict[str, int]).decode)
    assert fake.calls["/admins"] == 1


async def test_429_waits_as_long_as_it_is_told() -> None:
    fake = FakeIntercom()
    fake.fail("/admins", problem(429, "rate_limit_exceeded", Retry_After="7"))
    await client(fake).fetch(CALL, decode)
    assert sum(fake.time.slept) == pytest.approx(7.0)


async def test_429_waits_for_the_reset_where_nothing_else_is_said() -> None:
    fake = FakeIntercom()
    reset = str(int(fake.time.now) + 9)
    fake.fail("/admins", problem(429, "rate_limit_exceeded", X_RateLimit_Reset=reset))
    await client(fake).fetch(CALL, decode)
    assert sum(fake.time.slept) == pytest.approx(9.0)


async def test_429_for_ever_is_an_error() -> None:
    fake = FakeIntercom()
    fake.refuse("/admins", 429, "rate_limit_exceeded")
    with pytest.raises(RateLimited, match="quota"):
        await client(fake).fetch(CALL, decode)
    assert fake.calls["/admins"] == MAX_ATTEMPTS


async def test_a_very_long_retry_after_is_reported_instead() -> None:
    fake = FakeIntercom()
    fake.fail("/admins", problem(429, "rate_limit_exceeded", Retry_After="3600"))
    with pytest.raises(RateLimited) as caught:
        await client(fake).fetch(CALL, decode)
    assert caught.value.retry_after == 3600
    assert fake.time.slept == []


def _dns(request: httpx.Request) -> Exception:
    error = httpx.ConnectError("[Errno -2] Name or service not known", request=request)
    error.__cause__ = socket.gaierror(-2, "Name or service not known")
    return error


async def test_a_dead_server_is_unreachable() -> None:
    fake = FakeIntercom()
    fake.always["/admins"] = lambda: _dns(httpx.Request("GET", "https://api.example.com"))
    with pytest.raises(
        Unreachable, match=r"api\.example\.com cannot be reached \(the name is not known\)\. Check"
    ) as caught:
        await client(fake).fetch(CALL, decode)
    assert fake.calls["/admins"] == 4
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_a_call_is_made_less_often_where_somebody_waits() -> None:
    fake = FakeIntercom()
    fake.always["/admins"] = lambda: _dns(httpx.Request("GET", "https://api.example.com"))
    http = client(fake)
    http.attempts = 2
    with pytest.raises(Unreachable):
        await http.fetch(CALL, decode)
    fake.always["/admins"] = lambda: httpx.Response(200, text="<html>")
    with pytest.raises(BadBody):
        await http.fetch(CALL, decode)
    assert fake.calls["/admins"] == 4


async def test_a_silent_server_is_unreachable() -> None:
    fake = FakeIntercom()
    fake.always["/admins"] = lambda: httpx.ReadTimeout("")
    with pytest.raises(Unreachable, match="did not answer in time"):
        await client(fake).fetch(CALL, decode)


async def test_a_bad_certificate_is_not_tried_again() -> None:
    fake = FakeIntercom()
    error = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed")
    fake.always["/admins"] = lambda: error
    with pytest.raises(Unreachable, match="SSL_CERT_FILE"):
        await client(fake).fetch(CALL, decode)
    assert fake.calls["/admins"] == 1


async def test_a_port_without_tls_is_named() -> None:
    fake = FakeIntercom()
    error = httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)")
    error.__cause__ = ssl.SSLError(1, "wrong version number")
    error.__cause__.reason = "WRONG_VERSION_NUMBER"
    fake.always["/admins"] = lambda: error
    with pytest.raises(Unreachable, match=r"does not speak https\. Check the port in base_url") as caught:
        await client(fake).fetch(CALL, decode)
    assert "SSL" not in str(caught.value)
    assert fake.calls["/admins"] == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_a_stream_that_is_refused_names_the_permission(status: int) -> None:
    fake = FakeIntercom()
    fake.fail("/admins", httpx.Response(status, json={"error": "It is closed."}))
    with pytest.raises(AuthError if status == 401 else ForbiddenError) as caught:
        await client(fake).fetch(Request("admins", "GET", "/admins"), decode)
    said = f"acme: admins: the token may not read this: It is closed (HTTP {status}). "
    assert str(caught.value) == said + "Give the token the permission; all else is read without it."


async def test_a_broken_connection_is_a_bad_body() -> None:
    fake = FakeIntercom()
    fake.fail("/admins", httpx.RemoteProtocolError("peer closed connection without sending complete message body"))
    assert await client(fake).fetch(CALL, decode) == {"admins": fake.admins}


async def test_the_clock_of_the_server_is_known() -> None:
    fake = FakeIntercom()
    http = client(fake)
    assert http.clock_skew is None
    fake.headers["Date"] = "Fri, 15 Jan 2027 08:05:00 GMT"
    await http.fetch(CALL, decode)
    assert http.clock_skew == pytest.approx(300.0)
    assert http.server_now() == int(fake.time.now) + 300


async def test_headers_pace_the_requests() -> None:
    fake = FakeIntercom()
    fake.headers = {
        "X-RateLimit-Limit": "100",
        "X-RateLimit-Remaining": "5",
        "X-RateLimit-Reset": str(int(fake.time.now) + 6),
    }
    http = client(fake)
    await http.fetch(CALL, decode)
    assert http.head_room is not None
    assert str(http.head_room) == "5 of 100 requests left in the next 6 s"
    await http.fetch(CALL, decode)
    assert sum(fake.time.slept) == pytest.approx(6.0)


async def test_at_most_fifteen_requests_are_under_way() -> None:
    import asyncio

    running = peak = 0

    async def slow(request: httpx.Request) -> httpx.Response:
        nonlocal running, peak
        running += 1
        peak = max(peak, running)
        await asyncio.sleep(0)
        running -= 1
        return ok({})

    time = FakeTime()
    http = HttpClient(
        name="acme",
        base_url="https://api.example.com",
        headers={},
        secret="",
        transport=httpx.MockTransport(slow),
        now=time,
        sleep=time.sleep,
    )
    await asyncio.gather(*(http.fetch(CALL, decode) for _ in range(60)))
    assert 1 < peak <= 15


async def test_the_token_is_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    fake = FakeIntercom()
    fake.always["/admins"] = lambda: httpx.Response(
        401, json={"errors": [{"code": "unauthorized", "message": f"token {TOKEN} is wrong"}], "request_id": TOKEN}
    )
    http = client(fake)
    with pytest.raises(AuthError) as caught:
        await http.fetch(CALL, decode)
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    for text in (str(caught.value), repr(caught.value), told, repr(http), caplog.text, repr(vars(http)["_mask"])):
        assert TOKEN not in text


@pytest.mark.parametrize("url", ["http://helpdesk.example.com", "http://10.0.0.1", "ftp://x.example", "helpdesk", ""])
def test_plain_http_stays_on_this_machine(url: str) -> None:
    with pytest.raises(InsecureURL):
        client(FakeIntercom(), url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9", "https://x.example"])
def test_loopback_and_https_are_fine(url: str) -> None:
    assert client(FakeIntercom(), url).base_url == url


def test_plain_http_can_be_allowed() -> None:
    http = HttpClient(name="a", base_url="http://helpdesk.example", headers={}, secret="", allow_http=True)
    assert http.requests == 0


def test_links_lose_their_host() -> None:
    assert path_of("https://evil.example/articles?page=2", "https://api.example.com") == "/articles?page=2"
    assert path_of("https://x.example/proxy/articles", "https://x.example/proxy") == "/articles"


async def test_a_download_of_any_size() -> None:
    fake = FakeIntercom()
    fake.always["/admins"] = lambda: httpx.Response(200, content=b"x" * 1000, headers={"Content-Encoding": "zip"})
    with await client(fake).download(CALL) as file:
        assert file.read() == b"x" * 1000


async def test_a_refused_download() -> None:
    fake = FakeIntercom()
    fake.refuse("/admins", 403)
    with pytest.raises(ForbiddenError, match="about forbidden"):
        await client(fake).download(CALL)
