"""One conversation of Intercom -> canonical records: the traps of its fields and parts."""

import json
from typing import Any

import pytest

from funnel_tui.model.records import Conversation, Event, Kind, Thread
from funnel_tui.sources.intercom import wire
from funnel_tui.sources.intercom.thread import approximate, records
from tests.sources.fake_intercom import Json, conversation, part

T0 = 1_700_000_000


def mapped(row: Json) -> Thread:
    found = records(wire.decode_row(json.dumps(row)), "https://inbox.example/c1")
    assert isinstance(found[0], Thread)
    return found[0]


def kinds(thread: Thread) -> list[tuple[int, str]]:
    return [(event.at - T0, event.kind.value) for event in thread.events]


def of_kind(thread: Thread, kind: Kind) -> list[Event]:
    return [event for event in thread.events if event.kind is kind]


def fin(state: str | None = None, answer: str | None = "ai_answer", **more: Any) -> Json:
    return {"ai_agent_participated": True, "ai_agent": {"last_answer_type": answer, "resolution_state": state, **more}}


def test_an_ordinary_conversation() -> None:
    row = conversation(
        "c1",
        created=T0,
        parts=[
            part(1, "assignment", T0 + 5, "bot", assigned_to={"type": "team", "id": "7"}),
            part(2, "assignment", T0 + 9, "admin", assigned_to={"type": "admin", "id": 1}, body="<p>Hello!</p>"),
            part(3, "note", T0 + 10, "admin", body="<p>secret</p>"),
            part(4, "comment", T0 + 20, "user", body="<p>Thanks</p>"),
            part(5, "close", T0 + 30, "admin", body="<p>Bye</p>"),
        ],
        state="closed",
        title="Refund",
        tags={"tags": [{"name": "refund"}, {"name": "vip"}, {"name": "refund"}]},
        channel={"initial": "messenger"},
    )
    thread = mapped(row)
    assert thread.complete
    assert thread.conversation == Conversation(
        id="c1",
        channel="chat",
        subject="Refund",
        tags=("refund", "vip"),
        person="u1",
        url="https://inbox.example/c1",
        origin="customer_initiated",
    )
    assert kinds(thread) == [
        (0, "customer_message"),
        (5, "team_assigned"),
        (9, "assigned"),
        (9, "agent_reply"),
        (10, "note"),
        (20, "customer_message"),
        (30, "agent_reply"),
        (30, "closed"),
    ]
    assert of_kind(thread, Kind.CLOSED)[0].by == "agent"
    assert of_kind(thread, Kind.TEAM_ASSIGNED)[0].team == "7"
    assert of_kind(thread, Kind.ASSIGNED)[0].to == "1"
    assert [event.text for event in of_kind(thread, Kind.AGENT_REPLY)] == ["Hello!", "Bye"]


def test_the_bot_in_a_teammates_clothes_is_no_human() -> None:
    as_admin = {"type": "admin", "id": "274", "from_ai_agent": True, "is_ai_answer": True}
    operator = {"type": "admin", "id": "275", "name": "Operator", "email": "operator+ab12@intercom.io"}
    row = conversation(
        "c1",
        created=T0,
        parts=[
            {**part(1, "comment", T0 + 1), "author": as_admin},
            {**part(2, "comment", T0 + 2), "author": operator},
        ],
        **fin(),
    )
    assert kinds(mapped(row)) == [(0, "customer_message"), (1, "bot_answer"), (2, "auto_reply")]


def test_reopening_and_giving_it_to_somebody() -> None:
    row = conversation(
        "c1",
        created=T0,
        parts=[
            part(1, "close", T0 + 1, "admin"),
            part(2, "assign_and_reopen", T0 + 2, "admin", assigned_to={"type": "admin", "id": "2"}),
            part(3, "close", T0 + 3, "user"),
            part(4, "open", T0 + 4, "user", body="Again!"),
            part(5, "snoozed", T0 + 5, "admin"),
            part(6, "timer_unsnooze", T0 + 6, "bot"),
            part(7, "away_mode_assignment", T0 + 7, "bot", assigned_to=None),
            part(8, "assignment", T0 + 8, "admin", assigned_to={"type": "nobody_team", "id": 0}),
        ],
    )
    thread = mapped(row)
    assert kinds(thread) == [
        (0, "customer_message"),
        (1, "closed"),
        (2, "reopened"),
        (2, "assigned"),
        (3, "closed"),
        (4, "reopened"),
        (4, "customer_message"),
        (5, "snoozed"),
        (6, "unsnoozed"),
        (7, "unassigned"),
        (8, "team_assigned"),
    ]
    assert [event.by for event in of_kind(thread, Kind.CLOSED)] == ["agent", "customer"]


@pytest.mark.parametrize("state", ["escalated", "negative_feedback", "procedure_handoff", "routed_to_team"])
def test_hand_off_of_both_generations(state: str) -> None:
    by_workflow = conversation(
        "c1",
        created=T0,
        parts=[
            part(1, "comment", T0 + 1, "fin", body="Try this", answer=True),
            part(2, "comment", T0 + 5, "user", body="No"),
            part(3, "assignment", T0 + 6, "bot", assigned_to={"type": "team", "id": 7}),
            part(4, "comment", T0 + 60, "admin", body="Hi"),
        ],
        **fin(state),
    )
    assert [event.at - T0 for event in of_kind(mapped(by_workflow), Kind.BOT_HANDOFF)] == [6]


def test_fins_own_routing_is_the_hand_off() -> None:
    row = conversation(
        "c1",
        created=T0,
        parts=[
            part(1, "comment", T0 + 1, "fin", answer=True),
            part(2, "assignment", T0 + 3, "fin", assigned_to={"type": "team", "id": 7}),
            part(3, "assignment", T0 + 50, "admin", assigned_to={"type": "admin", "id": 1}),
        ],
        **fin("escalated"),
    )
    assert [event.at - T0 for event in of_kind(mapped(row), Kind.BOT_HANDOFF)] == [3]


def test_hand_off_without_a_part_takes_fins_last_word_or_the_first_assignment() -> None:
    said = conversation(
        "c1",
        created=T0,
        parts=[part(1, "comment", T0 + 1, "fin", answer=True), part(2, "comment", T0 + 9, "fin", body="I pass you on")],
        **fin("escalated"),
    )
    assert [event.at - T0 for event in of_kind(mapped(said), Kind.BOT_HANDOFF)] == [9]
    unsaid = conversation(
        "c1",
        created=T0,
        parts=[part(1, "comment", T0 + 1, "fin", answer=True)],
        statistics={"first_assignment_at": T0 + 30, "count_conversation_parts": 1},
        **fin("escalated"),
    )
    assert [event.at - T0 for event in of_kind(mapped(unsaid), Kind.BOT_HANDOFF)] == [30]


def test_answers_that_carry_no_mark() -> None:
    """A custom answer, and versions before 2.14 that mark nothing."""
    old = {"type": "bot", "id": "b1"}
    row = conversation(
        "c1",
        created=T0,
        parts=[{**part(1, "comment", T0 + 1), "author": old}, {**part(2, "comment", T0 + 2), "author": old}],
        **fin("assumed_resolution", answer="custom_answer"),
    )
    assert kinds(mapped(row)) == [(0, "customer_message"), (1, "bot_answer"), (2, "auto_reply")]


@pytest.mark.parametrize(
    ("author", "state", "by", "confirmed"),
    [
        ("fin", "confirmed_resolution", "bot", True),
        ("fin", "assumed_resolution", "bot", False),
        ("bot", "assumed_resolution", "bot", False),
        ("bot", "escalated", "system", None),
        ("team", None, "system", None),
    ],
)
def test_who_closed_and_whether_the_customer_confirmed(
    author: str, state: str | None, by: str, confirmed: bool | None
) -> None:
    row = conversation(
        "c1",
        created=T0,
        parts=[part(1, "comment", T0 + 1, "fin", answer=True), part(2, "close", T0 + 9, author)],
        state="closed",
        **fin(state),
    )
    (closed,) = of_kind(mapped(row), Kind.CLOSED)
    assert (closed.by, closed.confirmed) == (by, confirmed)


def test_an_earlier_close_by_fin_was_confirmed_if_the_customer_spoke_last() -> None:
    row = conversation(
        "c1",
        created=T0,
        parts=[
            part(1, "comment", T0 + 1, "fin", answer=True),
            part(2, "quick_reply", T0 + 2, "user", body="That helped"),
            part(3, "close", T0 + 2, "fin"),
            part(4, "open", T0 + 60, "user", body="It did not"),
            part(5, "assignment", T0 + 61, "fin", assigned_to={"type": "team", "id": 7}),
        ],
        **fin("escalated"),
    )
    (closed,) = of_kind(mapped(row), Kind.CLOSED)
    assert closed.confirmed is True


def test_ratings() -> None:
    row = conversation(
        "c1",
        created=T0,
        conversation_rating={"rating": 2, "created_at": T0 + 50, "updated_at": T0 + 90, "teammate": {"type": "admin"}},
        **fin(rating=4, created_at=T0 + 40, updated_at=None),
    )
    thread = mapped(row)
    assert [event.at - T0 for event in of_kind(thread, Kind.RATING_REQUESTED)] == [50]
    assert [(e.at - T0, e.score, e.scale, e.bot) for e in of_kind(thread, Kind.RATED)] == [
        (40, 4.0, (1.0, 5.0), True),
        (90, 2.0, (1.0, 5.0), False),
    ]


def test_a_rating_asked_for_and_not_given_and_one_of_a_workflow() -> None:
    asked = conversation("c1", created=T0, conversation_rating={"rating": None, "created_at": T0 + 5})
    assert of_kind(mapped(asked), Kind.RATED) == []
    before_214 = conversation(
        "c1", created=T0, conversation_rating={"rating": 5, "created_at": T0 + 5, "teammate": {"type": "workflow"}}
    )
    (rated,) = of_kind(mapped(before_214), Kind.RATED)
    # whoever replied is rated: automation that took the conversation off them does not take the rating
    assert (rated.at, rated.bot) == (T0 + 5, None)


def test_a_rating_of_the_bot_is_said() -> None:
    row = conversation(
        "c1", created=T0, conversation_rating={"rating": 5, "created_at": T0 + 5, "teammate": {"type": "bot"}}
    )
    assert [event.bot for event in of_kind(mapped(row), Kind.RATED)] == [True]


@pytest.mark.parametrize(("last", "by"), [("fin", "bot"), ("user", "bot"), ("admin", "system")])
def test_a_workflow_closes_for_the_bot_unless_the_team_answered_after_it(last: str, by: str) -> None:
    """The state is one for the whole conversation, whatever came after what it resolved."""
    row = conversation(
        "c1",
        created=T0,
        parts=[
            part(1, "comment", T0 + 5, "fin", answer=True),
            part(2, "comment", T0 + 6, last),
            part(3, "close", T0 + 9, "bot"),
        ],
        state="closed",
        **fin("assumed_resolution"),
    )
    assert [event.by for event in of_kind(mapped(row), Kind.CLOSED)] == [by]


def test_the_close_that_counts_is_the_first_of_several() -> None:
    parts = [
        part(1, "comment", T0 + 5, "fin", answer=True),
        part(2, "close", T0 + 6, "fin"),
        part(3, "close", T0 + 9, "bot"),
    ]
    row = conversation("c1", created=T0, parts=parts, state="closed", **fin("confirmed_resolution"))
    assert next(event.confirmed for event in of_kind(mapped(row), Kind.CLOSED)) is True


@pytest.mark.parametrize(
    ("people", "person"), [(["u9", "u1"], "u1"), (["u1", "u9"], "u1"), (["u9"], "u9"), ([], "u1"), ([None], "u1")]
)
def test_the_person_is_who_began_it(people: list[str | None], person: str) -> None:
    """Of a group in any order; an author who is not among them has been merged into one of them."""
    row = conversation("c1", created=T0, contacts={"contacts": [{"id": id} for id in people]})
    assert mapped(row).conversation.person == person


@pytest.mark.parametrize(
    ("delivered_as", "author", "kind"),
    [
        ("customer_initiated", "lead", Kind.CUSTOMER_MESSAGE),
        ("customer_initiated", "", Kind.CUSTOMER_MESSAGE),
        ("admin_initiated", "admin", Kind.AGENT_REPLY),
        ("automated", "admin", Kind.AGENT_REPLY),
        ("campaigns_initiated", "admin", Kind.AGENT_REPLY),
        ("operator_initiated", "bot", Kind.AUTO_REPLY),
        ("automated", "", Kind.AUTO_REPLY),
        ("something_new", "user", Kind.CUSTOMER_MESSAGE),
    ],
)
def test_the_author_of_the_source_decides_who_began(delivered_as: str, author: str, kind: Kind) -> None:
    source = {"delivered_as": delivered_as, "author": {"type": author, "id": "x"}, "body": None}
    thread = mapped(conversation("c1", created=T0, source=source))
    assert thread.events[0].kind is kind
    assert thread.conversation.origin == delivered_as


def test_unassigned_is_null_or_zero() -> None:
    for nobody in (None, 0, "0"):
        thread = mapped(conversation("c1", created=T0, admin_assignee_id=nobody, team_assignee_id=nobody))
        assert thread.conversation.team is None
        assert kinds(thread) == [(0, "customer_message")]
    thread = mapped(conversation("c1", created=T0, admin_assignee_id=5, team_assignee_id="7"))
    assert thread.conversation.team == "7"
    assert [event.to for event in of_kind(thread, Kind.ASSIGNED)] == ["5"]


def test_merged_away() -> None:
    links = {"data": [{"type": "ticket", "id": 1}, {"type": "conversation", "id": "c9"}]}
    away = conversation(
        "c1", created=T0, parts=[part(1, "merged_secondary_conversation", T0 + 5, "bot")], linked_objects=links
    )
    (merged,) = of_kind(mapped(away), Kind.MERGED_INTO)
    assert merged.to == "c9"
    primary = conversation("c1", created=T0, parts=[part(1, "merged_primary_conversation", T0 + 5, "bot")])
    assert of_kind(mapped(primary), Kind.MERGED_INTO) == []


def test_what_is_not_speech_says_nothing() -> None:
    noise = [
        "conversation_attribute_updated_by_admin",
        "custom_action_started",
        "ticket_state_updated_by_admin",
        "new_",
    ]
    parts = [part(n, kind, T0 + n, "admin", body="x") for n, kind in enumerate(noise, 1)]
    assert kinds(mapped(conversation("c1", created=T0, parts=parts))) == [(0, "customer_message")]


def test_statistics_complete_what_the_parts_do_not_say() -> None:
    closed = conversation(
        "c1", created=T0, state="closed", statistics={"last_close_at": T0 + 99, "last_closed_by_id": "12"}
    )
    (event,) = of_kind(mapped(closed), Kind.CLOSED)
    assert (event.at - T0, event.by) == (99, "agent")


def test_the_present_state_has_the_last_word() -> None:
    silent_close = conversation("c1", created=T0, parts=[part(1, "comment", T0 + 9, "admin")], state="closed")
    assert kinds(mapped(silent_close))[-1] == (9, "closed")
    woken = conversation("c1", created=T0, updated=T0 + 70, parts=[part(1, "close", T0 + 9, "admin")], state="open")
    assert kinds(mapped(woken))[-1] == (70, "reopened")
    put_off = conversation("c1", created=T0, state="snoozed")
    assert kinds(mapped(put_off))[-1] == (0, "snoozed")


def test_parts_beyond_the_cap() -> None:
    parts = [part(n, "comment", T0 + 1000 + n, "user", body="more") for n in range(500)]
    row = conversation("c1", created=T0, parts=parts, statistics={"first_admin_reply_at": T0 + 60})
    row["conversation_parts"]["total_count"] = 700
    found = records(wire.decode_row(json.dumps(row)), None)
    thread = found[0]
    assert isinstance(thread, Thread)
    assert not thread.complete
    assert len(thread.events) == 500
    beside = [(e.at - T0, e.kind.value) for e in found[1:] if isinstance(e, Event)]
    assert beside == [(0, "customer_message"), (60, "agent_reply")]


def test_without_parts_there_is_an_outline() -> None:
    row = conversation(
        "c1",
        created=T0,
        state="closed",
        statistics={
            "first_contact_reply_at": T0,
            "first_admin_reply_at": T0 + 60,
            "first_close_at": T0 + 100,
            "last_contact_reply_at": T0 + 200,
            "last_admin_reply_at": T0 + 260,
            "last_close_at": T0 + 300,
            "last_closed_by_id": 5,
        },
    )
    found = approximate(wire.decode_row(json.dumps(row)), None)
    assert found is not None
    assert [(event.at - T0, event.kind.value) for event in found[1]] == [
        (0, "customer_message"),
        (60, "agent_reply"),
        (100, "closed"),
        (200, "customer_message"),
        (260, "agent_reply"),
        (300, "closed"),
    ]


def test_equal_seconds_keep_the_providers_order_and_part_ids() -> None:
    parts = [part(11, "comment", T0 + 5, "user", body="a"), part(12, "comment", T0 + 5, "user", body="a")]
    thread = mapped(conversation("c1", created=T0, parts=parts))
    assert [event.source_id for event in thread.events] == [None, "11", "12"]


NULLABLE = [
    "title", "state", "admin_assignee_id", "team_assignee_id", "tags", "contacts", "source", "channel", "statistics",
    "conversation_rating", "ai_agent", "ai_agent_participated", "conversation_parts", "linked_objects", "updated_at",
]  # fmt: skip


@pytest.mark.parametrize("field", NULLABLE)
def test_any_field_may_be_null_or_absent(field: str) -> None:
    row = conversation("c1", created=T0, parts=[part(1, "comment", T0 + 1, "admin", body="x")], **fin())
    absent = {name: value for name, value in row.items() if name != field}
    assert mapped({**row, field: None}) == mapped(absent)


def test_nulls_inside() -> None:
    row = conversation(
        "c1",
        created=T0,
        updated=T0,
        parts=[
            {"id": None, "part_type": None, "created_at": None, "author": None, "body": None, "assigned_to": None},
            {"id": 1, "part_type": "comment", "created_at": str(T0 + 1), "author": {"type": None, "id": None}},
        ],
        tags={"tags": [None, {"name": None}]},
        contacts={"contacts": [None, {"id": None}]},
        statistics={"last_close_at": None, "count_reopens": None},
        conversation_rating={"rating": None, "created_at": None, "updated_at": None, "teammate": None},
        ai_agent={"last_answer_type": None, "resolution_state": None, "rating": None},
        source={"type": None, "author": None, "body": None, "delivered_as": None},
    )
    row["conversation_parts"]["conversation_parts"].append(None)
    thread = mapped(row)
    assert thread.conversation.person is None
    assert kinds(thread) == [(0, "customer_message")]


def test_a_row_without_an_id_is_nothing() -> None:
    assert records(wire.decode_row(b'{"created_at": 1}'), None) == ()
