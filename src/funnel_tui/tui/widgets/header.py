"""The line on top of every screen, and the one of the filters below it."""

from funnel_tui.charts.cells import Canvas, Line

from .header_lines import HeaderData, filter_line, header_line
from .lines import LineView


class Header(LineView):
    """Draws `data`; the screen sets it and calls `redraw` every second, which sends only the age that changed."""

    data: HeaderData | None = None

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        if self.data is None:
            return Canvas(width, height).lines()
        lines = [header_line(self.data, width)]
        if height > 1:
            lines.append(filter_line(self.data.filters, self.data.filter_key, width))
        return tuple(lines)
