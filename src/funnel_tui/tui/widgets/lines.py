"""The base of every view: lines of styled spans, of which only the cells that changed go to the terminal."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from funnel_tui.charts.cells import Line, Style, cell_width

if TYPE_CHECKING:
    from funnel_tui.tui.app import FunnelApp

_GAP = 12
"""Equal cells between two changed ones that cost fewer bytes to send again than a cursor movement."""


class LineView(Widget, can_focus=False):
    """A widget that draws whole lines from a value and repaints what differs from the last drawing."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.lines: tuple[Line, ...] = ()

    @property
    def funnel(self) -> "FunnelApp":
        """The app, by its own type."""
        return cast("FunnelApp", self.app)

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """All lines for this size, each exactly `width` cells wide."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw again and send what changed; nothing at all if nothing did."""
        width, height = self.size
        if not width or not height:
            return
        before, self.lines = self.lines, tuple(self.draw(width, height))[:height]
        if len(before) != len(self.lines):
            self.refresh()
            return
        regions = [
            Region(start, y, end - start, 1)
            for y, (old, new) in enumerate(zip(before, self.lines, strict=True))
            if old is not new and old != new
            for start, end in changed_cells(old, new)
        ]
        if regions:
            self.refresh(*regions)

    def on_resize(self, event: events.Resize) -> None:
        self.lines = ()
        self.redraw()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self.lines):
            return Strip.blank(width, self.funnel.ink.base)
        look = self.funnel.ink.style
        return Strip([Segment(span.text, look(span.style)) for span in self.lines[y]], width)


def changed_cells(old: Line, new: Line) -> Iterator[tuple[int, int]]:
    """The stretches `[start, end)` of cells in which two lines of equal width differ; never half a wide character."""
    before, after = _cells(old), _cells(new)
    if len(before) != len(after):
        yield 0, max(len(before), len(after))
        return
    start = end = -1
    for x, (a, b) in enumerate(zip(before, after, strict=True)):
        if a == b:
            continue
        if start >= 0 and x - end > _GAP:
            yield _whole(before, after, start, end)
            start = -1
        if start < 0:
            start = x
        end = x + 1
    if start >= 0:
        yield _whole(before, after, start, end)


def _cells(line: Line) -> list[tuple[str, Style]]:
    """A pair for each cell; the right half of a wide character is an empty text."""
    cells: list[tuple[str, Style]] = []
    for span in line:
        if span.text.isascii():
            cells += [(character, span.style) for character in span.text]
            continue
        for character in span.text:
            width = cell_width(character)
            if width == 0 and cells:
                # A combining mark belongs to the cell before it.
                cells[-1] = (cells[-1][0] + character, cells[-1][1])
            else:
                cells += [(character, span.style), *[("", span.style)] * (width - 1)]
    return cells


def _whole(
    before: Sequence[tuple[str, Style]], after: Sequence[tuple[str, Style]], start: int, end: int
) -> tuple[int, int]:
    while start > 0 and not (before[start][0] and after[start][0]):
        start -= 1
    while end < len(after) and not (before[end][0] and after[end][0]):
        end += 1
    return start, end
