"""For commands that go on until they are told to end: a poller that follows the configuration, and the signals."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

from funnel_tui import paths
from funnel_tui.cli.outside import Outside, say
from funnel_tui.cli.polling import make_poller
from funnel_tui.config_watch import POLLING, ConfigWatch, Refused, Taken
from funnel_tui.errors import UserError
from funnel_tui.settings import Settings, SourceSettings

if TYPE_CHECKING:
    from funnel_tui.sync import SyncUpdate

SWAP_LOOKS = 100
"""Tenths of a second that a poller has to give back the cache before another one takes over."""
STOP_WITHIN = 2.0
"""Seconds that a poller has to end; its writes are transactions, so nothing is lost where it takes longer."""


@contextmanager
def until_told(stop: Event) -> Iterator[None]:
    """Inside, SIGINT, SIGTERM and SIGHUP set `stop`. What whoever started us ignores (nohup, a shell's background job)
    stays ignored."""

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    handled = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, end) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def taken_up(watch: ConfigWatch) -> Taken | None:
    """A change of the configuration that holds from now on. Says what came of it."""
    change = watch.look()
    if isinstance(change, Refused):
        say(f"configuration not taken up: {change.message}")
    elif change is not None and not change.settings.sources:
        say("configuration not taken up: it has no [[sources]]; the old ones are polled on")
    elif change is not None and change.changed:
        say(f"configuration taken up: {', '.join(change.changed)}")
        return change
    return None


class Following:
    """A poller for the sources of one configuration, and for those of the next. Call `look` about once a second."""

    def __init__(
        self, outside: Outside, chosen: Sequence[SourceSettings], hear: "Callable[[SyncUpdate], None]", stop: Event
    ) -> None:
        """Polls from `start` on. Raises UserError where no source can be opened."""
        self._hear = hear
        self._stop = stop
        self._outside = outside
        self._watch = ConfigWatch(outside.config_file or paths.config_path(), outside.read_settings, outside.settings)
        self._poller = make_poller(outside, chosen, hear)

    def start(self) -> None:
        self._poller.start()

    @property
    def alive(self) -> bool:
        return self._poller.is_alive()

    def look(self) -> Settings | None:
        """Take up a change of the configuration, if there is one: the settings that hold now."""
        change = taken_up(self._watch)
        if change is None:
            return None
        if set(change.changed) & set(POLLING):
            self._poll(self._outside.having(change.settings))
        return change.settings

    def _poll(self, outside: Outside) -> None:
        try:
            another = make_poller(outside, outside.settings.sources, self._hear, ask=False)
        except UserError as error:
            say(f"the old sources are polled on: {error}")
            return
        self._poller.stop()
        for _ in range(SWAP_LOOKS):
            if not self._poller.is_alive() or self._stop.wait(0.1):
                break
        self._poller = another
        self._poller.start()

    def close(self) -> None:
        self._poller.stop()
        if self._poller.ident is not None:
            self._poller.join(STOP_WITHIN)
