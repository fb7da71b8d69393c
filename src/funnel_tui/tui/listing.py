"""Lists of conversations: columns for a width, orders to sort by, words to filter by. Pure functions over rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from funnel_tui.charts.cells import Canvas, Line, cell_width, pad, style
from funnel_tui.charts.format import format_duration
from funnel_tui.model.values import ConversationRow, MetricSpec, Unit

from .dates import moment_words, short_age
from .text import steady

_INFINITY = float("inf")


@dataclass(frozen=True)
class Order:
    id: str
    words: str
    key: Callable[[ConversationRow], tuple[float, ...]]


@dataclass(frozen=True)
class Worth:
    """What a row's `value` is for a metric: the column's title, how it is written and which end comes first."""

    title: str
    text: Callable[[float], str]
    words: str
    sign: int


_TIME = Worth("time", format_duration, "longest first", -1)
_RATING = Worth("rating", lambda value: f"{value:g}", "lowest first", 1)
_NUMBER = Worth("number", lambda value: f"{value:g}", "highest first", -1)


def worth(metric: MetricSpec | None) -> Worth:
    """Shares of answers in time are made of times, satisfaction of ratings."""
    if metric is None or metric.unit is Unit.SECONDS or ".within_" in metric.id:
        return _TIME
    return _RATING if "csat" in metric.id else _NUMBER


def orders(metric: MetricSpec | None, rows: Sequence[ConversationRow]) -> tuple[Order, ...]:
    """The orders that make sense for these rows, the best for the question first."""
    newest = Order("newest", "newest first", lambda row: (-(row.created_at or 0),))
    waiting = Order("waiting", "longest waiting first", lambda row: (row.waiting_since or _INFINITY,))
    oldest = Order("oldest", "oldest first", lambda row: (row.created_at or _INFINITY,))
    found = [newest, oldest]
    if any(row.waiting_since is not None for row in rows):
        found.insert(0, waiting)
    if any(row.value is not None for row in rows):
        by = worth(metric)
        found.insert(
            0,
            Order(
                "value",
                by.words,
                lambda row: (_INFINITY if row.value is None else by.sign * row.value, -(row.created_at or 0)),
            ),
        )
    return tuple(found)


def matching(rows: Sequence[ConversationRow], words: str) -> tuple[ConversationRow, ...]:
    """Rows that contain every word, in any of their texts, whatever the case."""
    wanted = words.casefold().split()
    if not wanted:
        return tuple(rows)
    return tuple(row for row in rows if all(word in _haystack(row) for word in wanted))


def _haystack(row: ConversationRow) -> str:
    texts = (row.id, row.subject, row.excerpt, row.state, row.channel, row.team, row.agent, *row.tags, row.source)
    return " ".join(text for text in texts if text).casefold()


@dataclass(frozen=True)
class Column:
    title: str
    width: int
    text: Callable[[ConversationRow], str]
    role: str = "text"
    align: str = "<"


def columns(
    width: int, metric: MetricSpec | None, rows: Sequence[ConversationRow], zone: ZoneInfo, now: int
) -> tuple[Column, ...]:
    """What to show of a conversation in so many cells: the subject takes what the rest leaves."""
    by = worth(metric)
    wide: list[Column] = []
    if any(row.value is not None for row in rows):
        wide.append(Column(by.title, 9, lambda row: "" if row.value is None else by.text(row.value), "human", ">"))
    wide.append(Column("subject", 0, lambda row: row.subject or row.excerpt or "(no subject)"))
    wide.append(Column("state", 8, lambda row: row.state.replace("_", " "), "muted"))
    if any(row.waiting_since is not None for row in rows):
        wide.append(
            Column(
                "waiting", 8, lambda row: short_age(now - row.waiting_since) if row.waiting_since else "", "warn", ">"
            )
        )
    if width >= 96:
        wide.append(Column("channel", 8, lambda row: row.channel or "", "muted"))
    wide.append(Column("team", 10, lambda row: row.team or "–", "muted"))
    if width >= 84:
        wide.append(Column("agent", 12, lambda row: row.agent or "–", "muted"))
    if width >= 112 and not (metric and metric.id.startswith("human.first_response")):
        wide.append(
            Column(
                "replied in",
                10,
                lambda row: "" if row.first_response_seconds is None else format_duration(row.first_response_seconds),
                "text",
                ">",
            )
        )
    if width >= 130:
        wide.append(Column("rated", 5, lambda row: "" if row.rating is None else f"{row.rating:g}", "text", ">"))
    if width >= 150:
        wide.append(Column("tags", 18, lambda row: ", ".join(row.tags), "muted"))
    wide.append(
        Column("begun", 12, lambda row: moment_words(row.created_at, zone, now) if row.created_at else "", "muted", ">")
    )
    return tuple(wide)


def fitted(wanted: Sequence[Column], width: int) -> tuple[Column, ...]:
    """The columns with the open one (width 0) as wide as what is left; at least a dozen cells."""
    fixed = sum(column.width for column in wanted) + 2 * (len(wanted) - 1)
    return tuple(
        column if column.width else Column(column.title, max(12, width - fixed), column.text, column.role, column.align)
        for column in wanted
    )


def title_line(shown: Sequence[Column], width: int) -> Line:
    canvas = Canvas(width, 1)
    x = 0
    for column in shown:
        canvas.write(x, 0, pad(column.title, column.width, column.align), style("muted", bold=True))
        x += column.width + 2
    return canvas.lines()[0]


def row_line(row: ConversationRow, shown: Sequence[Column], width: int, *, active: bool) -> Line:
    """One conversation: customers' text made harmless and kept in its cells."""
    canvas = Canvas(width, 1)
    x = 0
    for column in shown:
        text = steady(column.text(row))
        spare = column.width - cell_width(text)
        at = x + spare if column.align == ">" and spare > 0 else x
        canvas.write(
            at,
            0,
            text,
            style(column.role, "cursor" if active else None, column.title == "subject" and active),
            width=column.width,
        )
        x += column.width + 2
    return canvas.lines()[0]
