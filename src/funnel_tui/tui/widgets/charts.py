"""The chart panes of the overview: where demand went, who resolved it month by month, the queue of the last day."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from funnel_tui.charts.cells import Line
from funnel_tui.charts.columns import column_hits, stacked_columns
from funnel_tui.charts.format import format_count, format_share
from funnel_tui.charts.queue import queue_chart
from funnel_tui.charts.sankey import sankey
from funnel_tui.charts.scales import MONTHS, date_labels, moment_label, month_labels
from funnel_tui.model.places import Place
from funnel_tui.model.values import Quality, Report, Series, SeriesPoint

from .chart import ChartPane, sentence
from .frame import Note


class FunnelPane(ChartPane):
    title = "WHERE DEMAND WENT"

    def _title(self) -> str:
        seekers = self.report.funnel.nodes[0].value if self.report and self.report.funnel.nodes else 0
        return f"WHERE {format_count(seekers)} QUERIES WENT" if seekers else self.title

    def _note(self) -> str:
        funnel = self.report.funnel if self.report else None
        return "≈ approximate" if funnel and funnel.quality is Quality.APPROXIMATE else ""

    def chart(self, report: Report, width: int, height: int) -> tuple[Line, ...]:
        if report.funnel.quality is Quality.UNAVAILABLE:
            return sentence(report.funnel.reason or "The sources cannot tell where demand went.", width)
        if not any(link.value for link in report.funnel.links):
            return sentence("Nobody sought support in this period.", width)
        return sankey(report.funnel, width, height, glyphs=self.funnel.glyphs, mono=self.funnel.ink.mono)


class MonthsPane(ChartPane):
    """Two points a month, what self-serve resolved and what the team did: up and down change from one to the other."""

    TITLE = "MONTHS"
    ROLE = "selfserve"
    title = "RESOLVED BY MONTH"

    @property
    def items(self) -> tuple[str, ...]:
        points = self.report.monthly.points if self.report else ()
        return tuple(f"{part} {point.start}" for point in points for part, value in _parts(point).items() if value)

    def move(self, dx: int, dy: int) -> bool:
        part, index = self._at
        points = self.report.monthly.points if self.report else ()
        if not self.alone or index is None or not 0 <= index + dx < len(points):
            return False
        if dy:
            part = "human" if dy < 0 else "selfserve"
        items = self.items
        wanted = [
            f"{name} {points[index + dx].start}" for name in (part, "human" if part == "selfserve" else "selfserve")
        ]
        return self.select(next((item for item in wanted[: 1 if dy else 2] if item in items), self.selected))

    def _nearest(self, line: int) -> str | None:
        # The newest month is what one looks at first.
        items = self.items
        return next((item for item in reversed(items) if item.startswith("selfserve")), items[-1] if items else None)

    @property
    def _at(self) -> tuple[str, int | None]:
        """The part and the month that the cursor is on."""
        part, _, start = (self.selected or "selfserve ").partition(" ")
        starts = [str(point.start) for point in self.report.monthly.points] if self.report else []
        return part, starts.index(start) if start in starts else None

    def place_of(self, item: str) -> Place | None:
        part, _, start = item.partition(" ")
        monthly = self.report.monthly if self.report else Series("month")
        index = next((i for i, point in enumerate(monthly.points) if str(point.start) == start), None)
        if index is None or self.report is None:
            return None
        point = monthly.points[index]
        words = _words(monthly, index, self.report)
        if part == "human":
            return Place("human.resolved", span=(point.start, point.end), words=words)
        return Place("selfserve.share_resolved", span=(point.start, point.end), words=words, only="selfserve")

    def point_at(self, x: int, y: int) -> str | None:
        if self.report is None or not self.report.monthly.points:
            return None
        points = self.report.monthly.points
        notes = [_share(point) for point in points]
        hits = column_hits(_labels(self.report.monthly, self.report), _columns(points), *self.inner, notes=notes)
        found = hits.at(x, y)
        return None if found is None else f"{found[1]} {points[found[0]].start}"

    def _title(self) -> str:
        return f"RESOLVED BY {self.report.monthly.by.upper()}" if self.report else self.title

    def _note(self) -> str | Note:
        part, index = self._at
        if self.mark is not None and index is not None and self.report is not None:
            value = _parts(self.report.monthly.points[index])[part]
            by = "the team" if part == "human" else "self-serve"
            words = f" {_words(self.report.monthly, index, self.report)}: {format_count(value or 0)} by {by}"
            return (("▒" if part == "human" and self.funnel.ink.mono else "█", part), (words, "text"))
        blocks = "█▒" if self.funnel.ink.mono else "██"
        points = self.report.monthly.points if self.report else ()
        known = not points or any(point.selfserve_resolved is not None for point in points)
        selfserve = " self-serve, %  " if known else " self-serve n/a  "
        if self.funnel.glyphs == "ascii":
            blocks = "#="
        return ((blocks[0], "selfserve"), (selfserve, "muted"), (blocks[1], "human"), (" human", "muted"))

    def chart(self, report: Report, width: int, height: int) -> tuple[Line, ...]:
        points = report.monthly.points
        if not points:
            return sentence("No resolved questions yet.", width)
        part, index = self._at
        return stacked_columns(
            _labels(report.monthly, report),
            _columns(points),
            width,
            height,
            notes=[_share(point) for point in points],
            partial_last=points[-1].end > report.period.as_of,
            glyphs=self.funnel.glyphs,
            mono=self.funnel.ink.mono,
            marked=(index, part) if self.mark is not None and index is not None else None,
        )


class QueuePane(ChartPane):
    title = "QUEUE, LAST 24 h"

    def place(self) -> Place | None:
        return Place("queue.waiting")

    def _note(self) -> str | Note:
        if self.funnel.glyphs == "ascii":
            return "= waiting  # above usual  . usual" if self.size.width >= 56 else "# above usual"
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
        look = self.funnel
        return queue_chart(
            report.queue_history, width, height, report.period.zone, glyphs=look.glyphs, mono=look.ink.mono
        )


def _labels(series: Series, report: Report) -> tuple[str, ...]:
    starts = [point.start for point in series.points]
    words: Callable[..., tuple[str, ...]] = month_labels if series.by == "month" else date_labels
    return words(starts, report.period.zone)


def _parts(point: SeriesPoint) -> dict[str, int | None]:
    """By role, from the bottom."""
    return {"selfserve": point.selfserve_resolved, "human": point.human_resolved}


def _columns(points: Sequence[SeriesPoint]) -> dict[str, list[int | None]]:
    return {part: [_parts(point)[part] for point in points] for part in ("selfserve", "human")}


def _words(series: Series, index: int, report: Report) -> str:
    """`Nov 2026`, `week of 2 Nov`."""
    if series.by == "month":
        day = datetime.fromtimestamp(series.points[index].start, report.period.zone) + timedelta(hours=12)
        return f"{MONTHS[day.month - 1]} {day.year}"
    return moment_label([point.start for point in series.points], index, report.period.zone)


def _share(point: SeriesPoint) -> str:
    """What self-serve resolved of all that was resolved; nothing where that is not known."""
    if point.selfserve_resolved is None or not point.selfserve_resolved + point.human_resolved:
        return ""
    return f"{format_share(point.selfserve_resolved / (point.selfserve_resolved + point.human_resolved))}"
