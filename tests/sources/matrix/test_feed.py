"""The past page by page, the news by position, and that nothing falls between."""

import json
from collections.abc import Sequence
from datetime import date

import pytest

from funnel_tui.model.records import Page
from funnel_tui.sources import ForbiddenError, RateLimited, ServerError, Shape, StaleCursor
from funnel_tui.sources.protocol import Items
from tests.sources.fake_intercom import NOW
from tests.sources.matrix.homeserver import ROOM, Homeserver, back, messages_of, on, thread, trouble

DAY = 86_400


def known(pages: Sequence[Page]) -> set[str]:
    return {message.id for said in messages_of(list(pages)).values() for message in said}


def many(server: Homeserver, count: int, room: str = ROOM, at: int = NOW - 5_000) -> list[str]:
    return [server.say(f"m{number}", at + number, room=room) for number in range(count)]


async def test_what_the_engine_is_told() -> None:
    (spec,) = Homeserver().source().streams()
    assert (spec.name, spec.shape, spec.items, spec.essential) == ("messages", Shape.FEED, Items.THREADS, True)
    assert spec.slice is not None
    assert spec.slice > NOW, "one slice: each would page through the whole room"


@pytest.mark.parametrize("cap", [7, 100, 5_000])
async def test_the_whole_past(cap: int) -> None:
    server = Homeserver()
    server.cap = cap
    said = many(server, 250)
    pages = await back(server.source())
    assert known(pages) == set(said)
    assert pages[-1].cursor is None
    assert all(page.cursor for page in pages[:-1])
    asked = next(request for request in server.requests if request.url.path.endswith("/messages"))
    assert asked.url.raw_path.startswith(b"/_matrix/client/v3/rooms/%21ask%3Aexample.org/messages?")
    assert asked.url.params["limit"] == "1000"


async def test_rooms_take_turns_and_a_reading_resumes_where_it_stood() -> None:
    server = Homeserver()
    server.cap = 10
    other = server.room("!other", "Other")
    first, second = many(server, 35), many(server, 15, other)
    source = server.source("#ask:example.org", "Other")
    pages = await back(source)
    assert known(pages) == {*first, *second}
    assert known(pages[:2]) == {*first[-10:], *second[-10:]}
    for read, page in enumerate(pages[:-1], 1):
        rest = await back(server.source("#ask:example.org", "Other"), cursor=page.cursor)
        assert known([*pages[:read], *rest]) == {*first, *second}
        assert len(rest) == len(pages) - read


async def test_an_old_date_does_not_end_the_past() -> None:
    server = Homeserver()
    server.cap = 5
    native = server.say("before the import", NOW - 2 * DAY)
    imported = many(server, 40, at=NOW - 3 * 365 * DAY)
    pages = await back(server.source(), lo=NOW - 30 * DAY)
    assert known(pages) == {native}
    assert known(await back(server.source(), lo=0)) == {native, *imported}


async def test_the_beginning_of_a_thread_that_goes_on_is_kept() -> None:
    server = Homeserver()
    lo = NOW - 30 * DAY
    asked = server.say("How?", lo - 6 * DAY)
    answered = server.say("So.", lo + DAY, **thread(asked))
    server.say("long ago", lo - 8 * DAY)
    assert known(await back(server.source(), lo=lo)) == {asked, answered}


async def test_a_server_that_gives_the_same_page_for_ever() -> None:
    server = Homeserver()
    said = many(server, 3)
    event = [event for _, event in server.events[ROOM]]
    server.always["/v3/rooms/!ask:example.org/messages"] = page = trouble(200, "", "")
    page._content = json.dumps({"chunk": event, "start": "s9", "end": "s9"}).encode()
    pages = await back(server.source())
    assert known(pages) == set(said)
    assert len(pages) == 2


async def test_pages_may_be_empty_on_the_way() -> None:
    server = Homeserver()
    server.cap = 4
    first = server.say("first")
    for number in range(20):
        server.put({"type": "m.room.member", "content": {}, "state_key": f"@u{number}:example.org"})
    last = server.say("last")
    assert known(await back(server.source())) == {first, last}


# --- news


async def test_the_news_and_only_they() -> None:
    server = Homeserver()
    many(server, 3)
    source = server.source()
    position = await source.position("messages")
    (page,) = await on(source, position)
    assert page.records == ()
    said = many(server, 100)
    (page,) = await on(source, str(page.cursor))
    assert known([page]) == set(said)
    assert known(await on(source, str(page.cursor))) == set()
    sync = [request for request in server.requests if request.url.path.endswith("/sync")]
    assert {request.url.params["timeout"] for request in sync} == {"0"}
    asked = [json.loads(request.url.params["filter"])["room"] for request in sync]
    assert "rooms" not in asked[0], "what all rooms are"
    assert {tuple(room["rooms"]) for room in asked[1:]} == {(ROOM,)}


@pytest.mark.parametrize("cap", [40, 1_000])
async def test_a_gap_is_filled_up_to_the_last_position(cap: int) -> None:
    server = Homeserver()
    server.cap = cap
    before = many(server, 30)
    source = server.source()
    position = await source.position("messages")
    said = many(server, 250, at=NOW - 4_000)
    pages = await on(source, position)
    assert known(pages) == set(said)
    assert not known(pages) & set(before)
    assert len({page.cursor for page in pages}) == len(pages), "each page is a place to go on from"
    for read, page in enumerate(pages, 1):
        assert known([*pages[:read], *await on(server.source(), str(page.cursor))]) == set(said)
    assert known(await on(source, str(pages[-1].cursor))) == set()


async def test_news_dated_long_ago_are_news() -> None:
    server = Homeserver()
    source = server.source(since=date(2026, 1, 1))
    position = await source.position("messages")
    said = many(server, 250, at=NOW - 9 * 365 * DAY)
    assert known(await on(source, position)) == set(said)


async def test_a_room_that_comes_later_is_read_from_its_beginning() -> None:
    server = Homeserver()
    other = server.room("!other:example.org", "Other")
    ancient = server.say("ancient", NOW - 400 * DAY, room=other)
    old = many(server, 30, other)
    position = await server.source().position("messages")
    new = many(server, 5)
    server.cap = 20
    source = server.source("#ask:example.org", "Other")
    pages = await on(source, position)
    assert known(pages) == {*old, *new}
    assert ancient not in known(pages), "more than a year ago"
    assert known(await on(source, str(pages[-1].cursor))) == set()
    assert known(await on(server.source("#ask:example.org", "Other", since=date(2020, 1, 1)), position)) == {
        *(ancient, *old, *new)
    }


async def test_a_room_that_is_left_no_longer_matters() -> None:
    server = Homeserver()
    other = server.room("!other:example.org", "Other")
    source = server.source("#ask:example.org", "Other")
    position = await source.position("messages")
    said, last = many(server, 2), many(server, 150, other)
    server.joined.remove(other)
    server.left.append(other)
    first = await on(source, position)
    assert known(first) == {*said, *last[-100:]}, "what lies in the gap may not be read any more"
    (page,) = await on(source, str(first[-1].cursor))
    assert page.beside == {  # type: ignore[attr-defined]
        "channels": "team: channels: no room of @reader:example.org is called Other. "
        "Invite the account there and accept with it, or correct `channels`."
    }


@pytest.mark.parametrize(
    "position", ["", "s12", "{}", '{"since":4}', '{"since":"s9_9 gone","rooms":["!ask:example.org"]}']
)
async def test_a_position_that_the_server_does_not_know(position: str) -> None:
    with pytest.raises(StaleCursor):
        await on(Homeserver().source(), position)


@pytest.mark.parametrize("cursor", ["", "7", '{"a":1}', '[["!ask:example.org","t1-gone",null]]'])
async def test_a_cursor_that_the_server_does_not_know(cursor: str) -> None:
    with pytest.raises(StaleCursor):
        await back(Homeserver().source(), cursor=cursor)


async def test_a_gap_whose_ends_are_forgotten_is_a_forgotten_position() -> None:
    server = Homeserver()
    position = '{"since":"s0","rooms":["!ask:example.org"],"legs":[["!ask:example.org","t1-gone","s0"]]}'
    with pytest.raises(StaleCursor):
        await on(server.source(), position)


# --- troubles


async def test_the_wait_is_in_milliseconds() -> None:
    server = Homeserver()
    said = many(server, 3)
    limited = trouble(429, "M_LIMIT_EXCEEDED", "Too Many Requests", retry_after_ms=4_937)
    server.once["/v3/rooms/!ask:example.org/messages"] = [limited]
    assert known(await back(server.source())) == set(said)
    assert server.time.slept
    assert max(server.time.slept) == pytest.approx(4.937)


async def test_a_limit_that_does_not_free() -> None:
    server = Homeserver()
    server.always["/v3/sync"] = trouble(429, "M_LIMIT_EXCEEDED", "Too Many Requests", retry_after_ms=900_000)
    with pytest.raises(RateLimited) as caught:
        await server.source().position("messages")
    assert caught.value.retry_after == 900


async def test_a_server_in_trouble_is_no_forgotten_position() -> None:
    server = Homeserver()
    source = server.source()
    position = await source.position("messages")
    server.always["/v3/sync"] = trouble(502, "M_UNKNOWN", "bad gateway")
    with pytest.raises(ServerError):
        await on(source, position)


async def test_what_may_not_be_read_is_said() -> None:
    server = Homeserver()
    server.always["/v3/sync"] = trouble(403, "M_FORBIDDEN", "not for guests")
    with pytest.raises(ForbiddenError, match="M_FORBIDDEN, not for guests"):
        await server.source().position("messages")


async def test_the_probe_reads_a_message() -> None:
    server = Homeserver()
    await server.source().probe("messages")
    asked = server.requests[-1]
    assert asked.url.path.endswith("/messages")
    assert asked.url.params["limit"] == "1"
