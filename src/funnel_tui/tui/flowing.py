"""The funnel in words and rows: every node and link with its shares and its change. Pure functions over funnels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from funnel_tui.charts.format import format_count, format_share, format_short, round_half_up
from funnel_tui.model.boards import FunnelBoard, Place
from funnel_tui.model.values import Funnel

Path = tuple[str, ...]
"""A node (one id) or a link (two)."""

COUNTED = "selfserve.seekers"
"""The metric under whose definition the ways of the funnel are opened."""


@dataclass(frozen=True)
class Way:
    path: Path
    label: str
    value: int
    of_source: float | None
    """Of a link: its share of what passed its source."""
    of_all: float
    then: int | None
    """In the compared period; None where nothing is compared."""
    clear: bool
    """Whether the change is beyond the noise of counts."""

    @property
    def key(self) -> str:
        return path_key(self.path)

    @property
    def change(self) -> float | None:
        """Relative to then."""
        return (self.value - self.then) / self.then if self.then else None

    def place(self, span: tuple[int, int] | None = None, when: str = "") -> Place:
        words = f"{self.label}, {when}" if when else self.label
        return Place(COUNTED, path=self.path, span=span, words=words)


def path_key(path: Path) -> str:
    return ">".join(path)


def key_path(key: str | None) -> Path:
    return tuple(key.split(">")) if key else ()


def ways(funnel: Funnel, board: FunnelBoard | None) -> tuple[Way, ...]:
    """Each node followed by the links that leave it, in the order of the flow, as far as anybody went there."""
    names = {node.id: node.label or node.id for node in funnel.nodes}
    values = {node.id: node.value for node in funnel.nodes}
    total = max(values.values(), default=0)
    before = _counts(board.previous) if board and board.previous else None
    moved = board.clear if board else frozenset()
    found: list[Way] = []

    def add(path: Path, label: str, value: int, of_source: float | None) -> None:
        then = before.get(path, 0) if before is not None else None
        if value or then:
            found.append(Way(path, label, value, of_source, value / total if total else 0.0, then, path in moved))

    for node in funnel.nodes:
        add((node.id,), names[node.id], node.value, None)
        through = values.get(node.id, 0)
        for path, value in _leaving(node.id, funnel, before or {}).items():
            label = f"{names[node.id]} → {names.get(path[1], path[1])}"
            add(path, label, value, value / through if through else None)
    return tuple(found)


def _leaving(node: str, funnel: Funnel, before: Mapping[Path, int]) -> Mapping[Path, int]:
    """The links that leave a node, those that only the past knows included."""
    now: dict[Path, int] = {(link.source, link.target): link.value for link in funnel.links if link.source == node}
    return now | {path: 0 for path in before if len(path) == 2 and path[0] == node and path not in now}


def _counts(funnel: Funnel) -> Mapping[Path, int]:
    counts: dict[Path, int] = {(node.id,): node.value for node in funnel.nodes}
    return counts | {(link.source, link.target): link.value for link in funnel.links}


def change_words(way: Way) -> str:
    """`▲ 8 %`, `=`, `▲ from 0`; empty where nothing is compared."""
    if way.then is None:
        return ""
    if way.value == way.then:
        return "="
    sign = "▲" if way.value > way.then else "▼"
    if way.change is None:
        return f"{sign} from 0"
    size = abs(way.change) * 100
    if way.change >= 9:
        return f"{sign} ×{format_short(way.change + 1)}"
    return f"{sign} {round_half_up(size, 1 if size < 1 else 0):g} %"


def way_words(way: Way, found: Sequence[Way], against: str, reason: str | None) -> tuple[tuple[str, ...], str]:
    """The facts (how many, of what, against when), and a sentence: where they came from and went to."""
    first = [f"{way.label}: {format_count(way.value)}", f"{format_share(way.of_all)} of all"]
    names = {other.path[0]: other.label for other in found if len(other.path) == 1}
    if way.of_source is not None and way.path[0] != "seeking":
        first.append(f"{format_share(way.of_source)} of {names.get(way.path[0], way.path[0])}")
    if way.then is not None:
        change = change_words(way)
        noise = "" if way.clear or change == "=" else ", less than its noise"
        first.append(f"{change} against {against} ({format_count(way.then)}){noise}")
    elif reason:
        first.append(reason)
    return tuple(first), _neighbours(way, found, names)


def _neighbours(way: Way, found: Sequence[Way], names: Mapping[str, str]) -> str:
    if len(way.path) == 2:
        return "Enter opens those who went this way."
    come = [(names.get(o.path[0], o.path[0]), o.value) for o in found if len(o.path) == 2 and o.path[1] == way.path[0]]
    go = [(names.get(o.path[1], o.path[1]), o.value) for o in found if len(o.path) == 2 and o.path[0] == way.path[0]]
    parts = [f"{word} {_largest(pairs)}" for word, pairs in (("from", come), ("on to", go)) if pairs]
    return "; ".join(parts)


def _largest(pairs: Sequence[tuple[str, int]]) -> str:
    return ", ".join(
        f"{name} {format_count(value)}" for name, value in sorted(pairs, key=lambda pair: -pair[1]) if value
    )
