"""What an outsider computes from the parts is what the fields say."""

from statistics import median
from typing import Any

import pytest

from tests.demo.worlds import EVERYTHING, Client, Hands, make_world

CUSTOMERS = ("user", "lead")


@pytest.fixture(scope="module")
def conversations() -> list[Any]:
    hands = Hands()
    client = Client(make_world(days=40, hands=hands), hands)
    return [client.get(f"/conversations/{row['id']}") for row in client.everything(EVERYTHING)]


def parts(conversation: Any) -> list[Any]:
    """The source as a part, then the parts."""
    source = conversation["source"]
    first = {
        "part_type": "source",
        "created_at": conversation["created_at"],
        "author": source["author"],
        "body": source["body"],
        "assigned_to": None,
        "by_hand": source["delivered_as"] == "admin_initiated",
    }
    return [first, *conversation["conversation_parts"]["conversation_parts"]]


def by_customer(part: Any) -> bool:
    return part["author"]["type"] in CUSTOMERS


def by_teammate(part: Any) -> bool:
    author = part["author"]
    return author["type"] == "admin" and not author.get("from_ai_agent") and part.get("by_hand", True)


def replies(conversation: Any) -> list[Any]:
    spoken = ("source", "comment", "assignment", "close")
    return [p for p in parts(conversation) if by_teammate(p) and p["part_type"] in spoken and p["body"]]


def first_customer(conversation: Any) -> int | None:
    return next((part["created_at"] for part in parts(conversation) if by_customer(part)), None)


def since(start: int | None, moments: list[int]) -> list[int]:
    return [] if start is None else [at for at in moments if at >= start]


def test_parts_are_counted_and_in_order(conversations: list[Any]) -> None:
    for conversation in conversations:
        listed = conversation["conversation_parts"]
        times = [part["created_at"] for part in parts(conversation)]
        assert listed["total_count"] == len(listed["conversation_parts"])
        assert times == sorted(times)
        assert conversation["updated_at"] >= times[-1]
        if conversation["statistics"]:
            assert conversation["statistics"]["count_conversation_parts"] == listed["total_count"]


def test_replies_and_first_contact(conversations: list[Any]) -> None:
    for conversation in conversations:
        start, numbers = first_customer(conversation), conversation["statistics"]
        if start is None:
            assert numbers is None
            continue
        said = [part["created_at"] for part in parts(conversation) if by_customer(part)]
        answered = since(start, [part["created_at"] for part in replies(conversation)])
        assert numbers["first_contact_reply_at"] == start
        assert numbers["last_contact_reply_at"] == said[-1]
        assert numbers["first_admin_reply_at"] == (answered[0] if answered else None)
        if answered:
            assert numbers["last_admin_reply_at"] == answered[-1]


def test_closes_and_reopens(conversations: list[Any]) -> None:
    for conversation in conversations:
        start, numbers = first_customer(conversation), conversation["statistics"]
        closing = ("close", "merged_secondary_conversation")
        closed = [part for part in parts(conversation) if part["part_type"] in closing]
        reopened = [part for part in parts(conversation) if part["part_type"] in ("open", "assign_and_reopen")]
        if numbers is None:
            continue
        counted = since(start, [part["created_at"] for part in closed])
        assert numbers["first_close_at"] == (counted[0] if counted else None)
        assert numbers["last_close_at"] == (counted[-1] if counted else None)
        assert numbers["count_reopens"] == len(reopened)
        if counted:
            assert numbers["last_closed_by_id"] == closed[-1]["author"]["id"]


def test_state_follows_from_the_last_part_that_changes_it(conversations: list[Any]) -> None:
    for conversation in conversations:
        state = "open"
        for part in parts(conversation):
            kind = part["part_type"]
            if kind in ("close", "merged_secondary_conversation"):
                state = "closed"
            elif kind == "snoozed":
                state = "snoozed"
            elif by_customer(part) or kind in ("open", "assign_and_reopen", "unsnoozed", "timer_unsnooze"):
                state = "open"
            if kind != "source":
                assert part["state"] == state
        assert conversation["state"] == state
        assert conversation["open"] is (state != "closed")
        assert (conversation["snoozed_until"] is not None) is (state == "snoozed")


def test_waiting_since_and_the_waits(conversations: list[Any]) -> None:
    for conversation in conversations:
        waiting: int | None = None
        waits = []
        for part in parts(conversation):
            author, kind, at = part["author"], part["part_type"], part["created_at"]
            if kind in ("close", "assignment", "source", "comment") and by_teammate(part) and part["body"]:
                waits += [] if waiting is None else [at - waiting]
                waiting = None
            if kind in ("close", "merged_secondary_conversation") or author.get("is_ai_answer"):
                waiting = None
            elif waiting is None and (by_customer(part) or (kind == "assignment" and author.get("from_ai_agent"))):
                waiting = at
        assert conversation["waiting_since"] == waiting
        office = (conversation["statistics"] or {}).get("median_time_to_reply")
        assert (office is None) is (not waits)
        if office is not None:
            assert 0 <= office <= max(waits)


def test_assignees_follow_from_the_assignments(conversations: list[Any]) -> None:
    for conversation in conversations:
        admin = team = counted = 0
        start = first_customer(conversation)
        for part in parts(conversation):
            if part["part_type"] not in ("assignment", "away_mode_assignment", "assign_and_reopen"):
                continue
            to = part["assigned_to"]
            if to is not None and to["type"] == "team":
                team = int(to["id"])
            else:
                admin = 0 if to is None else int(to["id"])
            counted += to is not None and bool(since(start, [part["created_at"]]))
        assert (conversation["admin_assignee_id"], conversation["team_assignee_id"]) == (admin, team)
        if conversation["statistics"]:
            assert conversation["statistics"]["count_assignments"] == counted


def test_the_bots_part(conversations: list[Any]) -> None:
    for conversation in conversations:
        own = [part for part in parts(conversation) if part["author"].get("from_ai_agent")]
        assert conversation["ai_agent_participated"] is bool(own)
        assert (conversation["ai_agent"] is not None) is bool(own)
        if not own:
            continue
        agent = conversation["ai_agent"]
        answers = [part for part in own if part["author"]["is_ai_answer"]]
        last = own[-1]
        assert (agent["last_answer_type"] == "ai_answer") is bool(answers)
        if last["part_type"] == "assignment":
            assert agent["resolution_state"] in ("escalated", "negative_feedback", "procedure_handoff")
            assert last["assigned_to"]["type"] == "team"
        elif last["part_type"] == "close":
            assert agent["resolution_state"] == "confirmed_resolution"
        else:
            assert agent["resolution_state"] in (None, "assumed_resolution")


def test_assumed_resolutions_are_a_day_of_silence_old(conversations: list[Any]) -> None:
    assumed = [c for c in conversations if c["ai_agent"] and c["ai_agent"]["resolution_state"] == "assumed_resolution"]
    assert assumed
    for conversation in assumed:
        answer = [part for part in parts(conversation) if part["author"].get("is_ai_answer")][-1]["created_at"]
        after = [part for part in parts(conversation) if part["created_at"] > answer]
        assert all(part["created_at"] >= answer + 86_400 for part in after)


def test_ratings_name_the_last_to_reply(conversations: list[Any]) -> None:
    rated = [c for c in conversations if c["conversation_rating"] and c["conversation_rating"]["rating"]]
    assert rated
    for conversation in rated:
        rating = conversation["conversation_rating"]
        assert 1 <= rating["rating"] <= 5
        assert rating["updated_at"] > rating["created_at"]
        before = [part for part in replies(conversation) if part["created_at"] <= rating["created_at"]]
        if rating["teammate"] is not None:
            assert rating["teammate"]["id"] == before[-1]["author"]["id"]


def test_merged_pairs_point_at_each_other(conversations: list[Any]) -> None:
    by_id = {conversation["id"]: conversation for conversation in conversations}
    merged = [c for c in conversations if parts(c)[-1]["part_type"] == "merged_secondary_conversation"]
    assert merged
    for second in merged:
        primary = by_id.get(second["linked_objects"]["data"][0]["id"])
        if primary is None:
            continue  # deleted since
        assert second["id"] in [other["id"] for other in primary["linked_objects"]["data"]]
        assert "merged_primary_conversation" in [part["part_type"] for part in parts(primary)]


def test_plausible_figures(conversations: list[Any]) -> None:
    answered = [c for c in conversations if c["ai_agent"] and c["ai_agent"]["last_answer_type"]]
    resolved = [
        c for c in answered if c["ai_agent"]["resolution_state"] in ("assumed_resolution", "confirmed_resolution")
    ]
    assert 0.38 <= len(resolved) / len(answered) <= 0.52
    ratings = [c["conversation_rating"]["rating"] for c in conversations if c["conversation_rating"]]
    given = [rating for rating in ratings if rating]
    assert 0.86 <= sum(rating >= 4 for rating in given) / len(given) <= 0.95
    waits = [
        c["statistics"]["first_admin_reply_at"] - c["statistics"]["first_contact_reply_at"]
        for c in conversations
        if c["statistics"] and c["statistics"]["first_admin_reply_at"]
    ]
    assert 120 <= median(waits) <= 900
    closes = [
        c["statistics"]["last_close_at"] - c["statistics"]["first_contact_reply_at"]
        for c in conversations
        if c["statistics"] and c["statistics"]["first_admin_reply_at"] and c["state"] == "closed"
    ]
    assert 3600 <= median(closes) <= 8 * 3600
    unanswered = [c for c in conversations if c["statistics"] is None]
    assert unanswered
    assert all(c["source"]["delivered_as"] == "admin_initiated" for c in unanswered)
