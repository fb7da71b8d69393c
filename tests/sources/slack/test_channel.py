"""A channel as a stream: windows over history, threads that moved, deletions, threads read again."""

import httpx
import pytest

from funnel_tui.model.records import ChatThread
from funnel_tui.sources import ForbiddenError, NotFound, StaleCursor
from funnel_tui.sources.slack.source import SlackSource
from tests.sources.fake_intercom import NOW
from tests.sources.slack.workspace import DAY, Workspace, pages, records, refusal, said, texts, ts, versions

ROOT = ts(NOW - 1_000)
ID = f"C0000000A:{ROOT}"


@pytest.fixture
def slack() -> Workspace:
    found = Workspace()
    found.room.put(said(ROOT))
    return found


def replies_asked(slack: Workspace) -> int:
    return slack.calls["conversations.replies"]


async def test_a_window_brings_roots_with_all_replies_and_no_more_calls_than_needed(slack: Workspace) -> None:
    slack.room.put(said(ts(NOW - 500), "Done."), said(ts(NOW - 5_000), "Too early"))
    slack.room.reply(ROOT, ts(NOW - 900), "Like so.")
    slack.room.reply(ROOT, ts(NOW - 800), "Thanks", "U1")
    found = await pages(slack.source(), NOW - 2_000)
    assert texts(found) == {f"C0000000A:{ts(NOW - 500)}": ["Done."], ID: ["How?", "Like so.", "Thanks"]}
    assert all(record.whole for record in records(found) if isinstance(record, ChatThread))
    assert found[-1].cursor is None
    assert replies_asked(slack) == 1
    assert slack.calls["conversations.history"] == 1


async def test_pages_are_followed_to_the_end_whatever_their_size(slack: Workspace) -> None:
    slack.page = 2
    for number in range(6):
        slack.room.put(said(ts(NOW - 100 - number), f"m{number}"))
        slack.room.reply(ROOT, ts(NOW - 90 + number), f"r{number}")
    found = await pages(slack.source())
    assert len(texts(found)) == 7
    assert texts(found)[ID] == ["How?", *(f"r{number}" for number in range(6))]
    assert len({page.cursor for page in found}) == len(found), "every page has a cursor of its own"


async def test_both_ends_of_the_window_belong_to_it(slack: Workspace) -> None:
    slack.room.put(said(ts(NOW - 3_000, 0), "first"), said(ts(NOW - 2_000, 999_999), "last"))
    found = await pages(slack.source(), NOW - 3_000, NOW - 2_000)
    assert list(texts(found).values()) == [["last"], ["first"]]


async def test_a_reply_that_also_went_to_the_channel_counts_once(slack: Workspace) -> None:
    slack.room.reply(ROOT, ts(NOW - 900), "For all", subtype="thread_broadcast")
    assert texts(await pages(slack.source())) == {ID: ["How?", "For all"]}


async def test_such_a_reply_betrays_an_older_thread(slack: Workspace) -> None:
    source = slack.source()
    slack.room.reply(ROOT, ts(NOW - 90), "For all", subtype="thread_broadcast")
    found = await pages(source, NOW - 100)
    assert texts(found) == {ID: ["How?", "For all"]}
    assert versions(found) == {ID: NOW - 90}
    assert texts(await pages(source, NOW - 100, known=versions(found))) == {}
    assert replies_asked(slack) == 1


async def test_what_has_not_changed_is_neither_asked_for_nor_handed_over_again(slack: Workspace) -> None:
    slack.room.put(said(ts(NOW - 500), "Done."))
    slack.room.reply(ROOT, ts(NOW - 900))
    source = slack.source()
    known = versions(await pages(source))
    assert known == {ID: NOW - 900, f"C0000000A:{ts(NOW - 500)}": NOW - 500}
    again = await pages(source, known=known)
    assert (texts(again), versions(again), len(again)) == ({}, {}, 1)
    assert replies_asked(slack) == 1


async def test_without_what_the_cache_knows_everything_comes_again(slack: Workspace) -> None:
    slack.room.reply(ROOT, ts(NOW - 900))
    source = slack.source()
    first = texts(await pages(source))
    assert texts(await pages(source)) == first
    assert replies_asked(slack) == 2


async def test_after_a_restart_the_last_reply_s_time_is_enough(slack: Workspace) -> None:
    slack.room.reply(ROOT, ts(NOW - 900))
    known = versions(await pages(slack.source()))
    found = records(await pages(slack.source(), known=known))
    assert replies_asked(slack) == 1
    (thread,) = found
    assert isinstance(thread, ChatThread)
    assert (thread.whole, len(thread.messages)) == (False, 1)  # the root may have been edited


async def test_a_new_reply_and_a_deleted_one_are_both_noticed(slack: Workspace) -> None:
    slack.room.reply(ROOT, ts(NOW - 900), "one")
    source = slack.source()
    known = versions(await pages(source))
    slack.room.reply(ROOT, ts(NOW - 800), "two")
    found = await pages(source, known=known)
    assert texts(found) == {ID: ["How?", "one", "two"]}
    known |= versions(found)
    del slack.room.rows[ts(NOW - 900)]
    assert texts(await pages(source, known=known)) == {ID: ["How?", "two"]}
    del slack.room.rows[ts(NOW - 800)]
    (thread,) = records(await pages(source, known=known))
    assert isinstance(thread, ChatThread)
    assert (thread.whole, len(thread.messages)) == (True, 1)


async def test_an_edited_root_costs_no_call(slack: Workspace) -> None:
    slack.room.reply(ROOT, ts(NOW - 900))
    slack.room.put(said(ts(NOW - 500), "Dnoe."))
    source = slack.source()
    known = versions(await pages(source))
    slack.room.rows[ROOT]["text"] = "How then?"
    slack.room.rows[ts(NOW - 500)]["text"] = "Done."
    found = await pages(source, known=known)
    assert texts(found) == {ID: ["How then?"], f"C0000000A:{ts(NOW - 500)}": ["Done."]}
    assert [record.whole for record in records(found) if isinstance(record, ChatThread)] == [True, False]
    assert replies_asked(slack) == 1


async def test_what_may_still_change_within_its_second_has_no_version(slack: Workspace) -> None:
    slack.room.put(said(ts(NOW - 1), "Just now"))
    slack.room.reply(ROOT, ts(NOW))
    source = slack.source()
    found = await pages(source)
    assert len(texts(found)) == 2
    assert versions(found) == {}
    slack.room.reply(ROOT, ts(NOW, 200), "In the same second")
    slack.time.now += 10
    found = await pages(source, hi=NOW + 10)
    assert texts(found)[ID] == ["How?", "So.", "In the same second"]
    assert versions(found)[ID] == NOW


async def test_a_root_that_was_not_met_is_gone_once_slack_confirms_it(slack: Workspace) -> None:
    slack.room.put(said(ts(NOW - 500)))
    source = slack.source()
    known = versions(await pages(source))
    del slack.room.rows[ROOT]
    (gone,) = records(await pages(source, known=known))
    assert gone == ChatThread(id=ID, channel="#ask-support", messages=(), whole=True)
    assert records(await pages(source, known=known)) == []
    assert replies_asked(slack) == 1


async def test_a_root_that_slipped_through_between_two_pages_is_not_gone(slack: Workspace) -> None:
    slack.room.put(*(said(ts(NOW - 600 - number)) for number in range(3)))
    source = slack.source()
    known = versions(await pages(source))
    slack.page = 2
    slipped = dict(slack.room.rows)
    reads = iter(range(10))

    def shift(params: httpx.QueryParams) -> None:
        if next(reads) == 1:  # a deletion moves all rows up by one while the second page is asked for
            del slack.room.rows[ts(NOW - 600)]

    slack.always["conversations.history"] = shift
    found = await pages(source, known=known)
    assert len(slipped) == 4
    assert [record.id for record in records(found) if isinstance(record, ChatThread) and not record.messages] == []
    assert slack.calls["conversations.replies"] == 1
    assert list(texts(found)) == [f"C0000000A:{ts(NOW - 602)}"]


async def test_roots_outside_the_window_or_of_other_channels_are_not_missed(slack: Workspace) -> None:
    known = {f"C0000000A:{ts(NOW - 9_000)}": NOW - 9_000, f"C9:{ROOT}": NOW - 1_000}
    found = await pages(slack.source(), NOW - 2_000, known=known)
    assert list(texts(found)) == [ID]
    assert replies_asked(slack) == 0


async def test_a_pass_goes_on_from_any_of_its_pages(slack: Workspace) -> None:
    slack.page = 7
    for number in range(25):
        root = ts(NOW - 10_000 - number)
        slack.room.put(said(root, f"q{number}"))
        if number % 2:
            slack.room.reply(root, ts(NOW - 9_000 - number))
    whole = await pages(slack.source())
    for stop, page in enumerate(whole[:-1]):
        rest = await pages(slack.source(), cursor=page.cursor)
        seen = texts(whole[: stop + 1])
        assert {**seen, **texts(rest)} == texts(whole)
        assert not set(seen) & set(texts(rest)), "nothing is read twice"


async def test_a_resumed_pass_says_nothing_of_what_it_has_not_seen(slack: Workspace) -> None:
    slack.page = 1
    slack.room.put(said(ts(NOW - 500)))
    source = slack.source()
    found = await pages(source)
    known = versions(found)
    rest = await pages(source, cursor=found[1].cursor, known=known)
    assert replies_asked(slack) == 0
    assert records(rest) == []


async def test_pages_that_repeat_end_with_a_warning(slack: Workspace) -> None:
    row = said(ROOT)
    slack.always["conversations.history"] = lambda params: httpx.Response(
        200,
        json={"ok": True, "messages": [row], "has_more": True, "response_metadata": {"next_cursor": "again"}},
    )
    found = await pages(slack.source(), known={f"C0000000A:{ts(NOW - 500)}": NOW - 500})
    assert slack.calls["conversations.history"] == 2
    assert [getattr(page, "warnings", ()) for page in found][-1] == (
        "#ask-support: Slack's pages do not end; what is older was left out",
    )
    assert replies_asked(slack) == 0, "what was not read to its end has lost nothing"


async def test_pages_that_bring_nothing_end_whatever_their_cursors(slack: Workspace) -> None:
    asked: list[str] = []

    def on_and_on(params: httpx.QueryParams) -> httpx.Response:
        asked.append(params.get("cursor", ""))
        rows = [said(ROOT)] if len(asked) % 2 else [said(ts(NOW - 90 * DAY - len(asked)))]
        more = {"has_more": True, "response_metadata": {"next_cursor": f"x{len(asked)}"}}
        return httpx.Response(200, json={"ok": True, "messages": rows, **more})

    slack.always["conversations.history"] = on_and_on
    found = await pages(slack.source())
    assert len(asked) == 4
    assert next(iter(texts(found))) == ID
    assert "pages do not end" in str(getattr(found[-1], "warnings", ()))


async def test_a_page_without_news_between_others_is_no_end(slack: Workspace) -> None:
    slack.page = 1
    slack.room.put(said(ts(NOW - 500)), said(ts(NOW - 400)))
    empty = {"ok": True, "messages": [], "has_more": True, "response_metadata": {"next_cursor": "p0"}}
    slack.fail("conversations.history", httpx.Response(200, json=empty))
    assert len(texts(await pages(slack.source()))) == 3


async def test_a_thread_whose_pages_repeat_is_not_taken_for_whole(slack: Workspace) -> None:
    slack.room.reply(ROOT, ts(NOW - 900))
    rows = [said(ROOT), said(ts(NOW - 900), thread_ts=ROOT)]
    slack.always["conversations.replies"] = lambda params: httpx.Response(
        200, json={"ok": True, "messages": rows, "has_more": True, "response_metadata": {"next_cursor": "again"}}
    )
    (thread,) = records(await pages(slack.source()))
    assert isinstance(thread, ChatThread)
    assert (thread.whole, len(thread.messages)) == (False, 2)


async def test_a_cursor_that_slack_forgot_is_stale(slack: Workspace) -> None:
    slack.page = 1
    slack.room.put(said(ts(NOW - 500)))
    found = await pages(slack.source())
    slack.fail("conversations.history", refusal("invalid_cursor"))
    resumed = next(page.cursor for page in found if page.cursor and page.cursor.endswith("#p1"))
    with pytest.raises(StaleCursor):
        await pages(slack.source(), cursor=resumed)


async def test_a_thread_that_cannot_be_read_this_time_stays_owed(slack: Workspace) -> None:
    slack.room.reply(ROOT, ts(NOW - 900))
    source = slack.source()
    slack.always["conversations.replies"] = lambda params: refusal("internal_error")
    found = await pages(source)
    (thread,) = records(found)
    assert isinstance(thread, ChatThread)
    assert (thread.whole, [message.text for message in thread.messages]) == (False, ["How?"])
    assert versions(found) == {}
    slack.always.clear()
    assert texts(await pages(source)) == {ID: ["How?", "So."]}


async def test_damaged_messages_are_told(slack: Workspace) -> None:
    slack.room.rows["x"] = {"ts": ts(NOW - 700), "text": {"not": "text"}}
    found = await pages(slack.source())
    assert list(texts(found)) == [ID]
    assert getattr(found[-1], "warnings", ()) == ("#ask-support: 1 messages of a page cannot be read",)


@pytest.mark.parametrize(
    ("error", "kind", "mend"),
    [
        ("not_in_channel", ForbiddenError, "Invite the bot: write /invite and its name in #ask-support."),
        ("channel_not_found", NotFound, "Invite the bot: write /invite and its name in #ask-support."),
        ("missing_scope", ForbiddenError, "Give the app that scope and install it again."),
    ],
)
async def test_a_channel_that_may_not_be_read_says_what_helps(
    slack: Workspace, error: str, kind: type[Exception], mend: str
) -> None:
    slack.always["conversations.history"] = lambda params: refusal(error, needed="channels:history", provided="x")
    with pytest.raises(kind) as caught:
        await pages(slack.source())
    assert error in str(caught.value)
    assert str(caught.value).startswith("chat: #ask-support: ")
    assert str(caught.value).endswith(mend)


# --- threads by name


async def reread(source: SlackSource, *ids: str) -> list[ChatThread]:
    found = [record async for page in source.reread("#ask-support", ids) for record in page.records]
    return [record for record in found if isinstance(record, ChatThread)]


async def test_threads_are_read_again_whole_and_those_of_other_channels_left_alone(slack: Workspace) -> None:
    old = ts(NOW - 20 * DAY)
    slack.room.put(said(old, "Old"))
    slack.room.reply(old, ts(NOW - 30), "Late")
    other = f"C0000000B:{ROOT}"
    (thread,) = await reread(slack.source(), f"C0000000A:{old}", other)
    assert [message.text for message in thread.messages] == ["Old", "Late"]
    assert thread.whole
    assert replies_asked(slack) == 1


async def test_a_thread_that_is_gone_on_reading_again(slack: Workspace) -> None:
    gone = f"C0000000A:{ts(NOW - 3 * DAY)}"
    assert await reread(slack.source(), gone) == [ChatThread(id=gone, channel="#ask-support", messages=())]


async def test_a_channel_that_is_gone_takes_no_thread_with_it(slack: Workspace) -> None:
    source = slack.source()
    slack.always["conversations.replies"] = lambda params: refusal("channel_not_found")
    with pytest.raises(NotFound):
        await reread(source, ID)


async def test_messages_that_every_pass_sees_are_not_read_again(slack: Workspace) -> None:
    with_replies = ts(NOW - 2_000)
    slack.room.put(said(with_replies))
    slack.room.reply(with_replies, ts(NOW - 900))
    source = slack.source()
    await pages(source)
    slack.calls.clear()
    slack.room.rows[ts(NOW - 900)]["text"] = "Edited"
    (thread,) = await reread(source, ID, f"C0000000A:{with_replies}")
    assert thread.messages[1].text == "Edited"
    assert replies_asked(slack) == 1


async def test_what_a_plan_hides_is_not_deleted(slack: Workspace) -> None:
    hidden, deleted = ts(NOW - 100 * DAY), ts(NOW - 3 * DAY)
    rows = [slack.room.rows[ROOT]]
    slack.fail("conversations.history", httpx.Response(200, json={"ok": True, "messages": rows, "is_limited": True}))
    source = slack.source()
    await pages(source)
    found = await reread(source, f"C0000000A:{hidden}", f"C0000000A:{deleted}")
    assert [thread.id for thread in found] == [f"C0000000A:{deleted}"]
