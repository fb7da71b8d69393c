"""What holds for every chart: it is exactly as large as asked, draws the same twice, and says when there is nothing."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel_tui.charts.bars import hbar
from funnel_tui.charts.cells import Line, line_width, plain
from funnel_tui.charts.columns import stacked_columns
from funnel_tui.charts.glyphs import GLYPHS, Glyphs
from funnel_tui.charts.lines import line_chart
from funnel_tui.charts.queue import queue_chart, queue_hits
from funnel_tui.charts.sparkline import resample, sparkline
from funnel_tui.model.values import QueuePoint, Unit

DUBLIN = ZoneInfo("Europe/Dublin")
VALUES = st.lists(
    st.one_of(st.none(), st.just(0.0), st.floats(0, 1), st.floats(0, 1e12), st.integers(0, 300).map(float)), max_size=90
)
POINTS = st.lists(
    st.builds(QueuePoint, st.integers(0, 200_000), st.integers(0, 500), st.one_of(st.none(), st.floats(0, 600))),
    max_size=60,
).map(lambda points: sorted(points, key=lambda point: point.at))

Chart = Callable[[list[float | None], int, int, bool], tuple[Line, ...]]


def _columns(values: list[float | None], width: int, height: int, ascii: bool) -> tuple[Line, ...]:
    series = {"selfserve": values, "human": list(reversed(values))}
    return stacked_columns(["Jän"] * len(values), series, width, height, partial_last=True, ascii=ascii)


def _lines(values: list[float | None], width: int, height: int, ascii: bool) -> tuple[Line, ...]:
    starts = [day * 86_400 for day in range(len(values))]
    compare = list(reversed(values))
    return line_chart(starts, values, width, height, DUBLIN, unit=Unit.SECONDS, compare=compare, target=5, ascii=ascii)


CHARTS: dict[str, Chart] = {
    "sparkline": lambda values, width, height, ascii: sparkline(values, width, height, role="human", ascii=ascii),
    "dotted sparkline": lambda values, width, height, ascii: sparkline(values, width, height, glyphs="braille", of=40),
    "columns": _columns,
    "lines": _lines,
}


@pytest.mark.parametrize("name", CHARTS)
@settings(deadline=None, max_examples=50)
@given(values=VALUES, width=st.integers(0, 130), height=st.integers(0, 20), ascii=st.booleans())
def test_exactly_as_large_as_asked(name: str, values: list[float | None], width: int, height: int, ascii: bool) -> None:
    lines = CHARTS[name](values, width, height, ascii)
    assert len(lines) == height
    assert all(line_width(line) == width for line in lines)
    assert lines == CHARTS[name](values, width, height, ascii)


@settings(deadline=None, max_examples=80)
@given(
    POINTS,
    st.integers(0, 130),
    st.integers(0, 14),
    st.sampled_from(GLYPHS),
    st.booleans(),
    st.none() | st.integers(0, 200_000),
)
def test_queue_is_exactly_as_large_as_asked(
    points: list[QueuePoint], width: int, height: int, glyphs: Glyphs, mono: bool, marked: int | None
) -> None:
    lines = queue_chart(points, width, height, DUBLIN, glyphs=glyphs, mono=mono, marked=marked)
    assert len(lines) == height
    assert all(line_width(line) == width for line in lines)
    if glyphs == "ascii":
        assert plain(lines).isascii()
    hits = queue_hits(points, width, height)
    for key, area in hits.areas.items():
        assert hits.at(area.x, area.y) == key
        assert area.x < width


@given(
    st.one_of(st.none(), st.floats(0, 1e9)),
    st.floats(0, 1e9),
    st.integers(0, 80),
    st.booleans(),
    st.sampled_from(GLYPHS),
)
def test_hbar_is_exactly_as_wide_as_asked(
    value: float | None, maximum: float, width: int, track: bool, glyphs: Glyphs
) -> None:
    line = hbar(value, maximum, width, "human", track=track, glyphs=glyphs)
    assert line_width(line) == width
    if glyphs == "ascii":
        assert plain([line]).isascii()


def test_hbar_to_the_eighth() -> None:
    assert plain([hbar(50, 100, 10, "human")]) == "█████     "
    assert plain([hbar(51.3, 100, 10, "human")]) == "█████▏    "
    assert plain([hbar(100, 100, 10, "human")]) == "██████████"
    assert plain([hbar(0, 100, 10, "human")]) == "          "
    assert plain([hbar(0.001, 100, 10, "human")]) == "▏         "
    assert plain([hbar(None, 100, 10, "human")]) == "·         "
    assert plain([hbar(25, 100, 8, "human", track=True)]) == "██░░░░░░"
    assert plain([hbar(25, 100, 8, "human", track=True, ascii=True)]) == "##......"
    assert plain([hbar(32, 100, 8, "human", track=True, glyphs="braille")]) == "⣿⣿⡇⣀⣀⣀⣀⣀"


def test_sparkline_levels() -> None:
    assert plain(sparkline([0, 1, 2, 4, 8], 5, role="human")) == "▁▁▂▄█"
    assert plain(sparkline([8, None, 0, 8], 4, role="human")) == "█·▁█"
    assert plain(sparkline([8, None, 0, 4], 4, role="human", ascii=True)) == "@?_="
    assert plain(sparkline([4, 4], 2, role="human", top=8)) == "▄▄"
    assert plain(sparkline([16, 8, 4], 3, 2, role="human")) == "█  \n██▄"


def test_sparkline_in_dots_has_two_values_a_cell() -> None:
    assert plain(sparkline([1, 2, 3, 4], 2, role="human", glyphs="braille")) == "⣠⣾"
    assert plain(sparkline([0, 0, None, None, None, 4], 3, role="human", glyphs="braille")) == "▁·⢸"
    assert plain(sparkline([1, 2, 3, 4], 2, 2, role="human", glyphs="braille")) == " ⣼\n⣼⣿"


def test_zero_and_unknown_differ_in_role_too() -> None:
    (line,) = sparkline([0, None, 3], 3, role="human")
    assert [(span.text, span.style.fg) for span in line] == [("▁", "track"), ("·", "muted"), ("█", "human")]


def test_resampling_keeps_the_mean_and_the_steps() -> None:
    assert resample([1, 3, 5, 7], 2) == [2, 6]
    assert resample([1, None, None, None], 2) == [1, None]
    assert resample([1, 2], 5) == [1, 1, 2, 2]
    assert resample([], 5) == []


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200), st.integers(1, 50))
def test_resampling_never_leaves_the_range(values: list[float], columns: int) -> None:
    result = [value for value in resample(values, columns) if value is not None]
    assert len(result) <= columns
    assert min(values) - 1e-6 <= min(result) <= max(result) <= max(values) + 1e-6


def test_nothing_to_show_is_a_sentence() -> None:
    assert "no values" in plain(line_chart([], [], 40, 8, DUBLIN))
    assert "no values" in plain(line_chart([0], [None], 40, 8, DUBLIN))
    assert "no data" in plain(stacked_columns([], {}, 40, 8))
    assert "no queue history" in plain(queue_chart([], 40, 8, DUBLIN))
