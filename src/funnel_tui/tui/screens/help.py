"""Every key by what it is for, those of the screen below first, and where to look for what."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from funnel_tui.tui.bindings import BACK_KEY, Key, to_bindings
from funnel_tui.tui.helping import help_rows
from funnel_tui.tui.widgets.panel import Panel

from .modal import Modal


class HelpScreen(Modal[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        *to_bindings((BACK_KEY,)),
        Binding("question_mark,q,enter", "back", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,space,ctrl+f", "page(1)", show=False),
        Binding("pageup,ctrl+b", "page(-1)", show=False),
        Binding("home,g", "scroll(-1000)", show=False),
        Binding("end,G", "scroll(1000)", show=False),
    ]

    def __init__(self, keys: Mapping[str, str], own: Sequence[Key] = (), name: str = "") -> None:
        """`own`: the keys of the screen below that not every screen has, and what that screen is called."""
        super().__init__()
        self.keys = keys
        self.own = own
        self.below = name

    def compose(self) -> ComposeResult:
        yield Panel("HELP", (), role="human", note="Esc")

    def on_mount(self) -> None:
        self._fit(self.app.size.width, self.app.size.height)

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size.width, event.size.height)

    def _fit(self, width: int, height: int) -> None:
        panel = self.query_one(Panel)
        columns = 2 if width >= 116 else 1
        room = min(116 if columns == 2 else 76, width - 2)
        panel.rows = help_rows(self.own, self.below, self.keys, columns, room - 3)
        panel.styles.width, panel.styles.height = room, min(len(panel.rows) + 2, height - 2)
        panel.scroll_by(0)

    def action_scroll(self, lines: int) -> None:
        self.query_one(Panel).scroll_by(lines)

    def action_page(self, pages: int) -> None:
        panel = self.query_one(Panel)
        panel.scroll_by(pages * max(1, panel.size.height - 3))

    def on_mouse_scroll_down(self) -> None:
        self.action_scroll(3)

    def on_mouse_scroll_up(self) -> None:
        self.action_scroll(-3)

    def action_back(self) -> None:
        self.dismiss()

    def on_click(self) -> None:
        self.dismiss()
