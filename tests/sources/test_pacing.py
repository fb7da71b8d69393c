"""The quota is spent without running into the limit."""

import asyncio

from funnel_tui.sources.pacing import ASSUMED_LIMIT, Allowance, Pacer, Span
from tests.sources.fake_intercom import FakeTime


async def spend(pacer: Pacer, times: int) -> None:
    for _ in range(times):
        await pacer.acquire()
        pacer.release()


async def test_waits_for_the_window_before_the_limit_is_hit() -> None:
    time = FakeTime()
    pacer = Pacer(now=time, sleep=time.sleep)
    await pacer.acquire()
    pacer.observe(100, 10, 4.0)
    pacer.release()
    await spend(pacer, 5)
    assert time.slept == []
    await spend(pacer, 1)
    assert time.slept == [4.0]
    assert pacer.head_room is not None
    assert pacer.head_room.remaining == 99


async def test_assumes_a_modest_limit_until_told() -> None:
    time = FakeTime()
    pacer = Pacer(now=time, sleep=time.sleep)
    assert pacer.head_room is None
    await spend(pacer, ASSUMED_LIMIT)
    assert time.slept == [10.0]


async def test_a_hold_stops_everybody() -> None:
    time = FakeTime()
    pacer = Pacer(now=time, sleep=time.sleep)
    pacer.hold(7.0)
    await asyncio.gather(*(spend(pacer, 1) for _ in range(3)))
    assert time.now == 1_800_000_007


async def test_a_late_answer_of_the_last_window_does_not_count() -> None:
    time = FakeTime()
    pacer = Pacer(now=time, sleep=time.sleep)
    await spend(pacer, 1)
    pacer.observe(100, 90, 10.0)
    time.now += 11
    await pacer.acquire()
    pacer.observe(100, 99, 10.0)
    pacer.observe(100, 1, 0.0)
    pacer.release()
    assert pacer.head_room is not None
    assert pacer.head_room.remaining == 99


async def test_requests_under_way_are_counted() -> None:
    time = FakeTime()
    pacer = Pacer(now=time, sleep=time.sleep)
    for _ in range(4):
        await pacer.acquire()
    pacer.observe(100, 50, 10.0)
    assert pacer.head_room is not None
    assert pacer.head_room.remaining == 47


async def test_an_absurd_reset_cannot_stop_it_for_long() -> None:
    time = FakeTime()
    pacer = Pacer(now=time, sleep=time.sleep)
    await pacer.acquire()
    pacer.observe(100, 0, 9e9)
    pacer.release()
    await spend(pacer, 1)
    assert time.slept == [120.0]


async def test_no_stretch_of_a_window_sees_more_than_the_limit() -> None:
    """Half of it late in one window, and the rest early in the next."""
    time = FakeTime()
    pacer = Pacer(now=time, sleep=time.sleep, limit=100, window=60.0)
    await spend(pacer, 1)
    time.now += 50
    await spend(pacer, 94)
    pacer.observe(100, 99, 10.0)
    time.now += 11
    await spend(pacer, 1)
    assert time.slept == []
    await spend(pacer, 1)
    assert time.slept == [49.0]


async def test_a_request_counts_from_its_sending_until_a_window_after_its_answer() -> None:
    time = FakeTime()
    span = Span(60.0, now=time, sleep=time.sleep)
    span.begin()
    time.now += 300
    assert not span.fits(1)
    waiting = asyncio.create_task(span.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    span.end()
    await waiting
    assert not span.fits(1)
    await span.wait()
    assert span.fits(1)
    assert time.slept == [60.0]


async def test_what_was_not_sent_is_given_back() -> None:
    time = FakeTime()
    pacer = Pacer(now=time, sleep=time.sleep, limit=1, window=60.0)
    await pacer.acquire()
    pacer.give_back()
    await pacer.acquire()
    assert time.slept == []


async def test_an_allowance_is_counted_when_it_is_used() -> None:
    time = FakeTime()
    exports = Allowance(2, 60.0, now=time, sleep=time.sleep)
    await exports.ready()
    time.now += 45  # something else had to be waited for
    assert exports.take()
    exports.release()
    assert exports.take()
    exports.release()
    assert not exports.take()
    await exports.ready()
    assert time.slept == [60.0]
    assert exports.take()


async def test_a_hold_of_an_allowance() -> None:
    time = FakeTime()
    exports = Allowance(2, 60.0, now=time, sleep=time.sleep)
    exports.hold(7.0)
    assert not exports.take()
    await exports.ready()
    assert exports.take()
    assert time.slept == [7.0]
