"""Intercom's API over the world: what a request is answered with. Knows nothing of sockets."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from funnel_tui.demo import paging, search, wire
from funnel_tui.demo.articles_api import Articles
from funnel_tui.demo.exports import Exports
from funnel_tui.demo.limits import RateLimit
from funnel_tui.demo.people_api import People
from funnel_tui.demo.reply import JSON, Refusal, Reply, dump, not_found, ok, whole
from funnel_tui.demo.world.world import LOOK_BACK, Row, World

VERSIONS = ("2.16", "2.17")
DELETED_PAGE = 60

Clock = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    base_url: str

    @classmethod
    def parse(cls, method: str, target: str, headers: Mapping[str, str], body: bytes, base_url: str) -> "Request":
        path, _, query = target.partition("?")
        return cls(method, path.rstrip("/") or "/", dict(parse_qsl(query)), headers, body, base_url)

    def json(self) -> dict[str, Any]:
        try:
            parsed = json.loads(self.body or b"{}")
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise Refusal(400, "bad_request", "The request body is no JSON object")
        return parsed


Handler = Callable[..., Reply]


class IntercomApi:
    """One workspace. `export_times`: seconds of real time that an export job is pending and in progress."""

    def __init__(
        self,
        world: World,
        clock: Clock,
        token: str,
        *,
        per_minute: int = 10_000,
        export_times: tuple[float, float] = (1.0, 1.5),
        real: Callable[[], float] = time.time,
    ) -> None:
        self._world = world
        self._clock = clock
        self._token = token
        self._real = real
        self._limit = RateLimit(per_minute, real, clock)
        self._articles = Articles(world)
        self._people = People(world)
        pending, working = export_times
        self._exports = Exports(world.company, world.first_day, clock, real, pending=pending, working=working)
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = [
            ("POST", re.compile(r"/conversations/search"), self._search),
            ("GET", re.compile(r"/conversations/deleted"), self._deleted),
            ("GET", re.compile(r"/conversations/(\d+)"), self._conversation),
            ("GET", re.compile(r"/conversations"), self._list),
            ("GET", re.compile(r"/articles"), lambda request: ok(self._articles.list(request.query))),
            ("GET", re.compile(r"/articles/(\d+)"), lambda request, number: ok(self._articles.one(int(number)))),
            ("POST", re.compile(r"/export/content/data"), self._export),
            ("GET", re.compile(r"/export/content/data/(\w+)"), self._export_status),
            ("POST", re.compile(r"/export/cancel/(\w+)"), self._export_cancel),
            ("GET", re.compile(r"/download/content/data/(\w+)"), self._download),
            ("GET", re.compile(r"/me"), lambda request: ok(self._people.me())),
            ("GET", re.compile(r"/admins"), lambda request: ok(self._people.admins())),
            (
                "GET",
                re.compile(r"/admins/activity_logs"),
                lambda r: ok(self._people.activity_logs(r.query, r.base_url)),
            ),
            ("GET", re.compile(r"/admins/(\d+)"), lambda request, admin: ok(self._people.admin(int(admin)))),
            ("GET", re.compile(r"/teams"), lambda request: ok(self._people.teams())),
            ("GET", re.compile(r"/teams/(\w+)"), lambda request, team: ok(self._people.team(team))),
            ("GET", re.compile(r"/teams/(\w+)/metrics"), lambda r, team: ok(self._people.team_metrics(team, r.query))),
            ("GET", re.compile(r"/tags"), lambda request: ok(self._people.tags())),
            ("GET", re.compile(r"/contacts/(\w+)"), lambda request, contact: ok(self._people.contact(contact))),
            ("GET", re.compile(r"/office_hours_schedules"), lambda request: ok(self._people.schedules())),
            ("GET", re.compile(r"/office_hours_schedules/(\d+)"), lambda r, number: ok(self._people.schedule(number))),
            (
                "GET",
                re.compile(r"/office_hours_schedules/(\d+)/office_hours_exceptions"),
                lambda r, number: ok(self._people.exceptions(number)),
            ),
        ]

    def answer(self, request: Request) -> Reply:
        """The reply to a request, refusals included; never raises."""
        limits: dict[str, str] = {}
        try:
            self._authenticate(request)
            passed, limits, wait = self._limit.take()
            if not passed:
                raise Refusal(429, "rate_limit_exceeded", "Exceeded rate limit", retry_after=wait)
            reply = self._dispatch(request)
        except Refusal as refusal:
            reply = refusal.reply()
        except search.QueryError as error:
            reply = Refusal(400, error.code, str(error), error.field).reply()
        return Reply(reply.status, reply.body, reply.kind, {**reply.headers, **limits})

    def _authenticate(self, request: Request) -> None:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            raise Refusal(401, "unauthorized", "Access Token Invalid")

    def _dispatch(self, request: Request) -> Reply:
        version = request.headers.get("intercom-version", VERSIONS[0])
        if version not in VERSIONS:
            raise Refusal(
                400, "intercom_version_invalid", "Requested resource is not available in current API version."
            )
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(request.path) if method == request.method else None
            if match:
                return handler(request, *match.groups())
        raise not_found()

    # --- conversations

    def _search(self, request: Request) -> Reply:
        body = request.json()
        pagination = body.get("pagination") or {}
        if not isinstance(pagination, dict):
            raise search.QueryError("pagination must be an object")
        query = search.compile_query(body.get("query"))
        order = paging.order_of(body.get("sort"))
        self._world.wait_for(None if query.since is None else query.since - LOOK_BACK)
        with self._world.now():
            rows = [row for row in self._world.living(query.since) if query.matches(row)]
            return self._page(rows, order, pagination.get("per_page"), pagination.get("starting_after"))

    def _list(self, request: Request) -> Reply:
        self._world.wait_for(None)
        order = paging.order_of({"field": "created_at", "order": "descending"})
        with self._world.now():
            rows = list(self._world.living())
            return self._page(rows, order, request.query.get("per_page"), request.query.get("starting_after"))

    def _page(self, rows: list[Row], order: paging.Order, per_page: object, cursor: object) -> Reply:
        size = paging.page_size(per_page)
        page = paging.page_of(rows, order, size, None if cursor is None else str(cursor), self._real())
        pages: dict[str, Any] = {
            "type": "pages",
            "page": page.number,
            "per_page": size,
            "total_pages": -(-page.total // size),
        }
        if page.cursor is not None:
            pages["next"] = {"per_page": size, "starting_after": page.cursor}
        head = dump({"type": "conversation.list", "pages": pages, "total_count": page.total})
        return Reply(200, head[:-1] + b',"conversations":[' + b",".join(map(_rendered, page.rows)) + b"]}", JSON)

    def _conversation(self, request: Request, identity: str) -> Reply:
        number = int(identity)
        began = self._world.day_of(number)
        if not began:
            raise not_found()
        self._world.wait_for(began)
        with self._world.now():
            row = self._world.find(number)
            if row is None or row.state.deleted_at is not None:
                raise not_found()
            script, seen = row.script, row.seen
        plain = request.query.get("display_as") == "plaintext"
        return ok(wire.full(script, seen, self._world.company.calendar, plain=plain))

    def _deleted(self, request: Request) -> Reply:
        self._world.wait_for(None)
        with self._world.now():
            gone = [
                (row.state.deleted_at, row.script.id)
                for row in self._world.rows.values()
                if row.seen and row.state.deleted_at
            ]
        gone.sort(reverse=request.query.get("order", "desc") != "asc")
        items = [
            {"type": "conversation", "id": str(identity), "metrics_retained": identity % 3 != 0, "deleted_at": at}
            for at, identity in gone
        ]
        size = min(whole(request.query.get("per_page"), 20), DELETED_PAGE)
        page = whole(request.query.get("page"), 1)
        pages: dict[str, Any] = {"type": "pages", "page": page, "per_page": size, "total_pages": -(-len(items) // size)}
        if page * size < len(items):
            again = {"per_page": size, "order": request.query.get("order", "desc"), "page": page + 1}
            pages["next"] = f"{request.base_url}/conversations/deleted?{urlencode(again)}"
        body = items[(page - 1) * size : page * size]
        return ok({"type": "conversations.list", "conversations": body, "total_count": len(items), "pages": pages})

    # --- exports

    def _export(self, request: Request) -> Reply:
        body = request.json()
        return ok(self._exports.begin(body.get("created_at_after"), body.get("created_at_before"), request.base_url))

    def _export_status(self, request: Request, job: str) -> Reply:
        return ok(self._exports.describe(job, request.base_url))

    def _export_cancel(self, request: Request, job: str) -> Reply:
        return ok(self._exports.cancel(job, request.base_url))

    def _download(self, request: Request, job: str) -> Reply:
        if request.headers.get("accept") != "application/octet-stream":
            raise Refusal(400, "bad_request", "Accept must be application/octet-stream")
        return self._exports.download(job, as_zip=request.headers.get("intercom-version") == "2.17")


def _rendered(row: Row) -> bytes:
    if row.cache is None:
        row.cache = dump(wire.summary(row.script, row.state))
    return row.cache
