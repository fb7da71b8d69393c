"""Bars of what became of a whole: messages delivered, opened, clicked; those who came to the team at once or later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from funnel_tui.charts.bars import hbar_parts
from funnel_tui.charts.cells import Canvas, Line, cell_width, pad, style
from funnel_tui.charts.format import change_role, format_change, format_share, format_value
from funnel_tui.model.values import MetricValue, Quality, Report, Verdict

from .figures import FiguresPane, Spots, reasons
from .number_lines import mostly_pending, pending_words


@dataclass(frozen=True)
class Part:
    """A bar: a count of the report as a share of another one."""

    metric: str
    label: str
    short: str = ""
    """For narrow panes."""
    of: str = ""
    """The count it is a share of; none for the whole itself."""
    words: str = ""
    """What that is: `of opened`."""
    rate: str = ""
    """The metric that says the share, where there is one: it leaves out what cannot be judged yet."""
    role: str = ""


class SharesPane(FiguresPane):
    """A bar for each part, all on one scale."""

    PARTS: ClassVar[tuple[Part, ...]] = ()

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(part.metric for part in self.PARTS)

    def body(self, report: Report, width: int, height: int) -> tuple[Sequence[Line], Spots]:
        known = {
            part.metric: metric
            for part in self.PARTS
            if (metric := report.metrics.get(part.metric)) is not None and metric.quality is not Quality.UNAVAILABLE
        }
        if not known:
            found = [metric.reason for part in self.PARTS if (metric := report.metrics.get(part.metric)) is not None]
            return reasons(found, width), {}
        most = max(metric.value or 0.0 for metric in known.values())
        # As many lines for each as there are: its words and its bar in one, then below each other, then apart.
        pitch = max(1, min(3, (height + 1) // len(self.PARTS)))
        # Without colours the empty part of a bar could not be told from the full one.
        track = not self.funnel.ink.mono
        lines: list[Line] = []
        spots: dict[str, tuple[int, int]] = {}
        for part in self.PARTS:
            first = len(lines)
            lines += _drawn(part, report.metrics, most, width, part.role or self.ROLE, pitch, track)
            spots[part.metric] = (first, first + min(2, pitch))
        return lines[:height], spots


def _drawn(
    part: Part, metrics: Mapping[str, MetricValue], most: float, width: int, role: str, pitch: int, track: bool
) -> Sequence[Line]:
    metric = metrics.get(part.metric)
    canvas = Canvas(width, pitch)
    label, value, change = (17, 8, 9) if width >= 52 else (13, 7, 8)
    name = part.short if part.short and cell_width(part.label) >= label else part.label
    canvas.write(0, 0, name, style("text"), width=label - 1)
    said = format_value(metric) if metric is not None else "…"
    canvas.write(label, 0, pad(said, value, ">"), style(role, bold=True))
    if metric is None or metric.quality is Quality.UNAVAILABLE:
        canvas.write(label + value + 2, 0, (metric.reason or "") if metric else "", style("muted"))
        return canvas.lines()
    shares = share_words(part, metrics)
    changed = format_change(metric)
    x = label + value + 1
    if pitch == 1:
        room = width - x - change - 8
        if room >= 4:
            for text, look in hbar_parts(metric.value, most, room, role, track=track):
                x = canvas.write(x, 0, text, look)
        canvas.write(x + 1, 0, pad(_fitting(shares, 7), 7, ">"), style("muted"))
    else:
        room = width - x - change - 2
        canvas.write(x + 1, 0, _fitting(shares, room), style("muted"))
        bar = 0
        for text, look in hbar_parts(metric.value, most, width, role, track=track):
            bar = canvas.write(bar, 1, text, look)
    if changed:
        look = style(change_role(metric), bold=metric.verdict is Verdict.WORSE)
        canvas.write(width - change, 0, pad(changed, change, ">"), look)
    return canvas.lines()


def share_words(part: Part, metrics: Mapping[str, MetricValue]) -> tuple[str, ...]:
    """`49 % of delivered`, with those too new to be judged `49 % (+12) of delivered`, or `241 pending` where they are
    most; the longest form first. Nothing for the whole, or where the share cannot be had."""
    rate = metrics.get(part.rate) if part.rate else None
    if rate is not None:
        if rate.value is None or rate.quality is Quality.UNAVAILABLE:
            return ()
        if mostly_pending(rate):
            return pending_words(rate)
        said = format_value(rate)
        new = (f"{said} (+{rate.pending:,}) {part.words}",) if rate.pending else ()
        return (*new, f"{said} {part.words}", said)
    whole, metric = metrics.get(part.of), metrics.get(part.metric)
    if whole is None or metric is None or metric.value is None or not whole.value:
        return ()
    said = format_share(metric.value / whole.value)
    return f"{said} {part.words}", said


def _fitting(forms: Sequence[str], room: int) -> str:
    """The first form that fits, else the shortest."""
    return next((form for form in forms if cell_width(form) <= room), forms[-1] if forms else "")
