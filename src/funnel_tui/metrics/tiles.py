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
from funnel_tui.metrics.statistics import differ
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

    def values(self, metrics: Iterable[str] = CATALOGUE, measures: Measures | None = None) -> dict[str, MetricValue]:
        """A chat that is still being read leaves a helpdesk's figures as they are, and the other way round.

        `measures` are those of a part of the request's scope, where not of the whole.
        """
        measures = measures or self.measures
        ids = tuple(metrics)
        inside = tuple(id for id in ids if id.startswith(INTERNAL))
        outside = tuple(id for id in ids if id not in inside)
        found = self._values(measures, outside, self._desks) | self._values(measures, inside, self._chats)
        return {id: found[id] for id in ids}

    def comparable(self, metric: str) -> Window | None:
        """The compared window, unless it reaches back to where the metric's sources have not been read."""
        return self._comparable(self._chats if metric.startswith(INTERNAL) else self._desks)

    def _comparable(self, told: list[Freshness]) -> Window | None:
        known, window = known_from(told), self.window
        unread = window is not None and known is not None and window.start <= known - DAY
        return None if unread else window

    def _values(self, measures: Measures, metrics: Iterable[str], told: list[Freshness]) -> dict[str, MetricValue]:
        known = known_from(told)
        found = values_of(measures, self.judge, self._comparable(told), metrics)
        if still_reading(told) and known is not None and self.span.start < known:
            found = {id: _in_part(value) for id, value in found.items()}
        return found


def _in_part(metric: MetricValue) -> MetricValue:
    """While history is still being read, what reaches back beyond it is a part of itself."""
    if metric.quality is not Quality.EXACT or metric.spec.layer == "queue":
        return metric
    return replace(metric, quality=Quality.APPROXIMATE, reason="The period's beginning is still being read.")


def values_of(
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
