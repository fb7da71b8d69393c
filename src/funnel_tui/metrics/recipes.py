"""How each metric of the catalogue comes out of the cache: from which populations, by which formula.

A recipe names the populations that it needs; `measure` reads them for one scope and gives a `Measured` per metric.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from funnel_tui.metrics import funnel
from funnel_tui.metrics.internal import Asked
from funnel_tui.metrics.measures import Measured, Measures
from funnel_tui.metrics.statistics import Sample, Spread, mean_error, spread, wilson
from funnel_tui.store.filters import supported
from funnel_tui.store.pooled import Pooled
from funnel_tui.store.populations import POPULATIONS

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Recipe:
    """`tables` are those whose rows the metric counts: a filter that one of them lacks makes it unavailable."""

    compute: Callable[[Measures], Measured]
    needs: tuple[str, ...] = ()
    tables: tuple[str, ...] = ("episode",)
    dated: bool = False
    """Each item it counts has a moment of its own, so that it can be cut by the hour of the day."""


def _tables(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({POPULATIONS[name].table for name in names}))


def _count(name: str) -> Recipe:
    def compute(m: Measures) -> Measured:
        value = m.sum(name)
        return Measured(value, sample=Sample(value, count=True))

    return Recipe(compute, (name,), _tables([name]), dated=POPULATIONS[name].at is not None)


def share(hits: float, n: float, pending: int | None = None) -> Measured:
    """A rate with its Wilson interval; null of nothing."""
    interval = wilson(hits, n)
    if interval is None:
        return Measured(None, n=int(n), pending=pending)
    value = hits / n
    return Measured(value, int(n), pending, *interval, sample=Sample(value, hits=hits, n=n))


def _share(hits: str, n: str, pending: str | None = None) -> Recipe:
    needs = (hits, n) if pending is None else (hits, n, pending)

    def compute(m: Measures) -> Measured:
        return share(m.sum(hits), m.sum(n), m.count(pending) if pending else None)

    return Recipe(compute, needs, _tables(needs), dated=True)


def _middle(spread: Spread | None) -> Measured:
    if spread is None:
        return Measured(None, missing=_NO_HOURS)
    if spread.interval is None:
        return Measured(spread.median, spread.n)
    error = (spread.interval[1] - spread.interval[0]) / (2 * 1.96)
    return Measured(spread.median, spread.n, None, *spread.interval, sample=Sample(spread.median or 0, error=error))


def _high(spread: Spread | None) -> Measured:
    return Measured(None, missing=_NO_HOURS) if spread is None else Measured(spread.p90, spread.n)


def _median(name: str) -> Recipe:
    return Recipe(lambda m: _middle(m.spread(name)), (), _tables([name]), dated=True)


def _p90(name: str) -> Recipe:
    return Recipe(lambda m: _high(m.spread(name)), (), _tables([name]), dated=True)


def _mean(name: str, of: str) -> Recipe:
    """The mean of a population whose sum is `name`, its squares' sum `name_squared`, its size `of`."""
    needs = (name, f"{name}_squared", of)

    def compute(m: Measures) -> Measured:
        total, squares, n = (m.sum(need) for need in needs)
        if not n:
            return Measured(None, 0)
        error = mean_error(total, squares, int(n))
        value = total / n
        return Measured(value, int(n), sample=None if error is None else Sample(value, error=error))

    return Recipe(compute, needs, _tables([name]), dated=True)


def _within(limit: int) -> Recipe:
    def compute(m: Measures) -> Measured:
        spread = m.spread("first_response")
        return share(spread.at_most[limit], spread.n)

    return Recipe(compute, dated=True)


# --- proactive and self-serve


def _open_rate(m: Measures) -> Measured:
    pending = m.count("unopened_young")
    return share(m.sum("opened"), m.sum("delivered") - pending, pending)


def _per_seeker(m: Measures) -> Measured:
    seekers = _seekers(m).value
    if not seekers:
        return Measured(None, n=0)
    return Measured(m.sum("delivered") / seekers, n=int(seekers))


_SEEKERS = ("sought_first", "viewed_first")
"""Each person once: by what they did first in the window."""


def _seekers(m: Measures) -> Measured:
    value = sum(m.sum(name) for name in _SEEKERS)
    return Measured(value, sample=Sample(value, count=True))


TWO_SAMPLES = "Article counters need two samples; the next poll of the articles brings the second."


def _article_views(m: Measures) -> Measured:
    growth = m.growth()
    if growth is None and m.only_counted():
        return Measured(None, missing=TWO_SAMPLES)
    value = m.sum("article_views") + (growth.views if growth else 0)
    return Measured(value, sample=Sample(value, count=True))


def _article_viewers(m: Measures) -> Measured:
    value = float(m.readers().viewers)
    return Measured(value, sample=Sample(value, count=True))


def _article_rate(m: Measures) -> Measured:
    growth = m.growth()
    if growth is None and m.only_counted():
        return Measured(None, missing=TWO_SAMPLES)
    readers = m.readers()
    counted = growth.judged if growth else 0
    resolved = readers.viewers - readers.wrote - readers.undecided + (growth.resolved if growth else 0)
    judged = readers.viewers - readers.undecided + counted
    views = readers.views - readers.undecided_views + counted
    rate = share(resolved, views if m.settings.article_rate == "views" else judged, readers.undecided)
    return replace(rate, pending=None) if m.only_counted() else rate


def _share_resolved(m: Measures) -> Measured:
    if m.growth() is None and m.only_counted():
        return Measured(None, missing=TWO_SAMPLES)
    ended = funnel.ends(m.links())
    selfserve = ended.get("article_resolved", 0) + ended.get("bot_resolved", 0)
    return share(selfserve, selfserve + ended.get("team_resolved", 0), ended.get("pending", 0))


# --- human


def _csat(m: Measures) -> Measured:
    return share(m.sum("rated_good"), m.sum("rated"))


def _csat_end(high: bool) -> Recipe:
    def compute(m: Measures) -> Measured:
        csat = _csat(m)
        return Measured(csat.high if high else csat.low, csat.n)

    return Recipe(compute, ("rated", "rated_good"), dated=True)


def _reopen_rate(m: Measures) -> Measured:
    return share(m.sum("reopened"), m.sum("closes"))


# --- the queue: at the as-of moment, whatever the period


def _waits(oldest: bool) -> Recipe:
    def compute(m: Measures) -> Measured:
        since = m.spread("queue_waits")
        moment = since.least if oldest else since.median
        return Measured(None if moment is None else m.scope.as_of - moment, since.n)

    return Recipe(compute)


def _last_hour(name: str) -> Recipe:
    def compute(m: Measures) -> Measured:
        as_of = m.scope.as_of
        hour = replace(m.scope, start=as_of - HOUR + 1, end=as_of + 1)
        return Measured(m.reader.sums([name], hour)[name])

    return Recipe(compute)


def _on_duty(m: Measures) -> Measured:
    return Measured(float(sum(1 for away in m.reader.agents(m.scope) if not away)))


def _unavailable(reason: str) -> Recipe:
    return Recipe(lambda m: Measured(None, missing=reason))


def _internal(pick: Callable[[Asked], int]) -> Recipe:
    def compute(m: Measures) -> Measured:
        if not m.reader.has_chats():
            return Measured(None, missing=_NO_CHAT)
        value = float(pick(m.asked()))
        return Measured(value, sample=Sample(value, count=True))

    return Recipe(compute, (), ("chat_thread",))


def _first_reply(m: Measures) -> Measured:
    if not m.reader.has_chats():
        return Measured(None, missing=_NO_CHAT)
    return _middle(spread(Pooled([m.asked().first_replies])))


_NO_HOURS = "No office hours are configured; add [office_hours] to the config."
_NO_CHAT = "No chat channel is watched: internal questions need a chat source."
_NO_COST = "The time that an interruption costs is not taken into account yet."
_NO_SAVINGS = "Savings are not computed yet: they need a cost per contact and the share who would have written."

RECIPES: Mapping[str, Recipe] = {
    "proactive.delivered": _count("delivered"),
    "proactive.opened": _count("opened"),
    "proactive.open_rate": Recipe(_open_rate, ("opened", "delivered", "unopened_young"), ("outbound",), dated=True),
    "proactive.clicked": _count("clicked"),
    "proactive.replied": _count("replied"),
    "proactive.bounced": _count("bounced"),
    "proactive.per_seeker": Recipe(_per_seeker, ("delivered", *_SEEKERS), ("outbound", "article_view", "episode")),
    "selfserve.seekers": Recipe(_seekers, _SEEKERS, ("article_view", "episode")),
    "selfserve.article_views": Recipe(_article_views, ("article_views",), ("article_view",)),
    "selfserve.article_viewers": Recipe(_article_viewers, (), ("article_view",)),
    "selfserve.article_resolution_rate": Recipe(_article_rate, (), ("article_view",)),
    "selfserve.bot_involved": _count("bot_involved"),
    "selfserve.bot_answered": _count("bot_answered"),
    "selfserve.bot_resolved": _count("bot_resolved"),
    "selfserve.bot_handed_off": _count("bot_handed_off"),
    "selfserve.bot_resolved_confirmed": _count("bot_confirmed"),
    "selfserve.bot_resolved_assumed": _count("bot_assumed"),
    "selfserve.bot_resolution_rate": _share("bot_resolved", "bot_judged", pending="bot_pending"),
    "selfserve.bot_durable_rate": _share("resolutions_durable", "resolutions_aged"),
    "selfserve.share_resolved": Recipe(_share_resolved, (), ("article_view", "episode")),
    "selfserve.bot_csat": _share("bot_rated_good", "bot_rated"),
    "human.inbound": _count("inbound"),
    "human.direct": _count("direct"),
    "human.after_selfserve": _count("after_selfserve"),
    "human.resolved": _count("resolved"),
    "human.first_response.median": _median("first_response"),
    "human.first_response.p90": _p90("first_response"),
    "human.first_response_felt.median": _median("first_response_felt"),
    "human.first_response_felt.p90": _p90("first_response_felt"),
    "human.first_response_office.median": Recipe(lambda m: _middle(m.office())),
    "human.first_response_office.p90": Recipe(lambda m: _high(m.office())),
    "human.response.median": _median("response"),
    "human.response.p90": _p90("response"),
    "human.time_to_close.median": _median("time_to_close"),
    "human.time_to_close.p90": _p90("time_to_close"),
    "human.closed_unanswered": _count("closed_unanswered"),
    "human.reopened": _count("reopened"),
    "human.reopen_rate": Recipe(_reopen_rate, ("reopened", "closes"), dated=True),
    "human.reassigned": _count("reassigned"),
    "human.one_touch_rate": _share("one_touch", "resolved"),
    "human.replies_per_close": _mean("replies", "resolved"),
    "human.ping_pong": _mean("switches", "resolved"),
    "human.csat": Recipe(_csat, ("rated", "rated_good"), dated=True),
    "human.csat_n": _count("rated"),
    "human.csat_low": _csat_end(high=False),
    "human.csat_high": _csat_end(high=True),
    "human.csat_response_rate": _share("asked_rated", "asked"),
    "human.within_1m": _within(60),
    "human.within_10m": _within(600),
    "queue.open": _count("queue_open"),
    "queue.unassigned": _count("queue_unassigned"),
    "queue.waiting": _count("queue_waiting"),
    "queue.snoozed": _count("queue_snoozed"),
    "queue.with_bot": _count("queue_with_bot"),
    "queue.oldest_wait": _waits(oldest=True),
    "queue.median_wait": _waits(oldest=False),
    "queue.arrivals_1h": _last_hour("arrived"),
    "queue.closes_1h": _last_hour("resolved"),
    "queue.on_duty": Recipe(_on_duty, (), ("teammate",)),
    "internal.questions": _internal(lambda asked: len(asked.questions)),
    "internal.unanswered": _internal(lambda asked: len(asked.unanswered)),
    "internal.first_reply.median": Recipe(_first_reply, (), ("chat_thread",)),
    "internal.repeated": _internal(lambda asked: len(asked.repeated)),
    "internal.interruptions": _internal(lambda asked: len(asked.interrupted)),
    "internal.interruption_hours": _unavailable(_NO_COST),
    **{f"savings.{name}_{end}": _unavailable(_NO_SAVINGS)
       for name in ("contacts_avoided", "hours", "cost") for end in ("low", "high")},
}  # fmt: skip


def measure(metrics: Iterable[str], measures: Measures) -> dict[str, Measured]:
    """The metrics' values in the scope of `measures`; what the filter cannot reach says so."""
    keys = measures.scope.keys
    able, found = [], {}
    for id in metrics:
        lacking = next(
            (key for key in sorted(keys) for table in RECIPES[id].tables if key not in supported(table)), None
        )
        if lacking is not None:
            found[id] = Measured(None, missing=f"Its records have no {lacking} to filter by.")
        elif measures.cut is not None and not RECIPES[id].dated:
            found[id] = Measured(None, missing=f"It is not cut by the {measures.cut}.")
        else:
            able.append(id)
    measures.preload({name for id in able for name in RECIPES[id].needs})
    found.update((id, RECIPES[id].compute(measures)) for id in able)
    return found
