"""`funnel-tui status`: one line for a prompt or a tmux bar."""

import json
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from funnel_tui.cli.outside import Outside, pass_outside

if TYPE_CHECKING:
    from funnel_tui.model.values import Freshness, MetricValue

_SHOWN = (
    "queue.open",
    "queue.unassigned",
    "queue.waiting",
    "queue.snoozed",
    "queue.with_bot",
    "queue.oldest_wait",
    "queue.median_wait",
    "queue.arrivals_1h",
    "queue.closes_1h",
    "queue.on_duty",
    "human.first_response.median",
    "human.inbound",
    "human.resolved",
)
_WORST = ("failed", "stale", "never", "partial", "ok")


@click.command(epilog="Example: tmux set -g status-right '#(funnel-tui status --format tmux)'")
@click.option("--format", "format_", type=click.Choice(["plain", "tmux", "json"]), default="plain", show_default=True)
@pass_outside
def status(outside: Outside, format_: str) -> None:
    """Print the queue in one line. Reads the cache only; without one it says so and still exits 0."""
    from funnel_tui.metrics import ReportRequest, current_freshness, measure_only

    settings = outside.settings
    if not outside.cache.exists():
        click.echo(json.dumps({"state": "never", "cache": None}) if format_ == "json" else "funnel: no data yet")
        return
    request = ReportRequest(period="today", compare="none", at=outside.at)
    with outside.reader() as reader:
        now = outside.clock()
        metrics = measure_only(reader, settings, request, _SHOWN, now)
        freshness = current_freshness(reader, settings, outside.clock())
    if format_ == "json":
        as_of = now if outside.at is None else outside.at
        click.echo(json.dumps(_object(metrics, freshness, now, as_of, settings.zone)))
    else:
        click.echo(_line(metrics, freshness, now, tmux=format_ == "tmux"))


def _object(
    metrics: "dict[str, MetricValue]", freshness: "tuple[Freshness, ...]", now: int, as_of: int, zone: ZoneInfo
) -> dict[str, Any]:
    from funnel_tui.reports.structure import freshness_object, iso, number

    found: dict[str, Any] = {
        "as_of": iso(as_of, zone),
        "state": _state(freshness),
        "metrics": {id: number(metric.value, metric.spec.unit) for id, metric in metrics.items()},
        "freshness": {f.name: freshness_object(f, zone, now) for f in freshness},
    }
    return found


def _line(metrics: "dict[str, MetricValue]", freshness: "tuple[Freshness, ...]", now: int, *, tmux: bool) -> str:
    from funnel_tui.charts.format import format_duration, format_value

    waiting, oldest = metrics["queue.waiting"], metrics["queue.oldest_wait"]
    longest = f" (oldest {format_value(oldest)})" if waiting.value and oldest.value is not None else ""
    parts = [
        f"waiting {format_value(waiting)}{longest}",
        f"open {format_value(metrics['queue.open'])}",
        f"first response {format_value(metrics['human.first_response.median'])}",
    ]
    state = _state(freshness)
    ages = [now - f.last_success for f in freshness if f.last_success is not None]
    if state not in ("ok", "partial") and freshness:
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
