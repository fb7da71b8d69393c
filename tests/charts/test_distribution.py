"""The distribution: shares that add up, the target in words and in its place, buckets found again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel_tui.charts.buckets import bucket_label, fit
from funnel_tui.charts.cells import MARKED, line_width, plain
from funnel_tui.charts.distribution import distribution_chart, distribution_hits
from funnel_tui.charts.distribution_words import target_words
from funnel_tui.charts.glyphs import GLYPHS, Glyphs
from funnel_tui.model.boards import Bucket, Distribution
from funnel_tui.model.values import Unit

EDGES = (0.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 86_400.0, 604_800.0, None)


def spread(
    counts: list[int],
    previous: list[int] | None = None,
    target: float | None = 300.0,
    expected: float | None = 0.8,
) -> Distribution:
    edges = [*EDGES[: len(counts)], None] if len(counts) < len(EDGES) else list(EDGES)
    buckets = tuple(
        Bucket(low or 0.0, high, count, previous[index] if previous else None)
        for index, (low, high, count) in enumerate(zip(edges, edges[1:], counts, strict=False))
    )
    n = sum(counts)
    within = sum(b.count for b in buckets if b.high is not None and target is not None and b.high <= target)
    return Distribution(
        *("human.response", "all", (), Unit.SECONDS, buckets, n, 161.0, 3720.0),
        target,
        expected,
        within / n if n and target is not None else None,
    )


COUNTS = st.lists(st.integers(0, 100_000), min_size=8, max_size=8)
SPREADS = st.builds(
    spread,
    COUNTS,
    st.none() | COUNTS,
    st.sampled_from([None, 60.0, 300.0, 450.0, 604_800.0]),
    st.sampled_from([None, 0.5, 0.9]),
)
MONTH = spread([452, 301, 160, 90, 55, 31, 12, 3], [300, 330, 200, 120, 70, 10, 12, 5])

GOLDEN = [
    "✓    <1m █████████████████████│█████████   41 % 452         ",
    "✓   1–5m ████████████████████▋  │          27 % 301 ◂ median",
    "── ! target 5m: 68 % within, 80 % expected ─────────────────",
    "   5–15m ███████████   │                   14 % 160         ",
    "  15m–1h ██████▏ │                        8.2 %  90         ",
    "    1–4h ███▊ │                           5.0 %  55 ◂ p90   ",
    "   4h–1d █│▏                              2.8 %  31         ",
    "    1–7d ▉│                               1.1 %  12         ",
    "     7d+ │                                0.3 %   3         ",
    "median 2m 41s · p90 1h 2m · n 1,104 · │ before              ",
]
GOLDEN_COLUMNS = [
    "               ! target 5m: 68 % within, 80 % expected          ",
    "41 %           │                                                ",
    "██████  27 %   │                                                ",
    "██████  ╌╌╌╌╌╌ │                                                ",
    "██████  ▅▅▅▅▅▅ │14 %                                            ",
    "██████  ██████ │╌╌╌╌╌╌                                          ",
    "██████  ██████ │▄▄▄▄▄▄  8.2 %   5.0 %                           ",
    "██████  ██████ │██████  ▃▃▃▃▃▃  ╌╌╌╌╌╌  2.8 %   1.1 %   0.3 %   ",
    "██████  ██████ │██████  ██████  ▇▇▇▇▇▇  ▄▄▄▄▄▄  ▁▁▁▁▁▁  ▁▁▁▁▁▁  ",
    "<1m     1–5m    5–15m   15m–1h  1–4h    4h–1d   1–7d    7d+     ",
    "        median                  p90                             ",
    "median 2m 41s · p90 1h 2m · n 1,104 · ╌ before                  ",
]


@settings(deadline=None, max_examples=150)
@given(SPREADS, st.integers(0, 130), st.integers(0, 24), st.sampled_from(GLYPHS), st.booleans())
def test_exactly_as_large_as_asked(
    source: Distribution, width: int, height: int, glyphs: Glyphs, vertical: bool
) -> None:
    lines = distribution_chart(source, width, height, glyphs=glyphs, vertical=vertical, marked=(60.0, 300.0))
    assert len(lines) == height
    assert all(line_width(line) == width for line in lines)
    if glyphs == "ascii":
        assert plain(lines).isascii()


@settings(deadline=None)
@given(SPREADS, st.integers(0, 130), st.integers(0, 24), st.booleans())
def test_buckets_and_cells_lead_to_each_other(source: Distribution, width: int, height: int, vertical: bool) -> None:
    hits = distribution_hits(source, width, height, vertical=vertical)
    for key, area in hits.areas.items():
        if area.x < width and area.y < height:
            assert hits.at(area.x, area.y) == key
    ranges = [edge for key in hits.keys for edge in key]
    if ranges:
        assert ranges[0] == 0
        assert ranges[-1] is None
        assert ranges[1:-1:2] == ranges[2:-1:2]


@given(SPREADS, st.integers(1, 10))
def test_merging_keeps_the_sums_and_the_target(source: Distribution, rows: int) -> None:
    parts = fit(source, rows)
    assert len(parts) <= max(rows, 1)
    assert sum(part.count for part in parts) == source.n
    if source.target in EDGES and rows >= 2 and source.target is not None:
        assert any(part.high == source.target for part in parts)


@given(SPREADS)
def test_the_counts_on_the_rows_add_up(source: Distribution) -> None:
    hits = distribution_hits(source, 90, 12)
    rows = plain(distribution_chart(source, 90, 12)).split("\n")
    counts = [rows[area.y].partition(" %")[2].split()[0] for area in hits.areas.values()]
    assert sum(int(count.replace(",", "")) for count in counts) == source.n


def test_golden_rows() -> None:
    assert plain(distribution_chart(MONTH, 60, 10)).split("\n") == GOLDEN


def test_golden_columns() -> None:
    assert plain(distribution_chart(MONTH, 64, 12, vertical=True)).split("\n") == GOLDEN_COLUMNS


def test_the_target_says_what_was_within_it() -> None:
    assert target_words(MONTH) == "! target 5m: 68 % within, 80 % expected"
    assert target_words(MONTH, 30) == "! target 5m: 68 % of 80 %"
    assert target_words(MONTH, 12) == "! 5m: 68 %"
    assert target_words(spread([5] * 8, expected=0.1)) == "target 5m: 25 % within, 10 % expected"
    assert target_words(spread([5] * 8, target=None)) == ""


def test_beyond_a_missed_target_is_amber_and_beyond_a_kept_one_paler() -> None:
    def inks(source: Distribution) -> set[str | None]:
        return {span.style.fg for line in distribution_chart(source, 60, 12) for span in line if "█" in span.text}

    assert inks(MONTH) == {"human", "warn"}
    assert inks(spread([452, 301, 160, 90, 55, 31, 12, 3], expected=0.5)) == {"human", "human-soft"}


def test_the_marked_bucket_is_reversed_and_named() -> None:
    lines = distribution_chart(MONTH, 60, 12, marked=(300.0, 900.0))
    assert [span.text.strip() for line in lines for span in line if span.style == MARKED] == ["5–15m"]


def test_a_target_within_a_bucket_draws_no_line() -> None:
    rows = plain(distribution_chart(spread([5] * 8, target=450.0), 60, 12))
    assert "──" not in rows
    assert rows.count("✓") == 2


def test_nothing_is_a_sentence() -> None:
    assert "no values" in plain(distribution_chart(spread([0] * 8), 60, 12))
    assert distribution_hits(spread([0] * 8), 60, 12).keys == ()


@pytest.mark.parametrize(
    ("low", "high", "unit", "label"),
    [
        (0, 60, Unit.SECONDS, "<1m"),
        (60, 300, Unit.SECONDS, "1–5m"),
        (900, 3600, Unit.SECONDS, "15m–1h"),
        (90, 300, Unit.SECONDS, "1m 30s–5m"),
        (604_800, None, Unit.SECONDS, "7d+"),
        (4, 5, Unit.NUMBER, "4"),
        (0.2, 0.4, Unit.RATIO, "20–40%"),
    ],
)
def test_labels_people_say(low: float, high: float | None, unit: Unit, label: str) -> None:
    assert bucket_label(low, high, unit) == label
