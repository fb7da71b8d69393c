"""A framed chart as a pane: drawn once for each report and size, with points that the cursor can stand on."""

from collections.abc import Sequence

from funnel_tui.charts.cells import Line, join, style
from funnel_tui.model.places import Place
from funnel_tui.model.values import Report

from .frame import Note, frame, inner_size
from .panel import wrap
from .panes import PaneView
from .reading import unread


class ChartPane(PaneView):
    """`items` are its bars, points, cells or nodes.

    Arrows move among them where the chart has the screen to itself (zoomed, or by its tab); else they lead to the next
    pane, and Enter zooms in. The mouse picks a point at any size.
    """

    title = ""
    STEPS_DOWN = False
    """The points lie one below the other: up and down move among them, not left and right."""

    def __init__(self, pane: str) -> None:
        super().__init__(pane)
        self.picked = False
        """The mouse chose a point: it is marked though the chart is not alone."""
        self._drawn: tuple[object, ...] = ()
        self._body: tuple[Line, ...] = ()

    # What a chart says of itself

    def chart(self, report: Report, width: int, height: int) -> Sequence[Line]:
        """The lines inside the frame, with `mark` marked."""
        raise NotImplementedError

    def place_of(self, item: str) -> Place | None:
        """What stands behind a point."""
        return None

    def point_at(self, x: int, y: int) -> str | None:
        """The point in a cell of the chart (not of the frame)."""
        return None

    # The cursor

    @property
    def mark(self) -> str | None:
        """The point that the cursor is on, where it is on one."""
        if not self.active or not (self.alone or self.picked) or self.selected not in self.items:
            return None
        return self.selected

    def focus_on(self, active: bool) -> None:
        if not active:
            self.picked = False
        super().focus_on(active)

    def move(self, dx: int, dy: int) -> bool:
        step = dy if self.STEPS_DOWN else dx
        items = self.items
        if not self.alone or not step or not items:
            return False
        place = items.index(self.selected) if self.selected in items else 0
        return 0 <= place + step < len(items) and self.select(items[place + step])

    def enter(self, dx: int, dy: int, line: int) -> None:
        if self.selected not in self.items:
            self.selected = self._nearest(0)

    def pick(self, x: int, y: int) -> None:
        left, top = (2, 1) if self.boxed else (1, 1)
        item = self.point_at(x - left, y - top)
        if item is not None:
            self.picked = True
            self.selected = item
            self.redraw()

    def place(self) -> Place | None:
        return self.place_of(self.mark) if self.mark is not None else None

    # Drawing

    @property
    def inner(self) -> tuple[int, int]:
        """Width and height of the chart itself."""
        return inner_size(*self.size, boxed=self.boxed)

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        inner = inner_size(width, height, boxed=self.boxed)
        # Moving the cursor redraws the frame; the chart inside is drawn once for each report, size and mark.
        live = self.funnel.live
        trouble = live.problem if self.report is None else live.poller_problem
        key = (self.report, self.board, self.waiting, inner, self.funnel.ink, trouble, self.mark)
        if len(self._drawn) != len(key) or any(a is not b and a != b for a, b in zip(self._drawn, key, strict=True)):
            self._drawn = key
            self._body = tuple(self._content(*inner))
        return frame(
            self._title(),
            self._body,
            width,
            height,
            boxed=self.boxed,
            role=self.ROLE,
            active=self.active,
            note=self._note(),
        )

    def _content(self, width: int, height: int) -> Sequence[Line]:
        if self.report is None:
            failed = self.funnel.live.problem is not None
            return sentence("No figures yet: what is wrong stands below." if failed else "reading the cache …", width)
        if unread(self.report):
            names = ", ".join(source.name for source in self.report.freshness if source.state != "failed")
            if self.funnel.live.poller_problem or (not names and self.report.freshness):
                return sentence("No figures yet: what is wrong stands below.", width)
            names = names or "the sources"
            return sentence(f"Waiting for the first answer of {names}. What has been read shows at once.", width)
        return self.chart(self.report, width, height)

    def _title(self) -> str:
        return self.title

    def _note(self) -> str | Note:
        return ""


def sentence(text: str, width: int) -> tuple[Line, ...]:
    """A blank line, then words where a chart would stand."""
    lines = [join([(f" {line}", style("muted"))], width) for line in wrap(text, width - 2)]
    return (join((), width), *lines)
