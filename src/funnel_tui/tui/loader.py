"""The thread that reads for the screen, so that no handler ever waits for a database.

Requests are kept by topic and the newest of a topic replaces the one before it: holding a key down costs one report,
not fifty.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from funnel_tui.model.clock import Clock
from funnel_tui.model.values import ConversationRow, Report, Timeline
from funnel_tui.settings import Settings

from .answers import Answer, LoadFailed, ReportReady, RowsReady, TimelineReady
from .state import View

WATCH_SECONDS = 2.0
"""How often the cache is asked whether it changed: a pragma, no query."""
MOST_ROWS = 10_000
"""Rows of a list: more would neither be looked at nor sorted within a key press."""
STALE_SECONDS = 60
"""A report this old is made again though nothing changed: hours pass, waits grow, days turn."""


class Backend(Protocol):
    """What the screen asks of the metrics layer. Used from the loader's thread only."""

    def report(self, view: View, now: int) -> Report: ...

    def conversations(self, view: View, metric: str, now: int, limit: int) -> list[ConversationRow]: ...

    def timeline(self, source: str, conversation: str, at: int) -> Timeline | None: ...

    def version(self) -> int:
        """Another number whenever the cache has changed."""
        ...

    def close(self) -> None: ...


class Loader(threading.Thread):
    """Answers requests one at a time, the person's before its own. `deliver` is called from this thread."""

    def __init__(self, open_backend: Callable[[], Backend], clock: Clock) -> None:
        super().__init__(name="funnel-loader", daemon=True)
        self._open_backend = open_backend
        self._clock = clock
        self._wake = threading.Condition()
        self._rows: tuple[View, str] | None = None
        self._timeline: tuple[str, str, int] | None = None
        self._report: View | None = None
        self._view: View | None = None
        self._held = False
        self._stopped = False
        self._deliver: Callable[[Answer], object] | None = None
        self._undelivered: list[Answer] = []
        self._version: int | None = None
        self._made_at = 0

    @classmethod
    def on_cache(cls, cache: Path, settings: Settings, clock: Clock) -> "Loader":
        """A loader that reads a cache; it opens it, and imports what that takes, in its own thread."""

        def open_backend() -> Backend:
            from .backend import CacheBackend

            return CacheBackend(cache, settings)

        return cls(open_backend, clock)

    def deliver_to(self, deliver: Callable[[Answer], object]) -> None:
        """Where answers go from now on; those made before (the loader starts before the screen) go at once."""
        with self._wake:
            self._deliver = deliver
            waiting, self._undelivered = self._undelivered, []
        for answer in waiting:
            deliver(answer)

    def report(self, view: View) -> None:
        with self._wake:
            self._report = self._view = view
            self._wake.notify()

    def rows(self, view: View, metric: str) -> None:
        with self._wake:
            self._rows = (view, metric)
            self._wake.notify()

    def timeline(self, source: str, conversation: str, at: int) -> None:
        with self._wake:
            self._timeline = (source, conversation, at)
            self._wake.notify()

    def hold(self, held: bool) -> None:
        """Stop (or go on) making reports that nobody asked for."""
        with self._wake:
            self._held = held
            self._wake.notify()

    def stop(self) -> None:
        with self._wake:
            self._stopped = True
            self._wake.notify()

    def run(self) -> None:
        backend = self._open()
        if backend is None:
            return
        try:
            while self._next(backend):
                pass
        finally:
            backend.close()

    def _open(self) -> Backend | None:
        """The backend, tried again until it opens (the cache may not have been made yet) or the loader is stopped."""
        said = None
        while True:
            try:
                return self._open_backend()
            except Exception as error:
                if said != (said := _sentence(error)):
                    self._send(LoadFailed("report", said))
            with self._wake:
                self._wake.wait_for(lambda: self._stopped, WATCH_SECONDS)
                if self._stopped:
                    return None

    def _next(self, backend: Backend) -> bool:
        with self._wake:
            if not (self._stopped or self._timeline or self._rows or self._report):
                self._wake.wait(WATCH_SECONDS)
            if self._stopped:
                return False
            timeline, self._timeline = self._timeline, None
            rows = report = None
            if timeline is None:
                rows, self._rows = self._rows, None
            if timeline is None and rows is None:
                report, self._report = self._report, None
        if timeline is not None:
            self._answer("timeline", lambda: TimelineReady(timeline[0], timeline[1], backend.timeline(*timeline)))
        elif rows is not None:
            self._answer("rows", lambda: self._list(backend, *rows))
        elif report is not None:
            self._make_report(backend, report)
        else:
            self._watch(backend)
        return True

    def _watch(self, backend: Backend) -> None:
        """Nothing was asked: see whether the report on screen is still true."""
        if self._view is None or self._held:
            return
        try:
            changed = backend.version() != self._version
        except Exception as error:
            self._send(LoadFailed("report", _sentence(error)))
            return
        if changed or self._clock() - self._made_at >= STALE_SECONDS:
            self._make_report(backend, self._view)

    def _list(self, backend: Backend, view: View, metric: str) -> RowsReady:
        rows = backend.conversations(view, metric, self._clock(), MOST_ROWS + 1)
        return RowsReady(view, metric, tuple(rows[:MOST_ROWS]), cut=len(rows) > MOST_ROWS)

    def _make_report(self, backend: Backend, view: View) -> None:
        def make() -> ReportReady:
            # The version is read first: a change during the report makes one report too many, never one too few.
            self._version = backend.version()
            self._made_at = self._clock()
            return ReportReady(view, backend.report(view, self._made_at))

        self._answer("report", make)

    def _answer(self, topic: str, make: Callable[[], Answer]) -> None:
        try:
            self._send(make())
        except Exception as error:
            self._send(LoadFailed(topic, _sentence(error)))

    def _send(self, answer: Answer) -> None:
        with self._wake:
            if self._deliver is None:
                self._undelivered.append(answer)
                return
            deliver = self._deliver
        deliver(answer)


def _sentence(error: Exception) -> str:
    """The error as one line without the class name, unless that is all there is."""
    text = " ".join(str(error).split())
    return text or type(error).__name__
