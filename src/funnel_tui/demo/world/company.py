"""The parts of a world that conversations are written from, built once."""

from zoneinfo import ZoneInfo

from funnel_tui.demo.world.calendar import Calendar
from funnel_tui.demo.world.campaigns import Campaigns
from funnel_tui.demo.world.demand import Demand
from funnel_tui.demo.world.incidents import Incidents
from funnel_tui.demo.world.people import Staff


class Company:
    """Who works there, what happens to it, and how it gets better at its work."""

    def __init__(self, seed: int, zone: ZoneInfo, anchor_day: int, days: int, live_start: int | None) -> None:
        """`anchor_day`: the local day on which the demo started; `live_start`: when the incident to watch begins."""
        self.seed = seed
        self.anchor_day = anchor_day
        self.days = days
        self.calendar = Calendar(zone)
        self.staff = Staff(seed, self.calendar)
        self.campaigns = Campaigns(seed, self.calendar)
        self.incidents = Incidents(seed, self.calendar, anchor_day, days, live_start)
        self.demand = Demand(seed, self.calendar, self.campaigns, self.incidents, anchor_day)

    def progress(self, day: int) -> float:
        """How far the company has come: 0 three months before the anchor, 1 at it and after."""
        return min(1.0, max(0.0, 1 - (self.anchor_day - day) / 90))

    def bot_quality(self, day: int) -> float:
        """The bot gets better month by month."""
        return 0.84 + 0.16 * self.progress(day)

    def slowness(self, day: int) -> float:
        """And the team a little quicker."""
        return 1.16 - 0.16 * self.progress(day)
