"""The funnel as a Sankey: where demand went, each ribbon as thick as its share, to an eighth of a row."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from funnel_tui.model.values import Funnel, Quality

from .blocks import paint, paint_shades
from .cells import Canvas, Line, cell_width, clean, style
from .format import format_count, format_share, format_short
from .sankey_layout import Bar, Layout, Ribbon, lay_out
from .sankey_list import sankey_list

NODE_ROLES: Mapping[str, str] = {
    "seeking": "text",
    "articles": "selfserve",
    "bot": "selfserve",
    "team": "human",
    "article_resolved": "selfserve",
    "bot_resolved": "selfserve",
    "team_resolved": "human",
    "closed_unanswered": "warn",
    "in_progress": "muted",
    "pending": "muted",
}

_SHORT: Mapping[str, str] = {
    "article_resolved": "by articles",
    "bot_resolved": "by the bot",
    "team_resolved": "by the team",
    "closed_unanswered": "unanswered",
    "in_progress": "in progress",
    "pending": "pending",
    "seeking": "Seeking",
}
"""Names for where the full ones would be cut to the same beginning."""

_INKS = (
    None,
    *("text", "selfserve", "human", "warn", "muted"),
    *("muted-soft", "selfserve-soft", "human-soft", "warn-soft", "muted-soft"),
)
_SHADES = (" ", *"█████", *"░▓▒█░")
_ASCII_SHADES = (" ", *"|||||", *".#=!.")
_SOFT = 5
"""From a node's ink to its ribbon's."""
_SLIT, _CLEFT = 2, 4
"""Eighths of a row that are closed between two ribbons, and between two of one target, which run together anyway."""
_STEADY = 5
"""Columns over which a gap must be narrow to be closed."""

MIN_WIDTH, MIN_HEIGHT = 60, 6


def sankey(funnel: Funnel, width: int, height: int, *, ascii: bool = False, mono: bool = False) -> tuple[Line, ...]:
    """The funnel's picture; below 60 columns or 6 rows a list with bars.

    `mono` draws the layers in different fills instead of colours, `ascii` in ASCII characters. Nodes without a value
    are left out. A ribbon or node too small for an eighth of a row is drawn as one.
    """
    if funnel.quality is Quality.UNAVAILABLE or not any(link.value > 0 for link in funnel.links):
        canvas = Canvas(width, height)
        text = funnel.reason or "nobody has been seeking help in this period"
        canvas.write(0, max(0, (height - 1) // 2), text, style("muted"))
        return canvas.lines()
    if width >= MIN_WIDTH and height >= MIN_HEIGHT:
        rows = height - 1
        layout = lay_out(funnel, rows)
        if layout is not None and width >= 12 * layout.stages:
            return _draw(funnel, layout, width, height, ascii=ascii, mono=mono)
    return sankey_list(funnel, width, height, NODE_ROLES, ascii=ascii)


def _draw(funnel: Funnel, layout: Layout, width: int, height: int, *, ascii: bool, mono: bool) -> tuple[Line, ...]:
    canvas = Canvas(width, height)
    names = {node.id: clean(node.label or node.id) for node in funnel.nodes}
    shades = _ASCII_SHADES if ascii else _SHADES
    ends = [bar for bar in layout.bars if bar.stage == layout.stages - 1]
    label_width = _label_width(ends, names, width, swatch=ascii or mono)
    right = width - label_width
    xs = [round(stage * (right - 1) / (layout.stages - 1)) for stage in range(layout.stages)]
    columns = _columns(layout, xs, right, height - 1, shaded=ascii or mono)
    for x, column in enumerate(columns):
        if ascii or mono:
            paint_shades(canvas, x, 1, column, shades, "-" if ascii else "─")
        else:
            paint(canvas, x, 1, column, _INKS)
    _header(canvas, layout, names, xs)
    _end_labels(canvas, ends, names, layout.total, right + 1, shades if ascii or mono else None)
    return canvas.lines()


def _ink(node: str) -> int:
    return _INKS.index(NODE_ROLES.get(node, "text"))


def _columns(layout: Layout, xs: Sequence[int], width: int, rows: int, *, shaded: bool) -> list[bytearray]:
    """Every column of the picture in eighths. Large ribbons first, so that small ones stay visible where they cross."""
    columns = [bytearray(rows * 8) for _ in range(width)]
    for ribbon in sorted(layout.ribbons, key=lambda r: (-r.size, -r.value)):
        _lay(ribbon, columns, xs, shaded=shaded)
    if not shaded:
        _close_slits(columns)
        _level(columns)
    for bar in layout.bars:
        _fill(columns[xs[bar.stage]], bar.top, max(1, bar.size), _ink(bar.id))
    return columns


def _lay(ribbon: Ribbon, columns: Sequence[bytearray], xs: Sequence[int], *, shaded: bool) -> None:
    ink, size = _ink(ribbon.target) + _SOFT, max(1, ribbon.size)
    for stage, top, following in zip(ribbon.stages, ribbon.tops, ribbon.tops[1:], strict=False):
        start, end = xs[stage], xs[stage + 1]
        for x in range(start, end + 1):
            t = (x - start) / (end - start)
            y = round(top + (following - top) * t * t * (3 - 2 * t))
            _fill(columns[x], y if shaded else _clear(y, size), size, ink)


def _clear(top: int, size: int) -> int:
    """The nearest place where a thin ribbon shows as thick as it is: no cell has an edge above and one below it."""
    above, below = top % 8, (top + size) % 8
    if size > 6 or not above or not below or above + size > 8:
        return top
    return top - above if above <= 8 - below else top + 8 - below


def _close_slits(columns: Sequence[bytearray]) -> None:
    """Ribbons that nearly touch do: a gap of an eighth or two would be drawn as a dash here and there."""
    slits = [_slits(column) for column in columns]
    closed = [
        (x, slit)
        for x, found in enumerate(slits)
        for slit in found
        if _reach(columns, slits, x, slit, -1) + _reach(columns, slits, x, slit, 1) >= _STEADY
    ]
    for x, (start, end) in closed:
        columns[x][start:end] = columns[x][start - 1 : start] * (end - start)


def _level(columns: Sequence[bytearray]) -> None:
    """Closes gaps of one column, where rounding lets two ribbons part again."""
    for before, column, after in zip(columns, columns[1:], columns[2:], strict=False):
        for y, ink in enumerate(column):
            if not ink and before[y] and after[y]:
                column[y] = before[y]


def _slits(column: bytearray) -> list[tuple[int, int]]:
    """The narrow gaps between two ribbons, as `[start, end)`."""
    found = []
    start = before = 0
    for ink, group in groupby(bytes(column)):
        end = start + len(list(group))
        if not ink and before and end < len(column):
            widest = _CLEFT if column[end] == before else _SLIT
            if end - start <= widest:
                found.append((start, end))
        start, before = end, ink
    return found


def _reach(
    columns: Sequence[bytearray], slits: Sequence[Sequence[tuple[int, int]]], x: int, slit: tuple[int, int], step: int
) -> int:
    """Over how many columns a slit goes on to one side; far, where it ends in ribbons that touch."""
    for far in range(_STEADY):
        x += step
        if not 0 <= x < len(columns):
            return _STEADY
        following = next((s for s in slits[x] if s[0] <= slit[1] and s[1] >= slit[0]), None)
        if following is None:
            return _STEADY if all(columns[x][slit[0] : slit[1]]) else far
        slit = following
    return _STEADY


def _fill(column: bytearray, top: int, size: int, ink: int) -> None:
    top = max(0, min(top, len(column) - size))
    column[top : top + size] = bytes([ink]) * size


def _header(canvas: Canvas, layout: Layout, names: Mapping[str, str], xs: Sequence[int]) -> None:
    """Above each inner node its name, value and share, as much as fits before the next one."""
    inner = [bar for bar in layout.bars if bar.stage < layout.stages - 1]
    for bar in inner:
        x = xs[bar.stage]
        room = (xs[bar.stage + 1] if bar.stage + 1 < len(inner) else canvas.width) - x - 1
        name = names.get(bar.id, bar.id)
        role = NODE_ROLES.get(bar.id, "text")
        value, short, share = format_count(bar.value), format_short(bar.value), format_share(bar.value / layout.total)
        # Of everybody there is no share; of the rest the name matters more than the number.
        forms = [(name, value, share), (name, value, ""), (name, short, ""), (name, "", "")]
        if not bar.stage:
            name = _SHORT.get(bar.id, name)
            forms = [*forms[1:3], (name, value, ""), (name, short, ""), (name, "", "")]
        name, number, share = next((f for f in forms if cell_width(" ".join(filter(None, f))) <= room), forms[-1])
        x = canvas.write(x, 0, name, style(role, bold=True), width=room)
        if number:
            x = canvas.write(x + 1, 0, number, style("text"))
        if share:
            canvas.write(x + 1, 0, share, style("muted"))


def _label_width(ends: Sequence[Bar], names: Mapping[str, str], width: int, *, swatch: bool) -> int:
    """For the name, the value and the share; where that takes more than two fifths of the width, for short names."""
    longest = max(cell_width(names.get(bar.id, bar.id)) for bar in ends)
    around = max(len(format_count(bar.value)) for bar in ends) + 7 + 2 + 2 * swatch
    shortest = max(cell_width(_SHORT.get(bar.id, names.get(bar.id, bar.id))) for bar in ends)
    return longest + around if longest + around <= width * 2 // 5 else min(shortest + around, width // 2)


def _end_labels(
    canvas: Canvas, ends: Sequence[Bar], names: Mapping[str, str], total: int, x: int, shades: Sequence[str] | None
) -> None:
    rows = _label_rows([1 + (bar.top + bar.size / 2) / 8 for bar in ends], 1, canvas.height)
    digits = max(len(format_count(bar.value)) for bar in ends)
    numbers = digits + 7
    room = canvas.width - x - numbers - 1 - 2 * (shades is not None)
    if any(cell_width(names.get(bar.id, bar.id)) > room for bar in ends):
        names = {**names, **_SHORT}
    for bar, row in zip(ends, rows, strict=True):
        if row is None:
            continue
        value, share = format_count(bar.value), format_share(bar.value / total)
        role = NODE_ROLES.get(bar.id, "text")
        name_x = x
        if shades:
            name_x = canvas.write(x, row, f"{shades[_ink(bar.id) + _SOFT]} ", style())
        canvas.write(name_x, row, names.get(bar.id, bar.id), style(role), width=room)
        start = canvas.write(canvas.width - numbers, row, f"{value:>{digits}}", style("text", bold=True))
        canvas.write(start, row, f"{share:>7}", style("muted"))


def _label_rows(centres: Sequence[float], first: int, end: int) -> list[int | None]:
    """A row for each label near its node's centre, in order and none twice; None for those that do not fit."""
    rows: list[int | None] = []
    free = first
    for centre in centres:
        row = max(free, int(centre))
        rows.append(row)
        free = row + 1
    limit = end - 1
    for index in range(len(rows) - 1, -1, -1):
        row_now = rows[index]
        if row_now is not None and row_now > limit:
            rows[index] = limit if limit >= first else None
        current = rows[index]
        limit = (current if current is not None else limit) - 1
    return rows
