"""What stands behind a number: as many items as the number says, split, over time, each one Enter from its timeline."""

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from funnel_tui.model.items import Item, Items, ReaderRow, TeammateRow
from funnel_tui.model.local import LOCAL
from funnel_tui.model.places import Place
from funnel_tui.model.values import ConversationRow, MetricValue, Unit
from funnel_tui.tui.among import among
from funnel_tui.tui.answers import Answer, ItemsReady, LoadFailed
from funnel_tui.tui.bindings import BROWSE_KEY, TURN_KEYS, Key, to_bindings
from funnel_tui.tui.grid import Grid, Shape, columns, pane, rows
from funnel_tui.tui.layout import Plan, Planner
from funnel_tui.tui.questions import ItemsAsked
from funnel_tui.tui.widgets.drill import ItemsPane, PartsPane, TrendPane, WorthPane
from funnel_tui.tui.widgets.footer import Footer
from funnel_tui.tui.widgets.header import Header
from funnel_tui.tui.widgets.header_lines import HeaderData
from funnel_tui.tui.widgets.headline import Headline
from funnel_tui.tui.widgets.panes import Panes, PaneView
from funnel_tui.tui.widgets.tabs import Tabs
from funnel_tui.tui.widgets.too_small import TooSmall

from .panes import PanesScreen

_LAYER_WORDS = {
    "proactive": "Proactive",
    "selfserve": "Self-serve",
    "human": "Human",
    "queue": "Queue",
    "internal": "Internal",
    "savings": "Savings",
}
_HEAD = pane("summary", fixed=1)


def _grid(*charts: str) -> Grid:
    """The charts side by side over the list; by tabs where there is no room."""
    top = columns(*(pane(name) for name in charts))
    return Grid(
        ("items", *charts),
        (
            Shape(160, 44, rows(_HEAD, columns(*top.parts, fixed=16), pane("items"))),
            Shape(100, 30, rows(_HEAD, columns(*top.parts, fixed=11), pane("items"))),
        ),
        head="summary",
        head_height=1,
    )


_TIMED, _COUNTED = _grid("parts", "trend", "spread"), _grid("parts", "trend")


class DrillScreen(PanesScreen):
    FIRST: ClassVar[str] = "items"
    KEYS: ClassVar[tuple[Key, ...]] = (BROWSE_KEY, *TURN_KEYS[:1], *PanesScreen.KEYS)
    BINDINGS: ClassVar[list[BindingType]] = to_bindings((BROWSE_KEY, *TURN_KEYS[:1]))

    def __init__(self, place: Place, crumbs: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.place = place
        self.found: Items | None = None
        self._above = crumbs
        self._wanted: ItemsAsked | None = None
        self._spread = False

    @property
    def planner(self) -> Planner:
        return self._plan

    def _plan(self, width: int, height: int, active: str | None, zoomed: str | None) -> Plan:
        return (_TIMED if self._spread else _COUNTED).plan(width, height, active, zoomed)

    def make_panes(self) -> Iterable[PaneView]:
        return ItemsPane(), PartsPane(), TrendPane(), WorthPane()

    def compose(self) -> ComposeResult:
        panes = Panes(
            self.planner, Header(id="header"), Headline(self.place), Tabs(), *self.make_panes(), TooSmall(), Footer()
        )
        panes.surround(self.head, self.foot)
        panes.follow(self.active)
        yield panes

    @property
    def list(self) -> ItemsPane:
        return self.query_one(ItemsPane)

    @property
    def crumbs(self) -> tuple[str, ...]:
        metric = self._number()
        label = "Where they went" if self.place.path else metric.spec.label if metric else self.place.metric
        above = self._above or (_LAYER_WORDS.get(self.place.metric.split(".")[0], "Overview"),)
        return (*above, label, *((self.place.words,) if self.place.words else ()))

    def _number(self) -> MetricValue | None:
        """As the report has it; of a figure that only a table has, what it is."""
        report, own = self.funnel.report, LOCAL.get(self.place.metric)
        found = report.metrics.get(self.place.metric) if report else None
        return found or (MetricValue(own, None) if own else None)

    def current_metric(self) -> MetricValue | None:
        return self.here.metric() or self._part()

    def _part(self) -> MetricValue | None:
        """The number; of a part of it what is known is how many there are."""
        metric = self._number()
        if metric is None or self.place == Place(self.place.metric):
            return metric
        count = self.found.total if self.found and metric.spec.unit is Unit.COUNT else None
        return MetricValue(
            metric.spec, count, n=self.found.total if self.found else None, quality=metric.quality, reason=metric.reason
        )

    def copy_text(self) -> str | None:
        row = self.list.current
        if self.active == "items" and row is not None:
            return _address(row.item) or row.item.id
        return super().copy_text()

    # What is shown

    def header_data(self) -> HeaderData:
        """The period stands beside the breadcrumb, but for what has days of its own."""
        return replace(super().header_data(), dated=self.place.span is None)

    def report_changed(self) -> None:
        super().report_changed()
        self._show_headline()
        self._wanted = ItemsAsked(self.funnel.view, self.place)
        self.funnel.loader.ask(self._wanted)

    def _show_headline(self) -> None:
        line = self.query_one(Headline)
        line.metric, line.found = self._number(), self.found
        line.redraw()

    def answered(self, answer: Answer) -> None:
        match answer:
            case ItemsReady(asked, items) if asked == self._wanted:
                self._show(items)
            case LoadFailed("items", reason) if self.found is None:
                self.list.message = reason
                self.list.redraw()

    def _show(self, items: Items) -> None:
        metric = self._number()
        spec = metric.spec if metric else None
        fresh, self.found = self.found is None, items
        self.list.show(items, spec, self.funnel.clock(), fresh=fresh)
        self.query_one(PartsPane).show(items, self.place, spec)
        self.query_one(TrendPane).place_above = self.place
        spread = self.query_one(WorthPane).weigh(items, self.place, spec, self.funnel.settings.targets)
        if spread != self._spread:
            self._spread = spread
            self.panes.replan()
        self.show_cursor()
        self._show_headline()
        for view in self.query(PaneView):
            view.redraw()

    # Keys

    def action_drill(self) -> None:
        if self.active != "items":
            super().action_drill()
            return
        row = self.list.current
        if row is not None:
            self._open(row.item)

    def _open(self, item: Item) -> None:
        from .timeline import TimelineScreen

        conversation = _conversation(item)
        if conversation is not None:
            others = among(self.list, lambda row: _conversation(row.item), conversation)
            self.app.push_screen(TimelineScreen(conversation, (*self.crumbs, conversation.id), others))
            return
        match item:
            case TeammateRow():
                filters = (("agent", (f"{item.source}/{item.id}",)),)
                self.open(Place("queue.open", filters, words=item.name))
            case _:
                self.funnel.say("No conversation belongs to it")

    def action_group(self) -> None:
        here = self.here
        parts = here if isinstance(here, PartsPane) else self.query_one(PartsPane)
        self.funnel.say(parts.turn() or "All of one kind: there is nothing to split by")

    def action_browse(self) -> None:
        row = self.list.current
        if row is not None:
            self.funnel.browse(_address(row.item))


def _address(item: Item) -> str | None:
    return item.url if isinstance(item, ConversationRow) else None


def _conversation(item: Item) -> ConversationRow | None:
    """The conversation that an item is, or that followed it."""
    if isinstance(item, ReaderRow) and item.conversation is not None:
        return _unknown(item.source, item.conversation)
    return item if isinstance(item, ConversationRow) else None


def _unknown(source: str, id: str) -> ConversationRow:
    """A conversation of which only its name is known yet: its timeline brings the rest."""
    return ConversationRow(source, id, None, None, "", None, None, None, (), None, None, None, None, None)
