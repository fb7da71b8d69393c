"""The metrics of one request: values beside those of the compared window, what is known of them, and the verdict."""

from collections.abc import Iterable
from dataclasses import replace

from funnel_tui.metrics.catalogue import CATALOGUE
from funnel_tui.metrics.freshness import known_from, still_reading
from funnel_tui.metrics.measures import Measured, Measures
from funnel_tui.metrics.periods import compared
from funnel_tui.metrics.quality import EXACT, Judge, Worth, unavailable
from funnel_tui.metrics.recipes import measure
from funnel_tui.metrics.request import ReportRequest, filters_of
from funnel_tui.metrics.statistics import differ, difference
from funnel_tui.model.abilities import INTERNAL
from funnel_tui.model.values import (
    Direction,
    Freshness,
    MetricSpec,
    MetricValue,
    Period,
    Quality,
    Unit,
    Verdict,
    Window,
)
from funnel_tui.settings import Settings
from funnel_tui.store.populations import DAY
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import Scope


class Tiles:
    """The metrics of one request, with what is known of their sources. Lives inside `reader.at`."""

    def __init__(self, reader: Reader, settings: Settings, request: ReportRequest, span: Period) -> None:
        filters = filters_of(request)
        self.reader = reader
        self.settings = settings
        self.request = request
        self.span = span
        self.window = compared(span, request.compare)
        self.judge = Judge(reader, filters, span.as_of)
        self.measures = Measures(reader, Scope(span.start, span.end, span.as_of, filters), settings, self.judge.counted)
        freshness = reader.freshness()
        self._chats = [fresh for fresh in freshness if self.judge.only_internal(fresh.name)]
        self._desks = [fresh for fresh in freshness if self.judge.any_metric(fresh.name)]
        self.known_from = known_from(self._desks)
        """Of the helpdesks: from then on their figures are whole."""

    def values(self, metrics: Iterable[str] = CATALOGUE, *, compare: bool = True) -> dict[str, MetricValue]:
        """A chat that is still being read leaves a helpdesk's figures as they are, and the other way round."""
        ids = tuple(metrics)
        found: dict[str, MetricValue] = {}
        for inside in (False, True):
            some = [id for id in ids if id.startswith(INTERNAL) is inside]
            window = self._comparable(self._chats if inside else self._desks) if compare else None
            found |= values_of(self.measures, self.judge, self.earlier(self.measures, window), some)
        return {id: self.as_read(found[id]) for id in ids}

    def comparable(self, metric: str) -> Window | None:
        """The compared window, unless it reaches back to where the metric's sources have not been read."""
        return self._comparable(self._chats if metric.startswith(INTERNAL) else self._desks)

    def earlier(self, measures: Measures, window: Window | None) -> Measures | None:
        """The same part of the cache in a compared window."""
        if window is None:
            return None
        return measures.elsewhere(replace(measures.scope, start=window.start, end=window.end))

    def as_read(self, metric: MetricValue) -> MetricValue:
        """While history is still being read, what reaches back beyond it is a part of itself."""
        told = self._chats if metric.spec.id.startswith(INTERNAL) else self._desks
        known = known_from(told)
        if not still_reading(told) or known is None or self.span.start >= known:
            return metric
        if metric.quality is not Quality.EXACT or metric.spec.layer == "queue":
            return metric
        return replace(metric, quality=Quality.APPROXIMATE, reason="The period's beginning is still being read.")

    def _comparable(self, told: list[Freshness]) -> Window | None:
        known, window = known_from(told), self.window
        unread = window is not None and known is not None and window.start <= known - DAY
        return None if unread else window


def values_of(
    measures: Measures, judge: Judge, earlier: Measures | None, only: Iterable[str] = CATALOGUE
) -> dict[str, MetricValue]:
    """Some metrics, compared with what they were `earlier`, if anything."""
    worths = {id: judge.worth(id) for id in only}
    able = [id for id, worth in worths.items() if worth.quality is not Quality.UNAVAILABLE]
    now = measure(able, measures)
    then: dict[str, Measured] = {}
    if earlier is not None:
        then = measure([id for id in able if CATALOGUE[id].layer != "queue"], earlier)
    return {id: value_of(CATALOGUE[id], now.get(id), then.get(id), worth) for id, worth in worths.items()}


def value_of(spec: MetricSpec, now: Measured | None, then: Measured | None, worth: Worth) -> MetricValue:
    """What was measured, as screens and reports get it."""
    if now is not None and now.missing:
        worth = unavailable(now.missing)
    if now is None or worth.quality is Quality.UNAVAILABLE:
        return MetricValue(spec, None, quality=Quality.UNAVAILABLE, reason=worth.reason)
    previous = then.value if then is not None else None
    low, high = _interval(spec.unit, now, then)
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
        change_low=low,
        change_high=high,
    )


def _change(unit: Unit, now: float | None, then: float | None) -> float | None:
    if now is None or then is None:
        return None
    if unit is Unit.RATIO:
        return now - then
    return (now - then) / then if then else None


def _interval(unit: Unit, now: Measured, then: Measured | None) -> tuple[float | None, float | None]:
    """95 % of the change, in its own unit: by the same samples as the verdict, so that it excludes 0 where that is not
    `unclear`. None where there is no change or its noise is not known."""
    if then is None or now.sample is None or then.sample is None or now.value is None or then.value is None:
        return None, None
    found = difference(now.sample, then.sample)
    if found is None or unit is Unit.RATIO:
        return found or (None, None)
    return (found[0] / then.value, found[1] / then.value) if then.value else (None, None)


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
