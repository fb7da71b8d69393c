"""Where the bars and ribbons of the Sankey stand, in eighths of a row. Drawing them is `sankey`'s business.

Every inner node has a stage (column) of its own, in the order of the flow; all ends share the last stage. A link that
skips stages runs through a lane of each stage it skips, so that no ribbon passes behind a node. The order of lanes
keeps ribbons from crossing: what is settled leaves above, what is passed on goes below.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from funnel_tui.model.values import Funnel

from .flows import whole_flow

ENDS = ("article_resolved", "pending", "bot_resolved", "in_progress", "team_resolved", "closed_unanswered")
"""Top to bottom on the right. Unsettled ends stand beside the stage most of them come from."""


@dataclass(frozen=True, slots=True)
class Bar:
    id: str
    stage: int
    top: int
    size: int
    value: int


@dataclass(frozen=True, slots=True)
class Ribbon:
    source: str
    target: str
    value: int
    size: int
    stages: tuple[int, ...]
    tops: tuple[int, ...]
    """The upper edge at each of `stages`."""


@dataclass(frozen=True, slots=True)
class Layout:
    stages: int
    bars: tuple[Bar, ...]
    ribbons: tuple[Ribbon, ...]
    total: int
    size: int
    """The eighths that `total` takes."""


_Lane = tuple[str, str]
"""(source, target) of a link in passing, or (node, node)."""


def lay_out(funnel: Funnel, rows: int) -> Layout | None:
    """The layout in `rows` rows; None if nothing flows or the graph is not one of stages."""
    links = [(link.source, link.target, link.value) for link in funnel.links if link.value > 0]
    order = _order(links)
    if not links or order is None:
        return None
    come: defaultdict[str, int] = defaultdict(int)
    go: defaultdict[str, int] = defaultdict(int)
    for source, target, value in links:
        go[source] += value
        come[target] += value
    inner = [node for node in order if node in go]
    ends = sorted((node for node in order if node not in go), key=_rank)
    stage = {node: index for index, node in enumerate(inner)} | dict.fromkeys(ends, len(inner))
    total = sum(go[node] - come[node] for node in inner if go[node] > come[node])
    lanes = _lanes(links, inner, ends, stage)
    height = rows * 8
    most = max(_gaps(column) for column in lanes)
    gap = max(1, min(12, int(height * 0.34 / max(1, most))))
    size = max(1, height - most * gap)
    flow = whole_flow(links, size, total)
    thick = {(source, target): flow[source, target] for source, target, _ in links}
    for node in (*inner, *ends):
        into = sum(flow[source, target] for source, target, _ in links if target == node)
        out = sum(flow[source, target] for source, target, _ in links if source == node)
        thick[node, node] = max(into, out)
    tops = [_stack(column, thick, gap, height) for column in lanes]
    bars = tuple(
        Bar(node, stage[node], tops[stage[node]][node, node], thick[node, node], max(come[node], go[node]))
        for node in (*inner, *ends)
    )
    return Layout(len(lanes), bars, _ribbons(links, flow, stage, tops), total, size)


def _order(links: Sequence[tuple[str, str, int]]) -> list[str] | None:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for source, target, _ in links:
        sorter.add(target, source)
    try:
        return list(sorter.static_order())
    except CycleError:
        return None


def _rank(end: str) -> tuple[int, str]:
    return (ENDS.index(end) if end in ENDS else len(ENDS), end)


def _lanes(
    links: Sequence[tuple[str, str, int]], inner: Sequence[str], ends: Sequence[str], stage: dict[str, int]
) -> list[list[_Lane]]:
    """For every stage what stands in it from top to bottom."""
    columns: list[list[_Lane]] = []
    for index, node in enumerate(inner):
        passing = [(s, t) for s, t, _ in links if stage[s] < index < stage[t]]
        above = sorted((p for p in passing if p[1] in ends), key=lambda p: (_rank(p[1]), stage[p[0]]))
        below = sorted((p for p in passing if p[1] not in ends), key=lambda p: (stage[p[1]], -stage[p[0]]))
        columns.append([*above, (node, node), *below])
    columns.append([(end, end) for end in ends])
    return columns


def _gaps(column: Sequence[_Lane]) -> int:
    """Gaps between lanes; those that share their target run side by side."""
    return sum(a[1] != b[1] for a, b in pairwise(column))


def _stack(column: Sequence[_Lane], thick: dict[_Lane, int], gap: int, height: int) -> dict[_Lane, int]:
    y = (height - sum(thick[lane] for lane in column) - gap * _gaps(column)) // 2
    tops: dict[_Lane, int] = {}
    before: _Lane | None = None
    for lane in column:
        if before is not None and before[1] != lane[1]:
            y += gap
        tops[lane] = y
        y += thick[lane]
        before = lane
    return tops


def _ribbons(
    links: Sequence[tuple[str, str, int]],
    flow: dict[tuple[str, str], int],
    stage: dict[str, int],
    tops: Sequence[dict[_Lane, int]],
) -> tuple[Ribbon, ...]:
    last = len(tops) - 1
    leave = sorted(
        links, key=lambda k: (stage[k[0]], (0, *_rank(k[1])) if stage[k[1]] == last else (1, stage[k[1]], ""))
    )
    arrive = sorted(links, key=lambda k: stage[k[0]] if stage[k[1]] == last else -stage[k[0]])
    out = _offsets([(s, (s, t)) for s, t, _ in leave], flow)
    into = _offsets([(t, (s, t)) for s, t, _ in arrive], flow)
    ribbons = []
    for source, target, value in links:
        link = (source, target)
        stages = tuple(range(stage[source], stage[target] + 1))
        places = (
            tops[stages[0]][source, source] + out[link],
            *(tops[index][link] for index in stages[1:-1]),
            tops[stages[-1]][target, target] + into[link],
        )
        ribbons.append(Ribbon(source, target, value, flow[link], stages, places))
    return tuple(ribbons)


def _offsets(order: Sequence[tuple[str, _Lane]], flow: dict[tuple[str, str], int]) -> dict[_Lane, int]:
    """Where each link starts at its node, stacked in the given order."""
    used: defaultdict[str, int] = defaultdict(int)
    offsets: dict[_Lane, int] = {}
    for node, link in order:
        offsets[link] = used[node]
        used[node] += flow[link]
    return offsets
