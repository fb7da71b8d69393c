"""The heat map: exact at any size, nothing by colour alone, and every cell found again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel_tui.charts.cells import MARKED, line_width, plain
from funnel_tui.charts.glyphs import GLYPHS, Glyphs
from funnel_tui.charts.heat import HeatHits, heat_hits, heat_map, hour_name
from funnel_tui.charts.heat_steps import compact, steps_for
from funnel_tui.model.boards import Heat
from funnel_tui.model.values import Unit

UNITS = st.sampled_from([Unit.COUNT, Unit.SECONDS, Unit.RATIO])
VALUES = st.one_of(st.none(), st.just(0.0), st.integers(0, 300).map(float), st.floats(0, 1e7))


def heat(cells: dict[tuple[int, int], float], unit: Unit = Unit.COUNT, n: int = 1) -> Heat:
    rows = [tuple(cells.get((day, hour)) for hour in range(24)) for day in range(7)]
    counts = [tuple(n if (day, hour) in cells else 0 for hour in range(24)) for day in range(7)]
    return Heat("human.response", unit, tuple(rows), tuple(counts))


HEATS = st.builds(
    heat, st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 23)), VALUES.map(lambda v: v or 0.0)), UNITS
)
OFFICE = heat({(day, hour): float(max(0, 20 - 4 * abs(hour - 13)) + day) for day in range(5) for hour in range(8, 18)})

GOLDEN = [
    "    00  02  04  06  08  10    13    16  18  20  22  ",
    "Mon                   ··░░▒▒▓▓▓▓▓▓▒▒░░··            ",
    "Tue                 ····░░▒▒▓▓[]▓▓▒▒░░··            ",
    "Wed                 ··░░░░▒▒▓▓██▓▓▒▒░░░░            ",
    "Thu                 ··░░▒▒▒▒▓▓██▓▓▒▒▒▒░░            ",
    "Fri                 ··░░▒▒▓▓▓▓██▓▓▓▓▒▒░░            ",
    "Sat                                                 ",
    "Sun                                                 ",
    "    Tue 13:00–14:00  21                             ",
    "    ·· ≤5  ░░ ≤10  ▒▒ ≤15  ▓▓ ≤20  ██ ≤24           ",
    "                                                    ",
    "                                                    ",
]


@settings(deadline=None, max_examples=120)
@given(
    HEATS,
    st.integers(0, 240),
    st.integers(0, 40),
    st.sampled_from(GLYPHS),
    st.booleans(),
    st.none() | st.tuples(st.integers(0, 6), st.integers(0, 23)),
)
def test_exactly_as_large_as_asked(
    source: Heat, width: int, height: int, glyphs: Glyphs, mono: bool, marked: tuple[int, int] | None
) -> None:
    lines = heat_map(source, width, height, glyphs=glyphs, mono=mono, marked=marked)
    assert len(lines) == height
    assert all(line_width(line) == width for line in lines)
    if glyphs == "ascii":
        assert plain(lines).isascii()


@settings(deadline=None)
@given(HEATS, st.integers(0, 240), st.integers(0, 40))
def test_cells_and_hours_lead_to_each_other(source: Heat, width: int, height: int) -> None:
    hits = heat_hits(source, width, height)
    for key, area in hits.areas.items():
        assert 0 <= area.x <= area.x + area.width <= width
        assert 0 <= area.y <= area.y + area.height <= height
        assert hits.at(area.x, area.y) == hits.at(area.x + area.width - 1, area.y + area.height - 1) == key
        assert hits.key(*key) == key
    if width >= 6 and height >= 7:
        assert len(hits.keys) == 7 * 24 // hits.group


@pytest.mark.parametrize(("width", "group", "cell"), [(10, 3, 1), (16, 2, 1), (30, 1, 1), (60, 1, 2), (110, 1, 4)])
def test_hours_share_cells_where_there_is_no_room(width: int, group: int, cell: int) -> None:
    hits = heat_hits(OFFICE, width, 12)
    assert (hits.group, hits.areas[0, 0].width) == (group, cell)
    assert hits.at(0, 3) is None


def test_the_legend_says_how_many_hours_a_cell_holds() -> None:
    assert "2 h a cell" in plain(heat_map(OFFICE, 26, 12))
    assert "h a cell" not in plain(heat_map(OFFICE, 60, 12))


def test_counts_add_up_and_medians_are_averaged_as_approximate() -> None:
    counts = heat({(0, 8): 3.0, (0, 9): 5.0})
    assert "Mon 08:00–10:00  8" in plain(heat_map(counts, 26, 12, marked=(0, 9)))
    waits = heat({(0, 8): 60.0, (0, 9): 120.0}, Unit.SECONDS, n=4)
    assert "Mon 08:00–10:00  ≈ 1m 30s" in plain(heat_map(waits, 26, 12, marked=(0, 9)))
    assert "Mon 09:00–10:00  2m  n 4" in plain(heat_map(waits, 60, 12, marked=(0, 9)))


def test_golden_without_colour() -> None:
    rows = plain(heat_map(OFFICE, 52, 12, mono=True, marked=(1, 13))).split("\n")
    assert rows == GOLDEN


def test_values_stand_in_wide_cells_and_glyphs_in_narrow_ones() -> None:
    wide = heat_map(OFFICE, 120, 12)
    assert "20  16  12" in plain(wide)
    inks = {span.style.fg for line in wide for span in line if span.style.bg == "human-5" and span.text.strip(" █")}
    assert inks == {"ground"}
    narrow = heat_map(OFFICE, 40, 12, role="selfserve")
    shades = {span.style.bg: set(span.text) for line in narrow for span in line if span.style.bg}
    assert set(shades) == {f"selfserve-{step}" for step in range(1, 6)}
    assert len({tuple(chars) for chars in shades.values()}) == 5


def test_the_marked_cell_looks_different_and_is_read_out() -> None:
    lines = heat_map(OFFICE, 120, 12, marked=(2, 9), mono=True)
    assert [span.text for line in lines for span in line if span.style == MARKED] == ["[░░]"]
    assert "Wed 09:00–10:00  6" in plain(lines)
    assert hour_name(6, 23) == "Sun 23:00–24:00"


def test_totals_of_rows_and_columns() -> None:
    rows = plain(heat_map(OFFICE, 120, 20)).split("\n")
    everything = sum(value or 0 for row in OFFICE.cells for value in row)
    assert rows[1].rstrip().endswith(f"{sum(value or 0 for value in OFFICE.cells[0]):.0f}")
    assert rows[15].startswith("all")
    assert rows[15].rstrip().endswith(f"{everything:.0f}")


def test_too_few_rows_list_the_highest_hours() -> None:
    assert plain(heat_map(OFFICE, 24, 2)).split("\n")[0].strip() == "Fri 13:00 24"
    assert heat_hits(OFFICE, 24, 2).keys == ((4, 13), (3, 13))


def test_nothing_is_a_sentence() -> None:
    assert "nothing in this period" in plain(heat_map(heat({}), 60, 12))


def test_the_cursor_stops_at_the_edges() -> None:
    hits = HeatHits({}, 3)
    assert hits.move(None, 1, 1) == (0, 0)
    assert hits.move((0, 5), -1, 1) == (0, 6)
    assert hits.move((6, 23), 1, 1) == (6, 21)


@given(st.lists(st.floats(0, 1e9), max_size=168), UNITS)
def test_steps_rise_and_hold_every_value(values: list[float], unit: Unit) -> None:
    steps = steps_for(values, unit)
    assert list(steps.edges) == sorted(set(steps.edges))
    assert all((steps.of(value) == 0) == (value == 0) for value in values)
    assert all(steps.of(a) <= steps.of(b) for a, b in zip(sorted(values), sorted(values)[1:], strict=False))
    if max(values, default=0) > 0:
        assert steps.of(max(values)) == 5


def test_steps_are_even_unless_few_values_tower() -> None:
    assert steps_for([float(value) for value in range(1, 41)], Unit.COUNT).edges == (8, 16, 24, 32, 40)
    assert steps_for([60.0] * 50 + [90.0] * 30 + [86_400.0], Unit.SECONDS).edges[-1] == 86_400
    assert steps_for([60.0] * 50 + [90.0] * 30 + [86_400.0], Unit.SECONDS).of(90) < 5


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (59.6, Unit.SECONDS, "1m"),
        (170, Unit.SECONDS, "3m"),
        (7000, Unit.SECONDS, "2h"),
        (90_000, Unit.SECONDS, "1d"),
        (0.41, Unit.RATIO, "41%"),
        (999, Unit.COUNT, "999"),
        (2400, Unit.COUNT, "2k"),
        (3.21, Unit.NUMBER, "3.2"),
    ],
)
def test_compact(value: float, unit: Unit, text: str) -> None:
    assert compact(value, unit) == text
