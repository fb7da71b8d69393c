"""What needs attention and where to invest: each signal carries its evidence and is silent without enough of it."""

from collections.abc import Mapping
from dataclasses import replace
from math import sqrt

from funnel_tui.metrics.recipes import share
from funnel_tui.metrics.statistics import Sample, differ
from funnel_tui.model.values import MetricValue, Quality, QueuePoint, Signal, Verdict, Window
from funnel_tui.settings import Target
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import Scope

ENOUGH = 30
"""Judged items below which a rate is no evidence."""

_FEW = 5


def signals(
    reader: Reader,
    scope: Scope,
    comparison: Window | None,
    metrics: Mapping[str, MetricValue],
    history: tuple[QueuePoint, ...],
    targets: Mapping[str, Target],
) -> tuple[Signal, ...]:
    found = [*_queue(history), *_worse(metrics), *_bot_or_articles(metrics)]
    # The times of a channel are kept; those of a team's channel would have to be read for every report.
    if scope.keys <= {"channel"} and metrics[_RESPONSE].quality is not Quality.UNAVAILABLE:
        found.extend(_missed(reader, scope, targets))
    if comparison is not None and not scope.filters:  # a topic within a team is no sum that is kept
        found.extend(_topics(reader, scope, comparison))
    return tuple(sorted(found, key=lambda signal: not signal.urgent))


def _queue(history: tuple[QueuePoint, ...]) -> list[Signal]:
    """More people wait than is usual at this hour of the week, by more than its noise."""

    def long(point: QueuePoint) -> bool:
        usual = point.usual
        return usual is not None and point.waiting >= _FEW and point.waiting > usual + 3 * sqrt(max(usual, 1))

    if not history or not long(history[-1]):
        return []
    now = history[-1]
    since = next((point.at for point in reversed(history) if not long(point)), history[0].at)
    minutes = (now.at - since) // 60
    usual = now.usual or 0
    return [
        Signal(
            "queue.spike",
            f"Waiting {now.waiting}, usual {usual:.0f} at this hour",
            f"more than usual for {minutes} min; mean of the same hour in the weeks before {usual:.1f}",
            "queue.waiting",
            urgent=True,
        )
    ]


_RESPONSE = "human.first_response.median"
_WATCHED = {
    _RESPONSE: "First response is slower",
    "human.time_to_close.median": "Closing takes longer",
    "human.reopen_rate": "More closes are reopened",
    "human.csat": "Ratings are worse",
    "selfserve.bot_resolution_rate": "The bot resolves less",
    "human.closed_unanswered": "More conversations are closed unanswered",
}


def _worse(metrics: Mapping[str, MetricValue]) -> list[Signal]:
    found = []
    for id, title in _WATCHED.items():
        metric = metrics[id]
        if metric.verdict is Verdict.WORSE and metric.value is not None and metric.previous is not None:
            now, then = _say(metric.value, metric.spec.unit.value), _say(metric.previous, metric.spec.unit.value)
            n = "" if metric.n is None else f", n {metric.n:,}"
            found.append(Signal(f"{id}.worse", title, f"{now}, was {then}{n}", id))
    return found


def _missed(reader: Reader, scope: Scope, targets: Mapping[str, Target]) -> list[Signal]:
    """The channels of the view whose first responses of the period are within their target less often than expected,
    by more than the noise of the share."""
    chosen = {name.casefold() for name in scope.filters.get("channel", targets)}
    found = []
    for name, target in targets.items():
        if name.casefold() not in chosen:
            continue
        here = replace(scope, filters={**scope.filters, "channel": (name,)})
        times = reader.values("first_response", here)
        within = share(times.at_most(target.within), len(times))
        if len(times) < ENOUGH or within.low is None or within.high is None or within.high >= target.share:
            continue
        late = reader.values("queue_waits", here).below(scope.as_of - target.within)
        limit = _limit(target.within)
        title = f"{name}: {_say(within.value, 'ratio')} answered within {limit}, {_say(target.share, 'ratio')} expected"
        evidence = f"n {len(times):,}, 95 % interval {within.low * 100:.0f}–{within.high * 100:.0f} %"
        waits = f"; {late:,} {'waits' if late == 1 else 'wait'} longer than {limit} right now" if late else ""
        found.append(Signal(f"target.{name}", title, evidence + waits, _RESPONSE))
    return found


def _limit(seconds: int) -> str:
    """`90 s`, `1 min`, `4 h`: a target is a round time."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _bot_or_articles(metrics: Mapping[str, MetricValue]) -> list[Signal]:
    bot, articles = metrics["selfserve.bot_resolution_rate"], metrics["selfserve.article_resolution_rate"]
    if Quality.UNAVAILABLE in (bot.quality, articles.quality) or not (bot.n and articles.n):
        return []
    if min(bot.n, articles.n) < ENOUGH or bot.high is None or articles.low is None or bot.high >= articles.low:
        return []
    evidence = (
        f"bot {_say(bot.value, 'ratio')} of {bot.n:,}, articles {_say(articles.value, 'ratio')} of {articles.n:,}"
    )
    return [Signal("bot.below_articles", "The bot resolves less than articles do", evidence, bot.spec.id)]


def _topics(reader: Reader, scope: Scope, comparison: Window) -> list[Signal]:
    """The topic whose conversations the bot hands off markedly more often than in the compared window."""
    names = ["bot_handed_off", "bot_involved"]
    now = reader.sums_by_part(names, scope, "tag")
    then = reader.sums_by_part(names, replace(scope, start=comparison.start, end=comparison.end), "tag")
    best: tuple[float, Signal] | None = None
    for part, (handed_off, involved) in now.items():
        if involved < ENOUGH or part.value is None or part not in then:
            continue
        a, b = share(handed_off, involved), share(then[part][0], then[part][1])
        if a.value is None or b.value is None or not differ(a.sample or Sample(0), b.sample or Sample(0)):
            continue
        rise = a.value - b.value
        if rise > 0 and (best is None or rise > best[0]):
            evidence = f"{_say(a.value, 'ratio')} of {a.n:,}, was {_say(b.value, 'ratio')} of {b.n:,}"
            title = f"The bot hands off “{part.value}” more often"
            best = rise, Signal(f"topic.{part.value}.handed_off", title, evidence, "selfserve.bot_handed_off")
    return [best[1]] if best else []


def _say(value: float | None, unit: str) -> str:
    """A figure inside a sentence."""
    if value is None:
        return "n/a"
    if unit == "ratio":
        return f"{value * 100:.0f} %"
    if unit == "seconds":
        return (
            f"{value / 3600:.1f} h" if value >= 5400 else f"{value / 60:.0f} min" if value >= 90 else f"{value:.0f} s"
        )
    return f"{value:,.0f}"
