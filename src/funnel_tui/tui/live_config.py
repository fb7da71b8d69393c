"""The configuration while the dashboard is open: looked at by a thread, taken up without a restart."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from funnel_tui.config_watch import EVERY, POLLING, ConfigWatch, Refused, Taken
from funnel_tui.settings import Settings
from funnel_tui.themes import Theme, every

from .bindings import keymap
from .feed import PollerFactory
from .marks import glyphs_for
from .theme import Wardrobe

if TYPE_CHECKING:
    from .app import FunnelApp

FIGURES = (*POLLING, "article_rate", "targets", "alerts", "savings")
"""A change of these makes another report."""


@dataclass(frozen=True)
class LiveConfig:
    """A configuration that may change under an open dashboard. Both are used in a thread of their own."""

    watch: ConfigWatch
    refit: Callable[[Settings, tuple[str, ...]], tuple[PollerFactory | None, str]]
    """For new settings and what is new in them: what makes a poller (None: nobody polls), and the title."""


class ConfigTaken(Message):
    """Another configuration holds. What needed a file has been read."""

    def __init__(self, taken: Taken, themes: tuple[Theme, ...], factory: PollerFactory | None, title: str) -> None:
        super().__init__()
        self.settings = taken.settings
        self.changed = taken.changed
        self.themes = themes
        self.factory = factory
        self.title = title


class ConfigRefused(Message):
    """The configuration has been changed to something that cannot hold."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message


class Follower(threading.Thread):
    """Looks again and again until it is stopped, and tells."""

    def __init__(self, config: LiveConfig, tell: Callable[[Message], object], every: float = EVERY) -> None:
        super().__init__(name="funnel-config", daemon=True)
        self._config = config
        self._tell = tell
        self._every = every
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(self._every):
            self.look()

    def look(self) -> None:
        """One look, and what it led to."""
        match self._config.watch.look():
            case Taken(settings, changed) as taken:
                try:
                    factory, title = self._config.refit(settings, changed)
                except Exception as error:  # a thread that dies would take up nothing for the rest of the day
                    self._tell(ConfigRefused(" ".join(str(error).split()) or type(error).__name__))
                    return
                self._tell(ConfigTaken(taken, every(), factory, title))
            case Refused(message):
                self._tell(ConfigRefused(message))
            case None:
                pass

    def stop(self) -> None:
        self._ended.set()


def take_up(app: "FunnelApp", taken: ConfigTaken) -> None:
    """Make the app what it would be, had it been started with these settings; what is on screen stays there."""
    before, app.settings = app.settings, taken.settings
    changed = set(taken.changed)
    app.workspace = taken.title
    app.currency = taken.settings.savings.currency
    if "keys" in changed:
        app.set_keymap(keymap(taken.settings.keys))
        for screen in app.funnel_screens:
            screen.show_hints()
    if changed & {"ui", "themes"}:
        _dress(app, before, taken)
    if changed & set(POLLING):
        app.repoll(taken.factory)
    if changed & set(FIGURES):
        app.reload()
    if changed:
        app.say(f"Configuration taken up: {', '.join(taken.changed)}")


def _dress(app: "FunnelApp", before: Settings, taken: ConfigTaken) -> None:
    """In the configured theme if that is another one now, else in the one that is worn: `T` may have chosen it."""
    wish = taken.settings.ui.theme
    worn = app.ink.name
    app.wardrobe = Wardrobe(app.wardrobe.depth, wish, taken.themes)
    if wish == before.ui.theme and worn in app.wardrobe.names:
        app.wardrobe.wear(worn)
    app.glyphs = glyphs_for(taken.settings.ui.glyphs)
    app.dress()
    for screen in app.funnel_screens:
        for view in screen.views():
            view.redraw()
