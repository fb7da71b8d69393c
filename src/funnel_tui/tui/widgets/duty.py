"""Who is on: every teammate now, those on duty first, and what they did in the period."""

from collections.abc import Callable, Sequence

from funnel_tui.charts.format import NOTHING, format_duration
from funnel_tui.model.boards import Place, TeammateRow
from funnel_tui.tui.table import Column, Order

from .table import TablePane


class DutyPane(TablePane[TeammateRow]):
    TITLE = "On duty"
    HEADING = "ON DUTY"
    ROLE = "human"
    NOUN = ("teammate", "teammates")

    def __init__(self, pane: str) -> None:
        super().__init__(pane, order=Order("name"))
        self._on = 0

    def show(self, rows: Sequence[TeammateRow], reason: str | None) -> None:
        """Other rows; does not draw. `reason` says why it is not known who is on."""
        self._on = sum(not row.away for row in rows)
        self.message = reason or "No teammates are known: the sources name none."
        self.fill(rows, COLUMNS, lambda row: f"{row.source}/{row.id}")

    def _title(self) -> str:
        return (
            super()._title().replace(self.HEADING, f"{self.HEADING} {self._on} of", 1) if self._rows else self.HEADING
        )


def _place(metric: str) -> Callable[[TeammateRow], Place]:
    # What is open is theirs by assignment, what is done by who did it. With the source before it an id is told from
    # the same id of another one.
    key = "assignee" if metric.startswith("queue.") else "agent"
    return lambda row: Place(metric, ((key, (f"{row.source}/{row.id}",)),), words=row.name)


def _order(row: TeammateRow) -> str:
    return f"{int(row.away)} {row.name.casefold()}"


COLUMNS: tuple[Column[TeammateRow], ...] = (
    Column(
        "name",
        "teammate",
        0,
        lambda row: f"{'○' if row.away else '●'} {row.name}",
        key=_order,
        role=lambda row: "muted" if row.away else "text",
        words="on duty first",
        place=_place("queue.open"),
    ),
    Column(
        "open",
        "open",
        5,
        lambda row: f"{row.open:,}",
        key=lambda row: row.open,
        align=">",
        descending=True,
        place=_place("queue.open"),
    ),
    Column(
        "waiting",
        "wait",
        5,
        lambda row: f"{row.waiting:,}",
        key=lambda row: row.waiting,
        align=">",
        role=lambda row: "human" if row.waiting else "muted",
        descending=True,
        place=_place("queue.waiting"),
    ),
    Column(
        "resolved",
        "solved",
        6,
        lambda row: f"{row.resolved:,}",
        key=lambda row: row.resolved,
        align=">",
        descending=True,
        place=_place("human.resolved"),
    ),
    Column(
        "response",
        "1st resp",
        8,
        lambda row: NOTHING if row.first_response is None else format_duration(row.first_response),
        key=lambda row: row.first_response,
        align=">",
        words="fastest first",
        place=_place("human.first_response.median"),
    ),
    Column("team", "team", 10, lambda row: row.team or NOTHING, role="muted", least=58),
    Column("state", "state", 7, lambda row: "away" if row.away else "on duty", role="muted", least=70),
)
