"""`funnel-tui status`: one line for a prompt or a tmux bar."""

import json
from typing import TYPE_CHECKING, Any

import click

from funnel_tui.cli.outside import Outside, pass_outside

if TYPE_CHECKING:
    from funnel_tui.model.values import Freshness, Report

_WORST = ("failed", "stale", "never", "partial", "ok")


@click.command(epilog="Example: tmux set -g status-right '#(funnel-tui status --format tmux)'")
@click.option("--format", "format_", type=click.Choice(["plain", "tmux", "json"]), default="plain", show_default=True)
@pass_outside
def status(outside: Outside, format_: str) -> None:
    """Print the queue in one line. Reads the cache only; without one it says so and still exits 0."""
    from funnel_tui.metrics import ReportRequest, build_report

    settings = outside.settings
    if not outside.cache.exists():
        click.echo(json.dumps({"state": "never", "cache": None}) if format_ == "json" else "funnel: no data yet")
        return
    request = ReportRequest(period="today", compare="none", at=outside.at)
    with outside.reader() as reader:
        report = build_report(reader, settings, request, outside.clock())
    if format_ == "json":
        click.echo(json.dumps(_object(report)))
    else:
        click.echo(_line(report, tmux=format_ == "tmux"))


def _object(report: "Report") -> dict[str, Any]:
    from funnel_tui.reports.structure import freshness_object, iso, number

    zone = report.period.zone
    found: dict[str, Any] = {
        "as_of": iso(report.period.as_of, zone),
        "state": _state(report.freshness),
        "metrics": {
            id: number(metric.value, metric.spec.unit)
            for id, metric in report.metrics.items()
            if id.startswith("queue.") or id in ("human.first_response.median", "human.inbound", "human.resolved")
        },
        "freshness": {f.name: freshness_object(f, zone, report.generated_at) for f in report.freshness},
    }
    return found


def _line(report: "Report", *, tmux: bool) -> str:
    from funnel_tui.charts.format import format_duration, format_value

    waiting, oldest = report["queue.waiting"], report["queue.oldest_wait"]
    longest = f" (oldest {format_value(oldest)})" if waiting.value and oldest.value is not None else ""
    parts = [
        f"waiting {format_value(waiting)}{longest}",
        f"open {format_value(report['queue.open'])}",
        f"first response {format_value(report['human.first_response.median'])}",
    ]
    state = _state(report.freshness)
    ages = [report.generated_at - f.last_success for f in report.freshness if f.last_success is not None]
    if state not in ("ok", "partial") and report.freshness:
        parts.append(f"data {state}" + (f", {format_duration(max(0, *ages, 0))} old" if ages else ""))
    line = " · ".join(parts)
    if not tmux:
        return line
    colour = "red" if state in ("failed", "stale") else "yellow" if waiting.value else "green"
    return f"#[fg={colour}]{line.replace('#', '##')}#[default]"


def _state(freshness: "tuple[Freshness, ...]") -> str:
    """The worst state of any source; a cache of imported files has none to be late."""
    states = {fresh.state for fresh in freshness}
    return next((state for state in _WORST if state in states), "ok")
