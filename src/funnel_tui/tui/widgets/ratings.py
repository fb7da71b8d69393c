"""What customers said: score, remark, who answered, where, when."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from textual import events

from funnel_tui.charts.format import NOTHING
from funnel_tui.model.boards import RatingRow
from funnel_tui.model.values import ConversationRow, Quality, Report
from funnel_tui.tui.dates import moment_words
from funnel_tui.tui.table import Column, Order

from .table import TablePane

POOR, GOOD = 3.0, 4.0
"""Below the first a rating wants a look; from the second on the customer counts as satisfied."""


class RatingsPane(TablePane[RatingRow]):
    """A remark is shown as it was written; where there is none the subject stands for it, dim."""

    TITLE = "Ratings"
    HEADING = "RATINGS"
    ROLE = "human"
    NOUN = ("rating", "ratings")

    def __init__(self, pane: str) -> None:
        super().__init__(pane, order=Order("when"))
        self._now, self._zone = 0, ZoneInfo("UTC")

    @property
    def conversation(self) -> ConversationRow | None:
        return self.current.conversation if self.current is not None else None

    def show(self, rows: Sequence[RatingRow], report: Report | None, now: int, zone: ZoneInfo) -> None:
        """Other rows; does not draw. The report tells how many there are in all, and why there may be none."""
        rated = report.metrics.get("human.csat") if report is not None else None
        total = rated.n if rated is not None else None
        self.message = "Nobody rated a conversation with the team in this period."
        if rated is not None and rated.quality is Quality.UNAVAILABLE:
            self.message = rated.reason or self.message
        self._now, self._zone = now, zone
        self.fill(rows, self._wanted(), _key, total=total)

    def on_resize(self, event: events.Resize) -> None:
        self.fill(self._rows, self._wanted(), _key, total=self.total)
        super().on_resize(event)

    def _wanted(self) -> tuple[Column[RatingRow], ...]:
        return (
            Column(
                "score",
                "score",
                5,
                lambda row: f"{'! ' if row.score < POOR else ''}{row.score:.3g}",
                key=lambda row: row.score,
                align=">",
                role=lambda row: "bad" if row.score < POOR else "good" if row.score >= GOOD else "text",
                words="lowest first",
            ),
            Column(
                "remark",
                "remark",
                0,
                lambda row: row.remark or _unsaid(row.conversation),
                key=lambda row: row.remark.casefold() if row.remark else None,
                role=lambda row: "text" if row.remark else "muted",
                words="with a remark first",
            ),
            Column(
                "agent",
                "agent",
                9 if self.size.width < 76 else 18,
                lambda row: row.conversation.agent or NOTHING,
                role="muted",
            ),
            Column("channel", "channel", 7, lambda row: row.conversation.channel or NOTHING, role="muted", least=56),
            Column(
                "when",
                "when",
                12,
                lambda row: moment_words(row.at, self._zone, self._now),
                key=lambda row: row.at,
                align=">",
                role="muted",
                descending=True,
                words="latest first",
                least=66,
            ),
        )


def _key(row: RatingRow) -> str:
    return f"{row.conversation.source}/{row.conversation.id}/{row.at}"


def _unsaid(row: ConversationRow) -> str:
    about = row.subject or row.excerpt
    return f"no remark · {about}" if about else "no remark"
