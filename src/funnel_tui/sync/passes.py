"""Pages into the cache: one transaction each, together with the cursor that follows them."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from funnel_tui.model.records import ChatThread, Conversation, Event, Kind, Page, Record, Thread
from funnel_tui.sources import Lane, Source, SourcePage, StaleCursor, StreamSpec
from funnel_tui.sync import plan
from funnel_tui.sync.cache import Cache
from funnel_tui.sync.health import Health
from funnel_tui.sync.state import Beside, Window, decode, encode

After = Callable[[Page, Window | None], str]
"""Given a page and what is left of its window, the state to save with it."""

Expired = Callable[[], bool]
"""Whether it is no use waiting any longer for something that the provider prepares."""

RESTARTS = 3
"""How often a pass begins again because the provider forgot where it was, be it since the last run or in its middle."""

Gate = Callable[[], Coroutine[Any, Any, None]]


def never() -> bool:
    return False


class Passes:
    def __init__(
        self, cache: Cache, source: Source, health: Health, *, gate: Gate | None, told: Callable[[], None]
    ) -> None:
        """`gate` is awaited before each write, which is how a pause holds a pass without losing it; `told` is called
        after each."""
        self.rows_changed = 0
        self.conversations = 0
        self._met: dict[str, set[str]] = {}
        self._cache = cache
        self._source = source
        self._health = health
        self._gate = gate
        self._told = told
        self._status: dict[str, str] = {}
        self._beside: dict[str, Beside] = {}

    async def run(
        self,
        spec: StreamSpec,
        key: str,
        window: Window,
        after: After,
        known: Mapping[str, int],
        expired: Expired,
    ) -> bool:
        """Read `window` to its end, saving under `key`. False if `expired` was true where the provider lets us wait."""
        for _ in range(RESTARTS):
            try:
                return await self._pages(spec, key, window, after, known, expired)
            except StaleCursor:
                window = Window(window.lo, window.hi)
        return await self._pages(spec, key, window, after, known, expired)

    async def follow(self, spec: StreamSpec, position: str, after: Callable[[Page | None], str]) -> None:
        """Read a feed from `position` to its end. `after` gives the state to save with a page, and None at the end."""
        guard = plan.PageGuard()
        async with _closing(self._source.follow(spec.name, position)) as pages:
            async for page in pages:
                await self._hold()
                objection = guard.objection(page)
                self._judge_beside(spec, page)
                changed = self._cache.write(self._source.name, page.records, stream=spec.name, state=after(page))
                self._count(spec, page, changed)
                if objection is not None:
                    self._health.warnings[f"{spec.name}: {objection}"] = None
                    break
        self._cache.write(self._source.name, (), stream=spec.name, state=after(None))
        self._finish(spec)

    async def reread(self, spec: StreamSpec, ids: list[str]) -> None:
        async with _closing(self._source.reread(spec.name, ids)) as pages:
            async for page in pages:
                await self._hold()
                self._judge_beside(spec, page)
                self._count(spec, page, self._cache.write(self._source.name, page.records))

    @contextmanager
    def meeting(self, spec: StreamSpec) -> Iterator[set[str]]:
        """The ids of all conversations of a stream that come by meanwhile."""
        met = self._met[spec.name] = set()
        try:
            yield met
        finally:
            del self._met[spec.name]

    def set_status(self, stream: str, status: str, reason: str | None = None) -> None:
        if self._status.get(stream) != status:
            self._status[stream] = status
            self._cache.set_stream_status(self._source.name, stream, status, reason)

    def recall(self, spec: StreamSpec) -> None:
        """What could not be read along with this stream's items when the last of them came."""
        found = decode(self._cache.state(self._source.name, _beside_key(spec)), Beside) or Beside()
        self._beside[spec.name] = found
        self._health.refused.update(found.refused)

    def _judge_beside(self, spec: StreamSpec, page: Page) -> None:
        """Before the page is written: nobody is to take for exact what stands on it alone."""
        known = self._beside[spec.name]
        for name, line in page.beside.items() if isinstance(page, SourcePage) else ():
            self.set_status(name, "ok" if line is None else "refused", line)
            if line is None:
                self._health.refused.pop(name, None)
            else:
                self._health.refused[name] = line
            # Kept for the next run, which may have nothing to read and so no way to know.
            if known.refused.get(name) != line:
                known.refused.pop(name, None)
                if line is not None:
                    known.refused[name] = line
                self._cache.write(self._source.name, (), stream=_beside_key(spec), state=encode(known))

    async def _pages(
        self,
        spec: StreamSpec,
        key: str,
        window: Window,
        after: After,
        known: Mapping[str, int],
        expired: Expired,
    ) -> bool:
        guard = plan.PageGuard()
        found = self._source.read(spec.name, window.lo, window.hi, window.cursor, dict(known))
        async with _closing(found) as pages:
            async for page in pages:
                await self._hold()
                objection = guard.objection(page)
                if objection is not None:
                    self._health.warnings[f"{spec.name}: {objection}"] = None
                last = page.cursor is None or objection is not None
                rest = None if last else Window(window.lo, window.hi, page.cursor)
                self._judge_beside(spec, page)
                changed = self._cache.write(self._source.name, page.records, stream=key, state=after(page, rest))
                self._count(spec, page, changed)
                if last:
                    self._finish(spec)
                    return True
                if isinstance(page, SourcePage) and page.waiting and expired():
                    slow = "is still preparing it" if spec.lane is Lane.SLOW else "gives little at a time"
                    self._health.pending[spec.name] = f"{spec.name}: pending, the provider {slow}"
                    return False
        self._cache.write(self._source.name, (), stream=key, state=after(Page(records=()), None))
        self._finish(spec)
        return True

    async def _hold(self) -> None:
        if self._gate is not None:
            await self._gate()

    def _finish(self, spec: StreamSpec) -> None:
        self._health.pending.pop(spec.name, None)
        self.set_status(spec.name, "ok")
        self._told()

    def _count(self, spec: StreamSpec, page: Page, changed: int) -> None:
        self.rows_changed += changed
        self.conversations += items(page)
        if spec.name in self._met:
            self._met[spec.name].update(filter(None, map(_conversation_of, page.records)))
        if isinstance(page, SourcePage):
            self._health.warnings.update(dict.fromkeys(page.warnings))
        if page.records:
            self.set_status(spec.name, "ok")
        self._told()


def items(page: Page) -> int:
    """Conversations and chat threads on a page."""
    return sum(isinstance(record, Thread | Conversation | ChatThread) for record in page.records)


def _beside_key(spec: StreamSpec) -> str:
    return f"{spec.name}.beside"


def _conversation_of(record: Record) -> str | None:
    if isinstance(record, Thread):
        return record.conversation.id
    if isinstance(record, Conversation | ChatThread):
        return record.id
    return record.conversation if isinstance(record, Event) and record.kind is Kind.DELETED else None


@asynccontextmanager
async def _closing(pages: AsyncIterator[Page]) -> AsyncIterator[AsyncIterator[Page]]:
    """`pages`, closed at once when the reader stops early, so that no request outlives its pass."""
    try:
        yield pages
    finally:
        close = getattr(pages, "aclose", None)
        if close is not None:
            await close()
