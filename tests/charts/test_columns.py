"""Stacked columns: heights are proportions, unknown is not zero, the running month is marked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel_tui.charts.cells import MARKED, line_width, plain
from funnel_tui.charts.columns import column_hits, stacked_columns
from funnel_tui.charts.glyphs import GLYPHS, Glyphs

MONTHS = ["Aug", "Sep", "Oct", "Nov"]

GOLDEN = [
    "                                            ",
    "                 250       250              ",
    "200 ▁ ▁200▁ ▁ ▁▒▒▒▒▒▒▒▁ ▁▒▒▒▒▒▒▒▁ ▁ ▁ ▁ ▁ ▁ ",
    "     ▒▒▒▒▒▒▒   ▒▒▒▒▒▒▒   ███████     150    ",
    "100 ▁▒▒▒▒▒▒▒▁ ▁███████▁ ▁███████▁ ▁▒▒▒▒▒▒▒▁ ",
    "     ███████   ███████   ███████   ███████  ",
    "  0  ███████   ███████   ███████   ███████  ",
    "       Aug       Sep       Oct      Nov…    ",
]


def heights(role: str, width: int, height: int, **series: list[float | None]) -> list[int]:
    """How many cells of one colour each row holds."""
    lines = stacked_columns(MONTHS, series, width, height)
    return [sum(len(s.text) for s in line if s.style.bg == role and s.text.isspace()) for line in lines]


def test_parts_are_proportional() -> None:
    """Axis to 400 in 8 rows: 200 and 100 are four and two full rows of four columns of the same width."""
    series: dict[str, list[float | None]] = {"selfserve": [200.0] * 4, "human": [100.0] * 4}
    lower = heights("selfserve", 44, 10, **series)
    upper = heights("human", 44, 10, **series)
    bar = max(lower)
    assert sum(lower) == 2 * sum(upper)
    assert sum(lower) % bar == 0
    assert lower[8] == bar
    assert upper[8] == 0


def test_golden_mono() -> None:
    text = plain(
        stacked_columns(
            MONTHS,
            {"selfserve": [100, 150, 200, 120], "human": [100, 100, 50, 30]},
            44,
            8,
            partial_last=True,
            mono=True,
        )
    )
    assert text.split("\n") == GOLDEN


def test_unknown_is_named_not_zero() -> None:
    text = plain(stacked_columns(MONTHS, {"selfserve": [None, 0, 5, 5], "human": [7, 7, 7, 7]}, 60, 8))
    assert text.count("n/a") == 1
    assert "7+n/a" in text
    all_unknown = plain(stacked_columns(MONTHS, {"selfserve": [None] * 4}, 60, 8))
    assert all_unknown.count("n/a") == 4


def test_the_running_month_is_paler_and_says_so() -> None:
    series = {"selfserve": [5.0, 5, 5, 5]}
    lines = stacked_columns(MONTHS, series, 60, 8, partial_last=True)
    assert "Nov so far" in plain(lines)
    assert any(span.style.bg == "selfserve-soft" for line in lines for span in line)
    assert "Nov…" in plain(stacked_columns(MONTHS, series, 40, 8, partial_last=True))
    assert "Nov~" in plain(stacked_columns(MONTHS, series, 40, 8, partial_last=True, ascii=True))
    assert "Nov…" not in plain(stacked_columns(MONTHS, series, 60, 8))


def test_the_newest_show_where_not_all_fit() -> None:
    labels = [f"m{index}" for index in range(60)]
    text = plain(stacked_columns(labels, {"human": [1.0] * 60}, 40, 8))
    assert "m59" in text
    assert "m0 " not in text


def test_notes_stand_below_the_labels() -> None:
    series = {"selfserve": [5.0, 5, 5, 5], "human": [5.0, 5, 5, 5]}
    lines = stacked_columns(MONTHS, series, 60, 8, notes=["50 %", "50 %", "", "50 %"])
    assert plain(lines).split("\n")[-1].split() == ["50", "%"] * 3
    assert "selfserve" in {span.style.fg for span in lines[-1]}
    assert "50 %" not in plain(stacked_columns(MONTHS, series, 60, 5, notes=["50 %"] * 4))


SERIES: dict[str, list[float | None]] = {"selfserve": [100, 150, 200, 120], "human": [100, 100, 50, 30]}


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.none() | st.floats(0, 1e7), max_size=40),
    st.integers(0, 130),
    st.integers(0, 20),
    st.sampled_from(GLYPHS),
    st.none() | st.integers(0, 45) | st.tuples(st.integers(0, 45), st.sampled_from(["selfserve", "human"])),
)
def test_exactly_as_large_as_asked_with_a_cursor_and_what_was_before(
    values: list[float | None], width: int, height: int, glyphs: Glyphs, marked: int | tuple[int, str] | None
) -> None:
    labels = [f"m{index}" for index in range(len(values))]
    series = {"selfserve": values, "human": values[::-1]}
    lines = stacked_columns(labels, series, width, height, previous=values, glyphs=glyphs, marked=marked)
    assert len(lines) == height
    assert all(line_width(line) == width for line in lines)
    if glyphs == "ascii":
        assert plain(lines).isascii()
    hits = column_hits(labels, series, width, height, previous=values, marked=marked)
    for key, area in hits.areas.items():
        assert hits.at(area.x, area.y) == key
        assert area.x + area.width <= width
        assert area.y + area.height <= height


def test_every_part_is_found_again() -> None:
    hits = column_hits(MONTHS, SERIES, 44, 10)
    assert hits.keys == tuple((index, role) for index in range(4) for role in ("selfserve", "human"))
    lines = stacked_columns(MONTHS, SERIES, 44, 10)
    for (_, role), area in hits.areas.items():
        x = 0
        for span in lines[area.y + area.height - 1]:
            if x <= area.x < x + len(span.text):
                assert role in (span.style.bg, span.style.fg)
            x += len(span.text)


def test_the_marked_column_is_named_even_where_labels_are_left_out() -> None:
    labels = [f"2 Nov {index}" for index in range(30)]
    lines = stacked_columns(labels, {"human": [1.0] * 30}, 70, 8, marked=4)
    assert [span.text for line in lines for span in line if span.style == MARKED] == ["2 Nov 4"]
    hidden = stacked_columns([f"m{index}" for index in range(60)], {"human": [1.0] * 60}, 40, 8, marked=0)
    assert [span.text for line in hidden for span in line if span.style == MARKED] == ["m0"]


def test_of_a_marked_part_the_others_are_paler() -> None:
    lines = stacked_columns(MONTHS, SERIES, 44, 10, marked=(1, "human"))
    bright = {span.style.bg for line in lines for span in line}
    assert "human" in bright
    assert "selfserve" not in bright


def test_what_was_before_stands_beside_its_column() -> None:
    rows = plain(stacked_columns(MONTHS, SERIES, 44, 10, previous=[200, None, 250, 300])).split("\n")
    assert sum(row.count("◂") for row in rows) == 3
    levels = [next((y for y, row in enumerate(rows) if row[x : x + 9].count("◂")), None) for x in (5, 15, 25, 35)]
    assert levels[1] is None
    assert levels[3] < levels[2] < levels[0]


@pytest.mark.parametrize("glyphs", GLYPHS)
def test_series_differ_without_colour(glyphs: Glyphs) -> None:
    text = plain(stacked_columns(MONTHS, SERIES, 44, 10, glyphs=glyphs, mono=True))
    fills = {"block": "█▒", "braille": "⣿⢕", "ascii": "#="}[glyphs]
    assert set(fills) <= set(text)
