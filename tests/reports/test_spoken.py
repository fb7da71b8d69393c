"""Figures as a voice says them."""

from dataclasses import replace

import pytest

from funnel_tui.metrics import CATALOGUE
from funnel_tui.model.values import MetricValue, Quality, Unit, Verdict
from funnel_tui.reports import spoken


def metric(id: str, value: float | None, **more: object) -> MetricValue:
    return replace(MetricValue(CATALOGUE[id], value), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (161, Unit.SECONDS, "2 minutes 41 seconds"),
        (1, Unit.SECONDS, "1 second"),
        (90_000, Unit.SECONDS, "1 day 1 hour"),
        (0.41, Unit.RATIO, "41 percent"),
        (0.0001, Unit.RATIO, "less than 0.1 percent"),
        (0.999, Unit.RATIO, "more than 99 percent"),
        (12_480, Unit.COUNT, "12,480"),
        (21, Unit.HOURS, "21 hours"),
        (-3, Unit.NUMBER, "minus 3.00"),
    ],
)
def test_units_are_words(value: float, unit: Unit, said: str) -> None:
    assert spoken.number(value, unit) == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            metric("proactive.delivered", 12_480, previous=11_500, change=0.085),
            "12,480 messages delivered, up 9 percent",
        ),
        (metric("queue.waiting", 1), "1 person waits"),
        (
            metric("human.first_response.median", 161, previous=187, change=-0.139, verdict=Verdict.BETTER),
            "median first response 2 minutes 41 seconds, down 14 percent, better",
        ),
        (
            metric("selfserve.share_resolved", 0.58, previous=0.55, change=0.03, verdict=Verdict.UNCLEAR),
            "share resolved by self-serve 58 percent, up 3.0 points, unclear",
        ),
        (
            metric("human.csat", 0.92, previous=0.92, change=0.0, verdict=Verdict.SAME),
            "customer satisfaction 92 percent, unchanged",
        ),
        (metric("human.inbound", 4, previous=0), "4 conversations came in, up from 0"),
        (
            metric("selfserve.article_resolution_rate", 0.63, quality=Quality.APPROXIMATE),
            "article resolution about 63 percent",
        ),
        (
            metric("human.csat", None, quality=Quality.UNAVAILABLE, reason="No ratings are read."),
            "customer satisfaction cannot be told: No ratings are read",
        ),
        (metric("human.csat", None), "customer satisfaction: nothing to measure yet"),
        (metric("human.csat_n", 3), "ratings 3"),
    ],
)
def test_value_change_verdict_and_quality_are_words(found: MetricValue, said: str) -> None:
    assert spoken.figure(found) == said


def test_signs_of_others_are_words_too_and_harmless() -> None:
    assert spoken.ended("41 %, was 50 %") == "41 percent, was 50 percent."
    assert spoken.ended("is `record` running?") == "is record running?"
    assert "\x1b" not in spoken.ended("a\x1b[2Jb")
