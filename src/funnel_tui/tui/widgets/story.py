"""One conversation's timeline in a frame, scrolled by lines."""

from bisect import bisect_right
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from textual import events

from funnel_tui.charts.cells import Canvas, Line, cell_width, cut, style
from funnel_tui.model.values import Timeline
from funnel_tui.tui.dates import moment_words
from funnel_tui.tui.story import TEXT, Told, running_lines, tell
from funnel_tui.tui.text import steady
from funnel_tui.tui.waits import Terms, Waits

from .frame import frame, inner_size
from .lines import LineView


class Story(LineView):
    """What stands at the top stays there while news come and sizes change."""

    def __init__(self) -> None:
        super().__init__(id="story")
        self.timeline: Timeline | None = None
        self.missing = False
        self.terms = Terms(ZoneInfo("UTC"))
        self.now = 0
        self.top = 0
        self.words = ""
        """What was searched for."""
        self.match = 0
        """Which of the matches is at hand."""
        self._told = Told()

    def show(self, timeline: Timeline | None, terms: Terms, now: int) -> None:
        if timeline is not None and timeline == self.timeline and terms == self.terms:
            self.age(now)
            return
        self.timeline, self.missing, self.terms, self.now = timeline, timeline is None, terms, now
        self._tell()
        self.redraw()

    def clear(self) -> None:
        """Another conversation is on its way."""
        self.timeline, self.missing, self.top, self.match = None, False, 0, 0
        self._tell()
        self.redraw()

    def age(self, now: int) -> None:
        """So late it is: the wait that runs has grown, nothing else."""
        if now == self.now or self.timeline is None:
            return
        self.now = now
        if self.timeline.row.waiting_since is not None and self._told.height:
            waits = Waits(self.timeline, self.terms, now)
            if not self._told.replace_last(running_lines(waits, inner_size(*self.size, boxed=True)[0], now)):
                self._tell()
            self.redraw()

    # Scrolling

    def move(self, lines: int) -> None:
        self.go(self.top + lines)

    def page(self, pages: int) -> None:
        self.move(pages * max(1, self.size.height - 3))

    def go(self, line: int) -> None:
        last = max(0, self._told.height - inner_size(*self.size, boxed=True)[1])
        self.top = last if line == -1 else max(0, min(line, last))
        self.redraw()

    # Searching

    @property
    def matches(self) -> int:
        return len(self._told.matches)

    def find(self, words: str) -> None:
        """Mark words, and go to the first entry from here on that has all of them."""
        self.words = " ".join(words.split())
        self._tell()
        found = [place for place, line in enumerate(self._told.matches) if line >= self.top]
        self.match = found[0] if found else 0
        self._go_to_match()

    def next_match(self, step: int) -> None:
        if self.matches:
            self.match = (self.match + step) % self.matches
            self._go_to_match()

    def _go_to_match(self) -> None:
        if self.matches:
            line, room = self._told.matches[self.match], inner_size(*self.size, boxed=True)[1]
            if not self.top <= line < self.top + room - 1:
                self.go(line - room // 3)
        self.redraw()

    # Drawing

    def on_resize(self, event: events.Resize) -> None:
        self._tell()
        super().on_resize(event)

    def _tell(self) -> None:
        """The lines for this size; the entry at the top stays there."""
        width, height = inner_size(*self.size, boxed=True)
        before = self._told.entries
        entry = max(0, bisect_right(before, self.top) - 1)
        offset = self.top - before[entry] if before else self.top
        if self.timeline is None or width <= TEXT + 4:
            self._told = Told()
            return
        self._told = tell(self.timeline, width, self.terms, self.now, self.words)
        if before and entry < len(self._told.entries):
            self.top = self._told.entries[entry] + offset
        self.top = max(0, min(self.top, self._told.height - height))
        self.match = max(0, min(self.match, self.matches - 1))

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        inner_width, inner_height = inner_size(width, height, boxed=True)
        body: Sequence[Line] = self._told.part(self.top, inner_height)
        if not self._told.height:
            text = "This conversation is not in the cache any more." if self.missing else "reading the conversation …"
            canvas = Canvas(inner_width, 2)
            canvas.write(1, 1, text, style("muted"))
            body = canvas.lines()
        note = self._note(self._told.height - self.top - inner_height)
        marked = None
        if self.words and self.matches and 0 <= self._told.matches[self.match] - self.top < inner_height:
            marked = self._told.matches[self.match] - self.top
        title = cut(self._title(), max(16, width - cell_width(note) - 8))
        return frame(title, body, width, height, boxed=True, role="human", active=True, note=note, marked=marked)

    def _note(self, more: int) -> str:
        parts = []
        if self.words:
            found = f"{self.match + 1} of {self.matches}" if self.matches else "not found"
            parts.append(f"“{steady(self.words)}” {found}")
        if more > 0:
            parts.append(f"↓ {more:,} more line{'' if more == 1 else 's'}")
        return " · ".join(parts)

    def _title(self) -> str:
        if self.timeline is None:
            return "CONVERSATION"
        row = self.timeline.row
        begun = moment_words(row.created_at, self.terms.zone, self.now) if row.created_at else ""
        parts = (row.state.replace("_", " "), row.channel, row.team, row.agent, begun)
        return steady(" · ".join((row.id, *(part for part in parts if part))))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.move(-3)
