"""The queue of the last day, and in words whether this is a spike."""

from funnel_tui.charts.cells import Canvas, Line, cut, style
from funnel_tui.charts.format import format_count
from funnel_tui.model.values import Report

from .charts import QueuePane
from .panel import wrap
from .reading import filling, signals_of


class SpikePane(QueuePane):
    TITLE = "Last 24 h"
    ROLE = "human"

    def chart(self, report: Report, width: int, height: int) -> tuple[Line, ...]:
        words, role = spike_words(report)
        room = 2 if height >= 8 else 1 if height >= 5 else 0
        lines = wrap(words, width)
        if len(lines) > room:
            lines = [*lines[: room - 1], cut(" ".join(lines[room - 1 :]), width)] if room else []
        if not lines or not report.queue_history:
            return super().chart(report, width, height)
        canvas = Canvas(width, len(lines))
        for y, line in enumerate(lines):
            canvas.write(0, y, line, style(role, bold=role == "bad"))
        return (*canvas.lines(), *super().chart(report, width, height - len(lines)))


def spike_words(report: Report) -> tuple[str, str]:
    """A sentence and the role of its colour."""
    if not report.queue_history:
        return "", "muted"
    spike = next((signal for signal in signals_of(report) if signal.urgent and signal.metric == "queue.waiting"), None)
    if spike is not None:
        return f"! This is a spike. {spike.title}; {spike.evidence}", "bad"
    now = report.queue_history[-1]
    if now.usual is None and report.filters:
        return f"{now.waiting:,} waiting. What is usual is not known under this filter.", "muted"
    if now.usual is None or filling(report.freshness):
        return f"{now.waiting:,} waiting. What is usual shows once some weeks have been read.", "muted"
    return f"No spike: {now.waiting:,} waiting, usual {format_count(now.usual)} at this hour.", "text"
