"""No configuration yet: what this is, and the ways on. Each is a key, a line for the cursor, and a place to click."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

from funnel_tui.charts.cells import Canvas, Line, cell_width, cut, style
from funnel_tui.tui.marks import glyphs_for
from funnel_tui.tui.theme import Wardrobe, depth_of, no_color
from funnel_tui.tui.thrift import outgoing
from funnel_tui.tui.widgets.footer import Footer, Hint
from funnel_tui.tui.widgets.frame import MARK
from funnel_tui.tui.widgets.lines import LineView
from funnel_tui.tui.widgets.panel import wrap

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.screen import Screen

WIDEST = 96
"""Cells to a line that people still read with ease."""

_LAYERS = (
    ("proactive", "PROACTIVE", 1.0, "messages answer known problems before anyone asks"),
    ("selfserve", "SELF-SERVE", 0.62, "articles and a bot answer the simple, repeated ones"),
    ("human", "HUMAN", 0.3, "people take what is left"),
)


@dataclass(frozen=True)
class Way:
    """One of the ways on. `choice` is what the app ends with."""

    choice: str
    key: str
    words: str
    more: str


def ways(config: Path) -> tuple[Way, ...]:
    return (
        Way("demo", "d", "Look at the demo", "A made-up helpdesk and chat on this machine, live. Nothing leaves it."),
        Way("init", "i", "Write a configuration", f"A short one to start from. It will lie at {config}"),
        Way("", "q", "Leave", "`funnel-tui import FILE` shows any other system: its conversations as JSON lines."),
    )


@dataclass(frozen=True)
class Drawn:
    lines: tuple[Line, ...]
    places: tuple[str | None, ...]
    """Of each line, the choice that a click on it makes; None: none."""


def draw_welcome(options: tuple[Way, ...], chosen: int, width: int, height: int) -> Drawn:
    """All lines, in the middle of `width` x `height`. The layers go first where there is no room, then what each way
    leads to, the space between and the headline."""
    for layers, more, apart in ((True, True, True), (False, True, True), (False, True, False), (False, False, False)):
        drawn = _block(options, chosen, max(20, min(width - 2, WIDEST)), layers=layers, more=more, apart=apart)
        if len(drawn.lines) <= height:
            break
    wide = sum(cell_width(span.text) for span in drawn.lines[0])
    left, top = max(0, (width - wide) // 2), max(0, (height - len(drawn.lines)) // 2)
    canvas = Canvas(width, height)
    places: list[str | None] = [None] * height
    for y, (line, place) in enumerate(zip(drawn.lines, drawn.places, strict=True), top):
        x = left
        for span in line:
            x = canvas.write(x, y, span.text, span.style)
        if y < height:
            places[y] = place
    return Drawn(canvas.lines(), tuple(places))


def _block(options: tuple[Way, ...], chosen: int, width: int, *, layers: bool, more: bool, apart: bool) -> Drawn:
    rows: list[tuple[list[tuple[str, str]], str | None]] = [([("funnel-tui", "text!")], None)]
    rows += [([(text, "text")], None) for text in wrap("Proactive, self-serve and human support on one screen.", width)]
    if layers:
        rows.append(([], None))
        bar = max(8, min(28, width - 14 - max(cell_width(words) for _, _, _, words in _LAYERS)))
        for role, name, share, words in _LAYERS:
            size = round(bar * share)
            parts = [(f"{name:<11} ", f"{role}!"), ("█" * size + " " * (bar - size), role), (f"  {words}", "muted")]
            rows.append((parts, None))
    if apart:
        rows.append(([], None))
    nothing = "No configuration was found, so there is nothing to show yet."
    rows += [([(text, "text")], None) for text in wrap(nothing, width)]
    for index, way in enumerate(options):
        if apart:
            rows.append(([], None))
        mark = MARK if index == chosen else " "
        rows.append(([(f"{mark} ", "human!"), (way.key, "human!"), (f"  {way.words}", "text!")], way.choice))
        if more:
            rows += [([("     ", "text"), (text, "muted")], way.choice) for text in _wrapped(way.more, width - 5)]
    canvas = Canvas(width, len(rows))
    for y, (parts, _) in enumerate(rows):
        x = 0
        for text, role in parts:
            x = canvas.write(x, y, text, style(role.rstrip("!"), bold=role.endswith("!")))
    return Drawn(canvas.lines(), tuple(place for _, place in rows))


def _wrapped(text: str, width: int) -> list[str]:
    """A path that is too long for a line keeps its end, which tells where it is."""
    return wrap(" ".join(_tail(word, width) if cell_width(word) > width else word for word in text.split(" ")), width)


def _tail(word: str, width: int) -> str:
    return "…" + cut(word[::-1], width - 1, ellipsis="")[::-1]


class Welcome(LineView):
    """The ways on, one of them under the cursor."""

    def __init__(self, options: tuple[Way, ...]) -> None:
        super().__init__(id="welcome")
        self.options = options
        self.chosen = 0
        self._places: tuple[str | None, ...] = ()

    def move(self, lines: int) -> None:
        self.chosen = (self.chosen + lines) % len(self.options)
        self.redraw()

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        drawn = draw_welcome(self.options, self.chosen, width, height)
        self._places = drawn.places
        return drawn.lines

    def on_click(self, event: events.Click) -> None:
        choice = self._places[event.y] if event.y < len(self._places) else None
        if choice is not None:
            self.app.exit(choice or None)


class FirstRunApp(App[str]):
    """Ends with `demo`, `init` or None."""

    CSS = """
    Screen { background: $background; layout: vertical; }
    #welcome { width: 1fr; height: 1fr; }
    #footer { width: 1fr; height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "choose('demo')", show=False),
        Binding("i", "choose('init')", show=False),
        Binding("up,k,shift+tab", "move(-1)", show=False),
        Binding("down,j,tab", "move(1)", show=False),
        Binding("enter,space", "go", show=False),
        Binding("T", "theme", show=False),
        Binding("q,escape,ctrl+c", "quit", show=False),
    ]
    HINTS: ClassVar[tuple[Hint, ...]] = (
        ("↑ ↓", "choose", "app.move(1)"),
        ("Enter", "go", "app.go"),
        ("d", "demo", "app.choose('demo')"),
        ("i", "configuration", "app.choose('init')"),
        ("T", "theme", "app.theme"),
        ("q", "leave", "app.quit"),
    )
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, config: Path) -> None:
        super().__init__(ansi_color=True if no_color() else None)
        self.options = ways(config)
        self.glyphs = glyphs_for("auto")
        self.wardrobe = Wardrobe(depth_of(self.console.color_system), "auto")
        self._dress()

    def _dress(self) -> None:
        self.ink = self.wardrobe.ink
        if self.ink.theme_name not in self.available_themes:
            self.register_theme(self.ink.theme())
        self.theme = self.ink.theme_name

    def _display(self, screen: "Screen[object]", renderable: "RenderableType | None") -> None:
        super()._display(screen, cast("RenderableType | None", outgoing(renderable, self.glyphs)))

    def compose(self) -> ComposeResult:
        yield Welcome(self.options)
        yield Footer(self.HINTS)

    def action_choose(self, choice: str) -> None:
        self.exit(choice)

    def action_move(self, lines: int) -> None:
        self.query_one(Welcome).move(lines)

    def action_go(self) -> None:
        self.exit(self.options[self.query_one(Welcome).chosen].choice or None)

    def action_theme(self) -> None:
        self.wardrobe.next()
        self._dress()
        for view in self.query(LineView):
            view.refresh()
