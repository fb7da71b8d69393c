"""Who comes when, and with what: the arrivals of a local day."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from funnel_tui.demo.world.calendar import HOUR, Calendar
from funnel_tui.demo.world.campaigns import Campaigns, Receipt
from funnel_tui.demo.world.chance import poisson, stream
from funnel_tui.demo.world.incidents import Incidents
from funnel_tui.demo.world.people import CUSTOMERS
from funnel_tui.demo.world.topics import TOPICS, URGENT, Topic

WORKING_DAY = 88.0
"""Mean conversations that customers start on a Wednesday, at the anchor."""

_WEEK = (1.14, 1.06, 1.0, 0.97, 0.90, 0.37, 0.33)
_HOURS = (
    0.6,
    0.5,
    0.4,
    0.4,
    0.5,
    0.7,
    1.1,
    2.0,
    3.6,
    5.8,
    6.6,
    6.3,
    5.0,
    5.4,
    6.2,
    6.0,
    5.4,
    4.4,
    3.2,
    2.5,
    2.0,
    1.6,
    1.2,
    0.9,
)

ID_STEP = 10_000
"""Conversation ids of a day are day * ID_STEP + number; blocks of numbers keep the kinds apart, so that none moves
another's."""
_INCIDENT, _REPLY, _OUTBOUND, LIVE = 2000, 3000, 4000, 5000
_SLOT = 20
"""Seconds between two live arrivals at least: the slot of the day is their number, and a day of 25 hours has 4,500."""


class Arrival(NamedTuple):
    id: int
    at: int
    topic: Topic
    origin: str
    """Intercom's `delivered_as`."""
    receipt: Receipt | None = None
    """The campaign's message that this answers."""
    chat_within: int | None = None
    """Came with an incident, or with the extra traffic while somebody watches: chat only, usually answered within so
    many seconds."""


class Demand:
    def __init__(
        self, seed: int, calendar: Calendar, campaigns: Campaigns, incidents: Incidents, anchor_day: int
    ) -> None:
        self._seed = seed
        self._calendar = calendar
        self._campaigns = campaigns
        self._incidents = incidents
        self._anchor_day = anchor_day

    def arrivals(self, day: int) -> Iterator[Arrival]:
        """All conversations that begin on a day, watched or not, in no particular order."""
        rng = stream(self._seed, "demand", day)
        weights = self._campaigns.weights(day)
        usual = sum(topic.weight for topic in TOPICS)
        growth = 1 - 0.0012 * (self._anchor_day - day)
        quiet = 0.4 if self._calendar.opening(day) is None and self._calendar.weekday(day) < 5 else 1.0
        mean = WORKING_DAY * _WEEK[self._calendar.weekday(day)] * growth * quiet * sum(weights) / usual
        for number in range(poisson(rng, mean * rng.uniform(0.94, 1.06))):
            topic = rng.choices(TOPICS, weights)[0]
            origin = "operator_initiated" if rng.random() < 0.05 else "customer_initiated"
            yield Arrival(day * ID_STEP + number, self._moment(rng, day), topic, origin)
        yield from self._outbound(day)
        yield from self._campaign_replies(day)
        yield from self._rush(day)

    def live(self, day: int, start: int, end: int, gap: float) -> Iterator[Arrival]:
        """Extra conversations between two moments of a day, one every `gap` seconds on average."""
        rng = stream(self._seed, "live", start)
        weights = self._campaigns.weights(day)
        at = start
        while True:
            at += int(max(_SLOT, min(rng.expovariate(1 / gap), 2.5 * gap)))
            if at >= end:
                return
            identity = day * ID_STEP + LIVE + (at - self._calendar.midnight(day)) // _SLOT
            yield Arrival(identity, at, rng.choices(TOPICS, weights)[0], "customer_initiated", chat_within=50)

    def _moment(self, rng: Random, day: int) -> int:
        hour = rng.choices(range(24), _HOURS)[0] + rng.random()
        return self._calendar.moment(day, hour)

    def _outbound(self, day: int) -> Iterator[Arrival]:
        """Teammates who write first: most of it in the morning, at work."""
        rng = stream(self._seed, "outbound", day)
        if self._calendar.opening(day) is None:
            return
        for number in range(poisson(rng, 4.0)):
            at = self._calendar.moment(day, rng.uniform(9.2, 16.5))
            yield Arrival(day * ID_STEP + _OUTBOUND + number, at, rng.choice(TOPICS), "admin_initiated")

    def _campaign_replies(self, day: int) -> Iterator[Arrival]:
        for number, receipt in enumerate(self._campaigns.replies(day)):
            topic = next(topic for topic in TOPICS if topic.key == receipt.campaign.topic)
            origin = "campaigns_initiated" if receipt.campaign.id % 60 == 2 else "automated"
            at = receipt.replied or receipt.at
            yield Arrival(day * ID_STEP + _REPLY + number, at, topic, origin, receipt)

    def _rush(self, day: int) -> Iterator[Arrival]:
        for incident in self._incidents.on(day):
            rng = stream(self._seed, "rush", day, incident.number)
            for number in range(incident.extra):
                at = min(
                    incident.start + int(rng.triangular(0, incident.length, incident.length * 0.4)),
                    self._calendar.midnight(day + 1) - 1,
                )
                topic = URGENT if rng.random() < 0.85 else rng.choice(TOPICS)
                identity = day * ID_STEP + _INCIDENT + incident.number * 500 + number
                yield Arrival(identity, at, topic, "customer_initiated", chat_within=150)


def someone(rng: Random) -> int:
    """A customer; some write much more often than others."""
    return min(int(rng.random() ** 1.35 * CUSTOMERS), CUSTOMERS - 1)


def busy_hour(calendar: Calendar, at: int) -> bool:
    """Office hours, a little widened: when customers are about."""
    return 8 * HOUR <= at - calendar.midnight(calendar.day(at)) < 19 * HOUR and calendar.weekday(calendar.day(at)) < 5
