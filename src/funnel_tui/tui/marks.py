"""The characters that a terminal has: dots, blocks, or ASCII and nothing else.

Charts draw with the glyphs that they are told; frames, signs, customers' words and Textual's own widgets are translated
at the very end (`thrift.outgoing`), so that no mark is forgotten. What replaces a character takes as many cells.
"""

import os
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funnel_tui.charts.glyphs import Glyphs


_OLD_TERMINALS = ("linux", "vt", "cons", "ansi")
"""How their TERM begins: consoles whose fonts have neither dots nor most signs."""

_SIGNS = {
    **dict.fromkeys("─━═╌╴╶", "-"),
    **dict.fromkeys("│┃║‖╎", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯", "+"),
    **dict(zip("▁▂▃▄▅▆▇█", "_.-=+*%#", strict=True)),
    **dict(zip("▏▎▍▌▋▊▉▐", "|||>>###", strict=True)),
    **dict(zip("▀▔░▒▓■□◼", '"".:%#o#', strict=True)),
    **dict(zip("▘▝▖▗▚▞▛▜▙▟", "'',,\\/####", strict=True)),
    **dict(zip("▲▼△▽◂▸◀▶◆◇●○•", "^v^v<><>*o*o*", strict=True)),
    **dict(zip("↑↓←→↗↘↔⇧⏎⌫", "^v<>/\\-^<<", strict=True)),
    **dict(zip("≈≠≤≥±×÷−–—‐‑", "~#<>+x/-----", strict=True)),
    **dict(zip("…·›‹«»“”„‘’‚✓✗", "~-><<>\"\"\"'''+x", strict=True)),
}


class _Table(dict[int, str]):
    """Code points to what stands for them, worked out when they are first met."""

    def __init__(self, glyphs: "Glyphs") -> None:
        super().__init__()
        self._glyphs = glyphs

    def __missing__(self, code: int) -> str:
        found = self[code] = self._find(code)
        return found

    def _find(self, code: int) -> str:
        character = chr(code)
        if code < 0x80:
            return character
        if 0x2800 <= code < 0x2900:
            return _dots_as_blocks(code - 0x2800) if self._glyphs == "block" else _dots_as_ascii(code - 0x2800)
        if self._glyphs == "block":
            return character
        if character in _SIGNS:
            return _SIGNS[character]
        if character.isspace():
            return " "
        # The skeleton is drawn with what is in here, and seldom meets such a character.
        from funnel_tui.charts.cells import cell_width

        width = cell_width(character)
        base = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
        return base if len(base) == width == 1 and base.isascii() and base.isprintable() else "?" * width


_TABLES: Mapping["Glyphs", _Table] = {"block": _Table("block"), "ascii": _Table("ascii")}


def glyphs_for(wish: str, environ: Mapping[str, str] | None = None) -> "Glyphs | None":
    """What `[ui] glyphs` means on this terminal; None is each chart's own best, for a terminal that has everything.

    `auto` is ASCII on consoles, and where the environment names a locale whose characters are not UTF-8.
    """
    if wish in ("braille", "block", "ascii"):
        return wish  # type: ignore[return-value]
    given = os.environ if environ is None else environ
    if given.get("TERM", "").startswith(_OLD_TERMINALS):
        return "ascii"
    locale = next((given[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if given.get(name)), "")
    return None if not locale or "utf" in locale.lower() else "ascii"


def translated(text: str, glyphs: "Glyphs | None") -> str:
    """`text`, which may hold escape sequences, in the terminal's characters."""
    table = _TABLES.get(glyphs) if glyphs is not None else None
    return text if table is None or text.isascii() else text.translate(table)


_ROWS = (0b0000_1001, 0b0001_0010, 0b0010_0100, 0b1100_0000)
"""The dots of each row of a cell, from the top; Unicode counts the lowest row apart."""
_LEFT = 0b0100_0111
_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""By the quarters that are filled: 1 upper left, 2 upper right, 4 lower left, 8 lower right."""


def _dots_as_blocks(dots: int) -> str:
    upper, lower = dots & (_ROWS[0] | _ROWS[1]), dots & (_ROWS[2] | _ROWS[3])
    parts = (upper & _LEFT, upper & ~_LEFT, lower & _LEFT, lower & ~_LEFT)
    return _QUADRANTS[sum(1 << place for place, part in enumerate(parts) if part)]


def _dots_as_ascii(dots: int) -> str:
    rows = [row for row in range(4) if dots & _ROWS[row]]
    if not rows:
        return " "
    if dots.bit_count() >= 6:
        return "#"
    left, right = ([row for row in rows if dots & _ROWS[row] & side] for side in (_LEFT, ~_LEFT))
    if left and right and not set(left) & set(right):
        return "\\" if left[0] < right[0] else "/"
    if len(rows) >= 3:
        return "|"
    return {0: "'", 1: "-", 2: "-", 3: "_"}[rows[-1]] if len(rows) == 1 else ("'", "-", ".")[rows[0]]
