"""A Slack of five methods: what its chapter in sources.md lists and nothing else, each seed with its own reading."""

import base64
import math
import random
import re
from collections import deque
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from tests.fakes.chat import DAY, MICRO, Chat, Habits, Said
from tests.fakes.toolkit import Call, Clock, Hostility, Limit, Reply, World, as_json

NOW = int(datetime(2026, 3, 4, 14, tzinfo=UTC).timestamp())
CHANNELS = {"ask-support": "C01", "escalations": "G02"}
STRANGE = {"C05": "random", "C06": "sales"}
"""Channels of others: one that the bot is no member of, one that nobody configured."""
PEOPLE = ("U11", "U12", "U13", "U14", "U15")
BOTS = ("U81", "B82")

Row = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """One way to understand the chapter."""

    small: bool = False  # 15 messages and one request a minute
    most: int = 999
    listed: int = 1000  # channels and people of a page
    end: str = "empty"  # or "absent", "null": how the last page says so
    more: bool = True  # has_more is there
    kinds: bool = True  # types is heeded
    private: str = "served"  # or "missing_scope"
    people: str = "served"  # or "missing_scope"
    parent: str = "first"  # or "filtered": a parent older than `oldest` is left out of replies
    bot: str = "both"  # or "bot_id", "subtype": how a bot's message shows
    form: str = "json"  # or "html": how an unknown method answers
    alone: bool = False  # messages without replies have thread_ts all the same
    root: str = "gone"  # or "tombstone": what a deleted message with replies leaves
    team: bool = False
    latest: bool = True

    @staticmethod
    def drawn(seed: int) -> "Reading":
        luck = random.Random(f"slack reading {seed}")
        choices: dict[str, tuple[Any, ...]] = {
            "small": (False, False, False, True),
            "most": (999, 100, 20),
            "listed": (1000, 2),
            "end": ("empty", "absent", "null"),
            "private": ("served", "served", "missing_scope"),
            "people": ("served", "served", "missing_scope"),
            "parent": ("first", "filtered"),
            "bot": ("both", "bot_id", "subtype"),
            "form": ("json", "html"),
            "alone": (False,),
            "root": ("gone", "tombstone"),
            "latest": (True, True, False),
        }
        return Reading(**{f.name: luck.choice(choices.get(f.name, (True, False))) for f in fields(Reading)})


@dataclass
class Sliding(Limit):
    """So many calls in any span of the window's length."""

    def __post_init__(self) -> None:
        self._taken: deque[float] = deque()

    def take(self, now: float) -> bool:
        while self._taken and now - self._taken[0] >= self.window * (1 - self.slack):
            self._taken.popleft()
        fits = len(self._taken) < self.limit
        if fits:
            self._taken.append(now)
        return fits

    def reset(self, now: float) -> int:
        return max(1, math.ceil(self._taken[0] + self.window - now))


class MinimalSlack(World):
    def __init__(
        self,
        seed: int,
        *,
        threads: int = 30,
        amends: bool = False,
        reading: Reading | None = None,
        hostility: Hostility | None = None,
    ) -> None:
        super().__init__(Clock(NOW), hostility or Hostility(seed=seed))
        self.seed = seed
        self.reading = reading or Reading.drawn(seed)
        share = 0.15 if amends else 0.0
        habits = Habits(threads=threads, edits=share, deletions=share, manners=("broadcast", "join"))
        names = tuple(CHANNELS) if self.reading.private == "served" else ("ask-support",)
        self.chat = Chat(seed, NOW, names, PEOPLE, BOTS, habits)
        kind = Sliding if seed % 2 else Limit
        slow = self.reading.small
        self._limits = {
            "conversations.list": kind("list", 20),
            "users.list": kind("users", 20),
            "conversations.history": kind("history", 1 if slow else 50),
            "conversations.replies": kind("replies", 1 if slow else 50),
        }

    # The wire

    def allowed(self, call: Call) -> bool:
        return call.headers.get("authorization") == f"Bearer {self.token}"

    def unauthorized(self, call: Call) -> Reply:
        return failure("invalid_auth")

    def method(self, call: Call) -> str:
        return call.path.rpartition("/")[2]

    def limits(self, call: Call) -> list[Limit]:
        found = self._limits.get(self.method(call))
        return [] if found is None else [found]

    def answer(self, call: Call) -> Reply:
        method = self.method(call)
        asked = {name: values[-1] for name, values in call.query.items()}
        if call.method == "POST":
            asked |= call.form
        if method == "auth.test":
            more = {"team": "Acme", "user_id": "U99", "bot_id": "B99"} if self.reading.team else {}
            return as_json({"ok": True, "team_id": "T07", "url": "https://acme.slack.com/", **more})
        serve = {
            "conversations.list": self._channels,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "users.list": self._people,
        }.get(method)
        if serve is None:
            if self.reading.form == "html":
                return Reply(404, b"<html><h1>Not found</h1></html>", {"Content-Type": "text/html"})
            return failure("unknown_method")
        return serve(asked)

    def _paged(self, name: str, rows: list[Row], asked: dict[str, str], most: int) -> Reply:
        """Cursors say where a page begins by what was shown last: rows may come and go."""
        after = base64.b64decode(asked.get("cursor") or b"").decode()
        if after:
            place = next((n for n, row in enumerate(rows) if _key(row) == after), None)
            if place is None:
                return failure("invalid_cursor")
            rows = rows[place + 1 :]
        limit = min(int(asked.get("limit") or 100), most)
        page = rows[:limit]
        more = len(rows) > limit
        body: Row = {"ok": True, name: page}
        if self.reading.more and name == "messages":
            body["has_more"] = more
        if more:
            body["response_metadata"] = {"next_cursor": base64.b64encode(_key(page[-1]).encode()).decode()}
        elif self.reading.end != "absent":
            body["response_metadata"] = {"next_cursor": "" if self.reading.end == "empty" else None}
        return as_json(body)

    def _channels(self, asked: dict[str, str]) -> Reply:
        kinds = set(asked.get("types", "public_channel").split(","))
        if self.reading.private == "missing_scope" and "private_channel" in kinds:
            return failure("missing_scope", needed="groups:read", provided="channels:read,channels:history")
        rows = [
            {"id": id, "name": name, "is_member": id != "C06", "is_private": id[0] == "G", "is_archived": False}
            for id, name in {**{id: name for name, id in CHANNELS.items()}, **STRANGE}.items()
            if not (id[0] == "G" and self.reading.private == "missing_scope")
        ]
        if self.reading.kinds:
            wanted = {"public_channel": "C", "private_channel": "G"}
            rows = [row for row in rows if row["id"][0] in {wanted.get(kind) for kind in kinds}]
        return self._paged("channels", rows, asked, self.reading.listed)

    def _people(self, asked: dict[str, str]) -> Reply:
        if self.reading.people == "missing_scope":
            return failure("missing_scope", needed="users:read", provided="channels:read,channels:history")
        rows: list[Row] = [
            {"id": id, "name": f"private-{id}", "is_bot": False, "deleted": id == "U15"} for id in PEOPLE
        ]
        rows.append({"id": "U81", "name": "robo", "is_bot": True, "deleted": False})
        return self._paged("members", rows, asked, self.reading.listed)

    def _of(self, channel: str | None) -> list[Said] | None:
        name = next((name for name, id in CHANNELS.items() if id == channel), None)
        if name is None or name not in self.chat.channels:
            return None
        return sorted(self.chat.shown(self.clock.now, [name]), key=lambda one: one.at)

    def _message(self, one: Said) -> Row:
        now, reading = self.clock.now, self.reading
        row: Row = {"type": "message", "ts": _ts(one), "text": one.words(now), "user": one.who}
        if one.bot or one.who in BOTS:
            if reading.bot != "subtype" or one.who[0] == "B":
                row["bot_id"] = "B" + one.who[1:]
            if reading.bot == "subtype":
                row["subtype"] = "bot_message"
            if one.who[0] == "B" or reading.bot != "both":
                row.pop("user")
        if one.manner == "join":
            row["subtype"] = "channel_join"
        if one.manner == "broadcast" and "subtype" not in row:
            row["subtype"] = "thread_broadcast"
        if one.edited is not None and one.edited <= now:
            row["edited"] = {"user": one.who, "ts": f"{one.edited}.000000"}
        if one.root is not None:
            row["thread_ts"] = _ts(self.chat.said[one.root])
            row["parent_user_id"] = self.chat.said[one.root].who
        return row

    def _answers(self, root: Said) -> list[Said]:
        return [one for one in self._of(CHANNELS[root.channel]) or () if one.root == root.id]

    def _root(self, root: Said) -> Row:
        row = self._message(root)
        answers = self._answers(root)
        if root.gone is not None and root.gone <= self.clock.now:
            row |= {"subtype": "tombstone", "text": "This message was deleted.", "user": "USLACKBOT"}
        if answers:
            row |= {"thread_ts": row["ts"], "reply_count": len(answers)}
            if self.reading.latest:
                row["latest_reply"] = _ts(answers[-1])
        return row

    def _roots(self, channel: str) -> list[Said]:
        now = self.clock.now
        name = next(name for name, id in CHANNELS.items() if id == channel)
        left = self.reading.root == "tombstone"
        return [
            one
            for one in self.chat.said
            if one.channel == name and one.root is None and one.comes <= now
            if one.there(now) or (left and self._answers(one))
        ]

    def _history(self, asked: dict[str, str]) -> Reply:
        said = self._of(asked.get("channel"))
        if said is None:
            return failure("not_in_channel" if asked.get("channel") in STRANGE else "channel_not_found")
        rows = [self._root(root) for root in self._roots(asked["channel"])]
        rows += [self._message(one) for one in said if one.root is not None and one.manner == "broadcast"]
        rows = sorted(_within(rows, asked), key=lambda row: _number(row["ts"]), reverse=True)
        return self._paged("messages", rows, asked, 15 if self.reading.small else self.reading.most)

    def _replies(self, asked: dict[str, str]) -> Reply:
        if self._of(asked.get("channel")) is None:
            return failure("channel_not_found")
        root = next((one for one in self._roots(asked["channel"]) if _ts(one) == asked.get("ts")), None)
        if root is None:
            return failure("thread_not_found")
        rows = _within([self._message(one) for one in self._answers(root)], asked)
        first = [self._root(root)]
        if self.reading.parent == "filtered":
            first = _within(first, asked)
        return self._paged("messages", first + rows, asked, 15 if self.reading.small else self.reading.most)


def failure(error: str, **more: str) -> Reply:
    return as_json({"ok": False, "error": error, **more})


def _ts(one: Said) -> str:
    return f"{one.at // MICRO}.{one.at % MICRO:06d}"


def _number(ts: str) -> int:
    seconds, _, rest = ts.partition(".")
    return int(seconds) * MICRO + int((rest + "000000")[:6])


def _key(row: Row) -> str:
    return str(row.get("ts") or row["id"])


def _within(rows: list[Row], asked: dict[str, str]) -> list[Row]:
    low = _number(asked["oldest"]) if asked.get("oldest") else -1
    high = _number(asked["latest"]) if asked.get("latest") else 10**18
    if re.fullmatch("1|true", asked.get("inclusive", "").lower()):
        low, high = low - 1, high + 1
    return [row for row in rows if low < _number(row["ts"]) < high]


__all__ = ["DAY", "NOW", "MinimalSlack", "Reading"]
