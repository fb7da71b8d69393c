"""Stacked columns: heights are proportions, unknown is not zero, the running month is marked."""

from funnel_tui.charts.cells import plain
from funnel_tui.charts.columns import stacked_columns

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
