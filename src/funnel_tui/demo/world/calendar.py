"""Days, hours and office hours in the workspace's time zone. A day is a proleptic ordinal (`date.toordinal`)."""

from datetime import datetime
from zoneinfo import ZoneInfo

MINUTE = 60
HOUR = 3600
DAY = 86_400

OPEN_HOUR, CLOSE_HOUR = 9, 18
"""Office hours, Monday to Friday."""

HOLIDAYS = {(12, 25): "Winter holiday", (1, 1): "New year"}


class Calendar:
    """Epoch seconds to local days and back."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._midnights: dict[int, int] = {}
        self._openings: dict[int, tuple[int, int] | None] = {}

    def day(self, at: float) -> int:
        return datetime.fromtimestamp(at, self.zone).toordinal()

    def midnight(self, day: int) -> int:
        """Epoch seconds at which the local day begins."""
        known = self._midnights.get(day)
        if known is None:
            known = int(datetime.fromordinal(day).replace(tzinfo=self.zone).timestamp())
            self._midnights[day] = known
        return known

    def moment(self, day: int, hour: float) -> int:
        """Epoch seconds of a local wall-clock hour; kept inside its day where the clocks change."""
        at = int(self.midnight(day) + hour * HOUR)
        return min(at, self.midnight(day + 1) - 1)

    def hour(self, at: int) -> float:
        """Local hours since midnight."""
        return (at - self.midnight(self.day(at))) / HOUR

    def weekday(self, day: int) -> int:
        """0 is Monday."""
        return (day + 6) % 7

    def opening(self, day: int) -> tuple[int, int] | None:
        """The office hours of a day as epoch seconds, None at weekends and on holidays."""
        if day not in self._openings:
            date = datetime.fromordinal(day)
            closed = self.weekday(day) > 4 or (date.month, date.day) in HOLIDAYS
            hours = (self.moment(day, OPEN_HOUR), self.moment(day, CLOSE_HOUR))
            self._openings[day] = None if closed else hours
        return self._openings[day]

    def is_open(self, at: int) -> bool:
        hours = self.opening(self.day(at))
        return hours is not None and hours[0] <= at < hours[1]

    def next_open(self, at: int) -> int:
        """`at` itself inside office hours, else the next opening."""
        day = self.day(at)
        while True:
            hours = self.opening(day)
            if hours is not None and at < hours[1]:
                return max(at, hours[0])
            day += 1

    def office_seconds(self, start: int, end: int) -> int:
        """Seconds of office hours between two moments."""
        total = 0
        for day in range(self.day(start), self.day(end) + 1):
            hours = self.opening(day)
            if hours is not None:
                total += max(0, min(end, hours[1]) - max(start, hours[0]))
        return total
