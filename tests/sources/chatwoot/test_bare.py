"""Servers that lack what the description does not promise: what remains has to do."""

from typing import Any

import httpx
import pytest

from funnel_tui.model.records import Agent, Event, Kind, Thread
from funnel_tui.sources.errors import NotFound
from tests.sources.chatwoot.small_chatwoot import NOW, SmallChatwoot, agent, customer, note, robot
from tests.sources.chatwoot.told import LO, kinds, records

EVENTS = ("/reporting_events", "/conversations/1/reporting_events")


class Bare(SmallChatwoot):
    """No single conversations, no profile."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.rpartition("/")[0].endswith("/conversations") or path.endswith("/profile"):
            self.requests.append(request)
            return httpx.Response(404, html="<h1>Not Found</h1>")
        return super().answer(request)

    def asked(self, end: str) -> int:
        return sum(request.url.path.endswith(end) for request in self.requests)


async def reread(fake: SmallChatwoot, *ids: str) -> list[Any]:
    return [record async for page in fake.source().reread("conversations", ids) for record in page.records]


async def test_conversations_that_cannot_be_asked_for_alone_are_not_gone() -> None:
    fake = Bare()
    for id in range(1, 61):
        fake.put(id, customer(NOW - id * 60), agent(NOW - id * 60 + 5))
    found = await reread(fake, "2", "59", "77", "3")
    assert {record.conversation.id for record in found if isinstance(record, Thread)} == {"2", "3", "59"}
    assert [(e.conversation, e.kind) for e in found if isinstance(e, Event)] == [("77", Kind.DELETED)]
    assert fake.asked("/conversations/2") == 1
    assert fake.asked("/conversations/3") == 0  # once is enough
    assert fake.calls["/conversations"] == 3


async def test_a_deleted_one_asked_for_first_says_nothing_of_the_others() -> None:
    fake = Bare()
    fake.put(2, customer(NOW - 60))
    found = await reread(fake, "1", "2")
    assert [type(record) for record in found] == [Event, Thread]


async def test_without_a_profile_the_list_identifies() -> None:
    fake = Bare()
    fake.refused = {"/conversations/meta": 404}
    assert (await fake.source().identify()).workspace == "4"
    fake.refused["/conversations"] = 404
    with pytest.raises(NotFound) as caught:
        await fake.source().identify()
    assert "account_id" in caught.value.mend
    assert "root" in caught.value.mend


async def test_pages_shorter_than_they_should_be_are_not_the_end() -> None:
    fake = SmallChatwoot()
    fake.put(1, *(customer(LO + second) for second in range(20)))
    whole = fake._messages

    def short(id: int, params: httpx.QueryParams) -> list[dict[str, Any]]:
        return whole(id, params)[:6]

    fake._messages = short  # type: ignore[method-assign]
    assert len(await kinds(fake.source())) == 20


async def test_where_nothing_is_noted_events_tell_of_every_close() -> None:
    """Closed and brought back: in the end nothing looks amiss."""
    fake = SmallChatwoot()
    fake.put(1, customer(LO), agent(LO + 60), customer(LO + 5_000))
    fake.event("conversation_resolved", 1, LO + 100)
    assert (100, Kind.CLOSED) in await kinds(fake.source())


@pytest.mark.parametrize("told", [True, False])
async def test_a_close_by_somebody_unknown_is_the_bots_if_events_or_its_words_say_so(told: bool) -> None:
    fake = SmallChatwoot()
    close = note(LO + 60, "Conversation was marked resolved by Nobody Known")
    fake.put(1, customer(LO), robot(LO + 5, sender=None, sender_type="AgentBot"), close, status="resolved")
    if told:
        fake.event("conversation_resolved", 1, LO + 59)
        fake.event("conversation_bot_resolved", 1, LO + 59)
    else:
        fake.refused = dict.fromkeys(EVENTS, 403)
    (thread,) = [record for record in await records(fake.source()) if isinstance(record, Thread)]
    assert [event.by for event in thread.events if event.kind is Kind.CLOSED] == ["bot"]


async def test_teammates_without_teams() -> None:
    fake = SmallChatwoot()
    fake.refused = {"/teams": 404}
    found = await records(fake.source(), "people")
    assert found
    assert all(isinstance(record, Agent) for record in found)
