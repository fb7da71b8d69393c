"""The one entry for everything that shows figures: a request in, a frozen `Report` out. Reads the cache only."""

from collections.abc import Iterable
from dataclasses import replace

from funnel_tui.metrics import drill
from funnel_tui.metrics.breakdown import breakdown
from funnel_tui.metrics.catalogue import CATALOGUE
from funnel_tui.metrics.freshness import current_freshness
from funnel_tui.metrics.funnel import funnel
from funnel_tui.metrics.past import last_days, last_months, told
from funnel_tui.metrics.periods import PeriodError
from funnel_tui.metrics.quality import Worth
from funnel_tui.metrics.queue_history import queue_history
from funnel_tui.metrics.request import ReportRequest, filters_of, period_of
from funnel_tui.metrics.series import series
from funnel_tui.metrics.signals import signals
from funnel_tui.metrics.tiles import Tiles, values_of
from funnel_tui.model.values import ConversationRow, MetricValue, Period, Quality, Report, Timeline
from funnel_tui.settings import Settings
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import Scope


def build_report(reader: Reader, settings: Settings, request: ReportRequest, now: int) -> Report:
    """Compute all that a screen or a `report` shows. Takes 10-300 ms: call it off the event loop.

    Raises PeriodError for a period, comparison, grain, dimension or filter key that does not exist.
    """
    span = period_of(settings, request, now)
    with reader.at(span.as_of):
        return _build(reader, settings, request, span, now)


def measure_only(
    reader: Reader, settings: Settings, request: ReportRequest, metrics: Iterable[str], now: int
) -> dict[str, MetricValue]:
    """The values of some metrics without the rest of a report: for one-line answers. Raises PeriodError."""
    span = period_of(settings, request, now)
    with reader.at(span.as_of):
        return Tiles(reader, settings, request, span).values(tuple(metrics))


def _build(reader: Reader, settings: Settings, request: ReportRequest, span: Period, now: int) -> Report:
    tiles = Tiles(reader, settings, request, span)
    measures, judge = tiles.measures, tiles.judge
    scope, window = measures.scope, tiles.window
    metrics = tiles.values()
    history = queue_history(reader, scope, tiles.known_from)
    links = measures.links()

    months = last_months(tiles)
    worth = judge.worth("selfserve.share_resolved")
    if worth.quality is Quality.UNAVAILABLE and judge.worth("human.inbound").quality is not Quality.UNAVAILABLE:
        worth = Worth(Quality.APPROXIMATE, worth.reason)  # what reached the team is known all the same
    return Report(
        generated_at=now,
        period=span,
        comparison=window,
        filters={key: tuple(values) for key, values in scope.filters.items()},
        metrics=metrics,
        funnel=replace(funnel(links), quality=worth.quality, reason=worth.reason),
        series=told(series(measures, request.series, span.start, span.end), judge) if request.series else months,
        breakdown=breakdown(measures, request.by, lambda part: values_of(part, judge, None)) if request.by else None,
        signals=signals(reader, scope, window, metrics, history, settings.targets),
        freshness=current_freshness(reader, settings, now),
        known_from=tiles.known_from,
        monthly=months,
        daily=last_days(tiles),
        queue_history=history,
    )


def conversations_behind(
    reader: Reader,
    settings: Settings,
    request: ReportRequest,
    metric: str | None,
    now: int,
    limit: int | None = None,
) -> list[ConversationRow]:
    """The conversations behind a metric, one row for each item it counts; without one, those begun in the period."""
    if metric is not None and metric not in CATALOGUE:
        raise PeriodError(f"unknown metric {metric!r}; `report --format json` lists them all")
    span = period_of(settings, request, now)
    scope = Scope(span.start, span.end, span.as_of, filters_of(request))
    with reader.at(span.as_of):
        return drill.begun(reader, scope, limit) if metric is None else drill.behind(reader, metric, scope, limit)


def timeline(reader: Reader, source: str, conversation: str, at: int) -> Timeline | None:
    """One conversation up to `at`; None where the cache does not have it."""
    with reader.at(at):
        return drill.timeline(reader, source, conversation, at)


__all__ = ["ReportRequest", "build_report", "conversations_behind", "measure_only", "timeline"]
