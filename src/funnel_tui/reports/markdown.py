"""The report as Markdown tables, for an issue, a wiki or a chat message."""

from collections.abc import Iterable

from funnel_tui.charts import format as fmt
from funnel_tui.model.values import MetricValue, Report
from funnel_tui.reports import words


def render_markdown(report: Report, *, currency: str = "USD", definitions: bool = False) -> str:
    """GitHub's flavour. Text that came from outside is escaped."""
    zone = report.period.zone
    lines = [
        f"# {words.period_title(report.period)}: {words.shown_span(report.period)}",
        "",
        f"{words.comparison_title(report.comparison, zone).capitalize()}.",
        f"As of {words.moment(report.period.as_of, zone)}, {zone.key}.",
    ]
    lines += [f"\nOnly {key}: {escape(', '.join(values))}." for key, values in report.filters.items()]
    for title, metrics in words.by_layer(report):
        lines += ["", f"## {title}", "", *_table(metrics, currency)]
        if definitions:
            lines += ["", *(f"- `{metric.spec.id}`: {metric.spec.definition}" for metric in metrics)]
    if report.breakdown is not None and report.breakdown.rows:
        lines += ["", f"## By {report.breakdown.by}", ""]
        ids = [id for id in report.metrics if any(id in row.metrics for row in report.breakdown.rows)]
        head = [report.breakdown.by, *(report.metrics[id].spec.label for id in ids)]
        rows = (
            [
                escape(row.label),
                *(fmt.format_value(row.metrics[id], currency=currency) if id in row.metrics else "" for id in ids),
            ]
            for row in report.breakdown.rows
        )
        lines += _rows(head, rows, ":" + "r" * len(ids))
    if report.funnel.links:
        labels = {node.id: node.label for node in report.funnel.nodes}
        flows = (
            [labels.get(link.source, link.source), labels.get(link.target, link.target), fmt.format_count(link.value)]
            for link in report.funnel.links
        )
        lines += ["", "## Where demand went", "", *_rows(["From", "To", "Quests"], flows, "::r")]
    if report.signals:
        lines += ["", "## Needs attention", ""]
        lines += [f"- **{escape(signal.title)}** {escape(signal.evidence)}" for signal in report.signals]
    return "\n".join(lines) + "\n"


def _table(metrics: Iterable[MetricValue], currency: str) -> list[str]:
    rows = (
        [
            metric.spec.label,
            fmt.format_value(metric, currency=currency),
            fmt.format_change(metric, verdict=True),
            "" if metric.n is None else f"{metric.n:,}",
            escape(words.note(metric)),
        ]
        for metric in metrics
    )
    return _rows(["Metric", "Value", "Change", "n", "Note"], rows, ":r:r:")


def _rows(head: list[str], rows: Iterable[list[str]], align: str) -> list[str]:
    rule = "|".join("---:" if side == "r" else "---" for side in align)
    return [f"| {' | '.join(head)} |", f"|{rule}|", *(f"| {' | '.join(row)} |" for row in rows)]


def escape(text: str) -> str:
    """Text from outside as one line that Markdown takes literally."""
    text = " ".join(text.split())
    for mark in "\\`*_[]<>|#":
        text = text.replace(mark, f"\\{mark}")
    return text
