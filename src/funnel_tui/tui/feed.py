"""The poller behind the screen: started late, heard from its own thread, stopped within its second."""

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from textual.message import Message

from .messages import PollerFailed, SyncNews

if TYPE_CHECKING:
    from funnel_tui.sync import Poller, SyncUpdate

SWAP_SECONDS = 10.0
"""So long a poller that was told to end may take before another one starts."""

PollerFactory = Callable[[Callable[["SyncUpdate"], None]], "Poller"]


class Feed:
    """Holds the poller, and the last update of each source until a handler takes it.

    Updates wait in an inbox and one message says so: a burst costs one message, and a terminal that does not read, and
    so blocks the event loop, piles nothing up.
    """

    def __init__(self, factory: PollerFactory | None, post: Callable[[Message], object]) -> None:
        self._factory = factory
        self._post = post
        self._poller: Poller | None = None
        self._closed = False
        self._started = False
        self._paused = False
        self._lock = threading.Lock()
        self._making = threading.Lock()
        """Held while a poller is made or replaced: one after the other."""
        self._inbox: dict[str, SyncUpdate] = {}
        self._rows_changed = False

    def start(self) -> None:
        """Make and start the poller in a thread: what it imports takes a while."""
        if self._factory is not None:
            threading.Thread(target=self._make, name="funnel-poller-start", daemon=True).start()

    def replace(self, factory: PollerFactory | None) -> None:
        """Another poller, or none, in place of this one; the old one ends first, in a thread."""
        self._factory = factory
        threading.Thread(target=self._swap, name="funnel-poller-swap", daemon=True).start()

    def _swap(self) -> None:
        with self._making:
            old, self._poller, self._started = self._poller, None, False
            if old is not None and old.is_alive():
                old.stop()
                # It gives the lease back when it ends; a new one would find the cache taken until then.
                old.join(SWAP_SECONDS)
            with self._lock:
                self._inbox.clear()
        self._make()

    def _make(self) -> None:
        with self._making:
            factory = self._factory
            if factory is None or self._closed or self._poller is not None:
                return
            try:
                poller = factory(self.hear)
            except Exception as error:
                self.tell(PollerFailed(" ".join(str(error).split()) or type(error).__name__))
                return
            if self._paused:
                poller.pause()
            self._poller = poller
            if not self._closed:
                poller.start()
                self._started = True

    def hear(self, update: "SyncUpdate") -> None:
        """The poller's report, in the poller's thread."""
        with self._lock:
            first = not self._inbox
            self._inbox[update.source] = update
            self._rows_changed = self._rows_changed or update.rows_changed > 0
        if first:
            self.tell(SyncNews())

    def tell(self, message: Message) -> None:
        """From a thread, to a loop that may have ended by now."""
        with contextlib.suppress(RuntimeError):
            self._post(message)

    def take(self) -> tuple[Mapping[str, "SyncUpdate"], bool]:
        """What came since the last time, by source, and whether the cache has other rows now."""
        with self._lock:
            updates, self._inbox = self._inbox, {}
            changed, self._rows_changed = self._rows_changed, False
        return updates, changed

    def pause(self, paused: bool) -> None:
        self._paused = paused
        if self._poller is not None:
            (self._poller.pause if paused else self._poller.resume)()

    def refresh(self) -> None:
        """Poll now."""
        if self._poller is not None:
            self._poller.refresh()

    def check(self) -> None:
        """Say so, once, if the poller ended though nobody stopped it."""
        if self._started and not self._closed and self._poller is not None and not self._poller.is_alive():
            self._started = False
            self.tell(PollerFailed("reading broke off; quit and start again"))

    def close(self) -> None:
        """Stop the poller; returns within a second. Safe to call twice and from any thread."""
        self._closed = True
        if self._poller is not None and self._poller.is_alive():
            self._poller.stop()
