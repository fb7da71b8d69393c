"""The fakes' own machinery: what it promises to those who build on it."""

from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from typing import Any

import pytest

from tests.fakes.toolkit import Call, Clock, FakeServer, Hostility, Limit, Reply, World, as_json

NOW = 1_772_632_800


class Echo(World):
    limit = Limit("all", 3)

    def limits(self, call: Call) -> Sequence[Limit]:
        return (self.limit,) if call.path == "/limited" else ()

    def limit_headers(self, limits: Sequence[Limit], now: float) -> Mapping[str, str]:
        return {"X-Left": ",".join(str(limit.remaining) for limit in limits)}

    def answer(self, call: Call) -> Reply:
        return as_json({"page": call.whole("page", 1), "text": "x" * 2000})


def get(server: FakeServer, path: str, token: str = Echo.token) -> tuple[int, Mapping[str, str], bytes]:
    connection = HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_the_date_is_the_worlds() -> None:
    with FakeServer(Echo(Clock(NOW), Hostility(skew=90))) as server:
        assert get(server, "/a")[1]["Date"] == "Wed, 04 Mar 2026 14:01:30 GMT"
        server.world.clock.move(60)
        assert get(server, "/a")[1]["Date"] == "Wed, 04 Mar 2026 14:02:30 GMT"


def test_a_limit_counts_and_what_is_over_it_is_written_down() -> None:
    world = Echo(Clock(NOW))
    world.limit = Limit("all", 3)
    with FakeServer(world, pace=0.001) as server:
        told = [get(server, "/limited") for _ in range(4)]
    assert [status for status, _, _ in told] == [200, 200, 200, 429]
    assert [headers["X-Left"] for _, headers, _ in told] == ["2", "1", "0", "0"]
    assert int(told[-1][1]["Retry-After"]) in (59, 60)
    assert len(server.over_limit) == 1


def test_a_window_ends() -> None:
    limit = Limit("all", 2, window=60, slack=0)
    assert [limit.take(now) for now in (0, 59, 59.9, 60, 119, 119.5, 120)] == [
        True,
        True,
        False,
        True,
        True,
        False,
        True,
    ]


def test_trouble_passes_and_is_the_same_for_the_same_seed() -> None:
    seen: list[list[Any]] = []
    for _ in range(2):
        with FakeServer(Echo(Clock(NOW), Hostility(seed=3, trouble=1, in_a_row=2, kinds=("500", "empty")))) as server:
            seen.append([get(server, "/a")[::2] for _ in range(6)])
    assert seen[0] == seen[1]
    good = [status == 200 and body != b"" for status, body in seen[0]]
    assert good == [False, False, True, False, False, True]


@pytest.mark.parametrize("kind", ["reset", "truncated"])
def test_what_breaks_off_does_not_look_whole(kind: str) -> None:
    with (
        FakeServer(Echo(Clock(NOW), Hostility(trouble=1, in_a_row=1, kinds=(kind,)))) as server,
        pytest.raises((HTTPException, ConnectionError)),
    ):
        get(server, "/a")


def test_a_repetition_that_came_too_early_is_written_down() -> None:
    with FakeServer(
        Echo(Clock(NOW), Hostility(trouble=1, in_a_row=1, kinds=("429",), retry_after=60)), pace=1
    ) as server:
        assert [get(server, "/a")[0] for _ in range(2)] == [429, 200]
    assert server.early == ["GET /a?"]


def test_a_refusal_needs_the_right_credential_first() -> None:
    refused = {"^/closed": as_json({"error": "no"}, 403)}
    with FakeServer(Echo(Clock(NOW), Hostility(refused=refused))) as server:
        assert [get(server, "/closed", token)[0] for token in (Echo.token, "other")] == [403, 401]
        assert get(server, "/open")[0] == 200
