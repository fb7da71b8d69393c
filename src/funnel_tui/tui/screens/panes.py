"""A screen of panes with one cursor: arrows lead through a pane and on to its neighbours, Enter opens what it is on."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType

from funnel_tui.model.places import Place
from funnel_tui.model.values import MetricValue
from funnel_tui.tui.bindings import DEFINITION_KEY, JUMP_KEYS, MOVE_KEYS, PANE_KEYS, Key, to_bindings
from funnel_tui.tui.layout import FRAMING, Planner, neighbour
from funnel_tui.tui.messages import Picked, Wheeled
from funnel_tui.tui.widgets.chart import ChartPane
from funnel_tui.tui.widgets.footer import Footer, Hint
from funnel_tui.tui.widgets.header import Header
from funnel_tui.tui.widgets.panes import Panes, PaneView
from funnel_tui.tui.widgets.table import TablePane
from funnel_tui.tui.widgets.tabs import Tabs
from funnel_tui.tui.widgets.too_small import TooSmall

from .base import FunnelScreen


class PanesScreen(FunnelScreen):
    """Made of `make_panes`, laid out by `planner`. Subclasses say what a pane shows."""

    KEYS: ClassVar[tuple[Key, ...]] = (*MOVE_KEYS, *JUMP_KEYS, *PANE_KEYS, DEFINITION_KEY, *FunnelScreen.KEYS)
    BINDINGS: ClassVar[list[BindingType]] = to_bindings((*MOVE_KEYS, *JUMP_KEYS, *PANE_KEYS, DEFINITION_KEY))
    FIRST: ClassVar[str] = ""
    """The pane that the cursor begins in."""

    def __init__(self) -> None:
        super().__init__()
        self.active = self.FIRST
        """The pane with the cursor: a name, not a place, so that nothing moves it but the person."""

    @property
    def planner(self) -> Planner:
        raise NotImplementedError

    def make_panes(self) -> Iterable[PaneView]:
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        panes = Panes(self.planner, Header(id="header"), Tabs(), *self.make_panes(), TooSmall(), Footer())
        panes.surround(self.head, self.foot)
        panes.follow(self.active)
        yield panes

    def on_mount(self) -> None:
        super().on_mount()
        self.report_changed()

    @property
    def panes(self) -> Panes:
        return self.query_one(Panes)

    def pane(self, name: str) -> PaneView:
        return self.query_one(f"#{name}", PaneView)

    @property
    def here(self) -> PaneView:
        """The pane with the cursor."""
        return self.pane(self.active)

    @property
    def cursor(self) -> tuple[str, str | None]:
        """The pane with the cursor, and what it is on there."""
        return self.active, self.here.selected

    def hints(self) -> Sequence[Hint]:
        here = self.here
        tabled = here.words is not None
        found: list[Hint] = []
        depth, past = len(self.funnel.funnel_screens), self.funnel.view.at is not None
        for hint in super().hints():
            if hint[2] in ("sort", "filter") and not tabled:
                continue
            if hint[2] == "back" and not (self.panes.zoomed or depth > 1 or past):
                continue
            if hint[2] == "back" and past and not self.panes.zoomed and depth == 1:
                found.insert(0, (hint[0], "live again", "back"))
                continue
            found.append(hint)
        return found

    # What is shown

    def report_changed(self) -> None:
        for pane in self.query(PaneView):
            pane.report = self.funnel.report
            self.fill(pane)
        self.state_changed()
        self.show_cursor()
        for pane in self.query(PaneView):
            pane.redraw()

    def fill(self, pane: PaneView) -> None:
        """The report, or the board, is another one: give a pane its rows. It is drawn afterwards."""

    def state_changed(self) -> None:
        self.panes.surround(self.head, self.foot)
        super().state_changed()
        if self.funnel.report is None:
            for chart in self.query(ChartPane):
                chart.redraw()

    def current_metric(self) -> MetricValue | None:
        return self.here.metric()

    def copy_text(self) -> str | None:
        return self.here.copy_text() or super().copy_text()

    # The cursor

    def show_cursor(self) -> None:
        """The cursor in its pane; where that has no place at this size, in another."""
        if not self.composed:
            return
        panes = self.panes
        reachable = (*panes.shown, *panes.plan.tabs)
        if self.active not in reachable and reachable and not panes.plan.too_small:
            self.active = self.FIRST if self.FIRST in reachable else reachable[0]
        panes.follow(self.active)
        for pane in self.query(PaneView):
            pane.focus_on(pane.pane == self.active)
        tabs = [(name, self.pane(name).TITLE, self.pane(name).ROLE) for name in panes.plan.tabs]
        self.query_one(Tabs).show(tabs, panes.tab)
        self.cursor_moved()
        self.show_hints()

    def cursor_moved(self) -> None:
        """The cursor is on something else."""

    def on_resize(self, event: events.Resize) -> None:
        # The pane with the cursor may have no place at the new size.
        self.call_after_refresh(self.show_cursor)

    def action_move(self, dx: int, dy: int) -> None:
        here = self.here
        if here.move(dx, dy):
            self.cursor_moved()
            return
        slots = self.panes.plan.slots
        if self.panes.zoomed or self.active not in slots:
            return
        following = neighbour(slots, self.active, dx, dy)
        if following is None:
            return
        # Sideways the cursor stays at its height on the screen; up and down it enters at the near end.
        line = slots[self.active].y + here.line - slots[following].y
        self.pane(following).enter(dx, dy, line)
        self.go(following)

    def action_page(self, pages: int) -> None:
        if self.here.page(pages):
            self.cursor_moved()

    def action_jump(self, place: int) -> None:
        if self.here.jump(place):
            self.cursor_moved()

    def action_next_pane(self, step: int) -> None:
        plan = self.panes.plan
        shown = sorted(self.panes.shown, key=lambda name: (plan.slots[name].y, plan.slots[name].x))
        order = [name for name in shown if name not in plan.tabs] + list(plan.tabs)
        if self.active in order and not self.panes.zoomed:
            self.go(order[(order.index(self.active) + step) % len(order)])

    def go(self, pane: str, item: str | None = None) -> None:
        """The cursor goes to a pane, and to an item in it if one is named."""
        self.active = pane
        if item is not None:
            self.pane(pane).select(item)
        self.show_cursor()

    def action_drill(self) -> None:
        here = self.here
        place = here.place()
        if place is not None:
            self.open(place)
        elif isinstance(here, ChartPane) and not here.alone:
            self.action_zoom()

    def open(self, place: Place) -> None:
        self.funnel.drill(place, self.crumbs)

    def action_zoom(self) -> None:
        self.panes.zoom(None if self.panes.zoomed is not None else self.active)
        self.call_after_refresh(self.show_cursor)

    def action_sort(self) -> None:
        said = self.here.sort()
        self.funnel.say(said or "Nothing to sort here: move the cursor into a table")

    def action_filter(self) -> None:
        from .ask import AskWords

        here = self.here
        if here.words is None:
            self.funnel.say("Nothing to search here: move the cursor into a table")
        else:
            here.prepare_words()
            self.app.push_screen(AskWords(here.words, here.narrow), lambda words: here.narrow(words or ""))

    def action_back(self) -> None:
        here = self.here
        if here.words:
            here.narrow("")
        elif self.panes.zoomed is not None:
            self.action_zoom()
        else:
            super().action_back()

    @on(Picked)
    def _picked(self, message: Picked) -> None:
        if message.pane in FRAMING or not self.composed:
            return
        self.go(message.pane)
        if message.open:
            self.action_drill()

    @on(Wheeled)
    def _wheeled(self, message: Wheeled) -> None:
        """The wheel moves the cursor inside its pane; elsewhere it does nothing, so that nothing jumps."""
        if message.pane == self.active and self.composed:
            step = 3 * message.lines if isinstance(self.here, TablePane) else message.lines
            for _ in range(abs(step)):
                self.here.move(0, 1 if step > 0 else -1)
            self.cursor_moved()
