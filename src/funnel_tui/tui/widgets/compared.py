"""Every metric in both periods as a table: now, then, the change with its noise, the verdict, the shape of both."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from funnel_tui.charts.cells import Canvas, Line, Style, cell_width, join, style
from funnel_tui.charts.format import format_change, format_value
from funnel_tui.model.boards import ComparedRow, Place
from funnel_tui.model.values import Report
from funnel_tui.tui.bindings import PERIOD_KEYS, shown
from funnel_tui.tui.comparing import (
    LAYERS,
    badness,
    highest,
    interval_words,
    known,
    label_words,
    moved,
    now_span,
    tally,
    then_span,
    then_words,
    width_of_noise,
)
from funnel_tui.tui.dates import period_words
from funnel_tui.tui.table import Column, Order, row_line

from .compared_cells import (
    accent,
    all_words,
    change_colour,
    course_cell,
    facts,
    last,
    layer_cell,
    metric_of,
    n_words,
    number,
    place_of,
    previous_of,
    shape,
    value_of,
    verdict_words,
)
from .frame import inner_size
from .pieces import told
from .table import TablePane

MOVED = Order("change")
BY_LAYER = Order("layer")
_ORDER = {layer: index for index, layer in enumerate(LAYERS)}
_COMPARED = {"previous": "the period before", "year": "a year earlier", "none": "no comparison"}
_FOLLOWING = {"previous": "year", "year": "none", "none": "previous"}
_BRIEF = {"the same": "same", "with no better way": "neutral", "not compared": "now only"}
_NAMED = 128
"""Cells from which on the layers stand there by name."""


class ComparedTable(TablePane[ComparedRow]):
    """Set `rows` with `show`. What cannot be had stands at the end of every order, with its reason."""

    TITLE = "EVERY NUMBER"
    NOUN = ("number", "numbers")

    def __init__(self, pane: str) -> None:
        super().__init__(pane, order=MOVED)
        self.compared = True
        self.explains = False
        """The current row is told in full below, because nothing else on screen does."""
        self._all: tuple[ComparedRow, ...] = ()
        self._lines: dict[str, Line] = {}
        """The rows that the cursor is not on, as they were drawn: moving it draws two, not all."""

    def show(self, rows: Sequence[ComparedRow], report: Report | None) -> None:
        """Other rows; does not draw. Without a comparison the columns of the past go, and its order with them."""
        compared = report is None or report.comparison is not None
        if compared != self.compared:
            self.order = MOVED if compared else BY_LAYER
            self.compared = compared
        # What an order says nothing of keeps the order given: so what cannot be had comes after all that can.
        self._all, self.report = tuple(sorted(rows, key=lambda row: not known(row))), report
        self.fill(self._all, self._made(), lambda row: row.metric.spec.id)

    @property
    def columns(self) -> tuple[Column[ComparedRow], ...]:
        if not self._fitted:
            self._columns = self._made()
            self._lines = {}
        return super().columns

    # Columns

    def _made(self) -> tuple[Column[ComparedRow], ...]:
        width = inner_size(*self.size, boxed=self.boxed)[0]
        value = Column[ComparedRow](
            "now", "now", 10, self._now, last(value_of), ">", self._role, True, metric=metric_of
        )
        value = replace(value, place=place_of)
        named = width >= _NAMED
        layer = Column[ComparedRow](
            "layer",
            "layer" if named else "",
            12 if named else 1,
            all_words,
            last(lambda row: float(_ORDER.get(row.metric.spec.layer, 9))),
            words="grouped by layer",
            metric=metric_of,
            drawn=layer_cell,
        )
        label = Column[ComparedRow](
            "label",
            "number",
            0,
            lambda row: label_words(row, self._label_width),
            last(lambda row: row.metric.spec.label.casefold()),
            metric=metric_of,
            place=place_of,
        )
        n = Column[ComparedRow](
            "n", "n", 6, n_words, last(lambda row: number(row.metric.n)), ">", "muted", True, metric=metric_of
        )
        if not self.compared:
            return (
                layer,
                label,
                value,
                n,
                Column("course", "over time", 41 if width >= 100 else 24, all_words, drawn=self._alone, least=70),
            )
        return (
            layer,
            label,
            value,
            Column(
                "then",
                "then",
                10,
                self._then,
                last(previous_of),
                ">",
                "muted",
                True,
                metric=metric_of,
                place=self._past,
            ),
            Column(
                "change",
                "change",
                9,
                lambda row: format_change(row.metric),
                moved,
                ">",
                change_colour,
                True,
                "what moved most against its noise first",
                metric=metric_of,
            ),
            Column(
                "verdict",
                "verdict",
                7,
                verdict_words,
                badness,
                role=change_colour,
                words="worse first",
                metric=metric_of,
            ),
            replace(n, width=6),
            Column("noise", "95 % of change", 16, interval_words, last(width_of_noise), ">", "muted", True, least=96),
            Column(
                "course",
                "then │ now",
                41 if width >= _NAMED + 32 else 21 if width >= _NAMED else 15,
                all_words,
                last(lambda row: moved(row) if row.now else None),
                descending=True,
                drawn=course_cell,
                metric=metric_of,
                least=112,
            ),
        )

    @property
    def _label_width(self) -> int:
        return next((column.width for column in self._fitted if column.id == "label"), 26) or 26

    def _now(self, row: ComparedRow) -> str:
        return format_value(row.metric, currency=self.funnel.currency)

    def _then(self, row: ComparedRow) -> str:
        return then_words(row.metric, self.funnel.currency)

    def _role(self, row: ComparedRow) -> str:
        return LAYERS.get(row.metric.spec.layer, ("", "text"))[1] if known(row) else "muted"

    def _past(self, row: ComparedRow) -> Place | None:
        """The compared value opens what it counts: the same metric in the other period."""
        window = self.report.comparison if self.report else None
        if window is None or self.report is None or row.metric.previous is None:
            return None
        span = (window.start, window.end)
        return Place(row.metric.spec.id, span=span, words=then_span(window, self.report.period))

    def _alone(self, row: ComparedRow, width: int) -> Line:
        return shape(row.now, width, accent(row), highest(row.now))

    # Drawing

    def row(self, row: ComparedRow, width: int, *, active: bool, at: str | None) -> Line:
        """What cannot be had gives the place of its numbers to the reason."""
        key = row.metric.spec.id
        if active:
            return self._drawn_row(row, width, active=active, at=at)
        if key not in self._lines:
            self._lines[key] = self._drawn_row(row, width, active=active, at=at)
        return self._lines[key]

    def _drawn_row(self, row: ComparedRow, width: int, *, active: bool, at: str | None) -> Line:
        if known(row):
            return super().row(row, width, active=active, at=at)
        first = self.columns[:3]
        room = width - sum(column.width + 2 for column in first) - 1
        reason = Column[ComparedRow]("why", "", max(1, room), lambda row: row.metric.reason or "", role="muted")
        return row_line(row, (*first, reason), width, active=active, at=at)

    def over(self, width: int) -> Sequence[Line]:
        if self.report is None or not self._all:
            return ()
        return self._periods(self.report, width), self._tally(width)

    def _periods(self, report: Report, width: int) -> Line:
        """`now  Month to date, 1–22 Nov to 16:00   then  1–22 Oct to 16:00, the period before   c: a year earlier`."""
        view, keys = self.funnel.view, self.funnel.settings.keys
        compare = next(key for key in PERIOD_KEYS if key.id == "compare")
        window = report.comparison
        now = f"{period_words(report.period, view.earlier)[0]}, {now_span(report.period)}"
        key = f"{shown(compare, keys)}: "
        if window is None:
            parts = [("now ", "muted"), (now, "text"), (f"   {key}against the period before", "muted")]
            return join([(text, style(role)) for text, role in parts], width)
        canvas, then = Canvas(width, 1), then_span(window, report.period)
        if len(f"now {now}  then {then}") > width:
            now = now_span(report.period)
        x = canvas.write(0, 0, "now ", style("muted"))
        x = canvas.write(x, 0, now, style("text"))
        x = canvas.write(x + 2, 0, "then ", style("muted"))
        x = canvas.write(x, 0, then, style("text"))
        following = _COMPARED[_FOLLOWING.get(window.name, "previous")]
        words = f", {_COMPARED.get(window.name, window.name)}", f"  {key}{following}"
        for text in words:
            if x + len(text) <= width:
                x = canvas.write(x, 0, text, style("muted"))
        return canvas.lines()[0]

    def _tally(self, width: int) -> Line:
        if not self.compared:
            missing = sum(not known(row) for row in self._all)
            words = f"{len(self._all) - missing} numbers without a comparison"
            return join([(f"{words}{f', {missing} n/a' if missing else ''}", style("muted"))], width)
        kinds = tally(self._all)
        if all(word in ("not compared", "n/a") for _, word, _ in kinds):
            words = "Nothing to compare with: the sources have not been read that far back."
            return join([(words, style("warn"))], width)
        parts = _tallied(kinds, "   ")
        if sum(cell_width(text) for text, _ in parts) > width:
            parts = _tallied([(count, _BRIEF.get(word, word), role) for count, word, role in kinds], "  ")
        return join(parts, width)

    def under(self, width: int) -> Sequence[Line]:
        row = self.current
        if row is None or not self.explains:
            return ()
        said = told(facts(row, self.funnel.currency), width - 1, 2)
        rule = join([("─" * width, style("track"))], width)
        lines = [join([(line, style("muted" if index else "text"))], width) for index, line in enumerate(said)]
        return rule, *lines, *([join((), width)] * (2 - len(lines)))


def _tallied(kinds: Iterable[tuple[int, str, str]], gap: str) -> list[tuple[str, Style]]:
    parts: list[tuple[str, Style]] = []
    for count, word, role in kinds:
        loud = role in ("good", "bad")
        parts += [(f"{count} ", style(role, bold=loud)), (f"{word}{gap}", style(role if loud else "muted"))]
    return parts
