"""The chart panes of the overview: where demand went, who resolved it month by month, the queue of the last day."""

from collections.abc import Callable

from funnel_tui.charts.cells import Line
from funnel_tui.charts.columns import stacked_columns
from funnel_tui.charts.format import format_count, format_share
from funnel_tui.charts.queue import queue_chart
from funnel_tui.charts.sankey import sankey
from funnel_tui.charts.scales import date_labels, month_labels
from funnel_tui.model.boards import Place
from funnel_tui.model.values import Quality, Report, Series, SeriesPoint

from .chart import ChartPane, sentence
from .frame import Note


class FunnelPane(ChartPane):
    title = "WHERE DEMAND WENT"

    def _title(self) -> str:
        seekers = self.report.funnel.nodes[0].value if self.report and self.report.funnel.nodes else 0
        return f"WHERE {format_count(seekers)} PEOPLE WENT" if seekers else self.title

    def _note(self) -> str:
        funnel = self.report.funnel if self.report else None
        return "≈ approximate" if funnel and funnel.quality is Quality.APPROXIMATE else ""

    def chart(self, report: Report, width: int, height: int) -> tuple[Line, ...]:
        if report.funnel.quality is Quality.UNAVAILABLE:
            return sentence(report.funnel.reason or "The sources cannot tell where demand went.", width)
        if not any(link.value for link in report.funnel.links):
            return sentence("Nobody sought support in this period.", width)
        return sankey(report.funnel, width, height, mono=self.funnel.ink.mono)


class MonthsPane(ChartPane):
    title = "RESOLVED BY MONTH"

    def _title(self) -> str:
        return f"RESOLVED BY {self.report.monthly.by.upper()}" if self.report else self.title

    def _note(self) -> str | Note:
        blocks = "█▒" if self.funnel.ink.mono else "██"
        points = self.report.monthly.points if self.report else ()
        known = not points or any(point.selfserve_resolved is not None for point in points)
        selfserve = " self-serve, %  " if known else " self-serve n/a  "
        return ((blocks[0], "selfserve"), (selfserve, "muted"), (blocks[1], "human"), (" human", "muted"))

    def chart(self, report: Report, width: int, height: int) -> tuple[Line, ...]:
        points = report.monthly.points
        if not points:
            return sentence("No resolved questions yet.", width)
        return stacked_columns(
            _labels(report.monthly, report),
            {"selfserve": [p.selfserve_resolved for p in points], "human": [p.human_resolved for p in points]},
            width,
            height,
            notes=[_share(point) for point in points],
            partial_last=points[-1].end > report.period.as_of,
            mono=self.funnel.ink.mono,
        )


class QueuePane(ChartPane):
    title = "QUEUE, LAST 24 h"

    def place(self) -> Place | None:
        return Place("queue.waiting")

    def _note(self) -> str | Note:
        if self.funnel.ink.mono:
            return "▓ waiting  █ above usual  ░ usual" if self.size.width >= 56 else "█ above usual"
        if self.size.width < 56:
            return (("█", "human"), (" above usual", "muted"))
        return (
            ("█", "human-soft"),
            (" waiting  ", "muted"),
            ("█", "human"),
            (" above usual  ", "muted"),
            ("█", "track"),
            (" usual", "muted"),
        )

    def chart(self, report: Report, width: int, height: int) -> tuple[Line, ...]:
        if not report.queue_history:
            return sentence("No queue history yet: it grows with every poll.", width)
        return queue_chart(report.queue_history, width, height, report.period.zone, mono=self.funnel.ink.mono)


def _labels(series: Series, report: Report) -> tuple[str, ...]:
    starts = [point.start for point in series.points]
    words: Callable[..., tuple[str, ...]] = month_labels if series.by == "month" else date_labels
    return words(starts, report.period.zone)


def _share(point: SeriesPoint) -> str:
    """What self-serve resolved of all that was resolved; nothing where that is not known."""
    if point.selfserve_resolved is None or not point.selfserve_resolved + point.human_resolved:
        return ""
    return f"{format_share(point.selfserve_resolved / (point.selfserve_resolved + point.human_resolved))}"
