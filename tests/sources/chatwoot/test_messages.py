"""Who said what: senders, notes, automatons, campaigns, ratings, assignments."""

from typing import Any

import pytest

from funnel_tui.model.derive import derive, order
from funnel_tui.model.records import Event, Kind, Outbound, Thread
from tests.sources.chatwoot.small_chatwoot import NOW, SmallChatwoot, agent, customer, note, robot, survey
from tests.sources.chatwoot.told import LO, events, kinds, records, thread

WEEK = 7 * 86_400


async def told(fake: SmallChatwoot, *wanted: Kind) -> list[Event]:
    return [event for event in await events(fake.source()) if event.kind in wanted]


@pytest.mark.parametrize(
    ("more", "kind", "actor"),
    [
        ({"sender": {"id": 2, "type": "user"}}, Kind.AGENT_REPLY, "2"),
        ({"sender": None, "sender_type": "User", "sender_id": "77"}, Kind.AGENT_REPLY, "77"),
        ({"sender": None}, Kind.AGENT_REPLY, None),
        ({"sender": {"id": 2, "type": "agent_bot"}}, Kind.BOT_ANSWER, "bot-2"),
        ({"sender": {"id": 2}, "sender_type": "AgentBot"}, Kind.BOT_ANSWER, "bot-2"),
        ({"sender": {"id": 5, "type": "captain_assistant"}}, Kind.BOT_ANSWER, "bot-5"),
        ({"sender": None, "sender_type": "Captain::Assistant", "sender_id": 5}, Kind.BOT_ANSWER, "bot-5"),
        ({"content_attributes": {"automation_rule_id": 3}}, Kind.AUTO_REPLY, None),
        ({"content_attributes": '{"automation_rule_id": 3}'}, Kind.AUTO_REPLY, None),
        ({"message_type": 3, "content_type": "text", "sender": None}, Kind.AUTO_REPLY, None),
        ({"message_type": "template", "sender": None}, Kind.AUTO_REPLY, None),
        ({"private": True}, Kind.NOTE, "1"),
    ],
)
async def test_who_wrote(more: dict[str, Any], kind: Kind, actor: str | None) -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 60, **more))
    written = (await events(fake.source()))[1]
    assert (written.at, written.kind, written.actor) == (LO + 60, kind, actor)


async def test_a_contact_is_no_teammate_of_the_same_number() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO, sender={"id": 1, "type": "contact"}), meta={"sender": {"id": 1}})
    found = await thread(fake.source())
    assert found.conversation.person == found.events[0].actor == "contact-1"


async def test_deleted_words_are_not_kept() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO, "This message was deleted", content_attributes={"deleted": True}))
    (written,) = await events(fake.source())
    assert (written.kind, written.text) == (Kind.CUSTOMER_MESSAGE, None)


async def test_times_in_every_form() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), customer(LO + 1), customer(LO + 2))
    fake.said[1][1]["created_at"] = LO + 1.75
    fake.said[1][2]["created_at"] = str(LO + 2)
    fake.knows_after = True
    fake._messages = lambda id, params: fake.said[id]  # type: ignore[method-assign]
    assert [event.at for event in await events(fake.source())] == [LO, LO + 1, LO + 2]


# --- outbound


async def test_an_agent_began() -> None:
    fake = SmallChatwoot()
    fake.put(1, agent(LO), customer(LO + 60), agent(LO + 90))
    found = await thread(fake.source())
    assert found.conversation.origin == "outgoing"
    facts = derive(order(found.events), reopen_window=WEEK)
    assert facts.outbound
    assert [episode.first_reply_at for episode in facts.episodes] == [LO + 90]


async def test_campaigns_leave_receipts() -> None:
    fake = SmallChatwoot()
    sent: dict[str, Any] = {"additional_attributes": {"campaign_id": 12}}
    fake.put(1, agent(LO, id=1, status="read", updated_at=LO + 40, **sent), customer(LO + 60))
    fake.put(2, agent(LO, status="failed", **sent), status="open")
    fake.put(3, agent(LO, status="sent", **sent))
    fake.put(4, agent(LO, status=1, **sent))
    for id, row in fake.rows.items():
        row["meta"] = {"sender": {"id": 50 + id}, "channel": "Channel::Whatsapp"}
    receipts = {found.person: found for found in await records(fake.source()) if isinstance(found, Outbound)}
    read = receipts["contact-51"]
    assert (read.id, read.campaign, read.channel) == ("1001", "12", "whatsapp")
    assert (read.delivered_at, read.opened_at, read.replied_at, read.bounced_at) == (LO, LO + 40, LO + 60, None)
    assert (receipts["contact-52"].delivered_at, receipts["contact-52"].bounced_at) == (None, LO)
    assert receipts["contact-53"].delivered_at is None
    assert (receipts["contact-54"].delivered_at, receipts["contact-54"].opened_at) == (LO, None)


async def test_a_campaign_begins_an_outbound_conversation() -> None:
    fake = SmallChatwoot()
    fake.put(1, agent(LO), customer(LO + 60), additional_attributes={"campaign_id": 12})
    found = [record for record in await records(fake.source()) if isinstance(record, Thread | Outbound)]
    assert isinstance(found[0], Thread)
    assert found[0].conversation.origin == "campaign"
    assert [event.kind for event in found[0].events] == [Kind.AGENT_REPLY, Kind.CUSTOMER_MESSAGE]
    assert isinstance(found[1], Outbound)
    assert found[1].campaign == "12"


async def test_a_campaign_in_the_middle_answers_nobody() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 60, additional_attributes={"campaign_id": 12}), agent(LO + 90))
    assert await kinds(fake.source()) == [
        (0, Kind.CUSTOMER_MESSAGE),
        (60, Kind.AUTO_REPLY),
        (90, Kind.AGENT_REPLY),
    ]


# --- ratings


async def test_the_survey_alone_tells_the_score() -> None:
    fake = SmallChatwoot()
    fake.ratings = None
    fake.put(1, customer(LO), agent(LO + 5), survey(LO + 9, 4), status="resolved")
    asked, rated = await told(fake, Kind.RATING_REQUESTED, Kind.RATED)
    assert asked.at == LO + 9
    assert (rated.at, rated.score, rated.scale, rated.bot) == (LO + 9, 4.0, (1.0, 5.0), None)


async def test_the_list_of_ratings_tells_when() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 5), survey(LO + 9, 5), status="resolved")
    # The row still has the first score, the message the one it was changed to.
    fake.ratings = [{"id": 8, "rating": 2, "conversation_id": 1, "message_id": 1003, "created_at": LO + 700}]
    (rated,) = await told(fake, Kind.RATED)
    assert (rated.at, rated.score) == (LO + 700, 5.0)


async def test_a_rating_that_only_the_list_knows() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 5), survey(LO + 9), status="resolved")
    fake.ratings = [{"id": 8, "rating": "3", "conversation_id": 1, "message_id": 1003, "created_at": LO + 700}]
    (rated,) = await told(fake, Kind.RATED)
    assert (rated.at, rated.score) == (LO + 700, 3.0)


@pytest.mark.parametrize("rating", [0, 6, None, "great", True])
async def test_what_is_no_rating(rating: Any) -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 5), survey(LO + 9), status="resolved")
    fake.said[1][2]["content_attributes"] = {"submitted_values": {"csat_survey_response": {"rating": rating}}}
    assert await told(fake, Kind.RATED) == []


async def test_answers_of_other_forms_are_no_ratings() -> None:
    fake = SmallChatwoot()
    values = {"submitted_values": [{"title": "Yes", "value": "yes"}]}
    fake.put(1, customer(LO), robot(LO + 5, content_type="input_select", content_attributes=values), status="pending")
    assert await told(fake, Kind.RATED, Kind.RATING_REQUESTED) == []


# --- assignments


async def test_assignments_from_texts() -> None:
    fake = SmallChatwoot()
    fake.put(
        1,
        customer(LO),
        note(LO + 5, "Ada self-assigned this conversation"),
        agent(LO + 60),
        note(LO + 70, "Assigned to Ben Lee by Ada"),
        note(LO + 80, "Assigned to billing by Ben Lee"),
        note(LO + 90, "Assigned to Ada via billing by Ben Lee"),
        note(LO + 95, "Conversation unassigned by Ada"),
        note(LO + 97, "Unassigned from billing by Ada"),
        note(LO + 98, "Ada added refund"),
    )
    found = await told(fake, Kind.ASSIGNED, Kind.UNASSIGNED, Kind.TEAM_ASSIGNED)
    assert [(event.at - LO, event.kind, event.actor, event.to, event.team) for event in found] == [
        (5, Kind.ASSIGNED, "1", "1", None),
        (70, Kind.ASSIGNED, "1", "2", None),
        (80, Kind.TEAM_ASSIGNED, "2", None, "9"),
        (90, Kind.TEAM_ASSIGNED, "2", None, "9"),
        (90, Kind.ASSIGNED, "2", "1", None),
        (95, Kind.UNASSIGNED, "1", None, None),
        (97, Kind.TEAM_ASSIGNED, "1", None, None),
    ]


async def test_the_assignee_is_the_one_of_now() -> None:
    fake = SmallChatwoot()
    meta = {"assignee": {"id": 2, "name": "Ben Lee"}, "team": {"id": 9}}
    fake.put(1, customer(LO), note(LO + 5, "Assigned to Ada by Automation System"), meta=meta)
    found = await thread(fake.source())
    assert derive(order(found.events), reopen_window=WEEK).assignee == "2"
    assert found.conversation.team == "9"


async def test_a_bot_is_nobodys_assignee() -> None:
    fake = SmallChatwoot()
    meta = {"assignee": {"id": 2, "name": "Helper"}, "assignee_type": "AgentBot"}
    fake.put(1, customer(LO), robot(LO + 5), status="pending", meta=meta)
    assert await told(fake, Kind.ASSIGNED) == []


# --- whichever stream is first


async def test_ratings_and_events_bring_the_whole_conversation() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 5), status="resolved", created=LO)
    fake.put(2, customer(LO), agent(LO + 5), survey(LO + 9, 4), status="resolved")
    fake.event("conversation_resolved", 1, NOW - 60)
    fake.ratings = [{"id": 8, "rating": 4, "conversation_id": 2, "message_id": 1005, "created_at": NOW - 50}]
    listed = {found.conversation.id: found for found in await records(fake.source()) if isinstance(found, Thread)}
    (by_event,) = await records(fake.source(), "events", NOW - 300)
    (by_rating,) = await records(fake.source(), "csat", NOW - 300)
    assert by_event == listed["1"]
    assert by_rating == listed["2"]
    assert (NOW - 50, Kind.RATED) in [(event.at, event.kind) for event in listed["2"].events]


async def test_what_was_read_since_is_not_read_for_an_event() -> None:
    fake = SmallChatwoot()
    fake.put(
        1, customer(LO), agent(LO + 5), note(NOW - 60, "Conversation was marked resolved by Ada"), status="resolved"
    )
    fake.event("conversation_resolved", 1, NOW - 60)
    source = fake.source()
    await records(source)
    assert await records(source, "events", NOW - 300) == []
    fake.event("conversation_opened", 1, NOW - 1)
    assert len(await records(source, "events", NOW - 300)) == 1


async def test_a_rating_that_came_after_the_day_was_read_is_not_missed() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 5), survey(NOW - 9), status="resolved")
    source = fake.source()
    await records(source)
    fake.clock.now += 5
    fake.ratings = [{"id": 8, "rating": 4, "conversation_id": 1, "created_at": NOW + 1}]
    fake.rows[1]["last_activity_at"] = NOW + 4
    await records(source, "conversations", NOW, NOW + 5)  # read after the rating, with the ratings of before
    (found,) = await records(source, "csat", NOW - 300, NOW + 5)
    assert isinstance(found, Thread)
    assert [event.at for event in found.events if event.kind is Kind.RATED] == [NOW + 1]
    assert await records(source, "csat", NOW - 300, NOW + 5) == []


async def test_a_late_rating_of_an_open_conversation() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 5))
    fake.ratings = [{"id": 8, "rating": 4, "conversation_id": 1, "created_at": NOW - 1}]
    (found,) = await records(fake.source(), "csat", NOW - 300)
    assert isinstance(found, Thread)
    assert [(event.at, event.score) for event in found.events if event.kind is Kind.RATED] == [(NOW - 1, 4.0)]


async def test_an_event_that_came_after_the_accounts_list_was_read_is_not_missed() -> None:
    fake = SmallChatwoot()
    fake.own_events = False
    fake.put(1, customer(LO), robot(LO + 5), status="pending")
    source = fake.source()
    await records(source)
    fake.clock.now += 9
    fake.event("conversation_bot_handoff", 1, NOW + 1)
    fake.rows[1].update(status="open", last_activity_at=NOW + 8)
    await records(source, "conversations", NOW, NOW + 9)
    (found,) = await records(source, "events", NOW - 300, NOW + 9)
    assert isinstance(found, Thread)
    assert [event.at for event in found.events if event.kind is Kind.BOT_HANDOFF] == [NOW + 1]


async def test_events_of_strange_numbers_delete_nothing_and_cease_to_be_asked_after() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO))
    for strange in range(500, 560):
        fake.event("conversation_resolved", strange, NOW - 60, start=LO)
    source = fake.source()
    assert await records(source, "events", NOW - 300) == []
    asked = len(fake.requests)
    assert await records(source, "events", NOW - 300) == []
    assert len(fake.requests) - asked <= 4
