"""The conversations behind a number: as many as the number says, sorted, each one Enter away from its timeline."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType

from funnel_tui.model.boards import Items, Place
from funnel_tui.model.values import ConversationRow, MetricValue
from funnel_tui.tui.answers import Answer, ItemsReady, LoadFailed
from funnel_tui.tui.bindings import (
    BACK_KEY,
    BROWSE_KEY,
    DEFINITION_KEY,
    LIST_KEYS,
    PERIOD_KEYS,
    ROW_KEYS,
    SCREEN_KEYS,
    Key,
    to_bindings,
)
from funnel_tui.tui.messages import RowOpened
from funnel_tui.tui.questions import ItemsAsked
from funnel_tui.tui.widgets.footer import Footer
from funnel_tui.tui.widgets.header import Header
from funnel_tui.tui.widgets.rows import RowList
from funnel_tui.tui.widgets.summary import Summary

from .base import FunnelScreen

_LAYER_WORDS = {
    "proactive": "Proactive",
    "selfserve": "Self-serve",
    "human": "Human",
    "queue": "Queue",
    "internal": "Internal",
    "savings": "Savings",
}

TALL = 34
"""Lines from which on there is room for more than the number and the list."""


class DrillScreen(FunnelScreen):
    KEYS: ClassVar[tuple[Key, ...]] = (
        *ROW_KEYS,
        BROWSE_KEY,
        DEFINITION_KEY,
        BACK_KEY,
        *LIST_KEYS,
        *PERIOD_KEYS,
        *SCREEN_KEYS,
    )
    BINDINGS: ClassVar[list[BindingType]] = to_bindings((*LIST_KEYS, *ROW_KEYS, BROWSE_KEY, DEFINITION_KEY))

    def __init__(self, place: Place, crumbs: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.at = place
        self.metric = place.metric
        self._above = crumbs
        self._wanted: ItemsAsked | None = None

    def compose(self) -> ComposeResult:
        yield Header(id="header")
        yield Summary()
        yield RowList()
        yield Footer()

    @property
    def list(self) -> RowList:
        return self.query_one(RowList)

    @property
    def crumbs(self) -> tuple[str, ...]:
        metric = self.current_metric()
        label = metric.spec.label if metric else self.metric
        above = self._above or (_LAYER_WORDS.get(self.metric.split(".")[0], "Overview"),)
        return (*above, label, *((self.at.words,) if self.at.words else ()))

    def on_mount(self) -> None:
        super().on_mount()
        self._show_summary()
        self._ask()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height >= TALL, "-tall")

    def current_metric(self) -> MetricValue | None:
        report = self.funnel.report
        return report.metrics.get(self.metric) if report else None

    def copy_text(self) -> str | None:
        row = self.list.current
        return (row.url or row.id) if row else super().copy_text()

    def report_changed(self) -> None:
        super().report_changed()
        self._show_summary()
        self._ask()

    def _ask(self) -> None:
        self._wanted = ItemsAsked(self.funnel.view, self.at)
        self.funnel.loader.ask(self._wanted)

    def _show_summary(self) -> None:
        summary = self.query_one(Summary)
        summary.metric, summary.report = self.current_metric(), self.funnel.report
        summary.redraw()

    def answered(self, answer: Answer) -> None:
        match answer:
            case ItemsReady(asked, items) if asked == self._wanted:
                self._show(items)
            case LoadFailed("items", reason) if not self.list.loaded:
                self.list.message = reason
                self.list.redraw()

    def _show(self, items: Items) -> None:
        report = self.funnel.report
        zone = report.period.zone if report else self.funnel.settings.zone
        metric = self.current_metric()
        self.list.message = items.reason or _why_empty(self.metric)
        rows = tuple(row for row in items.rows if isinstance(row, ConversationRow))
        self.list.show(rows, items.total > len(items.rows), metric.spec if metric else None, zone, self.funnel.clock())
        summary = self.query_one(Summary)
        summary.rows = rows
        summary.redraw()

    def action_cursor(self, lines: int) -> None:
        self.list.move(lines)

    def action_page(self, pages: int) -> None:
        self.list.page(pages)

    def action_jump(self, place: int) -> None:
        self.list.go(place)

    def action_sort(self) -> None:
        self.list.sort_next()

    def action_filter(self) -> None:
        from .ask import AskWords

        self.app.push_screen(AskWords(self.list.words, self.list.filter), self._words_chosen)

    def _words_chosen(self, words: str | None) -> None:
        self.list.filter(words or "")

    def action_open(self) -> None:
        if self.list.current is not None:
            self._open(self.list.current)

    def _open(self, row: ConversationRow) -> None:
        from .timeline import TimelineScreen

        self.app.push_screen(TimelineScreen(row, (*self.crumbs, row.id)))

    @on(RowOpened)
    def _opened(self, message: RowOpened) -> None:
        self._open(message.row)

    def action_browse(self) -> None:
        if self.list.current is not None:
            self.funnel.browse(self.list.current.url)

    def action_back(self) -> None:
        if self.list.words:
            self.list.filter("")
        else:
            super().action_back()


def _why_empty(metric: str) -> str:
    layer = metric.split(".")[0]
    if layer == "proactive":
        return "Proactive messages are not conversations: there is nothing to list. d says what is counted."
    if metric.startswith("selfserve.article") or metric == "selfserve.seekers":
        return "Readers of articles are not conversations: there is nothing to list. d says what is counted."
    if layer == "savings" or metric == "queue.on_duty":
        return "No conversations stand behind this number. d says how it is made."
    return ""
