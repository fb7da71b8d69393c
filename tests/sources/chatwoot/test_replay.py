"""Whatever is known of the way, the replay ends in the status as it is, and two witnesses tell of no more than one."""

from hypothesis import given
from hypothesis import strategies as st

from funnel_tui.model.derive import derive, order
from funnel_tui.model.records import Event, Kind
from funnel_tui.sources.chatwoot.activity import Status
from funnel_tui.sources.chatwoot.marks import Step, joined
from funnel_tui.sources.chatwoot.status import Traces, replay

WEEK = 7 * 86_400
START = 1_800_000_000

moments = st.integers(0, 5_000).map(lambda second: START + 1 + second)
words = st.builds(
    lambda at, kind: Event(conversation="1", at=at, kind=kind, actor="x"),
    moments,
    st.sampled_from([Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY, Kind.BOT_ANSWER]),
)
steps = st.builds(
    Step,
    moments,
    st.sampled_from(Status),
    st.sampled_from([None, "agent", "bot", "customer", "system"]),
    handed_off=st.booleans(),
)


def only_open(step: Step) -> Step:
    return step if step.to is Status.OPEN else Step(step.at, step.to, step.doer)


@given(
    st.lists(words, max_size=8),
    st.lists(steps.map(only_open), max_size=8),
    st.sampled_from([Status.OPEN, Status.RESOLVED, Status.SNOOZED]),
    st.lists(moments, max_size=3),
    st.one_of(st.none(), moments),
    st.booleans(),
)
def test_the_end_is_the_status(
    said: list[Event], changes: list[Step], now: Status, unknown: list[int], last: int | None, bot: bool
) -> None:
    first = Event(conversation="1", at=START, kind=Kind.CUSTOMER_MESSAGE, actor="x")
    outcome = replay("1", [first, *said], changes, now, Traces(tuple(unknown), (), last), began_with_bot=bot)
    facts = derive(order([first, *said, *outcome.events]), reopen_window=WEEK)
    latest = facts.episodes[-1]
    by_silence = latest.closed_by == "silence"
    assert (latest.closed_at is not None and not by_silence) is (now is Status.RESOLVED) or by_silence
    if not by_silence:
        assert latest.snoozed is (now is Status.SNOOZED)


@given(st.lists(steps, max_size=6))
def test_a_text_for_every_event_changes_no_count(changes: list[Step]) -> None:
    """Where both witnesses tell of everything, together they tell of no more."""
    events = [Step(step.at, step.to, source_id=f"event-{number}") for number, step in enumerate(changes)]
    texts = [Step(step.at + 1, step.to, "agent") for step in changes]
    told = joined(texts, events)
    assert sorted((step.at, step.to.value) for step in told) == sorted((step.at, step.to.value) for step in changes)
    assert all(step.doer == "agent" for step in told)
