"""A small report made by hand, with one of everything that a rendering has to cope with."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from funnel_tui.model.values import (
    Breakdown,
    BreakdownRow,
    Direction,
    Freshness,
    Funnel,
    FunnelLink,
    FunnelNode,
    MetricSpec,
    MetricValue,
    Period,
    Quality,
    Report,
    Series,
    SeriesPoint,
    Signal,
    Unit,
    Verdict,
    Window,
)

ZONE = ZoneInfo("Asia/Kolkata")
"""A half-hour offset shows whether the zone is used at all."""


def at(text: str) -> int:
    """Epoch seconds of a local moment."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


def spec(id: str, label: str, unit: Unit, direction: Direction = Direction.UP) -> MetricSpec:
    return MetricSpec(id, label, unit, direction, f"What {label} means.", id.partition(".")[0])


METRICS = (
    MetricValue(
        spec("proactive.delivered", "Delivered", Unit.COUNT, Direction.NEITHER), 12_480.0, previous=11_556.0,
        change=0.08,
    ),
    MetricValue(
        spec("proactive.open_rate", "Open rate", Unit.RATIO), 0.489, 12_480, pending=410, previous=0.5, previous_n=9,
        change=-0.011, verdict=Verdict.UNCLEAR, low=0.48, high=0.498,
    ),
    MetricValue(
        spec("selfserve.article_resolution_rate", "Articles", Unit.RATIO), 0.63, 6_430, quality=Quality.APPROXIMATE,
        reason="Only counters exist.",
    ),
    MetricValue(
        spec("human.first_response.median", "First response", Unit.SECONDS, Direction.DOWN), 161.0, 1_204,
        previous=187.0, previous_n=1_130, change=-0.139, verdict=Verdict.BETTER,
    ),
    MetricValue(spec("human.csat", "CSAT", Unit.RATIO), None, 0),
    MetricValue(
        spec("human.first_response_office.median", "First response, office", Unit.SECONDS, Direction.DOWN), None,
        quality=Quality.UNAVAILABLE, reason="No office hours are configured.",
    ),
    MetricValue(spec("savings.cost_low", "Cost saved, low", Unit.MONEY), 6_342.0),
)  # fmt: skip


def make_report() -> Report:
    nodes = [("seeking", 10), ("articles", 4), ("team", 6), ("article_resolved", 4), ("team_resolved", 6)]
    links = [("seeking", "articles", 4), ("seeking", "team", 6), ("articles", "article_resolved", 4)]
    human = METRICS[3]
    return Report(
        generated_at=at("2026-11-22T16:00:04"),
        period=Period("month", at("2026-11-01T00:00"), at("2026-12-01T00:00"), at("2026-11-22T16:00"), ZONE),
        comparison=Window("previous", at("2026-10-01T00:00"), at("2026-10-22T16:00")),
        filters={"team": ("billing", "tech")},
        metrics={metric.spec.id: metric for metric in METRICS},
        funnel=Funnel(
            tuple(FunnelNode(id, id.replace("_", " ").capitalize(), value) for id, value in nodes),
            tuple(FunnelLink(*link) for link in [*links, ("team", "team_resolved", 6)]),
        ),
        series=Series(
            "month",
            (
                SeriesPoint(at("2026-10-01T00:00"), at("2026-11-01T00:00"), None, 310, 9_000, None),
                SeriesPoint(at("2026-11-01T00:00"), at("2026-12-01T00:00"), 420, 290, 12_480, 9_310, csat=0.92),
            ),
        ),
        breakdown=Breakdown(
            "team",
            (
                BreakdownRow("t1", "=billing|<b>", {human.spec.id: human}),
                BreakdownRow("t2", "tech", {human.spec.id: replace(human, value=95.0, n=3)}),
            ),
        ),
        signals=(Signal("bot", "Bot hands off [invoices]", "34 % (was 12 %), n 212", "human.first_response.median"),),
        freshness=(
            Freshness("acme", "intercom", at("2026-11-22T16:00:00"), "ok"),
            Freshness("tickets", "zendesk", None, "never", "no credential"),
        ),
    )
