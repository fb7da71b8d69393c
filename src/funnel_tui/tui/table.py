"""Tables of anything: columns for a width, an order by any of them, words to narrow by. Pure functions over rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from funnel_tui.charts.cells import Canvas, Line, cell_width, pad, style
from funnel_tui.model.places import Place
from funnel_tui.model.values import MetricValue

from .text import steady

R = TypeVar("R")
Sortable = float | str | None
GAP = 2


def _nothing(_row: object) -> None:
    return None


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column. What is not given is not there: a column without `place` opens nothing."""

    id: str
    title: str
    width: int
    """0: takes what the others leave (one such column a table)."""
    text: Callable[[R], str]
    key: Callable[[R], Sortable] | None = None
    """What it is sorted by: None stands last in either order. Without it, by the text."""
    align: str = "<"
    role: str | Callable[[R], str] = "text"
    descending: bool = False
    """The order that comes first: largest on top."""
    words: str = ""
    """How the first order is said: `longest first`; the title with `↓` or `↑` where not."""
    metric: Callable[[R], MetricValue | None] = _nothing
    place: Callable[[R], Place | None] = _nothing
    drawn: Callable[[R, int], Line] | None = None
    """A cell that is drawn (a bar, a sparkline) instead of written."""
    least: int = 0
    """Shown from this width of the table on: the widest need not be the last."""


@dataclass(frozen=True)
class Order:
    column: str
    reversed: bool = False


def fitted(columns: Sequence[Column[R]], width: int, *, open_least: int = 12) -> tuple[Column[R], ...]:
    """The columns that have room, the open one as wide as what is left. The last ones go first where all do not fit."""
    shown = [column for column in columns if width >= column.least]
    while True:
        fixed = sum(column.width for column in shown) + GAP * (len(shown) - 1)
        opens = any(not column.width for column in shown)
        if len(shown) <= 1 or fixed + (open_least if opens else 0) <= width:
            break
        last = next(index for index in range(len(shown) - 1, -1, -1) if shown[index].width)
        del shown[last]
    left = width - fixed
    return tuple(column if column.width else replace(column, width=max(1, left)) for column in shown)


def arranged(
    rows: Sequence[R],
    columns: Sequence[Column[R]],
    order: Order | None,
    words: str,
    said: Callable[[R], str] | None = None,
) -> tuple[R, ...]:
    """The rows that contain every word, in order; without an order as they came. `said` is what a row says, where
    that is known already."""
    wanted = words.casefold().split()
    if wanted:
        says = said or (lambda row: haystack(row, columns))
        rows = [row for row in rows if all(map(says(row).__contains__, wanted))]
    column = next((column for column in columns if order is not None and column.id == order.column), None)
    if column is None or order is None:
        return tuple(rows)
    descending = column.descending != order.reversed
    key = column.key or (lambda row: column.text(row).casefold())
    keyed = [(key(row), row) for row in rows]
    known = [(value, row) for value, row in keyed if value is not None]
    unknown = [row for value, row in keyed if value is None]
    known.sort(key=lambda pair: pair[0], reverse=descending)
    return (*(row for _, row in known), *unknown)


def haystack(row: R, columns: Sequence[Column[R]]) -> str:
    """All that the row says, to be looked through."""
    return " ".join([column.text(row) for column in columns]).casefold()


def order_words(columns: Sequence[Column[R]], order: Order | None) -> str:
    """`longest first`, `by title ↑`."""
    column = next((column for column in columns if order is not None and column.id == order.column), None)
    if column is None or order is None:
        return ""
    if column.words and not order.reversed:
        return column.words
    return f"by {column.title} {'↓' if column.descending != order.reversed else '↑'}"


def title_line(columns: Sequence[Column[R]], order: Order | None, at: str | None, width: int) -> Line:
    """The column titles; an arrow beside the one that is sorted by, the cursor's own in bright."""
    canvas = Canvas(width, 1)
    x = 0
    for column in columns:
        title = column.title
        if order is not None and order.column == column.id:
            arrow = "↓" if column.descending != order.reversed else "↑"
            title = f"{title}{arrow}" if column.align == "<" else f"{arrow}{title}"
        look = style("text" if column.id == at else "muted", bold=True)
        canvas.write(x, 0, pad(title, column.width, column.align), look, width=column.width)
        x += column.width + GAP
    return canvas.lines()[0]


def row_line(row: R, columns: Sequence[Column[R]], width: int, *, active: bool, at: str | None = None) -> Line:
    """One row: other people's text made harmless and kept in its cells. `at` is the column that the cursor is on."""
    canvas = Canvas(width, 1)
    ground = "cursor" if active else None
    if active:
        canvas.write(0, 0, " " * width, style("text", "cursor"))
    x = 0
    for column in columns:
        if column.drawn is not None:
            at_x = x
            for span in column.drawn(row, column.width):
                at_x = canvas.write(at_x, 0, span.text, replace(span.style, bg=span.style.bg or ground))
        else:
            text = steady(column.text(row))
            spare = column.width - cell_width(text)
            role = column.role if isinstance(column.role, str) else column.role(row)
            chosen = active and column.id == at
            start = x + spare if column.align == ">" and spare > 0 else x
            canvas.write(start, 0, text, style("text" if chosen else role, ground, chosen), width=column.width)
        x += column.width + GAP
    return canvas.lines()[0]


def column_at(columns: Sequence[Column[R]], x: int) -> str | None:
    """The column in a cell of the table."""
    start = 0
    for column in columns:
        if start <= x < start + column.width + GAP:
            return column.id
        start += column.width + GAP
    return None
