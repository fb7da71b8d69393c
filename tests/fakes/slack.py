"""A Slack workspace as its Web API shows it: errors in answers of status 200, tiers, threads apart from the history."""

import base64
import binascii
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.fakes.chat import MICRO, SILENT, Chat, Habits, Said
from tests.fakes.toolkit import Call, Clock, Hostility, Limit, Reply, World, as_json

SCOPES = ("channels:read", "groups:read", "channels:history", "groups:history", "users:read", "reactions:read")
WATCHED = ("ask-support", "ask-billing")
"""A public and a private one."""
OTHERS = ("general", "random", "dev")
TIERS = {
    "conversations.list": 20,
    "users.list": 20,
    "conversations.history": 50,
    "conversations.replies": 50,
    "conversations.info": 50,
    "users.info": 100,
    "conversations.members": 100,
    "reactions.get": 50,
}
"""Calls a minute that every app has."""
NEEDS = {"conversations.list": "read", "conversations.info": "read", "conversations.members": "read"}
FEW = 15
"""Messages a page where an app is slowed down."""
PASSING = ("internal_error", "service_unavailable", "fatal_error")
"""Errors in an answer of status 200 that pass."""


class SlackWorld(World):
    """`slow`: an app that gets 15 messages a minute. `scopes`: what the token has. `echoing`: a history without an end
    is the same page again and again, not empty ones."""

    token = "xoxb-5f1d0c3a9b7e-tok"

    def __init__(
        self,
        clock: Clock,
        hostility: Hostility | None = None,
        *,
        habits: Habits | None = None,
        seed: int = 1,
        slow: bool = False,
        echoing: bool = False,
        scopes: Sequence[str] = SCOPES,
    ) -> None:
        super().__init__(clock, hostility)
        self.scopes = scopes
        self.slow, self.echoing = slow, echoing
        self.people = [f"U0{number:02}PERSON" for number in range(9)]
        self.bots = ["B01HELPER", "B02LEGACY"]
        self.chat = Chat(
            seed, clock.now, (*WATCHED, *OTHERS[:1]), self.people, self.bots, habits or Habits(manners=("broadcast",))
        )
        for number, manner in enumerate(("join", "topic", "join")):
            at = (clock.now - (number + 1) * 5_000) * MICRO
            self.chat.add(WATCHED[0], at, self.people[number], "Who has joined the channel?", manner=manner)
        names = (*WATCHED, *OTHERS, *(f"team-{number:02}" for number in range(30)))
        random.Random(seed).shuffle(list(names))
        self.ids = {
            name: f"C0{number:02}{'PRIV' if name == WATCHED[1] else 'PUBL'}" for number, name in enumerate(names)
        }
        self.joined = {*WATCHED, "general"}
        self._limits = {method: Limit(method, limit, slack=0.0) for method, limit in TIERS.items()}
        if slow:
            for method in ("conversations.history", "conversations.replies"):
                self._limits[method] = Limit(method, 1, slack=0.0)
        self._issued = 0
        self._cursors: dict[str, int] = {}
        self._came: Counter[str] = Counter()

    # --- the manners of the place

    def method(self, call: Call) -> str:
        return call.path.rstrip("/").rpartition("/")[2]

    def limits(self, call: Call) -> Sequence[Limit]:
        found = self._limits.get(self.method(call))
        return () if found is None else (found,)

    def unauthorized(self, call: Call) -> Reply:
        missing = "authorization" not in call.headers and self._argument(call, "token") is None
        return fault("not_authed" if missing else "invalid_auth")

    def answer(self, call: Call) -> Reply:
        method = self.method(call)
        self._came[call.target] += 1
        luck = self.hostility.chance("blip", call.target, self._came[call.target])
        if self.hostility.trouble and self._came[call.target] == 1 and luck.random() < self.hostility.trouble / 2:
            return fault(luck.choice(PASSING))
        handler = getattr(self, "_" + method.replace(".", "_"), None)
        if handler is None or not call.path.startswith("/api/"):
            return fault("unknown_method", req_method=method)
        try:
            found = handler(call)
        except Fault as refused:
            return fault(refused.code, self.scopes, **refused.more)
        return as_json(
            {"ok": True, **found, **self.hostility.extra(call.target)}, 200, {"x-oauth-scopes": ",".join(self.scopes)}
        )

    def after(self, call: Call) -> None:
        if self.hostility.shifting and self.method(call) in ("conversations.history", "conversations.replies"):
            self.clock.move(40)

    @staticmethod
    def _argument(call: Call, name: str) -> str | None:
        """A query or form parameter: these methods do not read JSON."""
        found = call.one(name)
        if found is None and "x-www-form-urlencoded" in call.headers.get("content-type", ""):
            found = call.form.get(name)
        return found

    def _whole(self, call: Call, name: str, default: int, most: int) -> int:
        text = self._argument(call, name)
        if text is None:
            return default
        if not text.isdigit() or not 1 <= int(text) <= most:
            raise Fault("invalid_limit" if name == "limit" else "invalid_arguments")
        return int(text)

    def _need(self, *scopes: str) -> None:
        missing = [scope for scope in scopes if scope not in self.scopes]
        if missing:
            raise Fault("missing_scope", needed=",".join(missing), provided=",".join(self.scopes))

    # --- cursors

    def _page(self, call: Call, rows: Sequence[Any], most: int, place: Any) -> tuple[list[Any], dict[str, Any]]:
        """The rows from the cursor on, and what follows them. `place(row)` sorts as the rows do."""
        cursor = self._argument(call, "cursor")
        if cursor and not self.echoing:
            mark = self._known(cursor)
            rows = [row for row in rows if place(row) > mark]
        size = most
        if self.hostility.odd and most > 3:  # fewer than asked for, though there are more
            size = self.hostility.chance("size", call.target).randrange(max(1, most // 4), most + 1)
        if self.hostility.endless and self.method(call) == "conversations.history":
            if self.echoing:
                return list(rows[:size]), {"next_cursor": "bmV4dDowOjA="}
            sent = list(rows[:size])
            return sent, {"next_cursor": self._issue(place(sent[-1]) if sent else 2**62)}
        sent, left = list(rows[:size]), len(rows) > size
        if left:
            return sent, {"next_cursor": self._issue(place(sent[-1]))}
        return sent, {"next_cursor": ""}

    def _issue(self, mark: int) -> str:
        self._issued += 1
        return base64.b64encode(f"next:{mark}:{self._issued}".encode()).decode()

    def _known(self, cursor: str) -> int:
        try:
            _, mark, serial = base64.b64decode(cursor, validate=True).decode().split(":")
        except (binascii.Error, ValueError):
            raise Fault("invalid_cursor") from None
        if self.hostility.chance("stale", serial).random() < self.hostility.stale_cursors:
            raise Fault("invalid_cursor")
        return int(mark)

    def _after(self, meta: Mapping[str, Any], key: Any) -> dict[str, Any]:
        """How the end is told: by an empty cursor, or by none."""
        if meta["next_cursor"] == "" and self.hostility.odd and self.hostility.chance("end", key).random() < 0.5:
            return {}
        return {"response_metadata": dict(meta)}

    # --- methods

    def _auth_test(self, call: Call) -> dict[str, Any]:
        return {
            "url": "https://acme.slack.com/",
            "team": "Acme",
            "user": "funnel",
            "team_id": "T01ACME",
            "user_id": "U99SELF",
            "bot_id": "B99SELF",
            "is_enterprise_install": False,
        }

    def _conversations_list(self, call: Call) -> dict[str, Any]:
        types = (self._argument(call, "types") or "public_channel").split(",")
        needed = {
            "public_channel": "channels:read",
            "private_channel": "groups:read",
            "im": "im:read",
            "mpim": "mpim:read",
        }
        for kind in types:
            if kind not in needed:
                raise Fault("invalid_types")
            self._need(needed[kind])
        rows = [
            (number, self._channel(name))
            for number, name in enumerate(self.ids)
            if ("private_channel" if self._private(name) else "public_channel") in types
        ]
        most = self._whole(call, "limit", 100, 1000)
        sent, meta = self._page(call, rows, most, lambda row: row[0])
        return {"channels": [row for _, row in sent], **self._after(meta, call.target)}

    def _conversations_info(self, call: Call) -> dict[str, Any]:
        name = self._named(call, member=False)
        self._need("groups:read" if self._private(name) else "channels:read")
        return {"channel": self._channel(name)}

    def _conversations_members(self, call: Call) -> dict[str, Any]:
        name = self._named(call, member=False)
        self._need("groups:read" if self._private(name) else "channels:read")
        return {"members": [*self.people, "U99SELF"], "response_metadata": {"next_cursor": ""}}

    def _conversations_history(self, call: Call) -> dict[str, Any]:
        name = self._named(call)
        self._need("groups:history" if self._private(name) else "channels:history")
        oldest, latest = self._span(call)
        rows = [one for one in self._visible(name) if one.root is None or one.manner == "broadcast"]
        rows = [one for one in (*rows, *self._stones(name)) if oldest <= one.at <= latest]
        rows.sort(key=lambda one: -one.at)
        sent, meta = self._page(call, rows, self._most(call), lambda one: -one.at)
        messages = self.hostility.rows([self._message(one) for one in sent], call.target)
        return {
            "messages": messages,
            "has_more": bool(meta["next_cursor"]),
            "pin_count": 0,
            "channel_actions_ts": None,
            **self._after(meta, call.target),
        }

    def _conversations_replies(self, call: Call) -> dict[str, Any]:
        name = self._named(call)
        self._need("groups:history" if self._private(name) else "channels:history")
        stamp = self._argument(call, "ts")
        if not stamp:
            raise Fault("invalid_arguments")
        here = {text(one): one for one in (*self._visible(name), *self._stones(name))}
        root = here.get(stamp)
        if root is None:
            raise Fault("thread_not_found")
        if root.root is not None:  # the id of an answer gives that answer alone
            return {"messages": [self._message(root)], "has_more": False}
        oldest, latest = self._span(call)
        rows = [one for one in self._answers(root) if oldest <= one.at <= latest]
        most = self._most(call)
        first = not self._argument(call, "cursor")
        sent, meta = self._page(call, rows, max(1, most - 1), lambda one: one.at)
        if first or self.hostility.duplicates:
            sent = [root, *sent]
        return {
            "messages": [self._message(one) for one in sent],
            "has_more": bool(meta["next_cursor"]),
            **self._after(meta, call.target),
        }

    def _users_list(self, call: Call) -> dict[str, Any]:
        self._need("users:read")
        # One of the people comes from another organisation, and is in no list.
        everybody = [*self.people[:-1], "USLACKBOT", "U98BOTUSER"]
        most = self._whole(call, "limit", 200, 1000)
        sent, meta = self._page(call, list(enumerate(everybody)), most, lambda row: row[0])
        return {"members": [self._user(user) for _, user in sent], "cache_ts": 1, **self._after(meta, call.target)}

    def _users_info(self, call: Call) -> dict[str, Any]:
        self._need("users:read")
        user = self._argument(call, "user")
        if user not in (*self.people, "USLACKBOT", "U98BOTUSER"):
            raise Fault("user_not_found")
        return {"user": self._user(user)}

    # --- shapes

    def _private(self, name: str) -> bool:
        return name == WATCHED[1]

    def _channel(self, name: str) -> dict[str, Any]:
        private = self._private(name)
        return {
            "id": self.ids[name],
            "name": name,
            "name_normalized": name,
            "is_channel": not private,
            "is_group": private,
            "is_private": private,
            "is_archived": name.endswith("29"),
            "is_member": name in self.joined,
            "num_members": None if self.hostility.odd else len(self.people),
            "created": self.hostility.epoch(1_449_252_889, name),
            **self.hostility.extra("channel", name),
        }

    def _user(self, user: str) -> dict[str, Any]:
        name = f"agent {user[1:4].lower()}"
        return {
            "id": user,
            "team_id": "T01ACME",
            "name": name,
            "real_name": None if self.hostility.odd else name.title(),
            "deleted": user == self.people[1],
            "is_bot": user == "U98BOTUSER",
            "profile": {"display_name": name, "real_name": name.title(), "email": f"{user.lower()}@staff.example"},
            "updated": self.hostility.epoch(1_502_138_686, user),
            **self.hostility.extra("user", user),
        }

    def _message(self, one: Said) -> dict[str, Any]:
        now, stone = self._now, isinstance(one, Stone)
        made: dict[str, Any] = {"type": "message", "ts": text(one), "text": one.words(now)}
        if stone:
            made |= {"subtype": "tombstone", "user": "USLACKBOT", "hidden": True, "text": "This message was deleted."}
        elif one.who == self.bots[0]:
            made |= {"bot_id": one.who, "app_id": "A01", "user": "U98BOTUSER", "bot_profile": {"id": one.who}}
        elif one.bot:
            made |= {"subtype": "bot_message", "bot_id": one.who, "username": "Legacy"}
        else:
            made |= {"user": one.who, "team": "T01ACME", "client_msg_id": f"m-{one.id}", "blocks": []}
        if one.manner in SILENT:
            made |= {"subtype": f"channel_{one.manner}"}
        if one.edited is not None and one.edited <= now and not stone:
            made["edited"] = {"user": one.who, "ts": f"{one.edited}.000000"}
        if one.root is not None:
            root = self.chat.said[one.root]
            made |= {"thread_ts": text(root), "parent_user_id": root.who}
            if one.manner == "broadcast":
                made |= {"subtype": made.get("subtype", "thread_broadcast"), "root": {"ts": text(root), "text": "…"}}
        else:
            answers = self._answers(one)
            if answers:
                people = list(dict.fromkeys(answer.who for answer in answers))
                made |= {
                    "thread_ts": text(one),
                    "reply_count": len(answers),
                    "reply_users": people,
                    "reply_users_count": len(people),
                    "latest_reply": text(answers[-1]),
                    "is_locked": False,
                    "subscribed": False,
                }
        if not stone and self.hostility.chance("reaction", one.id).random() < 0.2:
            made["reactions"] = [{"name": "eyes", "users": self.people[:2], "count": 2}]
        return {**made, **self.hostility.extra("message", one.id)}

    # --- what there is

    @property
    def _now(self) -> int:
        return self.clock.now - self.hostility.late

    def _visible(self, name: str) -> list[Said]:
        return self.chat.shown(self._now, [name])

    def _answers(self, root: Said) -> list[Said]:
        return sorted((one for one in self._visible(root.channel) if one.root == root.id), key=lambda one: one.at)

    def _stones(self, name: str) -> Iterable[Said]:
        """What is left of deleted messages that have answers."""
        answered = {one.root for one in self._visible(name)} - {None}
        for one in self.chat.said:
            gone = one.gone is not None and one.gone <= self._now
            if one.id in answered and gone:
                yield Stone(**vars(one))

    def _named(self, call: Call, *, member: bool = True) -> str:
        wanted = self._argument(call, "channel")
        name = next((name for name, id in self.ids.items() if id == wanted), None)
        if name is None or (self._private(name) and name not in self.joined):
            raise Fault("channel_not_found")
        if member and name not in self.joined:
            raise Fault("not_in_channel")
        return name

    def _most(self, call: Call) -> int:
        if self.slow:
            return min(FEW, self._whole(call, "limit", FEW, 10**6))
        return self._whole(call, "limit", 100, 999)

    def _span(self, call: Call) -> tuple[int, int]:
        """Both ends in microseconds, inside the span; ends themselves are out unless `inclusive` is said."""
        inside = (self._argument(call, "inclusive") or "").lower() in ("1", "true")
        oldest, latest = (self._argument(call, name) for name in ("oldest", "latest"))
        low = micro(oldest) + (not inside) if oldest and micro(oldest) else 0
        high = micro(latest) - (not inside) if latest else 2**62
        return low, high


class Stone(Said):
    """A deleted message whose thread goes on."""


class Fault(Exception):
    def __init__(self, code: str, **more: str) -> None:
        super().__init__(code)
        self.code, self.more = code, more


def fault(code: str, scopes: Sequence[str] = (), **more: Any) -> Reply:
    headers = {"x-oauth-scopes": ",".join(scopes)} if scopes else {}
    return as_json({"ok": False, "error": code, **more}, 200, headers)


def text(one: Said) -> str:
    """A message's `ts`."""
    return f"{one.at // MICRO}.{one.at % MICRO:06}"


def micro(stamp: str) -> int:
    """Microseconds of a `ts`, which is no float."""
    seconds, _, rest = stamp.partition(".")
    if not seconds.isdigit() or not (rest or "0").isdigit():
        raise Fault("invalid_ts_oldest")
    return int(seconds) * MICRO + int((rest + "000000")[:6])
