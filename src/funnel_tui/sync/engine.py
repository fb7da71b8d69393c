"""One source's reading: passes over windows and snapshots, backfill, rescans, each page in one transaction with its
resume cursor. Knows nothing of threads and schedules; `poller` and `once` drive it.

The rules are those of every connector: a pass goes from the bookmark minus the overlap to the server's now at its
start, and only a whole pass moves the bookmark; the same page twice is harmless; a cursor that the provider has
forgotten starts its window over; pages that do not end are cut.
"""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from funnel_tui.model.clock import Clock
from funnel_tui.model.records import Page
from funnel_tui.model.values import Freshness
from funnel_tui.sources import (
    AuthError,
    ForbiddenError,
    Items,
    NotFound,
    Refused,
    Shape,
    Source,
    SourceError,
    SourcePage,
    StaleCursor,
    StreamSpec,
)
from funnel_tui.sync import plan
from funnel_tui.sync.cache import Cache
from funnel_tui.sync.health import Health
from funnel_tui.sync.passes import Expired, Gate, Passes, items, never
from funnel_tui.sync.state import Backfill, Live, Rescan, Window, decode, encode

_NOT_FOR_US = (AuthError, ForbiddenError, NotFound, Refused)
"""On one stream while the credential works: that stream cannot be had, and the rest goes on."""


_NOT_THERE = (NotFound, Refused)
"""On the stream without which there is nothing, this is no matter of permissions: something else answers there."""


class Failed(Exception):
    """The source as a whole cannot be read; `line` says why and what to do."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


class SourceSync:
    """Reads one source into a cache, in one event loop. The readers raise `SourceError`: wrap them in `attempt`."""

    def __init__(
        self,
        cache: Cache,
        source: Source,
        *,
        clock: Clock,
        wall: Clock,
        report: Callable[["SourceSync"], None],
        gate: Gate | None = None,
        warm_up: bool = True,
    ) -> None:
        """`clock` is what ages are shown by (the demo's may run fast), `wall` schedules. `report` is called after every
        page; `gate` as in `Passes`; without `warm_up` no stream is read again before its whole interval."""
        self.source = source
        self.health = Health(source.name, source.kind)
        self._cache = cache
        self._clock = clock
        self._wall = wall
        self._warm_up = warm_up
        self._report = report
        self._passes = Passes(cache, source, self.health, gate=gate, told=self._tell)
        self._live: dict[str, Live] = {}
        self._backfill: dict[str, Backfill] = {}
        self._rests_until: dict[str, int] = {}
        self._offset = 0
        cache.register(source.name, source.kind, source.abilities)
        for spec in source.streams():
            self._load(spec)
        self._sum_up()

    # --- where it stands

    @property
    def freshness(self) -> Freshness:
        """How the source stands, with what it has left of the provider's quota."""
        room = self.source.head_room
        return replace(self.health.freshness(), head_room=None if room is None else str(room))

    @property
    def rows_changed(self) -> int:
        """Rows of records so far."""
        return self._passes.rows_changed

    @property
    def conversations(self) -> int:
        """Conversations read so far, changed or not."""
        return self._passes.conversations

    def due(self, spec: StreamSpec) -> bool:
        return not self.resting(spec) and plan.is_due(spec, self._live[spec.name], self._wall(), warm_up=self._warm_up)

    def resting(self, spec: StreamSpec) -> bool:
        """Whether it failed so lately that there is no use in asking again."""
        return self._wall() < self._rests_until.get(spec.name, 0)

    def behind(self, spec: StreamSpec) -> bool:
        """Whether a part of the past is still to be read."""
        return spec.slice is not None and not self._backfill[spec.name].done

    def rescan_due(self, spec: StreamSpec) -> bool:
        """Every few hours, counted from the end of the backfill."""
        if not spec.rescan or self.behind(spec):
            return False
        last = decode(self._cache.state(self.source.name, _rescan_key(spec)), Rescan)
        if last is None:
            self._save_rescan(spec)
            return False
        return not 0 <= self._wall() - last.at < spec.rescan_every

    async def attempt(self, spec: StreamSpec, work: Coroutine[Any, Any, bool | None]) -> bool:
        """Do `work` of one stream and judge its failure: True if it came to its end. Raises `Failed`."""
        try:
            done = await work
        except SourceError as error:
            await self._judge(spec, error)
            return False
        self.health.refused.pop(spec.name, None)
        self.health.troubles.pop(spec.name, None)
        self._sum_up()
        return done is not False

    async def identify(self) -> None:
        """Raises `Failed` where address or credential are wrong."""
        try:
            await self.source.identify()
        except SourceError as error:
            raise Failed(str(error)) from None
        self._set_clock()

    # --- reading forward

    async def read(self, spec: StreamSpec, *, expired: Expired = never) -> bool:
        """Bring one stream up to now. False if the provider is still at work and `expired` says so."""
        if spec.shape is Shape.SNAPSHOT:
            return await self._snapshot(spec)
        live = self._live[spec.name]
        if live.window is not None and not await self._live_pass(spec, live.window, expired):
            return False
        if live.bookmark is None:
            await self._begin(spec, live)
            return True
        if spec.shape is Shape.FEED and live.position is not None:
            try:
                return await self._follow(spec, live, live.position)
            except StaleCursor:
                live.position = None
        if spec.shape is Shape.FEED:
            # The new position comes before the window that fills the gap up to it, so that nothing falls between.
            live.position = await self.source.position(spec.name)
        return await self._live_pass(spec, plan.live_window(live.bookmark, spec.overlap, self._now()), expired)

    async def _begin(self, spec: StreamSpec, live: Live) -> None:
        """The first time there is nothing to catch up with: the past belongs to the backfill."""
        if spec.shape is Shape.FEED:
            live.position = await self.source.position(spec.name)
            self._set_clock()
        now = self._now()
        live.bookmark = now
        self._mark_read(live)
        self._save_live(spec)
        if spec.slice is not None:
            self._backfill[spec.name] = Backfill(floor=min(self._floor(now), now), upper=now, start=now)
        else:
            self._passes.set_status(spec.name, "ok")

    async def _follow(self, spec: StreamSpec, live: Live, position: str) -> bool:
        now = self._now()

        def after(page: Page | None) -> str:
            if page is None:
                live.bookmark = now
                self._mark_read(live)
            else:
                live.position = page.cursor or live.position
            return encode(live)

        await self._passes.follow(spec, position, after)
        return True

    async def _live_pass(self, spec: StreamSpec, window: Window, expired: Expired) -> bool:
        live = self._live[spec.name]
        horizon = window.hi - spec.overlap - 2

        def after(page: Page, rest: Window | None) -> str:
            if isinstance(page, SourcePage):
                live.seen.update((id, at) for id, at in page.versions.items() if at >= horizon)
            live.window = rest
            if rest is None:
                live.bookmark = window.hi
                live.seen = {id: at for id, at in live.seen.items() if at >= horizon}
                self._mark_read(live)
            return encode(live)

        return await self._passes.run(spec, spec.name, window, after, live.seen, expired)

    async def _snapshot(self, spec: StreamSpec) -> bool:
        live = self._live[spec.name]

        def after(page: Page, rest: Window | None) -> str:
            if rest is None:
                self._mark_read(live)
            return encode(live)

        return await self._passes.run(spec, spec.name, Window(0, self._now()), after, {}, never)

    # --- reading back

    async def backfill(self, spec: StreamSpec, *, expired: Expired = never) -> bool:
        """Read the past, newest slice first, until `since` or until the provider has nothing older."""
        past = self._backfill[spec.name]
        key = _backfill_key(spec)
        longest = spec.slice or plan.YEAR
        self._tell()  # before the first page lands: whoever reads the cache meanwhile is to know that it is not whole
        while not past.done:
            if past.window is None:
                past.window = await self._next_slice(spec, past, longest)
            window = past.window
            if window is None:
                past.done = True
                self._cache.write(self.source.name, (), stream=key, state=encode(past))
                self._passes.set_status(spec.name, "ok")
                break

            def after(page: Page, rest: Window | None, lo: int = window.lo) -> str:
                past.read += items(page)
                self._keep_versions(spec, page)
                past.window = rest
                if rest is None:
                    past.upper = lo
                    past.done = lo <= past.floor
                return encode(past)

            if not await self._passes.run(spec, key, window, after, {}, expired):
                return False
            self._save_live(spec)
        if spec.rescan:
            self._save_rescan(spec)
        self._tell()
        return True

    async def _next_slice(self, spec: StreamSpec, past: Backfill, longest: int) -> Window | None:
        if past.upper <= past.floor:
            return None
        older = await self.source.count(spec.name, past.floor, past.upper)
        if older is not None:
            past.total = past.read + older
            if older == 0:
                past.upper = past.floor
                return None
        covered = None if spec.slice_items is None else (past.start or past.upper) - past.upper
        window = plan.next_slice(past.floor, past.upper, longest, covered)
        while spec.slice_items is not None and older is not None:
            if older > spec.slice_items:
                older = await self.source.count(spec.name, window.lo, window.hi)
            if older is None or older <= spec.slice_items:
                break
            half = plan.halved(window)
            if half is None:
                break
            window = half
        return window

    def _keep_versions(self, spec: StreamSpec, page: Page) -> None:
        """What the backfill reads of the newest minutes need not be read again by the next pass's overlap."""
        live = self._live[spec.name]
        if isinstance(page, SourcePage) and live.bookmark is not None:
            horizon = live.bookmark - spec.overlap - 2
            live.seen.update((id, at) for id, at in page.versions.items() if at >= horizon)

    # --- reading again

    async def rescan(self, spec: StreamSpec) -> bool:
        """Read again what is not closed or was touched lately: updates do get lost."""
        await self._reread(spec, self._rescanned(spec, self._now() - spec.rescan_touched))
        self._save_rescan(spec)
        return True

    async def again(self, spec: StreamSpec, *, expired: Expired = never) -> bool:
        """Read everything since `since` once more and look for what has vanished."""
        # As at the beginning, a feed's position comes first: what happens meanwhile lies before the window's end.
        position = await self.source.position(spec.name) if spec.shape is Shape.FEED else None
        now = self._now()
        before = self._rescanned(spec, 0) if spec.rescan else []
        reach, bookmark = self._backfill[spec.name].whole_from, self._live[spec.name].bookmark
        self._live[spec.name] = Live(bookmark=now, first_at=self._wall(), position=position)
        self._save_live(spec)
        self._cache.delete_state(self.source.name, _backfill_key(spec))
        self._backfill[spec.name] = Backfill(
            floor=min(self._floor(now), now), upper=now, start=now, before_lo=reach, before_hi=bookmark
        )
        with self._passes.meeting(spec) as met:
            if not await self.backfill(spec, expired=expired):
                return False
        if spec.rescan:
            await self._reread(spec, sorted(set(before) - met))
        self._mark_read(self._live[spec.name])
        self._save_live(spec)
        return True

    def _rescanned(self, spec: StreamSpec, since: int) -> list[str]:
        """The ids of what may have changed unsaid: not closed, or touched at or after `since`."""
        if spec.items is Items.THREADS:
            return self._cache.live_threads(self.source.name, since)
        return self._cache.open_conversations(self.source.name, since)

    async def _reread(self, spec: StreamSpec, ids: list[str]) -> None:
        if ids:
            await self._passes.reread(spec, ids)

    # --- failures

    async def _judge(self, spec: StreamSpec, error: SourceError) -> None:
        """A stream that may not be read is missing; a source that cannot be read has failed."""
        if spec.essential and isinstance(error, _NOT_THERE):
            raise Failed(str(error))
        if isinstance(error, _NOT_FOR_US):
            await self.identify()
            self.health.troubles.pop(spec.name, None)
            self.health.refused[spec.name] = str(error)
            self._passes.set_status(spec.name, "refused", str(error))
            self._rests_until[spec.name] = self._wall() + plan.REFUSED_REST
            if all(other.name in self.health.refused for other in self.source.streams()):
                raise Failed(str(error))
        elif spec.essential:
            raise Failed(str(error))
        else:
            self.health.troubles[spec.name] = str(error)
            self._rests_until[spec.name] = self._wall() + plan.TROUBLE_REST
        self._report(self)

    # --- state

    def _load(self, spec: StreamSpec) -> None:
        name = self.source.name
        live = decode(self._cache.state(name, spec.name), Live)
        self._live[spec.name] = live or Live()
        if live is None:
            self._passes.set_status(spec.name, "pending", f"{name} has not read {spec.name} yet.")
        self._passes.recall(spec)
        if spec.slice is not None:
            upper = self._live[spec.name].bookmark
            fresh = Backfill(floor=min(self._floor(upper or 0), upper or 0), upper=upper or 0, start=upper)
            self._backfill[spec.name] = decode(self._cache.state(name, _backfill_key(spec)), Backfill) or fresh

    def _floor(self, now: int) -> int:
        return self.source.since if self.source.since is not None else now - plan.YEAR

    def _mark_read(self, live: Live) -> None:
        live.read_at = self._wall()
        live.first_at = live.first_at if live.first_at is not None else live.read_at
        live.success_at = self._clock()

    def _save_live(self, spec: StreamSpec) -> None:
        live = self._live[spec.name]
        self._cache.write(self.source.name, (), stream=spec.name, state=encode(live))

    def _save_rescan(self, spec: StreamSpec) -> None:
        state = encode(Rescan(self._wall()))
        self._cache.write(self.source.name, (), stream=_rescan_key(spec), state=state)

    def _set_clock(self) -> None:
        """Right after an answer: how far the server's clock is from ours, which in the demo may run fast."""
        self._offset = self.source.server_now() - self._clock()

    def _now(self) -> int:
        """The server's now."""
        return self._clock() + self._offset

    def _tell(self) -> None:
        self._set_clock()
        self._sum_up()
        self._report(self)

    def _sum_up(self) -> None:
        """Ages and progress, from the streams that matter most and can be had."""
        specs = [spec for spec in self.source.streams() if spec.name not in self.health.refused]
        main = [spec for spec in specs if spec.essential] or specs
        # Where the past is to be read, setting the first bookmark is no success: its first page is.
        begun = [spec for spec in main if not self.behind(spec) or self._backfill[spec.name].read]
        moments = [at for spec in begun if (at := self._live[spec.name].success_at) is not None]
        self.health.last_success = max(moments, default=self.health.last_success)
        pasts = [self._backfill[spec.name] for spec in main if spec.slice is not None]
        self.health.progress = None
        if pasts:
            past = max(pasts, key=lambda found: found.upper)
            self.health.history_from = past.whole_from
            self.health.progress = None if past.done else past.share


def _backfill_key(spec: StreamSpec) -> str:
    return f"{spec.name}.backfill"


def _rescan_key(spec: StreamSpec) -> str:
    return f"{spec.name}.rescan"
