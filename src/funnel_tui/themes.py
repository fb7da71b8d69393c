"""The dashboard's themes: those that ship, the user's own, and which of them holds.

A theme gives colours to roles (`charts.cells.ROLES`, and `cursor`). It need not name them all: soft areas and the steps
of heat maps follow from its accents and its ground as they do in the palette it is based on.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from funnel_tui import paths
from funnel_tui.charts.cells import ROLES
from funnel_tui.charts.palette import PALETTES, rgb
from funnel_tui.config_table import Refused, Table, guess
from funnel_tui.errors import ConfigError
from funnel_tui.toml_lines import key_lines, line_of, syntax_error

BASES = ("dark", "light")
_CURSOR = {"dark": "#233047", "light": "#d9e6fb"}
"""The ground of the selected row, a role that only screens have."""

SHIPPED: Mapping[str, Mapping[str, str]] = {
    "dark": {},
    "light": {},
    "contrast-dark": {
        "ground": "#000000",
        "text": "#ffffff",
        "muted": "#b4bcc8",
        "track": "#3c4450",
        "cursor": "#1c3358",
        "proactive": "#ee85a7",
        "selfserve": "#07f8db",
        "human": "#6199ff",
        "warn": "#ffcb37",
        "bad": "#ff6145",
        "good": "#b6f491",
    },
    "contrast-light": {
        "ground": "#ffffff",
        "text": "#000000",
        "muted": "#4c535e",
        "track": "#d3d7dd",
        "cursor": "#d3e3ff",
        "proactive": "#840bd6",
        "selfserve": "#106174",
        "human": "#0b2a72",
        "warn": "#873d06",
        "bad": "#b2083e",
        "good": "#1f5a0e",
    },
    "ember-dark": {
        "ground": "#17110c",
        "text": "#f3e8da",
        "muted": "#a5978a",
        "track": "#362b21",
        "cursor": "#40301f",
        "proactive": "#c578a6",
        "selfserve": "#51ead0",
        "human": "#72a0fc",
        "warn": "#f2b04e",
        "bad": "#f46150",
        "good": "#bbd87d",
    },
    "ember-light": {
        "ground": "#faf3e6",
        "text": "#2a2119",
        "muted": "#6b5f53",
        "track": "#e6dbc9",
        "cursor": "#eedcb8",
        "proactive": "#983eca",
        "selfserve": "#0b7275",
        "human": "#263780",
        "warn": "#8c3c01",
        "bad": "#c01839",
        "good": "#3d6a11",
    },
}
PAIRS = ("contrast", "ember")
"""Names that stand for a dark and a light theme; the terminal's ground decides, as it does for `auto`."""


@dataclass(frozen=True)
class Theme:
    name: str
    dark: bool
    palette: Mapping[str, str]
    """Role -> `#rrggbb`, every role."""


def names() -> tuple[str, ...]:
    """What `[ui] theme` may say beside `auto`."""
    return (*SHIPPED, *PAIRS, *_own_names())


def choose(name: str, *, dark: bool) -> Theme:
    """The theme of that name; `dark` is the terminal's ground. Raises ConfigError for a user's file that is wrong, and
    KeyError for a name that is none of `names()`."""
    name = resolved(name, dark=dark)
    return shipped(name) if name in SHIPPED else _read(name)


def resolved(name: str, *, dark: bool) -> str:
    """The name of a single theme, for `auto` and for those that stand for a pair."""
    half = "dark" if dark else "light"
    return half if name == "auto" else f"{name}-{half}" if name in PAIRS else name


def every() -> tuple[Theme, ...]:
    """All themes, the user's own last. Their files that are wrong are left out: `config validate` says why."""
    found = [shipped(name) for name in SHIPPED]
    for name in _own_names():
        try:
            found.append(_read(name))
        except ConfigError:
            continue
    return tuple(found)


def check() -> int:
    """Read all of the user's own files; how many there are. Raises ConfigError for the first that is wrong."""
    return len([_read(name) for name in _own_names()])


def shipped(name: str) -> Theme:
    """Raises KeyError."""
    return made(name, "dark" if name.endswith("dark") else "light", SHIPPED[name])


def made(name: str, base: str, colours: Mapping[str, str]) -> Theme:
    """A theme of some colours; the other roles are the base's, or follow from what it changes."""
    given = {**PALETTES[base], "cursor": _CURSOR[base]}
    palette = dict(given)
    palette.update(colours)
    for role in given:
        source = role.rpartition("-")[0]
        if role not in colours and source and (source in colours or "ground" in colours):
            share = _share(given[role], given["ground"], given[source])
            palette[role] = _blend(palette["ground"], palette[source], share)
    if "cursor" not in colours and ("ground" in colours or "human" in colours):
        palette["cursor"] = _blend(palette["ground"], palette["human"], 0.2)
    return Theme(name, base == "dark", palette)


def folder() -> Path:
    """Where the user's own themes lie, whether it exists or not."""
    return paths.config_path().parent / "themes"


def files() -> tuple[Path, ...]:
    """The user's own themes, by name."""
    try:
        return tuple(sorted(path for path in folder().iterdir() if path.suffix == ".toml"))
    except OSError:
        return ()


def _own_names() -> list[str]:
    return [path.stem for path in files()]


def _read(name: str) -> Theme:
    """Raises ConfigError, KeyError where there is no such file."""
    path = folder() / f"{name}.toml"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise KeyError(name) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"not UTF-8 text (byte {error.start})", file=path) from None
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=path) from None
    return parse(name, text, path)


def parse(name: str, text: str, path: Path | None = None) -> Theme:
    """A theme from TOML: `base`, and colours by role. `path` is where errors say that they are. Raises ConfigError."""
    if name in ("auto", *SHIPPED, *PAIRS):
        raise ConfigError(f"{name!r} is the name of a theme that comes with the program; choose another", file=path)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", name):
        raise ConfigError("a theme's name is made of letters, digits, - and _", file=path)
    try:
        table = Table(tomllib.loads(text), ())
    except tomllib.TOMLDecodeError as error:
        message, line = syntax_error(error, text)
        raise ConfigError(message, file=path, line=line) from None
    try:
        return made(name, table.text("base", among=BASES) or "dark", _colours(table))
    except Refused as refused:
        line = line_of(refused.path, key_lines(text))
        raise ConfigError(
            refused.message, file=path, line=line, key=".".join(str(part) for part in refused.path)
        ) from None


def _colours(table: Table) -> dict[str, str]:
    roles = (*ROLES, "cursor")
    found = {}
    for role in table.data:
        if role == "base":
            continue
        if role not in roles:
            raise table.refuse(role, f"there is no such role{guess(role, roles)}; allowed: base, {', '.join(roles)}")
        colour = table.text(role) or ""
        if not re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", colour):
            raise table.refuse(role, f'{colour!r} is no colour; allowed: "#rrggbb" or "#rgb"')
        digits = colour[1:].lower()
        found[role] = "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))
    return found


def _share(colour: str, ground: str, accent: str) -> float:
    """How much of the accent a colour has on its ground: the best fit over the three parts."""
    way = [a - g for a, g in zip(rgb(accent), rgb(ground), strict=True)]
    gone = [c - g for c, g in zip(rgb(colour), rgb(ground), strict=True)]
    length = sum(part * part for part in way)
    share = sum(a * b for a, b in zip(way, gone, strict=True)) / length if length else 0.0
    return min(1.0, max(0.0, share))


def _blend(ground: str, accent: str, share: float) -> str:
    parts = (round(g + (a - g) * share) for g, a in zip(rgb(ground), rgb(accent), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)
