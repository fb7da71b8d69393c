"""No configuration yet: try the demo, or have a configuration written."""

from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

from funnel_tui.tui.theme import Wardrobe, depth_of, no_color
from funnel_tui.tui.widgets.lines import LineView
from funnel_tui.tui.widgets.panel import Panel, Part

_ROWS: tuple[tuple[Part, ...], ...] = (
    (("Proactive, self-serve and human support on one screen.", "text!"),),
    (),
    (("No configuration was found, so there is nothing to show yet.", "text"),),
    (),
    ((" d ", "human!"), (" Look at the demo: a made-up helpdesk on this machine, live", "text")),
    ((" i ", "human!"), (" Write a configuration with every option explained", "text")),
    ((" q ", "human!"), (" Leave", "text")),
    (),
)


class FirstRunApp(App[str]):
    """Ends with `demo`, `init` or None."""

    CSS = "Screen { align: center middle; background: $background; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d,enter", "choose('demo')", show=False),
        Binding("i", "choose('init')", show=False),
        Binding("q,escape,ctrl+c", "quit", show=False),
    ]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, config: Path) -> None:
        super().__init__(ansi_color=True if no_color() else None)
        self.config = config
        self.ink = Wardrobe(depth_of(self.console.color_system), "auto").ink
        self.register_theme(self.ink.theme())
        self.theme = self.ink.theme_name

    def compose(self) -> ComposeResult:
        rows = [*_ROWS, (("It will lie at ", "muted"), (str(self.config), "muted"))]
        panel = Panel("FUNNEL-TUI", rows, role="selfserve")
        panel.styles.width, panel.styles.height = min(72, self.size.width), min(len(rows) + 2, self.size.height)
        yield panel

    def action_choose(self, choice: str) -> None:
        self.exit(choice)

    def on_resize(self) -> None:
        for view in self.screen.query(LineView):
            view.redraw()
