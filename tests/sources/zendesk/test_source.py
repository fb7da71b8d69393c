"""The credential, the quotas, people, articles, and what `doctor` is told."""

import base64

import httpx
import pytest

from funnel_tui.model.abilities import Abilities
from funnel_tui.model.records import Agent, Article, Record, Team
from funnel_tui.sources import AuthError, ForbiddenError, HeadRoom
from funnel_tui.sources.zendesk.source import ZendeskSource
from tests.sources.zendesk.desk import ADMIN, AGENT, BASE, GROUP, NOW, OTHER, TOKEN, Desk

USERS = "/api/v2/users"
ARTICLES = "/api/v2/help_center/incremental/articles"
RATINGS = "/api/v2/satisfaction_ratings"
SURVEYS = "/api/v2/guide/survey_responses"


async def records(source: ZendeskSource, stream: str) -> list[Record]:
    return [record async for page in source.read(stream, 0, NOW) for record in page.records]


# --- the credential


async def test_an_api_token_goes_with_the_users_address() -> None:
    desk = Desk()
    identity = await desk.source(email="cyd@example.com").identify()
    assert identity.workspace == "acme"
    header = desk.requests[0].headers["Authorization"]
    assert base64.b64decode(header.removeprefix("Basic ")).decode() == f"cyd@example.com/token:{TOKEN}"


async def test_without_an_address_it_is_an_oauth_token() -> None:
    desk = Desk()
    await desk.source(base_url="https://help.acme.example/").identify()
    assert desk.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_a_wrong_token_and_nobody() -> None:
    desk = Desk()
    desk.me = {"id": None, "name": "Anonymous user", "role": "end-user"}
    with pytest.raises(AuthError, match="belongs to nobody"):
        await desk.source().identify()
    for path in ("/api/v2/users/me", "/api/v2/incremental/tickets/cursor"):
        desk.refuse(path, 401, {"error": "Couldn't authenticate you"})
    with pytest.raises(AuthError, match="set `email`"):
        await desk.source().identify()
    with pytest.raises(AuthError, match="Check email and token"):
        await desk.source(email="cyd@example.com").identify()


async def test_what_is_echoed_back_is_masked_in_either_form() -> None:
    desk = Desk()
    source = desk.source(email="cyd@example.com")
    encoded = base64.b64encode(f"cyd@example.com/token:{TOKEN}".encode()).decode()
    told = {"error": {"title": "Forbidden", "message": f"Basic {encoded} and {TOKEN} may not"}}
    desk.refuse("/api/v2/incremental/tickets/cursor", 403, told)
    with pytest.raises(ForbiddenError) as caught:
        await source.probe("tickets")
    assert "Forbidden, Basic *** and *** may not" in str(caught.value)
    assert TOKEN not in repr(source)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Rate-Limit": "700", "X-Rate-Limit-Remaining": "650", "ratelimit-reset": "30"},
        {"ratelimit-limit": "700", "ratelimit-remaining": "650", "ratelimit-reset": "30"},
    ],
)
async def test_head_room_from_either_family_of_headers(headers: dict[str, str]) -> None:
    desk = Desk()
    desk.headers = headers
    source = desk.source()
    assert source.head_room is None
    await source.identify()
    assert source.head_room == HeadRoom(700, 650, 30.0)


async def test_the_quota_of_one_endpoint_is_not_the_common_one() -> None:
    desk = Desk()
    desk.headers = {"zendesk-ratelimit-tickets-index": "total=100; remaining=0; resets=41"}
    source = desk.source()
    await source.identify()
    assert source.head_room is None


async def test_a_429_of_an_export_holds_the_exports_alone() -> None:
    desk = Desk()
    answers = iter([httpx.Response(429, headers={"Retry-After": "40"}, json={"error": "TooManyRequests"})])
    path = "/api/v2/incremental/tickets/cursor"

    def once(request: httpx.Request) -> httpx.Response:
        return next(answers, None) or httpx.Response(200, json={"tickets": [], "end_of_stream": True})

    desk.answers[path] = once
    source = desk.source()
    await source.probe("tickets")
    assert desk.calls[path] == 2
    assert max(desk.time.slept) >= 40
    desk.time.slept.clear()
    await source.identify()
    assert desk.time.slept == []


# --- people and articles


async def test_people_without_their_addresses() -> None:
    desk = Desk()
    desk.agents.append({"id": 1, "name": "Customer", "role": "end-user", "email": "c@example.com"})
    found = await records(desk.source(), "users")
    assert found == [
        Team(id=str(GROUP), name="Billing"),
        Agent(id=str(AGENT), name="Ada", team=str(GROUP)),
        Agent(id=str(OTHER), name="Ben", away=True),
        Agent(id=str(ADMIN), name="Cyd"),
    ]
    asked = next(request for request in desk.requests if request.url.path == USERS)
    assert asked.url.params.get_list("role[]") == ["agent", "admin"]


async def test_all_pages_by_cursor_or_by_link() -> None:
    desk = Desk()
    desk.agents = [{"id": number, "role": "agent"} for number in range(1, 251)]
    assert len(await records(desk.source(), "users")) == 251
    assert desk.calls[USERS] == 3

    def linked(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("page", 1))
        following = f"https://elsewhere.example{USERS}?page={min(page + 1, 4)}"
        return httpx.Response(200, json={"users": [{"id": page}], "next_page": following})

    desk.answers[USERS] = linked
    assert len(await records(desk.source(), "users")) == 5
    assert {request.url.host for request in desk.requests} == {"acme.zendesk.com"}


async def test_a_list_without_end_ends() -> None:
    desk = Desk()
    turns = iter(range(10_000))

    def endless(request: httpx.Request) -> httpx.Response:
        meta = {"has_more": True, "after_cursor": str(next(turns))}
        return httpx.Response(200, json={"users": [{"id": 1, "role": "agent"}], "meta": meta})

    desk.answers[USERS] = endless
    assert len(await records(desk.source(), "users")) == 2
    assert desk.calls[USERS] == 2


async def test_articles_to_the_end_of_their_export() -> None:
    desk = Desk()

    def page(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["start_time"])
        row = {"id": start, "title": f"From {start}", "html_url": f"{BASE}/hc/{start}"}
        end = 500 if start == 1 else 900
        return httpx.Response(200, json={"articles": [row, None], "end_time": end, "next_page": "x"})

    desk.answers[ARTICLES] = page
    found = await records(desk.source(), "articles")
    assert [record.id for record in found if isinstance(record, Article)] == ["1", "500", "900"]


async def test_no_help_centre_is_no_fault() -> None:
    desk = Desk()
    desk.refuse(ARTICLES, 404)
    assert await records(desk.source(), "articles") == []
    desk.refuse(ARTICLES, 403)
    with pytest.raises(ForbiddenError):
        await records(desk.source(), "articles")


async def test_probes_tell_what_may_be_read() -> None:
    desk = Desk()
    source = desk.source()
    for spec in source.streams():
        await source.probe(spec.name)
    for path in (USERS, ARTICLES, RATINGS, SURVEYS, "/api/v2/incremental/tickets/cursor"):
        desk.refuse(path, 403)
    for spec in source.streams():
        with pytest.raises(ForbiddenError):
            await source.probe(spec.name)


# --- what it can tell


async def test_an_agent_is_told_that_an_administrator_is_needed() -> None:
    desk = Desk()
    role, ratings = await desk.source().examine()
    assert (role.good, ratings.good) == (True, True)
    desk.me = {"id": AGENT, "role": "agent"}
    role, _ = await desk.source().examine()
    assert role.good is False
    assert "only an administrator" in role.says


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"settings": {"active_features": {"customer_satisfaction": False}}}, "switched off"),
        ({"settings": {"active_features": {"customer_satisfaction": True}}}, "the plan"),
        ({"settings": None}, "the plan"),
        (None, "the plan"),
    ],
)
async def test_why_there_are_no_ratings(settings: dict[str, object] | None, words: str) -> None:
    desk = Desk()
    desk.refuse(RATINGS, 403)
    desk.refuse(SURVEYS, 404)
    desk.refuse("/api/v2/account/settings", 200 if settings is not None else 403, settings or {})
    _, ratings = await desk.source().examine()
    assert ratings.good is None
    assert words in ratings.says


def test_what_the_metrics_are_worth() -> None:
    abilities: Abilities = ZendeskSource.abilities
    worth = {
        metric: abilities.of(metric).quality
        for metric in ("human.first_response.median", "human.csat", "human.direct", "queue.open", "queue.on_duty")
    }
    assert list(worth.values()) == ["exact", "exact", "unavailable", "exact", "unavailable"]
    assert abilities.of("selfserve.seekers").quality == "approximate"
    assert abilities.of("selfserve.article_views").reason is not None
    assert not abilities.concerned("internal.questions")
    names = {spec.name for spec in Desk().source().streams()}
    assert set(abilities.feeds) <= names
    assert set(abilities.without) <= {*names, "parts"}
