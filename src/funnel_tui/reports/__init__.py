"""A `Report` on paper: text, JSON, Markdown, CSV, HTML and SVG. Each takes a frozen report and gives a string.

The formats are imported when they are asked for: `report --format json` pays for no chart.
"""

from typing import Any

from funnel_tui.model.values import Report

FORMATS = ("text", "json", "md", "html", "csv", "svg")


def render(report: Report, format: str, *, currency: str = "USD", definitions: bool = False) -> str:
    """The report in one of `FORMATS` other than `text`, ending in a line break."""
    match format:
        case "json":
            import json

            return json.dumps(to_json(report), indent=2, ensure_ascii=False) + "\n"
        case "md":
            from funnel_tui.reports.markdown import render_markdown

            return render_markdown(report, currency=currency, definitions=definitions)
        case "csv":
            from funnel_tui.reports.table import render_csv

            return render_csv(report)
        case "html":
            from funnel_tui.reports.page import render_html

            return render_html(report, currency=currency, definitions=definitions)
        case "svg":
            from funnel_tui.reports.page import render_svg

            return render_svg(report, currency=currency)
    raise ValueError(format)


def render_text(
    report: Report,
    *,
    color: bool,
    width: int,
    definitions: bool = False,
    currency: str = "USD",
    depth: str = "256",
) -> str:
    """The report for a terminal or a pipe, `width` cells wide. `depth`: `truecolor`, `256` or `16`, with `color`."""
    from funnel_tui.reports.text import TextReport

    return TextReport(report, depth if color else "none", width, currency).render(definitions=definitions)


def to_json(report: Report) -> dict[str, Any]:
    """The contract of `report --format json`; its schema is `report.schema.json` beside this file."""
    from funnel_tui.reports.structure import report_object

    return report_object(report)
