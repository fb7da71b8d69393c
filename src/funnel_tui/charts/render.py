"""Lines of roles to something to look at: ANSI text for a terminal or a pipe, SVG for a page."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import dist
from typing import Literal

from .cells import Line, Style, plain
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


@lru_cache(maxsize=256)
def nearest_256(red: int, green: int, blue: int) -> int:
    """The index of xterm's fixed colour (the 6x6x6 cube or a grey) that looks most alike.

    Nearest in OKLab: the nearest in RGB turns dark blue into purple-grey.
    """
    wanted = _oklab(red, green, blue)
    return min(_fixed_colours(), key=lambda colour: dist(colour[1], wanted))[0]


@lru_cache(maxsize=1)
def _fixed_colours() -> tuple[tuple[int, tuple[float, float, float]], ...]:
    steps = (0, 95, 135, 175, 215, 255)
    cube = [(steps[i // 36], steps[i // 6 % 6], steps[i % 6]) for i in range(216)]
    greys = [(8 + 10 * i,) * 3 for i in range(24)]
    return tuple((16 + index, _oklab(*colour)) for index, colour in enumerate([*cube, *greys]))


def _oklab(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """Bjorn Ottosson's OKLab (2020) of an sRGB colour."""
    r, g, b = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red / 255, green / 255, blue / 255)
    )
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )
