"""Panes that set figures of the report against each other: the cursor goes from figure to figure, at any size."""

from collections.abc import Mapping, Sequence

from funnel_tui.charts.cells import Line, cut, join, style
from funnel_tui.model.values import MetricValue, Report

from .chart import sentence
from .frame import Note, frame, inner_size
from .number_lines import highlight
from .panel import wrap
from .panes import PaneView
from .reading import unread

Spots = Mapping[str, tuple[int, int]]
"""For each figure the lines `[first, end)` of the body that are about it."""


class FiguresPane(PaneView):
    """`items` are metrics of the report."""

    title = ""
    """What its frame says, where that is longer than its tab."""

    def __init__(self, pane: str) -> None:
        super().__init__(pane)
        self._spots: Spots = {}

    def body(self, report: Report, width: int, height: int) -> tuple[Sequence[Line], Spots]:
        """The lines inside the frame, and which of them belong to which figure."""
        raise NotImplementedError

    def _title(self) -> str:
        return self.title or self.TITLE

    def _note(self) -> str | Note:
        return ""

    @property
    def line(self) -> int:
        return 1 + self._spots.get(self.selected or "", (0, 0))[0]

    def item_at(self, x: int, y: int) -> str | None:
        return next((item for item, (first, end) in self._spots.items() if first <= y - 1 < end), None)

    def metric(self) -> MetricValue | None:
        return self.report.metrics.get(self.selected) if self.report and self.selected else None

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        inner = inner_size(width, height, boxed=self.boxed)
        lines, self._spots = self._content(*inner)
        spot = self._spots.get(self.selected or "") if self.active else None
        if spot is not None:
            lines = [highlight(line) if spot[0] <= y < spot[1] else line for y, line in enumerate(lines)]
        return frame(
            self._title(),
            lines,
            width,
            height,
            boxed=self.boxed,
            role=self.ROLE,
            active=self.active,
            note=self._note(),
            marked=spot[0] if spot is not None else None,
        )

    def _content(self, width: int, height: int) -> tuple[Sequence[Line], Spots]:
        if self.report is None:
            failed = self.funnel.live.problem is not None
            return sentence("No figures yet." if failed else "reading the cache …", width), {}
        if unread(self.report):
            return sentence("Waiting for the first answer of the sources.", width), {}
        return self.body(self.report, width, height)


def answer(texts: Sequence[str], width: int, height: int) -> list[Line]:
    """What the figures say, in words: the first of the texts, longest first, that has room; the last one is cut."""
    lines: list[str] = []
    for text in texts:
        lines = wrap(text, max(8, width - 2))
        if len(lines) <= height:
            break
    shown = lines[: max(0, height)]
    if len(shown) < len(lines) and shown:
        shown[-1] = cut(f"{shown[-1]} {lines[len(shown)]} …", width - 2)
    return [join([(f" {line}", style("text"))], width) for line in shown]


def reasons(found: Sequence[str | None], width: int) -> list[Line]:
    """Why figures are not there, each reason once."""
    said = dict.fromkeys(reason for reason in found if reason)
    return [line for reason in said for line in sentence(reason, width)[1:]] or [join([("", style())], width)]
