"""The bot by topic, and why it hands over."""

from collections.abc import Sequence

from funnel_tui.charts.bars import hbar
from funnel_tui.charts.format import format_count, format_share
from funnel_tui.model.boards import Place, ReasonRow
from funnel_tui.model.values import Report
from funnel_tui.tui.table import Column, Order

from .ranking import Figure, RankingPane, nothing_words
from .table import TablePane

_HANDED_OFF = "selfserve.bot_handed_off"


class TopicsPane(RankingPane):
    TITLE = "BOT TOPICS"
    ROLE = "selfserve"
    NOUN = ("topic", "topics")
    NAME = "topic"
    NOTHING = "The bot answered nobody in this period. Try a longer one (3 is the month, 4 the quarter, 5 the year)."
    FIGURES = (
        Figure("selfserve.bot_answered", "asked", 7, words="most asked first"),
        Figure("selfserve.bot_resolved", "solved", 7),
        Figure("selfserve.bot_resolution_rate", "rate", 6, pending=True, words="highest rate first"),
        Figure(_HANDED_OFF, "handed off", 10),
        Figure("selfserve.bot_durable_rate", "lasting", 7),
        Figure("selfserve.bot_csat", "CSAT", 6),
        Figure("selfserve.bot_resolution_rate", "change", 9, change=True, least=84),
    )
    TREND = (12, 92)


class HandoffsPane(TablePane[ReasonRow]):
    """Each reason opens the conversations that were handed over for it."""

    TITLE = "WHY HANDED OFF"
    ROLE = "selfserve"
    NOUN = ("reason", "reasons")

    def __init__(self, pane: str) -> None:
        super().__init__(pane, order=Order("count"))

    def show(self, rows: Sequence[ReasonRow], reason: str | None, report: Report | None) -> None:
        """Does not draw."""
        nothing = "The bot handed over nothing in this period."
        self.message = reason or nothing_words(nothing, report, self.funnel.freshness)
        self.fill(rows, _columns(rows, track=not self.funnel.ink.mono), lambda row: row.key)


def _columns(rows: Sequence[ReasonRow], *, track: bool) -> tuple[Column[ReasonRow], ...]:
    most = max((row.count for row in rows), default=0)
    total = sum(row.count for row in rows)

    def place(row: ReasonRow) -> Place:
        return Place(_HANDED_OFF, words=row.label, only=row.key)

    def share(row: ReasonRow) -> float:
        return row.count / total if total else 0.0

    columns = [
        Column[ReasonRow]("reason", "reason", 0, lambda row: row.label, place=place),
        Column[ReasonRow](
            "count",
            "count",
            6,
            lambda row: format_count(row.count),
            key=lambda row: row.count,
            align=">",
            descending=True,
            words="most first",
            place=place,
        ),
        Column[ReasonRow](
            "share",
            "share",
            6,
            lambda row: format_share(share(row)),
            key=share,
            align=">",
            role="muted",
            place=place,
            descending=True,
            least=70,
        ),
        Column[ReasonRow](
            "bar",
            "",
            8,
            lambda row: "",
            key=lambda row: row.count,
            descending=True,
            words="most first",
            place=place,
            drawn=lambda row, cells: hbar(row.count, most, cells, "selfserve", track=track),
        ),
    ]
    if any(row.previous is not None for row in rows):
        change = Column[ReasonRow]("change", "change", 8, _changed, key=_change, align=">", role="muted", place=place)
        columns.insert(3, change)
    return tuple(columns)


def _change(row: ReasonRow) -> float | None:
    return (row.count - row.previous) / row.previous if row.previous else None


def _changed(row: ReasonRow) -> str:
    """Counts of reasons have no verdict: which of them grows is what is to be seen."""
    if row.previous is None:
        return ""
    if row.previous == row.count:
        return "="
    sign = "▲" if row.count > row.previous else "▼"
    change = _change(row)
    return f"{sign} from 0" if change is None else f"{sign} {format_share(abs(change))}"
