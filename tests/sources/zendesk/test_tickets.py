"""The stream of tickets: windows over the exports, where histories come from, and what remains where they do not."""

import json
from typing import Any

import httpx
import pytest

from funnel_tui.model.records import Conversation, Event, Kind, Page, Record, Thread
from funnel_tui.sources import ForbiddenError, ServerError, SourcePage, StaleCursor
from funnel_tui.sources.zendesk.source import ZendeskSource
from tests.sources.zendesk.desk import (
    AGENT,
    BASE,
    CUSTOMER,
    GROUP,
    NOW,
    Desk,
    change,
    comment,
    create,
    iso,
)

DAY = 86_400
LO = NOW - DAY
EVENTS = "/api/v2/incremental/ticket_events"
ROWS = "/api/v2/incremental/tickets/cursor"
AUDITS = "*/audits"
NAMED = "/api/v2/users/show_many"


async def pages(source: ZendeskSource, lo: int = LO, hi: int = NOW, **more: Any) -> list[SourcePage]:
    return [page async for page in source.read("tickets", lo, hi, **more)]


def records(found: list[SourcePage]) -> list[Record]:
    return [record for page in found for record in page.records]


def threads(found: list[SourcePage]) -> dict[str, Thread]:
    return {record.conversation.id: record for record in records(found) if isinstance(record, Thread)}


def audits_read(desk: Desk) -> int:
    return sum(count for path, count in desk.calls.items() if path.endswith("/audits"))


# --- where histories come from


async def test_a_ticket_is_written_down_whole() -> None:
    desk = Desk()
    desk.ticket(
        7,
        (NOW - 9 * DAY, CUSTOMER, [comment(CUSTOMER, id=1), create("status", "new")]),
        (NOW - 500, AGENT, [comment(AGENT, id=2), change("status", "solved", "new", id=3)]),
        subject="  Broken\n thing ",
        via={"channel": "native_messaging"},
        group_id=GROUP,
    )
    (page,) = await pages(desk.source())
    assert page.records == (
        Thread(
            conversation=Conversation(
                id="7",
                channel="chat",
                team=str(GROUP),
                subject="Broken thing",
                tags=("billing",),
                person=str(CUSTOMER),
                url=f"{BASE}/agent/tickets/7",
                origin="native_messaging",
            ),
            events=(
                Event(
                    conversation="7",
                    at=NOW - 9 * DAY,
                    kind=Kind.CUSTOMER_MESSAGE,
                    actor=str(CUSTOMER),
                    text="words",
                    source_id="1",
                ),
                Event(
                    conversation="7", at=NOW - 500, kind=Kind.AGENT_REPLY, actor=str(AGENT), text="words", source_id="2"
                ),
                Event(conversation="7", at=NOW - 500, kind=Kind.CLOSED, actor=str(AGENT), by="agent", source_id="3"),
            ),
        ),
    )
    assert page.beside == {"parts": None}
    assert page.versions == {"7": NOW - 500}
    assert desk.calls[EVENTS] == 0


async def test_many_old_ones_come_from_the_export_of_updates() -> None:
    desk = Desk()
    desk.update_page = 7
    for number in range(60):
        desk.simple(number + 1, LO + 600 * number)
    desk.ticket(
        99,
        (LO - 5, CUSTOMER, [comment(CUSTOMER), create("status", "new")]),
        (LO + 5_000, AGENT, [comment(AGENT)]),
    )
    found = threads(await pages(desk.source(), hi=NOW - 2 * 3_600))
    assert len(found) == 61
    assert all(thread.complete for thread in found.values())
    assert [event.kind for event in found["60"].events] == [Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY, Kind.CLOSED]
    assert audits_read(desk) == desk.calls["/api/v2/tickets/99/audits"] == 1
    assert [event.at for event in found["99"].events] == [LO - 5, LO + 5_000]
    starts = [request.url.params["start_time"] for request in desk.requests if request.url.path == EVENTS]
    assert len(starts) == len(set(starts)) > 10


@pytest.mark.parametrize("says_the_end", [True, False])
async def test_both_ways_tell_the_same(says_the_end: bool) -> None:
    desk = Desk()
    desk.says_the_end = says_the_end
    for number in range(60):
        desk.simple(number + 1, LO + 600 * number)
    by_export = threads(await pages(desk.source()))
    assert desk.calls[EVENTS] >= 1
    assert audits_read(desk) == 0
    desk.refuse(EVENTS, 403)
    assert threads(await pages(desk.source())) == by_export
    assert audits_read(desk) == 60


async def test_what_the_export_does_not_hold_yet_is_read_from_the_ticket() -> None:
    """Rows show up minutes before their updates."""
    desk = Desk()
    desk.late = 3_000
    for number in range(60):
        desk.simple(number + 1, NOW - 3_000 - 60 * number, seconds=900)
    found = threads(await pages(desk.source()))
    assert len(found) == 60
    assert all(thread.events[-1].kind is Kind.CLOSED for thread in found.values())


async def test_an_update_that_the_export_lost_is_missed() -> None:
    desk = Desk()
    for number in range(60):
        desk.simple(number + 1, LO + 600 * number)
    desk.tickets[30]["updated_at"] = iso(LO + 600 * 29 + 70)
    desk.audits[31][0]["events"] = []
    await pages(desk.source())
    assert desk.calls["/api/v2/tickets/30/audits"] == 1
    assert audits_read(desk) == 1


async def test_a_page_full_of_one_second_leads_nowhere_and_is_not_believed() -> None:
    desk = Desk()
    desk.says_the_end = False
    for number in range(60):
        desk.simple(number + 1, LO, seconds=0)
        desk.simple(number + 101, LO + 900 + number)

    def stuck(request: httpx.Request) -> httpx.Response:
        rows = [desk._exported(audit, True) for id in range(1, 61) for audit in desk.audits[id]]
        return httpx.Response(200, json={"ticket_events": rows, "end_time": LO, "next_page": str(request.url)})

    desk.answers[EVENTS] = stuck
    found = threads(await pages(desk.source()))
    assert len(found) == 120
    assert all(len(thread.events) == 3 for thread in found.values())


async def test_updates_newer_than_the_export_gives_are_not_asked_for() -> None:
    desk = Desk()
    desk.says_the_end = False
    for number in range(30):
        desk.simple(number + 1, LO + 600 * number)
    desk.simple(31, NOW - 90, seconds=10)

    def hurried(request: httpx.Request) -> httpx.Response:
        rows = [desk._exported(audit, True) for listed in desk.audits.values() for audit in listed]
        return httpx.Response(200, json={"ticket_events": rows, "end_time": NOW - 20, "next_page": "x"})

    desk.answers[EVENTS] = hurried
    desk.refuse(AUDITS, 403)
    await pages(desk.source())
    assert desk.calls[EVENTS] == 1


async def test_damaged_updates_are_nobodys_so_the_tickets_are_asked() -> None:
    desk = Desk()
    for number in range(30):
        desk.simple(number + 1, LO + 600 * number)
    desk.answers[EVENTS] = lambda _: httpx.Response(
        200, json={"ticket_events": [{"ticket_id": {}}, 5], "end_of_stream": True, "end_time": NOW}
    )
    found = await pages(desk.source())
    assert len(threads(found)) == audits_read(desk) == 30


# --- windows


async def test_rows_beyond_the_window_end_it() -> None:
    desk = Desk()
    desk.row_page = 2
    for number in range(10):
        desk.simple(number + 1, NOW - 5_000 + 100 * number)
    found = await pages(desk.source(), lo=NOW - 6_000, hi=NOW - 4_700)
    assert sorted(threads(found), key=int) == ["1", "2", "3"]
    assert desk.calls[ROWS] == 2
    assert found[-1].cursor is None


async def test_the_last_minute_is_neither_asked_for_nor_lost() -> None:
    desk = Desk()
    desk.simple(1, NOW - 100, seconds=60)
    source = desk.source()
    assert records(await pages(source, lo=NOW - 30, hi=NOW)) == []
    request = desk.requests[-1]
    assert int(request.url.params["start_time"]) <= NOW - 61
    assert request.url.params["include"] == "metric_sets"
    desk.time.now += 30
    assert list(threads(await pages(source, lo=NOW - 300, hi=NOW + 30))) == ["1"]


async def test_what_is_known_is_not_read_again_unless_it_changed() -> None:
    desk = Desk()
    for number in range(3):
        desk.simple(number + 1, NOW - 5_000 + number)
    source = desk.source()
    (page,) = await pages(source)
    desk.calls.clear()
    desk.tickets[2]["generated_timestamp"] += 1
    assert list(threads(await pages(source, known=page.versions))) == ["2"]
    assert audits_read(desk) == 1


async def test_a_pass_goes_on_where_it_was_broken_off() -> None:
    desk = Desk()
    desk.row_page = 250
    for number in range(400):
        desk.simple(number + 1, LO + 200 * number)
    whole = await pages(desk.source())
    assert len(threads(whole)) == 400
    cursors = [page.cursor for page in whole]
    assert len(set(cursors)) == len(cursors) == 5
    for number, cursor in enumerate(cursors[:-1], 1):
        rest = await pages(desk.source(), cursor=cursor)
        missing = set(threads(whole)) - set(threads(whole[:number]))
        assert missing <= set(threads(rest))
        assert all(threads(whole)[id] == thread for id, thread in threads(rest).items())


async def test_many_tickets_of_one_second_are_all_read() -> None:
    desk = Desk()
    for number in range(350):
        desk.simple(number + 1, NOW - 5_000)
    found = await pages(desk.source())
    assert len(threads(found)) == 350
    assert len({page.cursor for page in found}) == len(found) == 4


@pytest.mark.parametrize("cursor", ["nonsense", '{"tickets": "gone", "updates": 5}'])
async def test_a_forgotten_cursor_is_stale(cursor: str) -> None:
    desk = Desk()
    desk.simple(1, NOW - 5_000)
    with pytest.raises(StaleCursor):
        await pages(desk.source(), cursor=cursor)


async def test_an_export_without_metric_sets_is_asked_without() -> None:
    desk = Desk()
    desk.row_page = 1
    desk.simple(1, NOW - 5_000)
    desk.simple(2, NOW - 4_000)

    def plain(request: httpx.Request) -> httpx.Response:
        if "include" in request.url.params:
            return httpx.Response(400, json={"error": "InvalidInclude"})
        return desk._rows(request.url.params)

    desk.answers[ROWS] = plain
    assert sorted(threads(await pages(desk.source()))) == ["1", "2"]
    assert desk.calls[ROWS] == 3


async def test_ids_stay_inside_their_address() -> None:
    desk = Desk()
    desk.simple(1, NOW - 5_000)
    row = {**desk.tickets[1], "id": "../users/me?x=1"}
    desk.answers[ROWS] = lambda _: httpx.Response(200, json={"tickets": [row], "end_of_stream": True})
    desk.answers[AUDITS] = lambda _: httpx.Response(200, json={"audits": []})
    await pages(desk.source())
    asked = next(request.url for request in desk.requests if b"audits" in request.url.raw_path)
    assert asked.raw_path.startswith(b"/api/v2/tickets/..%2Fusers%2Fme%3Fx%3D1/audits")


async def test_an_export_that_does_not_end_is_left() -> None:
    desk = Desk()
    turns = iter(range(1_000))
    desk.answers[ROWS] = lambda _: httpx.Response(
        200, json={"tickets": [], "after_cursor": f"c{next(turns)}", "end_of_stream": False}
    )
    assert records(await pages(desk.source())) == []
    assert desk.calls[ROWS] <= 6
    desk.answers[ROWS] = lambda _: httpx.Response(
        200, json={"tickets": [], "after_cursor": "same", "end_of_stream": False}
    )
    assert records(await pages(desk.source())) == []


async def test_one_damaged_row_does_not_take_the_page_with_it() -> None:
    desk = Desk()
    desk.simple(1, NOW - 5_000)
    rows = [{"id": [], "created_at": {}}, desk.tickets[1], {"id": None}, {"id": 0}]
    desk.answers[ROWS] = lambda _: httpx.Response(200, json={"tickets": rows, "end_of_stream": True})
    (page,) = await pages(desk.source())
    assert list(threads([page])) == ["1"]
    assert "unknown form" in page.warnings[0]


async def test_exports_stay_below_ten_a_minute() -> None:
    desk = Desk()
    desk.row_page = 1
    for number in range(25):
        desk.simple(number + 1, NOW - 9_000 + number)
    await pages(desk.source())
    assert desk.calls[ROWS] == 25
    assert sum(desk.time.slept) >= 60


async def test_what_a_poll_has_read_is_not_undone_by_a_slower_backfill() -> None:
    desk = Desk()
    desk.simple(1, NOW - 5_000)
    source = desk.source()
    early = dict(desk.tickets[1])
    desk.update(1, NOW - 400, CUSTOMER, [comment(CUSTOMER), change("status", "open", "solved")])
    assert len(threads(await pages(source, lo=NOW - 600))["1"].events) == 5
    desk.answers[ROWS] = lambda _: httpx.Response(200, json={"tickets": [early], "end_of_stream": True})
    assert records(await pages(source)) == []


# --- what happens to tickets


async def test_deleted_and_there_again() -> None:
    desk = Desk()
    desk.simple(1, NOW - 5_000)
    desk.tickets[1].update(status="deleted", generated_timestamp=NOW - 900)
    source = desk.source()
    assert records(await pages(source))[-1] == Event(conversation="1", at=NOW - 900, kind=Kind.DELETED)
    assert audits_read(desk) == 0
    desk.tickets[1].update(status="solved", generated_timestamp=NOW - 700)
    again = threads(await pages(source))["1"]
    assert again.events[-1] == Event(conversation="1", at=NOW - 700, kind=Kind.RESTORED)
    assert [event.kind for event in threads(await pages(source))["1"].events].count(Kind.RESTORED) == 0


async def test_merges_that_only_a_tag_tells_of() -> None:
    desk = Desk()
    for id, via in ((1, {"channel": "web"}), (2, {"channel": "web", "source": {"rel": "follow_up"}})):
        desk.simple(id, NOW - 5_000)
        desk.tickets[id].update(tags=["closed_by_merge"], via=via, status="closed")
    found = threads(await pages(desk.source()))
    assert found["1"].events[-1] == Event(conversation="1", at=NOW - 4_940, kind=Kind.MERGED_INTO)
    assert Kind.MERGED_INTO not in [event.kind for event in found["2"].events]


async def test_a_ticket_without_a_first_comment_begins_with_its_description() -> None:
    desk = Desk()
    desk.ticket(1, (NOW - 5_000, CUSTOMER, [create("status", "new")]), description="Help\n")
    desk.ticket(2, (NOW - 4_000, AGENT, [create("status", "new")]), submitter_id=AGENT, description="Hello")
    found = threads(await pages(desk.source()))
    assert [(event.kind, event.text) for event in found["1"].events] == [(Kind.CUSTOMER_MESSAGE, "Help")]
    assert [(event.kind, event.actor) for event in found["2"].events] == [(Kind.AGENT_REPLY, str(AGENT))]


async def test_whom_the_list_does_not_name_is_looked_up_once() -> None:
    desk = Desk()
    desk.simple(1, NOW - 5_000)
    source = desk.source()
    await pages(source)
    assert desk.calls[NAMED] == 0
    fresh, left, copied = 990, 991, 992
    desk.others = [
        {"id": fresh, "role": "agent"},
        {"id": left, "role": "agent", "active": False},
        {"id": copied, "role": "end-user"},
    ]
    for number, author in enumerate((fresh, left, copied, 993)):
        desk.update(1, NOW - 500 + number, author, [comment(author)])
    for _ in range(3):
        kinds = [event.kind for event in threads(await pages(source))["1"].events]
        assert kinds[-4:] == [Kind.AGENT_REPLY, Kind.AGENT_REPLY, Kind.CUSTOMER_MESSAGE, Kind.CUSTOMER_MESSAGE]
    assert desk.calls[NAMED] == desk.calls["/api/v2/users"] == 1
    asked = next(request for request in desk.requests if request.url.path == NAMED)
    assert asked.url.params["ids"] == "990,991,992,993"
    desk.refuse(NAMED, 404)
    assert threads(await pages(desk.source()))["1"].events[-4].kind is Kind.CUSTOMER_MESSAGE


async def test_an_assignee_is_a_teammate_in_every_ticket() -> None:
    desk = Desk()
    left = 990
    desk.simple(1, NOW - 5_000)
    desk.update(1, NOW - 900, left, [comment(left)])
    desk.simple(2, NOW - 5_000)
    desk.tickets[2]["assignee_id"] = left
    assert threads(await pages(desk.source()))["1"].events[-1].kind is Kind.AGENT_REPLY


async def test_users_that_cannot_be_listed_for_the_moment_stop_the_pass() -> None:
    desk = Desk()
    desk.simple(1, NOW - 5_000)
    desk.refuse("/api/v2/users", 500)
    with pytest.raises(ServerError):
        await pages(desk.source())
    desk.refuse("/api/v2/users", 403)
    assert [event.kind for event in threads(await pages(desk.source()))["1"].events] == [
        Kind.CUSTOMER_MESSAGE,
        Kind.AGENT_REPLY,
        Kind.CLOSED,
    ]


# --- without audits, without updates, without either


@pytest.mark.parametrize("status", [403, 404])
async def test_without_audits_the_windows_updates_are_added(status: int) -> None:
    desk = Desk()
    for number in range(5):
        desk.simple(number + 1, NOW - 5_000 + 10 * number)
    desk.ticket(
        9,
        (LO - 500, CUSTOMER, [comment(CUSTOMER), create("status", "new")]),
        (LO + 500, AGENT, [comment(AGENT), change("status", "pending", "new")]),
        (NOW - 200, CUSTOMER, [comment(CUSTOMER), change("status", "open", "pending")]),
    )
    desk.refuse(AUDITS, status)
    source = desk.source()
    found = await pages(source, hi=NOW - 300)
    assert threads(found) == {}
    told = [record for record in records(found) if isinstance(record, Event)]
    assert [event.kind for event in told if event.conversation == "3"] == [
        Kind.CUSTOMER_MESSAGE,
        Kind.AGENT_REPLY,
        Kind.CLOSED,
    ]
    # Listed in a newer window only, and yet its updates of this one are not lost.
    assert {(LO + 500, Kind.AGENT_REPLY), (LO + 500, Kind.SNOOZED)} <= {
        (event.at, event.kind) for event in told if event.conversation == "9"
    }
    assert {page.beside["parts"] for page in found if page.beside} == {None}
    newer = await pages(source, lo=NOW - 300)
    assert {(event.at, event.kind) for event in records(newer) if isinstance(event, Event)} == {
        (NOW - 200, Kind.UNSNOOZED),
        (NOW - 200, Kind.CUSTOMER_MESSAGE),
    }
    assert audits_read(desk) <= 6


async def test_refused_updates_cost_nothing_but_requests() -> None:
    desk = Desk()
    for number in range(30):
        desk.simple(number + 1, LO + 600 * number)
    desk.refuse(EVENTS, 403)
    source = desk.source()
    found = await pages(source)
    assert len(threads(found)) == 30
    assert found[-1].beside == {"parts": None}
    await pages(source)
    assert desk.calls[EVENTS] == 1
    desk.time.now += 3_700
    await pages(source)
    assert desk.calls[EVENTS] == 2


METRICS = {
    "reply_time_in_minutes": {"calendar": 3, "business": 1},
    "first_resolution_time_in_minutes": {"calendar": 10},
    "full_resolution_time_in_minutes": {"calendar": 30},
    "replies": 2,
    "reopens": 1,
    "assigned_at": iso(NOW - 4_950),
    "solved_at": iso(NOW - 3_200),
    "requester_updated_at": iso(NOW - 4_000),
}


@pytest.mark.parametrize("beside", [False, True])
async def test_without_either_the_metric_set_must_do(beside: bool) -> None:
    desk = Desk()
    desk.simple(1, NOW - 5_000)
    desk.tickets[1]["assignee_id"] = AGENT
    desk.refuse(AUDITS, 403)
    desk.refuse(EVENTS, 403)
    row: dict[str, Any] = dict(desk.tickets[1])
    body: dict[str, Any] = {"tickets": [row], "end_of_stream": True}
    if beside:
        body["metric_sets"] = [{"ticket_id": 1, **METRICS}]
    else:
        row["metric_set"] = METRICS
    desk.answers[ROWS] = lambda _: httpx.Response(200, json=body)
    (page,) = await pages(desk.source())
    thread = threads([page])["1"]
    assert not thread.complete
    assert [(event.at - NOW, event.kind) for event in thread.events] == [
        (-5_000, Kind.CUSTOMER_MESSAGE),
        (-4_950, Kind.ASSIGNED),
        (-4_820, Kind.AGENT_REPLY),
        (-4_400, Kind.CLOSED),
        (-4_000, Kind.REOPENED),
        (-4_000, Kind.CUSTOMER_MESSAGE),
        (-3_200, Kind.CLOSED),
    ]
    line = page.beside["parts"]
    assert line is not None
    assert line.startswith("acme: parts: ")
    assert "approximate" in line


async def test_one_ticket_that_always_fails_does_not_stop_the_others() -> None:
    desk = Desk()
    for number in range(5):
        desk.simple(number + 1, NOW - 5_000 + number)
    desk.refuse("/api/v2/tickets/3/audits", 500)
    (page,) = await pages(desk.source())
    assert sorted(threads([page])) == ["1", "2", "4", "5"]
    assert [event.kind for event in page.records if isinstance(event, Event)] == [
        Kind.CUSTOMER_MESSAGE,
        Kind.AGENT_REPLY,
        Kind.CLOSED,
    ]
    assert "3" not in page.versions
    assert len(page.warnings) == 1


async def test_tickets_that_all_fail_are_the_servers_failure() -> None:
    desk = Desk()
    for number in range(5):
        desk.simple(number + 1, NOW - 5_000 + number)
    desk.refuse(AUDITS, 500)
    with pytest.raises(ServerError):
        await pages(desk.source())


async def test_an_agent_may_not_read_the_export() -> None:
    desk = Desk()
    desk.refuse(ROWS, 403)
    with pytest.raises(ForbiddenError):
        await pages(desk.source())
    with pytest.raises(ForbiddenError):
        await desk.source().probe("tickets")


# --- reading again


async def reread(source: ZendeskSource, *ids: str) -> list[Page]:
    return [page async for page in source.reread("tickets", ids)]


async def test_reading_again_finds_what_changed_and_what_is_gone() -> None:
    desk = Desk()
    desk.simple(1, NOW - 90_000)
    desk.simple(2, NOW - 90_000)
    desk.tickets[2]["status"] = "deleted"
    (page,) = await reread(desk.source(), "1", "2", "3")
    assert isinstance(page, SourcePage)
    assert threads([page])["1"].complete
    gone = {event.conversation: event.kind for event in page.records if isinstance(event, Event)}
    assert gone == {"2": Kind.DELETED, "3": Kind.DELETED}


async def test_reading_again_in_hundreds() -> None:
    desk = Desk()
    for number in range(230):
        desk.simple(number + 1, NOW - 90_000 + number)
    found = await reread(desk.source(), *map(str, range(1, 231)))
    assert [page.cursor for page in found] == ["100", "200", None]
    assert desk.calls["/api/v2/tickets/show_many"] == 3
    assert sum(len(page.records) for page in found) == 230


async def test_a_server_without_such_a_list_deletes_nothing() -> None:
    desk = Desk()
    desk.simple(1, NOW - 90_000)
    desk.refuse("/api/v2/tickets/show_many", 404)
    (page,) = await reread(desk.source(), "1")
    assert isinstance(page, SourcePage)
    assert list(threads([page])) == ["1"]
    desk.refuse("/api/v2/tickets/1", 404)
    (page,) = await reread(desk.source(), "1")
    assert page.records == ()


async def test_reading_again_without_audits_loses_nothing_that_is_known() -> None:
    desk = Desk()
    desk.simple(1, NOW - 90_000)
    desk.refuse(AUDITS, 403)
    (page,) = await reread(desk.source(), "1")
    (record,) = page.records
    assert isinstance(record, Conversation)


async def test_cursors_are_text_that_survives() -> None:
    desk = Desk()
    desk.row_page = 1
    for number in range(3):
        desk.simple(number + 1, NOW - 5_000 + number)
    found = await pages(desk.source())
    assert [json.loads(page.cursor or "{}").get("tickets") is None for page in found] == [False, False, True]
