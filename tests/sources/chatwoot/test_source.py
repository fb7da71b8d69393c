"""The account: whose token it is, its people, its articles, and what is left where something is refused."""

from collections import deque

import httpx
import pytest

from funnel_tui.model.records import Agent, Article, ArticleCounter, Team
from funnel_tui.settings import SourceSettings
from funnel_tui.sources import AuthError, ForbiddenError, NotFound, SourceError
from funnel_tui.sources.registry import open_source
from tests.sources.chatwoot.small_chatwoot import BASE, NOW, TOKEN, SmallChatwoot
from tests.sources.chatwoot.told import records


async def test_identify() -> None:
    fake = SmallChatwoot()
    source = fake.source()
    identity = await source.identify()
    assert (identity.workspace, identity.name) == ("4", "Acme")
    assert [request.url.path for request in fake.requests] == ["/api/v1/profile"]
    assert TOKEN not in repr(source)


async def test_an_account_of_others_is_named_with_ones_own() -> None:
    fake = SmallChatwoot()
    fake.profile["accounts"] = [{"id": 7, "name": "Other", "role": "agent"}, None, {"id": "9"}]
    with pytest.raises(NotFound) as caught:
        await fake.source().identify()
    assert "7 (Other), 9 (unnamed)" in str(caught.value)


@pytest.mark.parametrize("status", [401, 404])
async def test_a_profile_without_accounts(status: int) -> None:
    fake = SmallChatwoot()
    fake.profile = {"id": 1, "role": "agent"}
    assert (await fake.source().identify()).workspace == "4"
    fake.refused = {"/conversations/meta": status, "/conversations": status}
    with pytest.raises(SourceError) as caught:
        await fake.source().identify()
    assert "account_id" in caught.value.mend


async def test_a_wrong_token() -> None:
    fake = SmallChatwoot()
    fake.refused = {"/api/v1/profile": 401}
    with pytest.raises(AuthError) as caught:
        await fake.source().identify()
    assert "not of a bot" in str(caught.value)
    assert TOKEN not in str(caught.value)


async def test_examine_tells_the_role() -> None:
    fake = SmallChatwoot()
    (remark,) = await fake.source().examine()
    assert remark.good
    fake.profile["accounts"][0]["role"] = "agent"
    (remark,) = await fake.source().examine()
    assert remark.good is False
    assert "administrator" in remark.says


def test_the_registry_knows_it() -> None:
    settings = SourceSettings(name="acme", kind="chatwoot", base_url=BASE, account_id="4")
    assert open_source(settings, TOKEN).kind == "chatwoot"


async def test_people() -> None:
    fake = SmallChatwoot()
    fake.agents += [{"id": 3, "name": None, "availability_status": None}, {"id": None}]
    assert await records(fake.source(), "people") == [
        Team(id="9", name="billing"),
        Agent(id="1", name="Ada", away=False),
        Agent(id="2", name="Ben Lee", away=True),
        Agent(id="3", name=None, away=True),
    ]


async def test_articles() -> None:
    fake = SmallChatwoot()
    fake.portals = {
        "help": [{"id": id, "title": f"T{id}", "slug": f"t-{id}", "views": id, "status": 1} for id in range(1, 61)],
        "drafts": [{"id": 90, "title": "Soon", "status": "draft", "views": 0}, {"id": 91, "status": "published"}],
        "gone": [],
    }
    fake.refused = {"/portals/gone/articles": 404}
    found = await records(fake.source(), "articles")
    counters = [record for record in found if isinstance(record, ArticleCounter)]
    assert [(counter.article, counter.views) for counter in counters] == [(str(id), id) for id in range(1, 61)]
    assert {counter.at for counter in counters} == {NOW}
    assert Article(id="1", title="T1", url=f"{BASE}/hc/help/articles/t-1") in found
    assert Article(id="90", title="Soon") in found


async def test_articles_that_do_not_page() -> None:
    fake = SmallChatwoot()
    fake.portals = {"help": [{"id": 1, "views": 3}]}
    fake._cut = lambda rows, params: rows  # type: ignore[method-assign]
    found = await records(fake.source(), "articles")
    assert [record for record in found if isinstance(record, Article)] == [Article(id="1")]


@pytest.mark.parametrize(
    ("stream", "path"),
    [
        ("conversations", "/conversations"),
        ("events", "/reporting_events"),
        ("csat", "/csat_survey_responses"),
        ("people", "/agents"),
        ("articles", "/portals"),
    ],
)
async def test_what_is_refused_says_so(stream: str, path: str) -> None:
    fake = SmallChatwoot()
    source = fake.source()
    await source.probe(stream)
    fake.refused = {path: 403}
    with pytest.raises(ForbiddenError):
        await source.probe(stream)
    with pytest.raises(ForbiddenError) as caught:
        await records(source, stream)
    assert caught.value.stream == stream


async def test_an_answer_without_a_list() -> None:
    fake = SmallChatwoot()
    answers = [httpx.Response(200, json={"success": True}) for _ in range(9)]
    fake.faults["/agents"] = deque(answers)
    with pytest.raises(SourceError, match="no list"):
        await records(fake.source(), "people")


def test_streams_and_abilities() -> None:
    source = SmallChatwoot().source()
    specs = {spec.name: spec for spec in source.streams()}
    assert list(specs) == ["conversations", "events", "csat", "people", "articles"]
    assert [name for name, spec in specs.items() if spec.essential] == ["conversations"]
    assert specs["conversations"].rescan
    abilities = source.abilities
    assert set(abilities.feeds) | set(abilities.without) <= set(specs)
    worth = {
        metric: abilities.of(metric).quality
        for metric in (
            *("human.resolved", "human.first_response.median", "queue.with_bot", "selfserve.bot_handed_off"),
            *("proactive.delivered", "selfserve.bot_answered", "human.reassigned", "selfserve.article_views"),
            *("proactive.clicked", "selfserve.article_viewers", "selfserve.bot_csat"),
            *("selfserve.bot_resolved", "selfserve.bot_resolved_confirmed"),
        )
    }
    assert [metric for metric, quality in worth.items() if quality == "exact"] == [
        *("human.resolved", "human.first_response.median", "queue.with_bot", "selfserve.bot_handed_off"),
        "selfserve.bot_resolved",
    ]
    assert [metric for metric, quality in worth.items() if quality == "unavailable"] == [
        *("proactive.clicked", "selfserve.article_viewers", "selfserve.bot_csat", "selfserve.bot_resolved_confirmed")
    ]
