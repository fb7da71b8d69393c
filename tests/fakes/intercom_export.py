"""Intercom's export of outbound messages: one job at a time, an archive in one of its shapes, results that go stale."""

import csv
import gzip
import io
import random
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.fakes.intercom_talks import DAY
from tests.fakes.toolkit import Call, Hostility, Reply, as_json

COLUMNS = (
    *("user_id", "user_external_id", "company_id", "email", "name", "ruleset_id", "content_id", "content_type"),
    *("content_title", "ruleset_version_id", "receipt_id", "received_at", "series_id", "series_title", "node_id"),
    *("first_reply", "first_completion", "first_series_completion", "first_series_disengagement", "first_series_exit"),
    *("first_goal_success", "first_open", "first_click", "first_dismisall", "first_dismissal", "first_unsubscribe"),
    *("first_hard_bounce", "first_collapse"),
)
TIMES = {"opened_at": "first_open", "clicked_at": "first_click", "replied_at": "first_reply"}


@dataclass(frozen=True)
class Message:
    """One message to one person."""

    id: str
    campaign: int
    channel: str
    person: str
    sent: int
    delivered: int | None
    opened: int | None = None
    clicked: int | None = None
    replied: int | None = None
    bounced: int | None = None

    def line(self, now: int) -> dict[str, Any]:
        def known(at: int | None) -> int | None:
            return at if at is not None and at <= now else None

        return {
            "type": "outbound",
            "id": self.id,
            "campaign": str(self.campaign),
            "campaign_name": title(self.campaign),
            "channel": self.channel.lower(),
            "person": self.person,
            "delivered_at": known(self.delivered),
            "opened_at": known(self.opened),
            "clicked_at": known(self.clicked),
            "replied_at": known(self.replied),
            "bounced_at": known(self.bounced),
        }


def title(campaign: int) -> str:
    return f'Notice "{campaign}", part 1;\nsecond line'


def messages(seed: int, *, first: int, last: int, count: int = 60) -> list[Message]:
    """Sent between two moments; what people do with them comes within ten days."""
    rng = random.Random(f"messages {seed}")
    found = []
    for number in range(count):
        sent = rng.randrange(first, last)
        gone = rng.random() < 0.1
        opened = sent + rng.choice((5, 3600, DAY, 9 * DAY)) if not gone and rng.random() < 0.6 else None
        later = (opened or 0) + 40
        found.append(
            Message(
                id=f"{90_000 + number}",
                campaign=300 + number % 4,
                channel=rng.choice(("Email", "Chat", "Post")),
                person=f"{rng.randrange(40):024x}",
                sent=sent,
                delivered=None if gone else sent,
                opened=opened,
                clicked=later if opened and rng.random() < 0.4 else None,
                replied=later + 9 if opened and rng.random() < 0.2 else None,
                bounced=sent + 5 if gone else None,
            )
        )
    return found


@dataclass
class Shape:
    """How exports look and behave."""

    archive: str = "gzip"
    """`gzip`, `zip` (with the encoding header that no library knows), `plain`."""
    iso: bool = False
    busy: int = 0
    """How often another tool's job holds the slot."""
    polls: int = 1
    """Times that a job is asked for before it is done."""
    expired: int = 0
    """Downloads of finished jobs that answer 404: their results are gone."""
    failing: int = 0
    """Jobs that end as `failed`."""


@dataclass
class _Job:
    id: str
    after: int
    before: int
    polls: int
    status: str = "pending"


class Exports:
    """The jobs of a workspace."""

    def __init__(
        self, messages: Sequence[Message], shape: Shape, hostility: Hostility, clock: Callable[[], int]
    ) -> None:
        self.messages = messages
        self.shape = shape
        self.hostility = hostility
        self.clock = clock
        self.jobs: dict[str, _Job] = {}
        self.ranges: list[tuple[int, int]] = []
        """What was asked for."""

    def answer(self, call: Call) -> Reply | None:
        """The answer to a call of the export, None for calls of anything else."""
        steps = call.path.strip("/").split("/")
        match (call.method, *steps):
            case ("POST", "export", "content", "data"):
                return self._begin(call.json)
            case ("GET", "export", "content", "data", id) if id in self.jobs:
                return self._status(self.jobs[id])
            case ("GET", "download", "content", "data", id) if id in self.jobs:
                return self._download(call, self.jobs[id])
            case ("POST", "export", "cancel", id) if id in self.jobs:
                self.jobs[id].status = "canceled"
                return as_json(self._told(self.jobs[id]))
        return None

    def _begin(self, body: Any) -> Reply:
        for name in ("created_at_after", "created_at_before"):
            if type(body.get(name)) is not int:
                return refusal(400, "parameter_invalid", f"{name} must be a unix timestamp")
        active = any(job.status in ("pending", "in_progress") for job in self.jobs.values())
        if self.shape.busy or active:
            self.shape.busy = max(0, self.shape.busy - 1)
            for job in self.jobs.values():  # whoever forgot about them: they end by themselves
                self._go_on(job)
            told = "Exceeded rate limit of 1 pending message data export jobs"
            return refusal(429, "rate_limit_exceeded", told)
        job = _Job(f"job{len(self.jobs)}x", body["created_at_after"], body["created_at_before"], self.shape.polls)
        self.jobs[job.id] = job
        self.ranges.append((job.after, job.before))
        return as_json(self._told(job))

    def _told(self, job: _Job) -> dict[str, Any]:
        expires = str(self.clock() + 2 * DAY)
        done = job.status == "completed"
        return {
            "job_identifier": job.id,
            "status": job.status,
            "download_url": f"https://api.intercom.test/download/content/data/{job.id}" if done else "",
            "download_expires_at": expires if done else "",
        }

    def _go_on(self, job: _Job) -> None:
        if job.status in ("pending", "in_progress"):
            job.polls -= 1
            job.status = "in_progress"
            if job.polls <= 0:
                job.status = "completed" if list(self._rows(job)) else "no_data"
                if self.shape.failing:
                    self.shape.failing -= 1
                    job.status = "failed"

    def _status(self, job: _Job) -> Reply:
        self._go_on(job)
        return as_json(self._told(job))

    def _rows(self, job: _Job) -> Iterator[dict[str, str]]:
        for message in self.messages:
            if job.after <= message.sent <= job.before and message.sent <= self.clock():
                yield self._row(message)

    def _row(self, message: Message) -> dict[str, str]:
        line = message.line(self.clock())
        times = {name: self._time(line[known]) for known, name in TIMES.items()}
        return {
            **dict.fromkeys(COLUMNS, ""),
            "user_id": message.person,
            "email": f"who-{message.person}@customer.example",
            "name": f"N{message.person}",
            "ruleset_id": str(message.campaign),
            "content_id": str(message.campaign * 7),
            "content_type": message.channel,
            "content_title": title(message.campaign),
            "receipt_id": message.id,
            "received_at": self._time(line["delivered_at"]),
            "series_id": "-1",
            "first_hard_bounce": self._time(line["bounced_at"]),
            **times,
        }

    def _time(self, at: int | None) -> str:
        if at is None:
            return ""
        if not self.shape.iso:
            return str(at)
        moment = datetime.fromtimestamp(at, UTC)
        style = self.hostility.chance("iso", at).randrange(3)
        return (
            moment.isoformat()
            if style == 0
            else moment.strftime("%Y-%m-%dT%H:%M:%SZ" if style == 1 else "%Y-%m-%d %H:%M:%S UTC")
        )

    def _download(self, call: Call, job: _Job) -> Reply:
        if call.headers.get("accept") != "application/octet-stream":
            return refusal(406, "not_acceptable", "Accept: application/octet-stream")
        if job.status != "completed" or self.shape.expired:
            self.shape.expired = max(0, self.shape.expired - 1)
            return refusal(404, "not_found", "Export has expired")
        rows = self.hostility.rows(list(self._rows(job)), job.id)
        text = io.StringIO()
        columns = list(COLUMNS)
        if self.hostility.odd:
            self.hostility.chance("columns", job.id).shuffle(columns)
            columns.append("first_new_thing")
        writer = csv.DictWriter(text, columns)
        writer.writeheader()
        writer.writerows(rows)
        content = text.getvalue().encode()
        headers = {"Content-Type": "application/octet-stream"}
        match self.shape.archive:
            case "gzip":
                return Reply(200, gzip.compress(content), headers)
            case "zip":
                return Reply(200, _zipped(content), {**headers, "Content-Encoding": "zip"})
        return Reply(200, content, {**headers, "Content-Type": "text/csv"})


def _zipped(receipts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("open_20260304-140000.csv", "receipt_id,created_at\r\n90000,1\r\n")
        archive.writestr("receipt_20260304-140000.csv", receipts)
    return packed.getvalue()


def refusal(status: int, code: str, message: str) -> Reply:
    told = {"type": "error.list", "request_id": "r-1", "errors": [{"code": code, "message": message}]}
    return as_json(told, status)
