"""The container of the overview's panes, and what they have in common."""

from collections.abc import Iterable

from textual import events
from textual.geometry import Size
from textual.layout import Layout, WidgetPlacement
from textual.widget import Widget

from funnel_tui.tui.layout import Plan, plan
from funnel_tui.tui.messages import Picked, Wheeled

from .lines import LineView


class PlanLayout(Layout):
    """Puts the children whose ids the plan names into their places; the others are not shown."""

    name = "plan"

    def __init__(self) -> None:
        self.zoomed: str | None = None
        self.plan: Plan = plan(80, 24)

    def arrange(
        self, parent: Widget, children: Iterable[Widget], size: Size, greedy: bool = True
    ) -> list[WidgetPlacement]:
        if size.width and size.height:
            self.plan = plan(size.width, size.height, self.zoomed)
        slots = self.plan.slots
        return [
            WidgetPlacement(slots[child.id], child.styles.offset.resolve(size, size), child.styles.margin, child)
            for child in children
            if child.id is not None and child.id in slots
        ]


class Panes(Widget):
    """Holds the panes and lays them out by the plan for its size."""

    def __init__(self, *children: Widget) -> None:
        super().__init__(*children, id="panes")
        self._plan_layout = PlanLayout()

    @property
    def layout(self) -> Layout:
        return self._plan_layout

    @property
    def plan(self) -> Plan:
        return self._plan_layout.plan

    @property
    def zoomed(self) -> str | None:
        return self._plan_layout.zoomed

    def zoom(self, pane: str | None) -> None:
        """One pane over the whole screen, or all of them again."""
        self._plan_layout.zoomed = pane
        self._plan_layout.plan = plan(self.size.width, self.size.height, pane)
        # A child that asks for layout makes its parent arrange again; the parent's own request keeps what it cached.
        for child in self.children[:1]:
            child.refresh(layout=True)


class PaneView(LineView):
    """A pane that the cursor can stand in. `items` are the places inside it."""

    def __init__(self, pane: str) -> None:
        super().__init__(id=pane)
        self.pane = pane
        self.active = False
        self.selected: str | None = None
        self.top = 0
        """The first item shown, where there are more than lines."""

    @property
    def items(self) -> tuple[str, ...]:
        return ()

    @property
    def boxed(self) -> bool:
        return self.parent.plan.boxed if isinstance(self.parent, Panes) else True

    @property
    def zoomed(self) -> bool:
        return isinstance(self.parent, Panes) and self.parent.zoomed == self.pane

    def focus_on(self, active: bool, selected: str | None) -> None:
        """Move the cursor here or away; draws only if that changes anything."""
        if (active, selected) != (self.active, self.selected):
            self.active, self.selected = active, selected
            self.redraw()

    def item_at(self, y: int) -> str | None:
        """The item on a line of the widget."""
        index = y - 1 + self.top
        return self.items[index] if 0 <= index < len(self.items) else None

    def on_click(self, event: events.Click) -> None:
        self.post_message(Picked(self.pane, self.item_at(event.y), open=event.chain > 1))

    def on_mouse_scroll_down(self) -> None:
        self.post_message(Wheeled(self.pane, 1))

    def on_mouse_scroll_up(self) -> None:
        self.post_message(Wheeled(self.pane, -1))


def scrolled(top: int, place: int | None, height: int, count: int) -> int:
    """The first line to show so that `place` is seen, moving as little as possible."""
    if place is not None:
        top = max(min(top, place), place - height + 1)
    return max(0, min(top, count - height))
