"""What the empty list of attention claims: no more than can be judged."""

from dataclasses import replace

import pytest

from funnel_tui.model.values import Report
from funnel_tui.tui.state import View
from funnel_tui.tui.widgets.attention import quiet_words

from .fake_report import NOW, make_report


def report(*, usual: bool = True, trends: bool = True, filters: bool = False) -> Report:
    made = make_report(View(), NOW)
    history = tuple(replace(point, usual=7.0 if usual else None) for point in made.queue_history)
    metrics = made.metrics if trends else {id: replace(one, verdict=None) for id, one in made.metrics.items()}
    return replace(made, queue_history=history, metrics=metrics, filters={"agent": ("g1",)} if filters else {})


@pytest.mark.parametrize(
    ("given", "filling", "words"),
    [
        (report(), False, "Nothing unusual in queue, sources and trends."),
        (report(), True, "Nothing so far. What is usual shows once the history has been read."),
        (
            report(usual=False),
            False,
            "Nothing unusual in sources and trends. What is usual for the queue shows once some weeks have been read.",
        ),
        (
            report(usual=False, filters=True),
            False,
            "Nothing unusual in sources and trends. What is usual for the queue is not known under this filter.",
        ),
        (
            report(trends=False),
            False,
            "Nothing unusual in queue and sources. Nothing is there to compare the trends with.",
        ),
    ],
    ids=["all", "filling", "no weeks", "filtered", "not compared"],
)
def test_nothing_is_unusual_only_in_what_can_be_judged(given: Report, filling: bool, words: str) -> None:
    assert quiet_words(given, filling=filling) == words
