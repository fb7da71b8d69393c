"""The report for a terminal or a pipe: sections by layer, values aligned, then where demand went."""

from typing import cast

from funnel_tui.charts import format as fmt
from funnel_tui.charts.cells import Line, cut, pad, style
from funnel_tui.charts.cells import Span as Cells
from funnel_tui.charts.render import Depth, to_ansi
from funnel_tui.model.values import BreakdownRow, MetricValue, Quality, Report
from funnel_tui.reports import words

LABEL, VALUE, CHANGE, COUNT = 34, 10, 16, 10
"""Cells of the columns."""
_LAYER_ROLES = {"Proactive": "proactive", "Self-serve": "selfserve", "Human": "human", "Queue now": "human"}
BREAKDOWN_METRICS = (
    "human.inbound",
    "human.resolved",
    "human.first_response.median",
    "human.time_to_close.median",
    "human.csat",
    "selfserve.bot_resolution_rate",
)
"""The columns of a breakdown on paper; JSON and CSV have them all."""


class TextReport:
    """One rendering; `width` in cells, `depth` as `charts.render` has it."""

    def __init__(self, report: Report, depth: str, width: int, currency: str) -> None:
        self.report = report
        self.depth = cast(Depth, depth)
        self.width = max(40, width)
        self.currency = currency
        self.label = min(LABEL, self.width - VALUE - 4)
        self._lines: list[Line] = []

    def render(self, *, definitions: bool) -> str:
        return to_ansi((_trimmed(line) for line in self.lines(definitions=definitions)), self.depth) + "\n"

    def lines(self, *, definitions: bool = False) -> list[Line]:
        """The report as rows of styled cells, not all of them as wide as the paper."""
        self._lines = []
        self._head()
        for title, metrics in words.by_layer(self.report):
            self._section(title, metrics, definitions)
        self._breakdown()
        self._funnel()
        self._series()
        self._signals()
        self._freshness()
        return self._lines

    def _say(self, *parts: tuple[str, str | None]) -> None:
        """One line; text that came from outside may be longer than the line and is cut."""
        room, line = self.width, []
        for text, role in parts:
            text = cut(text, room)
            room -= len(text)
            line.append(Cells(text, style(role, bold=role in _LAYER_ROLES.values())))
        self._lines.append(tuple(line))

    def _head(self) -> None:
        report, zone = self.report, self.report.period.zone
        running = "" if report.period.complete else ", still running"
        self._say((f"{words.period_title(report.period)}: {words.shown_span(report.period)}{running}", "text"))
        self._say((words.comparison_title(report.comparison, zone), "muted"))
        self._say((f"as of {words.moment(report.period.as_of, zone)}, {zone.key}", "muted"))
        for key, values in report.filters.items():
            self._say((f"only {key}: {', '.join(values)}", "warn"))

    def _section(self, title: str, metrics: list[MetricValue], definitions: bool) -> None:
        self._say()
        self._say((title.upper(), _LAYER_ROLES.get(title, "text")))
        reasons = {metric.reason if metric.quality is Quality.UNAVAILABLE else None for metric in metrics}
        if len(metrics) > 1 and len(reasons) == 1 and (reason := reasons.pop()) and not definitions:
            # A layer that no source feeds: said once, not on every line.
            names = ", ".join(metric.spec.label for metric in metrics)
            for line in _wrapped(f"{fmt.NOT_AVAILABLE}: {reason} ({names})", self.width - 4):
                self._say((f"  {line}", "muted"))
            return
        for metric in metrics:
            self._metric(metric)
            if definitions:
                reason = f" {metric.reason}" if metric.reason else ""
                for line in _wrapped(f"{metric.spec.id}: {metric.spec.definition}{reason}", self.width - 4):
                    self._say((f"    {line}", "muted"))

    def _metric(self, metric: MetricValue) -> None:
        value = fmt.format_value(metric, currency=self.currency)
        if metric.quality is Quality.UNAVAILABLE:
            label, value = pad(metric.spec.label, self.label), pad(value, VALUE, ">")
            self._say((f"  {label}", None), (value, "muted"), (f"  {metric.reason or ''}", "muted"))
            return
        parts: list[tuple[str, str | None]] = [
            (f"  {pad(metric.spec.label, self.label)}", None),
            (pad(value, VALUE, ">"), "muted" if value in (fmt.NOT_AVAILABLE, fmt.NOTHING) else "text"),
        ]
        rest = self.width - self.label - VALUE - 2
        if rest >= CHANGE + COUNT:
            change = fmt.format_change(metric, verdict=True)
            parts.append((f"  {pad(change, CHANGE)}", fmt.change_role(metric)))
            parts.append((pad(_count(metric), COUNT, ">"), "muted"))
            beside = "  ".join(text for text in (_interval(metric), words.note(metric)) if text)
            parts.append((f"  {beside}" if beside else "", "muted"))
        elif rest > 3:
            parts.append((f"  {pad(fmt.format_change(metric), rest - 2)}", fmt.change_role(metric)))
        self._say(*parts)

    def _breakdown(self) -> None:
        breakdown = self.report.breakdown
        if breakdown is None:
            return
        ids = [id for id in BREAKDOWN_METRICS if id in self.report.metrics]
        if breakdown.rows and not any(id in row.metrics for row in breakdown.rows for id in ids):
            ids = list(breakdown.rows[0].metrics)
        ids = ids[: max(1, (self.width - 26) // 16)]
        self._say()
        self._say((f"BY {breakdown.by.upper()}, {len(breakdown.rows)} rows", "text"))
        labels = [self.report.metrics[id].spec.label if id in self.report.metrics else id for id in ids]
        self._say((f"  {pad('', 24)}{''.join(pad(cut(label, 15), 16, '>') for label in labels)}", "muted"))
        for row in breakdown.rows:
            self._say((f"  {pad(row.label, 24)}", None), (self._cells(row, ids), "text"))

    def _cells(self, row: BreakdownRow, ids: list[str]) -> str:
        return "".join(
            pad(fmt.format_value(row.metrics[id], currency=self.currency) if id in row.metrics else "", 16, ">")
            for id in ids
        )

    def _funnel(self) -> None:
        funnel = self.report.funnel
        self._say()
        total = next((node.value for node in funnel.nodes if node.id == "seeking"), 0)
        self._say((f"WHERE DEMAND WENT: {fmt.format_count(total)} quests", "text"))
        if not total:
            self._say((f"  {funnel.reason or 'nobody sought support in this period'}", "muted"))
            return
        from funnel_tui.charts.sankey import sankey

        self._lines.extend(sankey(funnel, self.width, 16, mono=self.depth == "none"))

    def _series(self) -> None:
        points = self.report.series.points
        if not any(point.human_resolved or point.selfserve_resolved for point in points):
            return
        from funnel_tui.charts.columns import stacked_columns

        by = self.report.series.by
        labels = [words.grain_label(point.start, by, self.report.period.zone) for point in points]
        self._say()
        marks = ("█", "▒") if self.depth == "none" else ("■", "■")
        self._say(
            (f"RESOLVED BY {by.upper()}: ", "text"),
            (f"{marks[0]} self-serve{words.unless_known(points)}  ", "selfserve"),
            (f"{marks[1]} human", "human"),
        )
        self._lines.extend(
            stacked_columns(
                labels,
                {
                    "selfserve": [point.selfserve_resolved for point in points],
                    "human": [point.human_resolved for point in points],
                },
                self.width,
                12,
                partial_last=words.still_runs(self.report),
                mono=self.depth == "none",
            )
        )

    def _signals(self) -> None:
        if self.report.signals:
            self._say()
            self._say(("NEEDS ATTENTION", "text"))
        for signal in self.report.signals:
            mark = "!" if signal.urgent else "↗"
            self._say((f"  {mark} {signal.title}", "warn" if signal.urgent else None))
            for line in _wrapped(signal.evidence, self.width - 4):
                self._say((f"    {line}", "muted"))

    def _freshness(self) -> None:
        if self.report.freshness:
            self._say()
        for fresh in self.report.freshness:
            if fresh.last_success is None:
                age = "never read"
            else:
                age = f"read {fmt.format_duration(max(0, self.report.generated_at - fresh.last_success))} ago"
            message = f": {fresh.message}" if fresh.message else ""
            role = "muted" if fresh.state == "ok" else "warn"
            self._say((f"{fresh.name} ({fresh.kind}): {fresh.state}, {age}{message}", role))


def _count(metric: MetricValue) -> str:
    return fmt.format_n(metric.n)


def _interval(metric: MetricValue) -> str:
    interval = fmt.format_interval(metric)
    return f"({interval})" if interval else ""


def _trimmed(line: Line) -> Line:
    """Without blanks at the end, which only cost bytes on paper."""
    while line and line[-1].style.bg is None and not line[-1].text.rstrip():
        line = line[:-1]
    if line and line[-1].style.bg is None:
        line = (*line[:-1], Cells(line[-1].text.rstrip(), line[-1].style))
    return line


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, max(20, width))
