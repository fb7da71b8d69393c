"""Properties of the derivation that hold for any events."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from funnel_tui.model.derive import SILENCE, derive, order
from funnel_tui.model.episodes import Episode
from funnel_tui.model.records import Event, Kind

WINDOW = 7 * 86_400
DAY = 86_400

gaps = st.sampled_from([0, 1, 60, 3600, DAY - 1, DAY, DAY + 1, WINDOW - 1, WINDOW, WINDOW + 1, 3 * WINDOW])
closers = st.sampled_from(["agent", "bot", "customer", "system"])


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    at, events = 1_772_000_000, []
    for kind in draw(st.lists(st.sampled_from(list(Kind)), max_size=14)):
        at += draw(gaps)
        more: dict[str, Any] = {}
        if kind is Kind.CLOSED:
            more["by"] = draw(closers)
        elif kind is Kind.ASSIGNED:
            more["to"] = draw(st.sampled_from(["g1", "g2"]))
        elif kind is Kind.RATED:
            more.update(score=float(draw(st.integers(1, 5))), scale=(1.0, 5.0))
        elif kind is Kind.AGENT_REPLY:
            more["actor"] = draw(st.sampled_from(["g1", "g2"]))
        events.append(Event(conversation="c", at=at, kind=kind, **more))
    return events


def episodes(events: list[Event]) -> list[Episode]:
    return derive(order(events), reopen_window=WINDOW).episodes


@given(stories(), st.randoms(use_true_random=False))
def test_the_order_in_which_events_arrive_does_not_matter(events: list[Event], random: Any) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    distinct = {(e.at, e.kind, e.actor, e.to, e.by, e.score) for e in events}
    if len(distinct) == len({(at, kind) for at, kind, *_ in distinct}):
        assert episodes(shuffled) == episodes(events)


@given(stories())
def test_episodes_follow_each_other_more_than_the_window_apart(events: list[Event]) -> None:
    found = episodes(events)
    for before, after in pairwise(found):
        assert before.closed_at is not None
        assert after.begun_at - before.closed_at > WINDOW


@given(stories())
def test_moments_of_an_episode_stand_in_order(events: list[Event]) -> None:
    for episode in episodes(events):
        if episode.start is not None:
            assert episode.begun_at <= episode.start
        if episode.first_reply_at is not None:
            assert episode.start is not None
            assert episode.start <= episode.first_reply_at
            assert episode.response_start is None or episode.start <= episode.response_start <= episode.first_reply_at
        for wait in episode.waits:
            assert wait.start <= wait.end
        for span in episode.waiting:
            assert span.end is None or span.start <= span.end


@given(stories())
def test_only_one_close_stands(events: list[Event]) -> None:
    for episode in episodes(events):
        standing = [close for close in episode.closes if close.withdrawn_at is None]
        assert [close.at for close in standing] == ([] if episode.closed_at is None else [episode.closed_at])


@given(stories())
def test_the_bot_resolved_nothing_that_a_human_or_a_handoff_touched(events: list[Event]) -> None:
    for episode in episodes(events):
        if episode.bot_resolved_at is not None:
            assert episode.answered_at is not None
            assert episode.replies == 0
            assert episode.handoff_at is None


@given(stories())
def test_what_is_excluded_has_no_episode(events: list[Event]) -> None:
    facts = derive(order(events), reopen_window=WINDOW)
    assert not (facts.excluded and facts.episodes)


@given(stories(), st.integers(0, 14))
def test_the_past_is_not_changed_by_what_comes_later(events: list[Event], cut: int) -> None:
    """All but the last episode of a truncated story is there in the whole one too, unless it left the figures."""
    whole = derive(order(events), reopen_window=WINDOW)
    if whole.excluded or not events[:cut]:
        return
    until = events[:cut][-1].at
    part = derive(order([e for e in events if e.at <= until]), reopen_window=WINDOW)
    known = [episode.begun_at for episode in part.episodes]
    if not part.excluded and part.outbound == whole.outbound:
        assert [episode.begun_at for episode in whole.episodes][: len(known)] == known


def test_a_bots_answer_is_closed_by_a_day_of_silence() -> None:
    start = 1_772_000_000
    events = [
        Event(conversation="c", at=start, kind=Kind.CUSTOMER_MESSAGE),
        Event(conversation="c", at=start + 5, kind=Kind.BOT_ANSWER),
    ]
    (episode,) = episodes(events)
    assert (episode.closed_at, episode.closed_by) == (start + 5 + SILENCE, "silence")
    assert episode.bot_resolved_at == start + 5 + SILENCE
