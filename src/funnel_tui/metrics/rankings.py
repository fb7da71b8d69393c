"""A table of the values of one dimension: some metrics of each, compared, the largest first.

The sums of all values are read together and handed to the same formulas that make the tiles, so that a row says what
the report says under a filter on it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from funnel_tui.metrics.catalogue import CATALOGUE
from funnel_tui.metrics.measures import Measures
from funnel_tui.metrics.periods import bounds
from funnel_tui.metrics.recipes import RECIPES
from funnel_tui.metrics.tiles import Tiles, values_of
from funnel_tui.model.boards import Ranking, RankRow
from funnel_tui.model.values import MetricValue, Quality
from funnel_tui.store.filters import BETWEEN, CAMPAIGN, NONE, Part
from funnel_tui.store.scope import Scope

MOST = 200
"""Rows of a table; of more values the largest are given."""

_DAYS = 62 * 86_400
"""Up to so long a period its trend is by day, beyond it by week."""

Row = tuple[str, str, Part]
"""(key, label, part)"""


@dataclass(frozen=True, slots=True)
class Table:
    """What a ranking shows."""

    by: str
    """As the table is called."""
    key: str
    """The dimension as the store knows it."""
    metrics: tuple[str, ...]
    """The first is the one that rows are sorted by: a count. All are made of sums."""
    there: tuple[str, ...]
    """The populations that a value counts in, if it counts in any; the first is the first metric's."""
    trend: str | None = None
    """The population whose course is drawn: the first metric's."""


def ranking(tiles: Tiles, table: Table) -> Ranking:
    """Rows of the values for which any of the metrics counts anything in the period."""
    reason = why_not(tiles, table.metrics[0])
    if reason is not None:
        return Ranking(table.by, reason=reason)
    scope, reader = tiles.measures.scope, tiles.reader
    sizes = reader.sums_by_part(table.there, scope, table.key)
    rows = largest(tiles, table.key, {part: size for part, (size, *_) in sizes.items()})
    parts = {part for _, _, part in rows[:MOST]}
    names = sorted({name for id in table.metrics for name in RECIPES[id].needs})
    sums = reader.sums_by_part(names, scope, table.key, parts)
    window = tiles.comparable(table.metrics[0])
    before = {}
    if window is not None:
        earlier = replace(scope, start=window.start, end=window.end)
        before = reader.sums_by_part(names, earlier, table.key, parts)
    trends = _trends(tiles, table, parts)
    since = _since(tiles, table, rows[:MOST])
    nothing = [0.0] * len(names)
    shown = []
    for key, label, part in rows[:MOST]:
        now = tiles.measures.elsewhere(replace(scope, part=part), dict(zip(names, sums[part], strict=True)))
        then = tiles.earlier(now, window)
        if then is not None:
            then.know(dict(zip(names, before.get(part, nothing), strict=True)))
        course = trends.get(part, ())
        shown.append(RankRow(key, label, values(tiles, now, then, table.metrics), course, since.get(part)))
    return Ranking(table.by, tuple(shown), table.metrics[0] if table.trend else None, len(rows))


def _since(tiles: Tiles, table: Table, rows: Sequence[Row]) -> Mapping[Part, int]:
    """Campaigns of the same name are told apart by the day on which they went out; all have it where some need it."""
    labels = {label.casefold() for _, label, _ in rows}
    if table.key != CAMPAIGN or len(labels) == len(rows):
        return {}
    return tiles.reader.first_deliveries(tiles.measures.scope, [part for _, _, part in rows if part.value is not None])


def values(tiles: Tiles, now: Measures, then: Measures | None, metrics: Iterable[str]) -> dict[str, MetricValue]:
    """The metrics of one row."""
    return {id: tiles.as_read(value) for id, value in values_of(now, tiles.judge, then, metrics).items()}


def why_not(tiles: Tiles, metric: str) -> str | None:
    """Why a table of a metric would be empty, where the sources or the filters cannot tell it."""
    found = tiles.values([metric], compare=False)[metric]
    if found.quality is Quality.UNAVAILABLE:
        return found.reason or f"{CATALOGUE[metric].label} cannot be told."
    return None


def largest(tiles: Tiles, key: str, sizes: Mapping[Part, float]) -> list[Row]:
    """The values of a dimension, the largest first and those of one size by name. An id that two sources have is told
    apart as `source/id`, as filters take it."""
    labels, sources = tiles.reader.labels(key, tiles.measures.scope), tiles.reader.sources()
    owners = Counter(part.value for part in sizes)

    def row(part: Part) -> Row:
        if part.value is None:
            return NONE, f"no {key}", part
        shared = owners[part.value] > 1 and part.wid is not None
        spelt = f"{sources[part.wid or 0]}{BETWEEN}{part.value}" if shared else part.value
        return spelt, labels.get(part, part.value), part

    return sorted(map(row, sizes), key=lambda row: (-sizes[row[2]], row[1].casefold(), row[0]))


def steps(tiles: Tiles) -> Sequence[tuple[int, int]]:
    """The period so far in hours, days or weeks, for a line as small as a word."""
    scope, zone = tiles.measures.scope, tiles.span.zone
    one_day = len(bounds("day", scope.start, scope.end, zone)) == 1
    grain = "hour" if one_day else "day" if scope.end - scope.start <= _DAYS else "week"
    return bounds(grain, scope.start, scope.until, zone)


def _trends(tiles: Tiles, table: Table, parts: Collection[Part]) -> dict[Part, tuple[float | None, ...]]:
    if table.trend is None:
        return {}
    scope: Scope = tiles.measures.scope
    counts = tiles.reader.counts_by_part(table.trend, scope, table.key, parts, steps(tiles))
    return {part: tuple(course) for part, course in counts.items()}
