"""Where each pane stands, for any size of terminal: pure arithmetic, made for 80x24, 120x40 and 200x60.

Small screens draw rules instead of boxes, because every line counts there, and put the human pane first and whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from .slots import Slot

MIN_WIDTH, MIN_HEIGHT = 60, 18
SCRUBBER_HEIGHT = 4
"""Lines of time travel's track above the footer."""
NUMBER_PANES = ("proactive", "selfserve", "human")
FRAMING = ("header", "summary", "footer", "tabs", "scrubber", "too_small")
"""What stands around the panes: the cursor never does."""


@dataclass(frozen=True)
class Plan:
    slots: Mapping[str, Slot]
    """Pane name to its place; panes that are not in it are not shown."""
    boxed: bool
    """Frames are boxes; else a title rule above the pane."""
    tabs: tuple[str, ...] = ()
    """Panes of which one at a time is shown, in their order; empty where all have a place."""

    @property
    def too_small(self) -> bool:
        return "too_small" in self.slots


Planner = Callable[[int, int, str | None, str | None], Plan]
"""Width and height of the body, the pane with the cursor, the zoomed one -> places from 0, 0."""


def whole(
    planner: Planner, size: tuple[int, int], active: str | None, zoomed: str | None, *, head: int = 1, foot: int = 1
) -> Plan:
    """The plan of a screen: header and footer of so many lines around the body's plan."""
    width, height = size
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return Plan({"too_small": Slot(0, 0, width, height)}, boxed=False)
    body = planner(width, height - head - foot, active, zoomed)
    slots = {name: region.moved(head) for name, region in body.slots.items()}
    slots["header"] = Slot(0, 0, width, head)
    slots["footer"] = Slot(0, height - 1, width, 1)
    if foot > 1:
        slots["scrubber"] = Slot(0, height - foot, width, foot - 1)
    return replace(body, slots=slots)


def overview(width: int, body: int, active: str | None = None, zoomed: str | None = None) -> Plan:
    """The places of the overview's panes. They never overlap and fill the body."""
    slots: dict[str, Slot] = {}
    if zoomed is not None:
        return Plan({zoomed: Slot(0, 0, width, body)}, boxed=True)
    if width >= 160 and body >= 44:
        _wide(slots, width, body)
        return Plan(slots, boxed=True)
    if width >= 100 and body >= 32:
        _normal(slots, width, body)
        return Plan(slots, boxed=True)
    if width >= 100:
        _flat(slots, width, body)
    else:
        _stacked(slots, width, body)
    return Plan(slots, boxed=False)


def _wide(slots: dict[str, Slot], width: int, body: int) -> None:
    numbers = min(16, 12 + max(0, body - 50) // 3)
    foot = min(9, 7 + max(0, body - 54) // 4)
    _row(slots, 0, numbers, width, NUMBER_PANES)
    middle = body - numbers - foot
    left = width * 5 // 8
    slots["funnel"] = Slot(0, numbers, left, middle)
    upper = middle // 2
    slots["months"] = Slot(left, numbers, width - left, upper)
    slots["queue"] = Slot(left, numbers + upper, width - left, middle - upper)
    slots["attention"] = Slot(0, numbers + middle, left, foot)
    slots["sources"] = Slot(left, numbers + middle, width - left, foot)


def _normal(slots: dict[str, Slot], width: int, body: int) -> None:
    spare = body - 32
    numbers = 7 + min(5, (spare + 2) // 4)
    attention = 5 + min(3, spare // 6)
    charts = 9 + min(5, spare // 4)
    funnel = body - numbers - attention - charts
    _row(slots, 0, numbers, width, NUMBER_PANES)
    slots["funnel"] = Slot(0, numbers, width, funnel)
    _row(slots, numbers + funnel, charts, width, ("months", "queue"))
    slots["attention"] = Slot(0, numbers + funnel + charts, width, attention)


def _flat(slots: dict[str, Slot], width: int, body: int) -> None:
    """Broad and low: the three panes side by side, the charts below."""
    numbers = 6 + min(3, max(0, body - 17) // 4)
    attention = 3 + min(2, max(0, body - 16) // 4)
    _row(slots, 0, numbers, width, NUMBER_PANES)
    charts = body - numbers - attention
    _row(slots, numbers, charts, width, ("funnel", "queue") if charts >= 9 and width >= 130 else ("months", "queue"))
    slots["attention"] = Slot(0, numbers + charts, width, attention)


def _stacked(slots: dict[str, Slot], width: int, body: int) -> None:
    """Narrow: the human pane first and whole, the others as three lines each, the queue, what needs attention."""
    spare = max(0, body - 22)
    human = 6 + min(3, spare // 3)
    pair = 4 + min(2, spare // 4)
    attention = max(3, min(5, body - human - pair - 6)) + min(2, spare // 8)
    slots["human"] = Slot(0, 0, width, human)
    _row(slots, human, pair, width, ("proactive", "selfserve"))
    top = human + pair
    rest = body - human - pair - attention
    if rest >= 20:
        slots["funnel"] = Slot(0, top, width, rest - 9)
        slots["queue"] = Slot(0, top + rest - 9, width, 9)
    else:
        slots["queue"] = Slot(0, top, width, rest)
    slots["attention"] = Slot(0, top + rest, width, attention)


def _row(slots: dict[str, Slot], top: int, height: int, width: int, names: Sequence[str]) -> None:
    for index, name in enumerate(names):
        left = width * index // len(names)
        slots[name] = Slot(left, top, width * (index + 1) // len(names) - left, height)


def neighbour(slots: Mapping[str, Slot], pane: str, dx: int, dy: int) -> str | None:
    """The pane next to `pane` in a direction: the nearest of those that share an edge with it, by its middle."""
    here = slots[pane]
    best: tuple[float, float, str] | None = None
    for name, region in slots.items():
        if name == pane or name in FRAMING:
            continue
        if dx:
            away = region.x - here.right if dx > 0 else here.x - region.right
            aside = abs(region.y + region.height / 2 - here.y - here.height / 2)
            beside = region.y < here.bottom and region.bottom > here.y
        else:
            away = region.y - here.bottom if dy > 0 else here.y - region.bottom
            aside = abs(region.x + region.width / 2 - here.x - here.width / 2)
            beside = region.x < here.right and region.right > here.x
        if away < 0 or not beside:
            continue
        if best is None or (away, aside) < best[:2]:
            best = (away, aside, name)
    return best[2] if best else None
