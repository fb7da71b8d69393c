"""The line that says which conversation this is."""

from funnel_tui.charts.cells import Canvas, Line, style
from funnel_tui.model.values import ConversationRow
from funnel_tui.tui.text import steady

from .lines import LineView


class Subject(LineView):
    def __init__(self, row: ConversationRow) -> None:
        super().__init__(id="subject")
        self.row = row

    def show(self, row: ConversationRow) -> None:
        self.row = row
        self.redraw()

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        canvas = Canvas(width, 1)
        x = canvas.write(
            1,
            0,
            steady(self.row.subject or self.row.excerpt or "(no subject)"),
            style("text", bold=True),
            width=width - 2,
        )
        tags = " ".join(f"#{steady(tag)}" for tag in self.row.tags)
        if tags and x + 4 < width:
            canvas.write(x + 2, 0, tags, style("muted"), width=width - x - 3)
        return canvas.lines()
