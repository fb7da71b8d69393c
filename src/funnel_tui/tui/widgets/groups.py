"""The team's figures by team, channel or agent: one table, of which a key turns the dimension."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from textual import events

from funnel_tui.charts.cells import cell_width
from funnel_tui.charts.format import change_role, format_change
from funnel_tui.model.boards import Ranking, RankRow
from funnel_tui.model.values import Report, Verdict
from funnel_tui.tui.table import Column, Order, fitted

from .frame import Note, inner_size
from .ranking import Figure, RankingPane, ranking_columns, whole
from .turning import TurningPane

DIMENSIONS = ("team", "channel", "agent")
WITHIN_TARGET = "human.within_target"
"""A figure that channels have where a target is configured; it stands for the share within ten minutes."""
_TARGET = Figure(WITHIN_TARGET, "in target", 9, words="most in time first")
_ROOMY = 168
"""Width from which on every change has a column of its own."""


class GroupsPane(TurningPane, RankingPane):
    """A sign behind a figure says which way it went, its colour whether that is better; where there is room the change
    stands beside it in full. Figures that have no room come in from the side as the cursor goes there."""

    TITLE = "Groups"
    ROLE = "human"
    FIGURES: ClassVar[tuple[Figure, ...]] = (
        Figure("queue.waiting", "wait", 4, words="most waiting first"),
        Figure("queue.open", "open", 5),
        Figure("human.inbound", "reached", 8, words="busiest first"),
        Figure("human.first_response.median", "1st resp", 9, words="slowest first"),
        Figure("human.within_10m", "≤10m", 6, words="most in time first"),
        Figure("human.time_to_close.median", "close", 8, words="slowest first"),
        Figure("human.resolved", "solved", 7),
        Figure("human.csat", "CSAT", 6, words="lowest first", descending=False),
        Figure("human.reopen_rate", "reopened", 8, words="most reopened first"),
        Figure("human.reassigned", "passed on", 9),
        Figure("human.replies_per_close", "replies", 7, words="most replies first"),
    )
    NOTHING = "Nobody reached the team in this period. [ ] and 1-5 choose another one."

    def __init__(self, pane: str) -> None:
        super().__init__(pane)
        self.order = Order("human.inbound")
        self.by = DIMENSIONS[0]
        self._rankings: Mapping[str, Ranking] = {}
        self._left = 0
        """Figures that have left the screen on the left."""

    @property
    def following(self) -> str:
        return DIMENSIONS[(DIMENSIONS.index(self.by) + 1) % len(DIMENSIONS)]

    def show_all(self, rankings: Mapping[str, Ranking], report: Report | None) -> None:
        """Other figures; does not draw."""
        self._rankings = rankings
        self.show(rankings.get(self.by, Ranking(self.by)), report)

    def show(self, ranking: Ranking, report: Report | None) -> None:
        # The cursor may be on a column that only this table has.
        column = self.column
        super().show(ranking, report)
        self.column = column
        self.fill(ranking.rows, self._wanted(ranking), lambda row: row.key, total=ranking.total)

    def turn(self) -> str:
        """The next dimension; says which."""
        self.by = self.following
        self.words = ""
        self.selected, self.top = None, 0
        self.show_all(self._rankings, self.report)
        if self.selected is None:
            self.selected = self._nearest(0)
        self.redraw()
        return f"By {self.by}"

    def _wanted(self, ranking: Ranking) -> tuple[Column[RankRow], ...]:
        figures = self.FIGURES
        if any(WITHIN_TARGET in row.metrics for row in ranking.rows):
            figures = tuple(_TARGET if figure.metric == "human.within_10m" else figure for figure in figures)
        roomy = inner_size(*self.size, boxed=self.boxed)[0] >= _ROOMY
        if roomy:
            figures = tuple(
                part
                for figure in figures
                for part in (
                    (figure,)
                    if figure.metric.startswith("queue.")
                    else (figure, Figure(figure.metric, "", 6, change=True))
                )
            )
        made = ranking_columns(ranking, self.by, figures, role=self.ROLE, currency=self.funnel.currency)
        return made if roomy else tuple(whole(_signed(column), ranking.rows) for column in made)

    # Figures beyond the edges

    @property
    def columns(self) -> tuple[Column[RankRow], ...]:
        if not self._fitted:
            room = max(1, inner_size(*self.size, boxed=self.boxed)[0] - 1)
            self._left = min(self._left, self._spare(room))
            self._fitted = fitted((*self._columns[:1], *self._columns[1 + self._left :]), room)
        return self._fitted

    def _spare(self, room: int) -> int:
        """How many figures must leave so that the last one is seen."""
        return next(
            (
                left
                for left in range(len(self._columns))
                if fitted((*self._columns[:1], *self._columns[1 + left :]), room)[-1:] == self._columns[-1:]
            ),
            0,
        )

    @property
    def _right(self) -> int:
        """Figures that have no room on the right."""
        return len(self._columns) - self._left - len(self.columns)

    def move(self, dx: int, dy: int) -> bool:
        shown = [column.id for column in self.columns]
        beyond = dx > 0 and self._right and self.column == shown[-1]
        before = dx < 0 and self._left and self.column in shown[1:2]
        if not beyond and not before:
            return super().move(dx, dy)
        ids = [column.id for column in self._columns]
        self.column = ids[ids.index(self.column or "") + dx]
        for _ in ids:
            if self.here is not None:
                break
            self._left += dx
            self._fitted = ()
        self.redraw()
        return True

    def on_resize(self, event: events.Resize) -> None:
        if self.ranking is not None:
            self.fill(self.ranking.rows, self._wanted(self.ranking), lambda row: row.key, total=self.ranking.total)
        super().on_resize(event)

    def _title(self) -> str:
        return super()._title().replace(self.TITLE, f"BY {self.by.upper()}", 1)

    def _note(self, place: int | None, lines: int) -> str | Note:
        rest = super()._note(place, lines)
        parts = [rest] if rest and isinstance(rest, str) else []
        if self._left or self._right:
            parts.append(f"{'← ' if self._left else ''}{self._left + self._right} more{' →' if self._right else ''}")
        parts.append(f"b: by {self.following}")
        while len(parts) > 1 and cell_width(f"{self._title()} {' · '.join(parts)}") > self.size.width - 7:
            parts.pop()
        return " · ".join(parts)


def _signed(column: Column[RankRow]) -> Column[RankRow]:
    """The column with the sign of each figure's change behind it, coloured by the verdict."""
    if column.id == "name" or column.id.startswith("queue."):
        return column
    text, role = column.text, column.role

    def signed(row: RankRow) -> str:
        metric = column.metric(row)
        change = format_change(metric) if metric is not None else ""
        return f"{text(row)}{change[:1] or ' '}"

    def look(row: RankRow) -> str:
        metric = column.metric(row)
        if metric is not None and metric.verdict in (Verdict.BETTER, Verdict.WORSE):
            return change_role(metric)
        return role if isinstance(role, str) else role(row)

    return replace(column, text=signed, role=look)
