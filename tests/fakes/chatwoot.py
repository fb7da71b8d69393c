"""A Chatwoot account over HTTP: lists of 25, messages by their ids, reporting events, and what else a reader needs.

Lists are pages by number over an order that moves: whatever is said in between shifts them. The default status is
`open`. Times are epoch seconds in conversations and messages, ISO texts in reporting events; unset ones are 0 here and
null there.
"""

import re
from collections.abc import Callable, Sequence

from tests.end_to_end.desk import ZONE
from tests.fakes.chatwoot_records import ACCOUNT, Json, Records
from tests.fakes.chatwoot_truth import AGENTS, CAMPAIGNS, INBOXES, OUTGOING, TEAMS, Account, Message, Talk, numbered
from tests.fakes.toolkit import Call, Clock, Hostility, Limit, Reply, as_json

PAGE = 25
STATUSES = {"open": 0, "resolved": 1, "pending": 2, "snoozed": 3}

NOT_THERE = as_json({"error": "Resource could not be found"}, 404)
FORBIDDEN = as_json({"error": "You are not authorized to do this action"}, 401)
"""So the product refuses what only an administrator may see."""


class Chatwoot(Records):
    """`lean`: messages have a `sender` with a type, but no `sender_type` beside it, as older versions write them.
    `events`: whether the version has `reporting_events` at all; `opened`: whether it writes reopenings down.
    """

    def __init__(
        self,
        account: Account,
        clock: Clock,
        hostility: Hostility | None = None,
        *,
        lean: bool = False,
        events: bool = True,
        opened: bool = True,
    ) -> None:
        super().__init__(clock, hostility, lean)
        self.account = account
        self.events = events
        self.opened = opened
        self.views = {501: 40, 502: 7}
        """Of the articles, cumulative."""
        self._per_minute = Limit("account", 1000)
        self._shift = 0

    # --- the outside

    def allowed(self, call: Call) -> bool:
        return call.headers.get("api_access_token") == self.token

    def unauthorized(self, call: Call) -> Reply:
        return as_json({"error": "Invalid Access Token"}, 401)

    def limits(self, call: Call) -> Sequence[Limit]:
        return (self._per_minute,)

    def answer(self, call: Call) -> Reply:
        for pattern, handler in ROUTES:
            match = re.fullmatch(pattern, call.path)
            if match and call.method == "GET":
                return handler(self, call, *match.groups())
        return NOT_THERE

    def after(self, call: Call) -> None:
        """Where things shift, each page of conversations is followed by a word in one that is far down."""
        if self.hostility.shifting and call.path.endswith("/conversations"):
            talks = numbered(list(self.account.talks.values()), self.now)
            self._shift += 1
            talk = talks[-1 - self._shift % min(len(talks), 40)]
            last = max(message.at for message in talk.messages)
            if last < self.now:
                id = 1 + max(message.id for other in self.account.talks.values() for message in other.messages)
                talk.messages.append(Message(self.now, OUTGOING, ("User", 1), "a note", private=True, id=id))

    # --- conversations

    def conversations(self, call: Call) -> Reply:
        talks = self._with_status(call)
        counts = self._counts(talks)
        if call.one("sort_by") == "last_activity_at_asc":
            talks = talks[::-1]
        page = max(1, call.whole("page", 1))
        if self.hostility.endless:
            page = 1
        rows = [self.conversation(talk) for talk in talks[(page - 1) * PAGE : page * PAGE]]
        return as_json({"data": {"meta": counts, "payload": self.hostility.rows(rows, call.target)}})

    def meta(self, call: Call) -> Reply:
        return as_json({"meta": self._counts(self._with_status(call))})

    def one_conversation(self, call: Call, id: str) -> Reply:
        talk = self._found(id)
        return NOT_THERE if talk is None else as_json(self.conversation(talk))

    def messages(self, call: Call, id: str) -> Reply:
        talk = self._found(id)
        if talk is None:
            return NOT_THERE
        whole = sorted(talk.shown(self.now), key=lambda message: (message.at, message.id))
        if call.one("before"):
            page = [message for message in whole if message.id < call.whole("before")][-20:]
        elif call.one("after"):
            page = [message for message in whole if message.id > call.whole("after")][:100]
        else:
            page = whole[-20:]
        rows = [self.message(talk, message) for message in page]
        meta = {"labels": list(talk.state(self.now).labels), "contact": self.contact(talk), "assignee": None}
        return as_json({"meta": meta, "payload": self.hostility.rows(rows, call.target)})

    def _with_status(self, call: Call) -> list[Talk]:
        status = call.one("status") or "open"
        talks = numbered(list(self.account.talks.values()), self.now)
        return [talk for talk in talks if status == "all" or talk.state(self.now).status == status]

    def _counts(self, talks: Sequence[Talk]) -> Json:
        alone = sum(talk.state(self.now).assignee is None for talk in talks)
        return {
            "mine_count": 0,
            "assigned_count": len(talks) - alone,
            "unassigned_count": alone,
            "all_count": len(talks),
        }

    def _found(self, id: str) -> Talk | None:
        talk = self.account.talks.get(int(id))
        return talk if talk in numbered(list(self.account.talks.values()), self.now) else None

    # --- reports, ratings

    def reporting_events(self, call: Call) -> Reply:
        if not self.events:
            return NOT_THERE
        since, until = call.whole("since"), call.whole("until", 1 << 40)
        rows = []
        for talk in numbered(list(self.account.talks.values()), self.now):
            for n, event in enumerate(talk.reported):
                fits = (
                    event.at <= self.now and since <= event.at <= until and call.one("name") in (None, "", event.name)
                )
                if fits and (self.opened or event.name != "conversation_opened"):
                    rows.append((event.at, talk.id * 100 + n, self.reported(talk, event, talk.id * 100 + n)))
        rows.sort(key=lambda row: row[:2], reverse=True)
        return self._paged(call, [row for *_, row in rows])

    def events_of_one(self, call: Call, id: str) -> Reply:
        talk = self._found(id)
        if talk is None or not self.events:
            return NOT_THERE
        told = [e for e in talk.reported if e.at <= self.now and (self.opened or e.name != "conversation_opened")]
        return as_json([self.reported(talk, event, talk.id * 100 + n) for n, event in enumerate(told)])

    def ratings(self, call: Call) -> Reply:
        since, until = call.whole("since"), call.whole("until", 1 << 40)
        rows = [
            (answer.at, self.rating(talk, answer))
            for talk in numbered(list(self.account.talks.values()), self.now)
            for answer in talk.answers
            if answer.at <= self.now and since <= answer.at <= until
        ]
        rows.sort(key=lambda row: (-row[0], str(row[1]["id"])))
        page = max(1, call.whole("page", 1))
        if self.hostility.endless:
            page = 1
        return as_json(self.hostility.rows([row for _, row in rows[(page - 1) * PAGE : page * PAGE]], call.target))

    def _paged(self, call: Call, rows: Sequence[Json]) -> Reply:
        page = max(1, call.whole("page", 1))
        total = -(-len(rows) // PAGE)
        if self.hostility.endless:
            page, total = 1, page + 1
        meta = {"count": len(rows), "current_page": max(1, call.whole("page", 1)), "total_pages": total}
        sent = rows[(page - 1) * PAGE : page * PAGE]
        return as_json({"meta": meta, "payload": self.hostility.rows(sent, call.target)})

    # --- people and places

    def profile(self, call: Call) -> Reply:
        accounts = [{"id": ACCOUNT, "name": "Desk", "role": "administrator", "active_at": None}]
        return as_json(
            {"id": 1, "name": AGENTS[1], "account_id": ACCOUNT, "role": "administrator", "accounts": accounts}
        )

    def agents(self, call: Call) -> Reply:
        return as_json([self.agent(id) for id in AGENTS])

    def teams(self, call: Call) -> Reply:
        return as_json([{"id": self._id(id), "name": name, "account_id": ACCOUNT} for id, name in TEAMS.items()])

    def inboxes(self, call: Call) -> Reply:
        hours = [
            {
                "day_of_week": day,
                "closed_all_day": day in (0, 6),
                "open_hour": 9,
                "open_minutes": 0,
                "close_hour": 17,
                "close_minutes": 0,
                "open_all_day": False,
            }
            for day in range(7)
        ]
        rows = [
            {
                "id": self._id(id),
                "name": f"Inbox {id}",
                "channel_type": kind,
                "working_hours_enabled": id == 1,
                "working_hours": hours,
                "timezone": ZONE.key,
                "csat_survey_enabled": True,
                "channel_id": id,
            }
            for id, kind in INBOXES.items()
        ]
        return as_json({"payload": rows})

    def bots(self, call: Call) -> Reply:
        return as_json([{"id": 1, "name": "Helper Bot", "bot_type": "webhook"}])

    def labels(self, call: Call) -> Reply:
        return as_json({"payload": [{"id": 1, "title": "refund"}]})

    def portals(self, call: Call) -> Reply:
        return as_json({"payload": [{"id": 1, "slug": "help", "name": "Help", "archived": False}], "meta": {}})

    def articles(self, call: Call, slug: str) -> Reply:
        if slug != "help":
            return NOT_THERE
        rows = [
            {
                "id": self._id(id),
                "title": f"Article {id}",
                "slug": f"article-{id}",
                "status": "published",
                "views": views,
                "updated_at": self.clock.now - 86_400,
            }
            for id, views in self.views.items()
        ]
        page = rows if call.whole("page", 1) == 1 else []
        return as_json(
            {"payload": page, "meta": {"all_articles_count": len(rows), "current_page": call.whole("page", 1)}}
        )

    def campaigns(self, call: Call) -> Reply:
        rows = [{"id": self._id(id), "title": title, "campaign_type": "one_off"} for id, title in CAMPAIGNS.items()]
        return as_json(rows)


Handler = Callable[..., Reply]
BASE = f"/api/v1/accounts/{ACCOUNT}"
ROUTES: tuple[tuple[str, Handler], ...] = (
    (f"{BASE}/conversations", Chatwoot.conversations),
    (f"{BASE}/conversations/meta", Chatwoot.meta),
    (rf"{BASE}/conversations/(\d+)", Chatwoot.one_conversation),
    (rf"{BASE}/conversations/(\d+)/messages", Chatwoot.messages),
    (rf"{BASE}/conversations/(\d+)/reporting_events", Chatwoot.events_of_one),
    (f"{BASE}/reporting_events", Chatwoot.reporting_events),
    (f"{BASE}/csat_survey_responses", Chatwoot.ratings),
    (f"{BASE}/agents", Chatwoot.agents),
    (f"{BASE}/teams", Chatwoot.teams),
    (f"{BASE}/inboxes", Chatwoot.inboxes),
    (f"{BASE}/agent_bots", Chatwoot.bots),
    (f"{BASE}/labels", Chatwoot.labels),
    (f"{BASE}/portals", Chatwoot.portals),
    (rf"{BASE}/portals/([^/]+)/articles", Chatwoot.articles),
    (f"{BASE}/campaigns", Chatwoot.campaigns),
    ("/api/v1/profile", Chatwoot.profile),
)
