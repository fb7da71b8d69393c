"""What is told aloud of what changes: at once when it begins, once when it is over, and no chatter in between."""

from collections.abc import Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from funnel_tui.metrics import CATALOGUE
from funnel_tui.model.values import (
    Freshness,
    Funnel,
    MetricValue,
    Period,
    Quality,
    QueuePoint,
    Report,
    Series,
    Signal,
)
from funnel_tui.reports.worth_hearing import (
    CALM,
    CALM_SOURCE,
    Concern,
    Late,
    Level,
    Memory,
    concerns,
    listen,
)

NOW = 1_790_000_000
ACME = Freshness("acme", "intercom", NOW - 4, "ok")


def report(
    waiting: int | None = 2,
    usual: float | None = 2.0,
    *,
    signals: Sequence[Signal] = (),
    sources: Sequence[Freshness] = (ACME,),
) -> Report:
    """A report of which only the queue, the signals and the sources matter."""
    metrics = {id: MetricValue(spec, None) for id, spec in CATALOGUE.items()}
    quality = Quality.UNAVAILABLE if waiting is None else Quality.EXACT
    metrics["queue.waiting"] = MetricValue(CATALOGUE["queue.waiting"], waiting, quality=quality)
    metrics["queue.oldest_wait"] = MetricValue(CATALOGUE["queue.oldest_wait"], 1_102.0 if waiting else None)
    return Report(
        generated_at=NOW,
        period=Period("today", NOW - 3_600, NOW + 3_600, NOW, ZoneInfo("UTC")),
        comparison=None,
        filters={},
        metrics=metrics,
        funnel=Funnel(),
        series=Series("hour"),
        signals=tuple(signals),
        freshness=tuple(sources),
        queue_history=(QueuePoint(NOW, waiting or 0, usual),),
    )


SPIKE = Signal("queue.spike", "Waiting 9, usual 2 at this hour", "for 12 min", "queue.waiting", urgent=True)


def heard(*steps: tuple[int, Report, Sequence[Late]]) -> list[tuple[int, str]]:
    """What is said of reports so many seconds after the beginning."""
    memory, said = Memory(), []
    for at, found, late in steps:
        memory, sentences = listen(memory, concerns(found, late, memory), NOW + at)
        said += [(at, sentence) for sentence in sentences]
    return said


def test_a_queue_above_usual_is_told_and_that_it_is_over_once_it_has_lasted() -> None:
    assert heard(
        (0, report(2), ()),
        (30, report(9, signals=[SPIKE]), ()),
        (60, report(8, signals=[SPIKE]), ()),
        (90, report(5), ()),  # no spike any more, but not usual either
        (120, report(3), ()),
        (120 + CALM - 1, report(3), ()),
        (120 + CALM, report(2), ()),
        (900, report(2), ()),
    ) == [
        (
            30,
            "Queue above usual: 9 people wait, usual at this hour are 2; the oldest has waited 18 minutes 22 seconds.",
        ),
        (120 + CALM, "Queue back to usual: 2 people wait, usual at this hour are 2."),
    ]


def test_a_queue_around_its_limit_does_not_chatter() -> None:
    steps = [(30 * i, report(7, signals=[SPIKE]) if i % 2 else report(3), ()) for i in range(200)]
    assert [at for at, _ in heard(*steps)] == [30]


def test_a_queue_that_grows_by_half_is_told_again() -> None:
    said = heard(*((i, report(n, signals=[SPIKE]), ()) for i, n in enumerate((8, 9, 11, 12, 13, 18))))
    assert [(at, text.split()[3]) for at, text in said] == [(0, "8"), (3, "12"), (5, "18")]


def test_what_cannot_be_told_neither_begins_nor_ends() -> None:
    assert heard((0, report(None), ()), (30, report(40, None), ())) == []
    said = heard((0, report(9, signals=[SPIKE]), ()), *((60 * i, report(None), ()) for i in range(1, 60)))
    assert len(said) == 1


def test_waits_over_the_target_are_told_as_they_double() -> None:
    waits: list[float | None] = [30, 61, 90, 121, 123, 400, None, None]
    steps = [(60 * i, report(), (Late("chat", 60, wait),)) for i, wait in enumerate(waits)]
    assert heard(*steps, (60 * 6 + CALM, report(), (Late("chat", 60, 20),))) == [
        (60, "Over the target in chat: the oldest wait is 1 minute 1 second, the target 1 minute."),
        (240, "Over the target in chat: the oldest wait is 2 minutes 3 seconds, the target 1 minute."),
        (300, "Over the target in chat: the oldest wait is 6 minutes 40 seconds, the target 1 minute."),
        (360 + CALM, "Nobody in chat waits longer than the target of 1 minute any more."),
    ]


def test_urgent_signals_come_and_go() -> None:
    signal = Signal("x", "The bot is down", "no answer for 4 min", urgent=True)
    quiet = Signal("y", "First response is slower", "5 min, was 4 min")
    assert heard(
        (0, report(signals=[quiet]), ()),
        (30, report(signals=[signal, quiet]), ()),
        (60, report(), ()),
        (90, report(signals=[signal]), ()),
        (120, report(), ()),
        (120 + CALM, report(), ()),
    ) == [
        (30, "Urgent: The bot is down: no answer for 4 min."),
        (120 + CALM, "No longer urgent: The bot is down."),
    ]


def test_a_source_that_fails_and_recovers() -> None:
    stale = Freshness("acme", "intercom", NOW - 3_600, "stale", "nothing has been read for a while")
    failed = Freshness("acme", "intercom", NOW - 3_600, "failed", "the token was refused")
    assert heard(
        (0, report(sources=[stale]), ()),
        (30, report(sources=[failed]), ()),
        (60, report(), ()),
        (90, report(sources=[failed]), ()),
        (120, report(), ()),
        (120 + CALM_SOURCE, report(), ()),
    ) == [
        (0, "Source acme is not up to date, read 1 hour ago: nothing has been read for a while."),
        (30, "Source acme fails, read 1 hour ago: the token was refused."),
        (120 + CALM_SOURCE, "Source acme is read without fault."),
    ]


def test_the_first_reading_of_a_source_and_of_its_past() -> None:
    new = Freshness("acme", "intercom", None, "never")
    partly = Freshness("acme", "intercom", NOW, "ok", progress=0.3)
    steps = [(30 * i, report(sources=[fresh]), ()) for i, fresh in enumerate((new, new, partly, partly, ACME))]
    assert [text for _, text in heard(*steps)] == [
        "Source acme has not been read yet.",
        "Source acme has been read.",
        "The past of acme is still being read: figures that reach back are not whole yet.",
        "The past of acme has been read.",
    ]


@given(st.lists(st.tuples(st.integers(1, 600), st.sampled_from(Level), st.floats(1, 100)), max_size=80))
def test_a_concern_begins_before_it_ends_and_never_twice_within_its_calm(
    steps: list[tuple[int, Level, float]],
) -> None:
    memory, at, told = Memory(), 0, []
    for passed, level, size in steps:
        at += passed
        memory, said = listen(memory, [Concern("x", level, "begun", "over", size)], at)
        assert len(said) <= 1
        told += [(at, sentence) for sentence in said]
    assert [text for _, text in told] == ["begun", "over"] * (len(told) // 2) + ["begun"] * (len(told) % 2)
    assert all(b - a >= CALM for (a, _), (b, text) in pairwise(told) if text == "over")
