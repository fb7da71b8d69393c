"""Figures in words, for who listens instead of looking: no signs, no abbreviations, nothing that only colour says."""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from funnel_tui.charts import format as fmt
from funnel_tui.charts.cells import clean
from funnel_tui.model.values import Freshness, MetricValue, Quality, Report, Unit, Verdict
from funnel_tui.reports import words

_UNITS = {"d": "day", "h": "hour", "m": "minute", "s": "second"}
_COUNTED = {
    "proactive.delivered": ("message delivered", "messages delivered"),
    "selfserve.seekers": ("person sought support", "people sought support"),
    "selfserve.bot_handed_off": ("conversation handed off by the bot", "conversations handed off by the bot"),
    "human.inbound": ("conversation came in", "conversations came in"),
    "human.resolved": ("resolved", "resolved"),
    "queue.waiting": ("person waits", "people wait"),
    "queue.open": ("open", "open"),
    "queue.unassigned": ("unassigned", "unassigned"),
    "queue.on_duty": ("teammate on duty", "teammates on duty"),
}
"""What stands after a count, of one and of more; other counts follow their label."""
_NAMED = {
    "proactive.open_rate": "open rate",
    "proactive.per_seeker": "messages per person who sought support",
    "selfserve.share_resolved": "share resolved by self-serve",
    "selfserve.bot_resolution_rate": "bot resolution",
    "selfserve.article_resolution_rate": "article resolution",
    "human.first_response.median": "median first response",
    "human.time_to_close.median": "median time to close",
    "human.csat": "customer satisfaction",
    "queue.oldest_wait": "oldest wait",
}
LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Proactive", ("proactive.delivered", "proactive.open_rate", "proactive.per_seeker")),
    (
        "Self-serve",
        (
            "selfserve.share_resolved",
            "selfserve.bot_resolution_rate",
            "selfserve.article_resolution_rate",
            "selfserve.bot_handed_off",
        ),
    ),
    (
        "Human",
        ("human.inbound", "human.resolved", "human.first_response.median", "human.time_to_close.median", "human.csat"),
    ),
)
"""The layers as they are told, each with what matters most of it."""
_QUEUE = ("queue.open", "queue.unassigned", "queue.on_duty")
_SHORT = ("human.inbound", "human.resolved", "human.first_response.median", "selfserve.share_resolved")
"""What a summary has besides the queue."""


def duration(seconds: float) -> str:
    """`2 minutes 41 seconds`: two units at most, as everywhere."""
    return _units(fmt.format_duration(max(0.0, seconds)))


def _units(text: str) -> str:
    return re.sub(
        r"([\d,]+)([dhms])\b", lambda found: f"{found[1]} {_UNITS[found[2]]}{'' if found[1] == '1' else 's'}", text
    )


def number(value: float, unit: Unit, currency: str = "USD") -> str:
    """A value with its unit as a word: `41 percent`, `2 minutes 41 seconds`, `12,480`."""
    text = fmt.format_plain(value, unit, currency=currency)
    if unit is Unit.SECONDS:
        text = _units(text)
    elif unit is Unit.HOURS:
        text = text.replace(" h", " hours")
    text = text.replace(" %", " percent").replace("−", "minus ")
    return text.replace("<", "less than ").replace(">", "more than ")


def change(metric: MetricValue) -> str:
    """`up 8 percent, better`; `unchanged`; empty where nothing is compared."""
    text = fmt.format_change(metric)
    if not text:
        return ""
    if text == "=":
        return "unchanged"
    way, _, size = text.partition(" ")
    said = "up" if way == "▲" else "down"
    if size.startswith("from "):
        size = f"from {number(metric.previous or 0.0, metric.spec.unit)}"
    elif size.startswith("×"):
        size = f"to {size[1:]} times as much"
    else:
        size = re.sub(r" pt$", " point" if size == "1.0 pt" else " points", size).replace(" %", " percent")
    verdict = "" if metric.verdict in (None, Verdict.SAME) else f", {metric.verdict}"
    return f"{said} {size}{verdict}"


def figure(metric: MetricValue, currency: str = "USD", *, compared: bool = True) -> str:
    """One metric as a part of a sentence, with its change and, in words, how good it is."""
    id, value = metric.spec.id, metric.value
    label = _label(metric)
    if metric.quality is Quality.UNAVAILABLE:
        return f"{label} cannot be told: {_reason(metric)}"
    if value is None:
        return f"{label}: nothing to measure yet"
    about = "about " if metric.quality is Quality.APPROXIMATE else ""
    if id in _COUNTED:
        one, more = _COUNTED[id]
        said = f"{about}{number(value, metric.spec.unit)} {one if value == 1 else more}"
    else:
        said = f"{label} {about}{number(value, metric.spec.unit, currency)}"
    moved = change(metric) if compared else ""
    return f"{said}, {moved}" if moved else said


def _label(metric: MetricValue) -> str:
    return _NAMED.get(metric.spec.id, _lowered(metric.spec.label))


def _reason(metric: MetricValue) -> str:
    return clean(metric.reason or "the sources do not say").rstrip(".")


def ended(text: str) -> str:
    """A sentence of somebody else's, harmless, with its full stop."""
    text = _said(clean(text)).strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _lowered(text: str) -> str:
    """The first letter small, unless the word is an abbreviation or a name in capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def queue(report: Report, *, short: bool = False) -> str:
    """Who waits, for how long, what is usual at this hour, and what else is open."""
    waiting, oldest = report["queue.waiting"], report["queue.oldest_wait"]
    parts = [figure(waiting)]
    if waiting.value == 0:
        parts = ["nobody waits"]
    elif waiting.value and oldest.value is not None:
        parts[0] += f", the oldest for {duration(oldest.value)}"
    last = report.queue_history[-1] if report.queue_history else None
    if last is not None and last.usual is not None and not short:
        parts.append(f"usual at this hour are {last.usual:.0f}")
    known = [report[id] for id in (_QUEUE[:1] if short else _QUEUE)]
    parts += [figure(metric) for metric in known if metric.quality is not Quality.UNAVAILABLE]
    return "; ".join(parts)


def layer(name: str, ids: Sequence[str], report: Report, currency: str = "USD") -> str:
    """A layer in one sentence. A reason that all its figures share is said once."""
    metrics = [report[id] for id in ids]
    lost: dict[str, list[str]] = {}
    for metric in metrics:
        if metric.quality is Quality.UNAVAILABLE:
            lost.setdefault(_reason(metric), []).append(_label(metric))
    if len(lost) == 1 and all(metric.quality is Quality.UNAVAILABLE for metric in metrics):
        return f"{name} cannot be told: {ended(next(iter(lost)))}"
    known = [figure(metric, currency) for metric in metrics if metric.quality is not Quality.UNAVAILABLE]
    text = f"{name}: {'; '.join(known)}." if known else f"{name}."
    for reason, labels in lost.items():
        text += f" {_listed(labels)} cannot be told: {ended(reason)}"
    rough = dict.fromkeys(
        _reason(metric) for metric in metrics if metric.quality is Quality.APPROXIMATE and metric.reason
    )
    return f"{text} Not exact: {ended('; '.join(rough))}" if rough else text


def _listed(labels: Sequence[str]) -> str:
    """`Bot resolution and article resolution`."""
    text = " and ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)
    return text[:1].upper() + text[1:]


def beginning(report: Report, workspace: str, currency: str = "USD") -> list[str]:
    """What is watched, the three layers, the queue and the sources that are read: a sentence or two each."""
    period, zone = report.period, report.period.zone
    chosen = "".join(f", only {key} {clean(' or '.join(values))}" for key, values in report.filters.items())
    span = words.span_title(period.start, min(period.end, max(period.as_of, period.start + 1)), zone)
    about = f"{clean(workspace)}. {words.period_title(period)}, {_said(span)}{chosen}, "
    compared = _said(words.comparison_title(report.comparison, zone)).replace("(previous)", "(the period before)")
    lines = [f"{about}{compared}. Times are {zone.key}."]
    lines += [layer(name, ids, report, currency) for name, ids in LAYERS]
    lines.append(f"Queue now: {queue(report)}.")
    known = [fresh for fresh in report.freshness if fresh.state in ("ok", "partial")]
    lines += [source(fresh, report.generated_at) for fresh in known if fresh.last_success is not None]
    worth = [signal for signal in report.signals if not signal.urgent]
    lines += [f"Worth a look: {clean(signal.title)}: {ended(signal.evidence)}" for signal in worth]
    return lines


def summary(report: Report) -> str:
    """One line: the queue, and what came of the period so far."""
    known = [report[id] for id in _SHORT if report[id].quality is not Quality.UNAVAILABLE]
    period = words.period_title(report.period)
    figures = "; ".join(figure(metric, compared=False) for metric in known if metric.value is not None)
    rest = f" {period}: {figures}." if figures else ""
    return f"Summary: {queue(report, short=True)}.{rest}"


def source(fresh: Freshness, now: int) -> str:
    """How a source that is read stands, as a sentence."""
    state = ", in part" if fresh.state == "partial" else ""
    message = f": {fresh.message}" if fresh.message else ""
    return ended(f"Source {fresh.name} was read {duration(now - (fresh.last_success or now))} ago{state}{message}")


def clock(at: int, zone: ZoneInfo) -> str:
    """`14:35`."""
    return datetime.fromtimestamp(at, zone).strftime("%H:%M")


def day(at: int, zone: ZoneInfo) -> str:
    """`Sunday 22 November 2026`."""
    when = datetime.fromtimestamp(at, zone)
    return f"{when:%A} {when.day} {when:%B %Y}"


def _said(text: str) -> str:
    """Signs that a voice swallows, as words."""
    return text.replace("–", " to ").replace("  ", " ").replace(" %", " percent").replace("`", "")
