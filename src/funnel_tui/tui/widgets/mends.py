"""What is wrong and how it is mended: every sentence in full, wrapped, because half a mend mends nothing."""

from collections.abc import Sequence

from funnel_tui.charts.cells import Line, join, style
from funnel_tui.tui.sourcing import Fault
from funnel_tui.tui.text import steady

from .frame import frame, inner_size
from .number_lines import highlight
from .panel import wrap
from .panes import PaneView


class MendPane(PaneView):
    """`show` the faults, then call `redraw`. The cursor goes from fault to fault; a long one scrolls under it."""

    TITLE = "TO MEND"

    def __init__(self, pane: str) -> None:
        super().__init__(pane)
        self.faults: tuple[Fault, ...] = ()
        self.loaded = False
        self._owner: list[int] = []
        """Which fault each line of the body belongs to."""

    def show(self, faults: Sequence[Fault], *, loaded: bool) -> bool:
        """Other faults; does not draw. Says whether its tab is another one now."""
        self.faults, self.loaded = tuple(faults), loaded
        before = self.TITLE, self.ROLE
        self.TITLE = f"TO MEND {len(faults)}" if faults else "TO MEND"
        self.ROLE = "bad" if any(fault.urgent for fault in faults) else "warn" if faults else "text"
        return before != (self.TITLE, self.ROLE)

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(fault.id for fault in self.faults)

    def copy_text(self) -> str | None:
        fault = next((fault for fault in self.faults if fault.id == self.selected), None)
        return f"{fault.title}: {fault.says}" if fault else None

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        inner, lines = inner_size(width, height, boxed=self.boxed)
        body: list[Line] = []
        owner: list[int] = []
        place = self.items.index(self.selected) if self.active and self.selected in self.items else None
        for index, fault in enumerate(self.faults):
            told = self._told(fault, inner)
            body += [highlight(line) for line in told] if index == place else told
            owner += [index] * len(told)
        if not body:
            words = "Nothing: every source is read, and every stream that figures stand on."
            said = wrap(words if self.loaded else "reading the cache …", max(8, inner - 2))
            body = [join([(f" {line}", style("muted"))], inner) for line in said]
        top = self._top(owner, place, lines, len(body))
        self._owner = owner[top:]
        hidden = len(body) - top - lines
        return frame(
            f"{self.TITLE}, urgent first" if self.faults else self.TITLE,
            body[top : top + lines],
            width,
            height,
            boxed=self.boxed,
            role=self.ROLE,
            active=self.active,
            note=f"↓ {hidden} more lines" if hidden > 0 else "",
            marked=None if place is None else max(0, owner.index(place) - top),
        )

    def _told(self, fault: Fault, width: int) -> list[Line]:
        role = "bad" if fault.urgent else "warn"
        title = wrap(fault.title, width - 2)
        lines = [
            join([("! " if not index else "  ", style(role, bold=True)), (line, style("text", bold=True))], width)
            for index, line in enumerate(title)
        ]
        return lines + [join([(f"  {line}", style("text"))], width) for line in wrap(steady(fault.says), width - 3)]

    def _top(self, owner: list[int], place: int | None, lines: int, count: int) -> int:
        """The first line shown: the current fault begins on screen, and ends there if it can."""
        if place is None or count <= lines:
            return 0
        first = owner.index(place)
        last = len(owner) - 1 - owner[::-1].index(place)
        self.top = max(min(self.top, first), min(first, last - lines + 1), 0)
        return min(self.top, count - lines)

    def item_at(self, x: int, y: int) -> str | None:
        index = self._owner[y - 1] if 0 <= y - 1 < len(self._owner) else None
        return None if index is None else self.items[index]

    @property
    def line(self) -> int:
        return 1
