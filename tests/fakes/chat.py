"""What people say in chat channels over time, whatever the server is, and the figures that must come of it.

All of it is fixed beforehand, the future too: who says, answers, edits or deletes what and when. A server shows what
its clock has reached, so moving the clock is what makes things happen between two syncs.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.reference.brute import Figure
from tests.reference.figures import median

HOUR, DAY = 3_600, 86_400
MICRO = 1_000_000

SUBJECTS = ("the refund form", "a second invoice", "the staging login", "our holiday notice", "the export of a team")
ASKS = (
    "Where do I find {}?",
    "How do we change {} for a customer?",
    "Can somebody help me with {}?",
    "Who looks after {}?",
    "Why does {} fail since noon?",
)
STATES = ("Deploy finished.", "The meeting moved to three.", "Lunch is here.", "Notes from today are in the folder.")
ANSWERS = ("It is in the settings.", "Fixed now.", "Ask the billing team, they know.", "Same here.", "Thanks, solved.")
BACK = ("Which customer is it?", "Since when?")
"""Answers that ask something: still answers."""


@dataclass
class Said:
    """One message. `at`: its stamp in epoch microseconds; `comes`: when the server has it, epoch seconds."""

    id: int
    channel: str
    at: int
    comes: int
    who: str
    text: str
    bot: bool = False
    root: int | None = None
    """The message that it answers in a thread."""
    manner: str = ""
    """How it is said: `broadcast`, `rich`, `join`, ... as the server knows such things; "" in the plain way."""
    edited: int | None = None
    rewritten: str = ""
    gone: int | None = None

    @property
    def second(self) -> int:
        return self.at // MICRO

    def there(self, now: int) -> bool:
        return self.comes <= now and (self.gone is None or self.gone > now)

    def words(self, now: int) -> str:
        return self.rewritten if self.edited is not None and self.edited <= now else self.text


@dataclass(frozen=True)
class Habits:
    """How a chat goes."""

    threads: int = 40
    days: int = 25
    """Days before `now` on which it begins."""
    ahead: int = 3
    """Days after `now` that are fixed as well."""
    longest_silence: float = 5.0
    """Days that a thread rests at most between two of its messages."""
    edits: float = 0.15
    deletions: float = 0.12
    late_amends: float = 1.0
    """Days after a message within which it is edited or deleted."""
    turning: bool = True
    """Edits may turn a statement into a question and back."""
    back_dated: float = 0.0
    """The share of messages that come later than their stamp says."""
    manners: Sequence[str] = ()
    """Of answers, besides the plain one."""


@dataclass
class Chat:
    """Everything that is ever said in these channels."""

    seed: int
    now: int
    channels: Sequence[str]
    people: Sequence[str]
    bots: Sequence[str]
    habits: Habits = field(default_factory=Habits)
    said: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._luck = random.Random(self.seed)
        self._stamps: set[tuple[str, int]] = set()
        begin, end = self.now - self.habits.days * DAY, self.now + self.habits.ahead * DAY
        for channel in self.channels:
            for _ in range(self.habits.threads):
                self._thread(channel, self._luck.randrange(begin, end) * MICRO + self._luck.randrange(MICRO))
        self._twins(begin + DAY)

    def add(self, channel: str, at: int, who: str, text: str, **more: object) -> Said:
        """One more message at `at` microseconds, or a moment later where that is taken."""
        while (channel, at) in self._stamps:
            at += 1000
        self._stamps.add((channel, at))
        made = Said(len(self.said), channel, at, at // MICRO, who, text)
        for name, value in more.items():
            setattr(made, name, value)
        self.said.append(made)
        return made

    def _thread(self, channel: str, at: int) -> None:
        luck, habits = self._luck, self.habits
        bot = luck.random() < 0.15
        asks = luck.random() < 0.6
        text = luck.choice(ASKS).format(luck.choice(SUBJECTS)) if asks else luck.choice(STATES)
        who = luck.choice(self.bots if bot else self.people)
        root = self.add(channel, at, who, text, bot=bot)
        self._amend(root)
        for _ in range(luck.choice((0, 0, 0, 1, 1, 2, 3, 6))):
            quick = luck.random() < 0.8
            at += int(
                luck.uniform(3, 3000) * MICRO if quick else luck.uniform(0.1, habits.longest_silence) * DAY * MICRO
            )
            if at // MICRO > self.now + habits.ahead * DAY:
                break
            bot = luck.random() < 0.2
            who = luck.choice(self.bots) if bot else luck.choice((root.who, *self.people))
            answer = self.add(channel, at, who, luck.choice((*ANSWERS, *BACK)), bot=bot or who in self.bots)
            answer.root = root.id
            if habits.manners and luck.random() < 0.25:
                answer.manner = luck.choice(habits.manners)
            self._amend(answer)
        if luck.random() < habits.back_dated:
            # The whole thread comes later than its stamps say, its messages in their order.
            wait = luck.randrange(60, 4 * DAY)
            for one in self.said[root.id :]:
                one.comes += wait
                one.edited = None if one.edited is None else one.edited + wait
                one.gone = None if one.gone is None else one.gone + wait

    def _amend(self, said: Said) -> None:
        luck, habits = self._luck, self.habits
        wait = int(luck.uniform(0, habits.late_amends) * DAY) + 5
        if luck.random() < habits.edits:
            said.edited = said.comes + wait
            ends = said.text.endswith("?")
            if habits.turning and luck.random() < 0.5:
                ends = not ends
            said.rewritten = "Edited: " + (luck.choice(ASKS).format("this one") if ends else luck.choice(STATES))
        if luck.random() < habits.deletions:
            said.gone = said.comes + wait + 7

    def _twins(self, second: int) -> None:
        """Messages of one moment: in several channels, and several in one second."""
        for channel in self.channels:
            for number in range(3):
                asked = self.add(channel, second * MICRO + 250_000, self.people[number], f"Where is twin {number}?")
                if number:
                    told = self.add(channel, (second + 60) * MICRO + 250_000, self.people[0], "Here.")
                    told.root = asked.id

    # --- what is known

    def shown(self, now: int, channels: Iterable[str] | None = None) -> list[Said]:
        """What is there at `now`."""
        wanted = set(self.channels if channels is None else channels)
        return [one for one in self.said if one.there(now) and one.channel in wanted]

    def figures(self, now: int, start: int, end: int, channels: Iterable[str] | None = None) -> Mapping[str, Figure]:
        """The figures of `[start, end)` of what is there at `now`."""
        known = {one.id: one for one in self.shown(now, channels) if one.second <= now and one.manner not in SILENT}
        questions = {
            one.id: one for one in known.values() if one.root is None and not one.bot and one.words(now).endswith("?")
        }
        first: dict[int, int] = {}
        pairs: dict[tuple[int, str], int] = {}
        for one in known.values():
            asked = questions.get(-1 if one.root is None else one.root)
            if asked is None or one.bot or one.who == asked.who:
                continue
            first[asked.id] = min(first.get(asked.id, one.second), one.second)
            pair = (asked.id, one.who)
            pairs[pair] = min(pairs.get(pair, one.second), one.second)
        asked_then = [one for one in questions.values() if start <= one.second < end]
        waits = [at - questions[id].second for id, at in first.items() if start <= at < end]
        return {
            "internal.questions": Figure(len(asked_then)),
            "internal.unanswered": Figure(sum(one.id not in first for one in asked_then)),
            "internal.first_reply.median": Figure(median(waits), len(waits)),
            "internal.interruptions": Figure(sum(start <= at < end for at in pairs.values())),
        }


SILENT = frozenset({"join", "topic", "reaction"})
"""Manners of what is no message of anybody's."""


def differences(told: Mapping[str, Mapping[str, object]], expected: Mapping[str, Figure]) -> dict[str, object]:
    """Chat figures whose value or n is not what it should be."""
    return {
        metric: (told[metric]["value"], told[metric]["n"], figure, told[metric].get("reason"))
        for metric, figure in expected.items()
        if told[metric]["quality"] == "unavailable"
        or told[metric]["value"] != figure.value
        or (figure.n is not None and told[metric]["n"] != figure.n)
    }
