"""Horizontal bars, for rows of tables and lists."""

from .blocks import bar_text
from .cells import Line, Style, join, style
from .glyphs import Glyphs, choose


def hbar(
    value: float | None,
    maximum: float,
    width: int,
    role: str,
    *,
    track: bool = False,
    glyphs: Glyphs | None = None,
    ascii: bool = False,
) -> Line:
    """A bar of `value` of `maximum`, exact to an eighth of a cell (in braille to a half, in ASCII to a cell); anything
    above zero shows. None is a dot."""
    return join(hbar_parts(value, maximum, width, role, track=track, glyphs=glyphs, ascii=ascii), width)


def hbar_parts(
    value: float | None,
    maximum: float,
    width: int,
    role: str,
    *,
    track: bool = False,
    glyphs: Glyphs | None = None,
    ascii: bool = False,
) -> list[tuple[str, Style]]:
    """The bar as texts and styles, to be joined into a longer line."""
    if width <= 0:
        return []
    chosen = choose(glyphs, ascii, "block")
    if value is None:
        return [(("?" if chosen == "ascii" else "·") + " " * (width - 1), style("muted"))]
    share = min(1.0, value / maximum) if value > 0 and maximum > 0 else 0.0
    if chosen != "block":
        steps = 2 if chosen == "braille" else 1
        full, half = divmod(max(1, round(share * width * steps)) if share > 0 else 0, steps)
        text = ("⣿" if steps > 1 else "#") * full + "⡇" * half
        rest = ("⣀" if steps > 1 else ".") if track else " "
        return [(text, style(role)), (rest * (width - len(text)), style("track"))]
    text = bar_text(max(1, round(share * width * 8)) if share > 0 else 0)
    gap = width - len(text)
    if not track:
        return [(text, style(role)), (" " * gap, style())]
    if text and text[-1] != "█":  # the empty part of the last cell belongs to the track
        return [
            (text[:-1], style(role)),
            (text[-1], style(role, "track")),
            (" " * gap, style(None, "track")),
        ]
    return [(text, style(role)), (" " * gap, style(None, "track"))]
