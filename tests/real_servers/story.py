"""What a team says in two chat rooms in ten days, and what the figures of it are, worked out from the story itself.

A `Said` is an event in the order in which it reaches the server; its date may be earlier. The story names messages by
keys of its own.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from statistics import median
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Dublin")
FIRST_DAY = date(2024, 3, 25)
"""A Monday; the clocks change on the Sunday after it."""
DAYS = 10
ROOMS = ("ask", "platform")
PEOPLE = ("anna", "ben", "carol", "dan", "eve")
BOT = "robot"

_ASKED = (
    "How do I {0} the {1}?",
    "Does anyone know where the {1} is kept?",
    "Can we {0} a {1} for customer {2}?",
    "Where is the policy about the {1}",
    "Hi team, what happens to the {1} when we {0} it?",
)
_TOLD = (
    "Deployed the {1}, build {2}.",
    "I am out this afternoon.",
    "The {1} was late today, I told the customer.",
    "Lunch!",
    "Thanks for the help with the {1} yesterday.",
)
_ANSWERS = ("Under Billing, then Adjust.", "Look at the handbook.", "No, not any more.", "I will do that for you.")
_VERBS = ("refund", "cancel", "move", "export", "merge", "restore")
_THINGS = ("invoice", "licence", "webhook", "report", "mailbox", "workspace", "discount")


@dataclass(frozen=True)
class Said:
    key: str
    how: str
    """`post`, `thread` (a reply in a thread), `reply` (a rich reply), `notice` (a bot, in a thread if `to` is given),
    `edit`, `react`, `redact`."""
    by: str
    at: int
    room: str
    text: str = ""
    to: str | None = None
    """What is answered, changed or deleted. A reply in a thread names the message that began it."""
    asks: bool = False


@dataclass
class Message:
    key: str
    thread: str
    by: str
    at: int
    text: str
    bot: bool
    asks: bool
    gone_at: int | None = None

    def stands(self, as_of: int) -> bool:
        return self.at <= as_of and (self.gone_at is None or self.gone_at > as_of)


@dataclass(frozen=True)
class Figures:
    questions: int
    unanswered: int
    first_replies: int
    first_reply: float | None
    interruptions: int


def moment(day: int, hour: int, minute: int = 0, second: int = 0) -> int:
    """Epoch seconds by the clock on the wall, `day` days after the first."""
    wall = datetime.combine(FIRST_DAY + timedelta(days=day), time(hour, minute, second), ZONE)
    return int(wall.timestamp())


def messages(story: Iterable[Said]) -> dict[str, Message]:
    """All messages by key, with the thread that each belongs to."""
    found: dict[str, Message] = {}
    for said in story:
        if said.how == "redact":
            gone = found.get(said.to or "")
            if gone is not None and gone.gone_at is None:
                gone.gone_at = said.at
        elif said.how not in ("edit", "react"):
            thread = found[said.to].thread if said.to is not None else said.key
            bot = said.how == "notice"
            found[said.key] = Message(said.key, thread, said.by, said.at, said.text, bot, said.asks)
    return found


def figures(story: Iterable[Said], start: int, end: int, as_of: int, never: Collection[str] = ()) -> Figures:
    """Of the period `[start, end)`, as known at `as_of`, without the messages `never` seen."""
    found = [message for message in messages(story).values() if message.key not in never]
    standing = [message for message in found if message.stands(as_of)]
    until = min(end, as_of + 1)
    asked = unanswered = called = 0
    waits = []
    for question in standing:
        if not question.asks or question.thread != question.key:
            continue
        replies: dict[str, int] = {}
        for other in standing:
            if other.thread == question.key and other is not question and not other.bot and other.by != question.by:
                replies[other.by] = min(other.at, replies.get(other.by, other.at))
        first = min(replies.values(), default=None)
        called += sum(start <= at < until for at in replies.values())
        if start <= question.at < until:
            asked += 1
            unanswered += first is None
        if first is not None and start <= first < until:
            waits.append(first - question.at)
    return Figures(asked, unanswered, len(waits), median(waits) if waits else None, called)


class Teller:
    """Makes the story, always the same one."""

    def __init__(self) -> None:
        self._chance = Random(20240325)
        self._number = 0

    def first(self) -> list[Said]:
        """Questions, chatter and answers of all kinds, most of them at work hours."""
        drafts = [draft for day in range(DAYS) for room in ROOMS for draft in self._day(day, room)]
        return sorted(drafts, key=lambda said: said.at)

    def later(self, first: Sequence[Said]) -> list[Said]:
        """What reaches the server after the first reading: late answers, changes of mind, an import of old messages,
        and more news than one sync brings."""
        chance = self._chance
        roots = [said for said in first if said.how == "post"]
        known = messages(first)
        answers = [said for said in first if said.how in ("thread", "reply")]
        after: list[Said] = []
        for number, root in enumerate(chance.sample(roots, 30)):
            at = moment(DAYS - 1, 16, number, 7)
            how = ("thread", "reply", "notice")[number % 3]
            after.append(self._said(how, self._other(root.by), at, root.room, "A late word.", root.key))
            after.append(self._said("reply", root.by, at + 20, root.room, "Thank you", after[-1].key))
        for number, gone in enumerate([*chance.sample(roots, 8), *chance.sample(answers, 12)]):
            after.append(self._said("redact", gone.by, moment(DAYS - 1, 18, number), gone.room, "", gone.key))
        for number, root in enumerate(chance.sample(roots, 10)):
            text = "Is this a question now?" if number % 2 else "Never mind."
            after.append(self._said("edit", root.by, moment(DAYS - 1, 19, number), root.room, text, root.key))
            after.append(self._said("react", BOT, moment(DAYS - 1, 19, number, 30), root.room, "👍", root.key))
        for number, answer in enumerate(chance.sample(answers, 20)):
            thread = known[answer.key].thread
            at = known[thread].at + 7 + 900 * (number % 3)
            after.append(self._said("thread", "dan", at, answer.room, "Imported much later.", thread))
        for number in range(110):
            at = moment(number % DAYS, 6, number // DAYS, 11)
            after.append(self._post("ben", at, ROOMS[0], asks=number % 5 == 0))
        return after

    def _day(self, day: int, room: str) -> Iterator[Said]:
        chance = self._chance
        for _ in range(chance.randint(3, 6)):
            at = moment(day, chance.randint(8, 16), chance.randint(0, 59), chance.randint(0, 59))
            root = self._post(chance.choice(PEOPLE), at, room, asks=chance.random() < 0.6)
            yield root
            yield from self._answers(root)

    def _answers(self, root: Said) -> Iterator[Said]:
        chance = self._chance
        last = root
        for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
            wait = chance.choice((40, 300, 1_800, 7_200, 90_000)) + chance.randint(0, 39)
            how = chance.choice(("thread", "thread", "reply", "notice"))
            by = BOT if how == "notice" else chance.choice(PEOPLE)
            to = last.key if how == "reply" else root.key
            last = self._said(how, by, last.at + wait, root.room, chance.choice(_ANSWERS), to)
            yield last
            if chance.random() < 0.15:
                yield self._said("edit", by, last.at + 15, root.room, "Sorry: the other way round.", last.key)
            if chance.random() < 0.15:
                yield self._said("react", root.by, last.at + 30, root.room, "🎉", last.key)
        if last is not root and chance.random() < 0.1:
            yield self._said("redact", last.by, last.at + 100, root.room, "", last.key)

    def _post(self, by: str, at: int, room: str, *, asks: bool) -> Said:
        chance = self._chance
        words = chance.choice(_VERBS), chance.choice(_THINGS), str(chance.randint(100, 999))
        text = chance.choice(_ASKED if asks else _TOLD).format(*words)
        return self._said("post", by, at, room, text, asks=asks)

    def _other(self, person: str) -> str:
        return self._chance.choice([other for other in PEOPLE if other != person])

    def _said(
        self, how: str, by: str, at: int, room: str, text: str, to: str | None = None, *, asks: bool = False
    ) -> Said:
        self._number += 1
        return Said(f"m{self._number}", how, by, at, room, text, to, asks)
