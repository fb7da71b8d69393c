"""The report as one tidy CSV table: a row a metric, and a row a metric and key of the breakdown."""

import csv
import io

from funnel_tui.model.values import MetricValue, Report
from funnel_tui.reports.structure import iso, number

COLUMNS = (
    *("period", "start", "end", "as_of", "by", "key", "key_label", "metric", "label", "unit", "value", "n", "pending"),
    *("previous", "previous_n", "change", "verdict", "quality", "reason"),
)


def render_csv(report: Report) -> str:
    """Raw values in the metric's unit; nothing stands for null. The header line is always there."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(COLUMNS)
    period = report.period
    head = (period.name, *(iso(moment, period.zone) for moment in (period.start, period.end, period.as_of)))
    for metric in report.metrics.values():
        write((*head, "", "", "", *_cells(metric)))
    if report.breakdown is not None:
        for row in report.breakdown.rows:
            for metric in row.metrics.values():
                write((*head, report.breakdown.by, harmless(row.key), harmless(row.label), *_cells(metric)))
    return out.getvalue()


def _cells(metric: MetricValue) -> tuple[object, ...]:
    spec = metric.spec
    return (
        spec.id,
        spec.label,
        spec.unit.value,
        number(metric.value, spec.unit),
        metric.n,
        metric.pending,
        number(metric.previous, spec.unit),
        metric.previous_n,
        metric.change,
        None if metric.verdict is None else metric.verdict.value,
        metric.quality.value,
        metric.reason,
    )


def harmless(text: str) -> str:
    """Text from outside that a spreadsheet would take for a formula, with the mark that stops it."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
