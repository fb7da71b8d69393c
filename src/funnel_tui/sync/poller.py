"""The thread that keeps the cache fresh while a screen, or `record`, is running."""

import asyncio
import logging
import random
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from funnel_tui.errors import UserError
from funnel_tui.model.clock import Clock, system_clock
from funnel_tui.model.values import Freshness
from funnel_tui.sources import Lane, Source, StreamSpec
from funnel_tui.sync import lease, plan
from funnel_tui.sync.cache import Cache, is_busy
from funnel_tui.sync.engine import Failed, SourceSync
from funnel_tui.sync.news import SyncUpdate

STOP_WITHIN = 1.0

BUSY = "the cache is busy, another program is writing to it; tried again at the next poll"

_log = logging.getLogger(__name__)


class Poller(threading.Thread):
    """Polls all sources until `stop`. A daemon with an event loop and a cache connection of its own.

    `on_update` is called in this thread. `read_only` polls nothing: somebody looks at a past moment, or at a cache that
    is not theirs to write.
    """

    def __init__(
        self,
        open_store: Callable[[], Cache],
        sources: Sequence[Source],
        *,
        poll_seconds: int,
        clock: Clock,
        on_update: Callable[[SyncUpdate], None],
        read_only: bool = False,
        wall: Clock = system_clock,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(name="funnel-tui poller", daemon=True)
        self._open_store = open_store
        self._sources = tuple(sources)
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._on_update = on_update
        self._read_only = read_only
        self._wall = wall
        self._jitter = jitter
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopped = False
        self._paused = False
        self._going = asyncio.Event()
        self._nudges: list[asyncio.Event] = []
        self._last: dict[str, Freshness] = {}

    # --- from any thread

    def refresh(self) -> None:
        """Poll now, also a source that is waiting out a failure."""
        self._call(self._nudge)

    def pause(self) -> None:
        """Hold after the page under way; nothing is lost."""
        self._paused = True
        self._call(self._going.clear)

    def resume(self) -> None:
        self._paused = False
        self._call(self._going.set)

    def stop(self) -> None:
        """End the thread, in the middle of a request if need be. Returns within a second."""
        self._stopped = True
        self._call(self._cancel)
        if self.ident is not None and threading.current_thread() is not self:
            self.join(STOP_WITHIN)

    def _call(self, action: Callable[[], None]) -> None:
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(action)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _nudge(self) -> None:
        for event in self._nudges:
            event.set()

    # --- the thread

    def run(self) -> None:
        with asyncio.Runner(loop_factory=_Loop) as runner, suppress(asyncio.CancelledError):
            runner.run(self._main())

    async def _main(self) -> None:
        with self._lock:
            self._loop = asyncio.get_running_loop()
            self._task = asyncio.current_task()
        try:
            if not self._stopped:
                if not self._paused:
                    self._going.set()
                await self._poll()
        finally:
            with self._lock:
                self._loop = None
            for source in self._sources:
                await source.close()

    async def _poll(self) -> None:
        if self._read_only:
            await asyncio.Event().wait()
        cache = await self._open()
        if cache is None:
            return
        holder = lease.new_holder()
        try:
            while not self._stopped:
                await self._hold_lease(cache, holder)
        finally:
            lease.give_back(cache, holder)
            cache.close()

    async def _open(self) -> Cache | None:
        while True:
            try:
                return self._open_store()
            except UserError as error:
                if not is_busy(error):
                    self._say_all("failed", str(error))
                    return None
            await self._wait_out_a_writer()

    async def _hold_lease(self, cache: Cache, holder: str) -> None:
        """Poll while the lease is ours; otherwise say so and look again later."""
        try:
            if not lease.take(cache, holder, self._wall):
                self._say_all("ok", f"{lease.who_polls(cache)} is polling this cache; this one reads what it brings")
                await self._wait(0)
                return
            async with asyncio.TaskGroup() as group:
                group.create_task(lease.keep(cache, holder, self._wall))
                for source in self._sources:
                    group.create_task(self._serve(cache, source))
        except (BaseExceptionGroup, UserError) as error:
            if not self._stopped:  # a failure at the very moment of the end would swallow the cancellation
                await self._after(error, cache, holder)

    async def _after(self, error: BaseException, cache: Cache, holder: str) -> None:
        """What ended the polling: a lost lease, a cache that cannot be written, or a fault of ours."""
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, lease.LeaseLost):
            return
        if not isinstance(error, Exception):
            raise error
        if isinstance(error, UserError) and is_busy(error):
            # What was in memory is ahead of the cache now: all is begun anew from what the cache says.
            await self._wait_out_a_writer()
            return
        lease.give_back(cache, holder)
        if not isinstance(error, UserError):
            _log.error("polling broke off", exc_info=error)
        known = isinstance(error, UserError)
        self._say_all("failed", str(error) if known else f"a fault in funnel-tui ({type(error).__name__}: {error})")
        await self._wait(3)

    async def _wait_out_a_writer(self) -> None:
        """Somebody else has been writing for long, an import perhaps: nothing has failed, and it passes."""
        for source in self._sources:
            known = self._last.get(source.name) or Freshness(source.name, source.kind, None, "never")
            self.say(SyncUpdate(source.name, replace(known, message=f"{source.name}: {BUSY}"), 0))
        await self._wait(0)

    async def _serve(self, cache: Cache, source: Source) -> None:
        served = _Served(cache, source, self)
        failures = 0
        with self._nudged() as nudge:
            async with asyncio.TaskGroup() as group:
                while True:
                    await self._going.wait()
                    failures = 0 if await served.poll(group, first=failures > 0) else failures + 1
                    await self._rest(nudge, failures)

    async def _wait(self, failures: int) -> None:
        with self._nudged() as nudge:
            await self._rest(nudge, failures)

    @contextmanager
    def _nudged(self) -> Iterator[asyncio.Event]:
        """An event that `refresh` sets."""
        event = asyncio.Event()
        self._nudges.append(event)
        try:
            yield event
        finally:
            self._nudges.remove(event)

    async def _rest(self, nudge: asyncio.Event, failures: int) -> None:
        """Until the next poll is due after `failures` in a row, or `nudge` comes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(plan.backoff(self._poll_seconds, failures, self._jitter())):
                await nudge.wait()
        nudge.clear()

    # --- what it says

    def say(self, update: SyncUpdate) -> None:
        self._last[update.source] = update.freshness
        try:
            self._on_update(update)
        except Exception:
            # A screen that is closing must not take the recording down with it.
            _log.exception("an update could not be shown")

    def _say_all(self, state: str, message: str) -> None:
        for source in self._sources:
            freshness = Freshness(source.name, source.kind, None, state, f"{source.name}: {message}")
            self.say(SyncUpdate(source.name, freshness, 0))

    def engine(self, cache: Cache, source: Source, report: Callable[[SourceSync], None]) -> SourceSync:
        return SourceSync(cache, source, clock=self._clock, wall=self._wall, report=report, gate=self._pass_gate)

    async def _pass_gate(self) -> None:
        await self._going.wait()


class _Served:
    """One source under the poller: its fast streams in turn, everything slow beside them."""

    def __init__(self, cache: Cache, source: Source, poller: Poller) -> None:
        self._cache = cache
        self._poller = poller
        self._engine = poller.engine(cache, source, self._report)
        self._known = False
        self._started = False
        self._told = 0
        self._beside: dict[str, asyncio.Task[None]] = {}
        self._beside_failed: str | None = None

    async def poll(self, group: asyncio.TaskGroup, *, first: bool) -> bool:
        """One round; False if the source failed as a whole."""
        engine = self._engine
        try:
            if first or not self._known:
                await engine.identify()
                self._known = True
            for spec in engine.source.streams():
                fresh = not self._started and not engine.resting(spec)
                if spec.lane is Lane.FAST and (fresh or engine.due(spec)):
                    await engine.attempt(spec, engine.read(spec))
            self._started = True
            if self._beside_failed is not None:
                line, self._beside_failed = self._beside_failed, None
                raise Failed(line)
            engine.health.failure = None
        except Failed as failed:
            engine.health.failure = failed.line
            self._known = False
        self._publish()
        if engine.health.failure is not None:
            return False
        for spec in engine.source.streams():
            work = self._slow_work(spec)
            if work is not None:
                self._beside[spec.name] = group.create_task(self._run(spec, work))
        return True

    def _slow_work(self, spec: StreamSpec) -> Callable[[], Coroutine[Any, Any, bool]] | None:
        engine = self._engine
        running = self._beside.get(spec.name)
        if running is not None and not running.done():
            return None
        if engine.resting(spec):
            return None
        if spec.lane is Lane.SLOW and engine.due(spec):
            return lambda: engine.read(spec)
        if engine.behind(spec):
            return lambda: engine.backfill(spec)
        return (lambda: engine.rescan(spec)) if engine.rescan_due(spec) else None

    async def _run(self, spec: StreamSpec, work: Callable[[], Coroutine[Any, Any, bool]]) -> None:
        try:
            await self._engine.attempt(spec, work())
        except Failed as failed:
            self._beside_failed = failed.line
        self._publish()

    def _report(self, engine: SourceSync) -> None:
        changed, self._told = engine.rows_changed - self._told, engine.rows_changed
        self._poller.say(SyncUpdate(engine.source.name, engine.freshness, changed))

    def _publish(self) -> None:
        self._cache.set_freshness(self._engine.freshness)
        self._report(self._engine)


class _Loop(asyncio.SelectorEventLoop):
    """Looks names up in daemon threads: the usual thread pool would hold the program's end up until DNS answers."""

    async def getaddrinfo(self, host: Any, port: Any, **options: int) -> Any:
        found = self.create_future()

        def tell(result: Any, error: Exception | None) -> None:
            if not found.done():
                found.set_exception(error) if error is not None else found.set_result(result)

        def look() -> None:
            result, trouble = None, None
            try:
                result = socket.getaddrinfo(host, port, **options)
            except (OSError, UnicodeError) as error:
                trouble = error
            with suppress(RuntimeError):  # the loop has closed meanwhile
                self.call_soon_threadsafe(tell, result, trouble)

        threading.Thread(target=look, name="name look-up", daemon=True).start()
        return await found
