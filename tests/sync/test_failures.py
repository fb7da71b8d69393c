"""Each failure of a provider: one clear line, and the right outcome for the rest."""

from datetime import UTC, datetime
from email.utils import format_datetime

import httpx
import pytest

from funnel_tui.store import Reader
from tests.sources.fake_intercom import NOW, conversation, problem
from tests.sync.world import World


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (lambda fake: fake.refuse("/me", 401, "unauthorized"), "Wrong token or wrong region"),
        (lambda fake: fake.refuse("/me", 500), "the server failed"),
        (lambda fake: fake.refuse("/me", 429), "rate limit is exceeded"),
        (lambda fake: fake.refuse("/me", 404), "not found"),
        (lambda fake: fake.always.update({"/me": lambda: httpx.ConnectError("refused")}), "cannot be reached"),
        (lambda fake: fake.always.update({"/me": lambda: httpx.ConnectTimeout("")}), "did not answer in time"),
        (lambda fake: fake.always.update({"/me": lambda: httpx.Response(200)}), "the answer is empty"),
        (
            lambda fake: fake.always.update({"/conversations/search": lambda: httpx.Response(200, content=b'{"conv')}),
            "cut off",
        ),
        (lambda fake: fake.refuse("/conversations/search", 503), "acme: conversations: the server failed"),
    ],
)
async def test_a_source_that_cannot_be_read_fails_and_keeps_its_last_success(world: World, break_it, says: str) -> None:  # type: ignore[no-untyped-def]
    world.spread(5)
    await world.sync()
    good = world.freshness().last_success
    world.later(600)
    break_it(world.fake)
    summary = await world.sync()
    assert not summary.ok
    assert summary.error is not None
    assert says in summary.error
    assert "\n" not in summary.error
    assert summary.error.startswith("acme: ")
    fresh = world.freshness()
    assert (fresh.state, fresh.last_success, fresh.message) == ("failed", good, summary.error)
    assert len(world.ids()) == 5


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("path", "stream"),
    [
        ("/conversations/search", "conversations"),
        ("/conversations/deleted", "deletions"),
        ("/admins", "admins"),
        ("/articles", "articles"),
        ("/export/content/data", "outbound"),
    ],
)
async def test_a_refused_stream_is_missing_and_the_rest_goes_on(
    world: World, path: str, stream: str, status: int
) -> None:
    world.spread(5)
    world.fake.refuse(path, status, "unauthorized" if status == 401 else "api_plan_restricted")
    await world.sync()
    world.later(4000)
    summary = await world.sync()
    assert summary.ok
    assert summary.error is None
    (line,) = summary.warnings
    assert line.startswith(f"acme: {stream}: ")
    fresh = world.freshness()
    assert (fresh.state, fresh.message) == ("partial", line)
    assert fresh.last_success == world.fake.time.clock()
    assert len(world.ids()) == (0 if stream == "conversations" else 5)
    reader = Reader.open(world.path)
    assert reader.stream_status()["acme", stream] == ("refused", line)
    reader.close()


@pytest.mark.parametrize("status", [403, 404])
async def test_parts_that_may_not_be_read_are_said_once_and_until_they_may(world: World, status: int) -> None:
    world.spread(400, days=20)
    asked = 0

    def refuse() -> httpx.Response:
        nonlocal asked
        asked += 1
        body = {"request_id": f"req-{asked}", "errors": [{"code": "forbidden", "message": "no scope"}]}
        return httpx.Response(status, json=body)

    for id in world.fake.conversations:
        world.fake.always[f"/conversations/{id}"] = refuse
    summary = await world.sync()
    assert summary.ok
    (line,) = summary.warnings
    assert line.startswith("acme: parts: ")
    assert "req-" not in line
    assert len(world.ids()) == 400
    assert asked < 200
    assert statuses(world)["acme", "parts"] == ("refused", line)
    assert statuses(world)["acme", "conversations"] == ("ok", None)

    world.later(3600)  # nothing new to read: it is still so
    summary = await world.sync()
    assert summary.warnings == (line,)
    assert (world.freshness().state, world.freshness().message) == ("partial", line)

    world.fake.always.clear()
    world.later(60)
    summary = await world.sync(full=True)
    assert (summary.warnings, world.freshness().state) == ((), "ok")
    assert statuses(world)["acme", "parts"] == ("ok", None)
    world.later(60)
    assert (await world.sync()).warnings == ()


def statuses(world: World) -> dict[tuple[str, str], tuple[str, str | None]]:
    reader = Reader.open(world.path)
    try:
        return reader.stream_status()
    finally:
        reader.close()


async def test_refused_parts_do_not_make_up_for_a_stream_that_works(world: World) -> None:
    """Four of five streams and the parts: the fifth is read all the same."""
    world.spread(5)
    for path in ("/conversations/deleted", "/admins", "/articles", "/export/content/data"):
        world.fake.refuse(path, 403)
    for id in world.fake.conversations:
        world.fake.refuse(f"/conversations/{id}", 403)
    await world.sync()
    world.later(4000)
    summary = await world.sync()
    assert (summary.ok, len(summary.warnings)) == (True, 5)


async def test_everything_refused_is_a_failure(world: World) -> None:
    for path in ("/conversations/search", "/conversations/deleted", "/admins", "/articles", "/export/content/data"):
        world.fake.refuse(path, 403)
    await world.sync()
    world.later(4000)
    summary = await world.sync()
    assert not summary.ok


async def test_a_stream_that_comes_back_is_whole_again(world: World) -> None:
    world.spread(5)
    world.fake.refuse("/articles", 403)
    await world.sync()
    del world.fake.always["/articles"]
    world.later(600)
    summary = await world.sync()
    assert summary.warnings == ()
    assert world.freshness().state == "ok"


async def test_trouble_of_a_side_stream_is_a_warning(world: World) -> None:
    world.spread(5)
    world.fake.refuse("/articles", 500)
    summary = await world.sync()
    assert summary.ok
    assert "acme: articles: the server failed" in summary.warnings[0]
    assert world.freshness().state == "partial"


async def test_a_passing_fault_is_not_even_mentioned(world: World) -> None:
    world.spread(5)
    for path in ("/me", "/conversations/search", "/conversations/c1", "/admins"):
        world.fake.fail(path, problem(500, "x"), httpx.Response(200), problem(429, "x", Retry_After="2"))
    summary = await world.sync()
    assert (summary.ok, summary.warnings, summary.conversations) == (True, (), 5)


async def test_a_failure_in_the_middle_keeps_what_came_before(world: World) -> None:
    world.spread(400, days=1)

    def die(call: int) -> None:
        if call == 2:
            world.fake.refuse("/conversations/search", 503)

    world.fake.on_search = die
    summary = await world.sync()
    assert not summary.ok
    assert 0 < len(world.ids()) < 400
    assert world.freshness().history_from == NOW
    world.fake.on_search = None
    world.fake.always.clear()
    world.later(60)
    assert (await world.sync()).ok
    assert len(world.ids()) == 400


async def test_a_clock_that_is_off_does_not_lose_anything(world: World) -> None:
    """The server's Date counts: the local clock is ten minutes ahead, what is new on the server comes all the same."""

    def server_time(now: float) -> str:
        return format_datetime(datetime.fromtimestamp(now - 600, UTC), usegmt=True)

    world.fake.headers["Date"] = server_time(world.fake.time.now)
    await world.sync()
    world.fake.put(conversation("new", created=world.fake.time.clock() - 600 - 1))
    world.later(30)
    world.fake.headers["Date"] = server_time(world.fake.time.now)
    await world.sync()
    assert world.ids() == {"new"}


async def test_conversations_that_are_not_there_fail_the_source(world: World) -> None:
    """A wrong address answers 404 or another refusal: no permission mends that."""
    world.fake.refuse("/conversations/search", 404, "not_found")
    summary = await world.sync()
    assert not summary.ok
    assert summary.error is not None
    assert "not found" in summary.error
