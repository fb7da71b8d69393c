"""Paging, the feed and what is gone: which tickets are read, and at what cost."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from funnel_tui.model.records import Event, Kind, Page, Record, Thread
from funnel_tui.sources.errors import AuthError, BadBody, NotFound, StaleCursor
from funnel_tui.sources.rt.source import RtSource
from tests.sources.rt.small_tracker import ANNA, BASE, CAROL, HOUR, NOW, ROOT, TOKEN, Tracker

T = NOW - 100_000
DAY = 24 * HOUR


@pytest.fixture
def tracker() -> Tracker:
    return Tracker()


async def pages(found: AsyncIterator[Page]) -> list[Page]:
    return [page async for page in found]


def records(found: list[Page]) -> list[Record]:
    return [record for page in found for record in page.records]


def threads(found: list[Page]) -> list[str]:
    return [record.conversation.id for record in records(found) if isinstance(record, Thread)]


def events(found: list[Page]) -> list[tuple[str, Kind, int, str | None]]:
    return [(e.conversation, e.kind, e.at, e.to) for e in records(found) if isinstance(e, Event)]


# --- the past


@pytest.mark.parametrize("zone", [-12, -5, 0, 6, 14])
async def test_a_window_is_cut_by_utc_whatever_the_accounts_zone(tracker: Tracker, zone: int) -> None:
    tracker.zone = zone * HOUR
    for id, at in enumerate((T - 1, T, T + DAY, T + DAY + 1), start=1):
        tracker.ticket(id, at)
    source = tracker.source()
    assert threads(await pages(source.read("tickets", T, T + DAY))) == ["2", "3"]
    assert await source.count("tickets", T, T + DAY) == 4
    await source.close()


async def test_a_long_window_takes_few_requests(tracker: Tracker) -> None:
    for id in range(1, 231):
        tracker.ticket(id, T + id)
        tracker.happens(id, T + id + 5, ANNA, "Correspond")
    source = tracker.source()
    found = await pages(source.read("tickets", T, NOW))
    assert threads(found) == [str(id) for id in range(1, 231)]
    assert [page.cursor for page in found] == ["100", "200", None]
    assert source.requests <= 3 + 5 + 5 + 1  # rows, histories of fifty each, words, one teammate
    resumed = await pages(source.read("tickets", T, NOW, "200"))
    assert threads(resumed) == [str(id) for id in range(201, 231)]
    await source.close()


async def test_a_ticket_that_changes_meanwhile_shifts_no_other(tracker: Tracker) -> None:
    for id in range(1, 151):
        tracker.ticket(id, T + id)

    def change(path: str) -> None:
        if path == "/transactions":
            tracker.change(3, LastUpdated=NOW + 50)

    tracker.before = change
    source = tracker.source()
    assert threads(await pages(source.read("tickets", T, NOW))) == [str(id) for id in range(1, 151)]
    await source.close()


async def test_what_is_known_is_not_read_again(tracker: Tracker) -> None:
    tracker.ticket(1, T)
    tracker.ticket(2, T + 1)
    tracker.ticket(3, NOW - 1)
    source = tracker.source()
    first = await pages(source.read("tickets", 0, NOW))
    versions = {id: at for page in first for id, at in page.versions.items()}
    assert versions == {"1": T, "2": T + 1}  # what changed a second ago may change under the same time again
    assert threads(await pages(source.read("tickets", 0, NOW, None, versions))) == ["3"]
    await source.close()


async def test_a_damaged_row_leaves_the_others(tracker: Tracker) -> None:
    tracker.ticket(1, T)
    tracker.ticket(2, T, Subject=12)
    source = tracker.source()
    found = await pages(source.read("tickets", 0, NOW))
    assert threads(found) == ["1"]
    assert "1 rows of a page came in an unknown form" in found[0].warnings[0]
    await source.close()


async def test_histories_one_by_one_where_they_cannot_be_had_together(tracker: Tracker) -> None:
    tracker.ticket(1, T)
    tracker.happens(1, T + 9, ANNA, "Correspond")
    tracker.refused["/transactions"] = 400
    tracker.refused["/attachments"] = 404
    source = tracker.source()
    (thread,) = [r for r in records(await pages(source.read("tickets", 0, NOW))) if isinstance(r, Thread)]
    assert [event.kind for event in thread.events] == [Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY]
    await source.close()


# --- the feed


async def followed(source: RtSource, position: str) -> tuple[list[Page], str]:
    found = await pages(source.follow("tickets", position))
    assert all(page.cursor for page in found)
    return found, found[-1].cursor or position if found else position


async def test_the_feed_brings_what_comes_after_its_position(tracker: Tracker) -> None:
    tracker.ticket(1, T)
    tracker.ticket(2, T)
    source = tracker.source()
    position = await source.position("tickets")
    asked = source.requests
    assert await followed(source, position) == ([], position)
    assert source.requests == asked + 1
    tracker.happens(2, T + 5, ANNA, "Correspond")
    tracker.happens(2, T + 5, 1, "EmailRecord")
    found, position = await followed(source, position)
    assert threads(found) == ["2"]
    assert await followed(source, position) == ([], position)
    tracker.happens(1, T + 6, 1, "EmailRecord")
    found, position = await followed(source, position)
    assert threads(found) == []
    await source.close()


async def test_a_number_that_is_committed_late_is_not_missed(tracker: Tracker) -> None:
    tracker.ticket(1, T)
    tracker.ticket(2, T)
    source = tracker.source()
    position = await source.position("tickets")
    tracker.happens(1, T + 5, ANNA, "Correspond", number=12)
    found, position = await followed(source, position)
    assert threads(found) == ["1"]
    tracker.happens(2, T + 5, ANNA, "Correspond", number=11)
    found, position = await followed(source, position)
    assert threads(found) == ["2"]
    assert await followed(source, position) == ([], position)
    await source.close()


async def test_more_than_a_page_of_news(tracker: Tracker) -> None:
    source = tracker.source()
    tracker.ticket(1, T)
    position = await source.position("tickets")
    for id in range(2, 252):
        tracker.ticket(id, T)
    found, _ = await followed(source, position)
    assert threads(found) == [str(id) for id in range(2, 252)]
    half, _ = await followed(source, found[0].cursor or "")
    assert threads(half) == [str(id) for id in range(102, 252)]
    await source.close()


async def test_an_account_that_sees_little_misses_nothing(tracker: Tracker) -> None:
    """Two hundred things in a row that are hidden make pages that look like the end."""
    tracker.sees_all = False
    tracker.ticket(1, T)
    tracker.ticket(2, T + 1)
    source = tracker.source()
    position = await source.position("tickets")
    tracker.hidden = {tracker.happens(9, T + 2, ROOT, "Comment") for _ in range(210)}
    tracker.happens(2, T + 3, ANNA, "Correspond")
    found, position = await followed(source, position)
    assert threads(found) == ["2"]
    asked = source.requests
    assert threads((await followed(source, position))[0]) == []
    assert source.requests == asked + 3  # once: whether such a query is understood
    assert threads((await followed(source, position))[0]) == []
    assert source.requests == asked + 5
    tracker.happens(1, T + 4, ANNA, "Correspond")
    found, position = await followed(source, position)
    assert threads(found) == ["1"]
    await source.close()


async def test_notes_that_an_account_may_not_see_hide_nothing_else(tracker: Tracker) -> None:
    tracker.sees_all = False
    tracker.ticket(1, T)
    tracker.hidden = {tracker.happens(1, T + 1, ROOT, "Comment") for _ in range(130)}
    tracker.happens(1, T + 2, ANNA, "Correspond")
    source = tracker.source()
    (thread,) = [r for r in records(await pages(source.read("tickets", 0, NOW))) if isinstance(r, Thread)]
    assert [event.kind for event in thread.events] == [Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY]
    await source.close()


async def test_a_position_of_something_else_is_stale(tracker: Tracker) -> None:
    source = tracker.source()
    for position in ("", "12", "a//", "1/2/", "1/2-x/"):
        with pytest.raises(StaleCursor):
            await pages(source.follow("tickets", position))
    await source.close()


async def test_a_server_that_does_not_go_on_is_not_followed_for_ever(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for id in range(1, 202):
        tracker.ticket(id, T)
    everything = tracker._transactions
    monkeypatch.setattr(tracker, "_transactions", lambda params: everything({**params, "query": "id > 0"}))
    source = tracker.source()
    assert len(threads(await pages(source.read("tickets", 0, NOW)))) == 201, "one by one"
    with pytest.raises(BadBody):
        await pages(source.follow("tickets", "0//"))
    await source.close()


# --- what is gone


async def test_what_went_between_two_looks(tracker: Tracker) -> None:
    for id in range(1, 8):
        tracker.ticket(id, T)
    source = tracker.source()
    position = await source.position("tickets")
    tracker.status(1, T + 1, ROOT, "new", "deleted")
    tracker.change(2, EffectiveId=3)
    for id in (2, 3):
        tracker.happens(id, T + 2, ROOT, "AddLink", "MergedInto", "", "fsck.com-rt://desk/ticket/3")
    tracker.change(4, Type="reminder")
    tracker.happens(4, T + 3, ANNA, "Comment")
    found, _ = await followed(source, position)
    assert events(found) == [("1", Kind.DELETED, T + 1, None), ("2", Kind.MERGED_INTO, T + 2, "3")]
    assert threads(found) == ["3"]
    await source.close()


async def test_a_rescan_finds_what_nobody_announced(tracker: Tracker) -> None:
    for id in range(1, 6):
        tracker.ticket(id, T)
    source = tracker.source()
    tracker.forget(1)
    tracker.change(2, EffectiveId=5)
    tracker.change(3, Status="deleted")
    tracker.refused["/ticket/4"] = 403
    tracker.change(4, Type="hidden")
    found = await pages(source.reread("tickets", ["1", "2", "3", "4", "5", "not a number"]))
    assert sorted(events(found)) == [
        ("1", Kind.DELETED, NOW, None),
        ("2", Kind.MERGED_INTO, T, "5"),
        ("3", Kind.DELETED, T, None),
    ]
    assert threads(found) == ["5"]
    assert any("ShowTicket" in warning for page in found for warning in page.warnings)
    await source.close()


async def test_tickets_come_into_a_queue_and_leave_it(tracker: Tracker) -> None:
    tracker.ticket(1, T, Queue=4)
    tracker.ticket(2, T)
    tracker.ticket(3, T, Queue=4)
    source = tracker.source(queues=("support",))
    assert threads(await pages(source.read("tickets", 0, NOW))) == ["2"]
    position = await source.position("tickets")
    tracker.change(1, Queue=3)
    tracker.happens(1, T + 1, ANNA, "Set", "Queue", 4, 3)
    tracker.change(2, Queue=4)
    tracker.happens(2, T + 2, ANNA, "Set", "Queue", 3, 4)
    tracker.happens(3, T + 3, ANNA, "Correspond")
    found, position = await followed(source, position)
    assert threads(found) == ["1"]
    assert events(found) == [("2", Kind.DELETED, T + 2, None)]
    tracker.change(2, Queue=3)
    tracker.happens(2, T + 4, ANNA, "Set", "Queue", 4, 3)
    (back,) = [r for r in records((await followed(source, position))[0]) if isinstance(r, Thread)]
    kinds = [event.kind for event in back.events]
    assert kinds[-4:] == [Kind.TEAM_ASSIGNED, Kind.DELETED, Kind.TEAM_ASSIGNED, Kind.RESTORED]
    await source.close()


# --- the account


async def test_a_token_or_a_name_and_a_password(tracker: Tracker) -> None:
    for settings in ({}, {"user": "root"}):
        source = tracker.source(**settings)
        assert (await source.identify()).api_version == "5.0.3"
        await source.probe("tickets")
        await source.probe("people")
        assert TOKEN not in repr(source)
        await source.close()


@pytest.mark.parametrize(("settings", "mend"), [({}, "Auth Tokens"), ({"user": "root"}, "`user` and its password")])
async def test_a_wrong_credential_is_one_line_that_helps(tracker: Tracker, settings: Any, mend: str) -> None:
    source = tracker.source("1-14-wrong", **settings)
    with pytest.raises(AuthError, match=mend) as caught:
        await source.identify()
    assert "wrong" not in str(caught.value)
    await source.close()


async def test_no_tracker_at_that_address(tracker: Tracker) -> None:
    tracker.refused["/rt"] = 404
    source = tracker.source()
    with pytest.raises(NotFound, match="the root of a Request Tracker 5 site"):
        await source.identify()
    await source.close()


async def test_doctor_hears_what_the_account_cannot_see(tracker: Tracker) -> None:
    tracker.ticket(1, T)
    source = tracker.source(queues=("Support", "Board"))
    assert [(remark.good, remark.what) for remark in await source.examine()] == [(False, "queue Board")]
    (people,) = await pages(source.read("people", 0, NOW))
    assert "'Board'" in people.warnings[0]
    await source.close()
    source = tracker.source()
    assert [remark.good for remark in await source.examine()] == [True]
    await source.close()
    blind = Tracker()
    blind.sees_all = False
    source = blind.source()
    assert [(r.good, r.what) for r in await source.examine()] == [(False, "tickets"), (None, "rights")]
    await source.close()


async def test_a_link_opens_the_ticket_in_a_browser(tracker: Tracker) -> None:
    tracker.ticket(7, T, creator=CAROL)
    source = tracker.source()
    (thread,) = [r for r in records(await pages(source.read("tickets", 0, NOW))) if isinstance(r, Thread)]
    assert thread.conversation.url == f"{BASE}/Ticket/Display.html?id=7"
    await source.close()
