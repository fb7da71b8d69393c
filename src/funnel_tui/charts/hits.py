"""Where the parts of a chart stand, for the mouse and the cursor: from a cell to what it shows, and back."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Area:
    """Cells of the chart, from its upper left corner."""

    x: int
    y: int
    width: int = 1
    height: int = 1

    def holds(self, x: int, y: int) -> bool:
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


class Hits(Generic[Key]):
    """The parts of a drawn chart in the order of the cursor, each with its area. A chart too small has none."""

    __slots__ = ("areas",)

    def __init__(self, areas: Iterable[tuple[Key, Area]] = ()) -> None:
        self.areas: dict[Key, Area] = dict(areas)

    @property
    def keys(self) -> tuple[Key, ...]:
        return tuple(self.areas)

    def at(self, x: int, y: int) -> Key | None:
        """What stands in a cell; None for axes, labels and gaps."""
        return next((key for key, area in self.areas.items() if area.holds(x, y)), None)

    def area(self, key: Key) -> Area | None:
        """Where something stands; None for what is not on the chart."""
        return self.areas.get(key)

    def step(self, key: Key | None, by: int) -> Key | None:
        """So many parts on from `key`, stopping at both ends; from nothing, the first or the last one."""
        keys = self.keys
        if not keys:
            return None
        if key not in self.areas:
            return keys[0 if by >= 0 else -1]
        return keys[max(0, min(len(keys) - 1, keys.index(key) + by))]
