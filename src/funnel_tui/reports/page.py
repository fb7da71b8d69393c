"""The report as one HTML file with inline SVG, which opens anywhere and loads nothing, and the paper alone as SVG."""

from collections.abc import Iterable
from html import escape

from funnel_tui.charts import format as fmt
from funnel_tui.charts.cells import Line
from funnel_tui.charts.columns import stacked_columns
from funnel_tui.charts.palette import PALETTES
from funnel_tui.charts.sankey import sankey
from funnel_tui.charts.svg import to_svg
from funnel_tui.model.values import MetricValue, Quality, Report
from funnel_tui.reports import words
from funnel_tui.reports.text import TextReport

PALETTE = PALETTES["light"]
CHART_WIDTH, FUNNEL_HEIGHT, SERIES_HEIGHT = 110, 18, 12
"""In cells, as the charts count."""

TILES = (
    ("Proactive", "proactive", ("proactive.delivered", "proactive.open_rate", "proactive.per_seeker")),
    ("Self-serve", "selfserve", ("selfserve.share_resolved", "selfserve.bot_resolution_rate", "selfserve.seekers")),
    ("Human", "human", ("human.first_response.median", "human.time_to_close.median", "human.csat")),
)

_STYLE = f"""
body{{font:15px/1.45 system-ui,sans-serif;color:{PALETTE["text"]};background:{PALETTE["ground"]};
max-width:64rem;margin:2rem auto;padding:0 1rem}}
h1{{font-size:1.5rem;margin:0}} h2{{font-size:1.05rem;margin:2.2rem 0 .5rem}} .sub,.n{{color:{PALETTE["muted"]}}}
.tiles{{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1rem;margin-top:1.5rem}}
.tile{{border-top:4px solid;padding:.6rem 0}}
.tile dl{{margin:0;display:grid;grid-template-columns:1fr auto;gap:.2rem .8rem}}
.tile dd{{margin:0;text-align:right;font-weight:600}} .tile dt{{color:{PALETTE["muted"]}}}
.proactive{{border-color:{PALETTE["proactive"]}}} .selfserve{{border-color:{PALETTE["selfserve"]}}}
.human{{border-color:{PALETTE["human"]}}} .good{{color:{PALETTE["good"]}}} .bad{{color:{PALETTE["bad"]}}}
.muted{{color:{PALETTE["muted"]}}} svg{{max-width:100%;height:auto}}
table{{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}} th{{text-align:left;font-weight:600}}
th,td{{padding:.25rem .6rem;border-bottom:1px solid {PALETTE["track"]};vertical-align:top}} .r{{text-align:right}}
@media print{{body{{margin:0}} h2,table,svg{{break-inside:avoid}}}}
"""


def render_svg(report: Report, *, currency: str = "USD", width: int = CHART_WIDTH) -> str:
    """The text report as a picture, `width` cells wide."""
    lines = TextReport(report, "256", width, currency).lines()
    return to_svg(_padded(lines, width), PALETTES["dark"], title=_title(report)) + "\n"


def render_html(report: Report, *, currency: str = "USD", definitions: bool = False) -> str:
    """A whole page: no script, no link, nothing fetched. Text that came from outside is escaped."""
    zone = report.period.zone
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(_title(report))}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(_title(report))}</h1>",
        f'<p class="sub">{escape(words.comparison_title(report.comparison, zone))}.',
        f"As of {escape(words.moment(report.period.as_of, zone))}, {escape(zone.key)}.</p>",
    ]
    parts += [f"<p>Only {escape(key)}: {escape(', '.join(values))}</p>" for key, values in report.filters.items()]
    parts.append('<div class="tiles">')
    parts += [_tile(report, title, role, ids, currency) for title, role, ids in TILES]
    parts.append("</div>")
    if report.funnel.links:
        parts.append("<h2>Where demand went</h2>")
        parts.append(_picture(sankey(report.funnel, CHART_WIDTH, FUNNEL_HEIGHT), "Where demand went"))
    parts += _series(report)
    if report.signals:
        parts.append("<h2>Needs attention</h2><ul>")
        parts += [f"<li><b>{escape(one.title)}</b> {escape(one.evidence)}</li>" for one in report.signals]
        parts.append("</ul>")
    parts += _breakdown(report, currency)
    for title, metrics in words.by_layer(report):
        parts += _layer(title, metrics, currency, definitions)
    parts.append("</body></html>")
    return "\n".join(parts) + "\n"


def _title(report: Report) -> str:
    running = "" if report.period.complete else ", still running"
    return f"Support funnel. {words.period_title(report.period)}: {words.shown_span(report.period)}{running}"


def _tile(report: Report, title: str, role: str, ids: Iterable[str], currency: str) -> str:
    rows = []
    for metric in (report.metrics[id] for id in ids if id in report.metrics):
        change = escape(fmt.format_change(metric))
        rows.append(
            f"<dt>{escape(metric.spec.label)}</dt><dd>{escape(fmt.format_value(metric, currency=currency))} "
            f'<span class="{fmt.change_role(metric)}">{change}</span></dd>'
        )
    return f'<section class="tile {role}"><h2 style="margin:0 0 .4rem">{title}</h2><dl>{"".join(rows)}</dl></section>'


def _series(report: Report) -> list[str]:
    series = report.series
    if not any(point.human_resolved or point.selfserve_resolved for point in series.points):
        return []
    lines = stacked_columns(
        [words.grain_label(point.start, series.by, report.period.zone) for point in series.points],
        {
            "selfserve": [point.selfserve_resolved for point in series.points],
            "human": [point.human_resolved for point in series.points],
        },
        CHART_WIDTH,
        SERIES_HEIGHT,
        partial_last=words.still_runs(report),
    )
    legend = (
        f'<span style="color:{PALETTE["selfserve"]}">■</span> self-serve{words.unless_known(series.points)} '
        f'<span style="color:{PALETTE["human"]}">■</span> human'
    )
    title = f"Resolved by {series.by}"
    return [f"<h2>{title}</h2><p>{legend}</p>", _picture(lines, title)]


def _breakdown(report: Report, currency: str) -> list[str]:
    breakdown = report.breakdown
    if breakdown is None:
        return []
    ids = [
        id
        for id in report.metrics
        if any(id in row.metrics and row.metrics[id].quality is not Quality.UNAVAILABLE for row in breakdown.rows)
    ]
    head = "".join(f'<th class="r">{escape(report.metrics[id].spec.label)}</th>' for id in ids)
    parts = [f'<h2>By {escape(breakdown.by)}</h2><div style="overflow-x:auto"><table><tr><th></th>{head}</tr>']
    for row in breakdown.rows:
        shown = (fmt.format_value(row.metrics[id], currency=currency) if id in row.metrics else "" for id in ids)
        cells = "".join(f'<td class="r">{escape(text)}</td>' for text in shown)
        parts.append(f"<tr><td>{escape(row.label)}</td>{cells}</tr>")
    parts.append("</table></div>")
    return parts


def _layer(title: str, metrics: Iterable[MetricValue], currency: str, definitions: bool) -> list[str]:
    parts = [f"<h2>{escape(title)}</h2><table>"]
    for metric in metrics:
        meaning = f'<br><span class="sub">{escape(metric.spec.definition)}</span>' if definitions else ""
        parts.append(
            f'<tr title="{escape(metric.spec.definition)}"><td>{escape(metric.spec.label)}{meaning}</td>'
            f'<td class="r">{escape(fmt.format_value(metric, currency=currency))}</td>'
            f'<td class="{fmt.change_role(metric)}">{escape(fmt.format_change(metric, verdict=True))}</td>'
            f'<td class="r n">{escape(fmt.format_n(metric.n))}</td>'
            f'<td class="sub">{escape(words.note(metric))}</td></tr>'
        )
    parts.append("</table>")
    return parts


def _picture(lines: Iterable[Line], title: str) -> str:
    return to_svg(list(lines), PALETTE, title=title)


def _padded(lines: Iterable[Line], width: int) -> list[Line]:
    """With a margin above and below, and one blank line as wide as the paper, which decides how wide the picture is."""
    from funnel_tui.charts.cells import Span, style

    blank: Line = (Span(" " * (width + 2), style()),)
    return [blank, *((Span(" ", style()), *line) for line in lines), blank]
