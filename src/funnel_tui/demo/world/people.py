"""Teams, teammates with their shifts, and customers. All invented; addresses end in example.com."""

from dataclasses import dataclass
from random import Random

from funnel_tui.demo.world.calendar import HOUR, Calendar
from funnel_tui.demo.world.chance import stream
from funnel_tui.demo.world.topics import BILLING, ONBOARDING, TECHNICAL

Span = tuple[int, int]

CUSTOMERS = 3400


@dataclass(frozen=True, slots=True)
class Team:
    id: int
    name: str


TEAMS = (Team(BILLING, "Billing"), Team(TECHNICAL, "Technical"), Team(ONBOARDING, "Onboarding"))
TEAM_NAMES = {team.id: team.name for team in TEAMS}


@dataclass(frozen=True, slots=True)
class Agent:
    id: int
    name: str
    teams: tuple[int, ...]
    start: float
    """Local hour at which the shift begins; it lasts nine hours."""
    pace: float
    """Replies take this many times as long as usual."""
    skill: float
    """0-1: moves ratings."""
    on_call: bool = False

    @property
    def email(self) -> str:
        return self.name.lower().replace(" ", ".") + "@example.com"


AGENTS = (
    Agent(801, "Wren Ashdrift", (BILLING,), 8.0, 0.85, 0.80),
    Agent(802, "Tamsin Volery", (BILLING,), 9.0, 1.15, 0.55, on_call=True),
    Agent(803, "Idris Fennelow", (BILLING, ONBOARDING), 9.5, 1.00, 0.70),
    Agent(804, "Maro Pellwick", (TECHNICAL,), 8.0, 0.75, 0.75),
    Agent(805, "Oona Brillig", (TECHNICAL,), 8.5, 1.10, 0.90, on_call=True),
    Agent(806, "Pax Linnerud", (TECHNICAL,), 9.0, 1.45, 0.35),
    Agent(807, "Rhea Stobart-Noon", (TECHNICAL,), 9.5, 0.95, 0.65, on_call=True),
    Agent(808, "Silas Tarnholm", (TECHNICAL, BILLING), 10.0, 1.05, 0.60),
    Agent(809, "Vesna Quickbeam", (ONBOARDING,), 8.5, 0.80, 0.85, on_call=True),
    Agent(810, "Juno Haskerville", (ONBOARDING,), 9.5, 1.20, 0.70),
    Agent(811, "Emeka Larkspur", (ONBOARDING, BILLING), 10.0, 0.90, 0.75),
)
AGENT = {agent.id: agent for agent in AGENTS}
_ON_CALL = tuple(agent for agent in AGENTS if agent.on_call)

_FIRST = (
    "Alder",
    "Briony",
    "Caspian",
    "Delphi",
    "Ebba",
    "Florin",
    "Greer",
    "Hollis",
    "Isolde",
    "Jora",
    "Kestrel",
    "Lumen",
    "Mireille",
    "Nilo",
    "Orla",
    "Piran",
    "Quill",
    "Rosalba",
    "Soren",
    "Thessaly",
    "Ume",
    "Vesper",
    "Wilder",
    "Ysolt",
    "Zephyr",
)
_LAST = (
    "Applegarth",
    "Bramblewick",
    "Corrigane",
    "Dunmarrow",
    "Elderfen",
    "Fallowmere",
    "Gorsewood",
    "Hartsquill",
    "Inglethorn",
    "Juniperly",
    "Kettlewind",
    "Lanternby",
    "Mossgrave",
    "Nettlefold",
    "Oakhanger",
    "Pennywhist",
    "Quarrelton",
    "Ravensea",
    "Silverlode",
    "Thistlewane",
    "Umberfell",
    "Vinterby",
    "Wolfsbarrow",
    "Yarrowdale",
)


def contact_id(person: int) -> str:
    """24 hex digits, as Intercom's contacts have."""
    return f"66b0{person * 2654435761 % 2**32:08x}{person:012x}"


def person_of(contact: str) -> int | None:
    """The customer of a contact id, None where there is no such contact."""
    try:
        person = int(contact[12:], 16)
    except ValueError:
        return None
    return person if 0 <= person < CUSTOMERS and contact_id(person) == contact else None


def customer_name(person: int) -> str:
    return f"{_FIRST[person % len(_FIRST)]} {_LAST[person // len(_FIRST) % len(_LAST)]}"


def customer_email(person: int) -> str:
    return customer_name(person).lower().replace(" ", ".") + f".{person}@example.com"


def is_lead(person: int) -> bool:
    """A visitor without an account."""
    return person % 7 == 3


class Staff:
    """Who works when. The on-call teammate covers nights and weekends, a different one each day."""

    def __init__(self, seed: int, calendar: Calendar) -> None:
        self._seed = seed
        self._calendar = calendar
        self._days: dict[tuple[int, int], tuple[Span, ...]] = {}

    def presence(self, agent: Agent, day: int) -> tuple[Span, ...]:
        """The spans of a local day in which a teammate is not away."""
        key = (agent.id, day)
        known = self._days.get(key)
        if known is None:
            known = self._days[key] = tuple(_joined(self._spans(agent, day)))
        return known

    def present(self, agent: Agent, at: int) -> bool:
        return any(start <= at < end for start, end in self.presence(agent, self._calendar.day(at)))

    def away_for(self, agent: Agent, at: int) -> int:
        """Seconds until the teammate is back, 0 where present, 12 hours where not back today."""
        for start, end in self.presence(agent, self._calendar.day(at)):
            if at < start:
                return start - at
            if at < end:
                return 0
        return 12 * HOUR

    def pick(self, rng: Random, team: int, at: int, other_than: int = 0) -> Agent:
        """A teammate for the work at hand: of the team if one is in, else anybody who is, quick ones more often."""
        here = [agent for agent in AGENTS if agent.id != other_than and self.present(agent, at)]
        own = [agent for agent in here if team in agent.teams]
        choice = own or here or [agent for agent in _ON_CALL if agent.id != other_than]
        return rng.choices(choice, [1 / agent.pace for agent in choice])[0]

    def _spans(self, agent: Agent, day: int) -> list[Span]:
        calendar = self._calendar
        spans: list[Span] = []
        if agent is _ON_CALL[(day - 1) % len(_ON_CALL)]:
            spans.append((calendar.midnight(day), calendar.moment(day, 8.5)))
        if calendar.opening(day) is None:
            if agent is _ON_CALL[day % len(_ON_CALL)]:
                spans.append((calendar.moment(day, 8.5), calendar.moment(day, 17.5)))
        else:
            spans += self._shift(agent, day)
        if agent is _ON_CALL[day % len(_ON_CALL)]:
            spans.append((calendar.moment(day, 17.5), calendar.midnight(day + 1)))
        return spans

    def _shift(self, agent: Agent, day: int) -> list[Span]:
        rng = stream(self._seed, "shift", agent.id, day)
        if rng.random() < 0.05:
            return []  # ill, on leave or at a training
        moment = self._calendar.moment
        start = agent.start + rng.uniform(-0.2, 0.3)
        lunch = agent.start + 4 + rng.uniform(-0.4, 0.6)
        spans = [(moment(day, start), moment(day, lunch))]
        back = lunch + rng.uniform(0.5, 0.9)
        if rng.random() < 0.3:
            meeting = back + rng.uniform(0.8, 2.0)
            spans.append((moment(day, back), moment(day, meeting)))
            back = meeting + rng.uniform(0.3, 0.9)
        spans.append((moment(day, back), moment(day, agent.start + 9 + rng.uniform(-0.3, 0.3))))
        return spans


def _joined(spans: list[Span]) -> list[Span]:
    """Overlapping spans as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
