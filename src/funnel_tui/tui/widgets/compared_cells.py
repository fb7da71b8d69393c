"""The cells of the comparison: what a row of it says, in one column each and in a sentence."""

from collections.abc import Callable, Iterable, Sequence

from funnel_tui.charts.cells import Canvas, Line, Span, join, style
from funnel_tui.charts.format import change_role, format_change, format_short, format_value
from funnel_tui.charts.sparkline import sparkline
from funnel_tui.model.boards import ComparedRow, Place
from funnel_tui.model.values import MetricValue
from funnel_tui.tui.comparing import LAYERS, clear, highest, interval_words, known, then_words
from funnel_tui.tui.table import Sortable

from .number_lines import put


def facts(row: ComparedRow, currency: str) -> Iterable[str]:
    """All there is to say of one row, in pieces."""
    metric = row.metric
    if not known(row):
        yield f"{metric.spec.label}: n/a"
        yield metric.reason or "no reason was given"
        return
    then = then_words(metric, currency)
    was = f", then {then}" if then else ""
    yield f"{metric.spec.label}: {format_value(metric, currency=currency)}{was}"
    if change := format_change(metric, verdict=True):
        noise = interval_words(row)
        yield f"{change}{f', 95 %: {noise}' if noise else ''}"
    if metric.n is not None:
        before = f" against {metric.previous_n:,}" if metric.previous_n is not None else ""
        yield f"n {metric.n:,}{before}"
    if metric.pending:
        yield f"{metric.pending:,} pending"
    if metric.reason:
        yield f"≈ {metric.reason}"


def metric_of(row: ComparedRow) -> MetricValue:
    return row.metric


def place_of(row: ComparedRow) -> Place | None:
    return Place(row.metric.spec.id) if known(row) else None


def last(key: Callable[[ComparedRow], Sortable]) -> Callable[[ComparedRow], Sortable]:
    """What cannot be had has no place in any order: it stands last."""
    return lambda row: key(row) if known(row) else None


def value_of(row: ComparedRow) -> float | None:
    return row.metric.value


def previous_of(row: ComparedRow) -> float | None:
    return row.metric.previous


def number(n: int | None) -> float | None:
    return None if n is None else float(n)


def n_words(row: ComparedRow) -> str:
    n = row.metric.n
    return "" if n is None or not known(row) else f"{n:,}" if n < 100_000 else format_short(n)


def verdict_words(row: ComparedRow) -> str:
    """What is beyond its noise where no way is better has `moved`."""
    if not known(row):
        return ""
    return row.metric.verdict.value if row.metric.verdict is not None else "moved" if clear(row) else ""


def change_colour(row: ComparedRow) -> str:
    return change_role(row.metric)


def accent(row: ComparedRow) -> str:
    return LAYERS.get(row.metric.spec.layer, ("", "text"))[1]


def all_words(row: ComparedRow) -> str:
    """Not shown: what `/` finds a row by besides its cells."""
    word = LAYERS.get(row.metric.spec.layer, (row.metric.spec.layer, ""))[0]
    return f"{word} {row.metric.spec.id} {row.metric.reason or ''}"


def layer_cell(row: ComparedRow, width: int) -> Line:
    word, role = LAYERS.get(row.metric.spec.layer, (row.metric.spec.layer, "text"))
    if width == 1:
        return (Span(word[:1], style(role, bold=True)),)
    return join([("■ ", style(role)), (word, style(role))], width)


def course_cell(row: ComparedRow, width: int) -> Line:
    """Then in grey, now in the layer's colour, as high as each other's values."""
    top = highest(row.now, row.then)
    half = (width - 1) // 2
    if not row.now and not row.then:
        return ()
    middle = (Span("│", style("track")),)
    return (*shape(row.then, half, "muted", top), *middle, *shape(row.now, half, accent(row), top))


def shape(values: Sequence[float | None], width: int, role: str, top: float | None) -> Line:
    canvas = Canvas(width, 1)
    if values and top is not None:
        put(canvas, 0, sparkline(values, width, role=role, top=top or None))
    return canvas.lines()[0]
