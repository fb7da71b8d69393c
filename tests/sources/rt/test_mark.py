"""Where the feed stands: gaps are asked for again, for as long as they may still fill."""

from hypothesis import given
from hypothesis import strategies as st

from funnel_tui.sources.rt.feed import MOST_GAPS, REACH, Mark, parse


def test_numbers_that_were_jumped_over_are_asked_for_again() -> None:
    mark = Mark(10).past([11, 14, 15])
    assert mark.gaps == ((12, 13),)
    assert mark.condition == "(id > 15 OR (id > 11 AND id < 14))"
    assert mark.past([13]).condition == "(id > 15 OR id = 12)"
    assert mark.past([12, 13]).condition == "id > 15"


def test_old_gaps_are_given_up() -> None:
    mark = Mark(10).past([13])
    assert mark.past([13 + REACH]).gaps == ((14, 13 + REACH - 1),)
    assert mark.past([12 + REACH]).past(range(14, 12 + REACH)).gaps == ((12, 12),)


def test_no_address_grows_without_end() -> None:
    mark = Mark(0).past(range(1, 2 * REACH, 2))
    assert len(mark.gaps) == MOST_GAPS
    assert mark.gaps[-1] == (2 * REACH - 2, 2 * REACH - 2)


@given(st.lists(st.sets(st.integers(1, 400), max_size=30), max_size=8))
def test_what_was_neither_seen_nor_given_up_is_asked_for(pages: list[set[int]]) -> None:
    mark, seen = Mark(0), set()
    for page in pages:
        mark, seen = mark.past(page), seen | page
    assert parse(str(mark)) == mark
    asked = {number for lo, hi in mark.gaps for number in range(lo, hi + 1)}
    assert not asked & seen
    if len(mark.gaps) < MOST_GAPS:
        newest = max(seen, default=0)
        assert asked == {n for n in range(max(1, newest - REACH), newest) if n not in seen} - given_up(pages)


def given_up(pages: list[set[int]]) -> set[int]:
    """What lay farther back than `REACH` when it was passed."""
    newest = 0
    gone: set[int] = set()
    for page in pages:
        newest = max(newest, *page) if page else newest
        gone.update(range(1, newest - REACH))
    return gone
