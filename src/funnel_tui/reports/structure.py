"""The report as plain objects: the JSON that users script against. Add to it; do not rename or drop."""

import math
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from funnel_tui.model.values import BreakdownRow, Freshness, MetricValue, Report, SeriesPoint, Unit

SCHEMA = 1


def report_object(report: Report) -> dict[str, Any]:
    """Times are ISO 8601 with the report zone's offset; `generated_at` is UTC."""
    zone = report.period.zone
    return {
        "schema": SCHEMA,
        "generated_at": iso(report.generated_at, UTC),
        "timezone": zone.key,
        "period": {
            "name": report.period.name,
            "start": iso(report.period.start, zone),
            "end": iso(report.period.end, zone),
            "as_of": iso(report.period.as_of, zone),
            "complete": report.period.complete,
        },
        "comparison": None
        if report.comparison is None
        else {
            "name": report.comparison.name,
            "start": iso(report.comparison.start, zone),
            "end": iso(report.comparison.end, zone),
        },
        "filters": {key: list(values) for key, values in report.filters.items()},
        "metrics": {id: metric_object(metric, definition=True) for id, metric in report.metrics.items()},
        "funnel": {
            "nodes": [{"id": node.id, "label": node.label, "value": node.value} for node in report.funnel.nodes],
            "links": [
                {"source": link.source, "target": link.target, "value": link.value} for link in report.funnel.links
            ],
            "quality": report.funnel.quality.value,
            "reason": report.funnel.reason,
        },
        "series": {"by": report.series.by, "points": [_point(point, zone) for point in report.series.points]},
        "breakdown": None
        if report.breakdown is None
        else {"by": report.breakdown.by, "rows": [_row(row) for row in report.breakdown.rows]},
        "signals": [
            {"id": signal.id, "title": signal.title, "evidence": signal.evidence, "metric": signal.metric}
            for signal in report.signals
        ],
        "freshness": {fresh.name: freshness_object(fresh, zone, report.generated_at) for fresh in report.freshness},
    }


def metric_object(metric: MetricValue, *, definition: bool) -> dict[str, Any]:
    unit = metric.spec.unit
    found: dict[str, Any] = {
        "label": metric.spec.label,
        "value": number(metric.value, unit),
        "unit": unit.value,
        "n": metric.n,
        "previous": number(metric.previous, unit),
        "previous_n": metric.previous_n,
        "change": number(metric.change, Unit.NUMBER),
        "verdict": None if metric.verdict is None else metric.verdict.value,
        "quality": metric.quality.value,
        "reason": metric.reason,
    }
    if metric.pending is not None:
        found["pending"] = metric.pending
    if metric.low is not None or metric.high is not None:
        found["low"], found["high"] = number(metric.low, unit), number(metric.high, unit)
    if definition:
        found["definition"] = metric.spec.definition
    return found


def freshness_object(fresh: Freshness, zone: ZoneInfo, now: int) -> dict[str, Any]:
    """How a source stands; `age_seconds` counts from `now`."""
    success = fresh.last_success
    return {
        "kind": fresh.kind,
        "last_success": None if success is None else iso(success, zone),
        "age_seconds": None if success is None else max(0, now - success),
        "state": fresh.state,
        "message": fresh.message,
    }


def _point(point: SeriesPoint, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "start": iso(point.start, zone),
        "end": iso(point.end, zone),
        "selfserve_resolved": point.selfserve_resolved,
        "human_resolved": point.human_resolved,
        "proactive_delivered": point.proactive_delivered,
        "seekers": point.seekers,
        "opened": point.opened,
        "bot_answered": point.bot_answered,
        "bot_resolved": point.bot_resolved,
        "inbound": point.inbound,
        "first_response_median": point.first_response_median,
        "time_to_close_median": point.time_to_close_median,
        "csat": point.csat,
    }


def _row(row: BreakdownRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "label": row.label,
        "metrics": {id: metric_object(metric, definition=False) for id, metric in row.metrics.items()},
    }


def iso(moment: int, zone: ZoneInfo | Any) -> str:
    """`2026-11-22T16:00:00+00:00`, or with `Z` for UTC itself."""
    text = datetime.fromtimestamp(moment, zone).isoformat()
    return text.replace("+00:00", "Z") if zone is UTC else text


def number(value: float | None, unit: Unit) -> float | int | None:
    """A JSON number: counts as integers, and null for what JSON cannot say."""
    if value is None or not math.isfinite(value):
        return None
    return int(value) if unit is Unit.COUNT and value == int(value) else value
