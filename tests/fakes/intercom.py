"""A hostile Intercom, written from the project's notes on its API and from the published descriptions alone.

It is strict about what comes in (`protests` lists what no server should have been asked) and free in what it sends:
everything that the notes call open has a switch in `Manners`. The truth is in `intercom_talks`, `intercom_export`.
"""

import base64
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes import intercom_export as export
from tests.fakes.intercom_export import Exports, Message, Shape, refusal
from tests.fakes.intercom_talks import DAY, TEAMS, Json, Line, Maker, Move, Talk
from tests.fakes.intercom_wire import Dialect, Face, admins, agent_lines
from tests.fakes.toolkit import Call, Clock, Hostility, Limit, Reply, World, as_json

KNOWN = frozenset(("query", "pagination", "sort"))
DATES = frozenset(("created_at", "updated_at", "waiting_since", "snoozed_until"))
WHOLE = frozenset(("admin_assignee_id", "team_assignee_id"))
WORDS = frozenset(("id", "state", "source.type", "source.delivered_as", "ai_agent.resolution_state"))
FLAGS = frozenset(("open", "read", "ai_agent_participated"))
PER_PAGE, PER_PAGE_OF_DELETED, ARTICLES_A_PAGE = 150, 60, 4


@dataclass
class Manners:
    """What the notes leave open about the provider. The defaults are the polite answers."""

    order: str = "honoured"
    """Of the search: `honoured`, `descending`, `id`, `scattered`."""
    inclusive: bool = False
    """`>` and `<` include the bound."""
    cursors: str = "after"
    """`after` a row, or `offset`: rows that move then push others over the edge of a page."""
    page: int = PER_PAGE
    """Rows that a page has at most, whatever was asked for."""
    last: str = "absent"
    """How a last page says so: `absent`, `null`, `no pages`."""
    silent_outbound: bool = False
    """The search leaves out what a teammate began and nobody answered."""
    articles_next: str = "object"
    """`object`, `url`."""
    counters: str = "conversations"
    """Or `conversions`, or `both`."""
    replica: int = 0
    """Seconds by which a read of one conversation may lag behind the search."""
    total: bool = True
    limit: int = 10**6
    """Calls in ten seconds."""


@dataclass(frozen=True)
class Article:
    id: int
    views: int
    daily: int
    conversations: int

    def counters(self, now: int, since: int) -> tuple[int, int]:
        return self.views + self.daily * ((now - since) // DAY), self.conversations + (now - since) // DAY


@dataclass
class Workspace(World):
    """Everything there is, as a world of the toolkit."""

    clock: Clock
    hostility: Hostility = field(default_factory=Hostility)
    manners: Manners = field(default_factory=Manners)
    dialect: Dialect = field(default_factory=Dialect)
    shape: Shape = field(default_factory=Shape)
    talks: dict[int, Talk] = field(default_factory=dict)
    messages: Sequence[Message] = ()
    tick: Callable[[Call], int] = lambda call: 0
    """Seconds that the world's clock moves after a call."""

    def __post_init__(self) -> None:
        self.face = Face(self.dialect, self.hostility)
        self.exports = Exports(self.messages, self.shape, self.hostility, self.clock)
        self.articles = [Article(30 + n, 1000 * n, 10 + n, 5 * n) for n in range(9)]
        self.began = self.clock()
        self.protests: list[str] = []
        self._limit = Limit("app", self.manners.limit, 10.0)
        self._stale: Counter[str] = Counter()

    # --- the truth

    def lines(self, now: int) -> list[Line]:
        """Canonical lines of everything at a moment."""
        found = [line for talk in self.talks.values() for line in talk.lines(now)]
        found += agent_lines()
        found += [{"type": "article", "id": str(a.id), "title": f"How to {a.id}"} for a in self.articles]
        return found + [message.line(now) for message in self.messages if message.sent <= now]

    # --- the outside

    def allowed(self, call: Call) -> bool:
        return call.headers.get("authorization") == f"Bearer {self.token}"

    def unauthorized(self, call: Call) -> Reply:
        return refusal(401, "unauthorized", "Access Token Invalid")

    def limits(self, call: Call) -> Sequence[Limit]:
        return (self._limit,) if self.allowed(call) else ()

    def limit_headers(self, limits: Sequence[Limit], now: float) -> Mapping[str, str]:
        return {
            name: text
            for limit in limits
            for name, text in (
                ("X-RateLimit-Limit", str(limit.limit)),
                ("X-RateLimit-Remaining", str(limit.remaining)),
                ("X-RateLimit-Reset", str(self.clock() + self.hostility.skew + limit.reset(now))),
            )
        }

    def after(self, call: Call) -> None:
        self.clock.move(self.tick(call))

    def answer(self, call: Call) -> Reply:
        version = call.headers.get("intercom-version")
        if version is None:
            self.protests.append(f"no version: {call.target}")
        found = self.exports.answer(call)
        if found is not None:
            return found
        match (call.method, *call.path.strip("/").split("/")):
            case ("GET", "me"):
                return as_json(self._me())
            case ("POST", "conversations", "search"):
                return self._search(call)
            case ("GET", "conversations", "deleted"):
                if (version or "") < "2.16":
                    return refusal(400, "intercom_version_invalid", "Requested resource is not available")
                return self._deleted(call)
            case ("GET", "conversations", id):
                return self._one(id)
            case ("POST", "tickets", "search"):
                return as_json({"type": "ticket.list", "tickets": [], "total_count": 0, "pages": {"type": "pages"}})
            case ("GET", "articles"):
                return self._articles(call)
            case ("GET", "articles", id):
                return self._article(id)
            case ("GET", "admins"):
                return as_json({"type": "admin.list", "admins": [*admins(self.face), None][: 3 + self.hostility.odd]})
            case ("GET", "teams"):
                return as_json({"type": "team.list", "teams": self._teams()})
            case ("GET", "teams", _, "metrics"):
                return refusal(403, "api_plan_restricted", "realtime_monitoring is needed")
            case ("GET", "office_hours_schedules"):
                return as_json({"type": "office_hours_schedule.list", "data": []})
        self.protests.append(f"no such thing: {call.target}")
        return refusal(404, "not_found", "Resource Not Found")

    def _me(self) -> Json:
        app = {"type": "app", "id_code": "abc123", "name": "Acme", "timezone": "Europe/Dublin", "region": "US"}
        return {"type": "admin", "id": "501", "email": "agent-501@helpdesk.example", "name": "Agent 501", "app": app}

    def _teams(self) -> list[Json]:
        return [
            {"type": "team", "id": self.face.id(id, "team"), "name": name, "admin_ids": []}
            for name, id in TEAMS.items()
        ]

    # --- conversations

    def _one(self, id: str) -> Reply:
        talk = self.talks.get(int(id)) if id.isdigit() else None
        now = self.clock()
        if talk is not None and self.manners.replica:
            now -= self.hostility.chance("replica", talk.id).randrange(self.manners.replica)
        if talk is None or talk.moves[0].at > now or talk.ended(now) == "deleted":
            return refusal(404, "not_found", "Resource Not Found")
        return as_json(self.face.whole(talk, now))

    def _index(self) -> list[tuple[Talk, int, int]]:
        """What the search knows: talks, the moment as of which it knows them, and their last change by then."""
        found = []
        for talk in self.talks.values():
            at = self.clock()
            if talk.moves[0].at > at or talk.ended(at) == "deleted":
                continue
            at -= self.hostility.chance("late", talk.id).randrange(self.hostility.late + 1)
            moves = talk.until(at)
            if not moves:
                continue
            unanswered = moves[0].kind == "agent_reply" and all(move.kind != "customer_message" for move in moves)
            if not (self.manners.silent_outbound and unanswered):
                found.append((talk, at, moves[-1].at))
        return found

    def _search(self, call: Call) -> Reply:
        try:
            body = call.json
            wanted = condition_of(body["query"], self.manners.inclusive)
            per_page, after = self._paging(body)
            if not body.keys() <= KNOWN:
                raise ValueError(f"unknown members: {body.keys() - KNOWN}")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self.protests.append(f"{error!r}: {call.target}")
            return refusal(400, "parameter_invalid", "bad search")
        if after is not None and self._forgotten(after):
            return refusal(400, "parameter_invalid", "starting_after is invalid")
        rows = [(talk, at, changed) for talk, at, changed in self._index() if wanted(self._fields(talk, at))]
        rows.sort(key=lambda row: self._rank(row[0], row[2]))
        begin = 0
        if after is not None and self.manners.cursors == "offset":
            begin = after["n"]
        elif after is not None:
            begin = sum(self._rank(talk, changed) <= tuple(after["rank"]) for talk, _, changed in rows)
        shown = rows[begin : begin + min(per_page, self.manners.page)]
        more = begin + len(shown) < len(rows) or self.hostility.endless
        following: Json | None = None
        if more:
            mark = shown[-1] if shown else None
            rank = self._rank(mark[0], mark[2]) if mark else after and after["rank"]
            following = {"page": 2, "starting_after": sealed({"n": begin + len(shown), "rank": rank})}
        sent = self.hostility.rows([self.face.row(talk, at) for talk, at, _ in shown], call.target)
        pages: Json = {"type": "pages", "page": 1, "per_page": per_page, "total_pages": 1 + len(rows) // per_page}
        if following is not None or self.manners.last == "null":
            pages["next"] = following
        answer: Json = {"type": "conversation.list", "total_count": len(rows), "conversations": sent, "pages": pages}
        if following is None and self.manners.last == "no pages":
            answer["pages"] = None
        if not self.manners.total:
            answer["total_count"] = None
        return as_json(answer)

    def _paging(self, body: Json) -> tuple[int, Json | None]:
        asked = body.get("pagination") or {}
        per_page = asked.get("per_page", 20)
        if type(per_page) is not int or not 1 <= per_page <= PER_PAGE:
            raise ValueError(f"per_page is {per_page!r}")
        after = asked.get("starting_after")
        return per_page, None if after is None else json.loads(base64.b64decode(after))

    def _forgotten(self, cursor: Any) -> bool:
        """Whether a cursor is no longer known: each at most once, so that a new start can end."""
        name = json.dumps(cursor)
        self._stale[name] += 1
        return self._stale[name] == 1 and self.hostility.chance("stale", name).random() < self.hostility.stale_cursors

    def _rank(self, talk: Talk, changed: int) -> tuple[int, int]:
        match self.manners.order:
            case "honoured":
                return changed, talk.id
            case "descending":
                return -changed, -talk.id
            case "scattered":
                return self.hostility.chance("scattered", talk.id).randrange(10**9), talk.id
        return talk.id, 0

    def _fields(self, talk: Talk, at: int) -> Json:
        """What can be filtered, in plain numbers."""
        row = Face(self.dialect, Hostility(seed=self.hostility.seed)).row(talk, at)
        inner = {f"{name}.{key}": value for name in ("source", "statistics") for key, value in row[name].items()}
        return {**row, **inner}

    def _deleted(self, call: Call) -> Reply:
        per_page, page = call.whole("per_page", 20), call.whole("page", 1)
        if not 1 <= per_page <= PER_PAGE_OF_DELETED or call.query.keys() - {"page", "per_page", "order"}:
            self.protests.append(f"deleted: {call.target}")
            return refusal(400, "parameter_invalid", "per_page")
        now = self.clock()
        gone = [(talk.until(now)[-1].at, talk.id) for talk in self.talks.values() if talk.ended(now) == "deleted"]
        gone.sort(reverse=call.one("order") != "asc")
        begin = (page - 1) * per_page
        shown = gone[begin : begin + per_page]
        rows = [
            {
                "type": "conversation",
                "id": self.face.id(id, "deleted") if self.hostility.odd else str(id),
                "metrics_retained": id % 2 == 0,
                "deleted_at": self.face.time(at, id, "deleted"),
            }
            for at, id in shown
        ]
        pages: Json = {"type": "pages", "page": page, "per_page": per_page, "total_pages": 1 + len(gone) // per_page}
        if begin + len(shown) < len(gone):
            order = call.one("order", "desc")
            # the public host whatever host was asked: only what follows the path is of use
            pages["next"] = f"https://api.intercom.io{call.path}?per_page={per_page}&order={order}&page={page + 1}"
        rows = self.hostility.rows(rows, call.target)
        return as_json({"type": "conversations.list", "total_count": len(gone), "pages": pages, "conversations": rows})

    # --- articles

    def _articles(self, call: Call) -> Reply:
        begin = (call.whole("page", 1) - 1) * ARTICLES_A_PAGE
        after = call.one("starting_after")
        if after is not None:
            begin = json.loads(base64.b64decode(after))["n"]
        shown = self.articles[begin : begin + ARTICLES_A_PAGE]
        following = begin + len(shown)
        rows = [
            {
                "type": "article",
                "id": self.face.id(article.id, "article") if self.hostility.odd else str(article.id),
                "title": f"How to {article.id}",
                "state": "published",
                "author_id": 501,
                "created_at": self.face.time(self.began - 9 * DAY, article.id),
                "updated_at": self.face.time(self.began - DAY, article.id),
                "url": f"http://help.example/articles/{article.id}" if article.id % 2 else None,
                **self.hostility.extra("article", article.id),
            }
            for article in shown
        ]
        pages: Json = {"type": "pages", "page": 1, "per_page": ARTICLES_A_PAGE, "total_pages": 3, "next": None}
        if following < len(self.articles):
            number = following // ARTICLES_A_PAGE + 1
            if self.manners.articles_next == "url":
                pages["next"] = f"https://api.intercom.io/articles?page={number}"
            else:
                pages["next"] = {"page": number, "starting_after": sealed({"n": following})}
        return as_json({"type": "list", "data": rows, "total_count": len(self.articles), "pages": pages})

    def _article(self, id: str) -> Reply:
        article = next((article for article in self.articles if str(article.id) == id), None)
        if article is None:
            return refusal(404, "not_found", "Resource Not Found")
        views, conversations = article.counters(self.clock(), self.began)
        names = {"both": ("conversations", "conversions")}.get(self.manners.counters, (self.manners.counters,))
        statistics = {
            "type": "article_statistics",
            "views": views,
            **dict.fromkeys(names, conversations),
            "reactions": 0,
        }
        state = "published"
        told = {"type": "article", "id": id, "title": f"How to {id}", "state": state, "statistics": statistics}
        return as_json({**told, "url": None, "created_at": self.began - 9 * DAY, "updated_at": self.began - DAY})


def sealed(cursor: Json) -> str:
    return base64.b64encode(json.dumps(cursor).encode()).decode()


def condition_of(query: Any, inclusive: bool, depth: int = 0) -> Callable[[Json], bool]:
    """A filter as a function of a row's fields. Raises ValueError for what the provider does not take."""
    if query["operator"] in ("AND", "OR"):
        if depth > 1 or not 1 <= len(query["value"]) <= 15 or query.keys() != {"operator", "value"}:
            raise ValueError("nested too deep, or too many filters")
        parts = [condition_of(part, inclusive, depth + 1) for part in query["value"]]
        return lambda row: (all if query["operator"] == "AND" else any)(part(row) for part in parts)
    if query.keys() != {"field", "operator", "value"}:
        raise ValueError(f"a filter of {sorted(query)}")
    name, operator, value = query["field"], query["operator"], query["value"]
    if name in DATES or name.startswith("statistics."):
        if operator not in ("=", "<", ">") or type(value) is not int:
            raise ValueError(f"a date is not {operator} {value!r}")
    elif name in WHOLE | WORDS | FLAGS:
        if operator not in ("=", "!=", "IN", "NIN", *((">", "<") * (name in WHOLE))):
            raise ValueError(f"{name} is not {operator}")
    else:
        raise ValueError(f"no field {name}")

    def holds(row: Json) -> bool:
        found = row.get(name)
        match operator:
            case "=":
                return bool(found == value)
            case "!=":
                return bool(found != value)
            case "IN" | "NIN":
                return (found in value) == (operator == "IN")
        if found is None:
            return False
        if inclusive and found == value:
            return True
        return bool(found > value if operator == ">" else found < value)

    return holds


def workspace(
    seed: int, *, now: int, days: int = 40, talks: int = 60, until: int | None = None, **more: Any
) -> Workspace:
    """A workspace with a past of so many days before `now`; with `until`, things go on till then."""
    maker = Maker(seed, first=now - days * DAY, last=now)
    made = {id: maker.talk(id) for id in range(1, talks + 1)}
    if until is not None:
        made |= {id: maker.talk(id, maker.rng.randrange(now, until)) for id in range(talks + 1, talks + 1 + talks // 3)}
    rng = maker.rng
    for id in rng.sample(sorted(made), min(4, len(made) // 2)):
        talk, at = made[id], made[id].moves[-1].at + 60
        fit = [t for t in made.values() if t.id != id and t.primary is None and t.moves[0].at < at]
        fit = [t for t in fit if t.moves[-1].kind != "deleted"]
        if talk.moves[-1].kind != "deleted" and fit and not talk.absorbed:
            primary = rng.choice(fit)
            talk.primary, primary.absorbed[id] = primary.id, at
            talk.add(Move(maker.part(), at, "merged_into", {"to": str(primary.id)}))
            primary.add(Move(maker.part(), at, "noise", {}, "merged_primary_conversation"))
    long = made[rng.choice([id for id in made if made[id].primary is None])]
    long.noise = 700
    sent = export.messages(seed, first=now - days * DAY, last=until or now)
    return Workspace(Clock(now), talks=made, messages=sent, **more)
