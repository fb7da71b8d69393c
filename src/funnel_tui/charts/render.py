"""Lines of roles to something to look at: ANSI text for a terminal or a pipe, SVG for a page."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal

from .cells import Line, Style, plain
from .fixed_colours import nearest_256
from .palette import PALETTE, PALETTES, rgb
from .svg import to_svg

__all__ = ["PALETTE", "PALETTES", "Depth", "nearest_256", "to_ansi", "to_svg"]

Depth = Literal["truecolor", "256", "16", "none"]

_ANSI16 = {
    "text": 39,
    "muted": 90,
    "track": 90,
    "proactive": 95,
    "selfserve": 96,
    "human": 94,
    "warn": 93,
    "bad": 91,
    "good": 92,
    "proactive-soft": 35,
    "selfserve-soft": 36,
    "human-soft": 34,
    "warn-soft": 33,
    "muted-soft": 90,
    **{
        f"{layer}-{step}": code + 60 * (step == 5)
        for layer, code in (("proactive", 35), ("selfserve", 36), ("human", 34))
        for step in range(1, 6)
    },
}


def to_ansi(lines: Iterable[Line], depth: Depth = "truecolor", palette: Mapping[str, str] = PALETTE) -> str:
    """Rows with SGR codes, reset at each end; `none` gives the characters alone. No newline at the end."""
    if depth == "none":
        return plain(lines)
    fixed = tuple(sorted(palette.items()))
    rows = []
    for line in lines:
        parts = []
        for span in line:
            codes = _codes(span.style, depth, fixed)
            parts.append(f"\x1b[{codes}m{span.text}\x1b[0m" if codes else span.text)
        rows.append("".join(parts))
    return "\n".join(rows)


@lru_cache(maxsize=1024)
def _codes(look: Style, depth: Depth, palette: tuple[tuple[str, str], ...]) -> str:
    colours = dict(palette)
    codes = ["1"] if look.bold else []
    if look.dim:
        codes.append("2")
    if look.fg == "ground" and look.bg is not None:
        # The terminal's own background is not known: draw the rest of the cell instead.
        codes += ["7", _colour(look.bg, depth, colours, background=False)]
        return ";".join(codes)
    if look.fg is not None:
        codes.append(_colour(look.fg, depth, colours, background=False))
    if look.bg is not None:
        codes.append(_colour(look.bg, depth, colours, background=True))
    return ";".join(codes)


def _colour(role: str, depth: Depth, palette: Mapping[str, str], *, background: bool) -> str:
    if depth == "16":
        if background:
            return str(_ANSI16[role] + 10 if role != "text" else 100)
        return str(_ANSI16[role])
    red, green, blue = rgb(palette[role])
    kind = 48 if background else 38
    if depth == "256":
        return f"{kind};5;{nearest_256(red, green, blue)}"
    return f"{kind};2;{red};{green};{blue}"
