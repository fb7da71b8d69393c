"""Which threads are asked for, by what their roots tell."""

import pytest

from funnel_tui.sources.slack import wire
from funnel_tui.sources.slack.directory import Channel
from funnel_tui.sources.slack.hearing import REPLIES, Hearing
from funnel_tui.sources.slack.messages import Rewriter
from funnel_tui.sources.slack.roots import Due, Prints, Root

TS = "1772600000.000100"
REWRITER = Rewriter(Channel("C1", "#ask", True, False), lambda user: False, None)


def root(count: int) -> Root:
    """It says how many replies there are, and not when the last one came."""
    return Root(TS, wire.Message(ts=TS, thread_ts=TS, user="U1", text="Where?", reply_count=count), TS)


def test_replies_of_unknown_date_are_asked_for_once_and_when_their_number_changed() -> None:
    prints = Prints()
    assert prints.due(root(2), REWRITER, held=1772600000) is Due.REPLIES
    prints.keep(root(2), REWRITER)
    assert prints.due(root(2), REWRITER, held=None) is Due.NOTHING
    assert prints.due(root(3), REWRITER, held=None) is Due.REPLIES
    assert not root(2).dated


@pytest.mark.parametrize(("apart", "free"), [(5.0, True), (61.0, False)])
def test_two_answers_within_a_minute_prove_that_none_need_wait_for_one(apart: float, free: bool) -> None:
    moments = iter((100.0, 100.0 + apart))
    hearing = Hearing()
    hearing.now = lambda: next(moments)
    hearing.answered(REPLIES)
    hearing.answered(REPLIES)
    assert hearing.free is free
    hearing.slow = True
    assert not hearing.free
