"""What truly happened in a made-up Chatwoot account: messages, states and reporting events as the product writes them,
and beside each of them the canonical line that it stands for.

Everything is drawn from a seed, and what the server shows at a moment is what had happened by then. Contacts and
teammates are numbered apart, so that equal ids are two people.

Left out on purpose, as nobody documents what they look like to a reader: teammates who set a conversation to pending,
a bot's conversation that a teammate resolves without a word, ratings that are changed later.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

MINUTE, HOUR, DAY = 60, 3600, 86_400
Line = dict[str, Any]

AGENTS = {1: "Ada Owner", 2: "Ben Able", 3: "Cy Deft", 4: "Di Eager"}
AWAY = frozenset({3})
GONE = (9, "Ed Former")
"""Replied, and is no longer in the account."""
TEAMS = {1: "billing", 2: "tier two"}
LABELS = ("refund", "vip", "bug")
INBOXES = {
    1: "Channel::WebWidget",
    2: "Channel::Email",
    3: "Channel::Api",
    4: "Channel::WebWidget",
}
BOTS = {3: ("AgentBot", 1), 4: ("Captain::Assistant", 1)}
"""Inboxes where a bot answers first."""
CAMPAIGNS = {1: "Spring notice", 2: "Outage"}
GAPS = (2, 20, 60, 61, 200, 600, 1900, HOUR, 3 * HOUR, 9 * HOUR, DAY, DAY + 60, 2 * DAY, 6 * DAY, 7 * DAY, 9 * DAY)

LONG = 230
"""Messages of the first conversation, about."""

INCOMING, OUTGOING, ACTIVITY, TEMPLATE = range(4)


@dataclass
class Message:
    at: int
    type: int
    sender: tuple[str, int] | None = None
    """Kind and id, in the product's words."""
    text: str | None = None
    private: bool = False
    content_type: str = "text"
    status: str = "sent"
    campaign: int | None = None
    id: int = 0


@dataclass(frozen=True)
class State:
    """What a conversation was from a moment on."""

    at: int
    status: str
    assignee: int | None
    team: int | None
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Reported:
    """A reporting event."""

    at: int
    name: str
    start: int
    user: int | None


@dataclass(frozen=True)
class Answer:
    """To a satisfaction survey."""

    at: int
    score: int
    assignee: int | None
    asked: Message


@dataclass
class Talk:
    id: int
    contact: int
    inbox: int
    messages: list[Message] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    reported: list[Reported] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    """The canonical events."""
    vanished: int | None = None
    """When it was deleted: from then on it is nowhere."""

    @property
    def created_at(self) -> int:
        return self.states[0].at

    def state(self, at: int) -> State:
        return next(state for state in reversed(self.states) if state.at <= at)

    def shown(self, at: int) -> list[Message]:
        return [message for message in self.messages if message.at <= at]


@dataclass
class Account:
    talks: dict[int, Talk]

    @property
    def moments(self) -> list[int]:
        found = {line["at"] for talk in self.talks.values() for line in talk.lines}
        found |= {message.at for talk in self.talks.values() for message in talk.messages}
        return sorted(found)

    def quiet(self, after: int, margin: int = 400) -> int:
        """The first moment not before `after` with nothing happening so many seconds around it."""
        moment = after
        for at in self.moments:
            if moment - margin <= at <= moment + margin:
                moment = at + margin + 1
        return moment

    def busy(self, after: int) -> int:
        """A moment one second after something happened."""
        return next(at for at in self.moments if at >= after) + 1


def account(seed: int, begin: int, end: int, talks: int = 60, *, late_handoffs: bool = False) -> Account:
    """Conversations begun between two moments, each lived on for as long as it goes. `late_handoffs`: bots hand over
    what a teammate has already answered, too."""
    luck = random.Random(seed)
    made = Account({})
    for number in range(1, talks + 1):
        at = luck.randrange(begin, end)
        at -= at % luck.choice((1, 1, 60, 3600))  # many share a second
        made.talks[number] = _Life(luck, number, late_handoffs).live(at, end)
    whole = [message for talk in made.talks.values() for message in talk.messages]
    for id, message in enumerate(sorted(whole, key=lambda message: message.at), 1001):
        message.id = id
    return made


class _Life:
    """One conversation from its first message on."""

    def __init__(self, luck: random.Random, number: int, late_handoffs: bool) -> None:
        self.luck, self.late_handoffs = luck, late_handoffs
        contact = luck.randrange(1, 25)  # the same numbers as the teammates'
        self.talk = Talk(number, contact, luck.choice(list(INBOXES)))
        self.bot = BOTS.get(self.talk.inbox)
        self.now = State(0, "open", None, None, ())
        self.at = self.end = 0
        self.told_bot = self.human = False
        """A hand-off was said; a teammate has replied: the bot leaves such a conversation alone."""

    def live(self, at: int, end: int) -> Talk:
        self.at, self.end = at, end
        self._open()
        if self.talk.id == 1:
            self._go_on_and_on()
        for _ in range(self.luck.randrange(14)):
            self.at = max([self.at, *(message.at for message in self.talk.messages)]) + self.luck.choice(GAPS)
            if self.at >= end:
                break
            self.luck.choice(self._possible())()
        return self.talk

    def _go_on_and_on(self) -> None:
        """More messages than any page holds."""
        for _ in range(LONG):
            self.at += 7
            if self.at < self.end:
                self.luck.choice((self._says, self._answer))()

    # --- writing down

    def _line(self, kind: str, actor: str | None = None, **more: Any) -> None:
        said = {"type": "event", "conversation": str(self.talk.id), "at": self.at, "kind": kind, "actor": actor}
        self.talk.lines.append({**said, **more})

    def _message(self, type: int, sender: tuple[str, int] | None, **more: Any) -> Message:
        words = more.pop("text", f"words {len(self.talk.messages)} of {self.talk.id} \U0001f9e6 <b>&amp;</b>")
        message = Message(self.at, type, sender, words, **more)
        self.talk.messages.append(message)
        return message

    def _note(self, text: str) -> None:
        """An activity, as the conversation shows it."""
        self._message(ACTIVITY, None, text=text)

    def _become(self, **changes: Any) -> None:
        state = State(
            self.at, **{**{f: getattr(self.now, f) for f in ("status", "assignee", "team", "labels")}, **changes}
        )
        self.now = state
        self.talk.states.append(state)

    def _report(self, name: str, start: int | None = None) -> None:
        begun = self.talk.created_at if start is None else start
        self.talk.reported.append(Reported(self.at, name, begun, self.now.assignee))

    # --- what may happen

    def _open(self) -> None:
        begun = self.luck.random()
        if begun < 0.08:
            self._become(status="open")
            agent = self.luck.choice(list(AGENTS))
            self._message(OUTGOING, ("User", agent))
            self._line("agent_reply", str(agent))
            self.human = True
        elif begun < 0.25:
            self._become(status="open")
            self._campaign()
        else:
            self._become(status="pending" if self.bot else "open")
            self._says()
            self._answers()

    def _campaign(self) -> None:
        agent = self.luck.choice(list(AGENTS))
        status = self.luck.choice(("delivered", "read", "read", "failed"))
        campaign = self.luck.choice(list(CAMPAIGNS))
        self._message(OUTGOING, ("User", agent), status=status, campaign=campaign)
        self._line("agent_reply", str(agent))
        self.human = True

    def _possible(self) -> list[Callable[[], None]]:
        status = self.now.status
        if status == "pending":
            hand_over = [self._hand_over, self._hand_over] if self.late_handoffs or not self.human else []
            return [self._customer, self._customer, *hand_over, self._bot_solves, self._reply]
        steps = [self._customer, self._customer, self._customer, self._reply, self._reply, self._reply, self._remark]
        steps += [self._assign, self._team, self._label, self._greet, self._former]
        if status == "resolved":
            return [*steps, self._reopen, self._rate, self._rate, self._rate]
        human_resolves = [self._solve, self._solve] if self.human or not self.bot or self.told_bot else []
        return [*steps, *human_resolves, self._snooze]

    def _says(self) -> None:
        self._message(INCOMING, ("Contact", self.talk.contact))
        self._line("customer_message", f"contact {self.talk.contact}")

    def _customer(self) -> None:
        status = self.now.status
        self._says()
        if status == "resolved":
            with_bot = self.bot is not None and not self.human
            self._note("System reopened the conversation due to a new incoming message.")
            self._become(status="pending" if with_bot else "open")
            self._line("reopened")
            self._report("conversation_opened")
        elif status == "snoozed":
            self._become(status="open")
            self._note("System reopened the conversation due to a new incoming message.")
            self._line("unsnoozed")
        self._answers()

    def _answers(self) -> None:
        """The bot, where the conversation is with it."""
        if self.now.status != "pending" or self.bot is None:
            return
        self.at += self.luck.choice((1, 2, 3))
        if self.at < self.end:
            self._message(OUTGOING, self.bot)
            self._line("bot_answer", "bot")

    def _hand_over(self) -> None:
        self._become(status="open")
        self._report("conversation_bot_handoff")
        self._line("bot_handoff")
        self.told_bot = True

    def _bot_solves(self) -> None:
        self._become(status="resolved")
        self._note("Conversation was marked resolved by Helper Bot")
        self._report("conversation_resolved")
        self._report("conversation_bot_resolved")
        self._line("closed", by="bot")

    def _reply(self) -> None:
        self._speak(self.luck.choice(list(AGENTS)))

    def _answer(self) -> None:
        self._speak(1)

    def _former(self) -> None:
        if self.luck.random() < 0.2:
            self._speak(GONE[0])

    def _speak(self, agent: int) -> None:
        if not self.human:
            self._report("first_response")
        self._report("reply_time")
        self.human = True
        self._message(OUTGOING, ("User", agent))
        self._line("agent_reply", str(agent))

    def _remark(self) -> None:
        agent = self.luck.choice(list(AGENTS))
        self._message(OUTGOING, ("User", agent), private=True)
        self._line("note", str(agent))

    def _greet(self) -> None:
        self._message(TEMPLATE, None)
        self._line("auto_reply")

    def _assign(self) -> None:
        by, to = self.luck.choice(list(AGENTS)), self.luck.choice([*AGENTS, None])
        if to == self.now.assignee:
            return
        self._become(assignee=to)
        if to is None:
            self._note(f"Conversation unassigned by {AGENTS[by]}")
            self._line("unassigned")
        else:
            own = f"{AGENTS[by]} self-assigned this conversation"
            self._note(own if to == by else f"Assigned to {AGENTS[to]} by {AGENTS[by]}")
            self._line("assigned", to=str(to))

    def _team(self) -> None:
        team = self.luck.choice(list(TEAMS))
        if team != self.now.team:
            self._become(team=team)
            self._note(f"Assigned to {TEAMS[team]} by {AGENTS[1]}")
            self._line("team_assigned", team=TEAMS[team])

    def _label(self) -> None:
        label = self.luck.choice(LABELS)
        if label not in self.now.labels:
            self._become(labels=(*self.now.labels, label))
            self._note(f"{AGENTS[1]} added {label}")
            self._line("tagged", tags=[label])

    def _solve(self) -> None:
        who = self.luck.choice(("agent", "agent", "customer", "system"))
        said = {
            "agent": f"Conversation was marked resolved by {self.luck.choice(list(AGENTS.values()))}",
            "customer": f"Conversation was resolved by private-name-{self.talk.contact}",
            "system": "Conversation was marked resolved by system due to 3 days of inactivity",
        }
        self._become(status="resolved")
        self._note(said[who])
        self._report("conversation_resolved")
        if self.bot is not None and not self.human:
            self._report("conversation_bot_resolved")  # the product does, whoever resolved it
        self._line("closed", by=who)

    def _reopen(self) -> None:
        self._become(status="open")
        self._note(f"Conversation was reopened by {self.luck.choice(list(AGENTS.values()))}")
        self._report("conversation_opened")
        self._line("reopened")

    def _snooze(self) -> None:
        if self.now.status == "snoozed":
            self._become(status="open")
            self._note(f"Conversation was reopened by {AGENTS[2]}")
            self._line("unsnoozed")
        else:
            self._become(status="snoozed")
            self._note(f"Conversation was snoozed by {AGENTS[2]}")
            self._line("snoozed")

    def _rate(self) -> None:
        """The survey, and perhaps its answer."""
        if any(message.content_type == "input_csat" for message in self.talk.messages):
            return
        asked = self._message(TEMPLATE, None, content_type="input_csat")
        self._line("auto_reply")
        self._line("rating_requested")
        if self.luck.random() < 0.7:
            self.at += self.luck.choice((30, HOUR))
            if self.at < self.end:
                score = self.luck.randrange(1, 6)
                assignee = None if self.luck.random() < 0.3 else self.now.assignee
                self.talk.answers.append(Answer(self.at, score, assignee, asked))
                self._line("rated", f"contact {self.talk.contact}", score=score, scale=[1, 5])


def lines(account: Account, until: int) -> list[Line]:
    """What is to be known at a moment, as canonical lines."""
    found: list[Line] = [
        {"type": "agent", "id": str(id), "name": name, "away": id in AWAY} for id, name in AGENTS.items()
    ]
    for talk in account.talks.values():
        if talk.created_at > until:
            continue
        found.append(
            {
                "type": "conversation",
                "id": str(talk.id),
                "channel": INBOXES[talk.inbox],
                "person": f"contact {talk.contact}",
            }
        )
        found += [line for line in talk.lines if line["at"] <= until]
        if talk.vanished is not None:
            found.append({"type": "event", "conversation": str(talk.id), "at": talk.vanished, "kind": "deleted"})
        found += [_receipt(talk, message, until) for message in talk.shown(until) if message.campaign is not None]
    return found


def _receipt(talk: Talk, message: Message, until: int) -> Line:
    """A campaign's message to one person. When it was opened nobody says."""
    replied = next((m.at for m in talk.shown(until) if m.type == INCOMING and m.at > message.at), None)
    failed = message.status == "failed"
    return {
        "type": "outbound",
        "id": f"m{message.at}-{talk.id}",
        "campaign": str(message.campaign),
        "campaign_name": CAMPAIGNS[message.campaign or 0],
        "person": f"contact {talk.contact}",
        "delivered_at": None if failed else message.at,
        "opened_at": message.at if message.status == "read" else None,
        "replied_at": None if failed else replied,
        "bounced_at": message.at if failed else None,
    }


def numbered(talks: Sequence[Talk], at: int) -> list[Talk]:
    """Those that are there at a moment, the latest activity first."""
    there = [talk for talk in talks if talk.created_at <= at and (talk.vanished is None or talk.vanished > at)]
    return sorted(there, key=lambda talk: (-latest(talk, at), -talk.id))


def latest(talk: Talk, at: int) -> int:
    """When something was last said or shown in it."""
    return max([talk.created_at, *(message.at for message in talk.shown(at))])
