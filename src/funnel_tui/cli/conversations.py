"""`funnel-tui conversations`: the conversations behind a number."""

import csv
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from funnel_tui.cli.options import filter_option, period_option, unmatched
from funnel_tui.cli.outside import Outside, pass_outside, warn
from funnel_tui.settings import Settings

if TYPE_CHECKING:
    from funnel_tui.metrics import ReportRequest
    from funnel_tui.model.values import ConversationRow
    from funnel_tui.store import Reader

FIELDS = (
    *("source", "id", "url", "subject", "state", "channel", "team", "agent", "tags"),
    *("created_at", "waiting_since", "first_response_seconds", "closed_at", "rating"),
)


@click.command(epilog="Example: funnel-tui conversations --metric queue.waiting --filter team=billing")
@click.option("--metric", metavar="ID", help="Exactly those behind this metric; else those begun in the period.")
@period_option()
@filter_option
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N rows; default all.")
@click.option("--format", "format_", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@pass_outside
def conversations(
    outside: Outside,
    metric: str | None,
    period: str,
    filters: dict[str, tuple[str, ...]],
    limit: int | None,
    format_: str,
) -> None:
    """List conversations. Reads the cache only."""
    from funnel_tui.metrics import CATALOGUE, ReportRequest, conversations_behind

    if metric is not None and metric not in CATALOGUE:
        from difflib import get_close_matches

        close = get_close_matches(metric, CATALOGUE, n=1)
        raise click.BadParameter(
            f"{metric!r} is no metric" + (f"; did you mean {close[0]!r}?" if close else ""), param_hint="--metric"
        )
    settings = outside.settings
    request = ReportRequest(period=period, compare="none", at=outside.at, filters=filters)
    with outside.reader() as reader:
        for sentence in unmatched(reader, filters):
            warn(sentence)
        now = outside.clock()
        if metric is not None and (reason := _nothing_behind(reader, settings, request, metric, now)):
            warn(reason)
            rows = []
        else:
            rows = conversations_behind(reader, settings, request, metric, now, limit)
    if format_ == "json":
        click.echo(json.dumps([_object(row, settings.zone) for row in rows], indent=2, ensure_ascii=False))
    elif format_ == "csv":
        _write_csv(rows, settings.zone)
    else:
        click.echo(_table(rows, settings.zone, outside.width))


def _nothing_behind(
    reader: "Reader", settings: Settings, request: "ReportRequest", metric: str, now: int
) -> str | None:
    """Why a list for this metric is empty whatever happened, or None."""
    from funnel_tui.metrics import measure_only
    from funnel_tui.metrics.drill import has_list
    from funnel_tui.model.values import Quality

    found = measure_only(reader, settings, request, [metric], now)[metric]
    if found.quality is Quality.UNAVAILABLE:
        return f"{metric} is not available: {found.reason}"
    if not has_list(metric):
        counted = _COUNTED.get(metric, _COUNTED.get(metric.partition(".")[0], "no conversations"))
        return f"{metric} counts {counted}; there is no list of conversations behind it"
    return None


_COUNTED = {
    "proactive": "messages",
    "selfserve.article_views": "article views",
    "selfserve.article_viewers": "readers of articles",
    "selfserve.article_resolution_rate": "readers of articles",
    "queue.on_duty": "teammates",
}
"""What the metrics count that count no conversations."""


def _object(row: "ConversationRow", zone: ZoneInfo) -> dict[str, Any]:
    from funnel_tui.reports.structure import iso

    found = {name: getattr(row, name) for name in FIELDS}
    found["tags"] = list(row.tags)
    for name in ("created_at", "waiting_since", "closed_at"):
        if found[name] is not None:
            found[name] = iso(found[name], zone)
    return found


def _write_csv(rows: "Sequence[ConversationRow]", zone: ZoneInfo) -> None:
    from funnel_tui.reports.table import harmless

    write = csv.writer(sys.stdout, lineterminator="\n").writerow
    write(FIELDS)
    for row in rows:
        found = _object(row, zone)
        found["tags"] = " ".join(row.tags)
        write([harmless(value) if isinstance(value, str) else value for value in found.values()])


def _table(rows: "Sequence[ConversationRow]", zone: ZoneInfo, width: int) -> str:
    from funnel_tui.charts.cells import clean, pad
    from funnel_tui.charts.format import format_duration
    from funnel_tui.reports.words import moment

    head = ("Conversation", "State", "Begun", "First reply", "Agent", "Subject")
    widths = (22, 8, 22, 12, 16, max(10, width - 90))
    lines = ["  ".join(pad(text, size) for text, size in zip(head, widths, strict=True)).rstrip()]
    for row in rows:
        reply = row.first_response_seconds
        cells = (
            f"{row.source}/{row.id}",
            row.state,
            "" if row.created_at is None else moment(row.created_at, zone),
            "" if reply is None else format_duration(reply),
            row.agent or "",
            row.subject or row.excerpt or "",
        )
        lines.append("  ".join(pad(clean(text), size) for text, size in zip(cells, widths, strict=True)).rstrip())
    lines.append(f"{len(rows):,} conversation{'' if len(rows) == 1 else 's'}")
    return "\n".join(lines)
