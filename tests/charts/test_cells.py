"""Widths in cells: what is asked for is what comes, whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel_tui.charts.cells import Canvas, Span, Style, cell_width, clean, cut, join, line_width, pad, plain, style

TEXTS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(list("aé漢字e\u0301👩\u200d👧🇮🇪❤\ufe0f👍🏽שלוםabc \t\n\x1b\u202e▁█⠿▲≈")),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("abc", 3),
        ("≈ 63 %", 6),
        ("▁▂█⣿▲…", 6),
        ("漢字", 4),
        ("e\u0301", 1),
        ("👩\u200d👩\u200d👧", 2),
        ("🇮🇪", 2),
        ("👍🏽", 2),
    ],
)
def test_cell_width(text: str, width: int) -> None:
    assert cell_width(text) == width


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("Refund please", 13, "Refund please"),
        ("Refund please", 8, "Refund …"),
        ("Refund", 1, "…"),
        ("Refund", 0, ""),
        ("漢字漢字", 4, "漢…"),
        ("漢字漢字", 5, "漢字…"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ("ab👩\u200d👩\u200d👧cd", 4, "ab…"),
        ("ab👩\u200d👩\u200d👧cd", 5, "ab👩\u200d👩\u200d👧…"),
    ],
)
def test_cut_between_graphemes(text: str, width: int, expected: str) -> None:
    assert cut(text, width) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("two\nlines\tand", "two lines and"),
        ("\x1b[31mred\x07", "·[31mred·"),
        ("abc\u202edef", "abcdef"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("half \ud83d", "half \ufffd"),
        ("👩\u200d👧 stays", "👩\u200d👧 stays"),
    ],
)
def test_clean_makes_harmless(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(TEXTS, st.integers(0, 40))
def test_cut_and_pad_keep_the_width(text: str, width: int) -> None:
    safe = clean(text)
    assert cell_width(cut(safe, width)) <= width
    assert cell_width(pad(safe, width)) == width
    assert cell_width(pad(safe, width, ">")) == width
    assert cell_width(pad(safe, width, "^")) == width


@given(st.lists(st.tuples(st.integers(-2, 12), TEXTS), max_size=5), st.integers(0, 12))
def test_canvas_is_always_as_wide_as_asked(writes: list[tuple[int, str]], width: int) -> None:
    canvas = Canvas(width, 1)
    for x, text in writes:
        canvas.write(x, 0, text, style("human"))
    (line,) = canvas.lines()
    assert line_width(line) == width


def test_blanks_join_their_neighbours_but_backgrounds_stay() -> None:
    canvas = Canvas(9, 1)
    canvas.write(1, 0, "ab", style("human"))
    canvas.write(5, 0, "c", style("human"))
    canvas.put(7, 0, " ", style(None, "warn"))
    assert canvas.lines() == ((Span(" ab  c ", Style("human")), Span(" ", Style(None, "warn")), Span(" ", Style())),)


def test_join_cuts_and_fills() -> None:
    assert plain([join([("Open", style()), (" 37", style("text"))], 10)]) == "Open 37   "
    assert plain([join([("Open", style()), (" 37,000", style("text"))], 8)]) == "Open 37…"


def test_plain_shows_what_only_colour_shows() -> None:
    line = (Span("  ", Style(None, "human")), Span("▂▆", Style("ground", "human")), Span(" ", Style(None, "track")))
    assert plain([line]) == "██▀▔░"
