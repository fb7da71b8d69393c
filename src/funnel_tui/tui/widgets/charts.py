"""The chart panes of the overview: where demand went, who resolved it month by month, the queue of the last day."""

from collections.abc import Callable

from funnel_tui.charts.cells import Line, join, style
from funnel_tui.charts.columns import stacked_columns
from funnel_tui.charts.format import format_count, format_share
from funnel_tui.charts.queue import queue_chart
from funnel_tui.charts.sankey import sankey
from funnel_tui.charts.scales import date_labels, month_labels
from funnel_tui.model.values import Quality, Report, Series, SeriesPoint

from .frame import Note, frame, inner_size
from .panel import wrap
from .panes import PaneView
from .reading import unread


class ChartPane(PaneView):
    """A framed chart of the report, redrawn only when the report is another one."""

    title = ""

    def __init__(self, pane: str) -> None:
        super().__init__(pane)
        self.report: Report | None = None
        self._drawn: tuple[object, ...] = ()
        self._body: tuple[Line, ...] = ()

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        inner = inner_size(width, height, boxed=self.boxed)
        # Moving the cursor redraws the frame; the chart inside is drawn once for each report and size.
        live = self.funnel.live
        key = (self.report, inner, self.funnel.ink, live.problem if self.report is None else live.poller_problem)
        if len(self._drawn) != len(key) or any(a is not b and a != b for a, b in zip(self._drawn, key, strict=True)):
            self._drawn = key
            self._body = self._content(*inner)
        return frame(self._title(), self._body, width, height, boxed=self.boxed, active=self.active, note=self._note())

    def _content(self, width: int, height: int) -> tuple[Line, ...]:
        if self.report is None:
            failed = self.funnel.live.problem is not None
            return _sentence("No figures yet: what is wrong stands below." if failed else "reading the cache …", width)
        if unread(self.report):
            names = ", ".join(source.name for source in self.report.freshness if source.state != "failed")
            if self.funnel.live.poller_problem or (not names and self.report.freshness):
                return _sentence("No figures yet: what is wrong stands below.", width)
            names = names or "the sources"
            return _sentence(f"Waiting for the first answer of {names}. What has been read shows at once.", width)
        return self.chart(self.report, width, height)

    def _title(self) -> str:
        return self.title

    def _note(self) -> str | Note:
        return ""

    def chart(self, report: Report, width: int, height: int) -> tuple[Line, ...]:
        raise NotImplementedError


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
            return _sentence(report.funnel.reason or "The sources cannot tell where demand went.", width)
        if not any(link.value for link in report.funnel.links):
            return _sentence("Nobody sought support in this period.", width)
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
            return _sentence("No resolved questions yet.", width)
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
            return _sentence("No queue history yet: it grows with every poll.", width)
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


def _sentence(text: str, width: int) -> tuple[Line, ...]:
    lines = [join([(f" {line}", style("muted"))], width) for line in wrap(text, width - 2)]
    return (join((), width), *lines)
