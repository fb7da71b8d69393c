"""Catching up and stopping: `funnel-tui sync --once`."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from funnel_tui.errors import UserError
from funnel_tui.model.clock import Clock, system_clock
from funnel_tui.sources import Lane, Source, StreamSpec
from funnel_tui.sync import lease
from funnel_tui.sync.cache import Cache, is_busy
from funnel_tui.sync.engine import Failed, SourceSync
from funnel_tui.sync.news import SourceSummary, SyncUpdate
from funnel_tui.sync.passes import Expired

WAIT = 120.0
LOOK = 0.5
"""Seconds between two looks at a lease that another holds, or at a cache that another writes."""

Sleep = Callable[[float], Coroutine[Any, Any, object]]


def _nobody(update: SyncUpdate) -> None:
    """Nobody listens."""


async def sync_once(
    cache: Cache,
    sources: Sequence[Source],
    *,
    clock: Clock,
    full: bool = False,
    wait: float = WAIT,
    on_update: Callable[[SyncUpdate], None] = _nobody,
    wall: Clock = system_clock,
    sleep: Sleep = asyncio.sleep,
) -> list[SourceSummary]:
    """Read everything that is due, the whole past included, and say what came of it, in the order of `sources`.

    `full` reads everything again since the configured date and finds what has vanished. `wait`: seconds for the
    provider to prepare exports; what is not ready then is named as pending and picked up by the next run. As long it
    also waits for another poller or writer of the cache to end; what could not be read then is not ok. Sources are left
    open. Raises `UserError` where the cache cannot be written.
    """
    holder = lease.new_holder()
    turn = _Turn(cache, holder, wall, sleep)
    obstacle = await turn.wait(wait)
    if obstacle is not None:
        return [_unread(source.name, obstacle) for source in sources]
    beat = asyncio.create_task(lease.keep(cache, holder, wall))
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(_Once(cache, source, clock, wall, sleep, on_update).run(full=full, wait=wait))
                for source in sources
            ]
    except BaseExceptionGroup as errors:
        error = _leaf(errors)
        raise error from error.__cause__  # which tells a busy cache
    finally:
        beat.cancel()
        with suppress(asyncio.CancelledError, lease.LeaseLost):
            await beat
        lease.give_back(cache, holder)
    return [turn.noted(task.result(), first=task is tasks[0]) for task in tasks]


class _Turn:
    """Waits for the lease."""

    def __init__(self, cache: Cache, holder: str, wall: Clock, sleep: Sleep) -> None:
        self._cache = cache
        self._holder = holder
        self._wall = wall
        self._sleep = sleep
        self._waited_for: str | None = None

    async def wait(self, seconds: float) -> str | None:
        """None once the lease is ours; otherwise what has been in the way for all of `seconds`."""
        last_call = self._wall() + int(seconds)
        while True:
            try:
                if lease.take(self._cache, self._holder, self._wall):
                    return None
                self._waited_for = lease.who_polls(self._cache)
                obstacle = (
                    f"{self._waited_for} is polling this cache; nothing was read. Stop it, or wait for it with --wait."
                )
            except UserError as error:
                if not is_busy(error):
                    raise
                obstacle = str(error)
            if self._wall() >= last_call:
                return obstacle
            await self._sleep(LOOK)

    def noted(self, summary: SourceSummary, *, first: bool) -> SourceSummary:
        """`summary`; the first one says whom we waited for, which concerns all."""
        if not first or self._waited_for is None:
            return summary
        line = f"{summary.name}: waited for {self._waited_for}, which was polling this cache"
        return replace(summary, warnings=(line, *summary.warnings))


class _Once:
    """One source's catching up; begun anew from what the cache says where another program held the cache up."""

    def __init__(
        self,
        cache: Cache,
        source: Source,
        clock: Clock,
        wall: Clock,
        sleep: Sleep,
        on_update: Callable[[SyncUpdate], None],
    ) -> None:
        self._cache = cache
        self._source = source
        self._clock = clock
        self._wall = wall
        self._sleep = sleep
        self._on_update = on_update
        self._sent = source.requests
        self._told = 0
        self._saved_at: int | None = None
        self._conversations = 0
        self._rows_changed = 0

    async def run(self, *, full: bool, wait: float) -> SourceSummary:
        last_call: int | None = None
        while True:
            before = self._rows_changed
            try:
                return await self._catch_up(full=full, wait=wait)
            except UserError as error:
                if not is_busy(error):
                    raise
                if last_call is None or self._rows_changed > before:  # it went on meanwhile
                    last_call = self._wall() + int(wait)
                if self._wall() >= last_call:
                    return self._summary(False, (), f"{self._source.name}: {error}")
            await self._sleep(LOOK)

    async def _catch_up(self, *, full: bool, wait: float) -> SourceSummary:
        engine = SourceSync(
            self._cache, self._source, clock=self._clock, wall=self._wall, report=self._tell, warm_up=False
        )
        self._told = 0
        try:
            try:
                await engine.identify()
                await self._lanes(engine, full=full, wait=wait)
            except Failed as failed:
                engine.health.failure = failed.line
            self._tell(engine)
            self._cache.set_freshness(engine.freshness)
            self._cache.tidy()
        finally:
            self._conversations += engine.conversations
            self._rows_changed += engine.rows_changed
        health = engine.health
        return self._summary(health.failure is None, health.lines(), health.failure, partial=bool(health.lacking))

    def _summary(
        self, ok: bool, warnings: tuple[str, ...], error: str | None, *, partial: bool = False
    ) -> SourceSummary:
        return SourceSummary(
            name=self._source.name,
            ok=ok,
            partial=partial,
            conversations=self._conversations,
            requests=self._source.requests - self._sent,
            rows_changed=self._rows_changed,
            warnings=warnings,
            error=error,
        )

    async def _lanes(self, engine: SourceSync, *, full: bool, wait: float) -> None:
        """Fast streams in turn and each slow one beside them; what is slow gets `wait` seconds more than the fast. A
        fast one that its provider holds up for long is left to the next run after `wait` seconds."""
        last_call: int | None = None
        started = self._wall()

        def expired() -> bool:
            return last_call is not None and self._wall() >= last_call

        def late() -> bool:
            return self._wall() >= started + int(wait)

        specs = engine.source.streams()
        try:
            async with asyncio.TaskGroup() as group:
                for spec in specs:
                    if spec.lane is Lane.SLOW:
                        group.create_task(self._stream(engine, spec, full=full, expired=expired))
                for spec in specs:
                    if spec.lane is Lane.FAST:
                        await self._stream(engine, spec, full=full, expired=late)
                last_call = self._wall() + int(wait)
        except BaseExceptionGroup as errors:
            error = _leaf(errors)
            raise error from error.__cause__

    @staticmethod
    async def _stream(engine: SourceSync, spec: StreamSpec, *, full: bool, expired: Expired) -> None:
        if full and spec.slice is not None:
            await engine.attempt(spec, engine.again(spec, expired=expired))
            return
        # Fast streams are always read: that is what somebody who calls for a sync wants to see.
        wanted = spec.lane is Lane.FAST or full or engine.due(spec)
        if wanted and not await engine.attempt(spec, engine.read(spec, expired=expired)):
            return
        if engine.behind(spec):
            await engine.attempt(spec, engine.backfill(spec, expired=expired))
        elif engine.rescan_due(spec):
            await engine.attempt(spec, engine.rescan(spec))

    def _tell(self, engine: SourceSync) -> None:
        changed, self._told = engine.rows_changed - self._told, engine.rows_changed
        fresh = engine.freshness
        self._on_update(SyncUpdate(engine.source.name, fresh, changed))
        # While the past fills in, readers of the cache are told how far it reaches, at most once a second.
        if fresh.progress is not None and fresh.history_from is not None and self._saved_at != self._wall():
            self._saved_at = self._wall()
            self._cache.set_freshness(fresh)


def _unread(name: str, obstacle: str) -> SourceSummary:
    return SourceSummary(name, False, 0, 0, 0, error=f"{name}: {obstacle}")


def _leaf(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first failure of a group, however deep."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
