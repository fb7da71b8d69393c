"""Ratings of the older and the newer system, of which an account has one."""

from typing import Any

import httpx
import msgspec
import pytest

from funnel_tui.model.records import Event, Kind
from funnel_tui.sources import ForbiddenError, SourcePage
from funnel_tui.sources.zendesk import ratings, wire
from funnel_tui.sources.zendesk.source import ZendeskSource
from tests.sources.zendesk.desk import NOW, Desk, iso

DAY = 86_400
GOOD_BAD = "/api/v2/satisfaction_ratings"
SURVEYS = "/api/v2/guide/survey_responses"


async def events(source: ZendeskSource, lo: int = NOW - 3_900, hi: int = NOW) -> list[Event]:
    found: list[SourcePage] = [page async for page in source.read("ratings", lo, hi)]
    assert found[-1].cursor is None
    assert len({page.cursor for page in found}) == len(found)
    return [record for page in found for record in page.records if isinstance(record, Event)]


def good_or_bad(id: int, score: str, asked: int, answered: int | None = None) -> dict[str, Any]:
    row = {"id": id, "ticket_id": 7, "score": score, "created_at": iso(asked), "at": asked}
    return {**row, "updated_at": iso(answered if answered is not None else asked)}


def survey(answer: dict[str, Any] | None, **more: Any) -> list[Event]:
    row = {
        "id": "s1",
        "subjects": [{"type": "ticket", "id": "7", "zrn": "zen:ticket:7"}],
        "answers": [{"type": "open_ended", "value": "x"}, None, answer],
        "created_at": iso(NOW - 900),
        **more,
    }
    return ratings.surveyed(wire.decode_survey(msgspec.json.encode(row)))


async def test_good_bad_and_asked_for() -> None:
    desk = Desk()
    desk.ratings = [
        good_or_bad(1, "good", NOW - 900, NOW - 500),
        good_or_bad(2, "bad_with_comment", NOW - 800, NOW - 400),
        good_or_bad(3, "offered", NOW - 700),
        good_or_bad(4, "unoffered", NOW - 600),
    ]
    found = await events(desk.source())
    assert [(event.at - NOW, event.kind, event.score, event.source_id) for event in found] == [
        (-900, Kind.RATING_REQUESTED, None, "rating-1"),
        (-500, Kind.RATED, 1.0, "rating-1"),
        (-800, Kind.RATING_REQUESTED, None, "rating-2"),
        (-400, Kind.RATED, 0.0, "rating-2"),
        (-700, Kind.RATING_REQUESTED, None, "rating-3"),
    ]
    assert {event.scale for event in found if event.score is not None} == {(0.0, 1.0)}


async def test_every_page() -> None:
    desk = Desk()
    desk.ratings = [good_or_bad(number, "good", NOW - 900 - number) for number in range(1, 251)]
    found = await events(desk.source())
    assert len({event.source_id for event in found}) == 250
    assert desk.calls[GOOD_BAD] == 3


async def test_answers_that_are_changed_weeks_later_are_found() -> None:
    desk = Desk()
    desk.ratings = [good_or_bad(1, "good", NOW - 20 * DAY, NOW - 900), good_or_bad(2, "bad", NOW - DAY, NOW - 900)]
    source = desk.source()
    assert {event.source_id for event in await events(source)} == {"rating-1", "rating-2"}
    # That far is looked every few hours only.
    assert {event.source_id for event in await events(source)} == {"rating-2"}
    desk.time.now += 7 * 3_600
    assert {event.source_id for event in await events(source, hi=NOW + 7 * 3_600)} == {"rating-1", "rating-2"}


async def test_the_past_is_read_slice_by_slice() -> None:
    desk = Desk()
    desk.ratings = [good_or_bad(1, "good", NOW - 90 * DAY), good_or_bad(2, "good", NOW - 40 * DAY)]
    found = await events(desk.source(), NOW - 60 * DAY, NOW - 30 * DAY)
    assert {event.source_id for event in found} == {"rating-2"}


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("off", [GOOD_BAD, SURVEYS])
async def test_one_system_alone_is_no_fault(off: str, status: int) -> None:
    desk = Desk()
    desk.ratings = [good_or_bad(1, "good", NOW - 900)]
    desk.surveys = [
        {
            "id": "s1",
            "subjects": [{"zrn": "zen:ticket:7"}],
            "answers": [{"type": "rating_scale", "rating": 4, "created_at": iso(NOW - 600)}],
        }
    ]
    desk.refuse(off, status)
    source = desk.source()
    found = await events(source)
    assert {event.source_id for event in found} == {"survey-s1" if off == GOOD_BAD else "rating-1"}
    await events(source)
    assert desk.calls[off] == 1
    await source.probe("ratings")


async def test_without_either_the_stream_is_refused() -> None:
    desk = Desk()
    desk.refuse(GOOD_BAD, 404)
    desk.refuse(SURVEYS, 403)
    with pytest.raises(ForbiddenError):
        await events(desk.source())
    desk.refuse(GOOD_BAD, 403)
    with pytest.raises(ForbiddenError):
        await desk.source().probe("ratings")


async def test_surveys_are_asked_for_in_milliseconds() -> None:
    desk = Desk()
    await events(desk.source())
    asked = next(request for request in desk.requests if request.url.path == SURVEYS)
    assert asked.url.params["filter[created_at_end]"] == str(NOW * 1000)
    assert desk.requests[0].url.params["end_time"] == str(NOW)


def options(*marks: int) -> dict[str, Any]:
    return {"question": {"options": [{"rating": mark} for mark in marks]}}


@pytest.mark.parametrize(
    ("answer", "score", "scale"),
    [
        ({"rating": 4, "rating_category": "good", **options(1, 2, 3, 4, 5)}, 4.0, (1.0, 5.0)),
        ({"rating": 2, "rating_category": "good", **options(1, 2)}, 2.0, (1.0, 2.0)),
        ({"rating": 1, "rating_category": "bad", **options(1, 2, 3)}, 1.0, (1.0, 3.0)),
        ({"rating": "5", "rating_category": "good"}, 5.0, (1.0, 5.0)),
        ({"rating": 2, "rating_category": "good"}, 1.0, (0.0, 1.0)),
        ({"rating": None, "rating_category": "bad"}, 0.0, (0.0, 1.0)),
        ({"rating": 9}, None, None),
        ({"rating": None}, None, None),
        ({"rating": 3, "rating_category": "new", "question": {"options": [None, {}]}}, 3.0, (1.0, 5.0)),
    ],
)
def test_scales(answer: dict[str, Any], score: float | None, scale: tuple[float, float] | None) -> None:
    found = survey({"type": "rating_scale", "created_at": iso(NOW - 300), "updated_at": iso(NOW - 100), **answer})
    rated = [(event.at - NOW, event.score, event.scale) for event in found if event.kind is Kind.RATED]
    assert rated == ([(-100, score, scale)] if score is not None else [])
    assert [event.at - NOW for event in found if event.kind is Kind.RATING_REQUESTED] == [-900]


def test_a_survey_that_nobody_answered() -> None:
    (asked,) = survey(None)
    assert (asked.kind, asked.at, asked.conversation) == (Kind.RATING_REQUESTED, NOW - 900, "7")


def test_undated_surveys_are_dated_by_their_id() -> None:
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    value, made = "", (NOW - 700) * 1000
    for _ in range(10):
        made, letter = divmod(made, 32)
        value = letters[letter] + value
    (asked,) = survey(None, id=value + "Z" * 16, created_at=None)
    assert asked.at == NOW - 700
    assert survey(None, id="no ulid", created_at=None) == []


@pytest.mark.parametrize("subjects", [None, [], [None], [{"type": "call", "id": 7}], [{"type": "ticket"}]])
def test_surveys_about_something_else(subjects: object) -> None:
    assert survey(None, subjects=subjects) == []


@pytest.mark.parametrize("subject", [{"type": "zen:ticket", "id": 7}, {"type": "ticket", "id": "7"}])
def test_tickets_named_in_either_way(subject: dict[str, Any]) -> None:
    assert {event.conversation for event in survey(None, subjects=[None, subject])} == {"7"}


async def test_damaged_rows_are_left_out_and_said() -> None:
    desk = Desk()
    rows = [{"id": {}, "ticket_id": 1}, None, {"id": 1, "ticket_id": None, "score": "good"}, {"id": 2}]
    desk.answers[GOOD_BAD] = lambda _: httpx.Response(200, json={"satisfaction_ratings": rows})
    found = [page async for page in desk.source().read("ratings", NOW - 10, NOW)]
    assert all(page.records == () for page in found)
    assert "ratings: 2 of a page" in found[0].warnings[0]
