"""Horizontal bars, and the distribution of times in buckets that people name."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from funnel_tui.model.values import Unit

from .blocks import bar_text
from .cells import Canvas, Line, Style, cell_width, join, style
from .format import DAY, HOUR, MINUTE, format_axis, format_count, format_share
from .glyphs import Glyphs, choose

TIME_EDGES = (15.0, 60.0, 5.0 * MINUTE, 15.0 * MINUTE, 1.0 * HOUR, 4.0 * HOUR, 1.0 * DAY, 3.0 * DAY, 7.0 * DAY)
"""Upper edges of the buckets of a distribution of durations, in seconds; above the last comes one more bucket."""


def hbar(
    value: float | None,
    maximum: float,
    width: int,
    role: str,
    *,
    track: bool = False,
    glyphs: Glyphs | None = None,
    ascii: bool = False,
) -> Line:
    """A bar of `value` of `maximum`, exact to an eighth of a cell (in braille to a half, in ASCII to a cell); anything
    above zero shows. None is a dot."""
    return join(hbar_parts(value, maximum, width, role, track=track, glyphs=glyphs, ascii=ascii), width)


def hbar_parts(
    value: float | None,
    maximum: float,
    width: int,
    role: str,
    *,
    track: bool = False,
    glyphs: Glyphs | None = None,
    ascii: bool = False,
) -> list[tuple[str, Style]]:
    """The bar as texts and styles, to be joined into a longer line."""
    if width <= 0:
        return []
    chosen = choose(glyphs, ascii, "block")
    if value is None:
        return [(("?" if chosen == "ascii" else "·") + " " * (width - 1), style("muted"))]
    share = min(1.0, value / maximum) if value > 0 and maximum > 0 else 0.0
    if chosen != "block":
        steps = 2 if chosen == "braille" else 1
        full, half = divmod(max(1, round(share * width * steps)) if share > 0 else 0, steps)
        text = ("⣿" if steps > 1 else "#") * full + "⡇" * half
        rest = ("⣀" if steps > 1 else ".") if track else " "
        return [(text, style(role)), (rest * (width - len(text)), style("track"))]
    text = bar_text(max(1, round(share * width * 8)) if share > 0 else 0)
    gap = width - len(text)
    if not track:
        return [(text, style(role)), (" " * gap, style())]
    if text and text[-1] != "█":  # the empty part of the last cell belongs to the track
        return [
            (text[:-1], style(role)),
            (text[-1], style(role, "track")),
            (" " * gap, style(None, "track")),
        ]
    return [(text, style(role)), (" " * gap, style(None, "track"))]


@dataclass(frozen=True, slots=True)
class Bucket:
    label: str
    count: int
    low: float
    """Values above this ..."""
    high: float | None
    """... up to and including this; None is without an end."""


def time_buckets(values: Sequence[float], edges: Sequence[float] = TIME_EDGES) -> tuple[Bucket, ...]:
    """Durations in seconds sorted into buckets, each up to and including its edge."""
    counts = [0] * (len(edges) + 1)
    for value in values:
        counts[bisect_left(edges, value)] += 1
    lows = (0.0, *edges)
    return tuple(
        Bucket(f"≤ {format_axis(edges[index], Unit.SECONDS)}", count, lows[index], edges[index])
        if index < len(edges)
        else Bucket(f"> {format_axis(edges[-1], Unit.SECONDS)}", count, edges[-1], None)
        for index, count in enumerate(counts)
    )


def histogram(
    values: Sequence[float],
    width: int,
    height: int,
    *,
    role: str = "human",
    target: float | None = None,
    edges: Sequence[float] = TIME_EDGES,
    ascii: bool = False,
) -> tuple[Line, ...]:
    """The distribution of durations, a bucket a row: label, bar, count, share.

    Empty buckets at both ends are left out; neighbours are merged until the rows fit. `target` (seconds) divides the
    rows: a mark before those whose values all keep it.
    """
    canvas = Canvas(width, height)
    if not values:
        canvas.write(0, 0, "no values in this period", style("muted"))
        return canvas.lines()
    chosen = sorted({*edges, target}) if target is not None and target > 0 else list(edges)
    buckets = _fit(values, chosen, height, target)
    most = max(bucket.count for bucket in buckets)
    labels = [bucket.label.replace("≤", "<=") if ascii else bucket.label for bucket in buckets]
    counts = [format_count(bucket.count) for bucket in buckets]
    shares = [format_share(bucket.count / len(values)) for bucket in buckets]
    label_width = max(cell_width(label) for label in labels)
    count_width = max(len(text) for text in counts)
    mark_width = 2 if target is not None else 0
    bar_width = width - label_width - mark_width - count_width - 9
    show_share = bar_width >= 4
    if not show_share:
        bar_width += 7
    for y, (bucket, label, count, share) in enumerate(zip(buckets, labels, counts, shares, strict=True)):
        kept = target is None or (bucket.high is not None and bucket.high <= target)
        mark = "" if target is None else (("+ " if ascii else "✓ ") if kept else "  ")
        parts = [(mark, style("good")), (f"{label:>{label_width}} ", style("muted"))]
        parts += hbar_parts(bucket.count, most, max(0, bar_width), role if kept else "warn", ascii=ascii)
        parts.append((f" {count:>{count_width}}", style("text")))
        if show_share:
            parts.append((f" {share:>6}", style("muted")))
        x = 0
        for text, look in parts:
            x = canvas.write(x, y, text, look)
    return canvas.lines()


def _fit(values: Sequence[float], edges: Sequence[float], rows: int, target: float | None) -> tuple[Bucket, ...]:
    """Buckets without empty ones at the ends, merged (smallest pair first, never across the target) into `rows`."""
    edges = list(edges)
    buckets = list(time_buckets(values, edges))
    while len(buckets) > 1 and buckets[-1].count == 0:
        buckets.pop()
    while len(buckets) > 1 and buckets[0].count == 0:
        buckets.pop(0)
    while len(buckets) > max(1, rows):
        pairs = [
            (buckets[i].count + buckets[i + 1].count, i)
            for i in range(len(buckets) - 1)
            if buckets[i].high != target or len(buckets) <= 2
        ]
        at = min(pairs)[1]
        first, second = buckets[at], buckets[at + 1]
        label = second.label if second.high is not None else f"> {format_axis(first.low, Unit.SECONDS)}"
        buckets[at : at + 2] = [Bucket(label, first.count + second.count, first.low, second.high)]
    return tuple(buckets)
