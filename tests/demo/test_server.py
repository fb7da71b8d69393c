"""The server on a socket: headers, keep-alive, faults."""

import json
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPResponse, IncompleteRead, RemoteDisconnected
from threading import Thread
from urllib.parse import urlsplit

import pytest

from funnel_tui.demo.server import DemoServer, create
from tests.demo.worlds import ANCHOR, TOKEN

HEADERS = {"Authorization": f"Bearer {TOKEN}", "Intercom-Version": "2.16"}


@pytest.fixture
def server() -> Iterator[DemoServer]:
    served, world, _ = create(days=2, anchor=ANCHOR, speed=0, zone="Europe/London", token=TOKEN, live=False)
    threads = [Thread(target=world.fill), Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})]
    for thread in threads:
        thread.start()
    yield served
    served.shutdown()
    served.server_close()
    for thread in threads:
        thread.join()


@pytest.fixture
def line(server: DemoServer) -> Iterator[HTTPConnection]:
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    yield connection
    connection.close()


def ask(line: HTTPConnection, path: str, body: object = None) -> tuple[HTTPResponse, bytes]:
    line.request("GET" if body is None else "POST", path, None if body is None else json.dumps(body), HEADERS)
    response = line.getresponse()
    return response, response.read()


def test_the_date_is_the_demo_clocks(line: HTTPConnection) -> None:
    response, _ = ask(line, "/me")
    assert parsedate_to_datetime(response.headers["Date"]).timestamp() == ANCHOR
    assert int(response.headers["X-RateLimit-Remaining"]) < int(response.headers["X-RateLimit-Limit"])


def test_one_connection_serves_many_requests(line: HTTPConnection) -> None:
    query = {"query": {"field": "open", "operator": "=", "value": True}, "pagination": {"per_page": 1}}
    ask(line, "/me")
    socket = line.sock
    for _ in range(5):
        response, body = ask(line, "/conversations/search", query)
        assert response.status == 200
        assert json.loads(body)["total_count"] > 0
    assert line.sock is socket


def test_requests_wait_for_the_past_they_ask_about() -> None:
    served, world, _ = create(days=3, anchor=ANCHOR, speed=0, zone="Europe/London", token=TOKEN, live=False)
    thread = Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    line = HTTPConnection(urlsplit(served.url).netloc, timeout=10)
    try:
        query = {"query": {"field": "created_at", "operator": ">", "value": 0}}
        line.request("POST", "/conversations/search", json.dumps(query), HEADERS)
        assert not world.rows  # nothing is there yet, and nothing was answered
        world.fill()
        assert json.loads(line.getresponse().read())["total_count"] > 100
    finally:
        line.close()
        served.shutdown()
        served.server_close()
        thread.join()


def test_bodies_without_end_are_refused(line: HTTPConnection) -> None:
    line.putrequest("POST", "/conversations/search")
    line.putheader("Content-Length", "99999999")
    line.endheaders()
    response = line.getresponse()
    assert response.status == 400
    assert json.loads(response.read())["errors"][0]["code"] == "bad_request"


@pytest.mark.parametrize(
    ("kind", "value", "status", "code"),
    [
        ("status", 503, 503, "server_error"),
        ("limit", 7, 429, "rate_limit_exceeded"),
        ("deny", 0, 403, "api_plan_restricted"),
    ],
)
def test_faults_that_answer(
    server: DemoServer, line: HTTPConnection, kind: str, value: float, status: int, code: str
) -> None:
    server.faults.add(kind, "/admins", times=1, value=value)
    response, body = ask(line, "/admins")
    assert response.status == status
    assert json.loads(body)["errors"][0]["code"] == code
    assert response.headers["Retry-After"] == ("7" if kind == "limit" else None)
    assert ask(line, "/admins")[0].status == 200


def test_empty_and_foreign_bodies(server: DemoServer, line: HTTPConnection) -> None:
    server.faults.add("empty", "/me", times=1)
    server.faults.add("html", "/me", times=1)
    server.faults.add("slow", "/me", times=1, value=0.0)
    response, body = ask(line, "/me")
    assert (response.status, body) == (200, b"")
    response, body = ask(line, "/me")
    assert response.headers["Content-Type"] == "text/html"
    assert json.loads(ask(line, "/me")[1])["type"] == "admin"


def test_truncated_bodies_and_resets(server: DemoServer, line: HTTPConnection) -> None:
    server.faults.add("truncate", "/admins", times=1)
    with pytest.raises(IncompleteRead):
        ask(line, "/admins")
    server.faults.add("reset", "/admins", times=1)
    line.close()
    with pytest.raises((ConnectionResetError, RemoteDisconnected)):
        ask(line, "/admins")
    line.close()
    assert ask(line, "/admins")[0].status == 200
