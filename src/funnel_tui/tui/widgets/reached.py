"""How people come to the team, at once or after the bot or an article did not do; and what it then resolved of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from funnel_tui.charts.bars import hbar_parts
from funnel_tui.charts.cells import Canvas, Line, Style, pad, style
from funnel_tui.charts.format import NOT_AVAILABLE, change_role, format_change, format_share, format_value
from funnel_tui.model.boards import SelfserveBoard
from funnel_tui.model.local import TEAM_RESOLVED, TEAM_RESOLVED_AFTER, TEAM_RESOLVED_DIRECT
from funnel_tui.model.places import Place
from funnel_tui.model.values import MetricValue, Quality, Report, Verdict

from .figures import FiguresPane, Spots, answer, reasons
from .frame import frame, inner_size

BEGUN = "begun in the period"
_WORDS = (
    (
        "Reached: by the day it reached the team; after self-serve, if the bot had answered or an article was read."
        " Resolved: of the queries begun in the period, as in the funnel (F), where a bot counts without an answer too."
    ),
    "Reached: by the day it reached the team. Resolved: of the queries begun in the period, as in the funnel (F).",
    "Reached: by that day. Resolved: of those begun in it.",
    "d: counted when",
)
"""By which date each is counted, longest first."""


@dataclass(frozen=True)
class _Way:
    """A line: how people came, and the two figures about it."""

    label: str
    short: str
    reached: str
    resolved: str
    role: str


_WAYS = (
    _Way("All", "All", "human.inbound", TEAM_RESOLVED.id, "human"),
    _Way("From the start", "At once", "human.direct", TEAM_RESOLVED_DIRECT.id, "human"),
    _Way("After self-serve", "After a try", "human.after_selfserve", TEAM_RESOLVED_AFTER.id, "selfserve"),
)
_CELLS = {id: (x, y) for y, way in enumerate(_WAYS) for x, id in enumerate((way.reached, way.resolved))}
_VALUE, _SHARE, _CHANGE = 8, 6, 9


class ReachedPane(FiguresPane):
    """A line for each way, with what reached the team and what the team resolved beside each other."""

    TITLE = "TO THE TEAM"
    ROLE = "human"

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(_CELLS)

    def _known(self) -> Mapping[str, MetricValue]:
        found = dict(self.board.team_resolved) if isinstance(self.board, SelfserveBoard) else {}
        return {**(self.report.metrics if self.report else {}), **found}

    def metric(self) -> MetricValue | None:
        return self._known().get(self.selected) if self.selected else None

    def place(self) -> Place | None:
        metric = self.metric()
        if metric is None:
            return None
        ways = [way.resolved for way in _WAYS]
        return Place(metric.spec.id, words=BEGUN if metric.spec.id in ways else "")

    def move(self, dx: int, dy: int) -> bool:
        x, y = _CELLS.get(self.selected or "", (0, 0))
        found = next((id for id, cell in _CELLS.items() if cell == (x + dx, y + dy)), None)
        return found is not None and self.select(found)

    def item_at(self, x: int, y: int) -> str | None:
        row = next((row for row, (first, end) in self._spots.items() if first <= y - 1 < end), None)
        if row is None:
            return None
        way = next(way for way in _WAYS if way.reached == row)
        inner = inner_size(*self.size, boxed=self.boxed)[0]
        label, block = _widths(inner)
        return way.reached if x - 2 < label + block else way.resolved

    def enter(self, dx: int, dy: int, line: int) -> None:
        at = self.item_at(self.size.width - 3 if dx < 0 else 0, line) if dx else None
        self.select(at or (_WAYS[-1 if dy < 0 else 0].reached))

    @property
    def line(self) -> int:
        way = _WAYS[_CELLS.get(self.selected or "", (0, 0))[1]]
        return 1 + self._spots.get(way.reached, (0, 0))[0]

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        lines, self._spots = self._content(*inner_size(width, height, boxed=self.boxed))
        marked = self.line - 1 if self.active and self._spots else None
        return frame(
            self.TITLE, lines, width, height, boxed=self.boxed, role=self.ROLE, active=self.active, marked=marked
        )

    def body(self, report: Report, width: int, height: int) -> tuple[Sequence[Line], Spots]:
        known = self._known()
        reached = [report.metrics.get(way.reached) for way in _WAYS]
        if all(metric is None or metric.quality is Quality.UNAVAILABLE for metric in reached):
            return reasons([metric.reason for metric in reached if metric is not None], width), {}
        head = 1 if height > len(_WAYS) else 0
        # With room for two lines of words a bar below each line, and then a blank one.
        bars = 2 if height >= head + 2 * len(_WAYS) + 2 else 1
        words = answer(_WORDS, width, max(0, height - head - bars * len(_WAYS)))
        pitch = max(1, min(3, (height - head - len(words)) // len(_WAYS)))
        canvas = Canvas(width, head + pitch * len(_WAYS))
        label, block = _widths(width)
        if head:
            for x, title in enumerate(("reached", "resolved")):
                canvas.write(label + x * block, 0, pad(title, _value(block), ">"), style("muted"))
        most = max((value.value or 0.0 for id in _CELLS if (value := known.get(id)) is not None), default=0.0)
        spots = {}
        for row, way in enumerate(_WAYS):
            y = head + row * pitch
            spots[way.reached] = (y, y + min(2, pitch))
            canvas.write(0, y, way.label if label > len(way.label) else way.short, style("text"), width=label - 1)
            for x, id in enumerate((way.reached, way.resolved)):
                whole = known.get((_WAYS[0].reached, _WAYS[0].resolved)[x]) if row else None
                at = (label + x * block, y)
                _write(canvas, at, known.get(id), whole, block, way.role, lit=self.active and id == self.selected)
                if pitch > 1:
                    self._bar(canvas, at, known.get(id), most, block - 2, way.role)
        return (*canvas.lines(), *words)[:height], spots

    def _bar(
        self, canvas: Canvas, at: tuple[int, int], metric: MetricValue | None, most: float, width: int, role: str
    ) -> None:
        if metric is None or metric.value is None or metric.quality is Quality.UNAVAILABLE:
            return
        x = at[0] + 1
        # Without colours the empty part of a bar could not be told from the full one.
        for text, look in hbar_parts(metric.value, most, width, role, track=not self.funnel.ink.mono):
            x = canvas.write(x, at[1] + 1, text, look)


def _widths(width: int) -> tuple[int, int]:
    """Of the labels, and of each of the two columns."""
    label = 17 if width >= 17 + 2 * (_VALUE + _SHARE + _CHANGE) else 12 if width >= 40 else 11
    return label, max(0, width - label) // 2


def _value(block: int) -> int:
    """How wide the figure itself is: all of the block where nothing stands beside it."""
    return _VALUE if block >= _VALUE + _SHARE else block


def _write(
    canvas: Canvas,
    at: tuple[int, int],
    metric: MetricValue | None,
    whole: MetricValue | None,
    block: int,
    role: str,
    *,
    lit: bool,
) -> None:
    """A figure with its share of the whole and its change, as far as there is room."""

    def look(role: str, *, bold: bool = False) -> Style:
        return style(role, "cursor", bold) if lit else style(role, bold=bold)

    x, y = at
    if lit:
        canvas.write(x, y, " " * block, look("text"))
    if metric is None or metric.quality is Quality.UNAVAILABLE:
        canvas.write(x, y, pad(NOT_AVAILABLE if metric else "…", _value(block), ">"), look("muted"))
        return
    x = canvas.write(x, y, pad(format_value(metric), _value(block), ">"), look(role, bold=True))
    if block >= _VALUE + _SHARE:
        known = whole is not None and whole.value and metric.value is not None
        share = format_share(metric.value / whole.value) if known and whole and whole.value and metric.value else ""
        x = canvas.write(x, y, pad(share, _SHARE, ">"), look("muted"))
    changed = format_change(metric)
    if changed and block >= _VALUE + _SHARE + _CHANGE - 1:
        ink = look(change_role(metric), bold=metric.verdict is Verdict.WORSE)
        canvas.write(x, y, pad(changed, _CHANGE - 1, ">"), ink)
