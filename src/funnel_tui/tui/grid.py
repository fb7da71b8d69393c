"""Where the panes of the larger screens stand: a tree of rows and columns for each size, or one pane at a time.

One place of the tree may hold several panes, of which one is shown, under a line of tabs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .layout import Plan
from .slots import Slot


@dataclass(frozen=True)
class Box:
    """A pane, several that share one place by tabs, or boxes side by side or one below the other."""

    pane: str = ""
    tabs: tuple[str, ...] = ()
    """The panes that share this place under a line of tabs; a tree has at most one such place."""
    parts: tuple["Box", ...] = ()
    across: bool = False
    share: float = 1.0
    """Its part of what the fixed ones leave."""
    fixed: int = 0
    """Cells along the parent's direction; 0: by share."""


def pane(name: str, *, share: float = 1.0, fixed: int = 0) -> Box:
    return Box(name, share=share, fixed=fixed)


def tabbed(*names: str, share: float = 1.0, fixed: int = 0) -> Box:
    """One of these panes at a time, under a line that names them all."""
    return Box(tabs=names, share=share, fixed=fixed)


def rows(*parts: Box, share: float = 1.0, fixed: int = 0) -> Box:
    """One below the other."""
    return Box(parts=parts, share=share, fixed=fixed)


def columns(*parts: Box, share: float = 1.0, fixed: int = 0) -> Box:
    """Side by side."""
    return Box(parts=parts, across=True, share=share, fixed=fixed)


@dataclass(frozen=True)
class Shape:
    """How the panes stand where there are at least so many cells."""

    width: int
    height: int
    box: Box


@dataclass(frozen=True)
class Grid:
    """A screen's panes in the order of Tab, and its shapes, the largest first.

    Where no shape fits all panes have tabs: the pane with the cursor takes the place of the others.
    """

    panes: tuple[str, ...]
    shapes: tuple[Shape, ...] = ()
    head: str = ""
    """A pane that stays on top where the others have tabs."""
    head_height: int = 4

    def plan(self, width: int, height: int, active: str | None = None, zoomed: str | None = None) -> Plan:
        """The places of the panes in a body of this size, which starts at 0, 0."""
        whole = Slot(0, 0, width, height)
        if zoomed is not None:
            return Plan({zoomed: whole}, boxed=True)
        for shape in self.shapes:
            if width >= shape.width and height >= shape.height:
                slots: dict[str, Slot] = {}
                tabs = _place(shape.box, whole, slots, active)
                return Plan(slots, boxed=True, tabs=tabs)
        return self._tabbed(width, height, active)

    def _tabbed(self, width: int, height: int, active: str | None) -> Plan:
        tabs = tuple(name for name in self.panes if name != self.head)
        slots = {}
        top = 0
        if self.head and height >= self.head_height + 8:
            slots[self.head] = Slot(0, 0, width, self.head_height)
            top = self.head_height
        elif self.head:
            tabs = self.panes
        _place(tabbed(*tabs), Slot(0, top, width, height - top), slots, active)
        return Plan(slots, boxed=False, tabs=tabs)


def _place(box: Box, region: Slot, slots: dict[str, Slot], active: str | None) -> tuple[str, ...]:
    """Puts the box's panes into `slots`; returns those that share a place by tabs."""
    if box.pane:
        slots[box.pane] = region
        return ()
    if box.tabs:
        shown = active if active in box.tabs else box.tabs[0]
        slots["tabs"] = Slot(region.x, region.y, region.width, 1)
        slots[shown] = Slot(region.x, region.y + 1, region.width, max(1, region.height - 1))
        return box.tabs
    length = region.width if box.across else region.height
    at = 0
    tabs: tuple[str, ...] = ()
    for part, size in zip(box.parts, shared_out(box.parts, length), strict=True):
        if box.across:
            inside = Slot(region.x + at, region.y, size, region.height)
        else:
            inside = Slot(region.x, region.y + at, region.width, size)
        tabs = _place(part, inside, slots, active) or tabs
        at += size
    return tabs


def shared_out(parts: Sequence[Box], length: int) -> list[int]:
    """How many of the cells each part gets: together exactly all of them."""
    left = max(0, length - sum(part.fixed for part in parts))
    total = sum(part.share for part in parts if not part.fixed) or 1.0
    sizes, seen, given = [], 0.0, 0
    for part in parts:
        if part.fixed:
            sizes.append(part.fixed)
            continue
        seen += part.share
        upto = round(left * seen / total)
        sizes.append(upto - given)
        given = upto
    return sizes
