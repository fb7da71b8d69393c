"""The list of conversations and the reading of each: paging, order, messages, deletions, failures."""

from collections import deque

import httpx
import pytest

from funnel_tui.model.records import Event, Kind, Thread
from funnel_tui.sources import ForbiddenError, SourcePage
from tests.sources.chatwoot.small_chatwoot import BASE, NOW, ROOT, TOKEN, SmallChatwoot, agent, customer, note
from tests.sources.chatwoot.told import LO, events, ids, pages, records, thread


def many(fake: SmallChatwoot, count: int, first: int = NOW - 5_000) -> None:
    for number in range(1, count + 1):
        fake.put(number, customer(first + number))


async def test_every_page_and_every_conversation() -> None:
    fake = SmallChatwoot()
    many(fake, 130)
    found = await pages(fake.source())
    assert sorted(map(int, ids(found))) == list(range(1, 131))
    assert found[-1].cursor is None
    assert len({page.cursor for page in found}) == len(found)
    assert found[0].total == 130
    assert fake.requests[0].headers["api_access_token"] == TOKEN
    assert fake.requests[0].url.path == f"{ROOT}/conversations"


async def test_what_is_older_than_the_window_is_not_read() -> None:
    fake = SmallChatwoot()
    many(fake, 60, first=LO - 50_000)
    fake.put(900, customer(NOW - 10))
    assert ids(await pages(fake.source())) == ["900"]
    assert not any("/messages" in path and "900" not in path for path in fake.calls)


async def test_a_poll_with_nothing_new_is_one_request() -> None:
    fake = SmallChatwoot()
    many(fake, 60, first=LO - 50_000)
    source = fake.source()
    await pages(source)
    before = len(fake.requests)
    assert ids(await pages(source)) == []
    assert len(fake.requests) - before == 1


async def test_what_is_held_is_not_read_again() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(NOW - 100))
    fake.put(2, customer(NOW - 50))
    source = fake.source()
    (page,) = await pages(source)
    assert isinstance(page, SourcePage)
    assert page.versions == {"1": NOW - 100, "2": NOW - 50}
    fake.rows[2]["last_activity_at"] = NOW - 40
    again = [page async for page in source.read("conversations", LO, NOW, None, page.versions)]
    assert ids(again) == ["2"]


async def test_a_version_of_this_second_is_not_settled() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(NOW))
    (page,) = await pages(fake.source())
    assert isinstance(page, SourcePage)
    assert page.versions == {}


async def test_a_server_that_ignores_the_order_is_read_to_its_end() -> None:
    fake = SmallChatwoot()
    fake.sorts = False
    many(fake, 80, first=LO - 50_000)
    fake.put(900, customer(NOW - 10))
    assert ids(await pages(fake.source())) == ["900"]


async def test_an_order_that_only_looks_right_is_not_trusted() -> None:
    """Newest conversation first: the same as newest activity first, until an old one is written in again."""
    fake = SmallChatwoot()
    fake.sorts = False
    fake.order = lambda row: -row["id"]
    many(fake, 80, first=LO - 50_000)
    fake.put(2, customer(LO - 60_000), customer(NOW - 10))
    assert ids(await pages(fake.source())) == ["2"]


async def test_an_old_server_without_the_order_is_left_when_its_own_is_proven() -> None:
    fake = SmallChatwoot()
    fake.sorts = False
    fake.order = lambda row: -row["last_activity_at"]
    for number in range(1, 301):
        fake.put(number, customer(LO - 50_000 + number * 7 % 1_000))
    assert ids(await pages(fake.source())) == []
    assert fake.calls["/conversations"] < 8


async def test_conversations_that_move_while_the_list_is_walked_come_once() -> None:
    fake = SmallChatwoot()
    many(fake, 60)

    def moves(page: int) -> None:
        if page == 2:
            fake.rows[5]["last_activity_at"] = NOW - 1
            fake.put(61, customer(NOW - 2))

    fake.on_list = moves
    found = ids(await pages(fake.source()))
    assert sorted(set(map(int, found))) == list(range(1, 62))
    assert found.count("30") == 1


async def test_deletions_on_the_way_hide_nothing() -> None:
    fake = SmallChatwoot()
    many(fake, 130)
    taken: list[int] = []

    def deletes(page: int) -> None:
        if page == 3 and not taken:
            taken.extend(range(101, 131))
            for id in taken:
                del fake.rows[id]

    fake.on_list = deletes
    found = {int(id) for id in ids(await pages(fake.source()))}
    assert set(range(1, 101)) <= found


async def test_a_pass_goes_on_from_its_cursor() -> None:
    fake = SmallChatwoot()
    many(fake, 130)
    source = fake.source()
    first, *_ = await pages(source)
    rest = [page async for page in source.read("conversations", LO, NOW, first.cursor)]
    assert {*ids([first]), *ids(rest)} == {str(number) for number in range(1, 131)}


async def test_long_conversations_and_each_wrapping() -> None:
    said = [customer(LO + second) for second in range(0, 500, 2)]
    for wrap in (
        lambda rows: rows,
        lambda rows: {"payload": rows},
        lambda rows: {"data": {"payload": rows, "meta": {}}},
        lambda rows: {"data": rows},
    ):
        fake = SmallChatwoot()
        fake.wrap = wrap
        fake.put(1, *[dict(message) for message in said])
        assert len(await events(fake.source())) == 250


async def test_messages_of_a_server_that_ignores_after() -> None:
    fake = SmallChatwoot()
    fake.knows_after = False
    fake.put(1, *[customer(LO + second) for second in range(130)])
    assert len(await events(fake.source())) == 130


async def test_messages_of_one_moment_at_the_edge_of_a_page() -> None:
    fake = SmallChatwoot()
    said = [customer(LO + second, id=2_000 + second) for second in range(150)]
    # The hundredth by time has a higher number than the one after it.
    said[99]["id"], said[100]["id"] = said[100]["id"], said[99]["id"]
    fake.put(1, *said)
    assert len(await events(fake.source())) == 150


async def test_damaged_rows_and_messages_take_no_others_with_them() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), customer(LO + 5))
    fake.put(2, customer(LO + 9))
    fake.rows[2]["meta"] = "?"
    fake.said[1][1]["status"] = ["?"]
    (page,) = await pages(fake.source())
    assert isinstance(page, SourcePage)
    assert ids([page]) == ["1"]
    assert [warning.partition(" ")[0] for warning in page.warnings] == ["conversations:", "conversations:"]


async def test_nulls_everywhere() -> None:
    fake = SmallChatwoot()
    fake.put(
        7,
        {"message_type": None, "content": None, "created_at": None, "sender": None, "content_attributes": None},
        {"message_type": 0, "content": None, "created_at": float(LO), "sender": None, "private": None},
        created=LO,
        status="open",
    )
    fake.rows[7].update(
        labels=None, additional_attributes=None, meta=None, messages=None, updated_at=None, last_activity_at=LO + 0.5
    )
    found = await thread(fake.source())
    assert [(event.at, event.kind) for event in found.events] == [(LO, Kind.CUSTOMER_MESSAGE)]
    assert found.conversation.channel == "email"


async def test_gone_conversations() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO))
    source = fake.source()
    (page,) = [page async for page in source.reread("conversations", ["1", "2"])]
    assert isinstance(page.records[0], Thread)
    assert page.records[1] == Event(conversation="2", at=NOW, kind=Kind.DELETED)


async def test_deleted_between_the_list_and_its_messages() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO))
    fake.refused = {"/conversations/1": 404, "/conversations/1/messages": 404}
    assert await records(fake.source()) == [Event(conversation="1", at=NOW, kind=Kind.DELETED)]


async def test_messages_that_fail_leave_an_outline_and_a_warning() -> None:
    fake = SmallChatwoot()
    fake.put(
        1, customer(LO), agent(LO + 60), note(LO + 90, "Conversation was marked resolved by Ada"), status="resolved"
    )
    fake.put(2, customer(LO + 7))
    fake.refused = {"/conversations/1/messages": 500}
    (page,) = await pages(fake.source())
    assert isinstance(page, SourcePage)
    told = [(record.at, record.kind) for record in page.records if isinstance(record, Event)]
    assert told == [(LO, Kind.CUSTOMER_MESSAGE), (LO + 90, Kind.CLOSED)]
    assert ids([page]) == ["2"]
    assert "without their messages" in page.warnings[0]
    assert "1" not in page.versions


async def test_a_server_that_fails_for_all_is_a_failure() -> None:
    fake = SmallChatwoot()
    many(fake, 5)
    fake.refused = {f"/conversations/{number}/messages": 403 for number in range(1, 6)}
    with pytest.raises(ForbiddenError):
        await pages(fake.source())


async def test_attributes() -> None:
    fake = SmallChatwoot()
    fake.put(
        12,
        customer(LO, "<p>Where is my <b>order</b>?</p>"),
        labels=["refund", "vip", "refund"],
        additional_attributes={"mail_subject": "Order\n 17"},
        meta={"team": {"id": 9, "name": "billing"}, "assignee": {"id": 2, "name": "Ben Lee"}},
    )
    found = await thread(fake.source())
    conversation = found.conversation
    assert (conversation.id, conversation.channel, conversation.team) == ("12", "chat", "9")
    assert conversation.tags == ("refund", "vip")
    assert conversation.subject == "Order 17"
    assert conversation.person == "contact-50"
    assert conversation.url == f"{BASE}/app/accounts/4/conversations/12"
    assert conversation.origin == "incoming"
    assert [(event.kind, event.actor, event.to, event.text) for event in found.events] == [
        (Kind.CUSTOMER_MESSAGE, "contact-50", None, "Where is my order?"),
        (Kind.ASSIGNED, None, "2", None),
    ]


async def test_rate_limits_are_waited_for() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO))
    fake.faults["/conversations"] = deque([httpx.Response(429, text="Retry later\n")])
    assert ids(await pages(fake.source(), hi=NOW)) == ["1"]
    assert fake.clock.now > NOW
