"""A made-up helpdesk of any size: the same seed and size give the same records, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from funnel_tui.model.records import (
    Agent,
    Article,
    ArticleView,
    Conversation,
    Event,
    Kind,
    Outbound,
    Record,
    Team,
    Thread,
)

DAY = 86_400
HOUR = 3600
PAGE = 150
"""Conversations to a page, as the largest provider sends them."""
TEAMS = ("billing", "technical", "onboarding", "returns", "accounts")
CHANNELS = ("chat", "chat", "chat", "email", "email", "phone")
TOPICS = tuple(f"topic-{number:02d}" for number in range(30))
AGENTS = 40
ARTICLES = 120


@dataclass(frozen=True)
class World:
    """`size` conversations spread evenly over the `days` before `now`; nothing is later than `now`."""

    size: int
    now: int
    seed: int = 1
    days: int = 400

    def people(self) -> list[Record]:
        """Teams, teammates and articles."""
        teams: list[Record] = [Team(id=team, name=team.title()) for team in TEAMS]
        agents = [
            Agent(id=f"a{n}", name=f"Agent {n:02d}", team=TEAMS[n % len(TEAMS)], away=n % 4 == 0) for n in range(AGENTS)
        ]
        return [*teams, *agents, *(Article(id=f"h{n}", title=f"How to {n}") for n in range(ARTICLES))]

    def pages(self) -> Iterator[list[Record]]:
        """The conversations, newest first as a backfill brings them."""
        for first in range(0, self.size, PAGE):
            yield [self.thread(number) for number in range(first, min(first + PAGE, self.size))]

    def pages_beside(self) -> Iterator[list[Record]]:
        """What surrounds the conversations: an article view and an outbound message for each."""
        for first in range(0, self.size, PAGE):
            page: list[Record] = []
            for number in range(first, min(first + PAGE, self.size)):
                page.extend((self._view(number), self._message(number)))
            yield page

    def thread(self, number: int) -> Thread:
        """Conversation `number`: 0 is the latest."""
        chance = self._chance(number)
        id = str(215_000_000_000_000 + number)
        at = self._begin(number, chance)
        script = _Script(id, at, self._person(number), chance)
        script.run()
        conversation = Conversation(
            id=id,
            channel=chance.choice(CHANNELS),
            team=chance.choice(TEAMS),
            tags=tuple(sorted(chance.sample(TOPICS, chance.choice((0, 1, 1, 2))))),
            person=script.person,
            url=f"https://desk.example/conversations/{id}",
            origin="customer_initiated",
        )
        return Thread(conversation=conversation, events=tuple(e for e in script.events if e.at <= self.now))

    def _chance(self, number: int) -> Random:
        return Random(self.seed * 1_000_003 + number)

    def _begin(self, number: int, chance: Random) -> int:
        return self.now - 1 - int(self.days * DAY * (number + chance.random()) / self.size)

    def _person(self, number: int) -> str:
        """Two thirds as many people as conversations: some come back."""
        return f"{(number * 7919) % (self.size * 2 // 3 + 1):024x}"

    def _view(self, number: int) -> ArticleView:
        chance = self._chance(number)
        at = self._begin(number, chance) - chance.randrange(2 * DAY)
        reader = number if chance.random() < 0.3 else chance.randrange(self.size)
        return ArticleView(article=f"h{chance.randrange(ARTICLES)}", at=at, person=self._person(reader))

    def _message(self, number: int) -> Outbound:
        chance = self._chance(number)
        at = self._begin(number, chance)
        opened = at + chance.randrange(DAY) if chance.random() < 0.4 else None
        return Outbound(
            id=f"m{number}",
            campaign=f"c{number % 12}",
            campaign_name=f"Campaign {number % 12}",
            channel=chance.choice(CHANNELS),
            person=self._person(number),
            delivered_at=at,
            opened_at=opened if opened is None or opened <= self.now else None,
        )


class _Script:
    """How one conversation goes."""

    def __init__(self, id: str, at: int, person: str, chance: Random) -> None:
        self.events: list[Event] = []
        self.person = person
        self._id = id
        self._at = at
        self._chance = chance
        self._agent = f"a{chance.randrange(AGENTS)}"

    def run(self) -> None:
        chance = self._chance
        self._add(Kind.CUSTOMER_MESSAGE, 0, actor=self.person)
        if chance.random() < 0.6 and self._bot_solves():
            return
        self._add(Kind.ASSIGNED, chance.randrange(5, 600), to=self._agent)
        for _ in range(chance.choice((1, 1, 2, 3, 5))):
            self._add(Kind.AGENT_REPLY, int(chance.lognormvariate(6.5, 1.2)), actor=self._agent)
            if chance.random() < 0.7:
                self._add(Kind.CUSTOMER_MESSAGE, int(chance.lognormvariate(6.5, 1.5)), actor=self.person)
        self._add(Kind.AGENT_REPLY, int(chance.lognormvariate(6, 1)), actor=self._agent)
        if chance.random() < 0.01:
            return  # nobody ever closes it
        self._add(Kind.CLOSED, chance.randrange(60, 4 * HOUR), actor=self._agent, by="agent")
        if chance.random() < 0.4:
            self._rate()
        if chance.random() < 0.06:
            self._add(Kind.REOPENED, chance.randrange(HOUR, 5 * DAY))
            self._add(Kind.CUSTOMER_MESSAGE, 1, actor=self.person)
            self._add(Kind.AGENT_REPLY, chance.randrange(60, 6 * HOUR), actor=self._agent)
            self._add(Kind.CLOSED, chance.randrange(60, HOUR), actor=self._agent, by="agent")

    def _bot_solves(self) -> bool:
        chance = self._chance
        for _ in range(chance.choice((1, 1, 2))):
            self._add(Kind.BOT_ANSWER, chance.randrange(2, 20), actor="bot")
        fate = chance.random()
        if fate < 0.3:
            self._add(Kind.CLOSED, chance.randrange(30, HOUR), by="bot", confirmed=True)
        elif fate >= 0.5:
            self._add(Kind.CUSTOMER_MESSAGE, chance.randrange(20, 600), actor=self.person)
            self._add(Kind.BOT_HANDOFF, 2)
        return fate < 0.5

    def _rate(self) -> None:
        self._add(Kind.RATING_REQUESTED, 1)
        if self._chance.random() < 0.4:
            score = float(self._chance.choice((1, 3, 4, 5, 5)))
            self._add(Kind.RATED, self._chance.randrange(60, DAY), actor=self.person, score=score, scale=(1.0, 5.0))

    def _add(self, kind: Kind, after: int, **more: object) -> None:
        self._at += after
        part = str(10_000_000_000 + self._chance.randrange(9_000_000_000))
        self.events.append(Event(conversation=self._id, at=self._at, kind=kind, source_id=part, **more))  # type: ignore[arg-type]
