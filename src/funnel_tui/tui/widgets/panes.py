"""The container of a screen's panes, and what all panes have in common."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region, Size
from textual.layout import Layout, WidgetPlacement
from textual.widget import Widget

from funnel_tui.model.places import Place
from funnel_tui.tui.layout import FRAMING, Plan, Planner, whole
from funnel_tui.tui.messages import Picked, Wheeled

from .lines import LineView

if TYPE_CHECKING:
    from funnel_tui.model.boards import Board
    from funnel_tui.model.values import MetricValue, Report


class PlanLayout(Layout):
    """Puts the children whose ids the plan names into their places; the others are not shown."""

    name = "plan"

    def __init__(self, planner: Planner) -> None:
        self.planner = planner
        self.zoomed: str | None = None
        self.active: str | None = None
        self.tab: str | None = None
        """The pane last chosen by its tab: it stays while the cursor is elsewhere."""
        self.head = 1
        self.foot = 1
        self.plan: Plan = self.made(Size(80, 24))

    def made(self, size: Size) -> Plan:
        plan = whole(self.planner, size, self.active, self.zoomed, head=self.head, foot=self.foot)
        if self.active not in plan.tabs and self.tab in plan.tabs:
            plan = whole(self.planner, size, self.tab, self.zoomed, head=self.head, foot=self.foot)
        return plan

    def arrange(
        self, parent: Widget, children: Iterable[Widget], size: Size, greedy: bool = True
    ) -> list[WidgetPlacement]:
        if size.width and size.height:
            self.plan = self.made(size)
        slots = self.plan.slots
        return [
            WidgetPlacement(
                Region(*slots[child.id]), child.styles.offset.resolve(size, size), child.styles.margin, child
            )
            for child in children
            if child.id is not None and child.id in slots
        ]


class Panes(Widget):
    """Holds the panes and lays them out by the plan for its size."""

    def __init__(self, planner: Planner, *children: Widget) -> None:
        super().__init__(*children, id="panes")
        self._plan_layout = PlanLayout(planner)

    @property
    def layout(self) -> Layout:
        return self._plan_layout

    @property
    def plan(self) -> Plan:
        return self._plan_layout.plan

    @property
    def shown(self) -> tuple[str, ...]:
        """The panes that have a place now."""
        return tuple(name for name in self.plan.slots if name not in FRAMING)

    @property
    def zoomed(self) -> str | None:
        return self._plan_layout.zoomed

    @property
    def tab(self) -> str:
        """The pane whose tab is chosen; empty where there are no tabs."""
        return next((name for name in self.plan.tabs if name in self.plan.slots), "")

    def zoom(self, pane: str | None) -> None:
        """One pane over the whole screen, or all of them again."""
        self._plan_layout.zoomed = pane
        self._rearrange()

    def follow(self, active: str) -> None:
        """The cursor stands in this pane: where panes have tabs, it is the one to be shown."""
        self._plan_layout.active = active
        if active in self.plan.tabs:
            self._plan_layout.tab = active
        if self.plan.tabs and active not in self.plan.slots:
            self._rearrange()

    def surround(self, head: int, foot: int) -> None:
        """So many lines for the header and for what stands at the foot."""
        if (head, foot) != (self._plan_layout.head, self._plan_layout.foot):
            self._plan_layout.head, self._plan_layout.foot = head, foot
            self._rearrange()

    def replan(self) -> None:
        """The planner would put the panes elsewhere now."""
        self._rearrange()

    def _rearrange(self) -> None:
        if self.size:
            self._plan_layout.plan = self._plan_layout.made(self.size)
        # A child that asks for layout makes its parent arrange again; the parent's own request keeps what it cached.
        for child in self.children[:1]:
            child.refresh(layout=True)


class PaneView(LineView):
    """A pane that the cursor can stand in.

    `items` are the places inside it, by names that outlive every refresh; the cursor stands on `selected`. What a
    pane shows comes from `report` and `board`, which its screen sets before it calls `redraw`.
    """

    TITLE = ""
    """What its tab says."""
    ROLE = "text"

    def __init__(self, pane: str) -> None:
        super().__init__(id=pane)
        self.pane = pane
        self.active = False
        self.selected: str | None = None
        self.top = 0
        """The first item shown, where there are more than lines."""
        self.report: Report | None = None
        self.board: Board | None = None
        self.waiting = "reading the cache …"
        """Said as long as there is no board: what is awaited, or why it does not come."""

    @property
    def items(self) -> tuple[str, ...]:
        return ()

    @property
    def holder(self) -> Panes | None:
        return self.parent if isinstance(self.parent, Panes) else None

    @property
    def boxed(self) -> bool:
        return self.holder.plan.boxed if self.holder else True

    @property
    def zoomed(self) -> bool:
        return self.holder is not None and self.holder.zoomed == self.pane

    @property
    def alone(self) -> bool:
        """Zoomed, or shown by its tab: the arrows then move inside a chart."""
        return self.zoomed or (self.holder is not None and self.pane in self.holder.plan.tabs)

    def focus_on(self, active: bool) -> None:
        """The cursor comes here or goes away; draws only if that changes anything."""
        before = self.active, self.selected
        self.active = active
        if active and self.selected not in self.items:
            self.selected = self._nearest(0)
        if (self.active, self.selected) != before:
            self.redraw()

    # Moving inside. All say whether anything moved; where nothing does, the cursor leaves the pane.

    def move(self, dx: int, dy: int) -> bool:
        items = self.items
        if not dy or not items:
            return False
        place = items.index(self.selected) if self.selected in items else 0
        if not 0 <= place + dy < len(items):
            return False
        return self.select(items[place + dy])

    def page(self, pages: int) -> bool:
        return self.move(0, pages * max(1, self.size.height - 4)) or self.jump(0 if pages < 0 else -1)

    def jump(self, place: int) -> bool:
        """To the first item, or to the last (-1)."""
        return bool(self.items) and self.select(self.items[place])

    def enter(self, dx: int, dy: int, line: int) -> None:
        """The cursor comes in, at a line of the widget when sideways, else at the near end."""
        if dx:
            self.select(self.item_at(0, line) or self._nearest(line - 1))
        elif dy:
            self.select(self._nearest(0 if dy > 0 else len(self.items)))

    def select(self, item: str | None) -> bool:
        if item == self.selected:
            return False
        self.selected = item
        self.redraw()
        return True

    def _nearest(self, line: int) -> str | None:
        items = self.items
        return items[max(0, min(line, len(items) - 1))] if items else None

    @property
    def line(self) -> int:
        """The line of the widget that the cursor is on."""
        items = self.items
        return 1 + (items.index(self.selected) - self.top if self.selected in items else 0)

    def item_at(self, x: int, y: int) -> str | None:
        """The item in a cell of the widget."""
        index = y - 1 + self.top
        return self.items[index] if 0 <= index < len(self.items) else None

    # What the cursor is on

    def metric(self) -> "MetricValue | None":
        """The number, for its definition and for copying."""
        return None

    def place(self) -> Place | None:
        """What Enter opens."""
        metric = self.metric()
        return Place(metric.spec.id) if metric is not None else None

    def copy_text(self) -> str | None:
        """What `y` copies, where it is not the number."""
        return None

    def sort(self) -> str | None:
        """Sort by what the cursor is on; says how. None: nothing to sort here."""
        return None

    words: str | None = None
    """What the pane's lines are narrowed by; None where they cannot be."""

    def prepare_words(self) -> None:
        """Words are about to be typed."""

    def narrow(self, words: str) -> None:
        """Only lines with these words."""

    def on_click(self, event: events.Click) -> None:
        self.pick(event.x, event.y)
        self.post_message(Picked(self.pane, open=event.chain > 1))

    def pick(self, x: int, y: int) -> None:
        """The cursor goes to what is in a cell."""
        item = self.item_at(x, y)
        if item is not None:
            self.select(item)

    def on_mouse_scroll_down(self) -> None:
        self.post_message(Wheeled(self.pane, 1))

    def on_mouse_scroll_up(self) -> None:
        self.post_message(Wheeled(self.pane, -1))
