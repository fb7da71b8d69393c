"""Which rooms the configured channels are, and what is said of those that cannot be read."""

from typing import Any

import pytest

from funnel_tui.sources import ForbiddenError, Refused
from funnel_tui.sources.protocol import Remark
from tests.sources.matrix.homeserver import BASE, ROOM, TOKEN, Homeserver, back, messages_of, on, reply, trouble

HIDDEN = "!hidden:example.org"
MEND = "Invite the account there and accept with it, or correct `channels`"


async def channels(server: Homeserver, *names: str) -> dict[str, str]:
    """Thread -> channel."""
    pages = await back(server.source(*names))
    return {record.id: record.channel for page in pages for record in page.records}  # type: ignore[union-attr]


async def problem(server: Homeserver, *names: str) -> str | None:
    pages = await back(server.source(*names))
    (line,) = {page.beside["channels"] for page in pages}  # type: ignore[attr-defined]
    return str(line) if line is not None else None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (ROOM, "Ask support"),
        ("#ask:example.org", "#ask"),
        ("#ask", "#ask"),
        ("Ask support", "Ask support"),
        ("ask SUPPORT", "ask SUPPORT"),
        ("#Ask support", "#Ask support"),
        (" #ask ", "#ask"),
    ],
)
async def test_the_ways_to_name_a_room(written: str, shown: str) -> None:
    server = Homeserver()
    id = server.say("How?")
    assert await channels(server, written) == {id: shown}


async def test_an_alias_of_another_server_and_a_room_that_shows_only_that() -> None:
    server = Homeserver()
    room = server.room("!v12room", None, "#ask:else.where")
    id = server.say("How?", room=room)
    assert await channels(server, "#ask:else.where") == {id: "#ask:else.where"}
    assert await channels(server, room) == {id: "#ask:else.where"}
    server.always["/v3/directory/room/#ask:else.where"] = trouble(404, "M_NOT_FOUND", "not found")
    assert await channels(server, "#ask:else.where") == {id: "#ask:else.where"}, "the room itself shows the alias"


async def test_an_id_stands_for_a_room_without_a_name() -> None:
    server = Homeserver()
    room = server.room("!bare")
    id = server.say("How?", room=room)
    assert await channels(server, room) == {id: "!bare"}


async def test_only_rooms_named_by_name_cost_a_look_at_all_names() -> None:
    server = Homeserver()
    for number in range(30):
        server.room(f"!r{number}:example.org", f"Room {number}")
    server.tells_state = False
    await back(server.source())
    assert server.calls["/v3/rooms"] == 5 + 1  # the state of the one room, and its messages
    source = server.source("Ask support")
    await back(source)
    await back(source)
    assert server.calls["/v3/rooms"] == 6 + 31 * 2 + 5 + 2, "names are asked for once"


async def test_what_rooms_are_takes_one_call_where_the_server_tells_it() -> None:
    server = Homeserver()
    for number in range(30):
        server.room(f"!r{number}:example.org", f"Room {number}")
    source = server.source("Ask support", "Room 7", ROOM)
    await back(source)
    assert server.calls["/v3/sync"] == 1
    assert server.calls["/v3/rooms"] == 2, "a page of each room's messages"


async def test_a_server_that_knows_no_such_calls_is_not_asked_again() -> None:
    server = Homeserver()
    server.tells_state = False
    server.room("!bare:example.org")
    unknown = trouble(404, "M_UNRECOGNIZED", "Unrecognized request")
    for room in (ROOM, "!bare:example.org"):
        server.always[f"/v3/rooms/{room}/state"] = server.always[f"/v3/rooms/{room}/event"] = unknown
    id = server.say("How?", **reply("$elsewhere"))
    server.say("And how?", **reply("$nowhere"))
    assert await channels(server, ROOM, "!bare:example.org") == {"$elsewhere": ROOM, "$nowhere": ROOM}
    assert server.calls["/v3/rooms"] == 1 + 2 + 2, (id, server.calls)


async def test_one_room_under_two_names_is_read_once() -> None:
    server = Homeserver()
    id = server.say("How?")
    assert await channels(server, "#ask", ROOM) == {id: "#ask"}
    assert server.calls["/v3/rooms"] == 2, "pages"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (HIDDEN, f"@reader:example.org has not joined {HIDDEN}. {MEND}"),
        ("#hidden:example.org", f"@reader:example.org has not joined #hidden:example.org. {MEND}"),
        ("#hidden", f"no room of @reader:example.org is called #hidden. {MEND}"),
        ("#nowhere:example.org", f"no room of @reader:example.org is called #nowhere:example.org. {MEND}"),
        ("Nothing", f"no room of @reader:example.org is called Nothing. {MEND}"),
    ],
)
async def test_a_room_that_is_not_joined(written: str, said: str) -> None:
    server = Homeserver()
    server.room(HIDDEN, "Hidden", "#hidden:example.org", join=False)
    id = server.say("How?")
    assert await problem(server, "#ask", written) == f"team: channels: {said}."
    assert await channels(server, "#ask", written) == {id: "#ask"}
    with pytest.raises(ForbiddenError) as caught:
        await server.source(written).position("messages")
    assert str(caught.value) == f"team: messages: {said}."


async def test_two_rooms_of_one_name() -> None:
    server = Homeserver()
    server.room("!twin:example.org", "Ask support")
    said = "team: channels: several rooms are called Ask support. "
    assert (
        await problem(server, "Ask support", "#ask") == f"{said}Name one of them by its id: {ROOM}, !twin:example.org."
    )


async def test_an_alias_whose_server_is_down_leaves_the_rest() -> None:
    server = Homeserver()
    server.always["/v3/directory/room/#far:away"] = trouble(502, "M_UNKNOWN", "Failed to fetch alias")
    line = await problem(server, "#ask", "#far:away")
    assert line == (
        "team: channels: #far:away cannot be looked up: the server failed: M_UNKNOWN, Failed to fetch alias "
        "(HTTP 502). Name the room by its id, !...."
    )


async def test_no_channels() -> None:
    server = Homeserver()
    source = server.source(" ")
    with pytest.raises(Refused, match=r"no channels are named.*Set channels ="):
        await source.position("messages")


async def test_a_missing_room_is_looked_for_again_soon_and_the_others_once_an_hour() -> None:
    server = Homeserver()
    source = server.source("#ask", "#late")
    position = await source.position("messages")
    late = server.room("!late:example.org", "Late", "#late:example.org")
    id = server.say("How?", room=late)
    (page,) = await on(source, position)
    assert page.beside["channels"] is not None  # type: ignore[attr-defined]
    server.time.now += 301
    pages = await on(source, str(page.cursor))
    assert list(messages_of(pages)) == [id]
    assert {page.beside["channels"] for page in pages} == {None}  # type: ignore[attr-defined]
    looks = server.calls["/v3/joined_rooms"]
    server.time.now += 3_599
    await on(source, str(pages[-1].cursor))
    assert server.calls["/v3/joined_rooms"] == looks
    server.time.now += 1
    await on(source, str(pages[-1].cursor))
    assert server.calls["/v3/joined_rooms"] == looks + 1


# --- what a room may be


def upgraded(server: Homeserver, *, join: bool = True, mutual: bool = True) -> str:
    new = server.room("!new:example.org", "Ask support", join=join)
    server.state[ROOM, "m.room.tombstone"] = {"body": "replaced", "replacement_room": new}
    server.state[new, "m.room.create"] = {"predecessor": {"room_id": ROOM if mutual else "!else"}}
    return new


@pytest.mark.parametrize("written", [ROOM, "Ask support", "!new:example.org"])
async def test_the_generations_of_a_room_are_one_channel(written: str) -> None:
    server = Homeserver()
    new = upgraded(server)
    old_id, new_id = server.say("before"), server.say("after", room=new)
    shown = "Ask support"
    assert await channels(server, written) == {old_id: shown, new_id: shown}


async def test_a_room_points_in_vain_at_one_that_is_not_its_successor() -> None:
    server = Homeserver()
    new = upgraded(server, mutual=False)
    server.say("private", room=new)
    id = server.say("How?")
    assert await channels(server, ROOM) == {id: "Ask support"}


async def test_a_successor_that_is_not_joined_is_told() -> None:
    server = Homeserver()
    upgraded(server, join=False)
    said = "#ask was replaced by the room !new:example.org: join that one with the account"
    assert {page.warnings for page in await back(server.source())} == {(said,)}  # type: ignore[attr-defined]
    assert [remark.good for remark in await server.source().examine()] == [False]


async def test_an_upgrade_while_watched_is_seen_at_the_next_poll() -> None:
    server = Homeserver()
    source = server.source()
    position = await source.position("messages")
    new = upgraded(server)
    server.put({"type": "m.room.tombstone", "state_key": "", "content": {"replacement_room": new}})
    id = server.say("after", room=new)
    (page,) = await on(source, position)
    assert list(messages_of(await on(source, str(page.cursor)))) == [id]


async def test_an_encrypted_room_is_told_and_what_was_said_before_is_read() -> None:
    server = Homeserver()
    id = server.say("in the open")
    server.put({"type": "m.room.encrypted", "sender": "@carol:example.org", "content": {"algorithm": "m.megolm"}})
    server.state[ROOM, "m.room.encryption"] = {"algorithm": "m.megolm.v1.aes-sha2"}
    assert await channels(server) == {id: "#ask"}
    assert await problem(server) == (
        "team: channels: #ask is encrypted: what is said there cannot be read. Ask in a room without encryption."
    )


async def test_what_doctor_says() -> None:
    server = Homeserver()
    secret = server.room("!secret:example.org", "Secret")
    server.state[secret, "m.room.encryption"] = {"algorithm": "m.megolm.v1.aes-sha2"}
    shy = server.room("!shy:example.org", "Shy")
    server.state[shy, "m.room.history_visibility"] = {"history_visibility": "joined"}
    assert await server.source("#ask", "Secret", "Shy", "Gone").examine() == [
        Remark(False, "Gone", f"no room of @reader:example.org is called Gone. {MEND}."),
        Remark(True, "#ask", f"read ({ROOM})."),
        Remark(False, "Secret", "encrypted: what is said there cannot be read. Ask in a room without encryption."),
        Remark(
            None, "Shy", "read since the account came: what was said before is hidden from it (history visibility)."
        ),
    ]


async def test_doctor_names_every_channel_where_there_is_none_to_read() -> None:
    remarks = await Homeserver().source("Gone", "#away").examine()
    assert [(remark.good, remark.what) for remark in remarks] == [(False, "Gone"), (False, "#away")]


# --- who reads


async def test_who_the_account_is() -> None:
    found = await Homeserver().source().identify()
    assert (found.workspace, found.name) == ("example.org", "@reader:example.org")


@pytest.mark.parametrize(
    ("answer", "mend"),
    [
        (trouble(401, "M_UNKNOWN_TOKEN", f"Invalid access token {TOKEN} passed."), "Log the account in anew"),
        (trouble(404, "M_UNRECOGNIZED", "Unrecognized request"), f"No homeserver answers at {BASE}"),
    ],
)
async def test_a_wrong_token_and_a_wrong_address(answer: Any, mend: str) -> None:
    server = Homeserver()
    server.always["/v3/account/whoami"] = answer
    with pytest.raises((ForbiddenError, Exception), match=mend) as caught:
        await server.source().identify()
    assert TOKEN not in str(caught.value)


async def test_an_address_with_the_api_s_own_path() -> None:
    server = Homeserver()
    await server.source(base_url=f"{BASE}/_matrix/client/").identify()
    assert [str(request.url) for request in server.requests] == [f"{BASE}/_matrix/client/v3/account/whoami"]
