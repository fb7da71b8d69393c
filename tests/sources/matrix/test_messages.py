"""Events into messages and threads: who answers what, what is no message, what was deleted."""

from typing import Any

import pytest

from funnel_tui.model.records import ChatGone, ChatMessage, ChatThread
from tests.sources.fake_intercom import NOW
from tests.sources.matrix.homeserver import ROOM, Homeserver, back, edit, gone, messages_of, on, reply, thread


async def ids(server: Homeserver) -> dict[str, list[str]]:
    found = messages_of(await back(server.source()))
    return {root: [message.id for message in messages] for root, messages in found.items()}


async def test_a_message_and_its_thread() -> None:
    server = Homeserver()
    asked = server.say("How do I <b>refund</b>?", NOW - 300.25)
    said = server.say("Billing, then Adjust.", NOW - 200, "@anna:example.org", **thread(asked))
    (page,) = [page for page in await back(server.source()) if page.records]
    assert page.records == (
        ChatThread(
            id=asked,
            channel="#ask",
            messages=(
                ChatMessage(id=asked, at=NOW - 301, person="@carol:example.org", text="How do I refund?"),
                ChatMessage(id=said, at=NOW - 200, person="@anna:example.org", text="Billing, then Adjust."),
            ),
            whole=False,
            url="https://matrix.to/#/!ask:example.org/$e1",
        ),
    )


async def test_a_rich_reply_belongs_to_the_thread_of_what_it_answers() -> None:
    server = Homeserver()
    asked = server.say("How?")
    threaded = server.say("So.", **thread(asked))
    to_root = server.say("> <@carol:example.org> How?\n\nLike this", **reply(asked))
    to_threaded = server.say("Thanks", **reply(threaded))
    to_reply = server.say("You are welcome", **reply(to_root))
    other = server.say("And this?")
    assert await ids(server) == {asked: [asked, threaded, to_root, to_threaded, to_reply], other: [other]}
    texts = [message.text for message in messages_of(await back(server.source()))[asked]]
    assert texts[2] == "Like this"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("> <@anna:example.org> So\n> and so\n\nThanks", "Thanks"),
        ("> * <@anna:example.org> waves\n\nHello\n\n> you", "Hello\n> you"),
        ("> <@anna:example.org> nothing said", "> <@anna:example.org> nothing said"),
        ("> a quotation of mine\n\nWell", "> a quotation of mine\nWell"),
    ],
)
async def test_what_a_client_quotes_by_itself_was_not_said(body: str, text: str) -> None:
    server = Homeserver()
    asked = server.say("So?")
    server.say(body, **reply(asked))
    assert messages_of(await back(server.source()))[asked][1].text == text


async def test_a_reply_beside_a_relation_of_another_kind() -> None:
    server = Homeserver()
    asked = server.say("How?")
    relates = {"rel_type": "m.reference", "event_id": "$call", "m.in_reply_to": {"event_id": asked}}
    said = server.say("So.", **{"m.relates_to": relates})
    assert await ids(server) == {asked: [asked, said]}


async def test_a_thread_begun_on_a_rich_reply_is_the_thread_of_its_question() -> None:
    server = Homeserver()
    asked = server.say("How?")
    answer = server.say("So.", **reply(asked))
    below = server.say("Or so.", **thread(answer))
    assert await ids(server) == {asked: [asked, answer, below]}


@pytest.mark.parametrize("cap", [1, 2, 3])
async def test_what_is_answered_may_lie_on_another_page(cap: int) -> None:
    server = Homeserver()
    server.cap = cap
    asked = server.say("How?")
    chain = [asked]
    for number in range(6):
        chain.append(server.say(f"answer {number}", NOW - 90 + number, **reply(chain[-1])))
    assert await ids(server) == {asked: chain}


async def test_the_feed_asks_for_what_is_answered() -> None:
    server = Homeserver()
    asked = server.say("How?")
    first = server.say("So.", **reply(asked))
    source = server.source()
    position = await source.position("messages")
    late = server.say("Or so.", **reply(first))
    late_too = server.say("Or so!", **reply(late))
    found = messages_of(await on(source, position))
    assert {root: [message.id for message in said] for root, said in found.items()} == {asked: [late, late_too]}
    assert server.calls["/v3/rooms"] == 1 + 2  # a look at the room's past, then the two messages answered before


async def test_replies_in_a_circle_and_to_nothing_end() -> None:
    server = Homeserver()
    one = server.say("a", **reply("$e2"))
    two = server.say("b", **reply("$e1"))
    lost = server.say("c", **reply("$nowhere"))
    found = await ids(server)
    assert sorted(id for messages in found.values() for id in messages) == sorted([one, two, lost])
    assert found["$nowhere"] == [lost]


async def test_edits_and_reactions_and_odd_messages_do_not_count() -> None:
    server = Homeserver()
    asked = server.say("How?")
    changed = server.say("* How now?", **edit(asked))
    server.say("", msgtype="m.key.verification.request")
    server.put({"type": "m.reaction", "content": {"m.relates_to": {"rel_type": "m.annotation", "event_id": asked}}})
    to_edit = server.say("So.", **reply(changed))
    assert await ids(server) == {asked: [asked, to_edit]}


async def test_notices_are_bots_and_pictures_are_messages() -> None:
    server = Homeserver()
    server.say("Deployed.", msgtype="m.notice")
    server.say("screen.png", msgtype="m.image", url="mxc://example.org/x")
    found = messages_of(await back(server.source()))
    assert [(said.text, said.bot) for (said,) in found.values()] == [("Deployed.", True), ("screen.png", False)]


@pytest.mark.parametrize("modern", [True, False])
async def test_deleted_while_watched(modern: bool) -> None:
    server = Homeserver()
    asked = server.say("How?")
    source = server.source()
    position = await source.position("messages")
    server.redact(asked, NOW - 10, modern=modern)
    (page,) = await on(source, position)
    assert page.records == (ChatGone(message=asked, at=NOW - 10),)


async def test_deleted_before_it_was_read() -> None:
    server = Homeserver()
    asked = server.say("How?", NOW - 300)
    answered = server.say("So.", NOW - 200, **thread(asked))
    alone = server.say("Never mind", NOW - 150)
    server.redact(asked, NOW - 100)
    server.redact(answered, NOW - 50)
    server.redact(alone, NOW - 40)
    pages = await back(server.source())
    assert gone(pages) == {asked: NOW - 100, answered: NOW - 50, alone: NOW - 40}
    assert messages_of(pages) == {}, "nothing tells any more what these were"


async def test_a_deleted_question_with_answers_is_still_where_the_thread_began() -> None:
    server = Homeserver()
    asked = server.say("How?", NOW - 300)
    answered = server.say("So.", NOW - 200, **thread(asked))
    server.redact(asked, NOW - 100)
    pages = await back(server.source())
    assert [(said.id, said.at, said.gone, said.text) for said in messages_of(pages)[asked]] == [
        (asked, NOW - 300, True, None),
        (answered, NOW - 200, False, "So."),
    ]
    assert gone(pages) == {asked: NOW - 100}


async def test_a_deleted_question_is_known_by_the_count_of_its_thread() -> None:
    server = Homeserver()
    server.cap = 2
    asked = server.say("How?", NOW - 300)
    server.redact(asked, NOW - 100)
    event = server.events[ROOM][0][1]
    event["unsigned"]["m.relations"] = {"m.thread": {"count": 1}}
    assert [said.gone for said in messages_of(await back(server.source()))[asked]] == [True]


@pytest.mark.parametrize(
    "content",
    [
        {"msgtype": "m.text", "body": 7},
        {"msgtype": "m.text", "body": "?", "m.relates_to": "nonsense"},
        {"msgtype": "m.text", "body": "?", "m.relates_to": {"rel_type": 1, "event_id": []}},
        {"msgtype": "m.text", "body": "?", "m.relates_to": {"m.in_reply_to": None}},
        {"msgtype": ["m.text"], "body": "?"},
    ],
)
async def test_whatever_clients_write_is_a_message(content: dict[str, Any]) -> None:
    server = Homeserver()
    id = server.say("fine")
    server.events[ROOM][0][1]["content"] = content
    assert await ids(server) == {id: [id]}


@pytest.mark.parametrize(
    "change",
    [{"event_id": 5}, {"content": "text"}, {"unsigned": 3}],
)
async def test_a_damaged_event_is_told_and_takes_no_other_with_it(change: dict[str, Any]) -> None:
    server = Homeserver()
    server.say("broken")
    kept = server.say("fine")
    server.events[ROOM][0][1].update(change)
    pages = await back(server.source())
    assert list(messages_of(pages)) == [kept]
    assert [page.warnings for page in pages if page.warnings] == [  # type: ignore[attr-defined]
        ("messages: 1 of a page came in an unknown form and were left out",)
    ]


@pytest.mark.parametrize("stamp", [None, 0, -5, "soon", True])
async def test_a_message_without_a_date_is_left_out(stamp: Any) -> None:
    server = Homeserver()
    server.say("when?")
    server.events[ROOM][0][1]["origin_server_ts"] = stamp
    assert await ids(server) == {}
