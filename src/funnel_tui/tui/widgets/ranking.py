"""Tables of what a dimension counts: a row for each campaign, article, topic, team, its figures as columns.

Every figure opens exactly its own items: the metric of its column under a filter on its row.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from funnel_tui.charts.bars import hbar
from funnel_tui.charts.cells import Line, cell_width
from funnel_tui.charts.format import change_role, format_change, format_value
from funnel_tui.charts.sparkline import sparkline
from funnel_tui.model.boards import Place, Ranking, RankRow
from funnel_tui.model.values import Freshness, MetricValue, Quality, Report, Unit
from funnel_tui.tui.table import Column, Order

from .number_lines import mostly_pending, pending_words
from .reading import filling, unread
from .table import TablePane

NAME, TREND, BAR = "name", "trend", "bar"
"""Ids of the columns that are no single figure. Those of figures are the ids of their metrics."""
CHANGE = ":change"
"""Follows a metric's id in the id of the column of its change."""

_FILTER_KEYS = {"topic": "tag"}
"""Where a ranking is called otherwise than what filters call it."""
_RATE = 6
"""Cells of a share: `100 %`, `<0.1 %`."""


@dataclass(frozen=True)
class Figure:
    """A column of one metric, or of its change."""

    metric: str
    title: str
    width: int = 8
    least: int = 0
    """Shown from this width of the table on."""
    change: bool = False
    """How it changed, instead of what it is."""
    pending: bool = False
    """With how many are too new to be judged, where any are: `62 % (+12)`; `241 pending` where most are."""
    words: str = ""
    """How its first order is said: `slowest first`; by its title where this is empty."""
    descending: bool = True

    @property
    def id(self) -> str:
        return f"{self.metric}{CHANGE}" if self.change else self.metric


def cell_place(ranking: Ranking, row: RankRow, metric: str) -> Place:
    """What a figure of a row counts."""
    key = _FILTER_KEYS.get(ranking.by, ranking.by)
    return Place(metric, ((key, (row.key,)),), words=row.label)


def ranking_columns(
    ranking: Ranking,
    name: str,
    figures: Sequence[Figure],
    *,
    role: str = "text",
    bar: tuple[str, int, int] | None = None,
    trend: tuple[int, int] | None = None,
    currency: str = "USD",
    mono: bool = False,
) -> tuple[Column[RankRow], ...]:
    """The names, then the figures, in the order given.

    `bar` is (metric, width, least width of the table): its size beside the name. `trend` is (width, least). Changes
    are left out where nothing is compared or all is new, and the trend where the ranking has none. `mono` is without
    colours: the empty part of a bar could not be told from the full one.
    """
    changed = {id_ for row in ranking.rows for id_, value in row.metrics.items() if value.change}
    columns = [Column[RankRow](NAME, name, 0, lambda row: row.label, key=lambda row: row.label.casefold(), role=_named)]
    if bar is not None:
        columns.append(_bar(ranking, *bar, role=role, track=not mono))
    columns += [
        whole(_figure(ranking, figure, currency), ranking.rows)
        for figure in figures
        if not figure.change or figure.metric in changed
    ]
    if trend is not None and ranking.trend_of is not None and any(row.trend for row in ranking.rows):
        columns.append(_trend(ranking, *trend, role=role))
    return tuple(columns)


def whole(column: Column[RankRow], rows: Sequence[RankRow]) -> Column[RankRow]:
    """The column as wide as its figures, where a mark of quality makes them longer: none is cut at its unit."""
    marked = [
        row for row in rows if (metric := column.metric(row)) is not None and metric.quality is Quality.APPROXIMATE
    ]
    widest = max((cell_width(column.text(row)) for row in marked), default=0)
    return replace(column, width=widest) if widest > column.width else column


class RankingPane(TablePane[RankRow]):
    """A ranking as a pane. Subclasses say which figures it has."""

    NAME: ClassVar[str] = ""
    """The title of the first column: `campaign`."""
    FIGURES: ClassVar[tuple[Figure, ...]] = ()
    BAR_OF: ClassVar[tuple[str, int, int] | None] = None
    TREND: ClassVar[tuple[int, int] | None] = (12, 0)
    NOTHING: ClassVar[str] = "Nothing in this period."
    """Said where the sources can tell and there is none."""

    def __init__(self, pane: str) -> None:
        super().__init__(pane, order=Order(self.FIGURES[0].id))
        self.ranking: Ranking | None = None

    def show(self, ranking: Ranking, report: Report | None) -> None:
        """The rows of another ranking; does not draw."""
        self.ranking = ranking
        columns = ranking_columns(
            ranking,
            self.NAME,
            self.figures(ranking),
            role=self.ROLE,
            bar=self.BAR_OF,
            trend=self.TREND,
            currency=self.funnel.currency,
            mono=self.funnel.ink.mono,
        )
        self.message = ranking.reason or nothing_words(self.NOTHING, report, self.funnel.freshness)
        self.fill(ranking.rows, columns, lambda row: row.key, total=ranking.total)

    def figures(self, ranking: Ranking) -> Sequence[Figure]:
        """In the order in which they stand; the last ones go first where there is no room."""
        return self.FIGURES


def nothing_words(nothing: str, report: Report | None, freshness: Iterable[Freshness]) -> str:
    """Why a table is empty: `nothing` is a finding only once everything has been read."""
    if report is not None and unread(report):
        return "Waiting for the first answer of the sources. What has been read shows at once."
    if filling(freshness):
        return "Nothing yet: history is still being read. What has been read shows at once."
    return nothing


def _named(row: RankRow) -> str:
    return "muted" if row.key == "none" else "text"


def _figure(ranking: Ranking, figure: Figure, currency: str) -> Column[RankRow]:
    def value(row: RankRow) -> MetricValue | None:
        return row.metrics.get(figure.metric)

    def place(row: RankRow) -> Place | None:
        known = value(row)
        if known is None or known.quality is Quality.UNAVAILABLE or known.value is None:
            return None
        return cell_place(ranking, row, figure.metric)

    most = max((metric.pending or 0 for row in ranking.rows if (metric := value(row)) is not None), default=0)
    beside = len(f"(+{most:,})") if figure.pending and most else 0
    text, key, look = _change_cell(value) if figure.change else _value_cell(value, beside, currency)
    title, width = figure.title, figure.width
    if figure.pending:
        # The shares stand below each other whether or not something is pending beside them.
        title, width = (title, _RATE) if not beside else (f"{title} (+new)", max(_RATE + 1 + beside, len(title) + 8))
    return Column(
        figure.id,
        title,
        width,
        text,
        key=key,
        align=">",
        role=look,
        descending=figure.descending,
        words=figure.words,
        metric=value,
        place=place,
        least=figure.least,
    )


Of = Callable[[RankRow], MetricValue | None]
Cell = tuple[Callable[[RankRow], str], Callable[[RankRow], float | None], Callable[[RankRow], str]]
"""Text, sort key and role of a cell."""


def _value_cell(value: Of, beside: int, currency: str) -> Cell:
    """`beside` cells for how many are pending."""

    def text(row: RankRow) -> str:
        metric = value(row)
        if metric is None:
            return ""
        said = format_value(metric, currency=currency)
        if not beside:
            return said
        if mostly_pending(metric):
            return pending_words(metric)[0]
        pending = f"(+{metric.pending:,})" if metric.pending else ""
        return f"{said} {pending:<{beside}}"

    def key(row: RankRow) -> float | None:
        metric = value(row)
        if metric is None or (beside and mostly_pending(metric)):
            return None
        return metric.value

    def look(row: RankRow) -> str:
        metric = value(row)
        if metric is not None and beside and mostly_pending(metric):
            return "muted"
        known = metric is not None and metric.quality is not Quality.UNAVAILABLE and metric.value is not None
        small = metric is not None and metric.spec.unit is Unit.RATIO and (metric.n or 0) < 10
        return "text" if known and metric and metric.value and not small else "muted"

    return text, key, look


def _change_cell(value: Of) -> Cell:
    """A rate most of which is not judged yet compares with nothing."""

    def text(row: RankRow) -> str:
        metric = value(row)
        return "" if metric is None or mostly_pending(metric) else format_change(metric, verdict=False)

    def key(row: RankRow) -> float | None:
        metric = value(row)
        return None if metric is None or mostly_pending(metric) else metric.change

    def look(row: RankRow) -> str:
        metric = value(row)
        return "muted" if metric is None else change_role(metric)

    return text, key, look


def _bar(ranking: Ranking, metric: str, width: int, least: int, *, role: str, track: bool) -> Column[RankRow]:
    def value(row: RankRow) -> float | None:
        known = row.metrics.get(metric)
        return known.value if known is not None else None

    most = max((found for row in ranking.rows if (found := value(row)) is not None), default=0.0)
    return Column(
        BAR,
        "",
        width,
        lambda row: "",
        key=value,
        descending=True,
        words="largest first",
        metric=lambda row: row.metrics.get(metric),
        place=lambda row: cell_place(ranking, row, metric),
        drawn=lambda row, cells: hbar(value(row), most, cells, role, track=track),
        least=least,
    )


def _trend(ranking: Ranking, width: int, least: int, *, role: str) -> Column[RankRow]:
    counted = ranking.trend_of or ""

    def drawn(row: RankRow, cells: int) -> Line:
        return sparkline(row.trend, cells, role=role)[0]

    return Column(
        TREND,
        "trend",
        width,
        lambda row: "",
        key=lambda row: rise(row.trend),
        descending=True,
        words="rising most first",
        metric=lambda row: row.metrics.get(counted),
        place=lambda row: cell_place(ranking, row, counted),
        drawn=drawn,
        least=least,
    )


def rise(trend: Sequence[float | None]) -> float | None:
    """By what share of the whole the second half is above the first; None for nothing at all."""
    known = [value for value in trend if value is not None]
    half = len(known) // 2
    total = sum(known)
    if not half or not total:
        return None
    return (sum(known[-half:]) - sum(known[:half])) / total
