"""Windows, slices, intervals and back-off: pure decisions."""

import pytest

from funnel_tui.sources import StreamSpec
from funnel_tui.sync import plan
from funnel_tui.sync.state import Backfill, Live, Rescan, Window, decode, encode


def test_a_live_window_overlaps_and_never_runs_backwards() -> None:
    assert plan.live_window(1000, 60, 2000) == Window(940, 2000)
    assert plan.live_window(1000, 60, 500) == Window(940, 940)
    assert plan.live_window(10, 60, 500) == Window(0, 500)


def test_slices_end_at_the_floor_and_halve_down_to_an_hour() -> None:
    assert plan.next_slice(0, 100, 30) == Window(70, 100)
    assert plan.next_slice(90, 100, 30) == Window(90, 100)
    assert plan.halved(Window(0, 8000)) == Window(4000, 8000)
    assert plan.halved(Window(0, 3600)) is None


def test_the_first_slice_is_a_day_and_the_next_ones_grow() -> None:
    upper, spans = 400 * plan.DAY, []
    for _ in range(6):
        window = plan.next_slice(0, upper, 30 * plan.DAY, 400 * plan.DAY - upper)
        spans.append((window.hi - window.lo) // plan.DAY)
        upper = window.lo
    assert spans == [1, 2, 6, 18, 30, 30]


@pytest.mark.parametrize(
    ("live", "now", "due"),
    [
        (Live(), 0, True),
        (Live(read_at=9000, first_at=0), 12599, False),
        (Live(read_at=9000, first_at=0), 12600, True),
        (Live(read_at=1000, first_at=1000), 1299, False),
        (Live(read_at=1000, first_at=1000), 1300, True),
        (Live(read_at=1000, first_at=100), 1899, False),  # 900 s were enough for the last one
        (Live(read_at=1000, first_at=100), 1900, True),
        (Live(read_at=1000, first_at=0), 900, True),  # the clock was set back
        (Live(read_at=1000, first_at=0, window=Window(1, 2)), 1001, True),
    ],
)
def test_intervals(live: Live, now: int, due: bool) -> None:
    assert plan.is_due(StreamSpec("articles", interval=3600, warm_up=300), live, now) is due


def test_back_off_doubles_up_to_a_quarter_of_an_hour_with_jitter() -> None:
    assert plan.backoff(30, 0, 0.5) == 30
    assert [plan.backoff(30, failures, 0.5) for failures in (1, 2, 3, 4, 5, 6, 99)] == [
        60,
        120,
        240,
        480,
        900,
        900,
        900,
    ]
    assert plan.backoff(30, 1, 0.0) == 45
    assert plan.backoff(30, 1, 1.0) == 75


def test_states_survive_and_foreign_ones_start_over() -> None:
    live = Live(bookmark=5, window=Window(1, 2, "c"), seen={"a": 3}, read_at=7)
    assert decode(encode(live), Live) == live
    past = Backfill(floor=1, upper=9, read=4, total=10)
    assert decode(encode(past), Backfill) == past
    assert decode(encode(Rescan(5)), Rescan) == Rescan(5)
    assert decode(None, Live) is None
    assert decode("{broken", Live) is None
    assert decode('{"bookmark": "yesterday"}', Live) is None
