"""Intercom's streams over (simulated) HTTP: paging, children, deletions, people, articles, credentials."""

from typing import Any

import pytest

from funnel_tui.model.records import (
    Agent,
    Article,
    ArticleCounter,
    Conversation,
    Event,
    Kind,
    Page,
    Record,
    Team,
    Thread,
)
from funnel_tui.sources import AuthError, ForbiddenError, NotFound, Refused, ServerError, SourcePage, StaleCursor
from funnel_tui.sources.intercom.source import IntercomSource
from tests.sources.fake_intercom import BASE, NOW, FakeIntercom, conversation, ok, part, problem


async def pages(source: IntercomSource, stream: str, lo: int = NOW - 9000, hi: int = NOW, **more: Any) -> list[Page]:
    return [page async for page in source.read(stream, lo, hi, **more)]


def ids(found: list[Page]) -> list[str]:
    return [record.conversation.id for page in found for record in page.records if isinstance(record, Thread)]


def many(fake: FakeIntercom, count: int) -> None:
    for number in range(count):
        fake.put(conversation(f"c{number}", created=NOW - 5000 + number))


# --- conversations


async def test_every_page_and_every_child() -> None:
    fake = FakeIntercom()
    many(fake, 320)
    found = await pages(fake.source(), "conversations")
    assert len(ids(found)) == len(set(ids(found))) == 320
    assert [page.cursor for page in found] == ["150", "300", None]
    assert [page.total for page in found] == [320, 320, 320]
    assert set(fake.per_page_seen) == {150}
    request = next(request for request in fake.requests if request.url.path == "/conversations/c0")
    assert request.url.params["display_as"] == "plaintext"
    assert request.headers["Intercom-Version"] == "2.16"


async def test_both_ends_of_the_window_are_included() -> None:
    fake = FakeIntercom()
    fake.put(
        conversation("lo", created=NOW - 100), conversation("hi", created=NOW), conversation("out", created=NOW + 9)
    )
    assert ids(await pages(fake.source(), "conversations", NOW - 100, NOW)) == ["lo", "hi"]


async def test_links_lead_to_the_inbox_of_the_region() -> None:
    fake = FakeIntercom()
    many(fake, 1)
    (page,) = await pages(fake.source(), "conversations")
    thread = page.records[0]
    assert isinstance(thread, Thread)
    assert thread.conversation.url == "https://app.eu.intercom.com/a/inbox/w1/inbox/conversation/c0"


async def test_rows_that_move_while_paging_are_not_lost() -> None:
    """Two of the first page's rows leave the window, which shifts two others past the page's edge."""
    fake = FakeIntercom()
    many(fake, 200)

    def move(call: int) -> None:
        if call == 2:
            for id in ("c0", "c1"):
                fake.conversations[id]["updated_at"] = NOW + 50

    fake.on_search = move
    found = await pages(fake.source(), "conversations")
    assert set(ids(found)) == {f"c{number}" for number in range(200)}
    assert len(ids(found)) == 200
    assert [page.cursor for page in found] == ["150", "1~", "1~150", None]


async def test_a_cursor_that_is_forgotten_on_the_way_begins_the_list_anew() -> None:
    fake = FakeIntercom()
    many(fake, 320)
    fake.on_search = lambda call: fake.fail("/conversations/search", problem(400, "gone")) if call == 2 else None
    found = await pages(fake.source(), "conversations")
    assert set(ids(found)) == {f"c{number}" for number in range(320)}
    assert len(ids(found)) == 320
    assert [page.cursor for page in found] == ["150", "300", "1~150", "1~300", None]


async def test_a_server_that_forgets_every_cursor_is_not_asked_for_ever() -> None:
    fake = FakeIntercom()
    many(fake, 320)
    fake.tokens_valid = False
    with pytest.raises(StaleCursor):
        await pages(fake.source(), "conversations")
    assert fake.calls["/conversations/search"] == 4


async def test_a_row_that_comes_twice_on_a_page_is_read_once() -> None:
    fake = FakeIntercom()
    many(fake, 3)
    search = fake._search

    def doubled(body: Any) -> Any:
        page = search(body).json()
        return ok({**page, "conversations": [*page["conversations"], *page["conversations"]]})

    fake._search = doubled  # type: ignore[method-assign]
    assert ids(await pages(fake.source(), "conversations")) == ["c0", "c1", "c2"]
    assert [fake.calls[f"/conversations/c{number}"] for number in range(3)] == [1, 1, 1]


async def test_a_list_that_does_not_count_its_rows_is_read_to_its_end() -> None:
    fake = FakeIntercom()
    many(fake, 320)
    search = fake._search
    fake._search = lambda body: ok({**search(body).json(), "total_count": None})  # type: ignore[method-assign]
    found = await pages(fake.source(), "conversations")
    assert len(ids(found)) == 320
    assert [page.total for page in found] == [None] * 3


async def test_what_is_known_is_not_read_again_unless_it_changed() -> None:
    fake = FakeIntercom()
    many(fake, 3)
    (page,) = await pages(fake.source(), "conversations")
    assert isinstance(page, SourcePage)
    fake.conversations["c1"]["updated_at"] += 1
    assert ids(await pages(fake.source(), "conversations", known=page.versions)) == ["c1"]


async def test_an_update_of_this_very_second_may_come_again_under_the_same_time() -> None:
    fake = FakeIntercom()
    fake.put(conversation("c1", created=NOW - 1))
    (page,) = await pages(fake.source(), "conversations")
    assert isinstance(page, SourcePage)
    assert ids([page]) == ["c1"]
    assert page.versions == {}


async def test_a_child_that_is_gone_is_deleted() -> None:
    fake = FakeIntercom()
    many(fake, 2)
    fake.fail("/conversations/c0", problem(404, "not_found"))
    (page,) = await pages(fake.source(), "conversations")
    assert page.records[0] == Event(conversation="c0", at=NOW, kind=Kind.DELETED)
    assert ids([page]) == ["c1"]


async def test_where_parts_are_refused_the_rows_must_do() -> None:
    fake = FakeIntercom()
    many(fake, 30)
    for number in range(30):
        fake.refuse(f"/conversations/c{number}", 403)
    (page,) = await pages(fake.source(), "conversations")
    assert isinstance(page, SourcePage)
    threads = [record for record in page.records if isinstance(record, Thread)]
    assert len(threads) == 30
    assert not any(thread.complete for thread in threads)
    assert page.warnings == ()
    assert str(page.beside["parts"]).startswith("acme: parts: ")
    assert sum(fake.calls[f"/conversations/c{number}"] for number in range(30)) <= 15


async def test_parts_that_are_never_found_are_refused_and_nothing_is_deleted() -> None:
    fake = FakeIntercom()
    many(fake, 2)
    for number in range(2):
        fake.refuse(f"/conversations/c{number}", 404)
    source = fake.source()
    (page,) = await pages(source, "conversations")
    assert isinstance(page, SourcePage)
    assert ids([page]) == ["c0", "c1"]
    assert "HTTP 404" in str(page.beside["parts"])
    (again,) = [page async for page in source.reread("conversations", ["c0", "c1"])]
    assert again.records == ()


async def test_a_reread_that_finds_nothing_is_checked_before_it_deletes() -> None:
    fake = FakeIntercom()
    many(fake, 3)
    fake.refuse("/conversations/c0", 404)
    (page,) = [page async for page in fake.source().reread("conversations", ["c0"])]
    assert [record.kind for record in page.records if isinstance(record, Event)] == [Kind.DELETED]
    for number in range(3):
        fake.refuse(f"/conversations/c{number}", 404)
    (page,) = [page async for page in fake.source().reread("conversations", ["c0"])]
    assert page.records == ()


async def test_one_conversation_that_may_not_be_read_says_nothing_about_the_others() -> None:
    fake = FakeIntercom()
    many(fake, 5)
    fake.refuse("/conversations/c2", 403)
    (page,) = await pages(fake.source(), "conversations")
    assert isinstance(page, SourcePage)
    assert page.beside == {"parts": None}
    (line,) = page.warnings
    assert "approximate" in line
    assert "req-1" not in line


async def test_refused_parts_are_asked_for_again_after_an_hour() -> None:
    fake = FakeIntercom()
    many(fake, 5)
    for number in range(5):
        fake.refuse(f"/conversations/c{number}", 403)
    source = fake.source()
    await pages(source, "conversations")
    fake.always.clear()
    (page,) = await pages(source, "conversations")
    assert isinstance(page, SourcePage)
    assert page.beside["parts"] is not None
    fake.time.now += 3600
    (page,) = await pages(source, "conversations")
    assert isinstance(page, SourcePage)
    assert page.beside == {"parts": None}


async def test_one_child_that_always_fails_does_not_stop_the_others() -> None:
    fake = FakeIntercom()
    many(fake, 5)
    fake.refuse("/conversations/c2", 500)
    (page,) = await pages(fake.source(), "conversations")
    assert isinstance(page, SourcePage)
    assert ids([page]) == ["c0", "c1", "c3", "c4"]
    assert [record.id for record in page.records if isinstance(record, Conversation)] == ["c2"]
    assert "c2" not in page.versions
    assert len(page.warnings) == 1


async def test_children_that_all_fail_are_the_servers_failure() -> None:
    fake = FakeIntercom()
    many(fake, 5)
    for number in range(5):
        fake.refuse(f"/conversations/c{number}", 500)
    with pytest.raises(ServerError):
        await pages(fake.source(), "conversations")


async def test_one_damaged_row_does_not_take_the_page_with_it() -> None:
    fake = FakeIntercom()
    many(fake, 1)
    rows = [{**fake.conversations["c0"], "conversation_parts": None}, {"id": ["c1"], "created_at": {}}]
    fake.fail("/conversations/search", ok({"conversations": rows, "total_count": 2, "pages": {}}))
    (page,) = await pages(fake.source(), "conversations")
    assert isinstance(page, SourcePage)
    assert ids([page]) == ["c0"]
    assert "unknown form" in page.warnings[0]


@pytest.mark.parametrize("following", [None, {}, {"starting_after": None}, {"starting_after": ""}, ""])
async def test_the_last_page_in_all_its_forms(following: object) -> None:
    fake = FakeIntercom()
    fake.fail("/conversations/search", ok({"conversations": [], "total_count": 0, "pages": {"next": following}}))
    (page,) = await pages(fake.source(), "conversations")
    assert page.cursor is None


async def test_a_forgotten_cursor_is_stale_and_not_the_end() -> None:
    fake = FakeIntercom()
    many(fake, 3)
    with pytest.raises(StaleCursor):
        await pages(fake.source(), "conversations", cursor="9999")
    fake.tokens_valid = False
    with pytest.raises(StaleCursor):
        await pages(fake.source(), "conversations", cursor="150")


async def test_counting_costs_one_small_request() -> None:
    fake = FakeIntercom()
    many(fake, 12)
    assert await fake.source().count("conversations", NOW - 9000, NOW) == 12
    assert fake.per_page_seen == [1]
    assert await fake.source().count("articles", 0, NOW) is None


async def test_reading_named_conversations_again() -> None:
    fake = FakeIntercom()
    fake.put(conversation("c1", created=NOW - 50, parts=[part(1, "comment", NOW - 40, "admin")]))
    found = [page async for page in fake.source().reread("conversations", ["c1", "c2"])]
    assert ids(found) == ["c1"]
    assert found[0].records[1] == Event(conversation="c2", at=NOW, kind=Kind.DELETED)


# --- the other streams


async def test_deletions_stop_at_the_bookmark() -> None:
    fake = FakeIntercom()
    fake.deleted = [{"id": str(n), "metrics_retained": True, "deleted_at": NOW - n} for n in range(1, 200)]
    found = await pages(fake.source(), "deletions", NOW - 70, NOW)
    events = [record for page in found for record in page.records if isinstance(record, Event)]
    assert [event.at for event in events] == [NOW - n for n in range(1, 71)]
    assert fake.calls["/conversations/deleted"] == 2
    assert all(str(request.url).startswith(BASE) for request in fake.requests)


async def test_people_without_their_addresses() -> None:
    fake = FakeIntercom()
    fake.admins = [
        {"id": 1, "name": "Ada", "team_ids": [7], "email": "ada@example.com", "away_mode_enabled": False},
        {"id": "2", "name": None, "team_ids": None, "away_mode_enabled": True},
        {"id": 3, "name": "No seat", "has_inbox_seat": False},
    ]
    (page,) = await pages(fake.source(), "admins")
    assert page.records == (
        Team(id="7", name="Billing"),
        Agent(id="1", name="Ada", team="7", away=False),
        Agent(id="2", name=None, team=None, away=True),
        Agent(id="3", name="No seat", team=None, away=True),
    )


async def test_article_counters_from_either_field() -> None:
    fake = FakeIntercom()
    fake.articles = [
        {
            "id": 1,
            "title": "One",
            "state": "published",
            "statistics": {"views": 10, "conversations": 3, "conversions": 9},
        },
        {"id": 2, "title": "Two", "state": "published", "statistics": {"views": 20, "conversions": 4}},
        {"id": 3, "title": "Draft", "state": "draft", "statistics": {"views": 1}},
        {"id": 4, "title": "Bare", "statistics": None},
    ]
    found = await pages(fake.source(), "articles")
    records: list[Record] = [record for page in found for record in page.records]
    assert [record for record in records if isinstance(record, ArticleCounter)] == [
        ArticleCounter(article="1", at=NOW, views=10, conversations=3),
        ArticleCounter(article="2", at=NOW, views=20, conversations=4),
    ]
    assert [record.id for record in records if isinstance(record, Article)] == ["1", "2", "3", "4"]
    assert fake.calls["/articles/3"] == 0


@pytest.mark.parametrize("by_url", [True, False])
async def test_article_pages_by_url_or_by_cursor(by_url: bool) -> None:
    fake = FakeIntercom()
    link = "https://elsewhere.example/articles?page=2" if by_url else {"per_page": 1, "starting_after": "x"}
    fake.fail(
        "/articles",
        ok({"data": [{"id": 1, "state": "draft"}], "pages": {"next": link}}),
        ok({"data": [{"id": 2, "state": "draft"}], "pages": {"next": link}}),
        ok({"data": [{"id": 2, "state": "draft"}], "pages": {"next": link}}),
    )
    (page,) = await pages(fake.source(), "articles")
    assert [record.id for record in page.records if isinstance(record, Article)] == ["1", "2"]
    assert {request.url.host for request in fake.requests} == {"api.intercom.io"}


# --- the credential


async def test_who_am_i() -> None:
    identity = await FakeIntercom().source().identify()
    assert (identity.workspace, identity.region, identity.timezone) == ("w1", "EU", "Europe/Dublin")


async def test_a_wrong_token_may_be_one_of_another_region() -> None:
    fake = FakeIntercom()
    fake.refuse("/me", 401, "unauthorized")
    with pytest.raises(AuthError) as caught:
        await fake.source().identify()
    assert "Wrong token or wrong region: base_url is https://api.intercom.io" in str(caught.value)


async def test_probes_tell_what_may_be_read() -> None:
    fake = FakeIntercom()
    source = fake.source()
    for spec in source.streams():
        await source.probe(spec.name)
    assert fake.calls["/export/content/data"] == 0
    for path in (
        "/conversations/search",
        "/conversations/deleted",
        "/admins",
        "/articles",
        "/export/content/data/none",
    ):
        fake.refuse(path, 403)
    for spec in source.streams():
        with pytest.raises(ForbiddenError):
            await source.probe(spec.name)


@pytest.mark.parametrize(
    ("version", "listed"), [("2.9", False), ("2.15", False), ("2.16", True), ("3.0", True), ("Unstable", True)]
)
def test_older_versions_have_no_list_of_deletions(version: str, listed: bool) -> None:
    streams = {spec.name for spec in FakeIntercom().source(api_version=version).streams()}
    assert ("deletions" in streams) == listed


async def test_a_version_that_the_provider_does_not_know_is_named() -> None:
    fake = FakeIntercom()
    fake.refuse("/conversations/deleted", 400, "intercom_version_invalid")
    with pytest.raises(Refused, match="api_version"):
        await pages(fake.source(), "deletions")


async def test_unknown_streams() -> None:
    source = FakeIntercom().source()
    with pytest.raises(ValueError, match="no stream 'tickets'"):
        source.read("tickets", 0, 1)
    with pytest.raises(ValueError, match="no stream"):
        await source.probe("tickets")
    with pytest.raises(NotFound):
        await FakeIntercom().source(base_url=BASE + "/wrong").identify()


@pytest.mark.parametrize(
    ("base_url", "region", "said"),
    [
        ("https://api.intercom.io", "EU", ['set base_url = "https://api.eu.intercom.io"']),
        ("https://api.eu.intercom.io", "EU", []),
        ("https://api.intercom.io", "somewhere", []),
        ("https://proxy.example.com", "AU", []),
    ],
)
async def test_a_workspace_of_another_region_is_told_where_to_go(base_url: str, region: str, said: list[str]) -> None:
    fake = FakeIntercom()
    fake.always["/me"] = lambda: ok({"app": {"id_code": "abc", "region": region}})
    remarks = await fake.source(base_url=base_url).examine()
    assert [(remark.good, remark.what) for remark in remarks] == [(False, "region")] * len(said)
    for remark, words in zip(remarks, said, strict=True):
        assert words in remark.says
