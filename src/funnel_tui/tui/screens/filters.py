"""Filters by team, channel, agent, tag and source: chosen from what there is, several of a key, keys combined."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from funnel_tui.charts.cells import Canvas, Line, style
from funnel_tui.tui.answers import Answer, ChoicesReady, LoadFailed
from funnel_tui.tui.filtering import KEYS, Picking
from funnel_tui.tui.questions import ChoicesAsked
from funnel_tui.tui.state import View
from funnel_tui.tui.text import steady
from funnel_tui.tui.widgets.frame import frame, scrolled
from funnel_tui.tui.widgets.lines import LineView

from .modal import Modal

if TYPE_CHECKING:
    from funnel_tui.tui.app import FunnelApp

WIDTH, HEIGHT = 64, 20


class PickingView(LineView):
    """The panel: keys in its first line, the typed words, the values with how many conversations each has."""

    def __init__(self, state: Picking) -> None:
        super().__init__(id="panel")
        self.state = state
        self.problem = ""
        self._top = 0
        self._tabs: tuple[tuple[int, int, str], ...] = ()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        inner, lines = width - 3, height - 2
        state = self.state
        canvas = Canvas(inner, lines)
        self._write_tabs(canvas)
        canvas.write(0, 1, "find ", style("muted"))
        canvas.write(5, 1, steady(state.words) + "▏", style("text"), width=inner - 5)
        listed = state.listed
        room = max(0, lines - 4)
        self._top = scrolled(self._top, state.place, room, len(listed))
        for y, choice in enumerate(listed[self._top : self._top + room], 2):
            here = y - 2 + self._top == state.place
            ground = "cursor" if here else None
            if here:
                canvas.write(0, y, " " * inner, style("text", ground))
            count = f"{choice.count:,}" if choice.count else "none in this period"
            box = "[x] " if state.has(choice) else "[ ] "
            canvas.write(0, y, ("▌" if here else " ") + box, style("human" if state.has(choice) else "muted", ground))
            canvas.write(5, y, steady(choice.label), style("text", ground, here), width=inner - 7 - len(count))
            canvas.write(inner - len(count), y, count, style("muted", ground))
        if not listed:
            canvas.write(1, 2, self._nothing(), style("muted"), width=inner - 1)
        for y, words in enumerate(
            ("Space in/out  ← → other key  type to find", "Enter apply  Del clear all  Esc as it was")
        ):
            canvas.write(0, lines - 2 + y, words, style("muted"), width=inner)
        note = f"{state.place + 1:,} of {len(listed):,}" if len(listed) > room else ""
        return frame("FILTER", canvas.lines(), width, height, boxed=True, role="human", active=True, note=note)

    def _write_tabs(self, canvas: Canvas) -> None:
        x, places = 0, []
        for key in KEYS:
            chosen = len(self.state.chosen.get(key, ()))
            words = f"{key} {chosen}" if chosen else key
            here = key == self.state.key
            start = x
            look = style("human" if here else "text" if chosen else "muted", bold=here or bool(chosen))
            x = canvas.write(x, 0, f"[{words}]" if here else f" {words} ", look)
            places.append((start, x, key))
        self._tabs = tuple(places)

    def _nothing(self) -> str:
        if self.problem:
            return self.problem
        if self.state.choices is None:
            return "reading what there is …"
        if self.state.words:
            return f"no {self.state.key} contains “{steady(self.state.words)}”"
        return f"no conversation of this period has a {self.state.key}"

    def tab_at(self, x: int, y: int) -> str | None:
        return next((key for start, end, key in self._tabs if y == 1 and start <= x - 2 < end), None)

    def line_at(self, y: int) -> int | None:
        place = self._top + y - 3
        return place if y >= 3 and 0 <= place < len(self.state.listed) and y < self.size.height - 3 else None


class FilterScreen(Modal[dict[str, tuple[str, ...]] | None]):
    """Ends with the filters that were chosen, or None where everything is to stay as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("enter", "apply", show=False),
        Binding("space", "choose", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("left,shift+tab", "turn(-1)", show=False),
        Binding("right,tab", "turn(1)", show=False),
        Binding("delete", "clear", show=False),
    ]
    AUTO_FOCUS = None

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view
        self.state = Picking(dict(view.filters))

    @property
    def funnel(self) -> "FunnelApp":
        return cast("FunnelApp", self.app)

    def compose(self) -> ComposeResult:
        panel = PickingView(self.state)
        panel.styles.width = min(WIDTH, self.app.size.width)
        panel.styles.height = min(HEIGHT, self.app.size.height - 2)
        yield panel

    def on_mount(self) -> None:
        self.funnel.loader.ask(ChoicesAsked(self.view))

    def answered(self, answer: Answer) -> None:
        match answer:
            case ChoicesReady(ChoicesAsked(self.view), choices):
                self._show(Picking(self.state.chosen, choices, self.state.key, self.state.words, self.state.value))
            case LoadFailed("choices", reason):
                self.query_one(PickingView).problem = reason
                self._show(self.state)

    def _show(self, state: Picking) -> None:
        self.state = state
        view = self.query_one(PickingView)
        view.state = state
        view.redraw()

    def on_key(self, event: events.Key) -> None:
        if not self.composed:
            return
        if event.key == "backspace":
            self._show(self.state.typed(self.state.words[:-1]))
        elif event.character and event.character.isprintable() and event.key != "space":
            self._show(self.state.typed(self.state.words + event.character))
        else:
            return
        event.stop()
        event.prevent_default()

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_apply(self) -> None:
        """Who goes to a value and presses Enter wants that one."""
        state = self.state
        untouched = dict(state.chosen) == dict(self.view.filters)
        chosen = state.toggled().chosen if untouched and state.value is not None else state.chosen
        self.dismiss(dict(chosen))

    def action_choose(self) -> None:
        self._show(self.state.toggled())

    def action_move(self, lines: int) -> None:
        self._show(self.state.moved(lines))

    def action_turn(self, step: int) -> None:
        self._show(self.state.turned(step))

    def action_clear(self) -> None:
        self._show(self.state.cleared())

    def on_click(self, event: events.Click) -> None:
        view = self.query_one(PickingView)
        if not view.region.contains(event.screen_x, event.screen_y):
            self.dismiss(dict(self.state.chosen))
            return
        x, y = event.screen_x - view.region.x, event.screen_y - view.region.y
        key, line = view.tab_at(x, y), view.line_at(y)
        if key is not None:
            self._show(self.state.turned(KEYS.index(key) - KEYS.index(self.state.key)))
        elif line is not None:
            self._show(self.state.moved(line - self.state.place).toggled())

    def on_mouse_scroll_down(self) -> None:
        self.action_move(1)

    def on_mouse_scroll_up(self) -> None:
        self.action_move(-1)
