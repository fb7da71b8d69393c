"""The board of the flow: where demand went in the compared period, and which ways changed by more than noise."""

from dataclasses import replace

from funnel_tui.metrics.funnel import funnel
from funnel_tui.metrics.quality import Worth
from funnel_tui.metrics.statistics import Sample, differ
from funnel_tui.metrics.tiles import Tiles
from funnel_tui.model.boards import FunnelBoard
from funnel_tui.model.values import Funnel, Quality

_FLOW = "selfserve.share_resolved"
"""What is known of the funnel is known of this metric, which is made from its ends."""


def funnel_board(tiles: Tiles, now: int) -> FunnelBoard:
    if tiles.window is None:
        return FunnelBoard(None)
    window = tiles.comparable(_FLOW)
    earlier = tiles.earlier(tiles.measures, window)
    if earlier is None:
        return FunnelBoard(None, tiles.window, "The compared period begins before what has been read of the sources.")
    worth = _worth(tiles)
    then = replace(funnel(earlier.links()), quality=worth.quality, reason=worth.reason)
    here = counts(funnel(tiles.measures.links()))
    before = counts(then)
    clear = frozenset(path for path in here.keys() | before.keys() if _moved(here.get(path, 0), before.get(path, 0)))
    return FunnelBoard(then, window, clear=clear)


def _worth(tiles: Tiles) -> Worth:
    """As of the report's funnel: what reached the team is known though nobody can tell what self-serve resolved."""
    worth = tiles.judge.worth(_FLOW)
    inbound = tiles.judge.worth("human.inbound")
    if worth.quality is Quality.UNAVAILABLE and inbound.quality is not Quality.UNAVAILABLE:
        return Worth(Quality.APPROXIMATE, worth.reason)
    return worth


def counts(found: Funnel) -> dict[tuple[str, ...], int]:
    """How many quests passed each node (one id) and each link (two)."""
    nodes: dict[tuple[str, ...], int] = {(node.id,): node.value for node in found.nodes}
    return nodes | {(link.source, link.target): link.value for link in found.links}


def _moved(now: int, then: int) -> bool:
    return bool(differ(Sample(now, count=True), Sample(then, count=True)))
