"""The export of outbound receipts: jobs that take a while, one at a time, and a gzipped CSV in the end."""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import uuid4

from funnel_tui.demo.reply import Refusal, Reply, not_found
from funnel_tui.demo.world.campaigns import Receipt
from funnel_tui.demo.world.company import Company
from funnel_tui.demo.world.people import contact_id, customer_email, customer_name

SHELF_LIFE = 2 * 86_400
"""Seconds for which a result can be fetched."""

COLUMNS = (
    "user_id",
    "user_external_id",
    "company_id",
    "email",
    "name",
    "ruleset_id",
    "content_id",
    "content_type",
    "content_title",
    "ruleset_version_id",
    "receipt_id",
    "received_at",
    "series_id",
    "series_title",
    "node_id",
    "first_reply",
    "first_completion",
    "first_series_completion",
    "first_series_disengagement",
    "first_series_exit",
    "first_goal_success",
    "first_open",
    "first_click",
    "first_dismisall",
    "first_unsubscribe",
    "first_hard_bounce",
)


@dataclass(slots=True)
class _Job:
    identity: str
    since: int
    until: int
    begun: float
    """Real time."""
    canceled: bool = False


class Exports:
    """The jobs of one workspace: pending for `pending` seconds of real time, in progress for `working` more."""

    def __init__(
        self,
        company: Company,
        first_day: int,
        clock: Callable[[], int],
        real: Callable[[], float],
        *,
        pending: float,
        working: float,
    ) -> None:
        self._company = company
        self._first_day = first_day
        self._clock = clock
        self._real = real
        self._pending = pending
        self._working = working
        self._jobs: dict[str, _Job] = {}
        self._lock = Lock()

    def begin(self, since: object, until: object, base_url: str) -> dict[str, str]:
        """Start a job over `[since, until]`. Raises Refusal: one at a time, both bounds are needed."""
        try:
            job = _Job(uuid4().hex[:16], int(str(since)), int(str(until)), self._real())
        except ValueError:
            raise Refusal(
                400, "bad_request", "created_at_after and created_at_before must be UNIX timestamps"
            ) from None
        with self._lock:
            if any(self._status(other) in ("pending", "in_progress") for other in self._jobs.values()):
                raise Refusal(429, "rate_limit_exceeded", "Exceeded rate limit of 1 pending message data export jobs")
            self._jobs[job.identity] = job
        return self.describe(job.identity, base_url)

    def describe(self, identity: str, base_url: str) -> dict[str, str]:
        job = self._find(identity)
        status = self._status(job)
        done = status == "completed"
        return {
            "job_identifier": identity,
            "status": status,
            "download_url": f"{base_url}/download/content/data/{identity}" if done else "",
            "download_expires_at": str(self._clock() + SHELF_LIFE) if done else "",
        }

    def cancel(self, identity: str, base_url: str) -> dict[str, str]:
        self._find(identity).canceled = True
        return self.describe(identity, base_url)

    def download(self, identity: str, *, as_zip: bool) -> Reply:
        """The result: gzipped CSV; from version 2.17 on a ZIP with a file per group."""
        job = self._find(identity)
        if self._status(job) != "completed":
            raise not_found("Export is not ready")
        text = self._csv(job).encode()
        if not as_zip:
            return Reply(200, gzip.compress(text, 5), "application/octet-stream")
        made = datetime.fromtimestamp(self._clock(), self._company.calendar.zone)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"receipt_{made:%Y%m%d-%H%M%S}.csv", text)
        return Reply(200, buffer.getvalue(), "application/octet-stream", {"Content-Encoding": "zip"})

    def _find(self, identity: str) -> _Job:
        job = self._jobs.get(identity)
        if job is None:
            raise not_found()
        return job

    def _status(self, job: _Job) -> str:
        age = self._real() - job.begun
        if job.canceled:
            return "canceled"
        if age < self._pending:
            return "pending"
        if age < self._pending + self._working:
            return "in_progress"
        return "completed" if self._receipts(job) else "no_data"

    def _receipts(self, job: _Job) -> list[Receipt]:
        """What was sent in the range, as far as it has been sent."""
        calendar, until = self._company.calendar, min(job.until, self._clock())
        first = max(calendar.day(max(job.since, 0)), self._first_day)
        return [
            receipt
            for day in range(first, calendar.day(max(until, 0)) + 1)
            for receipt in self._company.campaigns.receipts(day)
            if job.since <= receipt.at <= until
        ]

    def _csv(self, job: _Job) -> str:
        """Only what happened inside the range counts, as Intercom says of its columns."""
        until = min(job.until, self._clock())
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, COLUMNS, restval="")
        writer.writeheader()
        for receipt in self._receipts(job):
            campaign = receipt.campaign
            events = {
                "first_open": receipt.opened,
                "first_click": receipt.clicked,
                "first_reply": receipt.replied,
                "first_hard_bounce": receipt.bounced,
                "first_unsubscribe": receipt.unsubscribed,
            }
            writer.writerow(
                {
                    "user_id": contact_id(receipt.person),
                    "user_external_id": receipt.person,
                    "company_id": -1,
                    "email": customer_email(receipt.person),
                    "name": customer_name(receipt.person),
                    "ruleset_id": campaign.id,
                    "content_id": campaign.id + 1,
                    "content_type": campaign.kind,
                    "content_title": campaign.title,
                    "ruleset_version_id": campaign.id + 2,
                    "receipt_id": receipt.id,
                    "received_at": receipt.at,
                    "series_id": -1 if campaign.series is None else campaign.series,
                    "series_title": "" if campaign.series is None else "Welcome aboard",
                    "node_id": -1 if campaign.series is None else campaign.series * 10,
                    **{name: at for name, at in events.items() if at is not None and at <= until},
                }
            )
        return buffer.getvalue()
