"""One metric over both periods, large: now against then, day by day, with a point that the cursor can stand on."""

from collections.abc import Sequence
from datetime import datetime

from funnel_tui.charts.bars import hbar
from funnel_tui.charts.cells import Canvas, Line, Style, cell_width, join, style
from funnel_tui.charts.format import change_role, format_plain, format_value
from funnel_tui.charts.hits import Hits
from funnel_tui.charts.lines import line_chart, line_hits
from funnel_tui.model.boards import ComparedRow, Place
from funnel_tui.model.values import Report, Window
from funnel_tui.tui.comparing import LAYERS, known, now_span, then_span, then_words

from .chart import ChartPane, sentence
from .compared_cells import facts
from .panel import wrap
from .pieces import told

Steps = tuple[tuple[int, int], ...]


class CoursePane(ChartPane):
    """`show` says whose course it is."""

    TITLE = "NOW AGAINST THEN"

    def __init__(self, pane: str) -> None:
        super().__init__(pane)
        self.row: ComparedRow | None = None
        self.step = "day"
        self._steps: tuple[Steps, Steps] = ((), ())
        self._hits: Hits[int] = Hits()
        """Where the points stand in the plot, which begins at line `_plot`."""
        self._plot = 0

    def show(self, row: ComparedRow | None, step: str) -> None:
        """Another metric, or another report: does not draw."""
        self._steps = _steps(self.report, step) if self.report else ((), ())
        if row != self.row or step != self.step:
            self.row, self.step = row, step
            self._drawn = ()
        if self.selected not in self.items:
            self.selected = self._nearest(len(self.items))

    @property
    def role(self) -> str:
        return LAYERS.get(self.row.metric.spec.layer, ("", "text"))[1] if self.row else "text"

    # Its points

    @property
    def items(self) -> tuple[str, ...]:
        row = self.row
        if row is None or not row.now:
            return ()
        return tuple(str(index) for index in range(min(len(row.now), len(self._steps[0]))))

    def point_at(self, x: int, y: int) -> str | None:
        found = self._hits.at(x, y - self._plot)
        return None if found is None or str(found) not in self.items else str(found)

    def place_of(self, item: str) -> Place | None:
        row, index = self.row, int(item)
        if row is None or index >= len(self._steps[0]) or row.now[index] is None:
            return None
        start, end = self._steps[0][index]
        return Place(row.metric.spec.id, span=(start, end), words=self._named(start, end))

    def place(self) -> Place | None:
        """A point's own items where the cursor is on one, else all of the metric's."""
        if self.mark is not None:
            return self.place_of(self.mark)
        return Place(self.row.metric.spec.id) if self.row is not None and known(self.row) else None

    def _named(self, start: int, end: int) -> str:
        assert self.report is not None
        day = datetime.fromtimestamp(start, self.report.period.zone)
        if self.step == "hour":
            return day.strftime("%a %-d %b %H:%M")
        return day.strftime("%a %-d %b" if self.step == "day" else "week of %-d %b")

    # Drawing

    def _title(self) -> str:
        return self.row.metric.spec.label.upper() if self.row else self.TITLE

    def chart(self, report: Report, width: int, height: int) -> Sequence[Line]:
        row, self._hits = self.row, Hits()
        if row is None:
            return sentence("The number under the cursor shows here.", width)
        if not known(row):
            return sentence(
                f"{row.metric.spec.label} cannot be had: {row.metric.reason or 'no reason was given'}", width
            )
        head = _headline(row, width, self.funnel.currency, 3 if height >= 12 else 1)
        left = height - len(head)
        if left < 4:
            return head
        now = row.now[: len(self._steps[0])]
        if all(value is None for value in (*now, *row.then)):
            return (*head, *self._bars(row, report, width, left))
        unit = row.metric.spec.unit
        starts = [start for start, _ in self._steps[0]]
        self._plot = len(head) + 1
        self._hits = line_hits(starts, now, width, left - 1, unit=unit, compare=row.then)
        plot = line_chart(
            starts,
            now,
            width,
            left - 1,
            report.period.zone,
            unit=unit,
            role=self.role,
            compare=row.then,
            marked=None if self.mark is None else int(self.mark),
            labels=[self._axis(start) for start in starts],
            glyphs=self.funnel.glyphs,
            mono=self.funnel.ink.mono,
        )
        return (*head, self._legend(row, report, width), *plot)

    def _axis(self, start: int) -> str:
        assert self.report is not None
        day = datetime.fromtimestamp(start, self.report.period.zone)
        return day.strftime("%H:%M" if self.step == "hour" else "%-d %b")

    def _legend(self, row: ComparedRow, report: Report, width: int) -> Line:
        """Which line is which, with their dates; where the cursor is on a point, what both were there."""
        window, mark = report.comparison, self.mark
        if mark is not None:
            return join(self._point(row, int(mark)), width)
        parts = [("━━ ", style(self.role, bold=True)), (f"now {now_span(report.period)}", style("text"))]
        if window is not None and row.then:
            parts += [("   ┅┅ ", style("muted")), (f"then {then_span(window, report.period)}", style("muted"))]
        by = f"   by {self.step}"
        used = sum(cell_width(text) for text, _ in parts)
        return join([*parts, (by if used + len(by) <= width else "", style("muted"))], width)

    def _point(self, row: ComparedRow, index: int) -> list[tuple[str, Style]]:
        unit, currency = row.metric.spec.unit, self.funnel.currency
        now, then = self._steps
        said = format_plain(row.now[index], unit, currency=currency)
        parts = [
            ("▸ ", style(self.role)),
            (f"{self._named(*now[index])} ", style("text")),
            (said, style(self.role, bold=True)),
        ]
        if index < min(len(row.then), len(then)):
            before = format_plain(row.then[index], unit, currency=currency)
            parts.append((f"   then {self._named(*then[index])} {before}", style("muted")))
        return parts

    def _bars(self, row: ComparedRow, report: Report, width: int, height: int) -> Sequence[Line]:
        """No course is known: the two values as bars."""
        metric, window = row.metric, report.comparison
        canvas = Canvas(width, height)
        values = [("now", format_value(metric, currency=self.funnel.currency), metric.value, self.role)]
        if window is not None and metric.previous is not None:
            values.append(("then", then_words(metric, self.funnel.currency), metric.previous, "muted"))
        most = max((value or 0.0 for _, _, value, _ in values), default=0.0)
        wide = max(cell_width(text) for _, text, _, _ in values)
        room = max(4, min(width, 90) - wide - 8)
        for y, (word, text, value, role) in enumerate(values, 1):
            canvas.write(0, y, word, style("muted"))
            canvas.write(5 + wide - cell_width(text), y, text, style(role, bold=True))
            if most > 0 and value is not None:
                x = 7 + wide
                for span in hbar(value, most, room, role):
                    x = canvas.write(x, y, span.text, span.style)
        why = f"How it went from {self.step} to {self.step} is not kept for this number."
        if metric.spec.layer == "queue":
            why = "The queue is as of now, whatever the period: it has no past to compare with here."
        for y, line in enumerate(wrap(why, width - 1), len(values) + 2):
            canvas.write(0, y, line, style("muted"))
        return canvas.lines()


def _headline(row: ComparedRow, width: int, currency: str, most: int) -> tuple[Line, ...]:
    """The number in words: what it is, what it was, the change with its noise, n."""
    said = told(facts(row, currency), width - 1, most)
    role = change_role(row.metric)
    looks = ["text" if role == "muted" else role, *["text"] * len(said)]
    return tuple(join([(line, style(look))], width) for line, look in zip(said, looks, strict=False))


def _steps(report: Report, step: str) -> tuple[Steps, Steps]:
    """The stretches of both periods that one value each spans; what lies ahead of now has none."""
    from funnel_tui.metrics.periods import bounds

    period = report.period
    now = tuple(span for span in bounds(step, period.start, period.end, period.zone) if span[0] < period.as_of)
    window: Window | None = report.comparison
    then = tuple(bounds(step, window.start, window.end, period.zone)) if window is not None else ()
    return now, then
