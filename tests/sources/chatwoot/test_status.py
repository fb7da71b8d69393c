"""Closes, reopenings, snoozes and hand-offs from status, activity texts and events, each of which may lack."""

import pytest

from funnel_tui.model.records import Event, Kind
from tests.sources.chatwoot.small_chatwoot import SmallChatwoot, agent, customer, note, robot, survey
from tests.sources.chatwoot.told import LO, events, kinds

RESOLVED = "Conversation was marked resolved by Ada"
REOPENED = "Conversation was reopened by Ada"
SYSTEM = "System reopened the conversation due to a new incoming message."
FOREIGN = "Ada hat die Konversation als gelöst markiert"
"""An activity of an account in another language."""


async def closes(fake: SmallChatwoot) -> list[tuple[int, str | None]]:
    return [(event.at - LO, event.by) for event in await events(fake.source()) if event.kind is Kind.CLOSED]


async def test_texts_that_leave_no_doubt_ask_nothing_else() -> None:
    fake = SmallChatwoot()
    fake.put(
        1,
        customer(LO),
        agent(LO + 60),
        note(LO + 90, RESOLVED),
        customer(LO + 200),
        note(LO + 201, SYSTEM),
        agent(LO + 260),
        note(LO + 300, RESOLVED),
        status="resolved",
    )
    assert await kinds(fake.source()) == [
        (0, Kind.CUSTOMER_MESSAGE),
        (60, Kind.AGENT_REPLY),
        (90, Kind.CLOSED),
        (200, Kind.CUSTOMER_MESSAGE),
        (260, Kind.AGENT_REPLY),
        (300, Kind.CLOSED),
    ]
    assert fake.calls["/conversations/1/reporting_events"] == fake.calls["/reporting_events"] == 0


async def test_who_closed() -> None:
    for text, by, actor in (
        (RESOLVED, "agent", "1"),
        ("Conversation was marked resolved by Ben Lee", "agent", "2"),
        ("Conversation was marked resolved by Somebody Gone", "agent", None),
        ("Conversation was resolved by Cleo", "customer", None),
        ("Conversation was marked resolved by system due to 14 days of inactivity", "system", None),
        ("Conversation was marked resolved by Automation System", "system", None),
        ("Conversation was marked resolved by Captain due to inactivity", "bot", "bot"),
        ("Conversation was marked resolved by Captain (question answered)", "bot", "bot"),
    ):
        fake = SmallChatwoot()
        fake.put(1, customer(LO), agent(LO + 5), note(LO + 9, text), status="resolved")
        (close,) = [event for event in await events(fake.source()) if event.kind is Kind.CLOSED]
        assert (close.at, close.by, close.actor) == (LO + 9, by, actor), text


async def test_a_teammate_with_brackets_in_the_name() -> None:
    fake = SmallChatwoot()
    fake.agents.append({"id": 3, "name": "Eve (Support)"})
    text = "Conversation was marked resolved by Eve (Support)"
    fake.put(1, customer(LO), agent(LO + 5), note(LO + 9, text), status="resolved")
    (close,) = [event for event in await events(fake.source()) if event.kind is Kind.CLOSED]
    assert (close.by, close.actor) == ("agent", "3")


async def test_events_tell_what_foreign_texts_do_not() -> None:
    fake = SmallChatwoot()
    fake.put(
        1,
        customer(LO),
        agent(LO + 60),
        note(LO + 91, FOREIGN),
        note(LO + 150, "Ada hat die Konversation wieder geöffnet"),
        note(LO + 301, FOREIGN),
        status="resolved",
    )
    fake.event("conversation_resolved", 1, LO + 90)
    fake.event("conversation_opened", 1, LO + 150, start=LO + 90)
    fake.event("conversation_resolved", 1, LO + 300)
    fake.event("first_response", 1, LO + 60)
    assert await kinds(fake.source()) == [
        (0, Kind.CUSTOMER_MESSAGE),
        (60, Kind.AGENT_REPLY),
        (90, Kind.CLOSED),
        (150, Kind.REOPENED),
        (300, Kind.CLOSED),
    ]


async def test_an_event_and_its_text_are_one_change() -> None:
    """The moment is the event's, the doer the text's, though a job wrote it half a minute late."""
    fake = SmallChatwoot()
    fake.put(1, customer(LO), robot(LO + 5), note(LO + 120, RESOLVED), status="resolved")
    fake.event("conversation_resolved", 1, LO + 90, user_id=2)
    (close,) = [event for event in await events(fake.source()) if event.kind is Kind.CLOSED]
    assert (close.at, close.by, close.actor) == (LO + 90, "agent", "1")


async def test_neither_texts_nor_events() -> None:
    fake = SmallChatwoot()
    fake.refused = {"/conversations/1/reporting_events": 403, "/reporting_events": 403}
    fake.put(1, customer(LO), agent(LO + 60), note(LO + 91, FOREIGN), status="resolved")
    assert await closes(fake) == [(91, "agent")]


async def test_a_close_that_left_only_the_status() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 60), status="resolved", updated_at=LO + 95.5)
    fake.rows[1]["last_activity_at"] = LO + 60
    assert await closes(fake) == [(60, "agent")]
    fake.rows[1]["last_activity_at"] = LO + 59
    assert await closes(fake) == [(95, "agent")]


async def test_a_request_for_a_rating_is_a_close() -> None:
    fake = SmallChatwoot()
    fake.refused = {"/conversations/1/reporting_events": 403, "/reporting_events": 403}
    fake.put(
        1,
        customer(LO),
        agent(LO + 60),
        note(LO + 90, FOREIGN),
        survey(LO + 91),
        customer(LO + 500),
        agent(LO + 600),
        note(LO + 700, FOREIGN),
        status="resolved",
    )
    assert await closes(fake) == [(90, "agent"), (700, "agent")]


async def test_reopened_though_nobody_says_so() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 60), note(LO + 90, RESOLVED), note(LO + 400, "¿Abierta?"), status="open")
    assert (await kinds(fake.source()))[-2:] == [(90, Kind.CLOSED), (400, Kind.REOPENED)]


async def test_reopened_by_a_teammate() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 60), note(LO + 90, RESOLVED), note(LO + 400, REOPENED), status="open")
    assert (await kinds(fake.source()))[-2:] == [(90, Kind.CLOSED), (400, Kind.REOPENED)]


async def test_snoozed_and_back() -> None:
    fake = SmallChatwoot()
    fake.put(
        1,
        customer(LO),
        agent(LO + 60),
        note(LO + 90, "Conversation was snoozed by Ada"),
        note(LO + 400, REOPENED),
        note(LO + 500, "Conversation was snoozed by Ada"),
        status="snoozed",
        snoozed_until=LO + 90_000,
    )
    assert [pair for pair in await kinds(fake.source()) if "nooze" in pair[1]] == [
        (90, Kind.SNOOZED),
        (400, Kind.UNSNOOZED),
        (500, Kind.SNOOZED),
    ]


async def test_snoozed_by_status_alone() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 60), status="snoozed")
    assert (await kinds(fake.source()))[-1] == (60, Kind.SNOOZED)


# --- bots


async def test_the_bot_resolves() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), robot(LO + 5), note(LO + 31, FOREIGN), status="resolved")
    fake.event("conversation_resolved", 1, LO + 30)
    fake.event("conversation_bot_resolved", 1, LO + 30)
    told = await events(fake.source())
    assert [(event.at - LO, event.kind, event.by) for event in told] == [
        (0, Kind.CUSTOMER_MESSAGE, None),
        (5, Kind.BOT_ANSWER, None),
        (30, Kind.CLOSED, "bot"),
    ]
    assert told[1].actor == "bot-1"


async def test_the_bot_hands_off() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), robot(LO + 5), customer(LO + 20), robot(LO + 22, "One moment"), agent(LO + 90))
    fake.event("conversation_bot_handoff", 1, LO + 23)
    fake.event("conversation_opened", 1, LO + 23)
    told = await kinds(fake.source())
    assert told.count((23, Kind.BOT_HANDOFF)) == 1
    assert [kind for _, kind in told].count(Kind.BOT_HANDOFF) == 1


async def test_the_bots_farewell_is_no_answer() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), robot(LO + 5), robot(LO + 12, "Somebody will be with you"), robot(LO + 90))
    fake.event("conversation_bot_handoff", 1, LO + 10)
    assert await kinds(fake.source()) == [
        (0, Kind.CUSTOMER_MESSAGE),
        (5, Kind.BOT_ANSWER),
        (10, Kind.BOT_HANDOFF),
        (12, Kind.AUTO_REPLY),
        (90, Kind.BOT_ANSWER),
    ]


async def test_the_bot_hands_off_what_a_teammate_has_answered() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), robot(LO + 5), agent(LO + 30), customer(LO + 60), robot(LO + 65), agent(LO + 300))
    fake.event("conversation_bot_handoff", 1, LO + 70)
    assert (70, Kind.BOT_HANDOFF) in await kinds(fake.source())


async def test_a_hand_off_that_only_its_text_tells() -> None:
    fake = SmallChatwoot()
    fake.refused = {"/conversations/1/reporting_events": 401, "/reporting_events": 401}
    fake.put(1, customer(LO), robot(LO + 5), note(LO + 25, "Conversation was marked open by Helper"))
    assert (await kinds(fake.source()))[-1] == (25, Kind.BOT_HANDOFF)


async def test_a_hand_off_that_only_the_status_tells() -> None:
    """A bot that acts through the API leaves no event: its last word is where it gave up."""
    fake = SmallChatwoot()
    fake.put(1, customer(LO), robot(LO + 5), robot(LO + 40, "I pass you on"), status="open")
    assert (await kinds(fake.source()))[-1] == (40, Kind.BOT_HANDOFF)


async def test_pending_is_with_the_bot() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), status="pending")
    told = await events(fake.source())
    assert [(event.at - LO, event.kind, event.bot) for event in told] == [
        (0, Kind.CUSTOMER_MESSAGE, None),
        (0, Kind.AUTO_REPLY, True),
    ]
    fake.put(1, customer(LO), robot(LO + 5), status="pending")
    assert await kinds(fake.source()) == [(0, Kind.CUSTOMER_MESSAGE), (5, Kind.BOT_ANSWER)]


async def test_a_teammates_pending_is_none_of_the_bot() -> None:
    fake = SmallChatwoot()
    fake.put(
        1, customer(LO), agent(LO + 60), note(LO + 90, "Conversation was marked as pending by Ada"), status="pending"
    )
    assert await kinds(fake.source()) == [(0, Kind.CUSTOMER_MESSAGE), (60, Kind.AGENT_REPLY)]


async def test_a_later_human_does_not_undo_what_the_bot_resolved() -> None:
    fake = SmallChatwoot()
    fake.put(
        1,
        customer(LO),
        robot(LO + 5),
        customer(LO + 300),
        agent(LO + 360),
        note(LO + 401, RESOLVED),
        status="resolved",
    )
    fake.event("conversation_resolved", 1, LO + 30)
    fake.event("conversation_bot_resolved", 1, LO + 30)
    fake.event("conversation_resolved", 1, LO + 400)
    assert await closes(fake) == [(30, "bot"), (400, "agent")]


async def test_a_customer_brings_it_back_to_the_bot() -> None:
    fake = SmallChatwoot()
    fake.put(
        1,
        customer(LO),
        robot(LO + 5),
        note(LO + 30, "Conversation was marked resolved by Helper"),
        customer(LO + 300),
        note(LO + 301, SYSTEM),
        robot(LO + 305),
        status="pending",
    )
    fake.event("conversation_resolved", 1, LO + 30)
    assert await kinds(fake.source()) == [
        (0, Kind.CUSTOMER_MESSAGE),
        (5, Kind.BOT_ANSWER),
        (30, Kind.CLOSED),
        (300, Kind.CUSTOMER_MESSAGE),
        (305, Kind.BOT_ANSWER),
    ]
    assert await closes(fake) == [(30, "bot")]


# --- where events come from


async def test_without_a_list_of_its_own_the_accounts_is_read() -> None:
    fake = SmallChatwoot()
    fake.own_events = False
    fake.put(1, customer(LO), robot(LO + 5), agent(LO + 60), status="resolved")
    fake.put(2, customer(LO + 100), robot(LO + 105), agent(LO + 160), status="resolved")
    fake.event("conversation_resolved", 1, LO + 70)
    fake.event("conversation_resolved", 2, LO + 170)
    told = [record async for page in fake.source().read("conversations", LO - 1, LO + 9_000) for record in page.records]
    found = {
        event.at - LO
        for record in told
        for event in getattr(record, "events", ())
        if isinstance(event, Event) and event.kind is Kind.CLOSED
    }
    assert found == {70, 170}


async def test_events_of_another_kind_of_number_are_not_believed() -> None:
    """The account's list may number conversations over all accounts: what began at another time is another one's."""
    fake = SmallChatwoot()
    fake.own_events = False
    fake.put(1, customer(LO), robot(LO + 5), agent(LO + 60), note(LO + 81, RESOLVED), status="resolved")
    fake.event("conversation_resolved", 1, LO + 70, start=LO - 5_000)
    assert await closes(fake) == [(81, "agent")]


@pytest.mark.parametrize("status", ["deferred", None, 7])
async def test_unknown_statuses_say_nothing(status: str | int | None) -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 5), status=status)  # type: ignore[arg-type]
    assert await kinds(fake.source()) == [(0, Kind.CUSTOMER_MESSAGE), (5, Kind.AGENT_REPLY)]


async def test_statuses_by_number() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 5), status=1)  # type: ignore[arg-type]
    assert await closes(fake) == [(5, "agent")]
