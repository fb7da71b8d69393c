"""The help centre's articles: how much each is read, and how many readers then write all the same.

Beside the period's figures stand those since each article was written. They lead where the period has none.
"""

from collections.abc import Sequence
from dataclasses import replace

from funnel_tui.charts.cells import Line, join, style
from funnel_tui.charts.format import format_count
from funnel_tui.model.boards import Ranking, RankRow
from funnel_tui.model.values import Quality, Report
from funnel_tui.tui.table import Order

from .panel import wrap
from .ranking import Figure, RankingPane

_VIEWS = Figure("selfserve.article_views", "views", 7, words="most viewed first")
_PERIOD = (
    _VIEWS,
    Figure("selfserve.article_viewers", "readers", 7),
    Figure("selfserve.article_resolution_rate", "rate", 6, pending=True, words="highest rate first"),
    Figure("article.conversations", "then wrote", 10),
    Figure("selfserve.article_views", "change", 9, change=True, least=76),
)
_VIEWS_EVER = Figure("article.views_ever", "views ever", 10, words="most viewed ever first")
_EVER = (
    _VIEWS_EVER,
    Figure("article.rate_ever", "rate ever", 9, words="highest rate ever first"),
    Figure("article.conversations_ever", "wrote ever", 10),
)
_WIDE = 104


class ArticlesPane(RankingPane):
    TITLE = "ARTICLES"
    ROLE = "selfserve"
    NOUN = ("article", "articles")
    NAME = "article"
    NOTHING = "No article was read in this period. Try a longer one (3 is the month, 4 the quarter, 5 the year)."
    FIGURES = (*_PERIOD, *_EVER)
    TREND = (14, 130)

    def __init__(self, pane: str) -> None:
        super().__init__(pane)
        self.leads = ""
        """Why the figures since the articles were written come first; empty where the period has any."""

    def show(self, ranking: Ranking, report: Report | None) -> None:
        before, self.leads = self.leads, _leads(ranking, report)
        if bool(before) is not bool(self.leads):
            usual, other = (_VIEWS, _VIEWS_EVER) if self.leads else (_VIEWS_EVER, _VIEWS)
            if self.order == Order(usual.id):
                self.order = Order(other.id)
        super().show(ranking, report)

    def figures(self, ranking: Ranking) -> Sequence[Figure]:
        """What is not told of any article stands last, where it is the first to make room."""
        told = [figure for figure in _PERIOD if _told(ranking.rows, figure.metric)]
        untold = [figure for figure in _PERIOD if figure not in told]
        ever = _EVER if any(_VIEWS_EVER.id in row.metrics for row in ranking.rows) else ()
        if self.leads:
            return *ever, *told, *untold
        # Beside the period's there is room for all of them only where the names have theirs.
        return *told, *ever[:2], *(replace(figure, least=_WIDE) for figure in ever[2:]), *untold

    def over(self, width: int) -> Sequence[Line]:
        lines = wrap(self.leads, max(8, width - 1)) if self.leads else []
        return [join([(line, style("muted"))], width) for line in lines]


def _told(rows: Sequence[RankRow], metric: str) -> bool:
    return any(
        known.quality is not Quality.UNAVAILABLE for row in rows if (known := row.metrics.get(metric)) is not None
    )


def _leads(ranking: Ranking, report: Report | None) -> str:
    """Where nothing is known to have been read in the period, what is known instead."""
    views = [metric for row in ranking.rows if (metric := row.metrics.get(_VIEWS.metric)) is not None]
    if not ranking.rows or any(metric.value for metric in views):
        return ""
    instead = "Since they were written:"
    if _told(ranking.rows, _VIEWS.metric):
        told = sum(metric.value is not None for metric in views)
        whom = "" if told == len(views) else f" as far as is told, of {format_count(told)}"
        return f"Nobody read any in this period{whom}. {instead}"
    if report is not None and report.period.complete:
        return f"What was read in this period is not known: no two samples of the counters by then. {instead}"
    return f"What is read in this period is not known yet: counters take two samples. {instead}"
