"""The one entry for everything that shows figures: a request in, a frozen `Report` out. Reads the cache only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from funnel_tui.metrics import drill
from funnel_tui.metrics.breakdown import breakdown
from funnel_tui.metrics.catalogue import CATALOGUE
from funnel_tui.metrics.freshness import current_freshness, known_from, still_reading
from funnel_tui.metrics.funnel import funnel
from funnel_tui.metrics.measures import Measured, Measures
from funnel_tui.metrics.periods import PeriodError, bounds, compared, period
from funnel_tui.metrics.quality import EXACT, Judge, Worth, unavailable
from funnel_tui.metrics.queue_history import queue_history
from funnel_tui.metrics.recipes import measure
from funnel_tui.metrics.series import series
from funnel_tui.metrics.signals import signals
from funnel_tui.metrics.statistics import differ
from funnel_tui.model.abilities import INTERNAL
from funnel_tui.model.values import (
    ConversationRow,
    Direction,
    Freshness,
    MetricSpec,
    MetricValue,
    Period,
    Quality,
    Report,
    Series,
    Timeline,
    Unit,
    Verdict,
    Window,
)
from funnel_tui.settings import Settings
from funnel_tui.store.filters import KEYS
from funnel_tui.store.populations import DAY
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import Scope

SPARK_DAYS = 60


@dataclass(frozen=True, slots=True)
class ReportRequest:
    period: str = "today"
    compare: str = "previous"
    at: int | None = None
    """The as-of moment; None is now."""
    earlier: int = 0
    """Whole periods back."""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by: str | None = None
    series: str | None = None
    """The grain of the series over the period; None gives the last twelve months."""


def build_report(reader: Reader, settings: Settings, request: ReportRequest, now: int) -> Report:
    """Compute all that a screen or a `report` shows. Takes 10-300 ms: call it off the event loop.

    Raises PeriodError for a period, comparison, grain, dimension or filter key that does not exist.
    """
    span = _period(settings, request, now)
    with reader.at(span.as_of):
        return _build(reader, settings, request, span, now)


def measure_only(
    reader: Reader, settings: Settings, request: ReportRequest, metrics: Iterable[str], now: int
) -> dict[str, MetricValue]:
    """The values of some metrics without the rest of a report: for one-line answers. Raises PeriodError."""
    span = _period(settings, request, now)
    with reader.at(span.as_of):
        tiles = _Tiles(reader, settings, request, span)
        return tiles.values(compared(span, request.compare), tuple(metrics))


class _Tiles:
    """The metrics of one request, with what is known of their sources."""

    def __init__(self, reader: Reader, settings: Settings, request: ReportRequest, span: Period) -> None:
        filters = _filters(request.filters)
        self.span = span
        self.judge = Judge(reader, filters, span.as_of)
        self.measures = Measures(reader, Scope(span.start, span.end, span.as_of, filters), settings, self.judge.counted)
        freshness = reader.freshness()
        self._chats = [fresh for fresh in freshness if self.judge.only_internal(fresh.name)]
        self._desks = [fresh for fresh in freshness if self.judge.any_metric(fresh.name)]
        self.known_from = known_from(self._desks)
        """Of the helpdesks: from then on their figures are whole."""

    def values(self, window: Window | None, metrics: Iterable[str] = CATALOGUE) -> dict[str, MetricValue]:
        """A chat that is still being read leaves a helpdesk's figures as they are, and the other way round."""
        ids = tuple(metrics)
        inside = tuple(id for id in ids if id.startswith(INTERNAL))
        outside = tuple(id for id in ids if id not in inside)
        found = self._values(window, outside, self._desks) | self._values(window, inside, self._chats)
        return {id: found[id] for id in ids}

    def _values(self, window: Window | None, metrics: Iterable[str], told: list[Freshness]) -> dict[str, MetricValue]:
        known = known_from(told)
        if window is not None and known is not None and window.start <= known - DAY:
            window = None  # what has not been read cannot be compared with
        found = _values(self.measures, self.judge, window, metrics)
        if still_reading(told) and known is not None and self.span.start < known:
            found = {id: _in_part(value) for id, value in found.items()}
        return found


def _build(reader: Reader, settings: Settings, request: ReportRequest, span: Period, now: int) -> Report:
    tiles = _Tiles(reader, settings, request, span)
    measures, judge = tiles.measures, tiles.judge
    scope, window = measures.scope, compared(span, request.compare)
    metrics = tiles.values(window)
    history = queue_history(reader, scope, tiles.known_from)
    links = measures.links()

    begun = reader.earliest()
    if tiles.known_from is not None and set(reader.workspaces()) <= {fresh.name for fresh in reader.freshness()}:
        begun = max(begun or 0, tiles.known_from)  # a month of which only the end was read is no month
    months = _told(_months(measures, span, begun), judge)
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
        series=_told(series(measures, request.series, span.start, span.end), judge) if request.series else months,
        breakdown=breakdown(measures, request.by, lambda part: _values(part, judge, None)) if request.by else None,
        signals=signals(reader, scope, window, metrics, history),
        freshness=current_freshness(reader, settings, now),
        known_from=tiles.known_from,
        monthly=months,
        daily=_told(_days(measures, span, begun), judge),
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
    span = _period(settings, request, now)
    scope = Scope(span.start, span.end, span.as_of, _filters(request.filters))
    with reader.at(span.as_of):
        return drill.begun(reader, scope, limit) if metric is None else drill.behind(reader, metric, scope, limit)


def timeline(reader: Reader, source: str, conversation: str, at: int) -> Timeline | None:
    """One conversation up to `at`; None where the cache does not have it."""
    with reader.at(at):
        return drill.timeline(reader, source, conversation, at)


def _period(settings: Settings, request: ReportRequest, now: int) -> Period:
    return period(request.period, now if request.at is None else request.at, settings.zone, request.earlier)


def _filters(asked: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    for key in asked:
        if key not in KEYS:
            raise PeriodError(f"cannot filter by {key!r}; use one of {', '.join(KEYS)}")
    return {key: tuple(values) for key, values in asked.items() if values}


def _in_part(metric: MetricValue) -> MetricValue:
    """While history is still being read, what reaches back beyond it is a part of itself."""
    if metric.quality is not Quality.EXACT or metric.spec.layer == "queue":
        return metric
    return replace(metric, quality=Quality.APPROXIMATE, reason="The period's beginning is still being read.")


def _values(
    measures: Measures, judge: Judge, window: Window | None, only: Iterable[str] = CATALOGUE
) -> dict[str, MetricValue]:
    worths = {id: judge.worth(id) for id in only}
    able = [id for id, worth in worths.items() if worth.quality is not Quality.UNAVAILABLE]
    now = measure(able, measures)
    then: dict[str, Measured] = {}
    if window is not None:
        earlier = replace(measures.scope, start=window.start, end=window.end)
        compared_ids = [id for id in able if CATALOGUE[id].layer != "queue"]
        then = measure(compared_ids, measures.elsewhere(earlier))
    return {id: _value(CATALOGUE[id], now.get(id), then.get(id), worth) for id, worth in worths.items()}


def _value(spec: MetricSpec, now: Measured | None, then: Measured | None, worth: Worth) -> MetricValue:
    if now is not None and now.missing:
        worth = unavailable(now.missing)
    if now is None or worth.quality is Quality.UNAVAILABLE:
        return MetricValue(spec, None, quality=Quality.UNAVAILABLE, reason=worth.reason)
    previous = then.value if then is not None else None
    return MetricValue(
        spec,
        now.value,
        n=now.n,
        pending=now.pending,
        previous=previous,
        previous_n=then.n if then is not None else None,
        change=_change(spec.unit, now.value, previous),
        verdict=_verdict(spec, now, then),
        quality=worth.quality,
        reason=None if worth is EXACT else worth.reason,
        low=now.low,
        high=now.high,
    )


def _change(unit: Unit, now: float | None, then: float | None) -> float | None:
    if now is None or then is None:
        return None
    if unit is Unit.RATIO:
        return now - then
    return (now - then) / then if then else None


def _verdict(spec: MetricSpec, now: Measured, then: Measured | None) -> Verdict | None:
    if spec.direction is Direction.NEITHER or then is None or now.value is None or then.value is None:
        return None
    if now.value == then.value:
        return Verdict.SAME
    undecided = now.pending or 0
    if undecided * 10 > (now.n or 0) + undecided:
        return Verdict.UNCLEAR  # what is still pending may turn it
    if now.sample is None or then.sample is None or not differ(now.sample, then.sample):
        return Verdict.UNCLEAR
    risen = now.value > then.value
    return Verdict.BETTER if risen is (spec.direction is Direction.UP) else Verdict.WORSE


def _months(measures: Measures, span: Period, earliest: int | None) -> Series:
    """The twelve months up to the one that holds the period's last known moment, from the first with any data."""
    last = min(span.as_of, span.end - 1)
    grains = bounds("month", last - 400 * DAY, last + 1, span.zone)[-12:]
    whole = period("month", last, span.zone)
    start = next((start for start, end in grains if earliest is not None and end > earliest), whole.start)
    return series(measures, "month", period("month", start, span.zone).start, whole.end)


_POINTS = {
    "selfserve_resolved": "selfserve.share_resolved",
    "proactive_delivered": "proactive.delivered",
    "opened": "proactive.opened",
    "seekers": "selfserve.seekers",
    "bot_answered": "selfserve.bot_answered",
    "bot_resolved": "selfserve.bot_resolved",
}
"""Fields of a point and the metric without which they are not known."""


def _told(series: Series, judge: Judge) -> Series:
    """Without what the sources cannot tell, which is not 0."""
    unknown: dict[str, Any] = {
        name: None for name, metric in _POINTS.items() if judge.worth(metric).quality is Quality.UNAVAILABLE
    }
    return replace(series, points=tuple(replace(point, **unknown) for point in series.points)) if unknown else series


def _days(measures: Measures, span: Period, earliest: int | None) -> Series:
    """The last days up to the period's end, for sparklines."""
    last = min(span.as_of, span.end - 1)
    today = period("today", last, span.zone)
    start = period("today", last - SPARK_DAYS * DAY, span.zone).start
    if earliest is not None:
        start = max(start, min(period("today", earliest, span.zone).start, today.start))
    return series(measures, "day", start, today.end)


__all__ = ["ReportRequest", "build_report", "conversations_behind", "measure_only", "timeline"]
