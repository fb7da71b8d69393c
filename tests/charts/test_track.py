"""The track of time travel: columns and moments are the same thing, nothing between two columns is lost."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel_tui.charts.cells import MARKED, line_width, plain
from funnel_tui.charts.glyphs import GLYPHS, Glyphs
from funnel_tui.charts.scales import time_labels
from funnel_tui.charts.track import column_of, moment_at, track_chart
from funnel_tui.model.boards import Track

DUBLIN = ZoneInfo("Europe/Dublin")
END = int(datetime(2026, 11, 22, 14, 35, tzinfo=DUBLIN).timestamp())
DAY = 86_400

TRACKS = st.builds(
    lambda span, waiting: Track(END - span, END, tuple(waiting)),
    st.integers(0, 500 * DAY),
    st.lists(st.integers(0, 400), max_size=300),
)


@settings(deadline=None, max_examples=120)
@given(
    TRACKS, st.integers(0, 200), st.integers(0, 6), st.sampled_from(GLYPHS), st.booleans(), st.integers(-DAY, 500 * DAY)
)
def test_exactly_as_large_as_asked(
    track: Track, width: int, height: int, glyphs: Glyphs, mono: bool, back: int
) -> None:
    lines = track_chart(track, width, height, DUBLIN, at=END - back, glyphs=glyphs, mono=mono)
    assert len(lines) == height
    assert all(line_width(line) == width for line in lines)
    if glyphs == "ascii":
        assert plain(lines).isascii()


@given(st.integers(2, 300), st.integers(3600, 500 * DAY), st.data())
def test_columns_and_moments_lead_to_each_other(width: int, span: int, data: st.DataObject) -> None:
    track = Track(END - span, END, (1, 2))
    x = data.draw(st.integers(0, width - 1))
    assert column_of(track, width, moment_at(track, width, x)) == x
    assert moment_at(track, width, 0) == track.start
    assert moment_at(track, width, width + 5) == track.end
    assert column_of(track, width, track.start - 1) == 0


def test_a_short_peak_shows_at_any_width() -> None:
    waiting = [0] * 1000
    waiting[617] = 30
    for width in (20, 77, 150):
        text = plain(track_chart(Track(END - DAY, END, tuple(waiting)), width, 2, DUBLIN))
        assert text.count("█") == 1
        assert text.index("█") == pytest.approx(617 / 999 * (width - 1), abs=1)


def test_the_position_says_its_moment_and_the_queue() -> None:
    track = Track(END - DAY, END, tuple(range(25)))
    lines = track_chart(track, 90, 3, DUBLIN, at=END - 12 * 3600, waiting=12)
    marked = [span.text.strip() for line in lines for span in line if span.style == MARKED]
    assert marked[-1] == "Sun 22 Nov 02:35 · 12 waiting"
    narrow = plain(track_chart(track, 24, 2, DUBLIN, at=END))
    assert narrow.endswith(" Sun 22 Nov 14:35 ")


def test_what_comes_after_the_position_is_paler_and_looks_different_without_colour() -> None:
    track = Track(END - DAY, END, (5,) * 25)
    lines = track_chart(track, 40, 1, DUBLIN, at=END - DAY // 2)
    inks = [span.style.fg or span.style.bg for span in lines[0]]
    assert inks[0] == "human"
    assert inks[-1] == "human-soft"
    assert plain(track_chart(track, 40, 1, DUBLIN, at=END - DAY // 2, mono=True)).endswith("░" * 19)


def test_no_history_is_a_sentence() -> None:
    assert "no queue history" in plain(track_chart(Track(0, 0, ()), 40, 2, DUBLIN))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, ["15:00", "18:00", "21:00", "22 Nov", "03:00", "06:00", "09:00", "12:00"]),
        (7, ["16 Nov", "17 Nov", "18 Nov", "19 Nov", "20 Nov", "21 Nov", "22 Nov"]),
        (60, ["28 Sep", "5 Oct", "12 Oct", "19 Oct", "26 Oct", "2 Nov", "9 Nov", "16 Nov"]),
        (200, ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]),
    ],
)
def test_times_are_hours_days_weeks_or_months(days: int, words: list[str]) -> None:
    labels = time_labels(END - days * DAY, END, 90, DUBLIN)
    assert [text for _, text in labels] == words


@given(st.integers(0, 200), st.integers(60, 1000 * DAY))
def test_labels_never_touch(width: int, span: int) -> None:
    labels = time_labels(END - span, END, width, DUBLIN)
    assert all(x + len(text) < following for (x, text), (following, _) in pairwise(labels))
    assert all(x >= 0 and x + len(text) <= width for x, text in labels)
