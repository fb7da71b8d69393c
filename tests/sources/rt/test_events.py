"""Transactions to events."""

from typing import Any

import pytest

from funnel_tui.model.records import Agent, Kind, Team, Thread
from tests.sources.rt.small_tracker import ANNA, CAROL, NOW, ROOT, Tracker

T = NOW - 100_000
SYSTEM = 1


@pytest.fixture
def tracker() -> Tracker:
    return Tracker()


async def thread(tracker: Tracker, **settings: Any) -> Thread:
    source = tracker.source(**settings)
    found = [record async for page in source.read("tickets", 0, NOW) for record in page.records]
    await source.close()
    (only,) = [record for record in found if isinstance(record, Thread)]
    return only


def told(thread: Thread) -> list[tuple[int, Kind, str | None]]:
    return [(event.at - T, event.kind, event.actor) for event in thread.events]


async def test_a_tickets_life(tracker: Tracker) -> None:
    tracker.words[tracker.ticket(1, T)] = "<p>Where is it?</p>"
    tracker.happens(1, T, SYSTEM, "EmailRecord")
    tracker.happens(1, T + 10, ANNA, "Set", "Owner", 6, ANNA)
    tracker.happens(1, T + 10, ANNA, "SetWatcher", "Owner", 6, ANNA)
    tracker.happens(1, T + 20, ANNA, "Comment")
    tracker.happens(1, T + 30, ANNA, "Correspond")
    tracker.status(1, T + 30, SYSTEM, "new", "open")
    tracker.happens(1, T + 40, ANNA, "Set", "Queue", 4, 3)
    tracker.status(1, T + 50, ANNA, "open", "stalled")
    tracker.happens(1, T + 60, CAROL, "Correspond")
    tracker.status(1, T + 60, SYSTEM, "stalled", "open")
    tracker.happens(1, T + 70, ANNA, "Set", "Owner", ANNA, 6)
    tracker.status(1, T + 80, CAROL, "open", "resolved")
    tracker.status(1, T + 85, ANNA, "resolved", "rejected")
    tracker.status(1, T + 90, SYSTEM, "rejected", "open")
    tracker.status(1, T + 95, SYSTEM, "open", "resolved")
    found = await thread(tracker)
    assert found.conversation.url == "https://rt.example.com/Ticket/Display.html?id=1"
    assert (found.conversation.person, found.conversation.team, found.conversation.subject) == ("50", "4", "Ticket 1")
    assert told(found) == [
        (0, Kind.CUSTOMER_MESSAGE, "50"),
        (10, Kind.ASSIGNED, "40"),
        (20, Kind.NOTE, "40"),
        (30, Kind.AGENT_REPLY, "40"),
        (40, Kind.TEAM_ASSIGNED, "40"),
        (50, Kind.SNOOZED, "40"),
        (60, Kind.CUSTOMER_MESSAGE, "50"),
        (60, Kind.UNSNOOZED, None),
        (70, Kind.UNASSIGNED, "40"),
        (80, Kind.CLOSED, "50"),
        (90, Kind.REOPENED, None),
        (95, Kind.CLOSED, None),
    ]
    assert [event.by for event in found.events if event.kind is Kind.CLOSED] == ["customer", "system"]
    assert [event.text for event in found.events if event.text] == ["Where is it?"]


async def test_who_speaks(tracker: Tracker) -> None:
    """A Requestor is the customer even if it is staff; somebody in copy is a customer; the machine is neither."""
    tracker.names[60] = "friend@example.com"
    tracker.ticket(1, T, creator=ANNA, requestor=ANNA)
    tracker.happens(1, T + 1, ROOT, "Correspond")
    tracker.happens(1, T + 2, 60, "Correspond")
    tracker.happens(1, T + 3, SYSTEM, "Correspond")
    found = await thread(tracker)
    assert told(found) == [
        (0, Kind.CUSTOMER_MESSAGE, "40"),
        (1, Kind.AGENT_REPLY, "14"),
        (2, Kind.CUSTOMER_MESSAGE, "60"),
        (3, Kind.AUTO_REPLY, None),
    ]
    assert found.conversation.person == "40"


@pytest.mark.parametrize(
    ("creator", "requestor", "kind", "actor"),
    [
        (ANNA, CAROL, Kind.AGENT_REPLY, "40"),
        (SYSTEM, CAROL, Kind.CUSTOMER_MESSAGE, "50"),
        (SYSTEM, None, Kind.AUTO_REPLY, None),
        (CAROL, None, Kind.CUSTOMER_MESSAGE, "50"),
    ],
)
async def test_who_began(tracker: Tracker, creator: int, requestor: int | None, kind: Kind, actor: str | None) -> None:
    tracker.ticket(1, T, creator=creator, requestor=requestor)
    assert told(await thread(tracker)) == [(0, kind, actor)]


async def test_what_a_ticket_began_with(tracker: Tracker) -> None:
    tracker.ticket(1, T, Status="stalled", Owner=ANNA)
    assert told(await thread(tracker)) == [
        (0, Kind.CUSTOMER_MESSAGE, "50"),
        (0, Kind.ASSIGNED, "50"),
        (0, Kind.SNOOZED, "50"),
    ]


async def test_a_sites_own_statuses_are_what_the_server_says(tracker: Tracker) -> None:
    tracker.ticket(1, T)
    tracker.status(1, T + 1, ANNA, "new", "checking")
    tracker.status(1, T + 2, ANNA, "checking", "done")
    assert told(await thread(tracker))[1:] == [(2, Kind.CLOSED, "40")]


async def test_a_deletion_that_was_undone(tracker: Tracker) -> None:
    tracker.ticket(1, T)
    tracker.status(1, T + 1, ROOT, "new", "deleted")
    tracker.status(1, T + 2, ROOT, "deleted", "open")
    assert [kind for _, kind, _ in told(await thread(tracker))[1:]] == [Kind.DELETED, Kind.RESTORED, Kind.REOPENED]


async def test_a_server_that_names_users(tracker: Tracker) -> None:
    """An older one does not expand references: a customer's name, which is an e-mail address, is not kept."""
    tracker.expands = False
    tracker.ticket(1, T)
    tracker.happens(1, T + 1, ANNA, "Correspond")
    found = await thread(tracker)
    assert told(found) == [(0, Kind.CUSTOMER_MESSAGE, "50"), (1, Kind.AGENT_REPLY, "40")]
    assert found.conversation.person == "50"
    tracker.refused["/user/carol@example.com"] = 403
    again = await thread(tracker)
    person = again.conversation.person
    assert person is not None
    assert "carol" not in person
    assert [event.actor for event in again.events] == [person, "40"]


async def test_agents_and_teams(tracker: Tracker) -> None:
    tracker.ticket(1, T, Owner=ROOT)
    tracker.happens(1, T + 1, ANNA, "Correspond")
    source = tracker.source()
    first, *_ = [page async for page in source.read("tickets", 0, NOW)]
    assert [r for r in first.records if isinstance(r, Agent)] == [
        Agent(id="14", name="root"),
        Agent(id="40", name="anna"),
    ]
    (people,) = [page async for page in source.read("people", 0, NOW)]
    assert {r.name for r in people.records if isinstance(r, Team)} == {"Support", "Billing"}
    assert {r.id for r in people.records if isinstance(r, Agent)} == {"14", "40"}
    await source.close()


async def test_a_ticket_without_a_beginning(tracker: Tracker) -> None:
    """Brought in from elsewhere, without its transactions."""
    tracker.happens(1, T, CAROL, "Create")
    tracker.forget(1)
    tracker.ticket(1, T)
    tracker._db.execute("DELETE FROM transactions")
    assert told(await thread(tracker)) == [(0, Kind.CUSTOMER_MESSAGE, "50")]
    assert tracker.count("/ticket/1/history") == 1
