"""One conversation from its first message to now."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from funnel_tui.model.values import ConversationRow
from funnel_tui.tui.among import Among
from funnel_tui.tui.answers import Answer, LoadFailed, TimelineReady
from funnel_tui.tui.bindings import BROWSE_KEY, LIST_KEYS, STORY_KEYS, Key, to_bindings
from funnel_tui.tui.questions import TimelineAsked
from funnel_tui.tui.waits import Terms
from funnel_tui.tui.widgets.footer import Footer, Hint
from funnel_tui.tui.widgets.header import Header
from funnel_tui.tui.widgets.story import Story
from funnel_tui.tui.widgets.subject import Subject

from .ask import AskWords
from .base import FunnelScreen


class AskFind(AskWords):
    placeholder = "words in the conversation …"


class TimelineScreen(FunnelScreen):
    """`among`: the list that it was opened from, if it was one."""

    KEYS: ClassVar[tuple[Key, ...]] = (*STORY_KEYS, BROWSE_KEY, *LIST_KEYS, *FunnelScreen.KEYS)
    BINDINGS: ClassVar[list[BindingType]] = to_bindings((*STORY_KEYS, BROWSE_KEY, *LIST_KEYS))

    def __init__(self, row: ConversationRow, crumbs: tuple[str, ...], among: Among | None = None) -> None:
        super().__init__()
        self.row = row
        self.among = among
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
    def called(self) -> str:
        return "Conversation"

    @property
    def story(self) -> Story:
        return self.query_one(Story)

    def hints(self) -> Sequence[Hint]:
        """Only what does something here."""
        missing = set()
        if self.among is None or len(self.among.rows) < 2:
            missing |= {"neighbour(1)", "neighbour(-1)"}
        if not (self.composed and self.story.words):
            missing |= {"match(1)", "match(-1)"}
        found = [hint for hint in super().hints() if hint[2] not in missing]
        # The period and its filters choose lists and numbers: of a conversation they change nothing.
        return [hint for hint in found if hint[2] not in ("compare", "filters")]

    def on_mount(self) -> None:
        super().on_mount()
        self._show_row()
        self._ask()

    def report_changed(self) -> None:
        super().report_changed()
        self._ask()

    def tick(self) -> None:
        super().tick()
        if self.funnel.view.at is None and self.funnel.live.paused_since is None:
            self.story.age(self.funnel.clock())

    def _ask(self) -> None:
        self.funnel.loader.ask(TimelineAsked(self.row.source, self.row.id, self._at))

    @property
    def _at(self) -> int:
        """The moment that is shown."""
        at = self.funnel.view.at
        return at if at is not None else self.funnel.clock()

    def answered(self, answer: Answer) -> None:
        match answer:
            case TimelineReady(TimelineAsked(self.row.source, self.row.id, _), timeline):
                if timeline is not None and timeline.row != self.row:
                    self.row = timeline.row
                    self._show_row()
                self.story.show(timeline, Terms.of(self.funnel.settings), self._at)
            case LoadFailed("timeline", reason):
                self.funnel.say(reason)

    def _show_row(self) -> None:
        place = None if self.among is None else (self.among.place + 1, len(self.among.rows))
        self.query_one(Subject).show(self.row, place)

    def copy_text(self) -> str | None:
        return self.row.url or self.row.id

    # Keys

    def action_cursor(self, lines: int) -> None:
        self.story.move(lines)

    def action_page(self, pages: int) -> None:
        self.story.page(pages)

    def action_jump(self, place: int) -> None:
        self.story.go(place)

    def action_browse(self) -> None:
        self.funnel.browse(self.row.url)

    def action_neighbour(self, step: int) -> None:
        """The next conversation of the list, or the one before."""
        if self.among is None:
            self.funnel.say("No list lies behind this conversation")
            return
        other = self.among.step(step)
        if other is None:
            self.funnel.say("The last one of the list" if step > 0 else "The first one of the list")
            return
        self.among, self.row = other, other.row
        other.follow(other.row)
        self._crumbs = (*self._crumbs[:-1], other.row.id)
        self.story.clear()
        self._show_row()
        self.show_header()
        self._ask()

    def action_find(self) -> None:
        self.app.push_screen(AskFind(self.story.words, self._find), lambda words: self._find(words or ""))

    def _find(self, words: str) -> None:
        self.story.find(words)
        self.show_hints()

    def action_match(self, step: int) -> None:
        if not self.story.words:
            self.funnel.say("Nothing was searched for: / finds words in the conversation")
        else:
            self.story.next_match(step)

    def action_back(self) -> None:
        if self.story.words:
            self._find("")
        else:
            super().action_back()
