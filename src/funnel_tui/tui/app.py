"""The dashboard's app: holds what is shown, asks the loader, hears the poller, and tells the screens."""

import gc
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from funnel_tui.model.clock import Clock
from funnel_tui.model.places import Place
from funnel_tui.model.values import Freshness, Report
from funnel_tui.settings import Settings

from .answers import Answer, ChoicesReady, LoadFailed, ReportReady
from .bindings import APP_KEYS, keymap, to_bindings
from .feed import Feed, PollerFactory
from .first_frame import configured
from .live_config import ConfigRefused, ConfigTaken, Follower, LiveConfig, take_up
from .loader import Backend, Loader
from .marks import glyphs_for
from .messages import Answered, PollerFailed, SyncNews
from .screens.base import FunnelScreen
from .screens.overview import OverviewScreen
from .state import Live, View, to_view
from .theme import Ink, Wardrobe, depth_of, no_color
from .thrift import outgoing

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.command import Provider

    from funnel_tui.metrics import ReportRequest

NOTICE_SECONDS = 6


def _started() -> None:
    """What is there now stays: from here on only what comes and goes is searched for garbage."""
    gc.freeze()
    gc.enable()


def _palette() -> "type[Provider]":
    from .palette import Palette

    return Palette


def _told(known: Freshness, told: Freshness) -> Freshness:
    """A source as the cache knows it, with what the poller has to say about it."""
    state = known.state if told.state == "ok" else told.state
    return replace(known, state=state, message=told.message or known.message)


class FunnelApp(App[int]):
    """The dashboard on one cache. `poller_factory` is called in a thread, once the first frame is on screen."""

    CSS_PATH = "funnel.tcss"
    BINDINGS: ClassVar[list[BindingType]] = to_bindings(APP_KEYS)
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type["Provider"] | Callable[[], type["Provider"]]]] = {_palette}

    def __init__(
        self,
        *,
        settings: Settings,
        cache: Path,
        clock: Clock,
        poller_factory: PollerFactory | None,
        title: str,
        initial: "ReportRequest | View | None" = None,
        open_backend: Callable[[], Backend] | None = None,
        loader: Loader | None = None,
        depth: str | None = None,
        config: LiveConfig | None = None,
        read_only: bool = False,
        first: ReportReady | None = None,
    ) -> None:
        """`first` is what the loader has found already: it is shown from the first frame on."""
        super().__init__(ansi_color=True if no_color() else None)
        self.settings = settings
        self.clock = clock
        self.workspace = title
        self.title = "Funnel"
        self.view = to_view(initial)
        self.report: Report | None = None
        self.shown: View | None = None
        """The view that `report` answers; another one than `view` while a request is on its way."""
        self.live = Live(polling=poller_factory is not None, read_only=read_only)
        self.currency = settings.savings.currency
        self.labels: dict[str, dict[str, str]] = {}
        """The names of filter values, by key and value, as far as they have been read."""
        self.scrubbing = False
        """Time travel's track stands at the foot of the screen."""
        self._freshness: dict[str, Freshness] = {}
        self._heard_at: dict[str, int] = {}
        self._told: dict[str, Freshness] = {}
        """What the poller said of a source that it has not read itself: the cache knows when that was read last."""
        self._feed = Feed(poller_factory, self.post_message)
        self._notice_until = 0
        self._follower = Follower(config, self._feed.tell) if config is not None else None
        self._cache = cache
        self._open_backend = open_backend
        self.loader = loader or self._make_loader()
        self.glyphs = glyphs_for(settings.ui.glyphs)
        """What charts are to draw with; None leaves it to each of them."""
        self.wardrobe = Wardrobe(depth or depth_of(self.console.color_system), settings.ui.theme)
        self.ink: Ink = self.wardrobe.ink
        self.dress()
        self.animation_level = "none"
        if first is not None:
            self._take(first)

    @property
    def freshness(self) -> tuple[Freshness, ...]:
        """Of the sources that are configured, where any are: the cache remembers those that were taken out, too."""
        return configured(tuple(self._freshness.values()), self.settings)

    def get_default_screen(self) -> Screen[object]:
        """The overview itself: under it there is no empty screen to lay out."""
        return cast("Screen[object]", OverviewScreen())

    def on_mount(self) -> None:
        self.set_keymap(keymap(self.settings.keys))
        self._listen()
        if self.loader.view != self.view:
            self.look(self.view)
        elif self.report is None:
            self.live = replace(self.live, loading_since=self.clock())
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(self._feed.start)
        self.call_after_refresh(_started)
        if self._follower is not None:
            self.call_after_refresh(self._follower.start)

    def _make_loader(self) -> Loader:
        if self._open_backend is not None:
            return Loader(self._open_backend, self.clock)
        return Loader.on_cache(self._cache, self.settings, self.clock, read_only=self.live.read_only)

    def _listen(self) -> None:
        """Hear the loader, as long as it is the one that holds."""
        loader = self.loader

        def deliver(answer: Answer) -> None:
            if loader is self.loader:
                self._feed.tell(Answered(answer))

        loader.deliver_to(deliver)
        if not loader.is_alive():
            loader.start()

    def close(self) -> None:
        """Stop the threads; the poller within its second. Safe to call twice and from any thread."""
        if self._follower is not None:
            self._follower.stop()
        self.loader.stop()
        self._feed.close()

    def _display(self, screen: Screen[object], renderable: "RenderableType | None") -> None:
        super()._display(screen, cast("RenderableType | None", outgoing(renderable, self.glyphs)))

    def _fatal_error(self) -> None:
        """Textual shows the values of all variables with an error; among ours are customers' words."""
        from rich.traceback import Traceback

        self.panic(Traceback(show_locals=False))

    # What is shown

    def look(self, view: View) -> None:
        """Ask for a report of `view`; the screen keeps the old one until the new one is there."""
        self.view = view
        self.live = replace(self.live, loading_since=self.live.loading_since or self.clock())
        self._tell_state()
        self.loader.report(view)

    def drill(self, place: Place, crumbs: tuple[str, ...] = ()) -> None:
        """What stands behind a number; `crumbs` say where it was seen."""
        from .screens.drill import DrillScreen

        self.push_screen(DrillScreen(place, crumbs))

    def show(self, name: str) -> None:
        """The overview or one of the larger screens, in place of whatever lies over the overview."""
        from .screens.directory import make_screen

        while len(self.screen_stack) > 1:
            self.pop_screen()
        if name != "overview":
            self.push_screen(make_screen(name))

    def travel(self) -> None:
        """The track of time travel, beginning at the moment that is shown."""
        from .screens.travel import TravelScreen

        self.scrub(True)
        self.push_screen(TravelScreen(), lambda _: self.scrub(False))

    def scrub(self, on: bool) -> None:
        """Make room for the track, or take it back."""
        self.scrubbing = on
        self._tell_state()

    def attend(self) -> None:
        """The cursor goes to what needs attention."""
        for screen in self.funnel_screens:
            if isinstance(screen, OverviewScreen):
                if screen.pane("attention").items:
                    screen.go("attention")
                else:
                    self.say("Nothing needs attention")

    @property
    def uppermost(self) -> FunnelScreen | None:
        """The screen that is seen, with or without a panel over it."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, FunnelScreen)), None)

    @property
    def funnel_screens(self) -> list[FunnelScreen]:
        """Those that are composed; the others fetch the state when they are."""
        return [screen for screen in self.screen_stack if isinstance(screen, FunnelScreen) and screen.composed]

    def _set_live(self, **changes: object) -> None:
        live = replace(self.live, **changes)  # type: ignore[arg-type]
        if live != self.live:
            self.live = live
            self._tell_state()

    def _tell_state(self) -> None:
        """The uppermost screen shows it; those below do when they come back."""
        for screen in self.funnel_screens:
            screen.hear_state()

    def _tick(self) -> None:
        if self._notice_until and self.clock() >= self._notice_until:
            self.say("")
        self._feed.check()
        seen = self.uppermost
        if seen is not None and seen.composed:
            seen.tick()

    # What threads say

    @on(Answered)
    def _answered(self, message: Answered) -> None:
        match message.answer:
            case ReportReady() as answer:
                self._report_ready(answer)
            case LoadFailed("report", reason):
                self._set_live(problem=reason, loading_since=None)
            case answer:
                if isinstance(answer, ChoicesReady):
                    for key, choices in answer.value.keys.items():
                        self.labels.setdefault(key, {}).update({choice.value: choice.label for choice in choices})
                for screen in self.screen_stack:
                    # Panels over the screens are known by their method: their modules are imported when needed.
                    hear = getattr(screen, "answered", None)
                    if hear is not None and getattr(screen, "composed", True):
                        hear(answer)

    def _report_ready(self, answer: ReportReady) -> None:
        if answer.asked.view != self.view:
            return
        self._take(answer)
        for screen in self.funnel_screens:
            screen.hear_report()
        follow = getattr(self.screen, "report_changed", None)
        if follow is not None and not isinstance(self.screen, FunnelScreen) and getattr(self.screen, "composed", True):
            # The definition, known by its method: its module is imported when it is first opened.
            follow(answer.value)

    def _take(self, answer: ReportReady) -> None:
        report = answer.value
        self.report, self.shown = report, answer.asked.view
        for source in report.freshness:
            if source.name in self._told:
                self._freshness[source.name] = _told(source, self._told[source.name])
            elif report.generated_at >= self._heard_at.get(source.name, 0):
                self._freshness[source.name] = source
        self.live = replace(self.live, loading_since=None, problem=None)

    @on(PollerFailed)
    def _poller_failed(self, message: PollerFailed) -> None:
        self._set_live(poller_problem=message.reason, polling=False)

    @on(ConfigTaken)
    def _config_taken(self, message: ConfigTaken) -> None:
        self._set_live(config_problem=None)
        take_up(self, message)

    @on(ConfigRefused)
    def _config_refused(self, message: ConfigRefused) -> None:
        self._set_live(config_problem=message.message)
        place, _, why = message.message.partition(": ")
        self.say(f"Configuration not taken up: {place.rpartition('/')[2]}: {why}")

    def repoll(self, factory: PollerFactory | None) -> None:
        """Another poller, or none, from now on."""
        self._told.clear()
        self._freshness.clear()
        self._set_live(poller_problem=None, polling=factory is not None)
        self._feed.replace(factory)

    def reload(self) -> None:
        """Read the cache anew by the settings that hold now."""
        self.loader.stop()
        self.loader = self._make_loader()
        self.loader.hold(self.live.paused_since is not None)
        self._listen()
        self.look(self.view)

    @on(SyncNews)
    def _sync_news(self) -> None:
        updates, changed = self._feed.take()
        now = self.clock()
        for source, update in updates.items():
            self._heard_at[source] = now
            self._freshness[source], known = update.freshness, self._freshness.get(source)
            self._told.pop(source, None)
            if update.freshness.last_success is None:
                self._told[source] = update.freshness
                if known is not None:
                    self._freshness[source] = _told(known, update.freshness)
        self._tell_state()
        if changed and self.live.paused_since is None:
            self.loader.report(self.view)

    # Keys

    def say(self, notice: str) -> None:
        """A word at the foot of the screen, for a few seconds."""
        from .widgets.footer import Footer

        self._notice_until = self.clock() + NOTICE_SECONDS if notice else 0
        for screen in self.funnel_screens:
            for footer in screen.query(Footer):
                footer.say(notice)

    async def action_quit(self) -> None:
        # The poller ends while the screen is put away.
        threading.Thread(target=self.close, name="funnel-close", daemon=True).start()
        self.exit(0)

    def action_command_palette(self) -> None:
        from .screens.modal import Palette

        if not any(isinstance(screen, Palette) for screen in self.screen_stack):
            # Without Textual's id: one that is still being put away has it.
            self.push_screen(Palette())

    def action_pause(self) -> None:
        paused = self.live.paused_since is None
        self.loader.hold(paused)
        self._feed.pause(paused)
        self._set_live(paused_since=self.clock() if paused else None)
        if not paused:
            self.look(self.view)

    def action_refresh(self) -> None:
        if self.live.paused_since is None:
            self._feed.refresh()
        self.look(self.view)

    def action_theme(self, name: str = "") -> None:
        """The theme of that name, or the next one."""
        if self.ink.mono:
            self.say("There are no colours here: NO_COLOR is set, or the terminal has none")
            return
        if name:
            self.wardrobe.wear(name)
        else:
            self.wardrobe.next()
        self.dress()
        self.say(f"Theme: {self.ink.name}")

    def dress(self) -> None:
        """Show everything in the theme that the wardrobe has out."""
        self.ink = self.wardrobe.ink
        if self.ink.theme_name not in self.available_themes:
            self.register_theme(self.ink.theme())
        self.theme = self.ink.theme_name
        for screen in self.funnel_screens:
            screen.theme_changed()

    def action_copy(self) -> None:
        screen = self.screen
        text = screen.copy_text() if isinstance(screen, FunnelScreen) else None
        if text is None:
            self.say("Nothing to copy here: move the cursor to a number")
        else:
            self.copy(text)

    def copy(self, text: str) -> None:
        """Put it on the clipboard, and say so."""
        from .clipboard import obstacle

        problem = obstacle(text)
        if problem is None:
            self.copy_to_clipboard(text)
        self.say(problem or f"Copied: {text}")

    def copy_to_clipboard(self, text: str) -> None:
        """Also through tmux and screen, where Textual's own way ends."""
        from .clipboard import copy, obstacle

        self._clipboard = text
        if self._driver is None or obstacle(text) is not None:
            return
        # tmux is a program to be waited for; the driver takes what it writes from any thread.
        threading.Thread(target=copy, args=(text, self._driver.write), name="funnel-copy", daemon=True).start()

    def action_export(self) -> None:
        from .export import export_screen

        screen = self.screen
        if isinstance(screen, FunnelScreen):
            self.say(export_screen(screen, self.ink.palette, self.clock()))

    def action_help(self) -> None:
        from .helping import own_keys
        from .screens.help import HelpScreen

        screen = self.screen
        own = screen.KEYS if isinstance(screen, FunnelScreen) else ()
        name = screen.called if isinstance(screen, FunnelScreen) else ""
        self.push_screen(HelpScreen(self.settings.keys, own_keys(own), name))

    def browse(self, url: str | None) -> None:
        """Open a conversation in the helpdesk, or show and copy its address where there is no browser."""
        from .browse import can_browse, is_web, open_url

        if not is_web(url):
            self.say("The source gave no address for this conversation")
            return
        assert url is not None
        if can_browse():
            self.say(f"Opening {url}")
            threading.Thread(target=open_url, args=(url,), name="funnel-browser", daemon=True).start()
        else:
            self.copy(url)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action of the screen and the app, for the palette."""
        from .palette import actions

        return [action.command for action in actions(self, screen)]
