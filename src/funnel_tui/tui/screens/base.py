"""What every screen has: a header that ages, a footer of keys, the period keys, and news of state from the app."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import BindingType
from textual.screen import Screen

from funnel_tui.model.values import MetricValue
from funnel_tui.tui.answers import Answer
from funnel_tui.tui.bindings import APP_KEYS, BACK_KEY, PERIOD_KEYS, SCREEN_KEYS, VIEW_KEYS, Key, shown, to_bindings
from funnel_tui.tui.layout import SCRUBBER_HEIGHT
from funnel_tui.tui.widgets.footer import Footer, Hint
from funnel_tui.tui.widgets.header import Header
from funnel_tui.tui.widgets.header_lines import HeaderData
from funnel_tui.tui.widgets.lines import LineView

if TYPE_CHECKING:
    from funnel_tui.tui.app import FunnelApp


_COMPARED = {
    "previous": "Compared with the period before",
    "year": "Compared with a year earlier",
    "none": "No comparison",
}


class FunnelScreen(Screen[None]):
    """A screen of the dashboard. The app calls `report_changed`, `state_changed` and `tick`; screens hold no timers."""

    KEYS: ClassVar[tuple[Key, ...]] = (*PERIOD_KEYS, *VIEW_KEYS, *SCREEN_KEYS, BACK_KEY)
    """The keys that work here besides the app's; the footer, the help and the palette are made from them."""
    BINDINGS: ClassVar[list[BindingType]] = to_bindings((*PERIOD_KEYS, *VIEW_KEYS, *SCREEN_KEYS, BACK_KEY))
    AUTO_FOCUS = None

    _mounted_once = False
    _missed = 0
    """What came while another screen lay over this one: 1 is news of the state, 2 a report."""

    @property
    def composed(self) -> bool:
        """Its views are there: not yet before it is mounted, and not any more while it is taken down, when answers that
        were on their way still come."""
        return self._mounted_once and bool(self.children) and all(child.is_attached for child in self.children)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that come faster than the screen is put up, or while it is taken down, do nothing."""
        return self.composed

    @property
    def funnel(self) -> "FunnelApp":
        return cast("FunnelApp", self.app)

    @property
    def crumbs(self) -> tuple[str, ...]:
        """Where this screen lies below the overview."""
        return ()

    @property
    def called(self) -> str:
        """What the help calls it."""
        return self.crumbs[-1] if self.crumbs else "Overview"

    @property
    def head(self) -> int:
        """Lines of the header: the filters have one of their own while there are any."""
        return 2 if self.funnel.view.filters else 1

    @property
    def foot(self) -> int:
        """Lines at the bottom: the keys, and the scrubber of time travel above them."""
        return 1 + (SCRUBBER_HEIGHT if self.funnel.scrubbing else 0)

    def on_mount(self) -> None:
        self._mounted_once = True
        self.state_changed()
        self.show_hints()

    def on_unmount(self) -> None:
        # What was put off until after a refresh finds nothing any more.
        self._mounted_once = False

    def show_hints(self) -> None:
        for footer in self.query(Footer):
            footer.show(self.hints())

    def hints(self) -> Sequence[Hint]:
        """Keys for the footer: those of the screen that have a word, then the app's."""
        keys = self.funnel.settings.keys
        own = [(shown(key, keys), key.word, key.action) for key in self.KEYS if key.word]
        return [*own, *((shown(key, keys), key.word, f"app.{key.action}") for key in APP_KEYS if key.word)]

    def header_data(self) -> HeaderData:
        app = self.funnel
        return HeaderData(
            title=app.workspace,
            view=app.view,
            report=app.report,
            freshness=app.freshness,
            live=app.live,
            now=app.clock(),
            poll_seconds=app.settings.poll_seconds,
            crumbs=self.crumbs,
            pending=app.view != app.shown,
            filters=self._filter_words(),
            filter_key="  ".join(
                f"{shown(key, app.settings.keys)} {word}"
                for key, word in zip(VIEW_KEYS[:2], ("change", "clear"), strict=True)
            ),
        )

    def _filter_words(self) -> str:
        if not self.funnel.view.filters:
            return ""
        from funnel_tui.tui.filtering import filter_words  # few set any, and with it come the panel's values

        return filter_words(self.funnel.view.filters, self.funnel.labels)

    def show_header(self) -> None:
        for header in self.query(Header):
            header.data = self.header_data()
            header.redraw()
        # Screens of panes give the header its lines in their plan, the others by these classes.
        self.set_class(self.head > 1, "-filtered")
        self.set_class(self.foot > 1, "-scrubbing")

    # The app tells every screen; those that are not seen neither draw nor ask, and catch up when they come back.

    def hear_state(self) -> None:
        self._hear(1)

    def hear_report(self) -> None:
        self._hear(2)

    def _hear(self, what: int) -> None:
        self._missed = max(self._missed, what)
        if self.funnel.uppermost is self:
            self.catch_up()

    def catch_up(self) -> None:
        missed, self._missed = self._missed, 0
        if missed == 2:
            self.report_changed()
        elif missed:
            self.state_changed()

    def on_screen_resume(self) -> None:
        if self.composed and self.funnel.uppermost is self:
            self.catch_up()

    def state_changed(self) -> None:
        """Freshness, pause or loading changed: the header says so."""
        self.show_header()

    def report_changed(self) -> None:
        """Another report is there."""
        self.state_changed()

    def answered(self, answer: Answer) -> None:
        """The loader's answer to something that a screen asked for."""

    def tick(self) -> None:
        """A second has passed: ages in place, nothing else."""
        self.show_header()

    def theme_changed(self) -> None:
        for view in self.query(LineView):
            view.refresh()

    def current_metric(self) -> MetricValue | None:
        """The number that the cursor is on, for definition and copying."""
        return None

    def copy_text(self) -> str | None:
        """What `y` puts on the clipboard."""
        from funnel_tui.charts.format import format_value

        metric = self.current_metric()
        if metric is None:
            return None
        return f"{metric.spec.label}: {format_value(metric, currency=self.funnel.currency)}"

    def views(self) -> Iterable[LineView]:
        """Everything that is drawn, for exports."""
        return (view for view in self.query(LineView) if view.size)

    def action_period(self, period: str) -> None:
        self.funnel.look(self.funnel.view.show(period))

    def action_step(self, back: int) -> None:
        if ".." in self.funnel.view.period:
            self.funnel.say("A range of dates does not step: 1-5 choose a period, 0 another range")
        else:
            self.funnel.look(self.funnel.view.step(back))

    def action_compare(self) -> None:
        view = self.funnel.view.next_comparison()
        self.funnel.say(_COMPARED[view.compare])
        self.funnel.look(view)

    def action_filters(self) -> None:
        from .filters import FilterScreen

        self.app.push_screen(FilterScreen(self.funnel.view), self._filters_chosen)

    def _filters_chosen(self, filters: dict[str, tuple[str, ...]] | None) -> None:
        if filters is not None and filters != self.funnel.view.filters:
            self.funnel.look(replace(self.funnel.view, filters=filters))

    def action_clear_filters(self) -> None:
        if self.funnel.view.filters:
            self._filters_chosen({})
        else:
            self.funnel.say("No filters are set: f sets some")

    def action_travel(self) -> None:
        self.funnel.travel()

    def action_attention(self) -> None:
        self.funnel.show("overview")
        self.funnel.attend()

    def action_custom_period(self) -> None:
        from .ask import AskDates

        self.app.push_screen(AskDates(), self._dates_chosen)

    def _dates_chosen(self, dates: str | None) -> None:
        if dates:
            self.funnel.look(self.funnel.view.show(dates))

    def action_definition(self) -> None:
        from .definition import DefinitionScreen

        metric = self.current_metric()
        if metric is not None:
            self.app.push_screen(DefinitionScreen(metric, self.funnel.currency))

    def action_show(self, name: str) -> None:
        self.funnel.show(name)

    def action_back(self) -> None:
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        elif self.funnel.view.at is not None:
            self.funnel.say("Back to live")
            self.funnel.look(replace(self.funnel.view, at=None))
