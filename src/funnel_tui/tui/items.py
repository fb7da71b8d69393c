"""Lists of what stands behind a number: conversations, messages, readers, teammates, each with columns of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from funnel_tui.charts.format import format_duration
from funnel_tui.model.items import Item, MessageRow, ReaderRow, TeammateRow
from funnel_tui.model.values import ConversationRow, MetricSpec, Unit

from .dates import moment_words, short_age
from .table import Column, Order

MomentOf = Callable[[Item], int | None]
_OUTCOMES = {"resolved": "was enough", "wrote": "wrote", "pending": "too early"}


class Listed(NamedTuple):
    """An item of a list. `number` tells apart those that stand in it several times.

    A tuple, because ten thousand of them are made while somebody waits.
    """

    item: Item
    number: int = 0

    @property
    def key(self) -> str:
        return f"{self.item.source}/{type(self.item).__name__}/{self.item.id}#{self.number}"


def listed(items: Sequence[Item]) -> tuple[Listed, ...]:
    seen: dict[tuple[str, type[Item], str], int] = {}
    found = []
    for item in items:
        name = (item.source, type(item), item.id)
        number = seen.get(name, 0)
        found.append(Listed(item, number))
        seen[name] = number + 1
    return tuple(found)


@dataclass(frozen=True)
class Worth:
    """What a conversation's `value` is for a metric: the column's title, which end comes first, how that is said."""

    title: str
    unit: Unit
    descending: bool
    words: str

    def text(self, value: float) -> str:
        return format_duration(value) if self.unit is Unit.SECONDS else f"{value:g}"


def worth(metric: MetricSpec | None) -> Worth:
    """Shares of answers in time are made of times, satisfaction of ratings."""
    if metric is None or metric.unit is Unit.SECONDS or ".within_" in metric.id:
        return Worth("time", Unit.SECONDS, True, "longest first")
    if "csat" in metric.id:
        return Worth("rating", Unit.NUMBER, False, "lowest first")
    return Worth("number", Unit.NUMBER, True, "highest first")


def what(item: Item) -> str:
    """The item in its own words."""
    match item:
        case ConversationRow():
            return item.subject or item.excerpt or "(no subject)"
        case MessageRow():
            return item.campaign or "(no campaign)"
        case ReaderRow():
            return ", ".join(item.articles) or "(article unknown)"
        case TeammateRow():
            return item.name


def begun(item: Item) -> int | None:
    """When it began: what lists are sorted by where nothing else is to be said."""
    match item:
        case ConversationRow():
            return item.created_at
        case MessageRow():
            return item.delivered_at or item.bounced_at
        case ReaderRow():
            return item.first_at
        case TeammateRow():
            return None


def columns(
    rows: Sequence[Listed], metric: MetricSpec | None, zone: ZoneInfo, now: int
) -> tuple[tuple[Column[Listed], ...], Order]:
    """The columns that these items have, and the order that answers the question best."""
    kinds = {type(row.item) for row in rows}
    if kinds <= {ConversationRow}:
        return _conversations(rows, metric, zone, now)
    if kinds == {MessageRow}:
        return _messages(zone, now), Order("begun")
    if kinds == {ReaderRow}:
        return _readers(zone, now), Order("begun")
    if kinds == {TeammateRow}:
        return _teammates(), Order("duty")
    return _mixed(zone, now), Order("begun")


def _what(title: str) -> Column[Listed]:
    return Column("what", title, 0, lambda row: what(row.item))


def _moment(id: str, title: str, at: MomentOf, zone: ZoneInfo, now: int, *, least: int = 0) -> Column[Listed]:
    def text(row: Listed) -> str:
        moment = at(row.item)
        return "" if moment is None else moment_words(moment, zone, now)

    def key(row: Listed) -> float | None:
        return at(row.item)

    words = "newest first" if id == "begun" else ""
    return Column(id, title, 12, text, key, ">", "muted", descending=True, words=words, least=least)


def _conversations(
    rows: Sequence[Listed], metric: MetricSpec | None, zone: ZoneInfo, now: int
) -> tuple[tuple[Column[Listed], ...], Order]:
    of = _conversation
    by = worth(metric)
    valued = any(of(row).value is not None for row in rows)
    waits = any(of(row).waiting_since is not None for row in rows)
    found: list[Column[Listed]] = []
    if valued:

        def value_text(row: Listed) -> str:
            value = of(row).value
            return "" if value is None else by.text(value)

        found.append(
            Column(
                "value",
                by.title,
                9,
                value_text,
                lambda row: of(row).value,
                ">",
                "human",
                descending=by.descending,
                words=by.words,
            )
        )
    found += [
        _what("subject"),
        Column("state", "state", 8, lambda row: of(row).state.replace("_", " "), role="muted"),
    ]
    if waits:

        def waited(row: Listed) -> float | None:
            since = of(row).waiting_since
            return None if since is None else now - since

        def wait_text(row: Listed) -> str:
            seconds = waited(row)
            return "" if seconds is None else short_age(int(seconds))

        found.append(
            Column(
                "waiting", "waiting", 8, wait_text, waited, ">", "warn", descending=True, words="longest waiting first"
            )
        )
    found += [
        Column("channel", "channel", 8, lambda row: of(row).channel or "", role="muted", least=96),
        Column("team", "team", 10, lambda row: of(row).team or "–", role="muted"),
        Column("agent", "agent", 12, lambda row: of(row).agent or "–", role="muted", least=84),
    ]
    if not (metric and metric.id.startswith("human.first_response")):
        found.append(
            Column(
                "replied",
                "replied in",
                10,
                lambda row: _duration(of(row).first_response_seconds),
                lambda row: of(row).first_response_seconds,
                ">",
                descending=True,
                words="slowest reply first",
                least=112,
            )
        )
    found += [
        Column(
            "rated", "rated", 5, lambda row: _plain(of(row).rating), lambda row: of(row).rating, ">",
            words="lowest rating first", least=130,
        ),
        Column("tags", "tags", 18, lambda row: ", ".join(of(row).tags), role="muted", least=150),
        _moment("begun", "begun", begun, zone, now),
    ]  # fmt: skip
    order = "value" if valued else "waiting" if waits else "begun"
    return tuple(found), Order(order)


def _messages(zone: ZoneInfo, now: int) -> tuple[Column[Listed], ...]:
    of = _message
    return (
        _what("campaign"),
        Column("channel", "channel", 8, lambda row: of(row).channel or "", role="muted", least=84),
        Column("person", "person", 14, lambda row: of(row).person or "", role="muted"),
        _moment("opened", "opened", lambda item: _is_message(item).opened_at, zone, now),
        _moment("clicked", "clicked", lambda item: _is_message(item).clicked_at, zone, now, least=110),
        _moment("replied", "replied", lambda item: _is_message(item).replied_at, zone, now, least=124),
        _moment("bounced", "bounced", lambda item: _is_message(item).bounced_at, zone, now, least=138),
        _moment("begun", "delivered", begun, zone, now),
    )


def _readers(zone: ZoneInfo, now: int) -> tuple[Column[Listed], ...]:
    of = _reader
    return (
        _what("read"),
        Column("reader", "reader", 14, lambda row: of(row).id, role="muted", least=84),
        Column("views", "views", 5, lambda row: f"{of(row).views:,}", lambda row: of(row).views, ">", descending=True),
        Column("outcome", "outcome", 10, lambda row: _OUTCOMES.get(of(row).outcome, of(row).outcome)),
        Column("wrote", "conversation", 14, lambda row: of(row).conversation or "", role="muted", least=100),
        _moment("last", "last view", lambda item: item.last_at if isinstance(item, ReaderRow) else None, zone, now,
                least=110),
        _moment("begun", "first view", begun, zone, now),
    )  # fmt: skip


def _teammates() -> tuple[Column[Listed], ...]:
    of = _teammate
    return (
        Column("what", "teammate", 0, lambda row: of(row).name),
        Column("team", "team", 12, lambda row: of(row).team or "–", role="muted"),
        Column(
            "duty", "on duty", 8, lambda row: "away" if of(row).away else "on duty",
            lambda row: float(of(row).away), role=lambda row: "muted" if of(row).away else "good",
            words="on duty first",
        ),
        Column("open", "open", 6, lambda row: f"{of(row).open:,}", lambda row: of(row).open, ">", descending=True),
        Column("waiting", "waiting", 8, lambda row: f"{of(row).waiting:,}", lambda row: of(row).waiting, ">", "warn",
               descending=True),
        Column("resolved", "resolved", 9, lambda row: f"{of(row).resolved:,}", lambda row: of(row).resolved, ">",
               descending=True),
        Column("reply", "replied in", 10, lambda row: _duration(of(row).first_response),
               lambda row: of(row).first_response, ">", descending=True, words="slowest first"),
    )  # fmt: skip


def _mixed(zone: ZoneInfo, now: int) -> tuple[Column[Listed], ...]:
    """Conversations beside people who only read."""

    def kind(row: Listed) -> str:
        return "read" if isinstance(row.item, ReaderRow) else "wrote" if isinstance(row.item, ConversationRow) else ""

    def outcome(row: Listed) -> str:
        if isinstance(row.item, ReaderRow):
            return _OUTCOMES.get(row.item.outcome, row.item.outcome)
        return row.item.state.replace("_", " ") if isinstance(row.item, ConversationRow) else ""

    def channel(row: Listed) -> str:
        return (row.item.channel or "") if isinstance(row.item, ConversationRow | MessageRow) else ""

    return (
        _what("subject or article"),
        Column("kind", "began", 6, kind, role=lambda row: "selfserve" if kind(row) == "read" else "human"),
        Column("state", "outcome", 10, outcome, role="muted"),
        Column("channel", "channel", 8, channel, role="muted", least=84),
        _moment("begun", "begun", begun, zone, now),
    )


def _duration(seconds: float | None) -> str:
    return "" if seconds is None else format_duration(seconds)


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _conversation(row: Listed) -> ConversationRow:
    assert isinstance(row.item, ConversationRow)
    return row.item


def _message(row: Listed) -> MessageRow:
    return _is_message(row.item)


def _is_message(item: Item) -> MessageRow:
    assert isinstance(item, MessageRow)
    return item


def _reader(row: Listed) -> ReaderRow:
    assert isinstance(row.item, ReaderRow)
    return row.item


def _teammate(row: Listed) -> TeammateRow:
    assert isinstance(row.item, TeammateRow)
    return row.item
