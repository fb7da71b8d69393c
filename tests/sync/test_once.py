"""Catching up: everything once, then only what changed; crashes, stale cursors, deletions, slow exports."""

import dataclasses
import json
import re
from datetime import UTC, datetime

import pytest

from funnel_tui.model.records import Page, Thread
from funnel_tui.sources.intercom.conversations import SPEC
from funnel_tui.store import Store
from funnel_tui.sync import plan, sync_once
from funnel_tui.sync.engine import SourceSync
from tests.sources.fake_intercom import NOW, conversation, ok, part
from tests.sources.test_receipts import CSV
from tests.sync.world import DAY, World


async def test_the_first_sync_reads_the_whole_past(world: World) -> None:
    world.spread(400)
    world.fake.articles = [{"id": 1, "title": "One", "statistics": {"views": 5, "conversations": 1}}]
    world.fake.receipts_csv = CSV
    summary = await world.sync()
    assert summary.ok
    assert summary.error is None
    assert summary.warnings == ()
    assert summary.conversations == 400
    assert world.ids() == {f"c{number}" for number in range(400)}
    assert world.rows("SELECT count(*) FROM outbound") == [(2,)]
    assert world.rows("SELECT views FROM article_counter") == [(5,)]
    fresh = world.freshness()
    assert (fresh.state, fresh.progress, fresh.last_success) == ("ok", None, NOW)
    assert fresh.history_from is not None
    assert fresh.history_from <= NOW - 365 * DAY + 60


async def test_the_second_sync_costs_a_handful_of_requests_and_changes_nothing(world: World) -> None:
    world.spread(50)
    for number in range(20):  # inside the overlap
        world.fake.put(conversation(f"new{number}", created=NOW - 600 + number))
    world.fake.articles = [{"id": 1, "statistics": {"views": 5, "conversations": 1}}]
    await world.sync()
    world.later(60)
    summary = await world.sync()
    assert summary.ok
    assert summary.requests <= 6
    assert (summary.conversations, summary.rows_changed) == (0, 0)


async def test_only_what_changed_is_read_again(world: World) -> None:
    world.spread(50)
    await world.sync()
    world.later(300)
    changed = world.fake.conversations["c7"]
    changed["updated_at"] = world.fake.time.clock() - 10
    changed["conversation_parts"]["conversation_parts"].append(part(1, "comment", NOW + 290, "admin", body="Hi"))
    changed["conversation_parts"]["total_count"] = 1
    summary = await world.sync()
    assert summary.conversations == 1
    assert summary.rows_changed >= 1
    assert world.rows("SELECT first_reply_at FROM episode JOIN conversation USING (cid) WHERE id = 'c7'") == [
        (NOW + 290,)
    ]


async def test_the_bookmark_is_the_start_of_the_pass(world: World) -> None:
    """What is written while the pass runs carries a later time and comes with the next one."""
    world.spread(5)
    await world.sync()
    world.later(100)
    late = conversation("late", created=world.fake.time.clock() - 1)

    def arrives(call: int) -> None:
        world.fake.put(late)

    world.fake.on_search = arrives
    await world.sync()
    world.fake.on_search = None
    world.later(3000)
    await world.sync()
    assert "late" in world.ids()


async def test_newest_slice_first_and_halved_while_too_large(world: World) -> None:
    world.spread(60)
    store, source = world.open(), world.fake.source(since=None)
    windows: list[tuple[int, int]] = []
    original = source.read

    def read(stream, lo, hi, cursor=None, known=None):  # type: ignore[no-untyped-def]
        windows.append((lo, hi))
        return original(stream, lo, hi, cursor, known)

    source.read = read  # type: ignore[method-assign]
    engine = SourceSync(store, source, clock=world.fake.time.clock, wall=world.fake.time.clock, report=lambda _: None)
    spec = dataclasses.replace(source.streams()[0], slice_items=10)
    await engine.read(spec)
    await engine.backfill(spec)
    store.close()
    assert windows[0][1] == NOW
    assert [hi for _, hi in windows[1:]] == [lo for lo, _ in windows[:-1]]
    assert all(hi - lo <= 30 * DAY for lo, hi in windows)
    assert any(hi - lo < 20 * DAY for lo, hi in windows)
    assert windows[-1][0] > NOW - 130 * DAY  # nothing older: it stops early
    assert world.ids() == {f"c{number}" for number in range(60)}


async def test_backfill_begins_where_the_configuration_says(world: World) -> None:
    world.spread(100)
    since = datetime.fromtimestamp(NOW - 20 * DAY, UTC).date()
    await world.sync(settings={"since": since})
    oldest = min(world.rows("SELECT min(first_at) FROM conversation"))[0]
    assert NOW - 22 * DAY < oldest < NOW - 18 * DAY


class Crash(BaseException):
    """The process dies."""


@pytest.mark.parametrize("dies_at", [1, 2, 3, 5, 8, 10, 13])
async def test_a_crash_between_pages_loses_and_doubles_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    world.spread(900, days=25)
    writes = 0
    original = Store.write

    def write(self, workspace, records, *, stream=None, state=None):  # type: ignore[no-untyped-def]
        nonlocal writes
        writes += 1
        if writes == dies_at:
            raise Crash
        return original(self, workspace, records, stream=stream, state=state)

    monkeypatch.setattr(Store, "write", write)
    with pytest.raises(Crash):
        await world.sync()
    monkeypatch.setattr(Store, "write", original)
    before = len(world.ids())
    world.later(60)
    summary = await world.sync()
    assert summary.ok
    assert world.ids() == {f"c{number}" for number in range(900)}
    assert summary.conversations == 900 - before  # it went on where it was
    assert world.events() == 900


def dying_store(monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """The process dies right after that many pages with records were written."""
    original, done = Store.write, 0

    def write(self, workspace, records, *, stream=None, state=None):  # type: ignore[no-untyped-def]
        nonlocal done
        found = tuple(records)
        changed = original(self, workspace, found, stream=stream, state=state)
        done += any(isinstance(record, Thread) for record in found)
        if done == writes:
            raise Crash
        return changed

    monkeypatch.setattr(Store, "write", write)


@pytest.mark.parametrize("pages", [1, 2, 4])
async def test_a_past_that_was_read_in_part_is_told_as_such(
    world: World, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    """Whenever the first sync ends, from `history_from` on nothing is missing."""
    world.spread(900, days=25)
    world.fake.on_search = lambda _: world.later(1)
    with monkeypatch.context() as patch:
        dying_store(patch, pages)
        with pytest.raises(Crash):
            await world.sync()
    fresh = world.freshness()
    assert fresh.progress is not None
    assert fresh.history_from is not None
    known = world.ids()
    rows = world.fake.conversations.values()
    assert 0 < len(known) < 900
    assert {row["id"] for row in rows if row["updated_at"] >= fresh.history_from} <= known
    await world.sync()
    assert world.freshness().progress is None


async def test_how_far_the_past_reaches_is_written_at_most_once_a_second(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.spread(900, days=25)
    written: list[int] = []
    original = Store.set_freshness

    def set_freshness(self, freshness):  # type: ignore[no-untyped-def]
        written.append(world.fake.time.clock())
        original(self, freshness)

    monkeypatch.setattr(Store, "set_freshness", set_freshness)
    world.fake.on_search = lambda _: world.later(0.4)
    await world.sync()
    assert len(written) > 3
    assert len(set(written)) >= len(written) - 1  # the last one is written in any case


async def test_reading_again_does_not_unlearn_the_past(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.spread(900, days=25)
    await world.sync()
    whole = world.freshness().history_from
    world.later(60)
    world.fake.on_search = lambda _: world.later(1)
    with monkeypatch.context() as patch:
        dying_store(patch, 6)
        with pytest.raises(Crash):
            await world.sync(full=True)
    fresh = world.freshness()
    assert (fresh.progress is not None, fresh.history_from) == (True, whole)


async def test_reading_again_after_a_break_knows_of_the_gap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came since the last sync is not in the cache before the slices reach back to it."""
    world.spread(900, days=25)
    await world.sync()
    world.later(20 * DAY)
    now = world.fake.time.clock()
    world.fake.put(*(conversation(f"n{number}", created=now - 60 - number * 1800) for number in range(900)))
    world.fake.on_search = lambda _: world.later(1)
    with monkeypatch.context() as patch:
        dying_store(patch, 3)
        with pytest.raises(Crash):
            await world.sync(full=True)
    reach = world.freshness().history_from
    assert reach is not None
    assert reach > NOW + DAY
    assert {id for id, row in world.fake.conversations.items() if row["updated_at"] >= reach} <= world.ids()


async def test_a_stale_cursor_restarts_its_slice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.spread(400, days=1)
    original = Store.write

    def write(self, workspace, records, *, stream=None, state=None):  # type: ignore[no-untyped-def]
        changed = original(self, workspace, records, stream=stream, state=state)
        if state is not None and '"cursor":"300"' in state:
            raise Crash
        return changed

    monkeypatch.setattr(Store, "write", write)
    with pytest.raises(Crash):
        await world.sync()
    monkeypatch.setattr(Store, "write", original)
    world.later(60)
    world.fake.tokens_valid = False
    calls = world.fake.calls["/conversations/search"]

    def forget(call: int) -> None:
        # Old cursors are refused; those handed out from now on are good.
        world.fake.tokens_valid = call > calls + 2

    world.fake.on_search = forget
    summary = await world.sync()
    assert summary.ok
    assert world.ids() == {f"c{number}" for number in range(400)}


async def test_equal_times_on_a_page_boundary(world: World) -> None:
    for number in range(310):
        world.fake.put(conversation(f"c{number}", created=NOW - 5000))
    await world.sync()
    assert len(world.ids()) == 310


async def test_deletions_arrive_by_their_list_and_by_404(world: World) -> None:
    world.spread(10)
    await world.sync()
    world.later(7200)
    del world.fake.conversations["c1"], world.fake.conversations["c2"]
    world.fake.deleted = [{"id": "c1", "deleted_at": world.fake.time.clock() - 60}]
    await world.sync()
    assert world.ids() == {f"c{number}" for number in range(10)} - {"c1"}
    world.later(SPEC.rescan_every)
    await world.sync()
    assert world.ids() == {f"c{number}" for number in range(10)} - {"c1", "c2"}


async def test_a_rescan_finds_updates_that_were_never_announced(world: World) -> None:
    world.spread(10)
    await world.sync()
    world.later(SPEC.rescan_every + 60)
    silent = world.fake.conversations["c5"]
    silent["conversation_parts"]["conversation_parts"].append(part(1, "close", NOW + 5, "admin"))
    silent["conversation_parts"]["total_count"] = 1
    silent["state"] = "closed"
    await world.sync()
    assert world.rows("SELECT closed_at FROM episode JOIN conversation USING (cid) WHERE id = 'c5'") == [(NOW + 5,)]


async def test_full_reads_everything_again_and_finds_what_vanished(world: World) -> None:
    world.spread(40)
    await world.sync()
    world.later(600)
    del world.fake.conversations["c39"]
    silent = world.fake.conversations["c30"]
    silent["title"] = "Changed without a word"
    summary = await world.sync(full=True)
    assert summary.ok
    assert summary.conversations == 39
    assert "c39" not in world.ids()
    assert world.rows("SELECT subject FROM conversation WHERE id = 'c30'") == [("Changed without a word",)]
    again = await world.sync(full=True)
    assert again.rows_changed == 0


async def test_an_export_that_takes_too_long_is_pending_and_picked_up(world: World) -> None:
    world.fake.receipts_csv, world.fake.job_looks = CSV, 50
    summary = await world.sync(wait=30.0)
    assert summary.ok
    assert summary.warnings == ("acme: outbound: pending, the provider is still preparing it",)
    world.fake.job_looks = 1
    jobs = world.fake.calls["/export/content/data"]
    again = await world.sync()
    assert again.warnings == ()
    assert world.rows("SELECT count(*) FROM outbound") == [(2,)]
    assert world.fake.calls["/export/content/data"] == jobs + 4  # the four older quarters; the newest went on


async def test_receipts_are_exported_again_for_late_opens(world: World) -> None:
    world.fake.receipts_csv = CSV
    await world.sync()
    world.later(3700)
    jobs = world.fake.calls["/export/content/data"]
    world.fake.receipts_csv = CSV.replace(b",,,,2026-01-01T00:00:01Z", b",1767225700,,,2026-01-01T00:00:01Z")
    summary = await world.sync()
    assert world.fake.calls["/export/content/data"] == jobs + 1
    assert summary.rows_changed == 1


async def test_counters_get_their_second_sample_after_an_hour(world: World) -> None:
    article = {"id": 1, "statistics": {"views": 5, "conversations": 1}}
    world.fake.articles = [article]
    await world.sync()
    world.later(3500)
    await world.sync()
    assert world.fake.calls["/articles/1"] == 1
    world.later(200)
    summary = await world.sync()
    assert world.fake.calls["/articles/1"] == 2
    assert summary.rows_changed == 0
    (sample,) = world.rows("SELECT at, until FROM article_counter")
    assert sample[1] > sample[0]


async def test_a_server_that_never_stops_paging_is_cut_off(world: World) -> None:
    world.spread(3)
    await world.sync()
    world.later(60)

    def for_ever(call: int) -> None:
        assert call < 500

    world.fake.on_search = for_ever
    original = world.fake._search

    def search(body):  # type: ignore[no-untyped-def]
        page = json.loads(original(body).content)
        page["pages"] = {"next": {"starting_after": "0"}}
        return ok(page)

    world.fake._search = search  # type: ignore[method-assign]
    summary = await world.sync()
    assert summary.ok
    assert any("same page twice" in line for line in summary.warnings)


async def test_two_workspaces_side_by_side(world: World) -> None:
    world.spread(3)
    store = world.open()
    sources = [world.fake.source(name="one"), world.fake.source(name="two")]
    summaries = await sync_once(store, sources, clock=world.fake.time.clock, wall=world.fake.time.clock)
    store.close()
    assert [summary.name for summary in summaries] == ["one", "two"]
    assert world.rows("SELECT count(*) FROM conversation") == [(6,)]


def test_the_guard_against_endless_pages() -> None:
    guard = plan.PageGuard()
    pages = [Page(records=(), cursor=str(n), total=3) for n in range(60)]
    assert [guard.objection(page) is None for page in pages].count(False) >= 1
    assert plan.PageGuard().objection(Page(records=())) is None


async def test_progress_and_history_are_told_on_the_way(world: World) -> None:
    world.spread(600)
    await world.sync()
    shares = [update.freshness.progress for update in world.updates if update.freshness.progress is not None]
    assert shares == sorted(shares)
    assert shares[-1] > 0.5
    reach = [update.freshness.history_from for update in world.updates if update.freshness.history_from is not None]
    assert reach == sorted(reach, reverse=True)
    assert sum(update.rows_changed for update in world.updates) > 600


async def test_what_is_left_of_the_quota_is_kept_beside_the_freshness(world: World) -> None:
    world.spread(3)
    await world.sync()
    assert world.freshness().head_room is None
    world.fake.headers = {
        "X-RateLimit-Limit": "10000",
        "X-RateLimit-Remaining": "9412",
        "X-RateLimit-Reset": str(int(world.fake.time.now) + 41),
    }
    await world.sync()
    told = world.freshness().head_room
    assert told is not None
    assert re.fullmatch(r"9,4\d\d of 10,000 requests left in the next 41 s", told)
