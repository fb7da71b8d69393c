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
        "human-soft": "#a2b3ce",
        "warn-soft": "#ceb796",
        "muted-soft": "#bec1c6",
        "ground": "#fbfbfa",
    },
}
"""Role -> hex colour for dark and light backgrounds (`ground` is the background itself).

The accents of the layers and amber stay apart for the three common colour-vision deficiencies, and all but `track` and
the soft ones are readable as text on their ground (the tests compute both).
"""

PALETTE = PALETTES["dark"]


def rgb(colour: str) -> tuple[int, int, int]:
    """`#rrggbb` as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
