"""Colours: chart roles to terminal styles, for every theme, in truecolor, 256 and 16 colours, and none at all.

Four depths, each designed rather than left to be approximated: truecolor takes the palettes as they are; 256 takes the
closest of xterm's fixed colours by distance (Rich's own rounding turns dark blue-greys into teal); 16 takes the
terminal's own colours on its own ground; none keeps bold, dim and reverse only.
"""

import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color
from rich.style import Style as RichStyle

from funnel_tui.charts.cells import Style
from funnel_tui.charts.palette import ANSI_HINTS, rgb
from funnel_tui.themes import SHIPPED, Theme, choose, every, resolved, shipped

if TYPE_CHECKING:
    from textual.theme import Theme as WidgetTheme

_DARK_SOFT = {"proactive-soft": "#5f005f", "selfserve-soft": "#005f5f", "human-soft": "#005faf"}
_FIXED = {
    "dark": {**_DARK_SOFT, "muted": "#949494", "proactive": "#d75faf", "proactive-5": "#d75faf"},
    "light": {"muted": "#626262", "selfserve": "#00875f", "selfserve-5": "#00875f", "selfserve-soft": "#87d7af"},
    "contrast-dark": _DARK_SOFT,
    "contrast-light": {"selfserve-soft": "#87d7d7"},
    "ember-dark": _DARK_SOFT,
    "ember-light": {
        "ground": "#ffffd7",
        "track": "#d7d7af",
        "cursor": "#ffd787",
        "selfserve-soft": "#87d7d7",
        "human-soft": "#afafd7",
    },
}
"""Where the closest of the 256 colours has another hue than the one meant, or is too close to another role's."""

_ANSI = {
    "text": "default",
    "muted": "bright_black",
    "track": "bright_black",
    "proactive": "magenta",
    "selfserve": "cyan",
    "human": "blue",
    "warn": "yellow",
    "bad": "red",
    "good": "green",
    "proactive-soft": "magenta",
    "selfserve-soft": "cyan",
    "human-soft": "blue",
    "warn-soft": "yellow",
    "muted-soft": "bright_black",
}
_BRIGHT = ("proactive", "selfserve", "human", "warn", "bad", "good")
"""Of these a dark ground takes the bright variant, and the soft areas of charts the normal one; on a light ground,
where bright colours cannot be read, it is the other way round."""


class Ink:
    """Turns a chart `Style` into what the terminal can show."""

    def __init__(self, depth: str, theme: Theme) -> None:
        self.depth = depth
        """`truecolor`, `256`, `16` or `none`."""
        self.name = theme.name
        self.dark = theme.dark
        palette = dict(theme.palette)
        if depth == "256":
            palette = {role: _fixed(colour) for role, colour in palette.items()} | _FIXED.get(theme.name, {})
        self.palette: Mapping[str, str] = palette
        self._hints = ANSI_HINTS["dark" if theme.dark else "light"]
        self._cache: dict[Style, RichStyle] = {}
        self.base = self.style(Style())

    @property
    def mono(self) -> bool:
        return self.depth == "none"

    @property
    def theme_name(self) -> str:
        """As Textual knows it; other colours under the same name are another theme to it."""
        colours = zlib.crc32(" ".join(self.palette.values()).encode())
        return f"funnel-{self.name}-{self.depth}-{colours:08x}"

    def style(self, look: Style) -> RichStyle:
        found = self._cache.get(look)
        if found is None:
            found = self._cache[look] = self._make(look)
        return found

    def _make(self, look: Style) -> RichStyle:
        if self.depth in ("truecolor", "256"):
            return RichStyle(
                color=self.palette[look.fg or "text"],
                bgcolor=self.palette[look.bg or "ground"],
                bold=look.bold,
                dim=look.dim,
            )
        reverse = look.bg == "cursor"
        if look.bg and look.fg == "ground":
            # The ground's colour is not known: draw the rest of the cell in the other colour instead.
            return RichStyle(color=self._named(look.bg), reverse=True)
        if look.bg and not reverse and self._named(look.bg) == "default":
            return RichStyle(color="default", reverse=True)
        background = None if look.bg in (None, "cursor") else self._named(look.bg)
        # Grey on a reversed row would be unreadable.
        colour = "default" if reverse else self._named(look.fg or "text")
        dim = self.mono and look.fg in ("muted", "track") and not reverse
        bold = look.bold or (self.mono and look.fg in ("warn", "bad"))
        if not self.mono and not self.dark and look.fg in _BRIGHT:
            # Many terminals make bold colours bright ones, which a light ground swallows.
            bold = False
        return RichStyle(color=colour, bgcolor=background, bold=bold, dim=dim, reverse=reverse)

    def _named(self, role: str | None) -> str:
        if self.mono or role is None:
            return "default"
        if role in self._hints:
            return self._hints[role]
        name = _ANSI.get(role, "default")
        return f"bright_{name}" if self.dark == (role in _BRIGHT) and role.removesuffix("-soft") in _BRIGHT else name

    def theme(self) -> "WidgetTheme":
        """The same colours for Textual's own widgets: inputs, the palette, tool tips."""
        # The first frame is drawn before Textual is there.
        from textual.theme import BUILTIN_THEMES
        from textual.theme import Theme as WidgetTheme

        if self.depth in ("16", "none"):
            # Textual's own ansi themes know variables that only its ansi styles ask for.
            return replace(BUILTIN_THEMES["ansi-dark" if self.dark else "ansi-light"], name=self.theme_name)
        p = self.palette
        return WidgetTheme(
            name=self.theme_name,
            primary=p["human"],
            secondary=p["selfserve"],
            accent=p["proactive"],
            warning=p["warn"],
            error=p["bad"],
            success=p["good"],
            foreground=p["text"],
            background=p["ground"],
            surface=p["ground"],
            panel=p["track"],
            dark=self.dark,
        )


def _fixed(colour: str) -> str:
    # Truecolor terminals need not wait for it.
    from funnel_tui.charts.fixed_colours import nearest_256

    red, green, blue = Color.from_ansi(nearest_256(*rgb(colour))).get_truecolor()
    return f"#{red:02x}{green:02x}{blue:02x}"


@lru_cache(maxsize=64)
def shipped_ink(depth: str, name: str) -> Ink:
    return Ink(depth, shipped(name))


class Wardrobe:
    """The themes at hand, and the one that is worn."""

    def __init__(self, depth: str, name: str, themes: Sequence[Theme] | None = None) -> None:
        """`name` is what `[ui] theme` says; `themes` are those read already.

        Raises ConfigError for a theme of the user's own that is wrong.
        """
        self.depth = depth
        found = {theme.name: theme for theme in (every() if themes is None else themes)}
        name = resolved(name, dark=dark_ground())
        theme = found.setdefault(name, found[name] if name in found else choose(name, dark=True))
        if depth in ("16", "none"):
            # The terminal's own colours are all there is: of a theme remains whether its ground is dark.
            theme = shipped("dark" if theme.dark else "light")
            found = {name: found[name] for name in ("dark", "light")}
        self._themes = found
        self.ink = self._made(theme.name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._themes)

    def wear(self, name: str) -> Ink:
        """Raises KeyError for a name that is none of `names`."""
        self.ink = self._made(name)
        return self.ink

    def next(self) -> Ink:
        place = self.names.index(self.ink.name)
        return self.wear(self.names[(place + 1) % len(self.names)])

    def _made(self, name: str) -> Ink:
        return shipped_ink(self.depth, name) if name in SHIPPED else Ink(self.depth, self._themes[name])


def depth_of(color_system: str | None) -> str:
    """The depth for what Rich found out about the terminal; `NO_COLOR` wins."""
    if no_color() or color_system is None:
        return "none"
    return color_system if color_system in ("truecolor", "256") else "16"


def told_depth() -> str:
    """The depth by what the environment tells, as Rich reads it, before Rich is asked."""
    if no_color():
        return "none"
    if os.environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return "truecolor"
    return "256" if os.environ.get("TERM", "").lower().endswith(("-256color", "-kitty")) else "16"


def no_color() -> bool:
    """Any value counts, as it does for Textual's own filters."""
    return "NO_COLOR" in os.environ


def dark_ground() -> bool:
    """Whether the terminal says that its ground is dark. Few say; dark is then assumed."""
    ground = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return ground not in ("7", "15")
