"""The steps of a heat map: which values look alike, and how the ranges are named."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from funnel_tui.model.values import Unit

from .format import DAY, HOUR, MINUTE, format_plain, round_half_up

STEPS = 5
_SKEW = 6
"""Where the largest value is so many times the middle one, even steps would leave all but a few cells in the first."""
_GRAINS = (1, 5, 10, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, DAY)


@dataclass(frozen=True, slots=True)
class Steps:
    """Upper edges of the steps, rising; the last one is the largest value."""

    edges: tuple[float, ...]
    unit: Unit

    def of(self, value: float) -> int:
        """1 to 5; 0 for nothing. Fewer steps than five use the outer ones."""
        if value <= 0 or not self.edges:
            return 0
        return self.level(min(bisect_left(self.edges, value), len(self.edges) - 1))

    def level(self, index: int) -> int:
        """The shade of the step with this index."""
        return STEPS if len(self.edges) == 1 else 1 + round(index * (STEPS - 1) / (len(self.edges) - 1))

    def names(self, sign: str = "≤") -> tuple[str, ...]:
        """`≤7` for each step, in the unit."""
        return tuple(f"{sign}{format_plain(edge, self.unit)}" for edge in self.edges)


def steps_for(values: Sequence[float], unit: Unit) -> Steps:
    """Even steps from zero to the largest value, or, where a few values tower above the rest, equally full ones."""
    known = sorted(value for value in values if value > 0 and math.isfinite(value))
    if not known:
        return Steps((), unit)
    highest = known[-1]
    if highest > _SKEW * median(known):
        wanted = [known[len(known) * part // STEPS] for part in range(1, STEPS)]
    else:
        wanted = [highest * part / STEPS for part in range(1, STEPS)]
    edges: list[float] = []
    for edge in (_round_up(value, unit) for value in wanted):
        if edge < highest and (not edges or edge > edges[-1]):
            edges.append(edge)
    return Steps((*edges, highest), unit)


def _round_up(value: float, unit: Unit) -> float:
    """An edge that can be said in few characters, a little above the value."""
    if unit is Unit.COUNT and value < 100:
        return float(math.ceil(value))
    if unit is Unit.SECONDS:
        grain = max((grain for grain in _GRAINS if grain <= value / 4), default=1)
        return float(math.ceil(value / grain) * grain)
    power = 10.0 ** (math.floor(math.log10(value)) - 1)
    return round_half_up(math.ceil(value / power - 1e-9) * power, 9)


def compact(value: float, unit: Unit) -> str:
    """A value for a cell of a few characters: `45s`, `3m`, `2h`, `12`, `41%`, `1k`."""
    if unit is Unit.SECONDS:
        for size, name, limit in ((1, "s", MINUTE), (MINUTE, "m", HOUR), (HOUR, "h", DAY)):
            if round_half_up(value / size) * size < limit:
                return f"{round_half_up(value / size):.0f}{name}"
        return f"{round_half_up(value / DAY):.0f}d"
    if unit is Unit.RATIO:
        return f"{round_half_up(value * 100):.0f}%"
    if unit in (Unit.COUNT, Unit.HOURS, Unit.MONEY):
        whole = round_half_up(value)
        return f"{whole:.0f}" if abs(whole) < 1000 else f"{round_half_up(value / 1000):.0f}k"
    return f"{round_half_up(value, 1):.1f}"
