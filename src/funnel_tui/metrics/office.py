"""Office seconds: how much of a stretch of time lies in working hours of the report zone."""

from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from funnel_tui.settings import OfficeHours


def office_seconds(start: int, end: int, hours: OfficeHours, zone: ZoneInfo) -> int:
    """Seconds of `[start, end)` inside office hours; holidays and other days count nothing."""
    if end <= start:
        return 0
    day = datetime.fromtimestamp(start, zone).date()
    last = datetime.fromtimestamp(end, zone).date()
    total = 0
    while day <= last:
        if day.weekday() in hours.days and day not in hours.holidays:
            opens, closes = _opening(day.toordinal(), hours, zone)
            total += max(0, min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return total


@lru_cache(maxsize=2048)
def _opening(ordinal: int, hours: OfficeHours, zone: ZoneInfo) -> tuple[int, int]:
    return _moment(ordinal, hours.start_minute, zone), _moment(ordinal, hours.end_minute, zone)


def _moment(ordinal: int, minute: int, zone: ZoneInfo) -> int:
    day = datetime.fromordinal(ordinal + minute // 1440).date()
    return int(datetime.combine(day, time(minute % 1440 // 60, minute % 60), zone).timestamp())
