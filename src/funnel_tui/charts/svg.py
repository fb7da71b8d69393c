"""Lines as one self-contained SVG: blocks, shades and dots as shapes, so that they look alike in every font."""

from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from .cells import Line, Style, cell_width
from .palette import PALETTE

CELL_WIDTH, CELL_HEIGHT = 8, 16
_FONT_SIZE = 13.33
_FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"

_Box = tuple[float, float, float, float, float]
"""x, y, width, height within a cell, and opacity."""

_SHAPES: Mapping[str, _Box] = {
    **{char: (0, 16 - 2 * size, 8, 2 * size, 1) for size, char in enumerate("▁▂▃▄▅▆▇█", 1)},
    **{char: (0, 0, size, 16, 1) for size, char in enumerate("▏▎▍▌▋▊▉", 1)},
    "▀": (0, 0, 8, 8, 1),
    "─": (0, 7, 8, 2, 1),
    "━": (0, 6, 8, 4, 1),
    "░": (0, 0, 8, 16, 0.25),
    "▒": (0, 0, 8, 16, 0.5),
    "▓": (0, 0, 8, 16, 0.75),
}
_QUARTERS: Mapping[str, str] = {
    char: "".join(box for bit, box in enumerate("▘▝▖▗") if bits >> bit & 1)
    for bits, char in enumerate(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")
    if char not in _SHAPES and char != " "
}
"""A block of several quarters -> the single quarters it is made of."""
_QUARTER_BOXES = {"▘": (0, 0), "▝": (4, 0), "▖": (0, 8), "▗": (4, 8)}
_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))


def to_svg(
    lines: Sequence[Line], palette: Mapping[str, str] = PALETTE, *, title: str = "", background: bool = True
) -> str:
    """One `<svg>` element in 8x16 cells, with the system's monospace font and nothing from outside.

    `title` is what a screen reader says. Without `background` the page shows through: it should have the palette's
    `ground`.
    """
    width = max((sum(cell_width(span.text) for span in line) for line in lines), default=0) * CELL_WIDTH
    height = len(lines) * CELL_HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"',
        f'role="img" font-family="{_FONTS}" font-size="{_FONT_SIZE}" xml:space="preserve">',
    ]
    if title:
        parts.append(f"<title>{escape(title)}</title>")
    if background:
        parts.append(f'<rect width="{width}" height="{height}" fill="{palette["ground"]}"/>')
    shapes = _Shapes()
    texts: list[str] = []
    for row, line in enumerate(lines):
        column = 0
        for span in line:
            texts += _span(span.text, span.style, column, row, shapes, palette)
            column += cell_width(span.text)
    parts.append('<g shape-rendering="crispEdges">')
    parts += shapes.rects()
    parts.append("</g>")
    parts += [f'<path fill="{colour}" d="{"".join(path)}"/>' for colour, path in shapes.dots.items()]
    return "\n".join([*parts, *texts, "</svg>"])


class _Shapes:
    """Rectangles, those that continue their left neighbour merged into it, and the dots of each colour as one path."""

    def __init__(self) -> None:
        self.open: list[tuple[float, float, float, float, float, str]] = []
        self.dots: dict[str, list[str]] = {}

    def add(self, x: float, y: float, width: float, height: float, opacity: float, colour: str) -> None:
        if self.open:
            before = self.open[-1]
            if before[0] + before[2] == x and (before[1], *before[3:]) == (y, height, opacity, colour):
                self.open[-1] = (before[0], y, before[2] + width, height, opacity, colour)
                return
        self.open.append((x, y, width, height, opacity, colour))

    def rects(self) -> Iterable[str]:
        for x, y, width, height, opacity, colour in self.open:
            see_through = f' fill-opacity="{opacity}"' if opacity < 1 else ""
            yield f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{colour}"{see_through}/>'


def _span(text: str, look: Style, column: int, row: int, shapes: _Shapes, palette: Mapping[str, str]) -> Iterable[str]:
    colour = palette[look.fg or "text"]
    left, top = column * CELL_WIDTH, row * CELL_HEIGHT
    if look.bg is not None:
        shapes.add(left, top, cell_width(text) * CELL_WIDTH, CELL_HEIGHT, 1, palette[look.bg])
    if not any(char in _SHAPES or char in _QUARTERS or "\u2800" <= char <= "\u28ff" for char in text):
        yield from _text(text, look, colour, left, top)
        return
    x = left - CELL_WIDTH
    step = CELL_WIDTH
    for char in text:
        x += step
        step = cell_width(char) * CELL_WIDTH
        if box := _SHAPES.get(char):
            shapes.add(x + box[0], top + box[1], *box[2:], colour)
        elif quarters := _QUARTERS.get(char):
            for quarter in quarters:
                dx, dy = _QUARTER_BOXES[quarter]
                shapes.add(x + dx, top + dy, 4, 8, 1, colour)
        elif "\u2800" <= char <= "\u28ff":
            bits = ord(char) - 0x2800
            path = shapes.dots.setdefault(colour, [])
            path += [
                f"M{x + 1 + 4 * dot_x} {top + 1 + 4 * dot_y}h2v2h-2z"
                for bit, (dot_x, dot_y) in enumerate(_DOTS)
                if bits >> bit & 1
            ]
        elif char != " ":
            yield from _text(char, look, colour, x, top)


def _text(text: str, look: Style, colour: str, x: float, y: float) -> Iterable[str]:
    """The words of a text, each held to its cells whatever the width of the font at hand."""
    offset = 0
    for gap, word in _words(text):
        offset += gap
        cells = cell_width(word)
        weight = (' font-weight="bold"' if look.bold else "") + (' fill-opacity="0.6"' if look.dim else "")
        yield (
            f'<text x={quoteattr(f"{x + offset * CELL_WIDTH:g}")} y="{y + 12:g}" fill="{colour}"{weight} '
            f'textLength="{cells * CELL_WIDTH}" lengthAdjust="spacingAndGlyphs">{escape(word)}</text>'
        )
        offset += cells


def _words(text: str) -> Iterable[tuple[int, str]]:
    """The parts of a text between runs of two spaces and more, each with the blanks before it."""
    gap = 0
    for part in text.split("  "):
        stripped = part.strip(" ")
        if stripped:
            yield gap + len(part) - len(part.lstrip(" ")), stripped
            gap = len(part) - len(part.rstrip(" ")) + 2
        else:
            gap += len(part) + 2
