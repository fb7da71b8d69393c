"""What is worth saying aloud: from how things stood and how they stand now to sentences, without chatter.

A concern is said when it begins. It is said again when it has grown by half of what it was (a wait: doubled), and once
more when it is over; over it is when it has been calm for a while, so that what goes up and down around a limit is told
once and not at every poll.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from math import sqrt

from funnel_tui.charts.cells import clean
from funnel_tui.model.values import Freshness, MetricValue, Report, Signal
from funnel_tui.reports.spoken import duration, ended

CALM = 300
"""Seconds for which a queue, a wait or a signal has to be calm before it is said to be over."""
CALM_SOURCE = 120
"""The same of a source that fails: a recovery that lasts for one poll is none."""
SPIKE = "queue.spike"
"""The signal that a sentence of the queue's own tells."""


class Level(Enum):
    """How a concern stands. What is `BETWEEN` neither begins nor ends one: near its limit, or not known."""

    OFF = 0
    BETWEEN = 1
    ON = 2


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that is worth hearing of while it is `ON`."""

    key: str
    level: Level
    begun: str
    """The sentence when it begins, or has grown."""
    over: str
    """The sentence when it has ended."""
    size: float = 0.0
    grows: float = 0.0
    """Times what was told last that it has to be to be told again; 0: never."""
    calm: int = CALM


@dataclass(frozen=True, slots=True)
class Held:
    """A concern that has been told and is not over."""

    size: float
    """When it was told last."""
    over: str
    calm: int
    calm_since: int | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What the listener has been told."""

    held: Mapping[str, Held] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Late:
    """The oldest wait in a channel that has a target; seconds. None: nobody waits there."""

    channel: str
    within: int
    oldest: float | None


def listen(memory: Memory, concerns: Sequence[Concern], at: int) -> tuple[Memory, tuple[str, ...]]:
    """What to say now, and what is remembered of it. A concern that is not among `concerns` is as it was."""
    held, said = dict(memory.held), []
    for concern in concerns:
        before = held.get(concern.key)
        if before is None:
            if concern.level is Level.ON:
                held[concern.key] = Held(concern.size, concern.over, concern.calm)
                said.append(concern.begun)
            continue
        if concern.level is not Level.OFF:
            grown = concern.level is Level.ON and concern.grows and concern.size >= before.size * concern.grows
            if grown:
                said.append(concern.begun)
            size = concern.size if grown else before.size
            held[concern.key] = replace(before, size=size, over=concern.over, calm_since=None)
            continue
        since = at if before.calm_since is None else before.calm_since
        if at - since >= before.calm:
            del held[concern.key]
            said.append(concern.over)
        else:
            held[concern.key] = replace(before, over=concern.over, calm_since=since)
    return Memory(held), tuple(said)


def concerns(report: Report, late: Sequence[Late], memory: Memory) -> list[Concern]:
    """Everything that could be told of a report, most pressing first."""
    found = [_failing(fresh, report.generated_at) for fresh in report.freshness]
    found += [_unread(fresh) for fresh in report.freshness]
    found += [_history(fresh) for fresh in report.freshness if fresh.last_success is not None]
    found += [_queue(report)]
    found += [_late(wait) for wait in late]
    urgent = {f"signal.{signal.id}": signal for signal in report.signals if signal.urgent and signal.id != SPIKE}
    found += [_signal(key, signal) for key, signal in urgent.items()]
    gone = [key for key in memory.held if key.startswith("signal.") and key not in urgent]
    found += [Concern(key, Level.OFF, "", memory.held[key].over) for key in gone]
    return found


def _queue(report: Report) -> Concern:
    """Above what is usual from where the signal begins, down to one deviation over the usual."""
    waiting = report["queue.waiting"]
    last = report.queue_history[-1] if report.queue_history else None
    count, usual = waiting.value, None if last is None else last.usual
    if count is None or usual is None:
        return Concern("queue", Level.BETWEEN, "", "The queue is back to usual.")
    spike = any(signal.id == SPIKE for signal in report.signals)
    calm = count <= usual + sqrt(max(usual, 1.0))
    level = Level.ON if spike else Level.OFF if calm else Level.BETWEEN
    people = f"{count:,.0f} {'person waits' if count == 1 else 'people wait'}"
    oldest = _oldest(report["queue.oldest_wait"])
    return Concern(
        "queue",
        level,
        f"Queue above usual: {people}, usual at this hour are {usual:.0f}{oldest}.",
        f"Queue back to usual: {people}, usual at this hour are {usual:.0f}.",
        size=count,
        grows=1.5,
    )


def _oldest(metric: MetricValue) -> str:
    return "" if metric.value is None else f"; the oldest has waited {duration(metric.value)}"


def _late(wait: Late) -> Concern:
    channel, target = clean(wait.channel), duration(wait.within)
    oldest = wait.oldest
    over = f"Nobody in {channel} waits longer than the target of {target} any more."
    if oldest is None or oldest <= wait.within:
        return Concern(f"late.{wait.channel}", Level.OFF, "", over)
    begun = f"Over the target in {channel}: the oldest wait is {duration(oldest)}, the target {target}."
    return Concern(f"late.{wait.channel}", Level.ON, begun, over, size=oldest, grows=2.0)


def _signal(key: str, signal: Signal) -> Concern:
    title = clean(signal.title)
    return Concern(key, Level.ON, f"Urgent: {title}: {ended(signal.evidence)}", f"No longer urgent: {title}.")


def _failing(fresh: Freshness, now: int) -> Concern:
    """A source that was behind and now fails is told again."""
    key, over = f"source.{fresh.name}", f"Source {clean(fresh.name)} is read without fault."
    if fresh.state not in _FAILING:
        return Concern(key, Level.OFF, "", over, calm=CALM_SOURCE)
    size, words = _FAILING[fresh.state]
    read = "" if fresh.last_success is None else f", read {duration(now - fresh.last_success)} ago"
    begun = ended(f"Source {fresh.name} {words}{read}{': ' + fresh.message if fresh.message else ''}")
    return Concern(key, Level.ON, begun, over, size=size, grows=2.0, calm=CALM_SOURCE)


_FAILING = {"stale": (1.0, "is not up to date"), "failed": (2.0, "fails")}


def _unread(fresh: Freshness) -> Concern:
    name, level = clean(fresh.name), Level.ON if fresh.last_success is None else Level.OFF
    return Concern(
        f"unread.{fresh.name}", level, f"Source {name} has not been read yet.", f"Source {name} has been read.", calm=0
    )


def _history(fresh: Freshness) -> Concern:
    name = clean(fresh.name)
    return Concern(
        f"history.{fresh.name}",
        Level.OFF if fresh.progress is None else Level.ON,
        f"The past of {name} is still being read: figures that reach back are not whole yet.",
        f"The past of {name} has been read.",
        calm=0,
    )
