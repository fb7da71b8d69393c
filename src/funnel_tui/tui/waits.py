"""The waits of one conversation: when somebody waited for a human, and how much of that lay in office hours."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from funnel_tui.charts.format import format_duration
from funnel_tui.model.values import Timeline
from funnel_tui.office import office_seconds
from funnel_tui.settings import OfficeHours, Settings, Target

WORTH_A_LINE = 900
"""Seconds outside office hours between two entries from which on they are told on a line of their own."""


@dataclass(frozen=True)
class Terms:
    """What the length of a wait is judged by."""

    zone: ZoneInfo
    office: OfficeHours | None = None
    targets: Mapping[str, Target] | None = None
    """By channel."""

    @classmethod
    def of(cls, settings: Settings) -> "Terms":
        return cls(settings.zone, settings.office_hours, settings.targets)

    def within(self, channel: str | None) -> int | None:
        """Seconds within which the channel's first response is to be, whatever the case of its name."""
        name = (channel or "").casefold()
        return next((t.within for c, t in (self.targets or {}).items() if c.casefold() == name), None)

    def in_hours(self, start: int, end: int) -> int:
        """Seconds of `[start, end)` in office hours; all of them where none are configured."""
        return end - start if self.office is None else office_seconds(start, end, self.office, self.zone)


class Waits:
    """Made of a timeline: look up a moment or a stretch. The wait that still runs ends at `now`."""

    def __init__(self, timeline: Timeline, terms: Terms, now: int | None = None) -> None:
        self.terms = terms
        self.within = terms.within(timeline.row.channel)
        spans = sorted((entry.at - entry.wait, entry.at) for entry in timeline.entries if entry.wait)
        self.since = timeline.row.waiting_since
        """Since when somebody waits who has no answer yet."""
        if self.since is not None:
            spans.append((self.since, max(self.since, now) if now is not None else 1 << 62))
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def running(self, at: int) -> bool:
        """Whether somebody waits at a moment. The moment at which a wait ends is no part of it."""
        place = bisect_right(self._starts, at) - 1
        return place >= 0 and at < self._ends[place]

    def glyph(self, at: int) -> str:
        """The margin at a moment of a wait: solid in office hours, dotted outside."""
        return "┃" if self.terms.in_hours(at, at + 1) else "╎"

    def outside(self, start: int, end: int) -> int:
        """Seconds of a stretch between two entries that somebody waited outside office hours."""
        if self.terms.office is None or not self.running(start):
            return 0
        place = bisect_right(self._starts, start) - 1
        end = min(end, self._ends[place])
        return end - start - self.terms.in_hours(start, end)

    def late(self, seconds: int) -> bool:
        return self.within is not None and seconds > self.within

    def words(self, start: int, end: int) -> str:
        """What there is to say of a wait beside its length; empty where nothing is."""
        parts = []
        worked = self.terms.in_hours(start, end)
        if worked < end - start:
            parts.append(f"{format_duration(worked) if worked else 'none'} of it in office hours")
        if self.late(end - start):
            parts.append(f"over the target of {format_duration(self.within or 0)}")
        return ", ".join(parts)
