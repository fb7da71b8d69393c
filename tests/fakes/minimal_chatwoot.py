"""A Chatwoot that serves what its chapter in sources.md lists and nothing else.

Every account is planned from its seed, with what comes later in it: a call shows what has happened by the clock. What
the chapter leaves open (fields, forms, order, which of the calls exist at all) is a `Reading`, drawn from the seed too.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from tests.fakes.toolkit import Call, Clock, Hostility, Limit, Reply, World, as_json

ACCOUNT = 7
NOW = int(datetime(2026, 3, 4, 14, tzinfo=UTC).timestamp())
BEGIN = NOW - 20 * 86400
SINCE = "2026-02-01"
AGENTS = {11: "Ann Byrne", 12: "Ben Cole", 13: "Cai Diaz", 14: "Dee Egan"}
FORMER = 14
"""Wrote, but is in no list of agents any more."""
ROBOT = 3
Line = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """One way to understand the chapter."""

    activity: bool = True  # status changes leave messages of type 2
    events: str = "served"  # or "403", "404", "html"
    ratings: str = "list"  # or "payload", "404", "html"
    asked: bool = True  # a survey is a template of content type input_csat
    order: str = "honoured"  # or "activity", "created": whatever sort_by says
    meta: bool = True
    profile: bool = True
    one: bool = False  # GET of a conversation
    messages: str = "both"  # or "after", "before": the other parameter is ignored
    sender: str = "sender_type"  # or "sender", "both"
    times: str = "int"  # or "float", "iso", "text"
    ids: str = "number"
    rows: int = 25
    most: int = 100  # messages after
    touched: bool = True  # a change of status without a message moves last_activity_at
    opened: bool = True  # conversation_opened is written
    absent: bool = False  # fields that are null are left out
    portals: bool = False

    @staticmethod
    def drawn(seed: int) -> "Reading":
        luck = random.Random(f"reading {seed}")
        choices: dict[str, tuple[Any, ...]] = {
            "activity": (True, True, False),
            "events": ("served", "served", "403", "404", "html"),
            "ratings": ("list", "payload", "404", "html"),
            "asked": (True, False),
            "order": ("honoured", "activity", "created"),
            "messages": ("both", "both", "after", "before"),
            "sender": ("sender_type", "sender", "both"),
            "times": ("int", "int", "float", "iso", "text"),
            "ids": ("number", "number", "string"),
            "rows": (25, 25, 10),
            "most": (100, 20, 7),
        }
        drawn = {f.name: luck.choice(choices.get(f.name, (True, False))) for f in fields(Reading)}
        if not drawn["activity"] and drawn["events"] != "served":
            drawn["activity"] = True
        if drawn["events"] != "served":
            drawn["touched"] = True
        return Reading(**drawn)


@dataclass
class Step:
    at: int
    kind: str
    who: int | None = None
    to: Any = None
    id: int = 0


@dataclass
class Talk:
    id: int
    person: int
    labels: list[str]
    inbox: int
    steps: list[Step] = field(default_factory=list)
    gone_at: int | None = None


class MinimalChatwoot(World):
    def __init__(
        self, seed: int, *, talks: int = 60, reading: Reading | None = None, hostility: Hostility | None = None
    ):
        super().__init__(Clock(NOW), hostility or Hostility(seed=seed))
        self.seed = seed
        self.reading = reading or Reading.drawn(seed)
        self.luck = random.Random(f"chatwoot {seed}")
        self.talks = [self._talk(n + 1) for n in range(talks)]
        self._reports = Limit("reports", 100)
        self._all = Limit("all", 3000)
        self.limited: list[Limit] = []
        steps = sorted((s for t in self.talks for s in t.steps), key=lambda s: s.at)
        for n, step in enumerate(steps, 1001):
            step.id = n

    # The plan

    def _talk(self, number: int) -> Talk:
        luck = self.luck
        talk = Talk(number, 500 + luck.randrange(40), luck.sample(["refund", "vip"], luck.randrange(3)), 1)
        at = BEGIN + luck.randrange(21 * 86400)
        steps = talk.steps
        agent = luck.choice(list(AGENTS))

        def step(kind: str, low: int, high: int, who: int | None = None, to: Any = None) -> None:
            nonlocal at
            at += luck.randint(low, high)
            steps.append(Step(at, kind, who, to))

        said = self.reading.events == "served"
        step("customer", 0, 0, talk.person)
        if luck.random() < 0.45:
            talk.inbox = 2
            step("bot", 2, 30)
            for _ in range(luck.randrange(3)):
                step("customer", 20, 900, talk.person)
                step("bot", 2, 30)
            fate = luck.random()
            if fate < 0.35:
                step("resolved_bot", 60, 3600)
                if luck.random() < 0.6:
                    return talk
                step("customer", 600, 5 * 86400, talk.person)
            elif fate < 0.5:
                return talk
            elif said:
                step("handoff", 1, 60)
            else:
                step("customer", 20, 900, talk.person)
        elif luck.random() < 0.3:
            step("auto", 1, 3)
        for _ in range(luck.randint(0, 3)):
            if luck.random() < 0.5:
                step("assigned", 5, 600, None, agent)
            if luck.random() < 0.2:
                step("note", 5, 300, agent)
            for _ in range(luck.choice((1, 1, 2, 14))):
                step("agent", 20, 3 * 3600, agent)
                if luck.random() < 0.6:
                    step("customer", 30, 4 * 3600, talk.person)
            if luck.random() < 0.15 and self.reading.activity:
                step("snoozed", 30, 600, agent)
                step("customer", 3600, 86400, talk.person)
            if luck.random() < 0.3:
                agent = luck.choice(list(AGENTS))
            if luck.random() < 0.75:
                step("resolved", 30, 86400, agent)
                if self.reading.asked:
                    step("survey", 1, 1)
                if luck.random() < 0.5:
                    step("rated", 20, 86400, None, luck.randint(1, 5))
                if luck.random() < 0.15 and (self.reading.activity or self.reading.opened):
                    step("reopened", 600, 86400, agent)
                elif luck.random() < 0.5:
                    step("customer", 600, 12 * 86400, talk.person)
                else:
                    break
        if luck.random() < 0.05:
            talk.gone_at = NOW + 86400
        return talk

    # What has happened by now

    def shown(self, talk: Talk) -> list[Step]:
        return [s for s in talk.steps if s.at <= self.clock.now]

    def visible(self) -> list[Talk]:
        now = self.clock.now
        return [t for t in self.talks if t.steps[0].at <= now and (t.gone_at is None or t.gone_at > now)]

    def lines(self) -> list[Line]:
        """The canonical history."""
        found: list[Line] = [
            {"type": "agent", "id": str(i), "name": n, "away": i == 12} for i, n in AGENTS.items() if i != FORMER
        ]
        for talk in self.talks:
            if not (steps := self.shown(talk)):
                continue
            id = str(talk.id)
            found.append({"type": "conversation", "id": id, "person": str(talk.person), "tags": talk.labels})
            for s in steps:
                event = {"type": "event", "conversation": id, "at": s.at, "source_id": str(s.id)}
                who = None if s.who is None else str(s.who)
                kind = {
                    "customer": "customer_message",
                    "agent": "agent_reply",
                    "bot": "bot_answer",
                    "auto": "auto_reply",
                }
                closed = {"resolved": "agent", "resolved_bot": "bot"}
                if s.kind in kind:
                    event |= {"kind": kind[s.kind], "actor": who}
                elif s.kind in closed:
                    event |= {"kind": "closed", "by": closed[s.kind], "actor": who}
                elif s.kind == "assigned":
                    event |= {"kind": "assigned", "to": str(s.to)}
                elif s.kind == "survey":
                    event |= {"kind": "rating_requested"}
                elif s.kind == "handoff":
                    event |= {"kind": "bot_handoff"}
                elif s.kind == "rated":
                    event |= {"kind": "rated", "score": s.to, "scale": [1, 5]}
                    if self.reading.ratings in ("404", "html"):
                        continue
                else:
                    event |= {"kind": s.kind, "actor": who}
                found.append(event)
            if talk.gone_at is not None and talk.gone_at <= self.clock.now:
                found.append({"type": "event", "conversation": id, "at": self.clock.now, "kind": "deleted"})
        return found

    # The wire

    def allowed(self, call: Call) -> bool:
        return call.headers.get("api_access_token") == self.token

    def unauthorized(self, call: Call) -> Reply:
        return as_json({"errors": ["Invalid Access Token"]}, 401)

    def limits(self, call: Call) -> list[Limit]:
        reports = [self._reports] if re.search("report|csat", call.path) else []
        return [self._all, *reports, *self.limited]

    def missing(self, html: bool | None = None) -> Reply:
        if self.seed % 2 if html is None else html:
            return Reply(404, b"<!doctype html><h1>Not Found</h1>", {"Content-Type": "text/html"})
        return as_json({"error": "Resource could not be found"}, 404)

    def refusal(self, how: str) -> Reply:
        if how == "403":
            return as_json({"error": "You are not authorized to do this action"}, 403)
        return self.missing(how == "html")

    def time(self, at: int | None) -> Any:
        if at is None or self.reading.times == "int":
            return at
        stamp = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.250Z")
        return {"float": at + 0.25, "text": str(at), "iso": stamp}[self.reading.times]

    def id(self, id: int | None) -> Any:
        return str(id) if id is not None and self.reading.ids == "string" else id

    def thin(self, row: Line) -> Line:
        return {k: v for k, v in row.items() if v is not None} if self.reading.absent else row

    def answer(self, call: Call) -> Reply:
        r = self.reading
        if call.path == "/api/v1/profile":
            name = {
                "id": 11,
                "name": "Ann Byrne",
                "accounts": [{"id": ACCOUNT, "name": "Acme", "role": "administrator"}],
            }
            return as_json(name) if r.profile else self.missing()
        base = f"/api/v1/accounts/{ACCOUNT}/"
        if call.method != "GET" or not call.path.startswith(base):
            return self.missing()
        path = call.path[len(base) :].rstrip("/")
        if path == "conversations":
            return self._list(call)
        if path == "conversations/meta":
            return as_json({"meta": self._counts(call)}) if r.meta else self.missing()
        if found := re.fullmatch(r"conversations/(\d+)(/messages)?", path):
            talk = next((t for t in self.visible() if t.id == int(found[1])), None)
            if talk is None or not (found[2] or r.one):
                return self.missing()
            return self._messages(call, talk) if found[2] else as_json(self._row(talk))
        if path == "reporting_events":
            return self._events(call) if r.events == "served" else self.refusal(r.events)
        if path == "csat_survey_responses":
            return self._ratings(call) if r.ratings in ("list", "payload") else self.refusal(r.ratings)
        if path == "agents":
            rows = [
                {
                    "id": self.id(i),
                    "name": n,
                    "availability_status": "offline" if i == 12 else "online",
                    "role": "agent",
                }
                for i, n in AGENTS.items()
                if i != FORMER
            ]
            return as_json(rows)
        if path == "teams":
            return as_json([{"id": 1, "name": "support"}])
        if path == "inboxes":
            week = [{"day_of_week": d, "closed_all_day": True} for d in range(7)]
            names = {1: "Channel::WebWidget", 2: "Channel::Api"}
            return as_json(
                {
                    "payload": [
                        {
                            "id": self.id(i),
                            "name": f"box {i}",
                            "channel_type": c,
                            "working_hours_enabled": False,
                            "working_hours": week,
                            "timezone": "UTC",
                            "csat_survey_enabled": True,
                        }
                        for i, c in names.items()
                    ]
                }
            )
        if path == "portals" and r.portals:
            return as_json({"payload": [{"id": 4, "slug": "handbook", "name": "Handbook"}]})
        if path == "portals/handbook/articles":
            last = call.whole("page", 1) > 1
            return as_json(
                {
                    "payload": []
                    if last
                    else [{"id": 5, "title": "Refunds", "slug": "refunds", "views": 9, "status": "published"}],
                    "meta": {"articles_count": 1},
                }
            )
        return self.missing()

    def _status(self, talk: Talk) -> str:
        status = "pending" if talk.inbox == 2 else "open"
        for s in self.shown(talk)[1:]:
            if s.kind.startswith("resolved"):
                status = "resolved"
            elif s.kind == "snoozed":
                status = "snoozed"
            elif (
                s.kind in ("reopened", "handoff")
                or (s.kind == "agent" and status == "pending")
                or (s.kind == "customer" and status in ("resolved", "snoozed"))
            ):
                status = "open"
        return status

    def _assignee(self, talk: Talk) -> int | None:
        return next((s.to for s in reversed(self.shown(talk)) if s.kind == "assigned"), None)

    def _touched(self, talk: Talk) -> int:
        quiet = (
            set()
            if self.reading.activity or self.reading.touched
            else {"resolved", "resolved_bot", "reopened", "handoff", "assigned"}
        )
        return max(s.at for s in self.shown(talk) if s.kind not in quiet | {"rated"})

    def _row(self, talk: Talk) -> Line:
        steps = self.shown(talk)
        status = self._status(talk)
        assignee = self._assignee(talk)
        replied = next((s.at for s in steps if s.kind == "agent"), None)
        waiting = None
        for s in steps:
            waiting = (
                s.at
                if s.kind == "customer" and waiting is None
                else None
                if s.kind in ("agent", "bot", "resolved")
                else waiting
            )
        channel = {1: "Channel::WebWidget", 2: "Channel::Api"}[talk.inbox]
        sender = {
            "id": self.id(talk.person),
            "name": f"private-{talk.person}",
            "email": f"private-{talk.person}@x.example",
        }
        return self.thin(
            {
                "id": self.id(talk.id),
                "account_id": ACCOUNT,
                "inbox_id": self.id(talk.inbox),
                "status": status,
                "labels": talk.labels,
                "created_at": self.time(steps[0].at),
                "updated_at": self.time(max(s.at for s in steps)),
                "first_reply_created_at": self.time(replied),
                "waiting_since": self.time(waiting),
                "last_activity_at": self.time(self._touched(talk)),
                "snoozed_until": self.time(steps[-1].at + 7 * 86400) if status == "snoozed" else None,
                "meta": self.thin(
                    {
                        "sender": sender,
                        "channel": channel,
                        "assignee": None if assignee is None else {"id": self.id(assignee), "name": AGENTS[assignee]},
                    }
                ),
            }
        )

    def _of_status(self, call: Call) -> list[Talk]:
        wanted = call.one("status", "open")
        return [t for t in self.visible() if wanted == "all" or self._status(t) == wanted]

    def _counts(self, call: Call) -> Line:
        talks = self._of_status(call)
        bare = sum(self._assignee(t) is None for t in talks)
        return {"mine_count": 0, "unassigned_count": bare, "assigned_count": len(talks) - bare, "all_count": len(talks)}

    def _list(self, call: Call) -> Reply:
        talks, r = self._of_status(call), self.reading
        if r.order == "created":
            talks.sort(key=lambda t: t.id)
        elif r.order == "activity" or call.one("sort_by") in (None, "last_activity_at_desc"):
            talks.sort(key=lambda t: (-self._touched(t), t.id))
        first = (max(1, call.whole("page", 1)) - 1) * r.rows
        rows = [self._row(t) for t in talks[first : first + r.rows]]
        return as_json({"data": {"meta": self._counts(call), "payload": self.hostility.rows(rows, first)}})

    def _texts(self, talk: Talk, s: Step) -> str | None:
        name = AGENTS.get(s.who or 0, "System")
        return {
            "resolved": f"Conversation was marked resolved by {name}",
            "resolved_bot": "Conversation was marked resolved by Robo",
            "reopened": f"Conversation was reopened by {name}",
            "snoozed": f"Conversation was snoozed by {name}",
            "assigned": f"Assigned to {AGENTS.get(s.to, '')} by Ann Byrne",
        }.get(s.kind)

    def _messages(self, call: Call, talk: Talk) -> Reply:
        r = self.reading
        rows: list[Line] = []
        types = {"customer": 0, "agent": 1, "bot": 1, "note": 1, "auto": 3, "survey": 3}
        for s in self.shown(talk):
            text = self._texts(talk, s) if r.activity else None
            if s.kind not in types and text is None:
                continue
            row: Line = {
                "id": self.id(s.id),
                "content": text or f"words {s.id}",
                "conversation_id": self.id(talk.id),
                "inbox_id": self.id(talk.inbox),
                "message_type": types.get(s.kind, 2),
                "private": s.kind == "note",
                "status": "sent",
                "created_at": self.time(s.at),
                "content_type": "input_csat" if s.kind == "survey" else "text",
                "sender_type": None,
                "sender_id": None,
                "sender": None,
            }
            kind = {"customer": "Contact", "agent": "User", "note": "User", "bot": "AgentBot"}.get(s.kind)
            if kind is not None:
                id = ROBOT if kind == "AgentBot" else s.who
                if r.sender != "sender":
                    row |= {"sender_type": kind, "sender_id": self.id(id)}
                if r.sender != "sender_type":
                    name = {"AgentBot": "Robo", "Contact": f"private-{id}"}.get(kind, AGENTS.get(id or 0))
                    row["sender"] = {
                        "id": self.id(id),
                        "type": {"AgentBot": "agent_bot"}.get(kind, kind.lower()),
                        "name": name,
                    }
            rows.append(self.thin(row))
        after = call.whole("after", -1) if r.messages != "before" else -1
        before = call.whole("before", -1) if r.messages != "after" else -1
        if before >= 0:
            rows = [m for m in rows if int(m["id"]) < before][-20:]
        elif after >= 0:
            rows = [m for m in rows if int(m["id"]) > after][: r.most]
        else:
            rows = rows[-20:] if r.messages != "after" else rows[: r.most]
        return as_json({"meta": {"labels": talk.labels}, "payload": rows})

    def _page(self, call: Call, rows: list[Line], at: str) -> tuple[list[Line], int, int]:
        low, high, page = call.whole("since", 0), call.whole("until", 10**11), max(1, call.whole("page", 1))
        found = [row for row in rows if low <= row[at] <= high]
        return found[(page - 1) * 25 : page * 25], page, len(found)

    def _happened(self) -> Iterator[tuple[str, Step, Talk, int]]:
        for talk in self.visible():
            began = talk.steps[0].at
            replied = False
            for s in self.shown(talk):
                if s.kind in ("resolved", "resolved_bot"):
                    yield "conversation_resolved", s, talk, began
                    if s.kind == "resolved_bot":
                        yield "conversation_bot_resolved", s, talk, began
                elif s.kind == "handoff":
                    yield "conversation_bot_handoff", s, talk, began
                elif s.kind == "reopened" and self.reading.opened:
                    yield "conversation_opened", s, talk, began
                elif s.kind == "agent" and not replied:
                    replied = True
                    yield "first_response", s, talk, began

    def _events(self, call: Call) -> Reply:
        def iso(at: int) -> str:
            return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

        name = call.one("name")
        rows = [
            {
                "id": 0,
                "name": kind,
                "value": s.at - began,
                "value_in_business_hours": 0,
                "event_start_time": iso(began),
                "event_end_time": iso(s.at),
                "conversation_id": self.id(t.id),
                "inbox_id": self.id(t.inbox),
                "user_id": None if s.kind not in ("resolved", "agent", "reopened") else self.id(s.who),
                "created_at": iso(s.at),
                "at": s.at,
            }
            for kind, s, t, began in sorted(self._happened(), key=lambda f: (-f[1].at, f[0]))
            if name in (None, kind)
        ]
        for row in rows:
            row["id"] = crc32(f"{row['name']} {row['conversation_id']} {row['at']}".encode())
        found, page, count = self._page(call, rows, "at")
        meta = {"count": count, "current_page": page, "total_pages": -(-count // 25)}
        return as_json({"meta": meta, "payload": [{k: v for k, v in row.items() if k != "at"} for row in found]})

    def _ratings(self, call: Call) -> Reply:
        rows = []
        for talk in self.visible():
            steps = self.shown(talk)
            for s in steps:
                if s.kind == "rated":
                    asked = [x.id for x in steps if x.kind == "survey" and x.at <= s.at]
                    rows.append(
                        {
                            "id": s.id,
                            "rating": s.to,
                            "feedback_message": None,
                            "conversation_id": self.id(talk.id),
                            "message_id": asked[-1] if asked else None,
                            "created_at": self.time(s.at),
                            "at": s.at,
                            "contact": {"id": self.id(talk.person)},
                            "assigned_agent": None,
                        }
                    )
        rows.sort(key=lambda row: -row["at"])
        found = [{k: v for k, v in row.items() if k != "at"} for row in self._page(call, rows, "at")[0]]
        return as_json(found if self.reading.ratings == "list" else {"payload": found})
