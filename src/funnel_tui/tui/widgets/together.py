"""Messages out against people in, week by week, and whether the two move together."""

from collections.abc import Sequence

from funnel_tui.charts.cells import Canvas, Line, pad, style
from funnel_tui.charts.line_frame import Curve
from funnel_tui.charts.lines import line_chart, line_hits
from funnel_tui.charts.scales import moment_label
from funnel_tui.model.boards import Correlation, Place, ProactiveBoard
from funnel_tui.model.values import Report, Series

from .chart import ChartPane, sentence
from .figures import answer
from .intervals import draw_interval, draw_ticks

_DELIVERED, _SEEKERS = "delivered", "seekers"
_METRICS = {_DELIVERED: "proactive.delivered", _SEEKERS: "selfserve.seekers"}
_OWN_SCALE = 3.0
"""From so many times as many of one as of the other on, each has an axis of its own."""
_LAGS = ("in the same week", "one week later", "two weeks later")
_NO_CAUSE = "A correlation is no cause."


class WeeklyPane(ChartPane):
    """Two lines with a point a week; up and down change from one line to the other."""

    TITLE = "WEEKS"
    ROLE = "proactive"

    @property
    def weekly(self) -> Series:
        return self.board.weekly if isinstance(self.board, ProactiveBoard) else Series("week")

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(f"{line} {point.start}" for line in _METRICS for point in self.weekly.points)

    def _title(self) -> str:
        weeks = len(self.weekly.points)
        known = f"{weeks} complete week{'s' if weeks > 1 else ''}" if weeks else "BY WEEK"
        return f"MESSAGES OUT, PEOPLE IN, {known}"

    def move(self, dx: int, dy: int) -> bool:
        line, index = self._at
        if not self.alone or index is None:
            return False
        if dy:
            other = _SEEKERS if line == _DELIVERED else _DELIVERED
            return (other == _SEEKERS) == (dy > 0) and self._to(other, index)
        return 0 <= index + dx < len(self.weekly.points) and self._to(line, index + dx)

    def jump(self, place: int) -> bool:
        return bool(self.weekly.points) and self._to(self._at[0], place)

    def _to(self, line: str, index: int) -> bool:
        return self.select(f"{line} {self.weekly.points[index].start}")

    @property
    def _at(self) -> tuple[str, int | None]:
        """The line and the week that the cursor is on."""
        line, _, start = (self.selected or f"{_DELIVERED} ").partition(" ")
        starts = [str(point.start) for point in self.weekly.points]
        return line, starts.index(start) if start in starts else None

    def _nearest(self, line: int) -> str | None:
        # The newest week is what one looks at first.
        points = self.weekly.points
        return f"{_DELIVERED} {points[-1].start}" if points else None

    def place_of(self, item: str) -> Place | None:
        line, _, start = item.partition(" ")
        found = next(((i, p) for i, p in enumerate(self.weekly.points) if str(p.start) == start), None)
        if found is None or self.report is None:
            return None
        index, point = found
        starts = [point.start for point in self.weekly.points]
        words = moment_label(starts, index, self.report.period.zone)
        return Place(_METRICS[line], span=(point.start, point.end), words=words)

    def point_at(self, x: int, y: int) -> str | None:
        width, height = self.inner
        if not self.weekly.points:
            return None
        height -= len(self._words(width, height))
        first, second, shared = self._curves()
        starts = [point.start for point in self.weekly.points]
        hits = line_hits(starts, first.values, width, height, name=first.name, second=second, shared=shared)
        index = hits.at(x, y)
        return None if index is None else f"{self._at[0]} {starts[index]}"

    def chart(self, report: Report, width: int, height: int) -> Sequence[Line]:
        board = self.board
        if not isinstance(board, ProactiveBoard):
            return sentence(self.waiting, width)
        words = self._words(width, height)
        if not board.weekly.points:
            return words
        room = height - len(words)
        first, second, shared = self._curves()
        _, index = self._at
        lines = line_chart(
            [point.start for point in board.weekly.points],
            first.values,
            width,
            room,
            report.period.zone,
            role=first.role,
            name=first.name,
            second=second,
            shared=shared,
            marked=index if self.mark is not None else None,
            glyphs=self.funnel.glyphs,
            mono=self.funnel.ink.mono,
        )
        return [*lines, *words]

    def _note(self) -> str:
        line, index = self._at
        if self.mark is None or index is None:
            return ""
        return f"Enter: {line}, ↑↓ changes"

    def _curves(self) -> tuple[Curve, Curve, bool]:
        points = self.weekly.points
        first = Curve("delivered", [point.proactive_delivered for point in points], "proactive")
        second = Curve("seekers", [point.seekers for point in points], "selfserve")
        tops = [max((value or 0.0 for value in curve.values), default=0.0) for curve in (first, second)]
        return first, second, max(tops) < _OWN_SCALE * min(tops)

    def _words(self, width: int, height: int) -> list[Line]:
        """The sentence under the chart, which leaves it at least three lines."""
        board = self.board
        if not isinstance(board, ProactiveBoard):
            return []
        room = height - 3 if board.weekly.points else height
        return answer([together_words(board.together, board.reason)], width, room)


class TogetherPane(ChartPane):
    """The correlation at each lag with its interval, on one scale from opposite to alike."""

    TITLE = "TOGETHER?"
    ROLE = "proactive"
    title = "DO THEY MOVE TOGETHER?"

    def chart(self, report: Report, width: int, height: int) -> Sequence[Line]:
        board = self.board
        if not isinstance(board, ProactiveBoard):
            return sentence(self.waiting, width)
        words = answer([together_words(board.together, board.reason)], width, height)
        if not board.together:
            return words
        if not self.alone:
            # The chart of the weeks beside it says the same.
            words = []
        label, figures = 16, 30
        beside = width >= label + 7 + figures + 20
        room = width - label - 7 - (figures if beside else 0)
        below = not beside and height >= 2 * len(board.together) + 1 + len(words)
        apart = 1 if below or height >= 2 * len(board.together) + 2 + len(words) else 0
        canvas = Canvas(width, len(board.together) * (1 + apart) + 1)
        for index, each in enumerate(board.together):
            y = index * (1 + apart)
            canvas.write(0, y, ("same week", "one week later", "two weeks later")[each.lag], style("text"))
            role = "proactive" if clear(each) else "muted"
            marks = (0.0,)
            draw_interval(
                canvas, label, y, room, each.r, each.low, each.high, scale=(-1.0, 1.0), role=role, marks=marks
            )
            canvas.write(label + room + 1, y, pad(r_words(each.r), 5, ">"), style(role, bold=clear(each)))
            weeks = f"{each.n} weeks"
            if beside:
                canvas.write(label + room + 8, y, f"{interval_words(each):<16}{weeks:>12}", style("muted"))
            elif below:
                said = f"95 %: {interval_words(each)}, {weeks}" if each.low is not None else weeks
                canvas.write(label, y + 1, said, style("muted"))
        ticks = ((-1.0, "opposite"), (0.0, "not"), (1.0, "alike"))
        draw_ticks(canvas, label, canvas.height - 1, room, ticks, scale=(-1.0, 1.0))
        gap = Canvas(width, 1).lines() if words and height > canvas.height + len(words) else ()
        return [*canvas.lines(), *gap, *words][:height]


def clear(found: Correlation) -> bool:
    """Whether the interval leaves out 0."""
    return found.low is not None and found.high is not None and (found.low > 0 or found.high < 0)


def r_words(r: float | None) -> str:
    return "n/a" if r is None else f"{r:.2f}".replace("-", "−")


def interval_words(found: Correlation) -> str:
    return "" if found.low is None or found.high is None else f"{r_words(found.low)} to {r_words(found.high)}"


def together_words(found: Sequence[Correlation], reason: str | None) -> str:
    """Whether more messages go with fewer people in plain words, with r, its interval, the weeks and the lag."""
    known = [each for each in found if each.r is not None]
    if not known:
        return f"Whether they move together cannot be said. {reason or 'There are too few weeks.'}"
    clearly = [each for each in known if clear(each)]
    best = max(clearly or known, key=lambda each: abs(each.r or 0.0))
    interval = f"95 %: {interval_words(best)}, " if best.low is not None else ""
    figures = f"r {r_words(best.r)} ({interval}{best.n} weeks)"
    if not clearly:
        return f"They do not clearly move together: at most {figures}, {_LAGS[best.lag]}. {_NO_CAUSE}"
    if (best.r or 0.0) < 0:
        said = "They move against each other: where more messages go out, fewer people seek support"
    else:
        said = "They move together: where more messages go out, more people seek support"
    return f"{said} {_LAGS[best.lag]}, {figures}. {_NO_CAUSE}"
