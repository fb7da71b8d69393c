"""The app that gets 15 messages a minute: recognised, obeyed, said."""

import httpx

from funnel_tui.sources.slack.channel import SLOW_LINE, SLOW_OVERLAP, SLOW_RESCAN
from tests.sources.fake_intercom import NOW
from tests.sources.slack.workspace import DAY, Room, Workspace, pages, records, said, texts, ts


def slow(messages: int, threads: int = 0) -> Workspace:
    slack = Workspace()
    slack.page, slack.per_minute = 15, 1
    for number in range(messages):
        root = ts(NOW - 5_000 - number)
        slack.room.put(said(root, f"q{number}"))
        if number < threads:
            slack.room.reply(root, ts(NOW - 2_000 - number))
    return slack


async def test_pages_of_15_are_read_one_a_minute_without_running_into_the_limit() -> None:
    slack = slow(50, threads=3)
    found = await pages(slack.source())
    assert len(texts(found)) == 50
    assert slack.refused == 0
    assert slack.calls["conversations.history"] == 4
    assert slack.time.now - NOW >= 3 * 60
    assert all(SLOW_LINE in getattr(page, "warnings", ()) for page in found[1:])


async def test_a_checkpoint_stands_before_every_wait() -> None:
    """So that whoever will not wait any longer can stop there and go on later."""
    found = await pages(slow(50).source())
    empty = [page for page in found if not page.records and page.cursor is not None]
    assert len(empty) >= 3
    assert len({page.cursor for page in found}) == len(found)


async def test_one_thread_a_minute_with_a_cursor_after_each() -> None:
    slack = slow(20, threads=4)
    source = slack.source()
    found = []
    async for page in source.read("#ask-support", NOW - DAY, NOW):
        found.append(page)
        if len(records(found)) >= 15 + 2:
            break
    rest = await pages(slack.source(), NOW - DAY, cursor=found[-1].cursor)
    assert {**texts(found), **texts(rest)} == texts(await pages(slack.source(), NOW - DAY))
    assert not set(texts(found)) & set(texts(rest))


async def test_passes_go_back_an_hour_and_the_rescan_takes_a_few_threads_in_turn() -> None:
    slack = slow(40, threads=40)
    source = slack.source()
    assert source.streams()[0].overlap == 7 * DAY
    await pages(source)
    assert source.streams()[0].overlap == SLOW_OVERLAP
    ids = [f"C0000000A:{ts(NOW - 5_000 - number)}" for number in range(40)]
    first = texts([page async for page in source.reread("#ask-support", ids)])
    second = texts([page async for page in source.reread("#ask-support", ids)])
    assert (len(first), len(second)) == (SLOW_RESCAN, SLOW_RESCAN)
    assert {*first, *second} == set(ids)
    assert slack.refused == 0


async def test_small_channels_show_it_by_the_minute_they_have_to_wait() -> None:
    slack = slow(3)
    slack.rooms.append(Room("C0000000B", "ask-billing"))
    source = slack.source("ask-support", "ask-billing")
    await pages(source)
    assert source.streams()[0].overlap == 7 * DAY
    await pages(source, stream="#ask-billing")
    assert slack.refused == 1
    for _ in range(3):
        await pages(source)
        await pages(source, stream="#ask-billing")
    assert slack.refused == 1, "once bitten"


async def test_short_pages_alone_are_no_slow_mode() -> None:
    slack = Workspace()
    slack.page = 7
    slack.room.put(*(said(ts(NOW - number)) for number in range(40)))
    source = slack.source()
    assert len(texts(await pages(source))) == 40
    assert slack.time.slept == []
    assert source.streams()[0].overlap == 7 * DAY


async def test_a_full_page_ends_the_suspicion() -> None:
    slack = slow(15)
    slack.per_minute = None
    slack.room.put(*(said(ts(NOW - 9_000 - number)) for number in range(45)))
    source = slack.source()
    found = source.read("#ask-support", NOW - DAY, NOW)
    await anext(found)
    slack.page = 30
    async for _ in found:
        pass
    assert source.streams()[0].overlap == 7 * DAY


async def test_a_short_wait_is_an_ordinary_limit() -> None:
    slack = Workspace()
    slack.room.put(said(ts(NOW - 10)))
    limited = httpx.Response(429, json={"ok": False, "error": "ratelimited"}, headers={"Retry-After": "5"})
    slack.fail("conversations.history", limited)
    source = slack.source()
    assert len(texts(await pages(source))) == 1
    assert slack.time.slept
    assert max(slack.time.slept) < 10
    assert source.streams()[0].overlap == 7 * DAY
