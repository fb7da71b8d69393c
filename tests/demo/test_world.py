"""The world itself: the same past for the same seed and day, a future that is only ever added to."""

from collections import Counter
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.demo.world.calendar import DAY, HOUR, MINUTE, Calendar
from funnel_tui.demo.world.company import Company
from funnel_tui.demo.world.conversations import LIFETIME
from funnel_tui.demo.world.days import scripts
from funnel_tui.demo.world.incidents import Incidents
from funnel_tui.demo.world.people import AGENT, AGENTS, CUSTOMERS, Staff, contact_id, customer_email, person_of
from funnel_tui.demo.world.script import Entry, Script
from funnel_tui.demo.world.topics import BY_KEY
from funnel_tui.demo.world.world import World
from tests.demo.worlds import ANCHOR, ZONE, Hands, make_world


def past(world: World, until: int) -> dict[int, list[Entry]]:
    return {
        identity: entries
        for identity, row in world.rows.items()
        if (entries := [entry for entry in row.script.entries if entry.at <= until])
    }


def written(script: Script) -> tuple[object, ...]:
    return (script.id, script.person, script.topic, script.channel, tuple(script.entries))


def test_same_seed_and_day_give_the_same_past_whenever_it_starts() -> None:
    early = make_world(anchor=ANCHOR - 2 * HOUR, live=True)
    late = make_world(anchor=ANCHOR, live=True)
    assert past(early, ANCHOR - 2 * HOUR) == past(late, ANCHOR - 2 * HOUR)


def test_another_seed_gives_another_past() -> None:
    assert past(make_world(seed=1), ANCHOR) != past(make_world(seed=2), ANCHOR)


def test_a_day_is_the_same_made_alone_or_among_others() -> None:
    world = make_world()
    alone = Company(1, ZONE, world.anchor_day, 12, None)
    day = world.anchor_day - 5
    for script in scripts(alone, day):
        assert written(world.rows[script.id].script) == written(script)


def test_the_past_stays_while_the_future_is_revealed() -> None:
    hands = Hands()
    world = make_world(hands=hands, live=True)
    before = past(world, ANCHOR)
    begun = len(list(world.living()))
    for _ in range(6):
        hands.now += HOUR
        with world.now():
            pass
    with world.now():
        assert len(list(world.living())) > begun + 200  # a conversation every half minute or so
    assert past(world, ANCHOR) == before


def test_days_ahead_are_made_when_the_clock_comes_near() -> None:
    hands = Hands()
    world = make_world(hands=hands)
    hands.now += 4 * DAY
    with world.now():
        newest = max(row.state.created_at for row in world.living())
    assert newest > hands.now - 3 * HOUR


def test_entries_are_in_order_and_begin_with_the_first_message() -> None:
    for row in make_world().rows.values():
        entries = row.script.entries
        assert entries[0].kind in ("customer", "reply", "greeting", "series")
        assert all(one.at <= two.at for one, two in pairwise(entries))
        assert entries[-1].at < entries[0].at + LIFETIME


def test_everything_that_is_promised_occurs() -> None:
    kinds = Counter(entry.kind for row in make_world(days=60).rows.values() for entry in row.script.entries)
    assert not {
        "customer",
        "button",
        "answer",
        "botsay",
        "greeting",
        "series",
        "auto",
        "reply",
        "note",
        "handoff",
        "team",
        "assign",
        "away_assign",
        "unassign",
        "close",
        "assumed",
        "reopen",
        "snooze",
        "unsnooze",
        "timer_unsnooze",
        "tag",
        "attribute",
        "rating_asked",
        "rated",
        "bot_rated",
        "merged_away",
        "merged_in",
        "deleted",
    } - set(kinds)


def test_working_days_are_busier_and_the_size_is_as_aimed_at() -> None:
    world = make_world(days=90)
    calendar = world.company.calendar
    per_day = Counter(calendar.day(row.script.begun_at) for row in world.rows.values())
    working = [n for day, n in per_day.items() if calendar.opening(day) and world.first_day <= day < world.anchor_day]
    resting = [n for day, n in per_day.items() if not calendar.opening(day)]
    assert 80 <= sum(working) / len(working) <= 115
    assert sum(resting) / len(resting) < 60
    assert 6_000 <= len(world.rows) <= 8_000


@pytest.mark.parametrize("hour", [2, 9, 15, 21])
def test_the_queue_lives_at_any_hour(hour: int) -> None:
    hands = Hands(ANCHOR + (hour - 11) * HOUR)
    world = make_world(anchor=hands.now, days=46, hands=hands)
    with world.now():
        waiting = [row for row in world.living() if row.state.state == "open" and row.state.waiting_since is not None]
    assert 2 <= len(waiting) <= 30


def test_the_incident_to_watch_swells_the_queue_and_it_recovers() -> None:
    hands = Hands()
    world = make_world(days=46, hands=hands, live=True)

    def urgent_and_waiting() -> int:
        with world.now():
            return sum(
                row.script.topic == "sync delay" and row.state.state == "open" and row.state.waiting_since is not None
                for row in world.living()
            )

    before = urgent_and_waiting()
    hands.now = ANCHOR + 16 * MINUTE
    peak = urgent_and_waiting()
    hands.now = ANCHOR + 150 * MINUTE
    after = urgent_and_waiting()
    assert peak >= before + 6
    assert after < peak


def test_incidents_come_every_two_weeks_or_so_and_one_is_fresh() -> None:
    calendar = Calendar(ZONE)
    today = calendar.day(ANCHOR)
    incidents = Incidents(3, calendar, today, 90, None)
    days = [day for day in range(today - 90, today + 1) if incidents.on(day)]
    assert days[-1] == today - 1
    assert 5 <= len(days) <= 9
    strained = incidents.on(today - 1)[0]
    middle = strained.start + strained.length
    assert incidents.strain(today - 1, middle) > 1.5
    assert incidents.strain(today - 1, strained.start - 1) == 1.0


def test_somebody_is_always_there() -> None:
    calendar = Calendar(ZONE)
    staff = Staff(1, calendar)
    today = calendar.day(ANCHOR)
    for at in range(calendar.midnight(today - 7), calendar.midnight(today), 20 * MINUTE):
        assert any(staff.present(agent, at) for agent in AGENTS)
    noon = calendar.moment(today, 11)
    assert sum(staff.present(agent, noon) for agent in AGENTS) >= 6
    assert staff.away_for(AGENTS[0], noon) == 0 or not staff.present(AGENTS[0], noon)


def test_contacts_can_be_told_from_strangers() -> None:
    assert len({contact_id(person) for person in range(CUSTOMERS)}) == CUSTOMERS
    assert person_of(contact_id(17)) == 17
    assert person_of("66b0") is None
    assert person_of("not a contact at all!!!!") is None
    assert all(customer_email(person).endswith("@example.com") for person in range(50))
    assert all(agent.email.endswith("@example.com") for agent in AGENT.values())


def test_office_seconds_skip_nights_weekends_and_holidays() -> None:
    calendar = Calendar(ZoneInfo("Europe/London"))
    friday = calendar.day(ANCHOR)
    late_friday, monday = calendar.moment(friday, 17.5), calendar.moment(friday + 3, 9.5)
    assert calendar.office_seconds(late_friday, monday) == HOUR
    assert calendar.next_open(late_friday + HOUR) == calendar.moment(friday + 3, 9)
    christmas = calendar.day(1_798_200_000)  # 25 December 2026
    assert calendar.opening(christmas) is None


def test_campaigns_are_answered_in_conversations_of_their_own() -> None:
    world = make_world(days=40)
    answered = {
        (receipt.person, receipt.replied)
        for day in range(world.first_day, world.anchor_day)
        for receipt in world.company.campaigns.replies(day)
    }
    begun = {
        (row.script.person, row.script.begun_at)
        for row in world.rows.values()
        if row.script.delivered_as in ("automated", "campaigns_initiated")
    }
    assert answered
    assert answered <= begun


def test_a_campaign_lowers_the_demand_of_its_topic() -> None:
    world = make_world(days=40)
    campaigns = world.company.campaigns
    topic_days = [(day, sent) for day in range(world.first_day, world.anchor_day) for sent in campaigns.on(day)[1:]]
    assert topic_days
    for day, sent in topic_days:
        topic = BY_KEY[sent.topic]
        assert campaigns.weight(topic, day + 1) < topic.weight
