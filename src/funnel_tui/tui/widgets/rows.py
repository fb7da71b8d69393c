"""A list of conversations that draws only the lines on screen, however many there are."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from textual import events

from funnel_tui.charts.cells import Line, join, style
from funnel_tui.model.values import ConversationRow, MetricSpec
from funnel_tui.tui.listing import Column, columns, fitted, matching, orders, row_line, title_line
from funnel_tui.tui.messages import RowOpened

from .frame import frame, inner_size
from .lines import LineView
from .pane import highlight
from .panes import scrolled


class RowList(LineView):
    """Conversations with a cursor. The cursor stands on a conversation, not on a place: it survives new rows."""

    def __init__(self) -> None:
        super().__init__(id="rows")
        self.metric: MetricSpec | None = None
        self.zone = ZoneInfo("UTC")
        self.now = 0
        self.loaded = False
        self.message = ""
        """Said instead of rows, where there are none."""
        self.words = ""
        self._all: tuple[ConversationRow, ...] = ()
        self._shown: tuple[ConversationRow, ...] = ()
        self._cut = False
        self._order = 0
        self._cursor = 0
        self._top = 0
        self._columns: tuple[Column, ...] = ()

    @property
    def current(self) -> ConversationRow | None:
        return self._shown[self._cursor] if self._shown else None

    @property
    def shown_count(self) -> int:
        return len(self._shown)

    @property
    def total(self) -> int:
        return len(self._all)

    @property
    def order_words(self) -> str:
        found = orders(self.metric, self._all)
        return found[self._order % len(found)].words

    def show(
        self, rows: Sequence[ConversationRow], cut: bool, metric: MetricSpec | None, zone: ZoneInfo, now: int
    ) -> None:
        """Other rows: the cursor stays on its conversation, and that one on its line of the screen."""
        self._all, self._cut = tuple(rows), cut
        self.metric, self.zone, self.now, self.loaded = metric, zone, now, True
        self._arrange()

    def sort_next(self) -> None:
        self._order += 1
        self._arrange()

    def filter(self, words: str) -> None:
        self.words = words
        self._arrange()

    def move(self, lines: int) -> None:
        self.go(self._cursor + lines)

    def page(self, pages: int) -> None:
        self.move(pages * max(1, self._lines - 1))

    def go(self, place: int) -> None:
        """To a line of the whole list; negative counts from the end."""
        count = len(self._shown)
        self._cursor = count - 1 if place == -1 and count else max(0, min(place, count - 1))
        self.redraw()

    @property
    def _lines(self) -> int:
        return max(1, inner_size(*self.size, boxed=True)[1] - 1)

    def _arrange(self) -> None:
        kept = self.current
        offset = self._cursor - self._top
        found = orders(self.metric, self._all)
        order = found[self._order % len(found)]
        self._shown = tuple(sorted(matching(self._all, self.words), key=order.key))
        self._columns = ()
        place = _place(kept, self._shown)
        if place is None:
            place = min(self._cursor, max(0, len(self._shown) - 1))
        self._cursor, self._top = place, max(0, place - offset)
        self.redraw()

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        inner_width, inner_height = inner_size(width, height, boxed=True)
        if not self._columns:
            room = inner_width - 1
            self._columns = fitted(columns(room, self.metric, self._all, self.zone, self.now), room)
        lines = inner_height - 1
        self._top = scrolled(self._top, self._cursor, lines, len(self._shown))
        body = [title_line(self._columns, inner_width)]
        for index in range(self._top, min(self._top + lines, len(self._shown))):
            line = row_line(self._shown[index], self._columns, inner_width, active=index == self._cursor)
            body.append(highlight(line) if index == self._cursor else line)
        marked = self._cursor - self._top + 1 if self._shown else None
        if not self._shown:
            body = [join((), inner_width), join([(f" {self._nothing()}", style("muted"))], inner_width)]
        note = f"{self._cursor + 1:,} of {len(self._shown):,}" if self._shown else ""
        return frame(
            self._title(), body, width, height, boxed=True, role="human", active=True, note=note, marked=marked
        )

    def on_resize(self, event: events.Resize) -> None:
        self._columns = ()
        super().on_resize(event)

    def _title(self) -> str:
        if not self.loaded:
            return "CONVERSATIONS"
        count = f"{'LATEST ' if self._cut else ''}{len(self._shown):,}"
        noun = "CONVERSATION" if len(self._all) == 1 else "CONVERSATIONS"
        if self.words:
            return f"{count} OF {len(self._all):,} {noun} WITH “{self.words}”, {self.order_words}"
        return f"{count} {noun}, {self.order_words}" if self._all else f"{count} {noun}"

    def _nothing(self) -> str:
        if not self.loaded:
            return self.message or "reading the conversations …"
        if self.words and self._all:
            return f"None of {len(self._all):,} contains “{self.words}”. Esc shows all again."
        return self.message or "No conversations stand behind this number."

    def on_click(self, event: events.Click) -> None:
        place = self._top + event.y - 2
        if not 0 <= place < len(self._shown) or event.y < 2:
            return
        again = place == self._cursor and event.chain > 1
        self.go(place)
        if again and self.current is not None:
            self.post_message(RowOpened(self.current))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.move(-3)


def _place(kept: ConversationRow | None, rows: Sequence[ConversationRow]) -> int | None:
    """Where a row stands now. A conversation may stand for several items: the very same row goes before namesakes."""
    if kept is None:
        return None
    namesakes = [index for index, row in enumerate(rows) if row.id == kept.id and row.source == kept.source]
    return next((index for index in namesakes if rows[index] == kept), namesakes[0] if namesakes else None)
