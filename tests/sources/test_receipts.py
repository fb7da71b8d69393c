"""The content export: a job, its one slot, and an archive of uncertain format."""

import gzip
import io
import zipfile

import httpx
import pytest

from funnel_tui.model.records import Outbound, Page
from funnel_tui.sources import BadBody, ForbiddenError, StaleCursor
from tests.sources.fake_intercom import NOW, FakeIntercom, problem

CSV = (
    "\ufeffreceipt_id,user_id,email,name,received_at,ruleset_id,content_id,content_type,content_title,series_id,first_open,"
    "first_click,first_reply,first_hard_bounce,first_unsubscribe,first_dismisall\r\n"
    f'r1,u1,ada@example.com,Ada,{NOW - 100},9,12,Email,"News, March",-1,{NOW - 50},,,,,\r\n'
    "r2,u2,bob@example.com,Bob,2026-01-01T00:00:00Z,,13,Post,,-1,,,,2026-01-01T00:00:01Z,,\r\n"
    ",,,,,,,,,,,,,,,\r\n"
).encode()

EXPECTED = (
    Outbound(
        id="r1",
        campaign="9",
        campaign_name="News, March",
        channel="email",
        person="u1",
        delivered_at=NOW - 100,
        opened_at=NOW - 50,
    ),
    Outbound(
        id="r2",
        campaign="13",
        channel="post",
        person="u2",
        delivered_at=1_767_225_600,
        bounced_at=1_767_225_601,
    ),
)


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.csv", content)
    return buffer.getvalue()


async def read(fake: FakeIntercom, cursor: str | None = None) -> list[Page]:
    return [page async for page in fake.source().read("outbound", NOW - 14 * 86_400, NOW, cursor)]


def records(pages: list[Page]) -> tuple[object, ...]:
    return tuple(record for page in pages for record in page.records)


@pytest.mark.parametrize(
    "body",
    [
        CSV,
        gzip.compress(CSV),
        zipped(**{"receipt_20260101-000000": CSV, "goal_success_20260101-000000": b"receipt_id\r\nother\r\n"}),
        zipped(data=CSV),
    ],
    ids=["plain", "gzip", "zip", "zip with one odd name"],
)
async def test_any_archive(body: bytes) -> None:
    fake = FakeIntercom()
    fake.receipts_csv = CSV
    fake.always["/download/content/data/j1"] = lambda: httpx.Response(
        200, content=body, headers={"Content-Encoding": "zip"}
    )
    pages = await read(fake)
    assert records(pages) == EXPECTED
    assert pages[-1].cursor is None
    assert len({page.cursor for page in pages}) == len(pages)


async def test_waits_for_the_job_and_leaves_checkpoints() -> None:
    fake = FakeIntercom()
    fake.receipts_csv, fake.job_looks = CSV, 4
    pages = await read(fake)
    assert [page.cursor for page in pages[:3]] == ["job:j1#0", "job:j1#1", "job:j1#2"]
    assert fake.time.slept == [1.0, 1.5, 2.25, 3.375]


async def test_goes_on_with_a_job_of_an_earlier_run() -> None:
    fake = FakeIntercom()
    fake.receipts_csv = CSV
    assert records(await read(fake, "job:j7#3")) == EXPECTED
    assert fake.calls["/export/content/data"] == 0


async def test_waits_for_the_slot_that_another_tool_holds() -> None:
    fake = FakeIntercom()
    fake.receipts_csv = CSV
    busy = "Exceeded rate limit of 1 pending message data export jobs"
    fake.fail("/export/content/data", problem(429, busy), problem(429, busy))
    pages = await read(fake)
    assert records(pages) == EXPECTED
    assert fake.time.slept[:2] == [60.0, 60.0]
    assert pages[0].cursor is not None
    assert records(await read(fake, pages[0].cursor)) == EXPECTED


async def test_nothing_was_sent() -> None:
    pages = await read(FakeIntercom())
    assert records(pages) == ()
    assert pages[-1].cursor is None


async def test_an_expired_job_starts_over() -> None:
    fake = FakeIntercom()
    fake.refuse("/export/content/data/j7", 404, "not_found")
    with pytest.raises(StaleCursor):
        await read(fake, "job:j7#0")


async def test_a_damaged_archive_is_one_line() -> None:
    fake = FakeIntercom()
    fake.receipts_csv = CSV
    fake.always["/download/content/data/j1"] = lambda: httpx.Response(200, content=gzip.compress(CSV)[:-9])
    with pytest.raises(BadBody, match="cannot be unpacked"):
        await read(fake)


async def test_no_scope_for_exports() -> None:
    fake = FakeIntercom()
    fake.refuse("/export/content/data", 403)
    with pytest.raises(ForbiddenError, match="acme: outbound"):
        await read(fake)
