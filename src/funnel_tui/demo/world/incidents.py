"""Outages: a rush of customers with one question, and a team that falls behind for an hour or two."""

from dataclasses import dataclass
from math import exp

from funnel_tui.demo.world.calendar import HOUR, MINUTE, Calendar
from funnel_tui.demo.world.chance import stream


@dataclass(frozen=True, slots=True)
class Incident:
    number: int
    """Of its day: 0 for one of the past, 1 for the one that begins while somebody watches."""
    start: int
    length: int
    """Seconds during which the extra customers come."""
    extra: int
    """How many of them."""
    strain: float
    """How many times longer answers take at the worst."""

    def burden(self, at: int) -> float:
        """Share of the strain that is felt at a moment: rises with the rush, ebbs away within two hours."""
        since = at - self.start
        if since < 0 or since > self.length + 3 * HOUR:
            return 0.0
        if since < self.length:
            return since / self.length
        return exp(-(since - self.length) / (40 * MINUTE))


class Incidents:
    """All incidents of a world: yesterday's, one every 10 to 14 days before it and after it, and the live one."""

    def __init__(self, seed: int, calendar: Calendar, anchor_day: int, days: int, live_start: int | None) -> None:
        self._by_day: dict[int, list[Incident]] = {}
        day = anchor_day - 1
        while day >= anchor_day - days:
            self._put(day, self._past(seed, calendar, day))
            day -= stream(seed, "incident gap", day).randint(10, 14)
            while calendar.opening(day) is None:
                day -= 1
        day = anchor_day
        for _ in range(20):  # some ten months ahead; nobody watches longer
            day += stream(seed, "incident gap", day).randint(10, 14)
            self._put(day, self._past(seed, calendar, day))
        if live_start is not None:
            live = Incident(1, live_start, 14 * MINUTE, 36, 3.4)
            self._put(calendar.day(live_start), live)

    def on(self, day: int) -> list[Incident]:
        return self._by_day.get(day, [])

    def strain(self, day: int, at: int) -> float:
        """How many times longer than usual an answer takes for whoever asks at `at` (on the local day `day`)."""
        factor = 1.0
        for incident in self.on(day) + self.on(day - 1):
            factor += (incident.strain - 1) * incident.burden(at)
        return factor

    def _put(self, day: int, incident: Incident) -> None:
        self._by_day.setdefault(day, []).append(incident)

    def _past(self, seed: int, calendar: Calendar, day: int) -> Incident:
        rng = stream(seed, "incident", day)
        start = calendar.moment(day, rng.choice((10.2, 11.1, 14.3, 15.4)) + rng.random() / 2)
        return Incident(0, start, rng.randint(25, 45) * MINUTE, rng.randint(22, 34), rng.uniform(2.0, 3.0))
