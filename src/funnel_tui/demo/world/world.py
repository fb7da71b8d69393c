"""The world as it stands at the demo clock: made newest day first, folded, and moved on event by event.

Thread-safe: one lock guards everything. A background thread (`fill`) makes the past while requests are already served;
whoever needs an older day waits for it.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from itertools import islice
from threading import Condition, RLock
from zoneinfo import ZoneInfo

from funnel_tui.demo.world.calendar import HOUR
from funnel_tui.demo.world.company import Company
from funnel_tui.demo.world.conversations import LIFETIME
from funnel_tui.demo.world.days import live_scripts, scripts
from funnel_tui.demo.world.demand import ID_STEP, busy_hour
from funnel_tui.demo.world.fold import Snapshot
from funnel_tui.demo.world.script import Script

LIVE_GAP = 34.0
"""Seconds of real time between two extra conversations while customers are about."""

LIVE_INCIDENT = 150
"""Seconds of real time after which the incident to watch begins."""


class Row:
    """A conversation and its fields at the demo clock."""

    __slots__ = ("cache", "script", "seen", "state")

    def __init__(self, script: Script) -> None:
        self.script = script
        self.seen = 0
        """Number of entries that have happened."""
        self.state: Snapshot
        self.cache: bytes | None = None
        """For whoever renders rows: dropped when the row changes."""


class World:
    """All conversations that have begun by now."""

    def __init__(
        self,
        seed: int,
        anchor: int,
        days: int,
        *,
        zone: ZoneInfo,
        clock: Callable[[], int],
        speed: float = 1.0,
        live: bool = True,
    ) -> None:
        """`anchor`: the moment at which the demo starts. `live`: the extra traffic and the incident to watch."""
        self._clock = clock
        self._live_gap = LIVE_GAP * max(speed, 1.0) if live else None
        self._live_from = anchor
        live_start = anchor + int(LIVE_INCIDENT * max(speed, 1.0)) if live else None
        probe = Company(seed, zone, 1, 0, None).calendar
        self.anchor_day = probe.day(anchor)
        self.first_day = self.anchor_day - days
        self.company = Company(seed, zone, self.anchor_day, days, live_start)
        self.rows: dict[int, Row] = {}
        self._lock = RLock()
        self._grown = Condition(self._lock)
        self._oldest = self.anchor_day + 1
        """The past is there from this local day on."""
        self._newest = self.anchor_day
        """And the future up to this one."""
        self._changes: list[tuple[int, int]] = []
        """(updated at, id) of all that have begun, in order."""
        self._due: list[tuple[int, int]] = []
        """(moment, id) of the next entry of each conversation that has one."""

    @property
    def first_day_start(self) -> int:
        """Epoch seconds of the oldest local midnight."""
        return self.company.calendar.midnight(self.first_day)

    # --- making it

    def fill(self) -> None:
        """Make the past, newest day first; returns when all of it is there."""
        while True:
            day = self._oldest - 1
            if day < self.first_day:
                return
            made = scripts(self.company, day)
            with self._lock:
                now = self._clock()
                for script in made:
                    self._admit(script, now)
                self._oldest = day
                self._grown.notify_all()

    def wait_for(self, since: int | None) -> None:
        """Return once every conversation that began at or after `since` (None: ever) is there."""
        day = self.first_day if since is None else max(self.first_day, self.company.calendar.day(max(since, 0)))
        with self._lock:
            while self._oldest > day:
                self._grown.wait()

    @contextmanager
    def now(self) -> Iterator[int]:
        """The lock, held, with everything moved on to the demo clock, which is given."""
        with self._lock:
            now = self._clock()
            self._move_on(now)
            yield now

    # --- reading it: inside `now()`

    def living(self, since: int | None = None) -> Iterator[Row]:
        """All that have begun and are not deleted, by last change; `since`: only those changed at or after it."""
        first = 0 if since is None else bisect_left(self._changes, (since, 0))
        rows = (self.rows[identity] for _, identity in islice(self._changes, first, None))
        return (row for row in rows if row.state.deleted_at is None)

    def begun(self) -> list[Row]:
        """All that have begun, deleted or not: what counters have counted stays counted."""
        return [row for row in self.rows.values() if row.seen]

    def find(self, identity: int) -> Row | None:
        """One that has begun, deleted or not."""
        row = self.rows.get(identity)
        return row if row is not None and row.seen else None

    def day_of(self, identity: int) -> int:
        """The start of the day that an id belongs to, as epoch seconds; 0 for ids that no day has."""
        day = identity // ID_STEP
        return self.company.calendar.midnight(day) if self.first_day <= day <= self._newest else 0

    # --- moving it

    def _admit(self, script: Script, now: int) -> None:
        row = self.rows[script.id] = Row(script)
        self._refresh(row, now)

    def _refresh(self, row: Row, now: int) -> None:
        entries, changes = row.script.entries, self._changes
        seen = row.seen
        if seen:
            del changes[bisect_left(changes, (row.state.updated_at, row.script.id))]
        while seen < len(entries) and entries[seen].at <= now:
            seen += 1
        row.seen = seen
        row.state = Snapshot(self.company.calendar).run(entries[:seen])
        row.cache = None
        if seen:
            insort(changes, (row.state.updated_at, row.script.id))
        if seen < len(entries):
            heappush(self._due, (entries[seen].at, row.script.id))

    def _move_on(self, now: int) -> None:
        self._look_ahead(now)
        while self._due and self._due[0][0] <= now:
            _, identity = heappop(self._due)
            self._refresh(self.rows[identity], now)

    def _look_ahead(self, now: int) -> None:
        """Make the days and the live hours that the clock has come near to."""
        calendar = self.company.calendar
        while calendar.midnight(self._newest + 1) <= now + HOUR:
            self._newest += 1
            for script in scripts(self.company, self._newest):
                self._admit(script, now)
        while self._live_gap is not None and self._live_from <= now + HOUR // 4:
            start, self._live_from = self._live_from, self._live_from + HOUR // 2
            day = calendar.day(start)
            end = min(self._live_from, calendar.midnight(day + 1))
            self._live_from = end
            gap = self._live_gap * (1.0 if busy_hour(calendar, start) else 1.7)
            for script in live_scripts(self.company, self.company.demand.live(day, start, end, gap)):
                self._admit(script, now)


LOOK_BACK = LIFETIME
"""A conversation that changed at a moment began no longer than this before it."""
