"""A ticket's updates as events, in both of the forms in which Zendesk tells them."""

from typing import Any

import msgspec
import pytest

from funnel_tui.model.derive import derive, order
from funnel_tui.model.records import Event, Kind
from funnel_tui.sources.zendesk import history, wire
from tests.sources.zendesk.desk import ADMIN, AGENT, CUSTOMER, GROUP, NOW, OTHER, RULE, Desk, change, comment, create

T = NOW - 100_000
STAFF = frozenset(map(str, (AGENT, OTHER, ADMIN)))
Update = tuple[int, int, list[dict[str, Any]]]


def read(*updates: Update, exported: bool = False, staff: frozenset[str] = STAFF, listed: bool = True) -> list[Event]:
    desk = Desk()
    desk.ticket(1, *updates)
    rows = [desk._exported(audit, True) for audit in desk.audits[1]] if exported else desk.audits[1]
    audits = [wire.decode_audit(msgspec.json.encode(row)) for row in rows]
    shown = history.at_work(audits) - {str(CUSTOMER)}
    roles = history.Roles(str(CUSTOMER), staff | shown, listed=listed)
    return history.events("1", str(CUSTOMER), audits, roles)


def kinds(events: list[Event]) -> list[tuple[int, Kind]]:
    return [(event.at - T, event.kind) for event in order(events)]


LIFE: tuple[Update, ...] = (
    (T, CUSTOMER, [comment(CUSTOMER), create("status", "new"), change("group_id", str(GROUP), via=RULE)]),
    (T + 40, AGENT, [change("assignee_id", str(AGENT)), change("status", "open", "new")]),
    (T + 50, AGENT, [comment(AGENT, public=False)]),
    (T + 100, AGENT, [comment(AGENT), change("status", "pending", "open")]),
    (T + 200, CUSTOMER, [comment(CUSTOMER), change("status", "open", "pending")]),
    (T + 300, AGENT, [change("assignee_id", str(OTHER), str(AGENT))]),
    (T + 400, OTHER, [comment(OTHER), change("status", "solved", "open")]),
    (T + 500, CUSTOMER, [comment(CUSTOMER), change("status", "open", "solved")]),
    (T + 600, OTHER, [comment(OTHER), change("status", "solved", "open")]),
    (T + 9_000, -1, [change("status", "closed", "solved", via=RULE)]),
)


@pytest.mark.parametrize("exported", [False, True])
def test_a_whole_life(exported: bool) -> None:
    found = read(*LIFE, exported=exported)
    assert kinds(found) == [
        (0, Kind.CUSTOMER_MESSAGE),
        (0, Kind.TEAM_ASSIGNED),
        (40, Kind.ASSIGNED),
        (50, Kind.NOTE),
        (100, Kind.AGENT_REPLY),
        (100, Kind.SNOOZED),
        (200, Kind.UNSNOOZED),
        (200, Kind.CUSTOMER_MESSAGE),
        (300, Kind.ASSIGNED),
        (400, Kind.AGENT_REPLY),
        (400, Kind.CLOSED),
        (500, Kind.REOPENED),
        (500, Kind.CUSTOMER_MESSAGE),
        (600, Kind.AGENT_REPLY),
        (600, Kind.CLOSED),
    ]
    (episode,) = derive(order(found), reopen_window=7 * 86_400).episodes
    assert episode.first_reply_at == T + 100
    assert [(wait.start - T, wait.end - T) for wait in episode.waits] == [(0, 100), (200, 400), (500, 600)]
    assert (episode.closed_at, episode.closed_by) == (T + 600, "agent")
    assert episode.closes[0].withdrawn_at == T + 500
    assert (episode.reassigned, episode.replies) == (1, 3)


def test_both_forms_give_the_same_events() -> None:
    assert read(*LIFE) == read(*LIFE, exported=True)


def test_repeated_and_shuffled_updates_change_nothing() -> None:
    assert read(*LIFE[::-1]) != []
    desk = Desk()
    desk.ticket(1, *LIFE)
    audits = [wire.decode_audit(msgspec.json.encode(row)) for row in desk.audits[1]]
    roles = history.Roles(str(CUSTOMER), STAFF, listed=True)
    shuffled = [*audits[5:], *audits[:7], *audits]
    assert history.events("1", str(CUSTOMER), shuffled, roles) == history.events("1", str(CUSTOMER), audits, roles)


@pytest.mark.parametrize(("asleep"), ["pending", "hold"])
def test_from_solved_to_asleep_is_a_return(asleep: str) -> None:
    found = read(
        (T, CUSTOMER, [comment(CUSTOMER), create("status", "new")]),
        (T + 9, AGENT, [change("status", "solved", "new")]),
        (T + 20, AGENT, [change("status", asleep, "solved")]),
        (T + 30, AGENT, [change("status", "hold" if asleep == "pending" else "pending", asleep)]),
        (T + 40, AGENT, [change("status", "solved", asleep)]),
    )
    assert kinds(found)[1:] == [(9, Kind.CLOSED), (20, Kind.REOPENED), (20, Kind.SNOOZED), (40, Kind.CLOSED)]


@pytest.mark.parametrize(("author", "by"), [(AGENT, "agent"), (CUSTOMER, "customer"), (-1, "system")])
def test_who_closed_it(author: int, by: str) -> None:
    found = read(
        (T, CUSTOMER, [comment(CUSTOMER), create("status", "new")]),
        (T + 9, author, [change("status", "solved", "new")]),
    )
    assert (found[-1].kind, found[-1].by) == (Kind.CLOSED, by)


@pytest.mark.parametrize("exported", [False, True])
def test_what_a_rule_does_is_nobodys_doing(exported: bool) -> None:
    found = read(
        (T, CUSTOMER, [comment(CUSTOMER), create("status", "new")]),
        (T + 9, AGENT, [change("status", "solved", "new", via=RULE), comment(AGENT, via=RULE)]),
        exported=exported,
    )
    assert [(event.kind, event.actor, event.by) for event in found[1:]] == [
        (Kind.AUTO_REPLY, str(AGENT), None),
        (Kind.CLOSED, None, "system"),
    ]


def test_of_an_update_that_rules_went_on_with_only_the_outcome_counts() -> None:
    found = read(
        (T, CUSTOMER, [comment(CUSTOMER), create("status", "new")]),
        (T + 9, AGENT, [change("status", "solved", "new"), change("status", "open", "solved", via=RULE)]),
    )
    assert kinds(found) == [(0, Kind.CUSTOMER_MESSAGE)]


def test_a_ticket_that_a_teammate_opened_is_outbound() -> None:
    found = read(
        (T, AGENT, [comment(AGENT), create("status", "open")]),
        (T + 60, CUSTOMER, [comment(CUSTOMER)]),
        (T + 90, AGENT, [comment(AGENT)]),
    )
    facts = derive(order(found), reopen_window=7 * 86_400)
    assert facts.outbound
    assert (facts.episodes[0].start, facts.episodes[0].first_reply_at) == (T + 60, T + 90)


def test_somebody_in_copy_is_a_customer_and_somebody_who_left_is_not() -> None:
    copied, left, gone, quit = 777, 778, 779, 780
    found = read(
        (T, CUSTOMER, [comment(CUSTOMER), create("status", "new")]),
        (T + 10, copied, [comment(copied), change("assignee_id", None, str(gone))]),
        (T + 20, left, [comment(left, public=False)]),
        (T + 30, left, [comment(left)]),
        (T + 40, AGENT, [change("assignee_id", str(gone))]),
        (T + 50, gone, [comment(gone)]),
        (T + 60, quit, [comment(quit), change("status", "pending", "new")]),
    )
    said = [(event.actor, event.kind) for event in found if event.kind in (Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY)]
    assert said == [
        (str(CUSTOMER), Kind.CUSTOMER_MESSAGE),
        (str(copied), Kind.CUSTOMER_MESSAGE),
        (str(left), Kind.AGENT_REPLY),
        (str(gone), Kind.AGENT_REPLY),
        (str(quit), Kind.AGENT_REPLY),
    ]


def test_without_a_list_of_teammates_everybody_but_the_requester_is_one() -> None:
    found = read(
        (T, CUSTOMER, [comment(CUSTOMER), create("status", "new")]),
        (T + 10, AGENT, [comment(AGENT)]),
        staff=frozenset(),
        listed=False,
    )
    assert [event.kind for event in found] == [Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY]


def test_what_zendesk_changes_along_makes_nobody_a_teammate() -> None:
    """A customer solves his ticket himself, or somebody in copy writes, and the ticket changes hands by itself."""
    copied = 777
    found = read(
        (T, CUSTOMER, [comment(CUSTOMER), create("status", "new")]),
        (T + 10, copied, [comment(copied), change("group_id", str(GROUP))]),
        (T + 20, CUSTOMER, [change("status", "solved", "new"), change("group_id", None, str(GROUP))]),
        (T + 30, CUSTOMER, [comment(CUSTOMER), change("status", "open", "solved")]),
    )
    said = [event.kind for event in found if event.kind in (Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY)]
    assert said == [Kind.CUSTOMER_MESSAGE] * 3
    assert [event.by for event in found if event.kind is Kind.CLOSED] == ["customer"]


MERGE = {"channel": "web", "source": {"from": {}, "to": {}, "rel": "merge"}}


@pytest.mark.parametrize(
    ("children", "to"),
    [
        ([comment(AGENT, public=False, body="merged into request #42", via=MERGE)], "42"),
        ([comment(AGENT, via={"channel": "web", "source": {"to": {"ticket_id": 43}, "rel": "merge"}})], "43"),
        ([change("tags", ["a", "closed_by_merge"], ["a"])], None),
        ([change("tags", "a closed_by_merge", "a"), comment(AGENT, public=False, body="see #44")], "44"),
        ([comment(AGENT, via="Merge", body="into #45")], "45"),
    ],
)
@pytest.mark.parametrize("exported", [False, True])
def test_merged_away(children: list[dict[str, Any]], to: str | None, exported: bool) -> None:
    found = read(
        (T, CUSTOMER, [comment(CUSTOMER), create("status", "new")]),
        (T + 9, AGENT, [*map(dict, children), change("status", "closed", "new")]),
        exported=exported,
    )
    assert [(event.at - T, event.to) for event in found if event.kind is Kind.MERGED_INTO] == [(9, to)]
    assert derive(order(found), reopen_window=1).excluded == "merged"


def test_what_was_merged_into_stays_and_the_merges_own_words_are_no_reply() -> None:
    found = read(
        (T, CUSTOMER, [comment(CUSTOMER), create("status", "new"), create("tags", ["closed_by_merge"])]),
        (T + 9, AGENT, [comment(AGENT, via=MERGE, body="Request #7 was merged")]),
        (T + 20, AGENT, [change("status", "solved", "new")]),
    )
    assert [event.kind for event in found] == [Kind.CUSTOMER_MESSAGE, Kind.AUTO_REPLY, Kind.CLOSED]


def test_deleted_spam_and_restored() -> None:
    found = read(
        (T, CUSTOMER, [comment(CUSTOMER), create("status", "open")]),
        (T + 5, AGENT, [{"type": "MarkedAsSpam"}]),
        (T + 9, AGENT, [change("status", "deleted", "open")]),
        (T + 20, AGENT, [change("status", "open", "deleted")]),
        (T + 30, AGENT, [change("status", "deleted", "open")]),
        (T + 40, AGENT, [change("status", "solved", "deleted")]),
    )
    assert kinds(found)[1:] == [
        (5, Kind.SPAM),
        (9, Kind.DELETED),
        (20, Kind.RESTORED),
        (30, Kind.DELETED),
        (40, Kind.CLOSED),
        (40, Kind.RESTORED),
    ]
    assert derive(order(found), reopen_window=1).excluded is None


@pytest.mark.parametrize("exported", [False, True])
def test_ratings(exported: bool) -> None:
    found = read(
        (T, CUSTOMER, [comment(CUSTOMER), create("status", "new")]),
        (T + 9, -1, [change("satisfaction_score", "offered", "unoffered", via=RULE)]),
        (T + 20, CUSTOMER, [change("satisfaction_score", "bad", "offered")]),
        (T + 30, CUSTOMER, [change("satisfaction_score", "goodwithcomment", "bad")]),
        (T + 40, -1, [{"type": "SurveyOffered", "survey_id": "s"}]),
        exported=exported,
    )
    assert [(event.at - T, event.kind, event.score, event.scale) for event in found[1:]] == [
        (9, Kind.RATING_REQUESTED, None, None),
        (20, Kind.RATED, 0.0, (0.0, 1.0)),
        (30, Kind.RATED, 1.0, (0.0, 1.0)),
        (40, Kind.RATING_REQUESTED, None, None),
    ]


def test_texts_are_plain_and_comments_known_by_their_ids() -> None:
    (found,) = read((T, CUSTOMER, [comment(CUSTOMER, body="a &lt; b\x1b[31m", id=4711)]))
    assert (found.text, found.source_id) == ("a < b[31m", "4711")


def test_a_call_that_came_in_is_the_callers_whoever_signs_it() -> None:
    inbound = {"channel": "voice", "source": {"rel": "inbound"}}
    (found,) = read((T, AGENT, [{**comment(AGENT), "type": "VoiceComment", "via": inbound}]))
    assert (found.kind, found.actor) == (Kind.CUSTOMER_MESSAGE, str(CUSTOMER))


@pytest.mark.parametrize(
    "damage",
    [
        {"type": None},
        {"type": 5, "field_name": 5, "value": {"a": 1}},
        {"type": "Change", "field_name": "status", "value": None},
        {"type": "Change", "field_name": "assignee_id", "value": {"id": 1}, "previous_value": []},
        {"type": "Change", "field_name": "tags", "value": {"x": 1}},
        {"type": "Comment", "author_id": [], "public": "yes", "body": 5, "via": 7},
        {"type": "SomethingNew", "value": [[[]]]},
        {"type": "Change", "field_name": "satisfaction_score", "value": 5},
        {"type": "Comment", "via": {"channel": 3, "source": {"rel": 5, "to": {"ticket_ids": [None]}}}},
    ],
)
def test_unknown_forms_do_no_harm(damage: dict[str, Any]) -> None:
    found = read(
        (T, CUSTOMER, [comment(CUSTOMER), create("status", "new")]),
        (T + 1, AGENT, [dict(damage)]),
        (T + 9, AGENT, [comment(AGENT), change("status", "solved", "new")]),
    )
    assert {(0, Kind.CUSTOMER_MESSAGE), (9, Kind.AGENT_REPLY), (9, Kind.CLOSED)} <= set(kinds(found))
