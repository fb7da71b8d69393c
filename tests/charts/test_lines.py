"""Lines over time: the frame they stand in, two scales that cannot be mixed up, the point under the cursor."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel_tui.charts.cells import MARKED, line_width, plain
from funnel_tui.charts.glyphs import GLYPHS, Glyphs
from funnel_tui.charts.line_frame import Curve
from funnel_tui.charts.lines import line_chart, line_hits
from funnel_tui.charts.scales import moment_label, point_labels
from funnel_tui.model.values import Unit

DUBLIN = ZoneInfo("Europe/Dublin")
DAY = 86_400
START = int(datetime(2026, 11, 2, tzinfo=DUBLIN).timestamp())
VALUES = st.lists(st.one_of(st.none(), st.floats(0, 1e9), st.integers(0, 300).map(float)), max_size=120)


def days(count: int, step: int = DAY) -> list[int]:
    return [START + step * index for index in range(count)]


RISING = [float(10 * index) for index in range(14)]
FALLING = [13_000.0 - 1000 * index for index in range(14)]
DELIVERED = Curve("delivered", FALLING, "proactive")

GOLDEN = [
    "    ⠤⠤ seekers (left)   ⠄⠄ delivered (right)                                        ",
    "150 ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ │ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ 15k             ",
    "    ⡀⡀⡀                     │                                   ⢀⣀⣀      seekers 130",
    "100 ▁ ▁⠁⠁⠁⠁⠂⠂⠄⠄⠄⠄⡀⡀⡀▁ ▁ ▁ ▁ │ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁⣀⣀⣀⣀⠤⠤⠤⠔⠒⠊⠉⠉⠉⠁ ▁ 10k             ",
    "                    ⠁⠁⠂⠂⠂⠄⠄⡀●⡀ 8,000    ⢀⣀⣀⣀⠤⠤⠔⠒⠒⠉⠉                                 ",
    " 50 ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁⣀●⣀ 50 ⠔⠒⠊⠉⠉⠉⠁⡀⡀⡀▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ 5k              ",
    "                ⢀⣀⣀⣀⠤⠤⠒⠒⠊⠉⠉ │               ⠁⠁⠁⠂⠂⠄⠄⡀⡀⡀⡀                             ",
    "  0 ⣀⣀⣀⠤⠤⠤⠔⠒⠊⠉⠉⠉⠁           │                          ⠁⠁⠁⠁⠂⠂⠄⠄⠄⠄⡀⡀ 0    delivered 0",
    "    2 Nov    4 Nov      Sat 7 Nov         10 Nov    12 Nov   14 Nov                 ",
]


@settings(deadline=None, max_examples=150)
@given(
    VALUES,
    st.none() | VALUES,
    st.integers(0, 150),
    st.integers(0, 24),
    st.sampled_from(GLYPHS),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
    st.none() | st.integers(0, 130),
)
def test_exactly_as_large_as_asked(
    values: list[float | None],
    other: list[float | None] | None,
    width: int,
    height: int,
    glyphs: Glyphs,
    flags: tuple[bool, bool, bool],
    marked: int | None,
) -> None:
    shared, mono, named = flags
    name = "people" if named else ""
    band = [(value / 2, value) if value else None for value in values]
    second = None if other is None else Curve("delivered", other, "proactive")
    extra = {"second": second, "shared": shared, "name": name, "band": band}
    lines = line_chart(
        days(len(values)), values, width, height, DUBLIN, glyphs=glyphs, mono=mono, marked=marked, target=9, **extra
    )
    assert len(lines) == height
    assert all(line_width(line) == width for line in lines)
    if glyphs == "ascii":
        assert plain(lines).isascii()


@settings(deadline=None)
@given(VALUES, st.integers(0, 150), st.integers(0, 24), st.booleans())
def test_points_and_columns_lead_to_each_other(values: list[float | None], width: int, height: int, two: bool) -> None:
    second = Curve("delivered", values[::-1], "proactive") if two else None
    hits = line_hits(days(len(values)), values, width, height, second=second, name="people")
    for index, area in hits.areas.items():
        assert 0 <= area.x < area.x + area.width <= width
        found = hits.at(area.x, area.y)
        assert found is not None
        assert hits.areas[found].holds(area.x, area.y)
        if 2 * len(values) < width - 70:
            assert found == index
    if hits.keys:
        columns = {x for x in range(width) if hits.at(x, hits.areas[0].y) is not None}
        assert columns == set(range(min(columns), max(columns) + 1))


def test_golden_with_two_scales() -> None:
    lines = line_chart(days(14), RISING, 84, 9, DUBLIN, name="seekers", role="human", second=DELIVERED, marked=5)
    assert plain(lines).split("\n") == GOLDEN


def test_each_axis_says_whose_it_is() -> None:
    lines = line_chart(days(14), RISING, 84, 9, DUBLIN, name="seekers", role="human", second=DELIVERED)
    assert "seekers (left)" in plain(lines)
    assert "delivered (right)" in plain(lines)
    assert [span.style.fg for line in lines for span in line if "10k" in span.text] == ["proactive"]
    together = plain(line_chart(days(14), RISING, 84, 9, DUBLIN, name="seekers", second=DELIVERED, shared=True))
    assert "(left)" not in together
    assert "seekers 130" in together


def test_names_move_above_where_it_is_narrow() -> None:
    rows = plain(line_chart(days(14), RISING, 50, 9, DUBLIN, name="seekers", second=DELIVERED)).split("\n")
    assert "seekers (left)" in rows[0]
    assert not any("delivered 0" in row for row in rows)


def test_names_at_the_ends_never_share_a_row() -> None:
    twin = Curve("delivered", RISING, "proactive")
    rows = plain(line_chart(days(14), RISING, 90, 9, DUBLIN, name="seekers", second=twin, shared=True)).split("\n")
    assert sum("seekers 130" in row for row in rows) == sum("delivered 130" in row for row in rows) == 1
    assert not any("seekers 130" in row and "delivered 130" in row for row in rows)


@pytest.mark.parametrize("glyphs", GLYPHS)
def test_the_marked_point_shows_its_moment_and_values(glyphs: Glyphs) -> None:
    lines = line_chart(
        days(14), RISING, 84, 12, DUBLIN, name="seekers", second=DELIVERED, marked=5, unit=Unit.SECONDS, glyphs=glyphs
    )
    marked = [span.text.strip() for line in lines for span in line if span.style == MARKED]
    assert sorted(marked) == sorted(["50s", "8,000", "Sat 7 Nov"])
    assert plain(lines).count("@" if glyphs == "ascii" else "●") == 2


def test_a_marked_gap_has_a_moment_and_no_value() -> None:
    values = [None if index == 5 else value for index, value in enumerate(RISING)]
    lines = line_chart(days(14), values, 60, 9, DUBLIN, marked=5)
    assert [span.text.strip() for line in lines for span in line if span.style == MARKED] == ["Sat 7 Nov"]


def test_a_series_that_is_not_known_says_so_beside_the_other() -> None:
    text = plain(line_chart(days(14), [None] * 14, 90, 9, DUBLIN, name="seekers", second=DELIVERED))
    assert "seekers n/a" in text
    assert "delivered 0" in text
    assert "no values" in plain(line_chart(days(2), [None] * 2, 90, 9, DUBLIN, second=Curve("x", [None], "human")))


def test_the_usual_range_is_a_ground_behind_the_line() -> None:
    band = [(40.0, 80.0)] * 14
    lines = line_chart(days(14), RISING, 60, 13, DUBLIN, band=band)
    grounds = [sum(len(span.text) for span in line if span.style.bg == "track") for line in lines]
    assert max(grounds) >= 50
    assert grounds[0] == grounds[-2] == 0
    assert "░" in plain(line_chart(days(14), RISING, 60, 13, DUBLIN, band=band, mono=True))
    assert ":" in plain(line_chart(days(14), RISING, 60, 13, DUBLIN, band=band, glyphs="ascii", labels=["x"] * 14))


def test_quarter_blocks_draw_the_same_line_as_dots() -> None:
    dots = plain(line_chart(days(14), RISING, 60, 9, DUBLIN)).split("\n")
    blocks = plain(line_chart(days(14), RISING, 60, 9, DUBLIN, glyphs="block")).split("\n")
    for row, other in zip(dots[:-1], blocks[:-1], strict=True):
        reached = {x for x, char in enumerate(row) if "\u2800" < char <= "\u28ff"}
        filled = {x for x, char in enumerate(other) if char in "▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"}
        assert len(reached ^ filled) <= 2


@pytest.mark.parametrize(
    ("step", "label", "moment"),
    [(3600, "03:00", "Mon 2 Nov 03:00"), (DAY, "5 Nov", "Thu 5 Nov"), (7 * DAY, "23 Nov", "week of 23 Nov")],
)
def test_moments_are_named_as_finely_as_the_points_stand(step: int, label: str, moment: str) -> None:
    assert point_labels(days(5, step), DUBLIN)[3] == label
    assert moment_label(days(5, step), 3, DUBLIN) == moment


def test_months_are_named_by_month() -> None:
    starts = [int(datetime(2026, month, 1, tzinfo=DUBLIN).timestamp()) for month in (9, 10, 11)]
    assert point_labels(starts, DUBLIN) == ("Sep", "Oct", "Nov")
    assert moment_label(starts, 2, DUBLIN) == "Nov 2026"


@given(st.integers(9, 160), st.integers(2, 60))
def test_labels_never_touch(width: int, count: int) -> None:
    labels = [f"day {index}" for index in range(count)]
    row = plain(line_chart(days(count), [1.0] * count, width, 6, DUBLIN, labels=labels)).split("\n")[-1]
    assert set(filter(None, (word.strip() for word in row.split("  ")))) <= set(labels)
