"""With which characters charts are drawn: dots, blocks or plain ASCII. Colours are another matter (`mono`)."""

from collections.abc import Iterable
from typing import Literal

from .cells import Line, Span

Glyphs = Literal["braille", "block", "ascii"]
"""`braille` is finest, two by four dots a cell; `block` draws eighths and quarters and needs few glyphs of a font;
`ascii` takes 7-bit characters only for whatever a chart draws (labels keep their words)."""

GLYPHS: tuple[Glyphs, ...] = ("braille", "block", "ascii")

LEVELS: dict[Glyphs, str] = {
    "braille": " ⡀⣀⣄⣤⣦⣶⣷⣿",
    "block": " ▁▂▃▄▅▆▇█",
    "ascii": " .:-=+*#@",
}
"""Nine heights of one cell, empty to full."""

DENSITIES: dict[Glyphs, str] = {"braille": "⠂⠢⠶⢷⣿", "block": "·░▒▓█", "ascii": ".:+*#"}
"""Five steps of density, for what colour alone must not say."""


def choose(glyphs: Glyphs | None, ascii: bool, own: Glyphs) -> Glyphs:
    """The glyphs to draw with: those asked for, ASCII where only the older flag says so, else the chart's own best."""
    if glyphs is not None:
        return glyphs
    return "ascii" if ascii else own


_WORDS = str.maketrans(
    {"…": "~", "–": "-", "−": "-", "·": "-", "≈": "~", "×": "x", "→": ">", "│": "|", "╌": "-", "─": "-", "◂": "<"}
)


def seven_bit(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The same lines with the charts' own typographic marks in ASCII, each as wide as before."""
    return tuple(
        tuple(span if span.text.isascii() else Span(span.text.translate(_WORDS), span.style) for span in line)
        for line in lines
    )
