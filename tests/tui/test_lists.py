"""Lists of conversations: orders, filters, columns, and strangers' text that stays in its cells."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from funnel_tui.charts.cells import cell_width, line_width
from funnel_tui.model.boards import Item, Place
from funnel_tui.model.values import ConversationRow, Direction, MetricSpec, Unit
from funnel_tui.tui.items import Listed, columns, listed, worth
from funnel_tui.tui.state import View
from funnel_tui.tui.table import arranged, fitted, order_words, row_line, title_line
from funnel_tui.tui.text import steady
from funnel_tui.tui.widgets.panel import wrap

from .fake_boards import make_human, make_items
from .fake_report import NOW, ZONE, make_rows

ROWS = make_rows(120)
TIMES = MetricSpec("human.first_response.median", "First response", Unit.SECONDS, Direction.DOWN, "", "human")
SCORES = MetricSpec("human.csat", "CSAT", Unit.RATIO, Direction.UP, "", "human")


def text_of(line: tuple[object, ...]) -> str:
    return "".join(span.text for span in line)  # type: ignore[attr-defined]


def shown(metric: MetricSpec | None, rows: Sequence[Item] = ROWS) -> tuple[tuple[Listed, ...], str]:
    """The rows in the order that they come in first, and how it is said."""
    found, order = columns(listed(rows), metric, ZONE, NOW)
    return arranged(listed(rows), found, order, ""), order_words(found, order)


def values(rows: Sequence[Listed]) -> list[float | None]:
    return [row.item.value for row in rows if isinstance(row.item, ConversationRow)]


def test_times_come_longest_first_and_scores_lowest_first() -> None:
    rows, words = shown(TIMES)
    assert (words, values(rows)) == ("longest first", sorted(values(rows), reverse=True))  # type: ignore[type-var]
    rows, words = shown(SCORES)
    assert (words, values(rows)) == ("lowest first", sorted(values(rows)))  # type: ignore[type-var]


def test_a_value_is_written_as_what_it_is() -> None:
    within = replace(TIMES, id="human.within_10m", unit=Unit.RATIO)
    assert worth(within).text(75) == "1m 15s"
    assert worth(SCORES).text(4.0) == "4"
    assert worth(replace(TIMES, id="human.replies_per_close", unit=Unit.NUMBER)).words == "highest first"


def test_without_values_the_longest_wait_comes_first() -> None:
    rows, words = shown(None, [replace(row, value=None) for row in ROWS])
    waits = [row.item.waiting_since for row in rows if isinstance(row.item, ConversationRow) and row.item.waiting_since]
    assert (words, waits) == ("longest waiting first", sorted(waits))
    _, words = shown(None, [replace(row, value=None, waiting_since=None) for row in ROWS])
    assert words == "newest first"


def test_an_item_that_stands_several_times_has_several_names() -> None:
    assert len({row.key for row in listed([ROWS[0], ROWS[0], ROWS[1]])}) == 3


def test_a_filter_wants_every_word_anywhere_in_any_case() -> None:
    rows = listed(ROWS)
    found, _ = columns(rows, TIMES, ZONE, NOW)
    matching = arranged(rows, found, None, "REFUND billing")
    assert matching
    assert all(isinstance(row.item, ConversationRow) and row.item.team == "billing" for row in matching)
    assert arranged(rows, found, None, "  ") == rows
    assert arranged(rows, found, None, "no such word") == ()


KINDS: dict[str, Sequence[Item]] = {
    "conversations": ROWS,
    "messages": make_items(Place("proactive.delivered"), 5).rows,
    "readers": make_items(Place("selfserve.article_viewers"), 5).rows,
    "teammates": make_human(View()).duty,
    "mixed": (*ROWS[:3], *make_items(Place("selfserve.article_viewers"), 3).rows),
}


@pytest.mark.parametrize("width", [60, 77, 96, 117, 150, 197])
@pytest.mark.parametrize("kind", KINDS)
def test_lines_are_as_wide_as_asked(kind: str, width: int) -> None:
    rows = listed(KINDS[kind])
    found, order = columns(rows, TIMES, ZONE, NOW)
    columns_shown = fitted(found, width)
    assert line_width(title_line(columns_shown, order, None, width)) == width
    for row in rows:
        assert line_width(row_line(row, columns_shown, width, active=False)) == width


def nasty(row: ConversationRow, text: str) -> ConversationRow:
    return replace(row, subject=text, agent=text, team=text, channel=text, tags=(text,))


@given(st.text(max_size=60))
def test_no_text_breaks_out_of_its_line(text: str) -> None:
    width = 160
    rows = listed([nasty(ROWS[0], text)])
    found, _ = columns(rows, TIMES, ZONE, NOW)
    line = text_of(row_line(rows[0], fitted(found, width), width, active=True))
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
