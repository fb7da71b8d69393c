"""What goes out unasked: the campaigns, and what became of their messages."""

from funnel_tui.charts.cells import cell_width
from funnel_tui.model.boards import Ranking, RankRow
from funnel_tui.model.places import Place
from funnel_tui.model.values import Quality, Report
from funnel_tui.tui.dates import day_words
from funnel_tui.tui.table import Column

from .frame import Note
from .ranking import Figure, RankingPane, cell_place
from .shares import Part, SharesPane


class CampaignsPane(RankingPane):
    TITLE = "CAMPAIGNS"
    ROLE = "proactive"
    NOUN = ("campaign", "campaigns")
    NAME = "campaign"
    NOTHING = "No message was delivered in this period. Try a longer one (3 is the month, 4 the quarter, 5 the year)."
    FIGURES = (
        Figure("proactive.delivered", "delivered", 10, words="most delivered first"),
        Figure("proactive.opened", "opened", 7),
        Figure("proactive.open_rate", "rate", 6, pending=True, words="highest open rate first"),
        Figure("proactive.open_rate", "change", 9, change=True, least=130),
        Figure("proactive.clicked", "clicks", 7),
        Figure("proactive.replied", "replies", 8),
        Figure("proactive.bounced", "bounces", 8),
        Figure("proactive.delivered", "sent change", 11, change=True, least=88),
    )
    BAR_OF = ("proactive.delivered", 24, 150)
    TREND = (18, 100)

    def show(self, ranking: Ranking, report: Report | None) -> None:
        # The cursor may be on a column that only this table has.
        column = self.column
        super().show(ranking, report)
        if report is None or all(row.since is None for row in ranking.rows):
            return
        self.column = column
        sent = _sent(ranking, report)
        self.fill(ranking.rows, (self._columns[0], sent, *self._columns[1:]), lambda row: row.key, total=ranking.total)


def _sent(ranking: Ranking, report: Report) -> Column[RankRow]:
    """The day of the first delivery in the period: what tells campaigns of one name apart."""

    def said(row: RankRow) -> str:
        return "" if row.since is None else day_words(row.since, report.period.zone, report.period.as_of)

    def place(row: RankRow) -> Place:
        return cell_place(ranking, row, "proactive.delivered")

    return Column[RankRow](
        "sent",
        "sent",
        max([6, *(cell_width(said(row)) for row in ranking.rows)]),
        said,
        key=lambda row: row.since,
        align=">",
        role="muted",
        descending=True,
        words="latest first",
        place=place,
        least=60,
    )


class OpenFunnelPane(SharesPane):
    """From delivered to replied: where messages are left."""

    TITLE = "DELIVERED TO REPLIED"
    ROLE = "proactive"
    PARTS = (
        Part("proactive.delivered", "Delivered"),
        Part("proactive.opened", "Opened", words="of delivered", rate="proactive.open_rate"),
        Part("proactive.clicked", "Clicked", of="proactive.opened", words="of opened"),
        Part("proactive.replied", "Replied to", of="proactive.delivered", words="of delivered"),
    )

    def _note(self) -> str | Note:
        rate = self.report.metrics.get("proactive.open_rate") if self.report else None
        if rate is None or rate.quality is Quality.UNAVAILABLE or not rate.pending:
            return ""
        return f"{rate.pending:,} too new to judge"
