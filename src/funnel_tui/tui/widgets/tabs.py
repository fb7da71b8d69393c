"""The names of the panes of which one at a time is shown, the present one marked."""

from collections.abc import Sequence

from textual import events

from funnel_tui.charts.cells import Canvas, Line, cell_width, style
from funnel_tui.tui.messages import Picked

from .lines import LineView


def tabs_line(
    tabs: Sequence[tuple[str, str, str]], active: str, width: int
) -> tuple[Line, tuple[tuple[int, int, str], ...]]:
    """The line, and where each tab stands `[start, end)`. `tabs` are (pane, title, role); those that do not fit on the
    right are shown once the cursor comes near."""
    names = [pane for pane, _, _ in tabs]
    sizes = [cell_width(title) + 3 for _, title, _ in tabs]
    first, here = 0, names.index(active) if active in names else 0
    while first < here and sum(sizes[first : here + 1]) + 2 * (first > 0) + 2 * (here + 1 < len(tabs)) > width:
        first += 1
    canvas = Canvas(width, 1)
    x, places = 0, []
    if first:
        x = canvas.write(0, 0, "‹ ", style("muted"))
    for index in range(first, len(tabs)):
        pane, title, role = tabs[index]
        if x + sizes[index] > width - 2 * (index + 1 < len(tabs)):
            canvas.write(width - 1, 0, "›", style("muted"))
            break
        chosen = index == here
        start = x
        x = canvas.write(x, 0, "[" if chosen else " ", style(role if chosen else "muted", bold=True))
        x = canvas.write(x, 0, title, style(role if chosen else "muted", bold=chosen))
        x = canvas.write(x, 0, "] " if chosen else "  ", style(role if chosen else "muted", bold=True))
        places.append((start, x, pane))
    return canvas.lines()[0], tuple(places)


class Tabs(LineView):
    """`show` says which there are; a click on one goes there."""

    def __init__(self) -> None:
        super().__init__(id="tabs")
        self.tabs: tuple[tuple[str, str, str], ...] = ()
        self.chosen = ""
        self._places: tuple[tuple[int, int, str], ...] = ()

    def show(self, tabs: Sequence[tuple[str, str, str]], chosen: str) -> None:
        # A frame says its title in capitals; a row of them is hard to read.
        self.tabs = tuple((pane, title.capitalize() if title.isupper() else title, role) for pane, title, role in tabs)
        self.chosen = chosen
        self.redraw()

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        line, self._places = tabs_line(self.tabs, self.chosen, width)
        return (line,)

    def on_click(self, event: events.Click) -> None:
        for start, end, pane in self._places:
            if start <= event.x < end:
                self.post_message(Picked(pane))
