"""The workspace around the channels: token, scopes, names of channels, bots, what doctor says."""

import httpx
import pytest

from funnel_tui.model.records import ChatThread
from funnel_tui.sources import AuthError, ForbiddenError, NotFound, RateLimited, ServerError
from funnel_tui.sources.protocol import Identity
from funnel_tui.sources.slack.channel import SLOW_LINE
from funnel_tui.sources.slack.source import SlackSource
from tests.sources.fake_intercom import NOW
from tests.sources.slack.workspace import Room, Workspace, pages, records, refusal, said, texts, ts


@pytest.fixture
def slack() -> Workspace:
    found = Workspace()
    found.room.put(said(ts(NOW - 100)))
    return found


async def remarks(source: SlackSource) -> dict[str, tuple[bool | None, str]]:
    await source.identify()
    return {remark.what: (remark.good, remark.says) for remark in await source.examine()}


async def test_the_token_s_workspace(slack: Workspace) -> None:
    assert await slack.source().identify() == Identity(workspace="T1", name="Acme")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("invalid_auth", AuthError),
        ("token_expired", AuthError),
        ("account_inactive", AuthError),
        ("not_allowed_token_type", AuthError),
        ("missing_scope", ForbiddenError),
        ("channel_not_found", NotFound),
        ("ratelimited", RateLimited),
        ("internal_error", ServerError),
        ("fatal_error", ServerError),
    ],
)
async def test_failures_in_answers_that_look_like_successes(
    slack: Workspace, error: str, kind: type[Exception]
) -> None:
    slack.always["auth.test"] = lambda params: refusal(error)
    with pytest.raises(kind) as caught:
        await slack.source().identify()
    assert error in str(caught.value)


async def test_a_passing_failure_is_tried_again(slack: Workspace) -> None:
    slack.fail("auth.test", refusal("service_unavailable"), httpx.Response(200, json={}), httpx.Response(503))
    assert (await slack.source().identify()).name == "Acme"
    assert slack.calls["auth.test"] == 4


async def test_a_wrong_token_says_which_one_is_wanted_and_shows_none(slack: Workspace) -> None:
    slack.fail("auth.test", refusal("invalid_auth"))
    with pytest.raises(AuthError) as caught:
        await slack.source().identify()
    assert "xoxb-..." in str(caught.value)
    assert "Zq9" not in str(caught.value)


async def test_each_channel_is_a_stream_once(slack: Workspace) -> None:
    source = slack.source("ask-support", "#Ask-Support", "C0000000B")
    assert [spec.name for spec in source.streams()] == ["#ask-support", "C0000000B"]


async def test_a_channel_may_be_named_by_its_id(slack: Workspace) -> None:
    found = records(await pages(slack.source("C0000000A"), stream="C0000000A"))
    assert [record.channel for record in found if isinstance(record, ChatThread)] == ["#ask-support"]


async def test_a_channel_that_is_not_there_is_said_with_the_mend_and_the_others_go_on(slack: Workspace) -> None:
    source = slack.source("ask-support", "ask-nobody")
    with pytest.raises(NotFound) as caught:
        await pages(source, stream="#ask-nobody")
    assert str(caught.value) == (
        "chat: #ask-nobody: there is no channel #ask-nobody that the bot can see. Check the name in channels; if it is"
        " private, write /invite and the bot's name in #ask-nobody."
    )
    assert len(texts(await pages(source))) == 1


async def test_a_channel_that_appears_later_is_found(slack: Workspace) -> None:
    source = slack.source("ask-later")
    with pytest.raises(NotFound):
        await pages(source, stream="#ask-later")
    slack.rooms.append(Room("C0000000B", "ask-later"))
    slack.time.now += 61
    assert texts(await pages(source, stream="#ask-later")) == {}


async def test_lists_are_read_once_in_a_while_and_not_further_than_needed(slack: Workspace) -> None:
    slack.rooms += [Room(f"C000000{number:02}", f"room{number}") for number in range(20)]
    slack.page = 5
    source = slack.source()
    for _ in range(3):
        await pages(source)
    assert (slack.calls["conversations.list"], slack.calls["users.list"]) == (1, 1)
    slack.time.now += 3_601
    await pages(source)
    assert (slack.calls["conversations.list"], slack.calls["users.list"]) == (2, 1)


async def test_an_archived_namesake_does_not_take_the_name(slack: Workspace) -> None:
    slack.rooms.insert(0, Room("C0000000B", "ask-support", archived=True))
    assert list(texts(await pages(slack.source()))) == [f"C0000000A:{ts(NOW - 100)}"]
    del slack.rooms[1]
    slack.room.put(said(ts(NOW - 50)))
    assert list(texts(await pages(slack.source()))) == [f"C0000000B:{ts(NOW - 50)}"]


async def test_without_the_scope_for_private_channels_public_ones_are_found(slack: Workspace) -> None:
    def private(params: httpx.QueryParams) -> httpx.Response | None:
        return refusal("missing_scope", needed="groups:read") if "private" in params["types"] else None

    slack.always["conversations.list"] = private
    source = slack.source("ask-support", "ask-secret")
    assert len(texts(await pages(source))) == 1
    with pytest.raises(NotFound, match="groups:read"):
        await pages(source, stream="#ask-secret")


async def test_without_any_scope_for_channels_the_mend_names_them(slack: Workspace) -> None:
    slack.always["conversations.list"] = lambda params: refusal("missing_scope", needed="channels:read")
    with pytest.raises(ForbiddenError, match="channels:read and groups:read, and install it again"):
        await pages(slack.source())


async def test_who_is_a_bot_comes_from_the_list_of_users(slack: Workspace) -> None:
    slack.room.put(said(ts(NOW - 50), user="UB"), said(ts(NOW - 40), user="USLACKBOT"))
    found = await pages(slack.source())
    bots = [message.bot for record in records(found) if isinstance(record, ChatThread) for message in record.messages]
    assert bots == [True, True, False]
    assert getattr(found[-1], "beside", None) == {"users": None}


async def test_without_the_list_of_users_the_rest_goes_on(slack: Workspace) -> None:
    slack.always["users.list"] = lambda params: refusal("missing_scope", needed="users:read")
    slack.room.put(said(ts(NOW - 50), bot_id="B1"))
    found = await pages(slack.source())
    bots = [message.bot for record in records(found) if isinstance(record, ChatThread) for message in record.messages]
    assert bots == [True, False]
    assert "users:read" in str(getattr(found[-1], "beside", {})["users"])


async def test_lists_that_do_not_end_are_cut(slack: Workspace) -> None:
    slack.always["users.list"] = lambda params: httpx.Response(
        200, json={"ok": True, "members": [{"id": "UB", "is_bot": True}], "response_metadata": {"next_cursor": "x"}}
    )
    await pages(slack.source())
    assert slack.calls["users.list"] == 2


async def test_probing_reads_one_page_and_takes_a_wait_for_a_yes(slack: Workspace) -> None:
    source = slack.source()
    await source.probe("#ask-support")
    assert slack.calls["conversations.history"] == 1
    limited = httpx.Response(429, json={"ok": False, "error": "ratelimited"}, headers={"Retry-After": "30"})
    slack.fail("conversations.history", limited)
    await source.probe("#ask-support")
    assert slack.time.slept == []
    slack.room.member = False
    with pytest.raises(ForbiddenError, match="/invite"):
        await slack.source().probe("#ask-support")


async def test_doctor_is_content(slack: Workspace) -> None:
    assert await remarks(slack.source()) == {
        "scopes": (True, "the token has all that are needed"),
        "#ask-support": (True, "readable, a public channel"),
        "pace": (True, "messages come in pages of the usual size"),
    }


async def test_doctor_names_missing_scopes_channels_and_the_slow_mode(slack: Workspace) -> None:
    slack.scopes = "channels:read, channels:history,users:read"
    slack.page, slack.per_minute = 15, 1
    slack.room.put(*(said(ts(NOW - 200 - number)) for number in range(20)))
    slack.rooms += [Room("C0000000B", "ask-out", member=False), Room("C0000000C", "ask-in", private=True)]
    found = await remarks(slack.source("ask-support", "ask-out", "ask-in", "ask-nobody"))
    good, says = found["scopes"]
    assert (good, says.partition(".")[0]) == (False, "the token lacks groups:read groups:history")
    assert found["#ask-support"][0] is True
    assert found["#ask-in"] == (True, "readable, a private channel")
    assert found["#ask-out"][0] is False
    assert "/invite" in found["#ask-out"][1]
    assert found["#ask-nobody"][0] is False
    assert found["pace"] == (None, SLOW_LINE)
    assert (slack.refused, slack.time.slept) == (0, [])


async def test_doctor_learns_scopes_from_a_refusal_where_no_header_tells(slack: Workspace) -> None:
    slack.scopes = None
    slack.always["conversations.history"] = lambda params: refusal(
        "missing_scope", needed="channels:history", provided="channels:read,groups:read,users:read"
    )
    found = await remarks(slack.source())
    assert found["scopes"][1].startswith("the token lacks channels:history groups:history. Add")
    slack.always.clear()
    assert (await remarks(slack.source()))["scopes"][0] is None


async def test_scopes_for_private_channels_are_no_fault_where_all_are_public(slack: Workspace) -> None:
    slack.scopes = "channels:read,channels:history,users:read"
    good, says = (await remarks(slack.source()))["scopes"]
    assert good is None
    assert says == "the token lacks groups:read groups:history, which only private channels need"
    slack.scopes = "channels:read,channels:history"
    assert (await remarks(slack.source()))["scopes"][0] is False


def test_what_chat_can_tell(slack: Workspace) -> None:
    one, two = slack.source("a").abilities, slack.source("a", "b").abilities
    assert not one.concerned("human.inbound")
    assert one.of("internal.questions").quality == "approximate"
    assert one.of("internal.interruption_hours").quality == "approximate"
    assert one.of("internal.first_reply.median").quality == "exact"
    assert one.feeds == {"#a": ("internal.",)}
    assert two.feeds == {}
    assert two.without["#b"]["internal."].reason == "without #b"
