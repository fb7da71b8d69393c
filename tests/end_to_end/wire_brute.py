"""Everything that a helpdesk's server tells, read in the plainest way, as canonical lines: a second opinion on the
connector. One request after the other, no windows, no bookmarks, nothing kept.

What each field and part means is taken from the provider's published description as noted in the project's docs; the
readings that are not obvious:

- The source author decides what the first message is: a customer's, a teammate's (a campaign in a teammate's name
  included: the conversation is an outbound one), or else an automatic one.
- The team that a conversation came with is its present team where no part speaks of teams; else it is not known.
- A close by the bot is confirmed where it is the AI agent's own; a workflow's close is the system's.
- Deleted conversations cannot be read any more: only their end is known. `merged` puts an earlier reading beside it.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

Json = dict[str, Any]
Line = dict[str, Any]

VERSION = "2.16"
CUSTOMERS = ("user", "lead", "contact")
CHANNELS = {"messenger": "chat", "conversation": "chat"}
"""Where the program has a word of its own."""


@dataclass
class Reading:
    """What a server told at one moment."""

    lines: list[Line] = field(default_factory=list)
    counters: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Article -> (views, conversations), cumulative."""
    listed: set[str] = field(default_factory=set)
    """Ids of the conversations in the lists."""
    deleted: set[str] = field(default_factory=set)

    def merged(self, earlier: "Reading") -> list[Line]:
        """The lines, with the history that an earlier reading had of what has been deleted since."""
        gone = [line for line in earlier.lines if _conversation_of(line) in self.deleted]
        return [*gone, *self.lines]


def _conversation_of(line: Mapping[str, Any]) -> Any:
    return line["id"] if line["type"] == "conversation" else line.get("conversation")


class Wire:
    """A server's answers as JSON."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}", "Intercom-Version": VERSION}
        self._connection = HTTPConnection(url.removeprefix("http://"), timeout=20)

    def raw(self, path: str, body: Json | None = None, accept: str = "application/json") -> bytes:
        data = None if body is None else json.dumps(body)
        headers = {**self._headers, "Accept": accept, "Content-Type": "application/json"}
        self._connection.request("GET" if body is None else "POST", path, data, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status == 200, f"{path}: {answer.status}"
        return content

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str, **query: Any) -> Json:
        found: Json = json.loads(self.raw(path + ("?" + urlencode(query) if query else "")))
        return found

    def conversations(self) -> Iterator[str]:
        """Ids of all that the list has, page by page."""
        cursor: dict[str, Any] = {}
        while True:
            page = self.get("/conversations", per_page=150, **cursor)
            yield from (str(row["id"]) for row in page["conversations"])
            following = page["pages"].get("next")
            if not following:
                return
            cursor = {"starting_after": following["starting_after"]}

    def deletions(self) -> Iterator[Json]:
        path: str | None = "/conversations/deleted?per_page=60"
        while path:
            page: Json = json.loads(self.raw(path))
            yield from page["conversations"]
            following = page["pages"].get("next")
            path = following.removeprefix(self._url) if following else None

    def articles(self) -> Iterator[Json]:
        cursor: dict[str, Any] = {}
        while True:
            page = self.get("/articles", **cursor)
            for row in page["data"]:
                yield self.get(f"/articles/{row['id']}")
            following = page["pages"].get("next")
            if not following:
                return
            cursor = {"starting_after": following["starting_after"]}

    def receipts(self, since: int, until: int) -> list[dict[str, str]]:
        """One export over the whole span; the job has to be ready when it is asked for."""
        body = {"created_at_after": since, "created_at_before": until}
        job = json.loads(self.raw("/export/content/data", body))["job_identifier"]
        status = self.get(f"/export/content/data/{job}")["status"]
        if status == "no_data":
            return []
        assert status == "completed", status
        packed = self.raw(f"/download/content/data/{job}", accept="application/octet-stream")
        return list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode())))


def read(url: str, token: str, *, since: int, until: int) -> Reading:
    """Everything; receipts of messages sent in `[since, until]`."""
    with closing(Wire(url, token)) as wire:
        return _read(wire, since, until)


def _read(wire: Wire, since: int, until: int) -> Reading:
    reading = Reading(listed=set(wire.conversations()))
    teams = {str(team["id"]): str(team["name"]) for team in wire.get("/teams")["teams"]}
    for admin in wire.get("/admins")["admins"]:
        own = [teams[str(team)] for team in admin["team_ids"] if str(team) in teams]
        reading.lines.append(
            {
                "type": "agent",
                "id": str(admin["id"]),
                "name": admin["name"],
                "team": own[0] if own else None,
                "away": bool(admin["away_mode_enabled"]),
            }
        )
    for identity in sorted(reading.listed):
        reading.lines.extend(_conversation(wire.get(f"/conversations/{identity}", display_as="plaintext"), teams))
    for gone in wire.deletions():
        reading.deleted.add(str(gone["id"]))
        reading.lines.append(_event(str(gone["id"]), gone["deleted_at"], "deleted"))
    for article in wire.articles():
        counted = article["statistics"]
        conversations = counted["conversations"] if "conversations" in counted else counted["conversions"]
        reading.counters[str(article["id"])] = (counted["views"], conversations)
        reading.lines.append({"type": "article", "id": str(article["id"]), "title": article["title"]})
    reading.lines.extend(map(receipt, wire.receipts(since, until)))
    return reading


def receipt(row: Mapping[str, str]) -> Line:
    def moment(name: str) -> int | None:
        return int(row[name]) if row[name] else None

    return {
        "type": "outbound",
        "id": row["receipt_id"],
        "campaign": row["ruleset_id"],
        "campaign_name": row["content_title"],
        "channel": row["content_type"].lower(),
        "person": row["user_id"],
        "delivered_at": moment("received_at"),
        "opened_at": moment("first_open"),
        "clicked_at": moment("first_click"),
        "replied_at": moment("first_reply"),
        "bounced_at": moment("first_hard_bounce"),
    }


def _conversation(whole: Json, teams: Mapping[str, str]) -> list[Line]:
    identity = str(whole["id"])
    parts = whole["conversation_parts"]["conversation_parts"]
    assert len(parts) == whole["conversation_parts"]["total_count"], "the reader needs whole histories"
    events = [*_first(whole), *(line for part in parts for line in _part(identity, whole, part, teams))]
    events.extend(_ratings(whole))
    team = whole["team_assignee_id"]
    spoken = any(line["kind"] == "team_assigned" for line in events)
    contacts = whole["contacts"]["contacts"]
    record = {
        "type": "conversation",
        "id": identity,
        "channel": CHANNELS.get(whole["channel"]["current"], whole["channel"]["current"]),
        "origin": whole["source"]["delivered_as"],
        "team": teams.get(str(team)) if team and not spoken else None,
        "subject": whole["title"],
        "tags": [tag["name"] for tag in whole["tags"]["tags"]],
        "person": contacts[0]["id"] if contacts else None,
    }
    return [record, *events]


def _event(conversation: str, at: int, kind: str, actor: Any = None, **more: Any) -> Line:
    return {
        "type": "event",
        "conversation": conversation,
        "at": at,
        "kind": kind,
        "actor": None if actor is None else str(actor),
        **more,
    }


def _first(whole: Json) -> Iterable[Line]:
    author = whole["source"]["author"]
    kinds = {**dict.fromkeys(CUSTOMERS, "customer_message"), "admin": "agent_reply"}
    yield _event(str(whole["id"]), whole["created_at"], kinds.get(author["type"], "auto_reply"), author["id"])


def _ratings(whole: Json) -> Iterable[Line]:
    identity = str(whole["id"])
    rating = whole["conversation_rating"]
    if rating is not None:
        yield _event(identity, rating["created_at"], "rating_requested")
        if rating["rating"] is not None:
            given = {"score": rating["rating"], "scale": [1, 5]}
            yield _event(identity, rating["updated_at"], "rated", rating["contact"]["id"], **given)
    agent = whole["ai_agent"]
    if agent is not None and agent["rating"] is not None:
        yield _event(identity, agent["updated_at"], "rated", score=agent["rating"], scale=[1, 5], bot=True)


def _part(identity: str, whole: Json, part: Json, teams: Mapping[str, str]) -> Iterable[Line]:
    """The events that a part stands for, none for noise."""
    author = part["author"]
    robot = bool(author.get("from_ai_agent")) or author["type"] == "bot"
    person = author["type"] in CUSTOMERS
    target = part["assigned_to"] or {}

    def say(kind: str, **more: Any) -> Line:
        return _event(identity, part["created_at"], kind, author["id"], **more)

    def spoken() -> Iterable[Line]:
        """What was written, by whom."""
        if person:
            yield say("customer_message")
        elif not robot:
            yield say("agent_reply")
        else:
            bot = True if author.get("from_ai_agent") else None
            yield say("bot_answer") if author.get("is_ai_answer") else say("auto_reply", bot=bot)

    def given() -> Iterable[Line]:
        """Who has it now."""
        match target.get("type"):
            case "team":
                if author.get("from_ai_agent"):
                    yield say("bot_handoff")
                yield say("team_assigned", team=teams[str(target["id"])])
            case "admin":
                yield say("assigned", to=str(target["id"]))
            case _:
                yield say("unassigned")
        if part["body"] and not robot and not person:
            yield say("agent_reply")

    match part["part_type"]:
        case "comment" | "quick_reply":
            yield from spoken()
        case "note":
            yield say("note")
        case "assignment" | "away_mode_assignment":
            yield from given()
        case "assign_and_reopen":
            yield say("reopened")
            yield from given()
        case "close":
            if part["body"] and not robot:
                yield from spoken()
            if author.get("from_ai_agent"):
                yield say("closed", by="bot", confirmed=True)
            else:
                yield say("closed", by="system" if robot else "customer" if person else "agent")
        case "open":
            yield say("reopened")
            if person and part["body"]:
                yield say("customer_message")
        case "snoozed":
            yield say("snoozed")
        case "unsnoozed" | "timer_unsnooze":
            yield say("unsnoozed")
        case "merged_secondary_conversation":
            yield say("merged_into", to=str(whole["linked_objects"]["data"][0]["id"]))
