"""The Sankey with a cursor on its nodes and links, and in words what the cursor is on."""

from collections.abc import Mapping, Sequence

from funnel_tui.charts.cells import Line, join, style
from funnel_tui.charts.format import format_count
from funnel_tui.charts.sankey import sankey, sankey_hits
from funnel_tui.charts.sankey_hits import Direction, SankeyHits
from funnel_tui.charts.sankey_picture import NODE_ROLES
from funnel_tui.model.boards import FunnelBoard, Place
from funnel_tui.model.values import Funnel, Quality, Report
from funnel_tui.tui.comparing import then_span
from funnel_tui.tui.flowing import Path, Way, key_path, path_key, way_words, ways

from .chart import ChartPane, sentence
from .frame import Note
from .panel import wrap
from .pieces import told

_WORDS = 4
"""Lines for the words below the picture: a rule and three more."""
_ROOM = 12
"""Lines of the picture and the words from which on both are there."""
_SIDES: Mapping[tuple[int, int], Direction] = {(-1, 0): "left", (1, 0): "right", (0, -1): "up", (0, 1): "down"}


class FlowPane(ChartPane):
    """Arrows lead along the flow from the first on. Nothing is marked until then: all of the picture in its colours."""

    TITLE = "WHERE QUERIES WENT"

    def __init__(self, pane: str) -> None:
        super().__init__(pane)
        self.against: FunnelBoard | None = None
        self.path: Path = ()
        """What is marked: here, or in the table of the ways, whichever the cursor is in."""
        self.ways: tuple[Way, ...] = ()
        self._shown: tuple[Funnel, int, int] | None = None
        """The funnel in the picture, and its size; None where there is no picture."""
        self._hits: dict[Path, SankeyHits] = {}

    def show(self, report: Report | None, against: FunnelBoard | None) -> None:
        """Other figures; does not draw. The mark stays where it was as long as anybody goes there."""
        self.against = against
        self.ways = ways(report.funnel, against) if report else ()
        if self.path and self.path not in [way.path for way in self.ways]:
            self.path = ()

    def choose(self, path: Path) -> bool:
        """Mark a node or a link, or nothing; says whether that is another one."""
        if path == self.path:
            return False
        self.path = path
        self.redraw()
        return True

    # The cursor

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(way.key for way in self.ways if way.value)

    @property
    def selected(self) -> str | None:
        return path_key(self.path) or None

    @selected.setter
    def selected(self, item: str | None) -> None:
        """The pane's base puts the cursor on the first item; here nothing is marked until somebody moves."""

    @property
    def mark(self) -> str | None:
        return self.selected

    def select(self, item: str | None) -> bool:
        return self.choose(key_path(item))

    def focus_on(self, active: bool) -> None:
        if active != self.active:
            self.active = active
            self.redraw()

    def hits(self, path: Path) -> SankeyHits:
        """What stands where while `path` is marked. Who is beside whom is the same for every mark."""
        if self._shown is None:
            return SankeyHits.of_rows((), 0)
        if path not in self._hits:
            look = self.funnel
            self._hits[path] = sankey_hits(*self._shown, selected=path, glyphs=look.glyphs, mono=look.ink.mono)
        return self._hits[path]

    def move(self, dx: int, dy: int) -> bool:
        found = self.hits(()).move(self.path or None, _SIDES[dx, dy])
        return found is not None and self.choose(found)

    def enter(self, dx: int, dy: int, line: int) -> None:
        """The mark stays where it is."""

    def page(self, pages: int) -> bool:
        return self.move(0, pages)

    def point_at(self, x: int, y: int) -> str | None:
        found = self.hits(self.path).at(x, y)
        return path_key(found) if found else None

    def pick(self, x: int, y: int) -> None:
        left, top = (2, 1) if self.boxed else (1, 1)
        found = self.point_at(x - left, y - top)
        if found:
            self.select(found)

    def current(self) -> Way | None:
        return next((way for way in self.ways if way.path == self.path), None)

    def place(self) -> Place | None:
        """Exactly those who went there; where nothing is marked, everybody."""
        way = self.current()
        return way.place() if way else self.ways[0].place() if self.ways else None

    def copy_text(self) -> str | None:
        way = self.current()
        return f"{way.label}: {format_count(way.value)}" if way else None

    # Drawing

    def _title(self) -> str:
        total = next((way.value for way in self.ways), 0)
        return f"WHERE {format_count(total)} QUERIES WENT" if total else self.TITLE

    def _note(self) -> str | Note:
        funnel = self.report.funnel if self.report else None
        return "≈ approximate" if funnel and funnel.quality is Quality.APPROXIMATE else ""

    def chart(self, report: Report, width: int, height: int) -> Sequence[Line]:
        funnel, look = report.funnel, self.funnel
        before, self._shown = self._shown, None
        if funnel.quality is Quality.UNAVAILABLE:
            return sentence(funnel.reason or "The sources cannot tell where demand went.", width)
        if not any(link.value for link in funnel.links):
            return sentence("Nobody sought support in this period. [ shows the period before.", width)
        words = self._words(report, width) if height >= _ROOM else ()
        size = width, height - len(words)
        self._shown = (funnel, *size)
        if self._shown != before:
            self._hits = {}
        picture = sankey(funnel, *size, selected=self.path, glyphs=look.glyphs, mono=look.ink.mono)
        return (*picture, *words)

    def _words(self, report: Report, width: int) -> tuple[Line, ...]:
        """What the cursor is on, in a fixed number of lines so that the picture stands still."""
        way = self.current()
        against, window = "", report.comparison
        if window is not None:
            against = then_span(window, report.period)
        if way is None:
            said = [("Arrows or a click choose a way; Enter opens who went it.", "muted")]
        else:
            reason = self.against.reason if self.against else None
            first, second = way_words(way, self.ways, against, reason)
            said = [(line, "text") for line in told(first, width - 3, 2)]
            said += [(line, "muted") for line in wrap(second, width - 2)]
        if len(said) > _WORDS - 1:
            said = [*said[: _WORDS - 2], (f"{said[_WORDS - 2][0]} …", said[_WORDS - 2][1])]
        role = NODE_ROLES.get(self.path[-1], "text") if self.path else "muted"
        rule = join([("─" * width, style("track"))], width)
        lines = [join([("▌" if way else " ", style(role)), (f" {text}", style(look))], width) for text, look in said]
        return rule, *lines, *([join((), width)] * (_WORDS - 1 - len(lines)))
