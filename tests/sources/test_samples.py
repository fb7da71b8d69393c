"""Payloads built from the provider's own per-property examples, where they lie beside the project."""

from pathlib import Path

import pytest

from funnel_tui.model.records import Kind, Thread
from funnel_tui.sources.intercom import wire
from funnel_tui.sources.intercom.people import _agent
from funnel_tui.sources.intercom.thread import records

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "intercom-2.16"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")


def sample(name: str) -> bytes:
    return (SAMPLES / f"intercom216_full_{name}.json").read_bytes()


def test_conversation() -> None:
    (thread,) = records(wire.decode_row(sample("conversation")), None)
    assert isinstance(thread, Thread)
    assert thread.conversation.id == "1295"
    assert thread.conversation.team == "5017691"
    assert thread.conversation.tags == ("Test tag",)
    assert {Kind.AGENT_REPLY, Kind.RATED} <= {event.kind for event in thread.events}
    assert all(event.conversation == "1295" for event in thread.events)


def test_conversation_list() -> None:
    page = wire.decode_rows(sample("conversations"))
    assert [wire.decode_row(raw).id for raw in page.conversations or []] == ["1295"]


def test_people() -> None:
    admins = wire.decode_admins(sample("admins")).admins
    assert admins is not None
    assert admins[0] is not None
    agent = _agent(admins[0])
    assert agent is not None
    assert (agent.id, agent.team, agent.away) == ("1295", "814865", False)
    teams = wire.decode_teams(sample("teams")).teams
    assert teams is not None
    assert [team.name for team in teams if team is not None] == ["Example Team"]


def test_articles() -> None:
    listed = wire.decode_articles(sample("articles"))
    assert isinstance(listed.pages, wire.Pages)
    assert isinstance(listed.pages.next, wire.NextPage)
    article = wire.decode_article(sample("article"))
    assert article.statistics is not None
    assert (article.statistics.views, article.statistics.conversions) == (10, 0)


def test_deleted_and_export() -> None:
    deleted = wire.decode_deleted(sample("conversations_deleted"))
    assert isinstance(deleted.pages, wire.Pages)
    assert isinstance(deleted.pages.next, str)
    assert wire.decode_job(sample("export_content_status")).status == "pending"
