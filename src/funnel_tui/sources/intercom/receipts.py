"""Receipts of outbound messages, through the content export: create a job, wait for it, download its CSV.

There is one active job per workspace, and another tool may hold it. A job picks messages *sent* in its window, so later
opens need the old window again: every pass goes two weeks back, and rows are replaced by `receipt_id`. Names and e-mail
columns are dropped while reading.
"""

import csv
import gzip
import io
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import count
from typing import IO

from funnel_tui.model.records import Outbound
from funnel_tui.sources.base import Stream
from funnel_tui.sources.errors import BadBody, NotFound, RateLimited, ServerError, StaleCursor
from funnel_tui.sources.intercom import wire
from funnel_tui.sources.intercom.client import IntercomClient
from funnel_tui.sources.protocol import Lane, SourcePage, StreamSpec
from funnel_tui.sources.text import ident, label, moment

DAY = 86_400
BATCH = 1_000
FIRST_LOOK = 1.0
LONGEST_LOOK = 30.0
SLOT_WAIT = 60.0
"""Seconds until asking again for the one slot."""

LATE = 14 * DAY
"""So long after a message what its reader did with it is still looked for."""

SPEC = StreamSpec("outbound", lane=Lane.SLOW, interval=3600, overlap=LATE, slice=90 * DAY)

_SLOT = "slot"
_JOB = "job:"
_ABSENT = frozenset({"", "-1"})


class Receipts(Stream):
    spec = SPEC

    def __init__(self, client: IntercomClient) -> None:
        self._client = client

    async def probe(self) -> None:
        """Looks at a job that does not exist: 404 means that one may look."""
        try:
            await self._client.get(SPEC.name, "/export/content/data/none", wire.decode_job)
        except NotFound:
            return

    def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        return _read(self._client, lo, hi, cursor)


async def _read(client: IntercomClient, lo: int, hi: int, cursor: str | None) -> AsyncIterator[SourcePage]:
    """Messages sent in `[lo, hi]`. An export tells only what happened inside its range: one of the past asks for more,
    and leaves out what was sent in that, which the later export knew better."""
    job = _job_of(cursor)
    resumed = job is not None
    step = count()
    while job is None:
        try:
            job = await _create(client, lo, max(hi, min(hi + LATE, client.now())))
        except RateLimited as error:
            yield SourcePage(
                records=(),
                cursor=f"{_SLOT}#{next(step)}",
                warnings=(f"outbound: another export is running: {error}",),
                waiting=True,
            )
            await client.http.pause(max(SLOT_WAIT, error.retry_after or 0.0))
    if not resumed:
        yield SourcePage(records=(), cursor=f"{_JOB}{job}#{next(step)}", waiting=True)
    look = FIRST_LOOK
    while True:
        status = await _status(client, job, resumed=resumed)
        if status == "no_data":
            yield SourcePage(records=())
            return
        if status.startswith("complete"):
            break
        if status in ("failed", "canceled", "cancelled"):
            raise StaleCursor(client.http.name, f"the export {status}", stream=SPEC.name)
        await client.http.pause(look)
        look = min(LONGEST_LOOK, look * 1.5)
        yield SourcePage(records=(), cursor=f"{_JOB}{job}#{next(step)}", waiting=True)
    try:
        file = await client.download(SPEC.name, f"/download/content/data/{job}")
    except NotFound:
        raise StaleCursor(client.http.name, "the export has expired", stream=SPEC.name) from None
    with file:
        for batch in _batches(_rows(client, file), hi):
            yield SourcePage(records=batch, cursor=f"{_JOB}{job}#{next(step)}")
    yield SourcePage(records=())


def _job_of(cursor: str | None) -> str | None:
    """Cursors are `slot#n` and `job:id#n`; n only tells them apart, a download starts over."""
    if cursor is None or not cursor.startswith(_JOB):
        return None
    return cursor.removeprefix(_JOB).rpartition("#")[0] or None


async def _create(client: IntercomClient, lo: int, hi: int) -> str:
    window = {"created_at_after": lo, "created_at_before": hi}
    job = await client.post(SPEC.name, "/export/content/data", window, wire.decode_job, patient=False)
    id = ident(job.job_identifier)
    if id is None:
        raise ServerError(client.http.name, "the export was created without a name", stream=SPEC.name)
    return id


async def _status(client: IntercomClient, job: str, *, resumed: bool) -> str:
    try:
        found = await client.get(SPEC.name, f"/export/content/data/{job}", wire.decode_job)
    except NotFound:
        if resumed:
            raise StaleCursor(client.http.name, "the export has expired", stream=SPEC.name) from None
        raise
    return (found.status or "").lower()


def _rows(client: IntercomClient, file: IO[bytes]) -> Iterator[dict[str, str]]:
    """CSV rows of receipts in a ZIP, in gzip, or plain: the first bytes say which, headers do not."""
    magic = file.read(2)
    file.seek(0)
    try:
        if magic == b"PK":
            with zipfile.ZipFile(file) as archive:
                names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
                named = [name for name in names if name.rpartition("/")[2].lower().startswith("receipt")]
                for name in named or names:
                    with archive.open(name) as member:
                        yield from _csv(member)
        elif magic == b"\x1f\x8b":
            with gzip.open(file) as unpacked:
                yield from _csv(unpacked)
        else:
            yield from _csv(file)
    except (zipfile.BadZipFile, EOFError, OSError, csv.Error) as error:
        message = f"the export cannot be unpacked ({error})"
        raise BadBody(client.http.name, message, stream=SPEC.name) from None


def _csv(file: IO[bytes] | gzip.GzipFile) -> Iterator[dict[str, str]]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    try:
        rows = csv.reader(text)
        header = [name.strip().lower().replace(" ", "_") for name in next(rows, [])]
        for row in rows:
            yield dict(zip(header, row, strict=False))
    finally:
        text.detach()


def _batches(rows: Iterator[dict[str, str]], until: int) -> Iterator[tuple[Outbound, ...]]:
    batch: list[Outbound] = []
    for row in rows:
        receipt = _receipt(row)
        if receipt is not None and (receipt.delivered_at is None or receipt.delivered_at <= until):
            batch.append(receipt)
        if len(batch) == BATCH:
            yield tuple(batch)
            batch = []
    if batch:
        yield tuple(batch)


def _receipt(row: dict[str, str]) -> Outbound | None:
    def field(*names: str) -> str | None:
        return next((value for name in names if (value := row.get(name, "").strip()) not in _ABSENT), None)

    id = field("receipt_id")
    if id is None:
        return None
    channel = label(field("content_type"))
    return Outbound(
        id=id,
        campaign=field("ruleset_id", "content_id"),
        campaign_name=label(field("content_title", "series_title")),
        channel=channel.lower() if channel else None,
        person=field("user_id", "contact_id", "user_external_id"),
        delivered_at=moment(field("received_at")),
        opened_at=moment(field("first_open")),
        clicked_at=moment(field("first_click")),
        replied_at=moment(field("first_reply")),
        bounced_at=moment(field("first_hard_bounce")),
    )
