"""Lines of roles to something to look at: ANSI text for a terminal or a pipe, SVG for a page."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal

from .cells import Line, Style, plain

Depth = Literal["truecolor", "256", "16", "none"]

PALETTES: Mapping[str, Mapping[str, str]] = {
    "dark": {
        "text": "#e6e9ee",
        "muted": "#8b95a5",
        "track": "#2c3440",
        "proactive": "#c58af9",
        "selfserve": "#2ec4a6",
        "human": "#5aa9ff",
        "warn": "#f2b134",
        "bad": "#ff5c57",
        "good": "#8bd450",
        "proactive-soft": "#5b4677",
        "selfserve-soft": "#1f6f63",
        "human-soft": "#2b5584",
        "warn-soft": "#7a5c22",
        "muted-soft": "#4a525e",
        "ground": "#10141a",
    },
    "light": {
        "text": "#1b2028",
        "muted": "#646d7a",
        "track": "#e3e6ea",
        "proactive": "#8a3ffc",
        "selfserve": "#007d69",
        "human": "#0f62fe",
        "warn": "#b36b00",
        "bad": "#c4221e",
        "good": "#3f7d12",
        "proactive-soft": "#d3bdf5",
        "selfserve-soft": "#9fd4c9",
        "human-soft": "#a9c6f7",
        "warn-soft": "#ecd09a",
        "muted-soft": "#c3c8cf",
        "ground": "#fbfbfa",
    },
}
"""Role -> hex colour for dark and light backgrounds (`ground` is the background itself)."""

PALETTE = PALETTES["dark"]

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


def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=256)
def nearest_256(red: int, green: int, blue: int) -> int:
    """The index of the closest of xterm's fixed colours (the 6x6x6 cube and the greys)."""
    steps = (0, 95, 135, 175, 215, 255)
    best = min(
        (
            (abs(steps[r] - red) ** 2 + abs(steps[g] - green) ** 2 + abs(steps[b] - blue) ** 2, 16 + 36 * r + 6 * g + b)
            for r in range(6)
            for g in range(6)
            for b in range(6)
        )
    )
    grey = min(((8 + 10 * i - red) ** 2 + (8 + 10 * i - green) ** 2 + (8 + 10 * i - blue) ** 2, 232 + i) for i in range(24))
    return min(best, grey)[1]
