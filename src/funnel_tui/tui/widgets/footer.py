"""The line at the bottom: the keys that work here, or for a moment what just happened."""

from collections.abc import Sequence

from textual import events

from funnel_tui.charts.cells import Canvas, Line, cell_width, style

from .lines import LineView

Hint = tuple[str, str, str]
"""Keys as they are spelt, the word beside them, the action that a click runs (empty: none)."""


def footer_line(hints: Sequence[Hint], width: int, notice: str = "") -> tuple[Line, tuple[tuple[int, int, str], ...]]:
    """The line and its places `[start, end)` to click. Hints that do not fit are left out from the end."""
    canvas = Canvas(width, 1)
    if notice:
        canvas.write(1, 0, notice, style("warn", bold=True), width=width - 2)
        return canvas.lines()[0], ()
    x, places = 1, []
    # Help and quit, the last two, always have their place.
    reserve = sum(cell_width(keys) + cell_width(word) + 3 for keys, word, _ in hints[-2:])
    for index, (keys, word, action) in enumerate(hints):
        needed = cell_width(keys) + cell_width(word) + 1
        limit = width - (reserve if index < len(hints) - 2 else 0)
        if x + needed > limit:
            continue
        start = x
        x = canvas.write(x, 0, keys, style("human", bold=True))
        x = canvas.write(x + 1, 0, word, style("muted"))
        places.append((start, x, action))
        x += 2
    return canvas.lines()[0], tuple(places)


class Footer(LineView):
    def __init__(self, hints: Sequence[Hint] = (), *, id: str = "footer") -> None:
        super().__init__(id=id)
        self.hints = tuple(hints)
        self.notice = ""
        self._places: tuple[tuple[int, int, str], ...] = ()

    def show(self, hints: Sequence[Hint]) -> None:
        self.hints = tuple(hints)
        self.redraw()

    def say(self, notice: str) -> None:
        self.notice = notice
        self.redraw()

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        line, self._places = footer_line(self.hints, width, self.notice)
        return (line,)

    async def on_click(self, event: events.Click) -> None:
        for start, end, action in self._places:
            if start <= event.x < end and action:
                await self.screen.run_action(action)
