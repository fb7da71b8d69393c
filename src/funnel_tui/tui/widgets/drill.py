"""The panes of a drill-down: what it splits into, how it went over time, how long it took, and the items themselves."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from funnel_tui.charts.bars import hbar
from funnel_tui.charts.cells import Line
from funnel_tui.charts.format import format_count, format_duration, format_share
from funnel_tui.charts.lines import line_chart, line_hits
from funnel_tui.model.boards import Bucket, Distribution
from funnel_tui.model.items import Item, Items, MessageRow
from funnel_tui.model.places import Place
from funnel_tui.model.values import ConversationRow, MetricSpec, MetricValue, Report, Unit
from funnel_tui.settings import Target
from funnel_tui.tui.dates import day_words
from funnel_tui.tui.items import Listed, columns, listed
from funnel_tui.tui.table import Column, Order

from .chart import ChartPane, sentence
from .numbers import SERIES_OF
from .spread import SpreadPane
from .table import TablePane

LAYER_ROLES = {"proactive": "proactive", "selfserve": "selfserve"}
_DIMENSIONS: tuple[tuple[str, Callable[[Item], Sequence[str | None]]], ...] = (
    ("team", lambda item: (item.team,) if isinstance(item, ConversationRow) else ()),
    ("channel", lambda item: (item.channel,) if isinstance(item, ConversationRow | MessageRow) else ()),
    ("agent", lambda item: (item.agent,) if isinstance(item, ConversationRow) else ()),
    ("tag", lambda item: (item.tags or (None,)) if isinstance(item, ConversationRow) else ()),
    ("source", lambda item: (item.source,)),
)
_EDGES = (0.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0, 86_400.0, 259_200.0, 604_800.0)
"""Seconds that people name."""
_SCORES = (1.0, 2.0, 3.0, 4.0, 5.0)


class ItemsPane(TablePane[Listed]):
    TITLE = "List"

    def __init__(self) -> None:
        super().__init__("items")
        self._metric: str | None = None

    def show(self, items: Items, metric: MetricSpec | None, now: int, *, fresh: bool) -> None:
        """Other rows; does not draw. `fresh`: of another number, so that the order is the number's own."""
        rows = listed(items.rows)
        shown, order = columns(rows, metric, self.funnel.settings.zone, now)
        if fresh or self.order is None or self.order.column not in [column.id for column in shown]:
            self.order = order
            self.column = None
        self.message = items.reason or "No conversations stand behind this number."
        self.HEADING = self._noun(items)
        self.ROLE = LAYER_ROLES.get(items.place.metric.split(".")[0], "human")
        self.fill(rows, shown, lambda row: row.key, total=items.total)

    def _noun(self, items: Items) -> str:
        kinds = {type(row).__name__ for row in items.rows}
        one = items.total == 1
        nouns = {
            "ConversationRow": "CONVERSATION" if one else "CONVERSATIONS",
            "MessageRow": "MESSAGE" if one else "MESSAGES",
            "ReaderRow": "READER" if one else "READERS",
            "TeammateRow": "TEAMMATE" if one else "TEAMMATES",
        }
        return nouns[kinds.pop()] if len(kinds) == 1 else "CONVERSATIONS AND READERS" if kinds else "CONVERSATIONS"

    def named(self, heading: str, count: str) -> str:
        """The count first: it is the number."""
        return f"{count} {heading}"


@dataclass(frozen=True)
class Part:
    """One value of a dimension among the items."""

    value: str | None
    count: int
    middle: float | None
    """Median of what the items are worth, where that is a time."""
    most: int
    """The largest count of all parts."""


class PartsPane(TablePane[Part]):
    """The items by team, channel, agent, tag or source, largest first; Enter narrows to one of them."""

    TITLE = "Parts"
    NOUN = ("part", "parts")

    def __init__(self) -> None:
        super().__init__("parts", order=Order("count"))
        self.place_above = Place("")
        self.by = ""
        self._dimensions: tuple[str, ...] = ()
        self._items: tuple[Item, ...] = ()
        self._timed = False

    def show(self, items: Items, place: Place, metric: MetricSpec | None) -> None:
        """Other rows; does not draw."""
        self._items, self.place_above = items.rows, place
        self._timed = metric is not None and metric.unit is Unit.SECONDS
        counts = {by: len({value for item in items.rows for value in of(item)}) for by, of in _DIMENSIONS}
        self._dimensions = tuple(by for by, count in counts.items() if count > 1)
        if self.by not in self._dimensions:
            self.by = self._dimensions[0] if self._dimensions else ""
        self._split()

    def turn(self) -> str | None:
        """By the next dimension; says which. None where there is no other."""
        if len(self._dimensions) < 2:
            return None
        place = self._dimensions.index(self.by)
        self.by = self._dimensions[(place + 1) % len(self._dimensions)]
        self._split()
        self.redraw()
        return f"By {self.by}"

    def _split(self) -> None:
        of = dict(_DIMENSIONS).get(self.by)
        counts: Counter[str | None] = Counter()
        values: dict[str | None, list[float]] = {}
        for item in self._items if of else ():
            for value in of(item) if of else ():
                counts[value] += 1
                worth = item.value if isinstance(item, ConversationRow) else None
                if worth is not None:
                    values.setdefault(value, []).append(worth)
        most = max(counts.values(), default=0)
        rows = [
            Part(value, count, median(values[value]) if value in values else None, most)
            for value, count in counts.most_common()
        ]
        self.message = "All of one kind: there is nothing to split by." if self._items else "Nothing to split."
        self.HEADING = f"BY {self.by.upper()}" if self.by else "PARTS"
        self.fill(rows, self._columns_of(), lambda row: row.value or "\0")

    def _columns_of(self) -> tuple[Column[Part], ...]:
        role = LAYER_ROLES.get(self.place_above.metric.split(".")[0], "human")
        whole = max(1, len(self._items))

        def bar(row: Part, width: int) -> Line:
            return hbar(row.count, max(1, row.most), width, role)

        def place(row: Part) -> Place:
            return replace(
                self.place_above,
                filters=self.place_above.with_filter(self.by, row.value or "none"),
                words=" · ".join(part for part in (self.place_above.words, self._said(row)) if part),
            )

        # fmt: off
        def number(id: str, title: str, width: int, text: Callable[[Part], str], key: Callable[[Part], float | None],
                   words: str, role: str = "text", least: int = 0) -> Column[Part]:
            return Column(id, title, width, text, key, ">", role, descending=True, words=words, place=place,
                          least=least)

        found: list[Column[Part]] = [
            Column("value", self.by, 0, self._said, place=place),
            Column("bar", "", 8, lambda row: "", drawn=bar, least=42 if self._timed else 0),
            number("count", "n", 6, lambda row: format_count(row.count), lambda row: row.count, "most first"),
        ]
        if self._timed:
            found.append(
                number("middle", "median", 7, lambda row: "" if row.middle is None else format_duration(row.middle),
                       lambda row: row.middle, "slowest first")
            )
        found.append(
            number("share", "share", 6, lambda row: format_share(row.count / whole), lambda row: row.count,
                   "most first", "muted", 48)
        )
        # fmt: on
        return tuple(found)

    def _said(self, row: Part) -> str:
        return row.value if row.value is not None else f"no {self.by}"

    def _title(self) -> str:
        return f"{self.HEADING}, {self.order_words}" if self.count else self.HEADING

    def _note(self, place: int | None, lines: int) -> str:
        return "b: other" if len(self._dimensions) > 1 else ""


class TrendPane(ChartPane):
    """The number day by day, as far as the report has it; a day opens its own items."""

    TITLE = "By day"
    title = "BY DAY"

    def __init__(self) -> None:
        super().__init__("trend")
        self.place_above = Place("")

    @property
    def _points(self) -> tuple[tuple[int, int, float | None], ...]:
        shape = SERIES_OF.get(self.place_above.metric)
        if shape is None or self.report is None or not self._plain:
            return ()
        return tuple((point.start, point.end, shape(point)) for point in self.report.daily.points)

    @property
    def _plain(self) -> bool:
        """The report's days are those of the whole number, not of a part of it."""
        place = self.place_above
        return not (place.filters or place.span or place.hour or place.between or place.path)

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(str(start) for start, _, _ in self._points)

    def place_of(self, item: str) -> Place | None:
        for start, end, _ in self._points:
            if str(start) == item and self.report is not None:
                words = day_words(start, self.report.period.zone, self.report.period.as_of)
                return replace(self.place_above, span=(start, end), words=words)
        return None

    def point_at(self, x: int, y: int) -> str | None:
        width, height = self.inner
        points = self._points
        if not points or self.report is None:
            return None
        found = line_hits(
            [start for start, _, _ in points],
            [value for _, _, value in points],
            width,
            height,
            unit=self._unit(self.report),
        ).at(x, y)
        return None if found is None else str(points[found][0])

    def _unit(self, report: Report) -> Unit:
        metric: MetricValue | None = report.metrics.get(self.place_above.metric)
        return metric.spec.unit if metric else Unit.COUNT

    def chart(self, report: Report, width: int, height: int) -> Sequence[Line]:
        points = self._points
        if not points:
            return sentence("No figures by day are kept for this number. The list below has its moments.", width)
        marked = next((place for place, (start, _, _) in enumerate(points) if str(start) == self.mark), None)
        return line_chart(
            [start for start, _, _ in points],
            [value for _, _, value in points],
            width,
            height,
            report.period.zone,
            unit=self._unit(report),
            role=LAYER_ROLES.get(self.place_above.metric.split(".")[0], "human"),
            marked=marked,
            glyphs=self.funnel.glyphs,
            mono=self.funnel.ink.mono,
        )

    def _title(self) -> str:
        count = len(self._points)
        return f"BY DAY, LAST {count}" if count else "BY DAY"


class WorthPane(SpreadPane):
    """How the items' times or scores are spread; a bucket opens its own items."""

    def __init__(self) -> None:
        super().__init__("spread", "Spread", "HOW LONG", "")
        self.place_above = Place("")

    def weigh(self, items: Items, place: Place, metric: MetricSpec | None, targets: dict[str, Target]) -> bool:
        """Other values; does not draw. False where the items have none."""
        self.place_above = place
        rows = [row for row in items.rows if isinstance(row, ConversationRow) and row.value is not None]
        values = sorted(row.value for row in rows if row.value is not None)
        if metric is None or len(values) < 2 or len(items.rows) < items.total:
            self.show(())
            return False
        scores = "csat" in metric.id
        self.title = "RATINGS" if scores else "HOW LONG" if _timed(metric) else "HOW MANY"
        channels = {row.channel for row in rows}
        target = targets.get(channels.pop() or "") if len(channels) == 1 and "first_response" in metric.id else None
        edges = _SCORES if scores else _EDGES if _timed(metric) else _counts(values)
        if target is not None:
            edges = tuple(sorted({*edges, float(target.within)}))
        self.show((_spread(metric, values, edges, target),))
        return True

    def place_of(self, item: str) -> Place | None:
        found = super().place_of(item)
        if found is None:
            return None
        words = " · ".join(part for part in (self.place_above.words, found.words) if part)
        return replace(self.place_above, between=found.between, words=words)


def _timed(metric: MetricSpec) -> bool:
    return metric.unit is Unit.SECONDS or ".within_" in metric.id


def _counts(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(value) for value in range(int(values[0]), min(int(values[-1]), int(values[0]) + 9) + 1))


def _spread(metric: MetricSpec, values: Sequence[float], edges: Sequence[float], target: Target | None) -> Distribution:
    """`values` are sorted; what lies below the first edge counts to its bucket."""
    bounds: list[tuple[float, float | None]] = [*pairwise(edges), (edges[-1], None)]
    counts: Counter[int] = Counter(max(0, bisect_right(edges, value) - 1) for value in values)
    last = max(counts)
    buckets = tuple(Bucket(low, high, counts[place]) for place, (low, high) in enumerate(bounds) if place <= last)
    within = None if target is None else sum(value <= target.within for value in values) / len(values)
    return Distribution(
        metric.id,
        "all",
        (),
        Unit.SECONDS if _timed(metric) else Unit.NUMBER,
        buckets,
        len(values),
        median(values),
        values[-(-len(values) * 9 // 10) - 1],
        None if target is None else float(target.within),
        None if target is None else target.share,
        within,
    )
