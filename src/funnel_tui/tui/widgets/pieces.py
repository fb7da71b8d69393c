"""Facts in a row, broken into lines between the facts and not inside them."""

from collections.abc import Iterable

from funnel_tui.charts.cells import cell_width, cut

from .panel import wrap


def told(pieces: Iterable[str], width: int, most: int) -> list[str]:
    """The pieces in at most so many lines, broken between pieces where it can be; `…` where something is left out."""
    lines: list[str] = []
    for piece in pieces:
        joined = f"{lines[-1]} · {piece}" if lines else piece
        if lines and cell_width(joined) <= width:
            lines[-1] = joined
        else:
            lines += wrap(piece, width)
    if len(lines) > most:
        lines = [*lines[: most - 1], cut(f"{lines[most - 1]} …", width)]
    return lines
