"""Pointing at charts, and the three sets of glyphs."""

import pytest

from funnel_tui.charts.cells import Span, Style, line_width
from funnel_tui.charts.glyphs import DENSITIES, GLYPHS, LEVELS, Glyphs, choose, seven_bit
from funnel_tui.charts.hits import Area, Hits

HITS = Hits([("a", Area(0, 0, 3, 2)), ("b", Area(4, 0, 1, 2)), ("c", Area(5, 1, 2, 1))])


@pytest.mark.parametrize(
    ("x", "y", "key"), [(0, 0, "a"), (2, 1, "a"), (3, 0, None), (4, 1, "b"), (5, 0, None), (6, 1, "c"), (-1, 0, None)]
)
def test_a_cell_leads_to_what_stands_in_it(x: int, y: int, key: str | None) -> None:
    assert HITS.at(x, y) == key


def test_what_stands_there_leads_to_its_cells() -> None:
    assert HITS.area("b") == Area(4, 0, 1, 2)
    assert HITS.area("x") is None
    assert HITS.keys == ("a", "b", "c")


@pytest.mark.parametrize(
    ("key", "by", "expected"),
    [("a", 1, "b"), ("a", 9, "c"), ("b", -1, "a"), ("a", -1, "a"), (None, 1, "a"), (None, -1, "c"), ("gone", 1, "a")],
)
def test_the_cursor_steps_and_stops_at_the_ends(key: str | None, by: int, expected: str) -> None:
    assert HITS.step(key, by) == expected


def test_a_chart_without_parts_has_no_cursor() -> None:
    assert Hits[str]().step(None, 1) is None


@pytest.mark.parametrize("glyphs", GLYPHS)
def test_levels_and_densities_are_as_many_in_all_glyphs(glyphs: Glyphs) -> None:
    assert len(set(LEVELS[glyphs])) == 9
    assert len(set(DENSITIES[glyphs])) == 5
    if glyphs == "ascii":
        assert (LEVELS[glyphs] + DENSITIES[glyphs]).isascii()


def test_the_glyphs_asked_for_win_over_the_older_flag() -> None:
    assert choose(None, False, "braille") == "braille"
    assert choose(None, True, "braille") == "ascii"
    assert choose("block", True, "braille") == "block"


def test_seven_bit_keeps_the_width_and_customers_words() -> None:
    line = (Span("1–5m · ≈ 3 …", Style("text")), Span("Größe 漢字", Style()))
    (made,) = seven_bit([line])
    assert made[0].text == "1-5m - ~ 3 ~"
    assert made[1].text == "Größe 漢字"
    assert line_width(made) == line_width(line)
