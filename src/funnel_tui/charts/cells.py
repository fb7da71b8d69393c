"""What every chart returns: lines of styled spans, measured in terminal cells.

A `Style` names roles ("human", "warn"), never colours: the screen maps them to its theme, reports to `render.PALETTES`.
Widths follow `rich.cells`, so that a line measured here is as wide when Textual shows it; rich is imported only for
text that needs it, because the headless commands must start fast.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

ROLES = (
    "text",
    "muted",
    "track",
    "proactive",
    "selfserve",
    "human",
    "warn",
    "bad",
    "good",
    "proactive-soft",
    "selfserve-soft",
    "human-soft",
    "warn-soft",
    "muted-soft",
    *(f"{layer}-{step}" for layer in ("proactive", "selfserve", "human") for step in range(1, 6)),
    "ground",
)
"""Every role a chart uses. `muted` is for secondary text, `track` for grids and empty parts of bars; a `-soft` role is
its layer's accent blended into the background, for large areas; `human-1` to `human-5` (and so for each layer) are the
steps of a heat map, from hardly anything to the accent itself. `ground` is the background that the chart stands on: it
is used as a foreground only, where a block character must draw the empty lower part of a cell, and for `MARKED`."""

_ONE_CELL_EACH = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0377\u2010-\u2027\u2190-\u21ff\u2500-\u25fc\u2800-\u28ff]*"
)
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_BREAKS = "\t\n\r\x0b\x0c\x85\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Style:
    """How a span looks: role names from `ROLES` and two attributes. None is the terminal's own colour."""

    fg: str | None = None
    bg: str | None = None
    bold: bool = False
    dim: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    style: Style


Line = tuple[Span, ...]
"""One row; its spans together are exactly as wide as was asked for."""

PLAIN = Style()

MARKED = Style("ground", "text", bold=True)
"""What the cursor stands on: the other way round, which every terminal can show, without colours too."""


@lru_cache(maxsize=512)
def style(fg: str | None = None, bg: str | None = None, bold: bool = False) -> Style:
    """The shared `Style` with these attributes (charts make thousands of cells from a dozen of them)."""
    return Style(fg, bg, bold)


def clean(text: str) -> str:
    """`text` on one line without what could move the cursor, turn the direction of writing or hide.

    Line breaks and tabs become a space, other control characters `·`; zero-width and direction marks go.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_harmless, text)


def _harmless(match: re.Match[str]) -> str:
    character = match.group()
    if character in _BREAKS:
        return " "
    if character < "\xa0":
        return "·"
    return "\ufffd" if "\ud800" <= character <= "\udfff" else ""


def cell_width(text: str) -> int:
    """How many terminal cells `text` takes (CJK and emoji take two, combining marks none)."""
    if _ONE_CELL_EACH.fullmatch(text):
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, width: int, *, ellipsis: str = "…") -> str:
    """`text` in at most `width` cells, cut between graphemes and ended with `ellipsis` if anything was lost."""
    if width <= 0:
        return ""
    if cell_width(text) <= width:
        return text
    room = width - len(ellipsis)
    if room < 0:
        return ellipsis[:width]
    if _ONE_CELL_EACH.fullmatch(text):
        return text[:room] + ellipsis
    from rich.cells import split_graphemes

    end = used = 0
    for _, stop, cells in split_graphemes(text)[0]:
        if used + cells > room:
            break
        end, used = stop, used + cells
    return text[:end] + ellipsis


def pad(text: str, width: int, align: str = "<") -> str:
    """`text` in exactly `width` cells: cut if too long, filled with spaces if too short (`<`, `>` or `^`)."""
    text = cut(text, width)
    spare = width - cell_width(text)
    if spare <= 0:
        return text
    if align == ">":
        return " " * spare + text
    if align == "^":
        return " " * (spare // 2) + text + " " * (spare - spare // 2)
    return text + " " * spare


def plain(lines: Iterable[Line]) -> str:
    """The characters alone, a row a line. What only a background colour shows becomes a block."""
    return "\n".join("".join(map(_plain_text, line)) for line in lines)


_UPPER = dict(zip("▁▂▃▄▅▆▇─━", "█▀▀▀▀▔▔█▀", strict=True))
"""A cell whose empty part was drawn -> the nearest character for its filled part."""


def _plain_text(span: Span) -> str:
    if span.style.bg is None:
        return span.text
    if span.style == MARKED or span.style.bg[-1:].isdigit():
        return span.text  # both say with characters what they say with colour
    if span.style.fg == "ground":
        return "".join(_UPPER.get(char, char) for char in span.text)
    return span.text.replace(" ", "░" if span.style.bg == "track" else "█")


def line_width(line: Line) -> int:
    return sum(cell_width(span.text) for span in line)


def join(parts: Iterable[tuple[str, Style]], width: int) -> Line:
    """One line of exactly `width` cells from texts in order; what does not fit is cut, the rest is space."""
    canvas = Canvas(width, 1)
    x = 0
    for text, look in parts:
        x = canvas.write(x, 0, text, look)
    return canvas.lines()[0] if canvas.height else ()


class Canvas:
    """A grid of cells to draw on. Writing outside of it is cut off, never an error."""

    __slots__ = ("chars", "height", "styles", "width")

    def __init__(self, width: int, height: int) -> None:
        self.width = max(0, width)
        self.height = max(0, height)
        self.chars: list[list[str]] = [[" "] * self.width for _ in range(self.height)]
        self.styles: list[list[Style]] = [[PLAIN] * self.width for _ in range(self.height)]

    def put(self, x: int, y: int, char: str, look: Style) -> None:
        """One one-cell character."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self.chars[y][x] = char
            self.styles[y][x] = look

    def write(self, x: int, y: int, text: str, look: Style = PLAIN, *, width: int | None = None) -> int:
        """Text from `x` on, cut with `…` at `width` cells or at the right edge. Returns the column after it."""
        room = self.width - x
        if width is not None:
            room = min(room, width)
        text = cut(clean(text), room)
        if not text or not 0 <= y < self.height or x < 0:
            return x
        chars, styles = self.chars[y], self.styles[y]
        if chars[x] == "":  # the right half of a wide character: its left half must not stay alone
            chars[x - 1] = " "
        if _ONE_CELL_EACH.fullmatch(text):
            end = x + len(text)
            chars[x:end] = text
            styles[x:end] = [look] * len(text)
            _close_gap(chars, end)
            return end
        from rich.cells import split_graphemes

        for start, stop, cells in split_graphemes(text)[0]:
            if not cells:
                continue
            chars[x : x + cells] = [text[start:stop]] + [""] * (cells - 1)
            styles[x : x + cells] = [look] * cells
            x += cells
        _close_gap(chars, x)
        return x

    def lines(self) -> tuple[Line, ...]:
        """The drawing. Equal styles are merged and blanks join what is before them: every span costs colour codes."""
        return tuple(_spans(chars, styles) for chars, styles in zip(self.chars, self.styles, strict=True))


def _close_gap(chars: list[str], x: int) -> None:
    """Where a wide character lost its left half, give its right half a blank."""
    if x < len(chars) and chars[x] == "":
        chars[x] = " "


def _spans(chars: Sequence[str], styles: Sequence[Style]) -> Line:
    spans: list[Span] = []
    start = 0
    current = PLAIN
    only_blanks = True
    for x, (char, look) in enumerate(zip(chars, styles, strict=True)):
        if look is not current and look != current:
            if look.bg == current.bg:
                if char == " ":
                    continue
                if only_blanks:
                    current, only_blanks = look, False
                    continue
            if x > start:
                spans.append(Span("".join(chars[start:x]), current))
            start, current, only_blanks = x, look, True
        if char != " ":
            only_blanks = False
    if start < len(chars):
        spans.append(Span("".join(chars[start:]), current))
    return tuple(spans)
