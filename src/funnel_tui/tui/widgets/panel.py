"""A framed text that floats over the screen: definitions, help, short questions."""

from collections.abc import Sequence

from funnel_tui.charts.cells import Canvas, Line, Style, cell_width, cut, style
from funnel_tui.tui.text import steady

from .frame import frame
from .lines import LineView

Part = tuple[str, str]
"""Text and role; a role that ends in `!` is bold."""


def wrap(text: str, width: int) -> list[str]:
    """Text in lines of at most `width` cells, broken at spaces where it can be; line breaks of the text are kept."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in steady(paragraph).split():
            while cell_width(word) > width:
                if line:
                    lines.append(line)
                    line = ""
                head = cut(word, width, ellipsis="") or word[0]
                lines.append(head)
                word = word[len(head) :]
            joined = f"{line} {word}" if line else word
            if cell_width(joined) <= width:
                line = joined
            else:
                lines.append(line)
                line = word
        lines.append(line)
    return lines


class Panel(LineView):
    """Lines of parts under a title. Its height follows from its content, up to the screen's."""

    def __init__(self, title: str, rows: Sequence[Sequence[Part]], *, role: str = "text", note: str = "") -> None:
        super().__init__(id="panel")
        self.title = title
        self.rows = rows
        self.role = role
        self.note = note
        self.top = 0

    def scroll_by(self, lines: int) -> None:
        self.top = max(0, min(self.top + lines, len(self.rows) - (self.size.height - 2)))
        self.redraw()

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        inner = width - 3
        body = []
        for row in self.rows[self.top : self.top + height - 2]:
            canvas = Canvas(inner, 1)
            x = 0
            for text, role in row:
                x = canvas.write(x, 0, text, look(role))
            body.append(canvas.lines()[0])
        more = len(self.rows) > self.top + height - 2
        return frame(
            self.title,
            body,
            width,
            height,
            boxed=True,
            role=self.role,
            active=True,
            note="↓ more" if more else self.note,
        )


def look(role: str) -> Style:
    return style(role.rstrip("!") or None, bold=role.endswith("!"))
