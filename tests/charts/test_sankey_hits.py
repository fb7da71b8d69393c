"""Choosing on the Sankey: what is under the mouse, what is beside the cursor, what stands back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel_tui.charts.cells import MARKED, line_width, plain
from funnel_tui.charts.glyphs import GLYPHS, Glyphs
from funnel_tui.charts.sankey import sankey, sankey_hits
from funnel_tui.charts.sankey_hits import Direction
from funnel_tui.charts.sankey_layout import lay_out
from funnel_tui.model.values import Funnel

from .funnels import MONTH, funnel
from .test_sankey import ANY_FUNNELS, FUNNELS

DIRECTIONS: tuple[Direction, ...] = ("left", "right", "up", "down")
PATHS = [(node.id,) for node in MONTH.nodes] + [(link.source, link.target) for link in MONTH.links]


@settings(deadline=None, max_examples=80)
@given(
    st.one_of(FUNNELS, ANY_FUNNELS),
    st.integers(0, 140),
    st.integers(0, 30),
    st.sampled_from(GLYPHS),
    st.booleans(),
    st.sampled_from(PATHS),
)
def test_exactly_as_large_as_asked_with_a_selection(
    source: Funnel, width: int, height: int, glyphs: Glyphs, mono: bool, selected: tuple[str, ...]
) -> None:
    lines = sankey(source, width, height, glyphs=glyphs, mono=mono, selected=selected)
    assert len(lines) == height
    assert all(line_width(line) == width for line in lines)
    if glyphs == "ascii":
        assert plain(lines).isascii()


@settings(deadline=None, max_examples=60)
@given(FUNNELS, st.integers(0, 140), st.integers(0, 30), st.sampled_from([(), ("bot",), ("articles", "bot")]))
def test_cells_and_parts_lead_to_each_other(source: Funnel, width: int, height: int, selected: tuple[str, ...]) -> None:
    hits = sankey_hits(source, width, height, selected=selected)
    for path, area in hits.areas.items():
        assert 0 <= area.x < width or not width
        assert 0 <= area.y < height
        assert not width or hits.at(area.x, area.y) == path


@settings(deadline=None)
@given(FUNNELS, st.integers(60, 140), st.integers(6, 30))
def test_the_cursor_reaches_everything_and_never_leaves(source: Funnel, width: int, height: int) -> None:
    layout = lay_out(source, height - 1)
    if layout is None:
        return
    hits = sankey_hits(source, width, height)
    everything = {(bar.id,) for bar in layout.bars} | {(r.source, r.target) for r in layout.ribbons}
    start = hits.move(None, "right")
    assert start == ("seeking",)
    seen, fresh = {start}, {start}
    while fresh:
        fresh = {hits.move(path, direction) for path in fresh for direction in DIRECTIONS} - seen
        seen |= fresh
    assert seen == everything


def test_the_labels_belong_to_their_nodes() -> None:
    hits = sankey_hits(MONTH, 100, 14)
    rows = plain(sankey(MONTH, 100, 14)).split("\n")
    assert hits.at(rows[0].index("Bot"), 0) == ("bot",)
    row = next(index for index, text in enumerate(rows) if "Solved by the team" in text)
    assert hits.at(rows[row].index("Solved by the team"), row) == ("team_resolved",)
    assert hits.at(98, 0) == ("team",)
    assert hits.at(100, 0) is hits.at(0, 99) is None


def test_right_follows_the_largest_link_and_left_goes_back() -> None:
    hits = sankey_hits(MONTH, 100, 14)
    walk = [("seeking",)]
    for direction in ("right", "right", "right", "down", "down", "right", "left"):
        walk.append(hits.move(walk[-1], direction) or ())
    assert walk[1:] == [
        ("seeking", "articles"),
        ("articles",),
        ("articles", "article_resolved"),
        ("articles", "pending"),
        ("articles", "bot"),
        ("bot",),
        ("seeking", "bot"),
    ]
    assert hits.move(("team_resolved",), "right") == ("team_resolved",)
    assert hits.move(("team_resolved",), "down") == ("closed_unanswered",)
    assert hits.move(("articles",), "up") == ("seeking",)


@pytest.mark.parametrize("glyphs", GLYPHS)
def test_what_the_selection_does_not_touch_stands_back(glyphs: Glyphs) -> None:
    def roles(selected: tuple[str, ...]) -> set[str | None]:
        lines = sankey(MONTH, 100, 20, selected=selected, glyphs=glyphs)
        drawn = [span.style for line in lines[1:] for span in line[:-3]]
        return {role for look in drawn for role in (look.fg, look.bg)}

    if glyphs != "ascii":
        assert "track" not in roles(())
        assert {"track", "selfserve-soft"} <= roles(("articles", "bot"))
    back = {"ascii": "'", "block": "·", "braille": "⠄"}[glyphs]
    assert back not in plain(sankey(MONTH, 100, 20, glyphs=glyphs, mono=True)).replace(" · ", "")
    assert back in plain(sankey(MONTH, 100, 20, glyphs=glyphs, mono=True, selected=("bot",)))


def test_a_selected_node_is_marked_by_name_and_a_link_by_its_value() -> None:
    def marked(selected: tuple[str, ...], width: int = 100) -> list[str]:
        lines = sankey(MONTH, width, 14, selected=selected)
        return [span.text.strip() for line in lines for span in line if span.style == MARKED]

    assert marked(("bot",)) == ["Bot"]
    assert marked(("team_resolved",)) == ["Solved by the team"]
    assert marked(("articles", "bot")) == ["980 · 11 %"]
    assert marked(("articles", "bot"), 50) == ["Bot"]
    assert marked(("nobody",)) == []


def test_the_list_has_a_row_a_node_and_always_the_selected_one() -> None:
    hits = sankey_hits(MONTH, 44, 10)
    assert hits.keys[:4] == (("seeking",), ("articles",), ("bot",), ("team",))
    assert hits.at(10, 2) == ("bot",)
    assert hits.move(("bot",), "down") == ("team",)
    assert hits.move(("bot",), "right") == ("bot",)
    assert ("pending",) not in sankey_hits(MONTH, 44, 3).keys
    assert ("pending",) in sankey_hits(MONTH, 44, 3, selected=("pending",)).keys


def test_thin_bands_stay_in_dots_without_colour() -> None:
    thin = funnel(
        [("seeking", "bot", 9_999), ("seeking", "team", 1), ("bot", "bot_resolved", 9_999), ("team", "in_progress", 1)]
    )
    for selected in ((), ("bot",)):
        text = plain(sankey(thin, 100, 8, glyphs="braille", mono=True, selected=selected))
        assert all(any("\u2800" < row[x] <= "\u28ff" for row in text.split("\n")[-3:]) for x in range(5, 60))
