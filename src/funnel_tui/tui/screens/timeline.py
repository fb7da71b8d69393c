"""One conversation from its first message to now."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from funnel_tui.model.values import ConversationRow
from funnel_tui.tui.answers import Answer, LoadFailed, TimelineReady
from funnel_tui.tui.bindings import BACK_KEY, BROWSE_KEY, LIST_KEYS, Key, to_bindings
from funnel_tui.tui.questions import TimelineAsked
from funnel_tui.tui.widgets.footer import Footer
from funnel_tui.tui.widgets.header import Header
from funnel_tui.tui.widgets.story import Story
from funnel_tui.tui.widgets.subject import Subject

from .base import FunnelScreen


class TimelineScreen(FunnelScreen):
    KEYS: ClassVar[tuple[Key, ...]] = (BROWSE_KEY, BACK_KEY, *LIST_KEYS)
    BINDINGS: ClassVar[list[BindingType]] = to_bindings((*LIST_KEYS, BROWSE_KEY))

    def __init__(self, row: ConversationRow, crumbs: tuple[str, ...]) -> None:
        super().__init__()
        self.row = row
        self._crumbs = crumbs

    def compose(self) -> ComposeResult:
        yield Header(id="header")
        yield Subject(self.row)
        yield Story()
        yield Footer()

    @property
    def crumbs(self) -> tuple[str, ...]:
        return self._crumbs

    @property
    def story(self) -> Story:
        return self.query_one(Story)

    def on_mount(self) -> None:
        super().on_mount()
        self._ask()

    def report_changed(self) -> None:
        super().report_changed()
        self._ask()

    def _ask(self) -> None:
        view = self.funnel.view
        at = view.at if view.at is not None else self.funnel.clock()
        self.funnel.loader.ask(TimelineAsked(self.row.source, self.row.id, at))

    def answered(self, answer: Answer) -> None:
        match answer:
            case TimelineReady(TimelineAsked(self.row.source, self.row.id, _), timeline):
                if timeline is not None and timeline.row != self.row:
                    self.row = timeline.row
                    self.query_one(Subject).show(timeline.row)
                report = self.funnel.report
                zone = report.period.zone if report else self.funnel.settings.zone
                self.story.show(timeline, zone, self.funnel.clock())
            case LoadFailed("timeline", reason):
                self.funnel.say(reason)

    def copy_text(self) -> str | None:
        return self.row.url or self.row.id

    def action_cursor(self, lines: int) -> None:
        self.story.move(lines)

    def action_page(self, pages: int) -> None:
        self.story.page(pages)

    def action_jump(self, place: int) -> None:
        self.story.go(place)

    def action_browse(self) -> None:
        self.funnel.browse(self.row.url)
