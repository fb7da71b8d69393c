"""The line that says which conversation this is."""

from funnel_tui.charts.cells import Canvas, Line, style
from funnel_tui.model.values import ConversationRow
from funnel_tui.tui.text import steady

from .lines import LineView


class Subject(LineView):
    def __init__(self, row: ConversationRow) -> None:
        super().__init__(id="subject")
        self.row = row
        self.place: tuple[int, int] | None = None
        """Which one of how many of its list."""

    def show(self, row: ConversationRow, place: tuple[int, int] | None = None) -> None:
        self.row, self.place = row, place
        self.redraw()

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        canvas = Canvas(width, 1)
        where = f"{self.place[0]:,} of {self.place[1]:,}" if self.place else ""
        room = width - (len(where) + 3 if where else 1)
        canvas.write(room + 2, 0, where, style("muted"))
        subject = steady(self.row.subject or self.row.excerpt or "(no subject)")
        x = canvas.write(1, 0, subject, style("text", bold=True), width=room - 1)
        tags = " ".join(f"#{steady(tag)}" for tag in self.row.tags)
        if tags and x + 4 < room:
            canvas.write(x + 2, 0, tags, style("muted"), width=room - x - 2)
        return canvas.lines()
