"""A Zendesk that serves what its public facts name and answers 404 to all else, with both limits counted strictly.

Where those facts leave something open, each server takes a `Reading` of its own: which paging, which shape of a
change, what ends an export, who can be asked for users, whether tickets have audits. `lives.truth` stays the same.
"""

import base64
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from tests.fakes import minimal_zendesk_life as lives
from tests.fakes.minimal_zendesk_life import AGENTS, COPIED, CUSTOMERS, FORMER, GROUPS, Deed, Life
from tests.fakes.toolkit import Call, Clock, Hostility, Limit, Reply, World, as_json

EMAIL = "bot@example.org"
LAST_MINUTE = 60


@dataclass
class Sliding(Limit):
    """So many calls in any stretch of a window's length, whichever: refused ones count as well."""

    times: list[float] = field(default_factory=list)

    def take(self, now: float) -> bool:
        self.times = [at for at in self.times if at > now - self.window] + [now]
        return len(self.times) <= self.limit

    @property
    def remaining(self) -> int:
        return max(0, self.limit - len(self.times))

    def reset(self, now: float) -> int:
        return max(1, int(self.times[0] + self.window - now) + 1) if self.times else 1


def _one(*choices: Any) -> Any:
    return field(default=choices[0], metadata={"choices": choices})


@dataclass(frozen=True)
class Reading:
    """One way to understand the facts. The first choice of each is the calm one."""

    audits: str = _one("none", "served", "none")
    comments: bool = _one(True, False)
    users: str = _one("list", "roles ignored", "show_many too", "incremental", "none")
    groups: bool = _one(True, False)
    me: bool = _one(True, False)
    lost: str = _one("json", "html", "titled")
    """How what is not there is refused."""
    pages: str = _one("offset", "cursor", "all")
    child: str = _one("keyed", "fielded")
    """A change as `{"status": new}` or as `{"field_name": "status", "value": new}`."""
    event_time: str = _one("both", "created_at", "timestamp")
    end: str = _one("eos", "null", "count")
    """What ends a time-based export: a flag, no next page, or a page with nothing new."""
    next_page: str = _one("whole", "bare", "elsewhere")
    """Addresses of next pages: with the side-load, without it, or on the public host."""
    metric_set: str = _one("ticket", "beside", "none")
    ratings: str = _one("changed", "rows", "surveys")
    """A rating's row changes, or there is one for each; or the newer system is on."""
    rated_by: str = _one("updated", "created")
    """Which time the list's range means."""
    scored: bool = _one(True, False)
    """Whether scores are in the tickets' histories as well."""
    scale: int = _one(5, 2, 3)
    strings: bool = _one(False, True)
    zone: str = _one("Z", "+00:00", ".000Z")
    limit: int = _one(700, 20, 60)
    headers: str = _one("x", "ietf", "both", "none")
    page: int = _one(100, 3, 7)
    forgets: int = _one(400, 404, 410, 422)
    """How a cursor that means nothing any more is refused."""

    @staticmethod
    def of(seed: int) -> "Reading":
        luck = random.Random(f"reading:{seed}")
        fields = Reading.__dataclass_fields__
        drawn = Reading(**{name: luck.choice(known.metadata["choices"]) for name, known in fields.items()})
        if drawn.headers == "none":  # nobody can keep a limit that is never told
            drawn = replace(drawn, limit=700)
        if drawn.rated_by == "created" and drawn.ratings == "changed":  # else a change shows nowhere but in the history
            drawn = replace(drawn, scored=True)
        return drawn


class Zendesk(World):
    def __init__(self, clock: Clock, seed: int, *, reading: Reading | None = None, tickets: int = 60) -> None:
        super().__init__(clock, Hostility(seed))
        self.reading = reading or Reading.of(seed)
        known = self.reading.users != "none"
        surveys = self.reading.ratings == "surveys"
        self.cast = lives.Cast(former=self.reading.users == "show_many too", copied=known)
        begin = clock.now - 20 * lives.DAY
        self.lives = lives.lives(seed, begin, clock.now + 3 * lives.DAY, tickets, self.cast)
        self.account = Sliding("account", self.reading.limit)
        self.exports = Sliding("exports", 10)
        self.surveys = surveys
        self.forgotten = ""
        """A beginning of cursors that mean nothing any more."""
        self.moves = 0
        """Seconds that pass with each call."""

    # What a test expects

    def lines(self) -> list[dict[str, Any]]:
        told = [line for life in self.lives for line in lives.truth(life, self.clock.now - self.behind)]
        if self.surveys:
            told = [line for line in told if line.get("kind") != "rating_requested"]
            for line in told:
                if line.get("kind") == "rated":
                    line |= {"score": self.reading.scale if line["score"] else 1, "scale": [1, self.reading.scale]}
        staff = [{"type": "agent", "id": str(id), "name": f"Agent {id}"} for id in AGENTS]
        return told + staff

    behind = LAST_MINUTE

    # The gate

    def allowed(self, call: Call) -> bool:
        said = call.headers.get("authorization", "")
        pair = base64.b64encode(f"{EMAIL}/token:{self.token}".encode()).decode()
        return said in (f"Basic {pair}", f"Bearer {self.token}")

    def unauthorized(self, call: Call) -> Reply:
        return as_json({"error": "Couldn't authenticate you"}, 401)

    def limits(self, call: Call) -> Sequence[Limit]:
        return (self.account, self.exports) if "/incremental/" in call.path else (self.account,)

    def limit_headers(self, limits: Sequence[Limit], now: float) -> dict[str, str]:
        account, kind = limits[0], self.reading.headers
        x = {"X-Rate-Limit": str(account.limit), "X-Rate-Limit-Remaining": str(account.remaining)}
        names = ("limit", account.limit), ("remaining", account.remaining), ("reset", account.reset(now))
        ietf = {f"ratelimit-{name}": str(value) for name, value in names}
        return {"x": x, "ietf": ietf, "both": x | ietf, "none": {}}[kind]

    def refuse(self, status: int, what: str) -> Reply:
        if self.reading.lost == "html" and status == 404:
            return Reply(404, b"<!doctype html><html><h1>Not Found</h1></html>", {"Content-Type": "text/html"})
        if self.reading.lost == "titled":
            return as_json({"error": {"title": what, "message": f"{what}, sorry"}}, status)
        return as_json({"error": what, "description": what, "details": {}}, status)

    def after(self, call: Call) -> None:
        self.clock.move(self.moves)

    # Answers

    def answer(self, call: Call) -> Reply:
        known, path = self.reading, call.path.removesuffix(".json").removeprefix("/api/v2/")
        match path.split("/"):
            case ["incremental", "tickets", "cursor"]:
                return self._tickets(call)
            case ["incremental", "ticket_events"]:
                return self._timed(call, "ticket_events", self._events(call.one("include") == "comment_events"))
            case ["incremental", "ticket_metric_events"]:
                return self._timed(call, "ticket_metric_events", [])
            case ["help_center", "incremental", "articles"]:
                return self._timed(call, "articles", [(self.clock.now - lives.DAY, article) for article in _ARTICLES])
            case ["satisfaction_ratings"] if not self.surveys:
                return self._listed(call, "satisfaction_ratings", self._ratings(call))
            case ["guide", "survey_responses"] if self.surveys:
                return self._listed(call, "survey_responses", self._responses())
            case ["search", "count"]:
                return as_json({"count": sum(self._open(life) for life in self.lives)})
            case ["views", view, "count"]:
                return as_json({"view_count": {"view_id": int(view), "value": None, "pretty": "...", "fresh": False}})
            case ["users"] if known.users in ("list", "roles ignored", "show_many too"):
                return self._listed(call, "users", self._users(call))
            case ["users", "show_many"] if known.users == "show_many too":
                wanted = (call.one("ids") or "").split(",")
                everybody = [*self._all_users(), {**self._user(FORMER, "agent"), "active": False}]
                return as_json({"users": [user for user in everybody if str(user["id"]) in wanted]})
            case ["users", "me"] if known.me:
                return as_json({"user": {**self._user(AGENTS[0], "admin"), "time_zone": "UTC"}})
            case ["incremental", "users", "cursor"] if known.users == "incremental":
                end = {"after_cursor": "dXNlcnM=", "after_url": None, "end_of_stream": True}
                return as_json({"users": self._all_users(), **end})
            case ["groups"] if known.groups:
                return self._listed(call, "groups", [{"id": self._id(id), "name": f"Group {id}"} for id in GROUPS])
            case ["tickets", ticket, kind] if (kind, True) in (("comments", known.comments), ("audits", self._audited)):
                return self._child(call, ticket, kind)
        return self.refuse(404, "InvalidEndpoint")

    @property
    def _audited(self) -> bool:
        return self.reading.audits == "served"

    def _child(self, call: Call, ticket: str, kind: str) -> Reply:
        for life in self.lives:
            if str(life.id) == ticket and life.until(self.clock.now):
                rows = self._audits(life) if kind == "audits" else self._comments(life)
                return self._listed(call, kind, rows)
        return self.refuse(404, "RecordNotFound")

    def _tickets(self, call: Call) -> Reply:
        cursor, now = call.one("cursor"), self.clock.now
        if cursor is not None:
            if self.forgotten and cursor.startswith(self.forgotten):
                return self.refuse(self.reading.forgets, "InvalidCursor")
            after = tuple(json.loads(base64.b64decode(cursor)))
        elif call.whole("start_time", now) > now - LAST_MINUTE or call.one("start_time") is None:
            return self.refuse(422 if self.reading.strings else 400, "StartTimeTooRecent")
        else:
            after = (call.whole("start_time"), -1)
        seen = now - LAST_MINUTE
        moved = sorted((life.until(seen)[-1].at, life.id, life) for life in self.lives if life.until(seen))
        rows = [row for row in moved if row[:2] > after]
        page = rows[: self.reading.page]
        last = list(page[-1][:2] if page else after)
        follow = base64.b64encode(json.dumps(last).encode()).decode()
        url = f"{self._host(call)}/api/v2/incremental/tickets/cursor.json?{urlencode({'cursor': follow})}"
        body = {"tickets": [self._ticket(life, seen) for _, _, life in page], "after_cursor": follow, "after_url": url}
        if "metric_sets" in (call.one("include") or "") and self.reading.metric_set == "beside":
            body["metric_sets"] = [self._metrics(life, seen) for _, _, life in page]
        elif "metric_sets" in (call.one("include") or "") and self.reading.metric_set == "ticket":
            for row, (_, _, life) in zip(body["tickets"], page, strict=True):
                row["metric_set"] = self._metrics(life, seen)
        return as_json({**body, "end_of_stream": len(rows) <= len(page), "before_cursor": None, "before_url": None})

    def _timed(self, call: Call, name: str, rows: Iterable[tuple[int, Any]]) -> Reply:
        """A page from `start_time` on, that second included, and all of its last second."""
        begin, seen = call.whole("start_time", -1), self.clock.now - LAST_MINUTE
        if not 0 <= begin <= seen:
            return self.refuse(422 if self.reading.strings else 400, "StartTimeTooRecent")
        found = sorted((row for row in rows if begin <= row[0] <= seen), key=lambda row: (row[0], str(row[1]["id"])))
        size = max(self.reading.page, 1 + sum(at == begin for at, _ in found))
        while size < len(found) and found[size][0] == found[size - 1][0]:
            size += 1
        page, ended = found[:size], size >= len(found)
        until = page[-1][0] if page else (begin if self.reading.end != "null" else None)
        query = {"start_time": until}
        if self.reading.next_page == "whole" and call.one("include"):
            query["include"] = call.one("include")  # type: ignore[assignment]
        url = f"{self._host(call)}/api/v2/{call.path.removeprefix('/api/v2/')}?{urlencode(query)}"
        body: dict[str, Any] = {name: [row for _, row in page], "count": len(page), "end_time": until}
        body["next_page"] = None if ended and self.reading.end == "null" else url
        if self.reading.end == "eos":
            body["end_of_stream"] = ended
        return as_json(body)

    def _listed(self, call: Call, name: str, rows: Sequence[Any]) -> Reply:
        style, size = self.reading.pages, min(100, self.reading.page * 2)
        here = f"{self._host(call)}{call.path}"
        if style == "all":
            return as_json({name: rows})
        if style == "cursor" and call.one("page[size]"):
            size = min(size, call.whole("page[size]"))
            at = int(call.one("page[after]") or 0)
            more = at + size < len(rows)
            meta = {"has_more": more, "after_cursor": str(at + size) if more else None, "before_cursor": None}
            rest = urlencode({"page[size]": size, "page[after]": at + size})
            return as_json({name: rows[at : at + size], "meta": meta, "links": {"next": f"{here}?{rest}"}})
        page = max(1, call.whole("page", 1))
        more = page * size < len(rows)
        kept = {key: value[-1] for key, value in call.query.items() if key != "page"}
        following = f"{here}?{urlencode({**kept, 'page': page + 1})}" if more else None
        body = {name: rows[(page - 1) * size : page * size], "count": len(rows)}
        return as_json({**body, "next_page": following, "previous_page": None})

    # Rows

    def _host(self, call: Call) -> str:
        elsewhere = self.reading.next_page == "elsewhere"
        return "https://acme.zendesk.com" if elsewhere else f"http://{call.headers.get('host', 'localhost')}"

    def _id(self, id: int | None) -> Any:
        return str(id) if self.reading.strings and id is not None else id

    def _time(self, at: int) -> str:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S") + self.reading.zone

    def _user(self, id: int, role: str) -> dict[str, Any]:
        said = {"id": self._id(id), "name": f"Agent {id}" if role != "end-user" else "private-name", "role": role}
        return {**said, "email": f"private-{id}@example.org", "active": True, "updated_at": self._time(1)}

    def _all_users(self) -> list[dict[str, Any]]:
        staff = [self._user(id, "admin" if id == AGENTS[0] else "agent") for id in AGENTS]
        return [self._user(id, "end-user") for id in (*CUSTOMERS, COPIED)] + staff

    def _users(self, call: Call) -> list[dict[str, Any]]:
        roles = {*call.query.get("role[]", ()), *call.query.get("role", ())}
        honoured = bool(roles) and self.reading.users != "roles ignored"
        return [user for user in self._all_users() if not honoured or user["role"] in roles]

    def _open(self, life: Life) -> bool:
        return life.until(self.clock.now) != [] and life.state(self.clock.now)["status"] in ("new", "open")

    def _ticket(self, life: Life, now: int) -> dict[str, Any]:
        state, deeds = life.state(now), life.until(now)
        told = [deed for deed in deeds if not deed.system]
        first = deeds[0].comment
        score = state["score"] if state["score"] and not self.surveys else "unoffered"
        return {
            "id": self._id(life.id),
            "status": state["status"],
            "subject": life.subject,
            "description": first.text if first else None,
            "via": {"channel": "web"},
            "requester_id": self._id(life.requester),
            "assignee_id": self._id(state["assignee_id"]),
            "group_id": self._id(state["group_id"]),
            "tags": list(state["tags"]),
            "satisfaction_rating": {"score": score},
            "created_at": self._time(deeds[0].at),
            "updated_at": self._time(told[-1].at),
            "generated_timestamp": deeds[-1].at,
        }

    def _metrics(self, life: Life, now: int) -> dict[str, Any]:
        deeds = [deed for deed in life.until(now) if not deed.system]
        replies = [d for d in deeds if d.comment and d.comment.public and d.comment.author in (*AGENTS, FORMER)]
        solved = [d.at for d in deeds if d.changes.get("status", ("", ""))[1] == "solved"]
        waited = (replies[0].at - deeds[0].at) // 60 if replies else None
        took = [(at - deeds[0].at) // 60 for at in solved]
        return {
            "ticket_id": self._id(life.id),
            "reply_time_in_minutes": {"calendar": waited, "business": waited},
            "first_resolution_time_in_minutes": {"calendar": took[0] if took else None, "business": None},
            "full_resolution_time_in_minutes": {"calendar": took[-1] if took else None, "business": None},
            "reopens": sum(d.changes.get("status", ("", ""))[0] == "solved" for d in deeds),
            "replies": len(replies),
            "assignee_stations": sum(d.changes.get("assignee_id", (0, None))[1] is not None for d in deeds),
            "solved_at": self._time(solved[-1]) if solved else None,
        }

    def _changes(self, life: Life, deed: Deed) -> dict[str, tuple[Any, Any]]:
        shown = dict(deed.changes)
        score = shown.pop("score", None)
        if score is not None and self.reading.scored and not self.surveys:
            shown["satisfaction_score"] = score
        for name in ("assignee_id", "group_id"):
            if name in shown:
                shown[name] = (self._id(shown[name][0]), self._id(shown[name][1]))
        if "tags" in shown:
            shown["tags"] = (list(shown["tags"][0]), list(shown["tags"][1]))
        if deed is life.deeds[0]:
            shown = {"requester_id": (None, self._id(life.requester)), "status": (None, "new"), **shown}
        return shown

    def _children(self, life: Life, deed: Deed, number: int, *, keyed: bool, comments: bool) -> list[dict[str, Any]]:
        name = "event_type" if keyed else "type"
        kind = "Create" if deed is life.deeds[0] else "Change"
        base = number * 50
        rows: list[dict[str, Any]] = []
        for field_name, (before, after) in self._changes(life, deed).items():
            said = {field_name: after} if keyed else {"field_name": field_name, "value": after}
            earlier = {} if kind == "Create" else {"previous_value": before}
            rows.append({"id": base + len(rows), name: kind, **said, **earlier})
        if deed.comment is not None and comments:
            said = {"author_id": self._id(deed.comment.author), "public": deed.comment.public, "type": "Comment"}
            body = {"body": deed.comment.text, "created_at": self._time(deed.at), "attachments": []}
            rows.append({"id": base + len(rows), **said, **body, **({"event_type": "Comment"} if keyed else {})})
        elif deed.comment is not None:
            rows.append({"id": base + len(rows), "comment_present": True, "comment_public": deed.comment.public})
        return rows

    def _events(self, comments: bool) -> list[tuple[int, dict[str, Any]]]:
        found = []
        for life in self.lives:
            for number, deed in enumerate(life.deeds):
                if deed.at > self.clock.now or deed.system or not (self._changes(life, deed) or deed.comment):
                    continue
                keyed, at = self.reading.child == "keyed", {}
                if self.reading.event_time != "created_at":
                    at["timestamp"] = deed.at
                if self.reading.event_time != "timestamp":
                    at["created_at"] = self._time(deed.at)  # type: ignore[assignment]
                id = life.id * 100 + number
                row = {"id": self._id(id), "ticket_id": self._id(life.id), "updater_id": self._id(deed.actor), **at}
                children = self._children(life, deed, id, keyed=keyed, comments=comments)
                found.append((deed.at, {**row, "via": "Web form", "event_type": "Audit", "child_events": children}))
        return found

    def _audits(self, life: Life) -> list[dict[str, Any]]:
        return [
            {
                "id": self._id(life.id * 100 + number),
                "ticket_id": self._id(life.id),
                "author_id": self._id(deed.actor),
                "created_at": self._time(deed.at),
                "via": {"channel": "rule" if deed.actor < 0 else "web"},
                "events": self._children(life, deed, life.id * 100 + number, keyed=False, comments=True),
            }
            for number, deed in enumerate(life.until(self.clock.now))
            if not deed.system and (self._changes(life, deed) or deed.comment)
        ]

    def _comments(self, life: Life) -> list[dict[str, Any]]:
        return [
            {
                "id": life.id * 100 + number,
                "type": "Comment",
                "author_id": self._id(deed.comment.author),
                "public": deed.comment.public,
                "body": deed.comment.text,
                "created_at": self._time(deed.at),
            }
            for number, deed in enumerate(life.until(self.clock.now))
            if deed.comment
        ]

    def _ratings(self, call: Call) -> list[dict[str, Any]]:
        rows, wanted = [], call.one("score")
        for life in self.lives:
            asked = 0
            given = [(d.at, d.changes["score"][1]) for d in life.until(self.clock.now) if "score" in d.changes]
            if self.reading.ratings == "changed" and given:
                given = [(given[-1][0], given[-1][1])] if len(given) == 1 else [(given[0][0], ""), given[-1]]
            for number, (at, score) in enumerate(given):
                asked = asked or at
                if not score:
                    continue
                created = asked if self.reading.ratings == "changed" else at
                row = {"id": life.id * 10 + number, "ticket_id": self._id(life.id), "score": score, "comment": None}
                row |= {"created_at": self._time(created), "updated_at": self._time(at)}
                row["requester_id"] = self._id(life.requester)
                basis = at if self.reading.rated_by == "updated" else created
                begin, end = call.whole("start_time"), call.whole("end_time", 2**40)
                fits = wanted in (None, score) or (wanted == "received" and score != "offered")
                if fits and begin <= basis <= end:
                    rows.append((basis, row["id"], row))
        return [row for _, _, row in sorted(rows, key=lambda row: row[:2])]

    def _responses(self) -> list[dict[str, Any]]:
        rows, scale = [], self.reading.scale
        for life in self.lives:
            given = [entry for entry in life.rated if entry[1] <= self.clock.now]
            if given:
                first, last = given[0][1], given[-1]
                question = {"type": "rating_scale", "options": [{"rating": n} for n in range(1, scale + 1)]}
                answer = {"type": "rating_scale", "rating": scale if last[2] == "good" else 1, "question": question}
                answer |= {"created_at": self._time(first), "updated_at": self._time(last[1])}
                row = {"id": f"01R{life.id}", "responder_id": self._id(life.requester), "answers": [answer]}
                row["subjects"] = [{"id": str(life.id), "type": "ticket", "zrn": f"zen:ticket:{life.id}"}]
                rows.append(row)
        return rows


_ARTICLES = [
    {"id": 51, "title": "Refunds", "vote_sum": 3, "vote_count": 5, "draft": False},
    {"id": 52, "title": "Deliveries", "vote_sum": 0, "vote_count": 0, "draft": False},
]
