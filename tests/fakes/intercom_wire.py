"""How Intercom shows a talk at a moment: as a row of a list or as a whole, in its versions and with its oddities."""

from dataclasses import dataclass
from typing import Any

from tests.fakes.intercom_talks import ADMINS, CAP, DAY, GONE, ROBOT, TEAMS, WORKFLOW, Json, Move, Talk, canonical
from tests.fakes.toolkit import Hostility

HANDED_OFF = {"2.14": ("routed_to_team",), "2.15": ("escalated", "negative_feedback", "procedure_handoff")}
PRIORITIES = {"2.14": ("priority", "not_priority"), "2.16": ("none", "low", "medium", "high", "urgent")}
LEFT_OUT = (
    "title",
    "teammates",
    "custom_attributes",
    "read",
    "priority",
    "sla_applied",
    "topics",
    "first_contact_reply",
)
"""Fields that may be null or absent without anything being lost."""


@dataclass(frozen=True)
class Dialect:
    """What differs between versions, and what nobody is sure of."""

    version: str = "2.16"
    unassigned: str = "by version"
    """`by version`, or `mixed`: 0 and null."""
    linked: bool = True
    """Merged conversations point at each other."""


class Face:
    """Talks as JSON. The same talk looks the same at the same moment."""

    def __init__(self, dialect: Dialect, hostility: Hostility) -> None:
        self.dialect = dialect
        self.hostility = hostility
        self._old = dialect.version < "2.15"

    # --- small things

    def time(self, at: int | None, *key: Any) -> Any:
        return self.hostility.epoch(at, *key)

    def id(self, value: int | None, *key: Any) -> Any:
        return self.hostility.number(value, *key)

    def assignee(self, value: int | None, *key: Any) -> Any:
        if value is not None:
            return self.id(value, *key)
        if self.dialect.unassigned == "mixed":
            return self.hostility.chance("unassigned", *key).choice((0, None))
        return 0 if self.dialect.version >= "2.16" else None

    # --- a conversation

    def row(self, talk: Talk, now: int) -> Json:
        """As lists have it."""
        moves, luck = talk.until(now), self.hostility.chance("row", talk.id, now)
        first = moves[0]
        admin, team = assignees(talk, moves)
        state, waiting = condition(moves)
        people = [person for person in (talk.person, *talk.others) if person]
        if self.hostility.odd:
            luck.shuffle(people)
        row: Json = {
            "type": "conversation",
            "id": str(talk.id) if not self.hostility.odd else luck.choice((talk.id, str(talk.id))),
            "title": None,
            "created_at": self.time(first.at, talk.id, "created"),
            "updated_at": self.time(moves[-1].at, talk.id, "updated"),
            "waiting_since": self.time(waiting, talk.id),
            "snoozed_until": self.time(moves[-1].at + DAY, talk.id) if state == "snoozed" else None,
            "open": state == "open",
            "state": state,
            "read": True,
            "priority": luck.choice(PRIORITIES["2.16" if self.dialect.version >= "2.16" else "2.14"]),
            "admin_assignee_id": self.assignee(admin, talk.id, "admin"),
            "team_assignee_id": self.assignee(team, talk.id, "team"),
            "tags": {
                "type": "tag.list",
                "tags": [{"type": "tag", "id": str(hash_(tag)), "name": tag} for tag in talk.tags],
            },
            "source": self._source(talk, first),
            "contacts": {
                "type": "contact.list",
                "contacts": [{"type": "contact", "id": person, "external_id": None} for person in people],
            },
            "teammates": None,
            "custom_attributes": {},
            "topics": {},
            "first_contact_reply": None,
            "sla_applied": None,
            "conversation_rating": self._rating(talk, moves),
            "statistics": self._statistics(talk, moves),
            "linked_objects": self._linked(talk, now),
            **self._agent(talk, moves, now),
            **self.hostility.extra("row", talk.id),
        }
        if self.dialect.version >= "2.16":
            name = "messenger" if talk.channel == "conversation" else talk.channel
            row["channel"] = {"initial": name, "current": name}
        if self.hostility.odd:
            for name in LEFT_OUT:
                match luck.randrange(3):
                    case 0:
                        row[name] = None
                    case 1:
                        del row[name]
        return row

    def whole(self, talk: Talk, now: int) -> Json:
        """As a read of it alone has it: the newest parts."""
        moves = [move for move in talk.until(now)[1:] if move.form not in ("rating", "ai_rating", "deleted")]
        parts = [self._noise(talk, number) for number in range(talk.noise)]
        parts += [self._part(talk, move) for move in moves]
        shown = parts[-CAP:]
        listed = {"type": "conversation_part.list", "conversation_parts": shown, "total_count": len(parts)}
        return {**self.row(talk, now), "conversation_parts": listed}

    def _source(self, talk: Talk, first: Move) -> Json:
        kinds = {"customer_message": (talk.author, talk.person), "agent_reply": ("admin", first.more.get("actor"))}
        type_, id = kinds.get(first.kind, ("bot", str(ROBOT)))
        return {
            "type": talk.channel,
            "id": str(first.id),
            "delivered_as": talk.delivered,
            "subject": "" if talk.id % 3 else "<p>About &amp; around</p>",
            "body": f"<p>first words {first.id}</p>",
            "author": {"type": type_, "id": id, "name": f"N{id}", "email": f"who-{id}@customer.example"},
            "attachments": [],
            "url": None,
            "redacted": False,
        }

    def _rating(self, talk: Talk, moves: list[Move]) -> Json | None:
        asked = next((move.at for move in moves if move.kind == "rating_requested"), None)
        if asked is None:
            return None
        given = [move for move in moves if move.form == "rating" and move.kind == "rated"]
        return {
            "rating": int(given[-1].more["score"]) if given else None,
            "remark": None,
            "created_at": self.time(asked, talk.id, "asked"),
            "updated_at": self.time(given[-1].at if given else asked, talk.id, "rated"),
            "contact": {"type": "contact", "id": talk.person},
            "teammate": self.hostility.chance("rated", talk.id).choice((None, {"type": "workflow"}, {"id": 501})),
        }

    def _agent(self, talk: Talk, moves: list[Move], now: int) -> Json:
        """The AI agent's part in it. Its state is one for the whole conversation."""
        mine = [move for move in moves if by_agent(move) or move.form == "ai_rating"]
        if not mine:
            return {"ai_agent": None, "ai_agent_participated": False}
        answered = any(move.kind == "bot_answer" for move in mine)
        spoken = [move for move in moves if move.kind in ("customer_message", "agent_reply", "bot_answer")]
        state = None
        if any(move.kind == "closed" for move in mine):
            state = "confirmed_resolution"
        elif any(move.kind == "bot_handoff" for move in mine):
            words = HANDED_OFF["2.14" if self._old else "2.15"]
            state = self.hostility.chance("state", talk.id).choice(
                (*words, *(("sent_elsewhere",) * self.hostility.odd))
            )
        elif spoken and spoken[-1].kind == "bot_answer" and now - spoken[-1].at >= DAY:
            state = "assumed_resolution"
        rated = [move for move in mine if move.form == "ai_rating"]
        return {
            "ai_agent_participated": True,
            "ai_agent": {
                "source_type": "workflow",
                "source_title": None,
                "last_answer_type": "ai_answer" if answered else None,
                "resolution_state": state,
                "rating": rated[-1].more["score"] if rated else None,
                "rating_remark": None,
                "created_at": self.time(mine[0].at, talk.id, "ai"),
                "updated_at": self.time(mine[-1].at, talk.id, "ai"),
                "content_sources": None,
            },
        }

    def _statistics(self, talk: Talk, moves: list[Move]) -> Json | None:
        luck = self.hostility.chance("statistics", talk.id)
        if self.hostility.odd and luck.random() < 0.3:
            return None

        def at(kind: str, which: int, by: str | None = None) -> Any:
            found = [move.at for move in moves if any(name == kind for name in kinds_of(move))]
            return self.time(found[which], talk.id, kind, which) if found else None

        numbers: Json = {
            "type": "conversation_statistics",
            "first_contact_reply_at": at("customer_message", 0),
            "first_admin_reply_at": at("agent_reply", 0),
            "first_assignment_at": at("assigned", 0),
            "last_contact_reply_at": at("customer_message", -1),
            "last_admin_reply_at": at("agent_reply", -1),
            "first_close_at": at("closed", 0),
            "last_close_at": at("closed", -1),
            "last_closed_by_id": None,
            "count_reopens": sum(kind == "reopened" for move in moves for kind in kinds_of(move)),
            "count_assignments": sum(kind == "assigned" for move in moves for kind in kinds_of(move)),
            "count_conversation_parts": len(moves) + talk.noise,
            # office hours by whatever schedule: nothing to reckon with
            **dict.fromkeys(("time_to_assignment", "time_to_admin_reply", "time_to_first_close"), luck.randrange(9999)),
            **dict.fromkeys(("time_to_last_close", "median_time_to_reply", "handling_time"), luck.randrange(9999)),
        }
        if self.hostility.odd:
            for name in luck.sample(sorted(numbers), 6):
                numbers[name] = None
        return numbers

    def _linked(self, talk: Talk, now: int) -> Json:
        partners = [other for other, at in talk.absorbed.items() if at <= now]
        if talk.primary is not None and talk.ended(now) == "merged_into":
            partners.append(talk.primary)
        data = [{"type": "conversation", "id": str(other), "category": None} for other in partners]
        if not self.dialect.linked and talk.absorbed:
            data = []  # as in the published example of a merge
        return {"type": "list", "total_count": len(data), "has_more": False, "data": data}

    # --- parts

    def _part(self, talk: Talk, move: Move) -> Json:
        writer = move.more.get("by_whom", "501")
        admin = self._person("admin", writer)
        match move.kind:
            case "customer_message":
                type_ = "open" if move.form == "open_with_words" else move.form
                return self._bare(
                    move.id, type_, move.at, self._person(talk.author, move.more.get("actor")), words=True
                )
            case "agent_reply":
                return self._bare(move.id, "comment", move.at, self._person("admin", move.more["actor"]), words=True)
            case "bot_answer":
                return self._bare(move.id, "comment", move.at, self._robot(True, move.form, answer=True), words=True)
            case "auto_reply":
                ai = move.form != "flow"
                return self._bare(move.id, "comment", move.at, self._robot(ai, move.form), words=True)
            case "note":
                return self._bare(move.id, "note", move.at, self._person("admin", move.more["actor"]), words=True)
            case "bot_handoff" | "team_assigned":
                author = self._robot(True) if move.kind == "bot_handoff" else admin
                target = {"type": "team", "id": self.id(TEAMS[move.more["team"]], move.id)}
                return self._bare(move.id, "assignment", move.at, author, target=target)
            case "assigned":
                type_ = "assign_and_reopen" if move.form == "assign_and_reopen" else "assignment"
                target = {"type": "admin", "id": self.id(int(move.more["to"]), move.id)}
                return self._bare(move.id, type_, move.at, admin, words=move.form == "assign_with_words", target=target)
            case "unassigned":
                return self._bare(move.id, "assignment", move.at, admin, target=self._nobody(move))
            case "closed":
                by = move.more["by"]
                authors = {"bot": self._robot(True), "system": self._robot(False), "agent": admin}
                author = authors.get(by) or self._person(talk.author, talk.person)
                return self._bare(move.id, "close", move.at, author, words=move.form == "close_with_words")
            case "merged_into":
                return self._bare(move.id, "merged_secondary_conversation", move.at, self._robot(False))
        return self._bare(move.id, move.form, move.at, admin)

    def _nobody(self, move: Move) -> Json | None:
        return self.hostility.chance("nobody", move.id).choice((None, {"type": "nobody_admin", "id": None}))

    def _bare(
        self, id: int, type_: str, at: int, author: Json, *, words: bool = False, target: Json | None = None
    ) -> Json:
        return {
            "type": "conversation_part",
            "id": self.id(id, "part") if self.hostility.odd else str(id),
            "part_type": type_,
            "body": f"<p>words <b>{id}</b></p>" if words else None,
            "created_at": self.time(at, "part", id),
            "updated_at": self.time(at, "part", id, "updated"),
            "notified_at": self.time(at, "part", id, "notified"),
            "assigned_to": target,
            "author": author,
            "attachments": [],
            "external_id": None,
            "redacted": False,
            **self.hostility.extra("part", id),
        }

    def _noise(self, talk: Talk, number: int) -> Json:
        kinds = (
            "conversation_attribute_updated_by_admin",
            "custom_action_started",
            "ticket_state_updated_by_admin",
            "x_y",
        )
        at = talk.moves[0].at
        return self._bare(talk.id * 10_000 + number, kinds[number % 4], at, self._person("admin", "501"))

    def _person(self, type_: str, id: Any) -> Json:
        told: Json = {"type": type_, "id": id, "name": f"N{id}", "email": f"who-{id}@customer.example"}
        match self.hostility.chance("author", type_, id).randrange(3):
            case 0:
                return {**told, "from_ai_agent": False, "is_ai_answer": False}
            case 1 if self.hostility.odd:
                return {**told, "from_ai_agent": None, "is_ai_answer": None}
        return told

    def _robot(self, ai: bool, type_: str = "bot", *, answer: bool = False) -> Json:
        id = ROBOT if ai else WORKFLOW
        shown = "admin" if ai and type_ == "admin" else "bot"
        return {**self._person(shown, str(id)), "name": "Operator", "from_ai_agent": ai, "is_ai_answer": answer}


def hash_(name: str) -> int:
    return sum(map(ord, name))


def kinds_of(move: Move) -> tuple[str, ...]:
    return tuple(kind for kind, _ in canonical(move))


def by_agent(move: Move) -> bool:
    """The AI agent did it."""
    if move.kind == "auto_reply":
        return bool(move.more.get("bot")) and move.form != ""
    return move.kind in ("bot_answer", "bot_handoff") or (move.kind == "closed" and move.more.get("by") == "bot")


def assignees(talk: Talk, moves: list[Move]) -> tuple[int | None, int | None]:
    """Admin and team of the moment."""
    admin: int | None = None
    team = TEAMS.get(talk.team or "")
    for move in moves:
        if move.kind == "assigned":
            admin = int(move.more["to"])
        elif move.kind == "unassigned":
            admin = None
        elif move.kind in ("team_assigned", "bot_handoff"):
            team = TEAMS[move.more["team"]]
    return admin, team


def condition(moves: list[Move]) -> tuple[str, int | None]:
    """State, and since when the customer waits."""
    state, waiting = "open", None
    for move in moves:
        for kind in kinds_of(move):
            if kind == "closed" or kind == "merged_into":
                state, waiting = "closed", None
            elif kind == "snoozed":
                state = "snoozed"
            elif kind in ("reopened", "customer_message"):
                state = "open"
            if kind == "customer_message":
                waiting = waiting or move.at
            elif kind in ("agent_reply", "bot_answer"):
                waiting = None
    return state, waiting


def admins(face: Face) -> list[Json]:
    teams = {501: [71, 72], 502: [73], 503: []}
    return [
        {
            "type": "admin",
            "id": face.id(id, "admin"),
            "name": f"Agent {id}",
            "email": f"agent-{id}@helpdesk.example",
            "away_mode_enabled": id == 502,
            "away_mode_reassign": False,
            "has_inbox_seat": True,
            "team_ids": [face.id(team, id) for team in teams[id]],
        }
        for id in ADMINS.values()
    ]


def agent_lines() -> list[dict[str, Any]]:
    teams = {501: "billing", 502: "tech", 503: None}
    return [
        {"type": "agent", "id": str(id), "name": f"Agent {id}", "team": teams[id], "away": id == 502}
        for id in ADMINS.values()
    ]


assert GONE not in ADMINS.values()
