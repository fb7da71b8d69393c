"""The colours of the roles. The screen may have themes of its own; reports and pictures use these."""

from collections.abc import Mapping

PALETTES: Mapping[str, Mapping[str, str]] = {
    "dark": {
        "text": "#e6e9ee",
        "muted": "#8b95a5",
        "track": "#29313c",
        "proactive": "#d277b4",
        "selfserve": "#1fd6c0",
        "human": "#5b8ff9",
        "warn": "#f5ad38",
        "bad": "#f0524d",
        "good": "#86e29a",
        "proactive-soft": "#694261",
        "selfserve-soft": "#176d66",
        "human-soft": "#324d81",
        "warn-soft": "#795a28",
        "muted-soft": "#494f5a",
        "proactive-1": "#322635",
        "proactive-2": "#4b3449",
        "proactive-3": "#66415e",
        "proactive-4": "#824f74",
        "proactive-5": "#d277b4",
        "selfserve-1": "#1b3537",
        "selfserve-2": "#214b49",
        "selfserve-3": "#245f5b",
        "selfserve-4": "#26736c",
        "selfserve-5": "#1fd6c0",
        "human-1": "#16243d",
        "human-2": "#1a3460",
        "human-3": "#24478a",
        "human-4": "#2f5ab0",
        "human-5": "#5b8ff9",
        "ground": "#10141a",
    },
    "light": {
        "text": "#1b2028",
        "muted": "#626b78",
        "track": "#e1e4e9",
        "proactive": "#9a3fd6",
        "selfserve": "#007d74",
        "human": "#1d478c",
        "warn": "#8a5200",
        "bad": "#c8103e",
        "good": "#2f6b1c",
        "proactive-soft": "#d4b0ec",
        "selfserve-soft": "#97c9c4",
        "human-soft": "#98b8de",
        "warn-soft": "#ceb796",
        "muted-soft": "#bec1c6",
        "proactive-1": "#efe6f7",
        "proactive-2": "#e1cdf4",
        "proactive-3": "#d4b4f0",
        "proactive-4": "#c69beb",
        "proactive-5": "#9a3fd6",
        "selfserve-1": "#d9efec",
        "selfserve-2": "#abdcd6",
        "selfserve-3": "#7fc8c0",
        "selfserve-4": "#5cb0a8",
        "selfserve-5": "#007d74",
        "human-1": "#dbe7f6",
        "human-2": "#b3cfee",
        "human-3": "#8ab2e2",
        "human-4": "#6a96cc",
        "human-5": "#1d478c",
        "ground": "#fbfbfa",
    },
}
"""Role -> hex colour for dark and light backgrounds (`ground` is the background itself).

The accents of the layers and amber stay apart for the three common colour-vision deficiencies, and all but `track` and
the soft ones are readable as text on their ground (the tests compute both).

A layer's five steps (`human-1` to `human-5`) are for heat maps: even in lightness, the last one the accent itself.
`text` is readable on the first four and `ground` on the fifth; five xterm colours are nearest to them.
"""

ANSI_HINTS: Mapping[str, Mapping[str, str]] = {
    theme: {
        f"{layer}-{step}": prefix[step == 5] + colour
        for layer, colour in (("proactive", "magenta"), ("selfserve", "cyan"), ("human", "blue"))
        for step in range(1, 6)
    }
    for theme, prefix in (("dark", ("", "bright_")), ("light", ("bright_", "")))
}
"""Theme -> step role -> its name among the terminal's 16 colours. There are two shades of a colour only: charts draw
the steps in a glyph of growing density as well."""

PALETTE = PALETTES["dark"]


def rgb(colour: str) -> tuple[int, int, int]:
    """`#rrggbb` as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
