"""Catching up and stopping: `funnel-tui sync --once`."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from funnel_tui.model.clock import Clock, system_clock
from funnel_tui.sources import Lane, Source, StreamSpec
from funnel_tui.sync import lease
from funnel_tui.sync.cache import Cache
from funnel_tui.sync.engine import Failed, SourceSync
from funnel_tui.sync.news import SourceSummary, SyncUpdate
from funnel_tui.sync.passes import Expired, never

WAIT = 120.0


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
) -> list[SourceSummary]:
    """Read everything that is due, the whole past included, and say what came of it, in the order of `sources`.

    `full` reads everything again since the configured date and finds what has vanished. `wait`: seconds for the
    provider to prepare exports; what is not ready then is named as pending and picked up by the next run. Sources are
    left open. Raises `UserError` where the cache cannot be written.
    """
    holder = lease.new_holder()
    if not lease.take(cache, holder, [source.name for source in sources], wall):
        return [
            SourceSummary(source.name, True, 0, 0, 0, (f"{source.name}: {lease.OTHER_POLLS}",)) for source in sources
        ]
    beat = asyncio.create_task(lease.keep(cache, holder, wall))
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(_Once(cache, source, clock, wall, on_update).run(full=full, wait=wait))
                for source in sources
            ]
    except BaseExceptionGroup as errors:
        raise _leaf(errors) from None
    finally:
        beat.cancel()
        with suppress(asyncio.CancelledError, lease.LeaseLost):
            await beat
        cache.release_lease(holder)
    return [task.result() for task in tasks]


class _Once:
    def __init__(
        self, cache: Cache, source: Source, clock: Clock, wall: Clock, on_update: Callable[[SyncUpdate], None]
    ) -> None:
        self._cache = cache
        self._on_update = on_update
        self._wall = wall
        self._told = 0
        self._sent = source.requests
        self._engine = SourceSync(cache, source, clock=clock, wall=wall, report=self._tell, warm_up=False)

    async def run(self, *, full: bool, wait: float) -> SourceSummary:
        engine = self._engine
        try:
            await engine.identify()
            await self._lanes(full=full, wait=wait)
        except Failed as failed:
            engine.health.failure = failed.line
        self._tell(engine)
        self._cache.set_freshness(engine.health.freshness())
        return SourceSummary(
            name=engine.source.name,
            ok=engine.health.failure is None,
            conversations=engine.conversations,
            requests=engine.source.requests - self._sent,
            rows_changed=engine.rows_changed,
            warnings=engine.health.lines(),
            error=engine.health.failure,
        )

    async def _lanes(self, *, full: bool, wait: float) -> None:
        """Fast streams in turn and each slow one beside them; what is slow gets `wait` seconds more than the fast."""
        last_call: int | None = None

        def expired() -> bool:
            return last_call is not None and self._wall() >= last_call

        specs = self._engine.source.streams()
        try:
            async with asyncio.TaskGroup() as group:
                for spec in specs:
                    if spec.lane is Lane.SLOW:
                        group.create_task(self._stream(spec, full=full, expired=expired))
                for spec in specs:
                    if spec.lane is Lane.FAST:
                        await self._stream(spec, full=full, expired=never)
                last_call = self._wall() + int(wait)
        except BaseExceptionGroup as errors:
            raise _leaf(errors) from None

    async def _stream(self, spec: StreamSpec, *, full: bool, expired: Expired) -> None:
        engine = self._engine
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
        self._on_update(SyncUpdate(engine.source.name, engine.health.freshness(), changed))


def _leaf(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first failure of a group, however deep."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
