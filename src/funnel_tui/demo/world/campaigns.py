"""Proactive messages: broadcasts on one topic every few days, a Series for newcomers every day, and their receipts."""

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from funnel_tui.demo.world.calendar import DAY, HOUR, MINUTE, Calendar
from funnel_tui.demo.world.chance import around, poisson, stream
from funnel_tui.demo.world.people import CUSTOMERS
from funnel_tui.demo.world.topics import TOPICS, Topic

EFFECT_DAYS = 6
REPLY_DAYS = 4
"""Nobody replies to a campaign later than this many days."""

_BROADCASTS = {
    "password reset": ("Sign-in links now live for 30 minutes", "Chat"),
    "invoice copy": ("Your invoices, all in one place", "Email"),
    "payment failed": ("Card about to expire? Update it in a minute", "Email"),
    "plan change": ("Yearly plans: what changes for you", "Email"),
    "data export": ("Exports are quicker now", "Post"),
    "import": ("A new import that tells you what it skipped", "Post"),
    "invite teammates": ("Bring your team along", "Chat"),
    "api errors": ("API limits: what changes on the first", "Email"),
    "app crash": ("Please update the mobile app", "Chat"),
    "sync delay": ("Planned maintenance this weekend", "Email"),
}

_OPEN_RATE = {"Email": 0.46, "Chat": 0.58, "Post": 0.53}


@dataclass(frozen=True, slots=True)
class Campaign:
    id: int
    """The ruleset; its content has the id + 1."""
    title: str
    kind: str
    """`Email`, `Chat` or `Post`."""
    topic: str
    sent_at: int
    reach: int
    series: int | None = None
    spread: int = 40 * MINUTE
    """Seconds over which it goes out."""


class Receipt(NamedTuple):
    """One message to one customer; moments are None where it never came to that."""

    id: int
    campaign: Campaign
    person: int
    at: int
    opened: int | None
    clicked: int | None
    replied: int | None
    bounced: int | None
    unsubscribed: int | None


class Campaigns:
    """What was sent on which local day."""

    def __init__(self, seed: int, calendar: Calendar) -> None:
        self._seed = seed
        self._calendar = calendar
        self._receipts: dict[int, tuple[Receipt, ...]] = {}

    def on(self, day: int) -> tuple[Campaign, ...]:
        calendar = self._calendar
        newcomers = Campaign(
            day * 10,
            f"Welcome, day {1 + day % 3 * 2}",
            "Chat",
            "first steps",
            calendar.moment(day, 7),
            poisson(stream(self._seed, "newcomers", day), 19),
            series=301,
            spread=14 * HOUR,
        )
        rng = stream(self._seed, "broadcast", day // 4)
        if day % 4 != rng.randrange(4):
            return (newcomers,)
        topic = rng.choice(tuple(_BROADCASTS))
        title, kind = _BROADCASTS[topic]
        busy = 1.0 + 0.45 * (stream(self._seed, "mood", day // 14).random() - 0.5)
        reach = int(rng.uniform(240, 520) * busy)
        return (newcomers, Campaign(day * 10 + 2, title, kind, topic, calendar.moment(day, rng.uniform(9, 15)), reach))

    def receipts(self, day: int) -> tuple[Receipt, ...]:
        """Everything that went out on a day, by time."""
        known = self._receipts.get(day)
        if known is None:
            rows: list[Receipt] = []
            for campaign in self.on(day):
                rng = stream(self._seed, "receipts", campaign.id)
                people = rng.sample(range(CUSTOMERS), campaign.reach)
                rows += (_receipt(rng, campaign, index, person) for index, person in enumerate(people))
            known = self._receipts[day] = tuple(sorted(rows, key=lambda row: (row.at, row.id)))
        return known

    def replies(self, day: int) -> list[Receipt]:
        """Receipts that were replied to on this day."""
        start, end = self._calendar.midnight(day), self._calendar.midnight(day + 1)
        return [
            receipt
            for sent in range(day - REPLY_DAYS, day + 1)
            for receipt in self.receipts(sent)
            if receipt.replied is not None and start <= receipt.replied < end
        ]

    def weight(self, topic: Topic, day: int) -> float:
        """Demand for a topic on a day: less in the days after a message about it."""
        weight = topic.weight
        for sent in range(day - EFFECT_DAYS, day):
            for campaign in self.on(sent):
                if campaign.series is None and campaign.topic == topic.key:
                    weight *= 1 - 0.45 * (1 - (day - sent - 1) / EFFECT_DAYS)
        return weight

    def weights(self, day: int) -> list[float]:
        """One weight per topic, in the order of `TOPICS`."""
        return [self.weight(topic, day) for topic in TOPICS]


def _receipt(rng: Random, campaign: Campaign, index: int, person: int) -> Receipt:
    at = campaign.sent_at + int(rng.random() * campaign.spread)
    number = campaign.id * 1000 + index
    if campaign.kind == "Email" and rng.random() < 0.013:
        return Receipt(number, campaign, person, at, None, None, None, at + rng.randint(2, 300), None)
    if rng.random() > _OPEN_RATE[campaign.kind]:
        return Receipt(number, campaign, person, at, None, None, None, None, None)
    late = rng.random() < 0.12
    opened = at + (int(rng.uniform(1, 9) * DAY) if late else int(around(rng, 95 * MINUTE, 1.3)))
    clicked = opened + rng.randint(3, 90) if rng.random() < 0.22 else None
    replied = None
    if rng.random() < 0.03 and opened - at < (REPLY_DAYS - 2) * DAY:
        replied = opened + rng.randint(30, 900)
    gone = opened + rng.randint(5, 60) if campaign.kind == "Email" and rng.random() < 0.006 else None
    return Receipt(number, campaign, person, at, opened, clicked, replied, None, gone)
