"""Two periods side by side, in words and in an order: pure functions over compared rows."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from funnel_tui.charts.format import NOTHING, format_plain, format_short, round_half_up
from funnel_tui.model.boards import ComparedRow
from funnel_tui.model.values import MetricValue, Period, Quality, Report, Unit, Verdict, Window

from .dates import span_words

LAYERS = {
    "proactive": ("Proactive", "proactive"),
    "selfserve": ("Self-serve", "selfserve"),
    "human": ("Human", "human"),
    "queue": ("Queue", "human"),
    "internal": ("Internal", "text"),
    "savings": ("Savings", "selfserve"),
}
"""What a layer is called and the role of its mark, in the order in which layers are listed."""

_CLEAR = 1e6
"""Lifts what moved beyond its noise above everything that did not."""
_WORST = (Verdict.WORSE, Verdict.BETTER, Verdict.UNCLEAR, Verdict.SAME)


def known(row: ComparedRow) -> bool:
    """Whether the sources can tell the metric."""
    return row.metric.quality is not Quality.UNAVAILABLE


def clear(row: ComparedRow) -> bool:
    """Whether the change is beyond its noise, be it good, bad or neither."""
    if row.metric.verdict is not None:
        return row.metric.verdict in (Verdict.BETTER, Verdict.WORSE)
    return row.change_low is not None and row.change_high is not None and not row.change_low <= 0 <= row.change_high


def moved(row: ComparedRow) -> float | None:
    """How far the metric moved, in units of its noise (half the width of the 95 % interval of the change); clear
    changes above all others, then those whose noise is not known, by their size. None where nothing is compared."""
    metric = row.metric
    if not known(row) or metric.value is None or metric.previous is None:
        return None
    lift = _CLEAR if clear(row) else 0.0
    change = metric.change if metric.change is not None else math.copysign(1.0, metric.value - metric.previous)
    if metric.value == metric.previous:
        change = 0.0
    if row.change_low is None or row.change_high is None or row.change_high <= row.change_low:
        return lift - 1 / (1 + abs(change))
    return lift + abs(change) / ((row.change_high - row.change_low) / 2)


def badness(row: ComparedRow) -> float | None:
    """For the order by verdict: worse first, then better, unclear, the same; None without a verdict."""
    verdict = row.metric.verdict
    return None if verdict is None or not known(row) else float(_WORST.index(verdict))


def width_of_noise(row: ComparedRow) -> float | None:
    if row.change_low is None or row.change_high is None:
        return None
    return row.change_high - row.change_low


def interval_words(row: ComparedRow) -> str:
    """`−20 to −8 %`, `×11 to ×18`: 95 % of the change, in its own unit; empty where none is known."""
    if row.change_low is None or row.change_high is None or not known(row):
        return ""
    unit = "pt" if row.metric.spec.unit is Unit.RATIO else "%"
    low, high = row.change_low * 100, row.change_high * 100
    if unit == "%" and max(abs(low), abs(high)) >= 900:
        return f"×{format_short(max(0.0, row.change_low + 1))} to ×{format_short(row.change_high + 1)}"
    digits = 1 if max(abs(low), abs(high)) < 9.95 or min(abs(low), abs(high)) < 0.95 else 0
    return f"{_signed(low, digits)} to {_signed(high, digits)} {unit}"


def _signed(value: float, digits: int) -> str:
    rounded = round_half_up(value, digits)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{abs(rounded):,.{digits}f}"


def then_words(metric: MetricValue, currency: str) -> str:
    """The compared value; `–` where there was nothing to measure, nothing where there is no past to compare with."""
    if metric.quality is Quality.UNAVAILABLE:
        return ""
    if metric.previous is None:
        return NOTHING if metric.previous_n == 0 else ""
    return format_plain(metric.previous, metric.spec.unit, currency=currency)


def now_span(period: Period) -> str:
    """`1–22 Nov to 16:00`: the days, and the hour where the last one is not over."""
    end = min(period.end, max(period.as_of, period.start + 1))
    return _spanned(period.start, end, period.zone, period.as_of)


def then_span(window: Window, period: Period) -> str:
    return _spanned(window.start, window.end, period.zone, period.as_of)


def _spanned(start: int, end: int, zone: ZoneInfo, now: int) -> str:
    last = datetime.fromtimestamp(end, zone)
    until = "" if (last.hour, last.minute) == (0, 0) else f" to {last.strftime('%H:%M')}"
    return span_words(start, end, zone, now) + until


def tally(rows: Iterable[ComparedRow]) -> tuple[tuple[int, str, str], ...]:
    """(how many, word, role) for each kind of verdict that there is."""
    counts: Counter[str] = Counter(_kind(row) for row in rows)
    kinds = (
        ("better", "good"),
        ("worse", "bad"),
        ("unclear", "text"),
        ("the same", "text"),
        ("with no better way", "text"),
        ("not compared", "muted"),
        ("n/a", "muted"),
    )
    return tuple((counts[word], word, role) for word, role in kinds if counts[word])


def _kind(row: ComparedRow) -> str:
    if not known(row):
        return "n/a"
    if row.metric.previous is None or row.metric.value is None:
        return "not compared"
    verdict = row.metric.verdict
    if verdict is None:
        return "with no better way"
    return "the same" if verdict is Verdict.SAME else verdict.value


def rows_of(report: Report) -> tuple[ComparedRow, ...]:
    """What the report alone can tell, until the board with the course of both periods is there."""
    return tuple(ComparedRow(metric, metric.change_low, metric.change_high) for metric in report.metrics.values())


def label_words(row: ComparedRow, width: int) -> str:
    """The label, shortened where its end, which tells it from others, would be cut."""
    label = row.metric.spec.label
    for long, short in (("First response", "1st response"), ("response", "resp."), (", office", ", off.")):
        if len(label) <= width:
            break
        label = label.replace(long, short)
    return label


def highest(*courses: Sequence[float | None]) -> float | None:
    """The common top of two small shapes, so that they can be compared."""
    return max((value for course in courses for value in course if value is not None), default=None)
