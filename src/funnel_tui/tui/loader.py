"""The thread that reads for the screen, so that no handler ever waits for a database.

Requests are kept by topic and the newest of a topic replaces the one before it: holding a key down costs one report,
not fifty.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from funnel_tui.model.clock import Clock

from .answers import (
    Answer,
    BoardReady,
    ChoicesReady,
    ItemsReady,
    LoadFailed,
    ReportReady,
    TimelineReady,
    TrackReady,
)
from .questions import (
    URGENCY,
    BoardAsked,
    ChoicesAsked,
    ItemsAsked,
    Question,
    ReportAsked,
    TimelineAsked,
    TrackAsked,
)
from .state import View

if TYPE_CHECKING:
    from funnel_tui.model.boards import Board, Choices, Track
    from funnel_tui.model.items import Items
    from funnel_tui.model.places import Place
    from funnel_tui.model.values import Report, Timeline
    from funnel_tui.settings import Settings

WATCH_SECONDS = 2.0
"""How often the cache is asked whether it changed: a pragma, no query."""
MOST_ROWS = 10_000
"""Rows of a list: more would neither be looked at nor sorted within a key press."""
STALE_SECONDS = 60
"""A report this old is made again though nothing changed: hours pass, waits grow, days turn."""


class Backend(Protocol):
    """What the screen asks of the metrics layer. Used from the loader's thread only."""

    def report(self, view: View, now: int) -> "Report": ...

    def board(self, view: View, name: str, now: int) -> "Board": ...

    def items(self, view: View, place: "Place", now: int, limit: int) -> "Items": ...

    def choices(self, view: View, now: int) -> "Choices": ...

    def track(self, view: View, start: int, end: int, points: int, now: int) -> "Track": ...

    def timeline(self, source: str, conversation: str, at: int) -> "Timeline | None": ...

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
        self._asked: dict[str, Question] = {}
        """The newest question of each topic that has not been answered."""
        self._view: View | None = None
        self._held = False
        self._stopped = False
        self._deliver: Callable[[Answer], object] | None = None
        self._undelivered: list[Answer] = []
        self._version: int | None = None
        self._made_at = 0

    @classmethod
    def on_cache(cls, cache: Path, settings: "Settings", clock: Clock, *, read_only: bool = False) -> "Loader":
        """A loader that reads a cache; it opens it, and imports what that takes, in its own thread."""

        def open_backend() -> Backend:
            from .backend import CacheBackend

            return CacheBackend(cache, settings, read_only=read_only)

        return cls(open_backend, clock)

    def deliver_to(self, deliver: Callable[[Answer], object]) -> None:
        """Where answers go from now on; those made before (the loader starts before the screen) go at once."""
        with self._wake:
            self._deliver = deliver
            waiting, self._undelivered = self._undelivered, []
        for answer in waiting:
            deliver(answer)

    def first(self, seconds: float) -> ReportReady | None:
        """The first report, to be shown before anything hears the loader; None where it takes longer, or fails."""
        with self._wake:
            self._wake.wait_for(lambda: self._undelivered, seconds)
            match self._undelivered:
                case [ReportReady() as ready]:
                    self._undelivered.clear()
                    return ready
        return None

    @property
    def view(self) -> View | None:
        """What the newest report was asked for."""
        return self._view

    def report(self, view: View) -> None:
        self._view = view
        self.ask(ReportAsked(view))

    def ask(self, question: Question) -> None:
        """To be answered in place of an earlier question of its topic."""
        with self._wake:
            self._asked[question.topic] = question
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
            if not (self._stopped or self._asked):
                self._wake.wait(WATCH_SECONDS)
            if self._stopped:
                return False
            topic = next((topic for topic in URGENCY if topic in self._asked), None)
            question = self._asked.pop(topic) if topic is not None else None
        if question is None:
            self._watch(backend)
        else:
            self._answer(question.topic, lambda: self._made(backend, question))
        return True

    def _made(self, backend: Backend, question: Question) -> Answer:
        now = self._clock()
        match question:
            case ReportAsked(view):
                return self._report(backend, view)
            case BoardAsked(view, name):
                return BoardReady(question, backend.board(view, name, now))
            case ItemsAsked(view, place):
                return ItemsReady(question, backend.items(view, place, now, MOST_ROWS))
            case TimelineAsked(source, conversation, at):
                return TimelineReady(question, backend.timeline(source, conversation, at))
            case ChoicesAsked(view):
                return ChoicesReady(question, backend.choices(view, now))
            case TrackAsked(view, start, end, points):
                return TrackReady(question, backend.track(view, start, end, points, now))

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
            view = self._view
            self._answer("report", lambda: self._report(backend, view))

    def _report(self, backend: Backend, view: View) -> ReportReady:
        # The version is read first: a change during the report makes one report too many, never one too few.
        self._version = backend.version()
        self._made_at = self._clock()
        return ReportReady(ReportAsked(view), backend.report(view, self._made_at))

    def _answer(self, topic: str, make: Callable[[], Answer]) -> None:
        try:
            self._send(make())
        except Exception as error:
            self._send(LoadFailed(topic, _sentence(error)))

    def _send(self, answer: Answer) -> None:
        with self._wake:
            if self._deliver is None:
                self._undelivered.append(answer)
                self._wake.notify_all()
                return
            deliver = self._deliver
        deliver(answer)


def _sentence(error: Exception) -> str:
    """The error as one line without the class name, unless that is all there is."""
    text = " ".join(str(error).split())
    return text or type(error).__name__
