"""The Sankey: thickness is proportion, in equals out, and it fits."""

from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel_tui.charts.blocks import paint
from funnel_tui.charts.cells import Canvas, line_width, plain
from funnel_tui.charts.flows import whole_flow
from funnel_tui.charts.sankey import sankey
from funnel_tui.charts.sankey_layout import Layout, lay_out
from funnel_tui.model.values import Funnel, FunnelLink, FunnelNode, Quality

from .funnels import MONTH, balanced, funnel

COUNTS = st.one_of(st.just(0), st.integers(0, 5), st.integers(0, 10_000), st.integers(0, 10_000_000))
FUNNELS = st.builds(
    balanced,
    st.tuples(COUNTS, COUNTS, COUNTS, COUNTS),
    st.tuples(COUNTS, COUNTS, COUNTS, COUNTS),
    st.tuples(COUNTS, COUNTS, COUNTS),
)
ANY_FUNNELS = st.builds(
    lambda pairs: funnel([(f"n{a}", f"n{a + b}", value) for (a, b), value in pairs.items()]),
    st.dictionaries(st.tuples(st.integers(0, 6), st.integers(1, 4)), st.integers(0, 1000), max_size=14),
)


GOLDEN_MONO = [
    "Seeking     Articles     Bot 3,740    Team 4,175 45 %                         ",
    "         ▓▓▓█▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓█ ▓ by articles 3,020   32 %",
    "█▓▓▓▓▓▓▓▓▓▓▓█▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓█                           ",
    "█▓▓▓▓▓▓▓▓▓▓▓█▓▓▓▓▓▓▓▓────────────────────────░░░░░█ ░ pending       510  5.5 %",
    "█▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▓▓▓▓▓▓▓▓█▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓█ ▓ by the bot  1,560   17 %",
    "█▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓█▒▒▒▒▒▒▒▒▒▒▒▒█▒▒▒▒▒▒▒▒▒▒▒█ ░ in progress   255  2.7 %",
    "█▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒─▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒█▒▒▒▒▒▒▒▒▒▒▒█ ▒ by the team 3,869   42 %",
    "                 ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒█▒▒▒▒▒▒▒▒▒▒▒█ █ unanswered     96  1.0 %",
]

GOLDEN_ASCII = [
    "Seeking     Articles     Bot 3,740    Team 4,175 45 %                         ",
    "         ###|#####################################| # by articles 3,020   32 %",
    "|###########|#####################################|                           ",
    "|###########|########------------------------.....| . pending       510  5.5 %",
    "|###############=########|########################| # by the bot  1,560   17 %",
    "|########################|============|===========| . in progress   255  2.7 %",
    "|====================-================|===========| = by the team 3,869   42 %",
    "                 =====================|===========| ! unanswered     96  1.0 %",
]

GOLDEN_LIST = [
    "Seeking help         9,310  100 % █████████ ",
    "Articles             4,890   53 % ████▊     ",
    "Bot                  3,740   40 % ███▋      ",
    "Team                 4,175   45 % ████      ",
    "  Solved by articles 3,020   32 % ██▉       ",
    "  Solved by the bot  1,560   17 % █▌        ",
    "  Solved by the team 3,869   42 % ███▊      ",
    "  Closed unanswered     96  1.0 % ▏         ",
    "  In progress          255  2.7 % ▎         ",
    "  Too young to judge   510  5.5 % ▌         ",
]


def check_layout(layout: Layout, source: Funnel) -> None:
    unit = layout.size / layout.total
    come: Counter[str] = Counter()
    go: Counter[str] = Counter()
    for ribbon in layout.ribbons:
        assert abs(ribbon.size - ribbon.value * unit) < 1
        go[ribbon.source] += ribbon.size
        come[ribbon.target] += ribbon.size
    for bar in layout.bars:
        assert abs(bar.size - bar.value * unit) < 1
        if come[bar.id] and go[bar.id]:
            assert come[bar.id] == go[bar.id] == bar.size
    assert sum(link.value for link in source.links) == sum(ribbon.value for ribbon in layout.ribbons)


@settings(deadline=None)
@given(FUNNELS, st.integers(6, 50))
def test_thickness_is_right_to_an_eighth_and_in_equals_out(source: Funnel, rows: int) -> None:
    layout = lay_out(source, rows)
    if layout is None:
        assert not any(link.value for link in source.links)
    else:
        check_layout(layout, source)


@settings(deadline=None)
@given(FUNNELS, st.integers(6, 50))
def test_bars_stand_inside_and_apart(source: Funnel, rows: int) -> None:
    layout = lay_out(source, rows)
    if layout is None:
        return
    ends = [bar for bar in layout.bars if bar.stage == layout.stages - 1]
    for bar in layout.bars:
        assert bar.top >= 0
        assert bar.top + bar.size <= rows * 8
    for above, below in pairwise(ends):
        assert above.top + above.size < below.top


def test_ribbons_leave_and_arrive_within_their_bars() -> None:
    layout = lay_out(MONTH, 20)
    assert layout is not None
    bars = {bar.id: bar for bar in layout.bars}
    for ribbon in layout.ribbons:
        for id, top in ((ribbon.source, ribbon.tops[0]), (ribbon.target, ribbon.tops[-1])):
            assert bars[id].top <= top
            assert top + ribbon.size <= bars[id].top + bars[id].size


def test_whole_flow_by_hand() -> None:
    """Three thirds of ten: 3 + 3 + 4 in some order, never 3 + 3 + 3."""
    links = [("a", "b", 1), ("a", "c", 1), ("a", "d", 1), ("b", "e", 1), ("c", "e", 1), ("d", "e", 1)]
    flow = whole_flow(links, 10, 3)
    assert sorted(flow["a", target] for target in "bcd") == [3, 3, 4]
    assert all(flow["a", node] == flow[node, "e"] for node in "bcd")


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3), st.integers(0, 999)), max_size=12))
def test_whole_flow_of_data_that_does_not_balance(edges: list[tuple[int, int, int]]) -> None:
    amounts: defaultdict[tuple[str, str], int] = defaultdict(int)
    for start, step, value in edges:
        amounts[str(start), str(start + step)] += value
    links = [(source, target, value) for (source, target), value in amounts.items()]
    flow = whole_flow(links, 83, 1000)
    for source, target, value in links:
        assert abs(flow[source, target] - value * 83 / 1000) < 1


@settings(deadline=None, max_examples=60)
@given(st.one_of(FUNNELS, ANY_FUNNELS), st.integers(0, 140), st.integers(0, 24), st.booleans(), st.booleans())
def test_any_size_is_filled_exactly(source: Funnel, width: int, height: int, ascii: bool, mono: bool) -> None:
    lines = sankey(source, width, height, ascii=ascii, mono=mono)
    assert len(lines) == height
    assert all(line_width(line) == width for line in lines)
    if ascii:
        assert plain(lines).replace("…", "").isascii()


@pytest.mark.parametrize("width", [38, 58, 78, 118, 198])
def test_every_outcome_is_named_with_value_and_share(width: int) -> None:
    text = plain(sankey(MONTH, width, 14, mono=True))
    for words in ("3,020   32 %", "1,560   17 %", "3,869   42 %", "96  1.0 %", "255  2.7 %", "510  5.5 %"):
        assert words in text


def test_golden_without_colour() -> None:
    assert plain(sankey(MONTH, 78, 8, mono=True)).split("\n") == GOLDEN_MONO


def test_golden_ascii() -> None:
    assert plain(sankey(MONTH, 78, 8, ascii=True)).split("\n") == GOLDEN_ASCII


def test_golden_list() -> None:
    assert plain(sankey(MONTH, 44, 10)).split("\n") == GOLDEN_LIST


def test_the_list_keeps_the_outcomes_when_rows_are_few() -> None:
    rows = plain(sankey(MONTH, 44, 3)).split("\n")
    assert [row.split("  ")[1] for row in rows] == [
        "Solved by articles 3,020",
        "Solved by the bot",
        "Solved by the team 3,869",
    ]


def test_one_in_a_hundred_thousand_is_seen_in_every_column() -> None:
    source = balanced((60_000, 0, 0, 0), (30_000, 0, 0, 0), (10_000, 1, 0))
    lines = sankey(source, 100, 12)
    shown = [span.style for line in lines for span in line if "warn" in (span.style.fg or span.style.bg or "")]
    assert any(style.fg == "warn" or style.bg == "warn" for style in shown)
    layout = lay_out(source, 11)
    assert layout is not None
    unanswered = next(r for r in layout.ribbons if r.target == "closed_unanswered")
    columns = sum(
        len(span.text)
        for line in lines
        for span in line
        if "warn-soft" in (span.style.fg, span.style.bg) and "Closed" not in span.text
    )
    assert unanswered.size == 0
    assert columns >= 15


def test_thin_bands_survive_in_crowded_cells() -> None:
    """Between two thick bands a band of one eighth keeps a cell in which it can be seen."""
    canvas = Canvas(1, 3)
    column = bytearray(24)
    column[0:11] = bytes([1]) * 11
    column[12:13] = bytes([2])
    column[14:24] = bytes([3]) * 10
    paint(canvas, 0, 0, column, (None, "selfserve", "warn", "human"))
    assert {styles[0].fg for styles in canvas.styles} | {styles[0].bg for styles in canvas.styles} >= {"warn"}


def test_nothing_and_unavailable_say_so() -> None:
    empty = Funnel()
    assert "nobody" in plain(sankey(empty, 80, 9))
    reason = Funnel(quality=Quality.UNAVAILABLE, reason="no article views from this source")
    assert "no article views from this source" in plain(sankey(reason, 80, 9))


def test_a_circle_is_shown_as_a_list() -> None:
    circle = Funnel(
        (FunnelNode("a", "A", 3), FunnelNode("b", "B", 3)), (FunnelLink("a", "b", 3), FunnelLink("b", "a", 3))
    )
    assert "A 3" in plain(sankey(circle, 80, 9))


def test_hostile_names_cannot_leave_their_cells() -> None:
    nodes = tuple(FunnelNode(node.id, "\x1b[2J\u202e漢字" * 9, node.value) for node in MONTH.nodes)
    text = plain(sankey(Funnel(nodes, MONTH.links), 100, 12))
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("size", [(78, 12), (118, 12), (120, 34)])
def test_thin_ribbons_are_whole_cells_edges_and_never_dashes(size: tuple[int, int]) -> None:
    """A band inside one cell can only be drawn as a dash in the middle of it: thin ribbons keep to the cells' edges."""
    dashes = [
        span for line in sankey(MONTH, *size) for span in line if set(span.text) & set("─━") and not span.style.bg
    ]
    assert not dashes
    assert "▀" not in "".join(span.text for line in sankey(MONTH, *size) for span in line)
