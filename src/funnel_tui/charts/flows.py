"""Whole numbers for flows: every link and every node rounded up or down by less than one, and in equals out exactly.

Rounding each link by itself would tear the picture at the nodes. A flow on whole numbers next to the real one always
exists (the constraint matrix is totally unimodular); it is found by pushing along cycles of links that are not whole.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import gcd

_Edge = tuple[str, str]


def whole_flow(links: Sequence[tuple[str, str, int]], size: int, total: int) -> dict[_Edge, int]:
    """The links (source, target, value) in units of which `total` makes `size`; each is the floor or the ceiling of
    `value * size / total`, and so is the sum through every node.

    What a node gains or loses in data that does not balance is treated as a flow of its own that is not drawn.
    """
    common = gcd(size, total)
    size, one = size // common, total // common
    edges: dict[_Edge, int] = {}
    balance: defaultdict[str, int] = defaultdict(int)
    through: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for source, target, value in links:
        amount = value * size
        edges[f"{source}>", f">{target}"] = amount
        through[source][1] += amount
        through[target][0] += amount
    for node, (come, go) in through.items():
        edges[f">{node}", f"{node}>"] = max(come, go)
        balance[f">{node}"] = max(come, go) - come
        balance[f"{node}>"] = go - max(come, go)
    for end, missing in balance.items():
        if missing > 0:
            edges["", end] = missing
        elif missing < 0:
            edges[end, ""] = -missing
    _make_whole(edges, one)
    return {(source, target): edges[f"{source}>", f">{target}"] // one for source, target, _ in links}


def _make_whole(edges: dict[_Edge, int], one: int) -> None:
    while True:
        ends: defaultdict[str, list[_Edge]] = defaultdict(list)
        for edge, amount in edges.items():
            if amount % one:
                ends[edge[0]].append(edge)
                ends[edge[1]].append(edge)
        if not ends:
            return
        _push(edges, _cycle(ends), one)


def _cycle(ends: Mapping[str, Sequence[_Edge]]) -> list[tuple[_Edge, int]]:
    """A closed walk over fractional links, each with +1 where it is followed along its direction, -1 against it.

    A node that one fractional link touches is touched by a second one, because what goes through it adds up: so a walk
    that never turns back must meet itself.
    """
    node = next(iter(ends))
    steps: list[tuple[_Edge, int]] = []
    seen = {node: 0}
    last: _Edge | None = None
    while True:
        edge = next(edge for edge in ends[node] if edge != last)
        forward = edge[0] == node
        node = edge[1] if forward else edge[0]
        steps.append((edge, 1 if forward else -1))
        if node in seen:
            return steps[seen[node] :]
        seen[node] = len(steps)
        last = edge


def _push(edges: dict[_Edge, int], cycle: Sequence[tuple[_Edge, int]], one: int) -> None:
    """Move along the cycle, in the direction that needs less, until one of its links is whole."""
    up = min((-edges[edge]) % one if sign > 0 else edges[edge] % one for edge, sign in cycle)
    down = min(edges[edge] % one if sign > 0 else (-edges[edge]) % one for edge, sign in cycle)
    amount = up if up <= down else -down
    for edge, sign in cycle:
        edges[edge] += sign * amount
