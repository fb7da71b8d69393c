"""A made-up helpdesk of any size: the same seed and size give the same records, page by page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from random import Random
from statistics import NormalDist
from typing import TypeVar

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

T = TypeVar("T")
Draw = Callable[[], float]

MAKING = 3
"""Grows whenever other records come of the same seed: a kept cache of another making is built anew."""
BESIDE = 4
"""Conversations to an article view and an outbound message."""
DAY = 86_400
HOUR = 3600
PAGE = 150
"""Conversations to a page, as the largest provider sends them."""
TEAMS = ("billing", "technical", "onboarding", "returns", "accounts")
CHANNELS = ("chat", "chat", "chat", "email", "email", "phone")
TOPICS = tuple(f"topic-{number:02d}" for number in range(30))
AGENTS = 40
ARTICLES = 120
_TAGS = (0, 1, 1, 2)
_TURNS = (1, 1, 2, 3, 5)
_ANSWERS = (1, 1, 2)
_SCORES = (1.0, 3.0, 4.0, 5.0, 5.0)


class _LogNormal:
    """Seconds by a log-normal law, read off a table of its quantiles: drawn in a fraction of the usual time."""

    CELLS = 4096

    def __init__(self, mu: float, sigma: float) -> None:
        normal = NormalDist(mu, sigma)
        self._table = [exp(normal.inv_cdf((i + 0.5) / (self.CELLS + 1))) for i in range(self.CELLS + 1)]

    def at(self, quantile: float) -> int:
        place = quantile * self.CELLS
        cell = int(place)
        low = self._table[cell]
        return int(low + (self._table[cell + 1] - low) * (place - cell))


_REPLY = _LogNormal(6.5, 1.2)
_RETURN = _LogNormal(6.5, 1.5)
_LAST = _LogNormal(6, 1)


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

    def pages(self) -> Iterator[list[Thread]]:
        """The conversations, newest first as a backfill brings them."""
        return map(self.page, range(-(-self.size // PAGE)))

    def page(self, index: int) -> list[Thread]:
        """Page `index` of them: 0 has the latest."""
        chance = Random(self.seed * 1_000_003 + 2 * index)
        return [self._thread(number, at, chance) for number, at in self._begins(index)]

    def thread(self, number: int) -> Thread:
        """Conversation `number`: 0 is the latest."""
        return _page(self, number // PAGE)[number % PAGE]

    def pages_beside(self) -> Iterator[list[Record]]:
        """What surrounds the conversations: an article view and an outbound message for every fourth."""
        for index in range(-(-self.size // PAGE)):
            chance = Random(~(self.seed * 1_000_003 + 2 * index))
            page: list[Record] = []
            for number, at in self._begins(index):
                if number % BESIDE:
                    continue
                page.append(self._view(number, at, chance.random))
                page.append(self._message(number, at, chance.random))
            yield page

    def _begins(self, index: int) -> Iterator[tuple[int, int]]:
        """Number and first moment of a page's conversations."""
        random = Random(self.seed * 1_000_003 + 2 * index + 1).random
        step = self.days * DAY / self.size
        for number in range(index * PAGE, min(index * PAGE + PAGE, self.size)):
            yield number, self.now - 1 - int(step * (number + random()))

    def _thread(self, number: int, at: int, chance: Random) -> Thread:
        id = str(215_000_000_000_000 + number)
        random = chance.random
        script = _Script(id, at, self._person(number), 10_000_000_000 + 64 * number, chance)
        script.run()
        tags = {_pick(TOPICS, random()) for _ in range(_pick(_TAGS, random()))}
        conversation = Conversation(
            id=id,
            channel=_pick(CHANNELS, random()),
            team=_pick(TEAMS, random()),
            tags=tuple(sorted(tags)),
            person=script.person,
            url=f"https://desk.example/conversations/{id}",
            origin="customer_initiated",
        )
        events = script.events
        if events[-1].at > self.now:
            events = [event for event in events if event.at <= self.now]
        return Thread(conversation=conversation, events=tuple(events))

    def _person(self, number: int) -> str:
        """Two thirds as many people as conversations: some come back."""
        return f"{(number * 7919) % (self.size * 2 // 3 + 1):024x}"

    def _view(self, number: int, at: int, random: Draw) -> ArticleView:
        reader = number if random() < 0.3 else int(random() * self.size)
        before = int(random() * 2 * DAY)
        return ArticleView(article=f"h{int(random() * ARTICLES)}", at=at - before, person=self._person(reader))

    def _message(self, number: int, at: int, random: Draw) -> Outbound:
        opened = at + int(random() * DAY) if random() < 0.4 else None
        return Outbound(
            id=f"m{number}",
            campaign=f"c{number % 12}",
            campaign_name=f"Campaign {number % 12}",
            channel=_pick(CHANNELS, random()),
            person=self._person(number),
            delivered_at=at,
            opened_at=opened if opened is None or opened <= self.now else None,
        )


@lru_cache(maxsize=32)
def _page(world: World, index: int) -> list[Thread]:
    return world.page(index)


class _Script:
    """How one conversation goes."""

    __slots__ = ("_agent", "_at", "_id", "_part", "_random", "events", "person")

    def __init__(self, id: str, at: int, person: str, part: int, chance: Random) -> None:
        self.events: list[Event] = []
        self.person = person
        self._id = id
        self._at = at
        self._part = part
        self._random = chance.random
        self._agent = f"a{int(chance.random() * AGENTS)}"

    def run(self) -> None:
        random, add, agent = self._random, self._add, self._agent
        add(Kind.CUSTOMER_MESSAGE, 0, self.person)
        if random() < 0.6 and self._bot_solves():
            return
        luck = random()
        if luck < 0.02:
            add(Kind.CLOSED, self._within(60, HOUR), self.person, by="customer")
            return
        if luck < 0.022:
            return  # nobody ever looks at it
        add(Kind.ASSIGNED, self._within(5, 600), to=agent)
        for _ in range(_pick(_TURNS, random())):
            add(Kind.AGENT_REPLY, _REPLY.at(random()), agent)
            if random() < 0.7:
                add(Kind.CUSTOMER_MESSAGE, _RETURN.at(random()), self.person)
        add(Kind.AGENT_REPLY, _LAST.at(random()), agent)
        luck = random()
        if luck < 0.01:  # nobody ever closes it
            if luck < 0.003:
                add(Kind.SNOOZED, self._within(60, HOUR), agent)
            return
        add(Kind.CLOSED, self._within(60, 4 * HOUR), agent, by="agent")
        if random() < 0.4:
            self._rate()
        if random() < 0.06:
            add(Kind.REOPENED, self._within(HOUR, 5 * DAY))
            add(Kind.CUSTOMER_MESSAGE, 1, self.person)
            add(Kind.AGENT_REPLY, self._within(60, 6 * HOUR), agent)
            add(Kind.CLOSED, self._within(60, HOUR), agent, by="agent")

    def _bot_solves(self) -> bool:
        random, add = self._random, self._add
        for _ in range(_pick(_ANSWERS, random())):
            add(Kind.BOT_ANSWER, self._within(2, 20), "bot")
        fate = random()
        if fate < 0.3:
            add(Kind.CLOSED, self._within(30, HOUR), by="bot", confirmed=True)
        elif fate >= 0.5:
            add(Kind.CUSTOMER_MESSAGE, self._within(20, 600), self.person)
            add(Kind.BOT_HANDOFF, 2)
        return fate < 0.5

    def _rate(self) -> None:
        self._add(Kind.RATING_REQUESTED, 1)
        if self._random() < 0.4:
            score = _pick(_SCORES, self._random())
            self._add(Kind.RATED, self._within(60, DAY), self.person, score=score, scale=(1.0, 5.0))

    def _within(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low))

    def _add(self, kind: Kind, after: int, actor: str | None = None, **more: object) -> None:
        self._at += after
        self._part += 1
        self.events.append(
            Event(conversation=self._id, at=self._at, kind=kind, actor=actor, source_id=str(self._part), **more)  # type: ignore[arg-type]
        )


def _pick(values: Sequence[T], quantile: float) -> T:
    return values[int(quantile * len(values))]
