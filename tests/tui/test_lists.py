"""Lists of conversations: orders, filters, columns, and strangers' text that stays in its cells."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from funnel_tui.charts.cells import cell_width, line_width
from funnel_tui.model.values import ConversationRow, Direction, MetricSpec, Unit
from funnel_tui.tui.listing import columns, fitted, matching, orders, row_line, title_line, worth
from funnel_tui.tui.text import steady
from funnel_tui.tui.widgets.panel import wrap
from funnel_tui.tui.widgets.story import story_lines

from .fake_report import NOW, ZONE, make_rows, make_timeline

ROWS = make_rows(120)
TIMES = MetricSpec("human.first_response.median", "First response", Unit.SECONDS, Direction.DOWN, "", "human")
SCORES = MetricSpec("human.csat", "CSAT", Unit.RATIO, Direction.UP, "", "human")


def text_of(line: tuple[object, ...]) -> str:
    return "".join(span.text for span in line)  # type: ignore[attr-defined]


def test_times_come_longest_first_and_scores_lowest_first() -> None:
    first = orders(TIMES, ROWS)[0]
    values = [row.value for row in sorted(ROWS, key=first.key)]
    assert (first.words, values) == ("longest first", sorted(values, reverse=True))  # type: ignore[type-var]
    first = orders(SCORES, ROWS)[0]
    values = [row.value for row in sorted(ROWS, key=first.key)]
    assert (first.words, values) == ("lowest first", sorted(values))  # type: ignore[type-var]


def test_a_value_is_written_as_what_it_is() -> None:
    within = replace(TIMES, id="human.within_10m", unit=Unit.RATIO)
    assert worth(within).text(75) == "1m 15s"
    assert worth(SCORES).text(4.0) == "4"
    assert worth(replace(TIMES, id="human.replies_per_close", unit=Unit.NUMBER)).words == "highest first"


def test_without_values_the_longest_wait_comes_first() -> None:
    rows = [replace(row, value=None) for row in ROWS]
    first = orders(None, rows)[0]
    waits = [row.waiting_since for row in sorted(rows, key=first.key) if row.waiting_since is not None]
    assert first.words == "longest waiting first"
    assert waits == sorted(waits)
    quiet = [replace(row, waiting_since=None) for row in rows]
    assert [order.words for order in orders(None, quiet)] == ["newest first", "oldest first"]


def test_a_filter_wants_every_word_anywhere_in_any_case() -> None:
    found = matching(ROWS, "REFUND billing")
    assert found
    assert all(row.team == "billing" for row in found)
    assert matching(ROWS, "  ") == tuple(ROWS)
    assert matching(ROWS, "no such word") == ()


@pytest.mark.parametrize("width", [60, 77, 96, 117, 150, 197])
def test_lines_are_as_wide_as_asked(width: int) -> None:
    shown = fitted(columns(width, TIMES, ROWS, ZONE, NOW), width)
    assert line_width(title_line(shown, width)) == width
    for row in ROWS:
        assert line_width(row_line(row, shown, width, active=False)) == width


def nasty(row: ConversationRow, text: str) -> ConversationRow:
    return replace(row, subject=text, agent=text, team=text, channel=text, tags=(text,))


@given(st.text(max_size=60))
def test_no_text_breaks_out_of_its_line(text: str) -> None:
    width = 160
    row = nasty(ROWS[0], text)
    line = text_of(row_line(row, fitted(columns(width, TIMES, [row], ZONE, NOW), width), width, active=True))
    assert cell_len(line) == width
    assert not any(unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") for c in line)
    assert not any(c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f" for c in line)


@given(st.text(max_size=200), st.integers(2, 80))
def test_wrapped_text_fits_and_is_harmless(text: str, width: int) -> None:
    for line in wrap(text, width):
        assert cell_width(line) <= width
        assert not any(unicodedata.category(c) == "Cc" for c in line)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\x1b[31mred\x1b[0m", "·[31mred·[0m"),
        ("\x1b]0;title\x07", "·]0;title·"),
        ("a\tb\nc", "a b c"),
        ("\u202eevil", "evil"),
        ("👩\u200d👩\u200d👧", "👩👩👧"),
        ("👍🏽", "👍"),
        ("🇮🇪", "IE"),
        ("❤\ufe0f", "❤"),
        ("請求書", "請求書"),
        ("أين طلبي؟", "أين طلبي؟"),
    ],
)
def test_text_is_made_to_take_the_same_cells_everywhere(text: str, said: str) -> None:
    assert steady(text) == said


def test_words_too_long_for_a_line_are_broken() -> None:
    assert wrap("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert wrap("請求書請求書", 5) == ["請求", "書請", "求書"]


@pytest.mark.parametrize("width", [40, 77, 117, 197])
def test_a_timeline_marks_the_wait_in_the_margin(width: int) -> None:
    lines = story_lines(make_timeline(ROWS[0]), width, ZONE)
    texts = [text_of(line) for line in lines]
    assert all(line_width(line) == width for line in lines)
    end = next(index for index, text in enumerate(texts) if "┗ 10m" in text)
    assert "Anna replied" in texts[end]
    begin = next(index for index, text in enumerate(texts) if "handed over" in text)
    assert all("┃" in text for text in texts[begin:end])
    assert "┃" not in "".join(texts[:begin] + texts[end + 1 :])


def test_a_timeline_says_that_somebody_still_waits() -> None:
    timeline = make_timeline(ROWS[0])
    waiting = replace(timeline, row=replace(timeline.row, waiting_since=NOW))
    assert "still waiting" in text_of(story_lines(waiting, 80, ZONE)[-1])
