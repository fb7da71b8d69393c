"""Guru by its public documentation: Basic authentication, pages by the Link header, cards, card views."""

import base64
import json
from collections import Counter
from functools import partial
from typing import Any

import httpx
import pytest

from funnel_tui.model.records import Article, CardView, Page, Record
from funnel_tui.settings import SourceSettings
from funnel_tui.sources import AuthError, ForbiddenError, StaleCursor
from funnel_tui.sources.guru import wire
from funnel_tui.sources.guru.source import GuruSource
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.protocol import Identity
from tests.sources.fake_intercom import NOW, FakeTime

BASE = "https://api.getguru.com/api/v1"
TOKEN = "tok-fake-Zq9"
USER = "reader@example.com"
CARDS, EVENTS = "/search/query", "/teams/T1/analytics"


class FakeGuru:
    def __init__(self) -> None:
        self.time = FakeTime()
        self.lists: dict[str, list[Any]] = {CARDS: [], EVENTS: [], "/teams": [{"id": "T1", "name": "Acme"}]}
        self.page = 50
        self.relation = '; rel="next-page"'
        self.requests: list[httpx.Request] = []
        self.calls: Counter[str] = Counter()
        self.always: dict[str, httpx.Response] = {}

    def source(self, *, user: str | None = USER, token: str = TOKEN) -> GuruSource:
        return GuruSource(
            SourceSettings(name="cards", kind="guru", base_url=BASE, user=user),
            token,
            partial(
                HttpClient,
                transport=httpx.MockTransport(self.answer),
                now=self.time,
                sleep=self.time.sleep,
                jitter=lambda: 0.0,
            ),
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1")
        self.requests.append(request)
        self.calls[path] += 1
        told = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        if told != f"{USER}:{TOKEN}":
            return httpx.Response(401, json={"error": "unauthorized"})
        if path in self.always:
            return self.always[path]
        if path == "/whoami":
            return httpx.Response(200, json={"user": {"email": USER}, "team": {"id": "T1", "name": "Acme"}})
        if path not in self.lists:
            return httpx.Response(404)
        rows = self.lists[path]
        start = int(request.url.params.get("token", 0))
        end = start + self.page
        link = {"Link": f"< {BASE}{path}?token={end} >{self.relation}"} if len(rows) > end else {}
        return httpx.Response(200, content=json.dumps(rows[start:end]), headers=link)


def card(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"k{number}", "preferredPhrase": f"Card {number}", "slug": f"s{number}/Card", **more}


def viewed(card: str = "k1", at: str = "2027-01-15T08:00:00.351+0000", **more: Any) -> dict[str, Any]:
    return {"eventType": "card-viewed", "eventDate": at, "user": USER, "properties": {"cardId": card}, **more}


@pytest.fixture
def guru() -> FakeGuru:
    return FakeGuru()


async def pages(source: GuruSource, stream: str, cursor: str | None = None) -> list[Page]:
    return [page async for page in source.read(stream, NOW - 86_400, NOW, cursor)]


def records(found: list[Page]) -> list[Record]:
    return [record for page in found for record in page.records]


async def test_the_token_s_team(guru: FakeGuru) -> None:
    assert await guru.source().identify() == Identity(workspace="T1", name="Acme")


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_collection_s_token_is_nobody_and_still_has_a_team(guru: FakeGuru, status: int) -> None:
    guru.always["/whoami"] = httpx.Response(status, json={})
    assert (await guru.source().identify()).name == "Acme"


async def test_a_wrong_token_says_what_goes_with_it_and_shows_neither(guru: FakeGuru) -> None:
    with pytest.raises(AuthError, match="Set user to the login") as caught:
        await guru.source(token="wrong-fake").identify()
    encoded = base64.b64encode(f"{USER}:wrong-fake".encode()).decode()
    assert "wrong-fake" not in str(caught.value)
    assert encoded not in str(caught.value)


async def test_without_a_user_nothing_is_sent(guru: FakeGuru) -> None:
    with pytest.raises(AuthError, match="no user"):
        await guru.source(user=None).identify()
    assert guru.requests == []


async def test_cards_are_articles_over_all_pages(guru: FakeGuru) -> None:
    guru.page = 2
    guru.lists[CARDS] = [card(1), card(2, archived=True), card(3, slug=None), {"id": None}, {"id": {}}, card(4)]
    found = await pages(guru.source(), "cards")
    assert records(found) == [
        Article(id="k1", title="Card 1", url="https://app.getguru.com/card/s1/Card"),
        Article(id="k3", title="Card 3"),
        Article(id="k4", title="Card 4", url="https://app.getguru.com/card/s4/Card"),
    ]
    assert [page.cursor for page in found] == [f"{CARDS}?token=2", f"{CARDS}?token=4", None]
    assert "maxResults" not in str(guru.requests[0].url)


async def test_a_link_without_a_relation_is_the_next_page(guru: FakeGuru) -> None:
    guru.page, guru.relation = 1, ""
    guru.lists[CARDS] = [card(1), card(2)]
    assert len(records(await pages(guru.source(), "cards"))) == 2


async def test_a_link_elsewhere_does_not_take_the_token_there(guru: FakeGuru) -> None:
    guru.always[CARDS] = httpx.Response(
        200, json=[], headers={"Link": "<https://elsewhere.example/api/v1/next?token=0>"}
    )
    guru.lists["/next"] = [card(1)]
    assert len(records(await pages(guru.source(), "cards"))) == 1
    assert {request.url.host for request in guru.requests} == {"api.getguru.com"}


async def test_pages_that_repeat_end_with_a_warning(guru: FakeGuru) -> None:
    guru.always[CARDS] = httpx.Response(200, json=[card(1)], headers={"Link": f"<{BASE}{CARDS}?token=1>"})
    found = await pages(guru.source(), "cards")
    assert guru.calls[CARDS] == 2
    assert found[-1].cursor is None
    assert getattr(found[-1], "warnings", ()) == ("cards: the pages do not end; the rest was left out",)


async def test_reading_goes_on_where_it_stopped_or_starts_over(guru: FakeGuru) -> None:
    guru.page = 1
    guru.lists[CARDS] = [card(1), card(2)]
    first = (await pages(guru.source(), "cards"))[0]
    assert [record.id for record in records(await pages(guru.source(), "cards", first.cursor))] == ["k2"]  # type: ignore[union-attr]
    guru.always[CARDS] = httpx.Response(400, json={"error": "bad token"})
    with pytest.raises(StaleCursor):
        await pages(guru.source(), "cards", first.cursor)


async def test_no_content_is_an_empty_list(guru: FakeGuru) -> None:
    guru.always[CARDS] = httpx.Response(204)
    assert records(await pages(guru.source(), "cards")) == []


async def test_card_views_name_nobody(guru: FakeGuru) -> None:
    guru.lists[EVENTS] = [
        viewed(),
        viewed(user=USER.upper()),
        viewed("k2", user={"id": 7, "email": USER}),
        viewed("k3", user=None),
        viewed("k4", eventType=None, type="CARD_VIEWED"),
        viewed(eventType="card-copied"),
        viewed(eventType="search", properties={}),
        viewed(eventDate="never"),
        {"properties": "none"},
    ]
    found = records(await pages(guru.source(), "views"))
    views = [view for view in found if isinstance(view, CardView)]
    assert [(view.card, view.at) for view in views] == [(id, NOW) for id in ("k1", "k1", "k2", "k3", "k4")]
    assert views[0] == views[1]
    assert views[0].person is not None
    assert len(views[0].person) == 16
    assert (views[2].person, views[3].person) == ("7", None)
    assert "@" not in str(found)


async def test_the_window_of_views_is_asked_for_with_both_ends(guru: FakeGuru) -> None:
    await pages(guru.source(), "views")
    (asked,) = [request.url.params for request in guru.requests if request.url.path.endswith("/analytics")]
    assert dict(asked) == {"fromDate": "2027-01-14T08:00:00+00:00", "toDate": "2027-01-15T08:00:01+00:00"}


async def test_probing_says_where_the_token_falls_short(guru: FakeGuru) -> None:
    source = guru.source()
    await source.probe("cards")
    guru.always[EVENTS] = httpx.Response(403, json={"error": "admins only"})
    with pytest.raises(ForbiddenError, match="admins only"):
        await source.probe("views")


async def test_doctor_says_that_nobody_has_confirmed_it(guru: FakeGuru) -> None:
    unverified, views = await guru.source().examine()
    assert (unverified.good, unverified.what) == (None, "unverified")
    assert "not yet confirmed by a real account" in unverified.says
    assert "teammate" in views.says


def test_no_figure_is_about_cards(guru: FakeGuru) -> None:
    abilities = guru.source().abilities
    assert not any(map(abilities.concerned, ("selfserve.seekers", "human.inbound", "internal.questions")))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("<a?token=1>", "a?token=1"),
        ('< a?token=1 >; rel="next-page"', "a?token=1"),
        ('<p>; rel="prev", <n>; rel=next', "n"),
        ('<p>; rel="last"', None),
    ],
)
def test_links(header: str | None, expected: str | None) -> None:
    assert wire.next_link(header) == expected
