"""The Sankey's words: names, values and shares above its inner nodes and beside its ends."""

from collections.abc import Mapping, Sequence

from .cells import MARKED, Canvas, Style, cell_width, style
from .format import format_count, format_share, format_short
from .sankey_layout import Bar, Layout
from .sankey_picture import NODE_ROLES, SOFT, Path, ink

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


def header_room(layout: Layout, bar: Bar, xs: Sequence[int], width: int) -> int:
    """The cells above an inner node that are its own: up to the next one's."""
    following = bar.stage + 1
    return (xs[following] if following < layout.stages - 1 else width) - xs[bar.stage] - 1


def draw_header(
    canvas: Canvas, layout: Layout, names: Mapping[str, str], xs: Sequence[int], *, selected: Path = ()
) -> None:
    """Above each inner node its name, value and share, as much as fits before the next one."""
    for bar in layout.bars:
        if bar.stage == layout.stages - 1:
            continue
        x, room = xs[bar.stage], header_room(layout, bar, xs, canvas.width)
        name = names.get(bar.id, bar.id)
        value, short, share = format_count(bar.value), format_short(bar.value), format_share(bar.value / layout.total)
        # Of everybody there is no share; of the rest the name matters more than the number.
        forms = [(name, value, share), (name, value, ""), (name, short, ""), (name, "", "")]
        if not bar.stage:
            name = _SHORT.get(bar.id, name)
            forms = [*forms[1:3], (name, value, ""), (name, short, ""), (name, "", "")]
        name, number, share = next((f for f in forms if cell_width(" ".join(filter(None, f))) <= room), forms[-1])
        x = canvas.write(x, 0, name, _look(bar.id, selected, bold=True), width=room)
        if number:
            x = canvas.write(x + 1, 0, number, style("text"))
        if share:
            canvas.write(x + 1, 0, share, style("muted"))


def _look(node: str, selected: Path, *, bold: bool = False) -> Style:
    return MARKED if selected == (node,) else style(NODE_ROLES.get(node, "text"), None, bold)


def label_width(ends: Sequence[Bar], names: Mapping[str, str], width: int, *, swatch: bool) -> int:
    """For the name, the value and the share; where that takes more than two fifths of the width, for short names."""
    longest = max(cell_width(names.get(bar.id, bar.id)) for bar in ends)
    around = max(len(format_count(bar.value)) for bar in ends) + 7 + 2 + 2 * swatch
    shortest = max(cell_width(_SHORT.get(bar.id, names.get(bar.id, bar.id))) for bar in ends)
    return longest + around if longest + around <= width * 2 // 5 else min(shortest + around, width // 2)


def end_rows(ends: Sequence[Bar], height: int) -> list[int | None]:
    """The row of each end's label; None for those that do not fit."""
    return _label_rows([1 + (bar.top + bar.size / 2) / 8 for bar in ends], 1, height)


def draw_ends(
    canvas: Canvas,
    ends: Sequence[Bar],
    names: Mapping[str, str],
    total: int,
    x: int,
    swatches: Sequence[str] | None,
    *,
    selected: Path = (),
) -> None:
    digits = max(len(format_count(bar.value)) for bar in ends)
    numbers = digits + 7
    room = canvas.width - x - numbers - 1 - 2 * (swatches is not None)
    if any(cell_width(names.get(bar.id, bar.id)) > room for bar in ends):
        names = {**names, **_SHORT}
    for bar, row in zip(ends, end_rows(ends, canvas.height), strict=True):
        if row is None:
            continue
        value, share = format_count(bar.value), format_share(bar.value / total)
        name_x = x
        if swatches:
            name_x = canvas.write(x, row, f"{swatches[ink(bar.id) + SOFT]} ", style())
        canvas.write(name_x, row, names.get(bar.id, bar.id), _look(bar.id, selected), width=room)
        start = canvas.write(canvas.width - numbers, row, f"{value:>{digits}}", style("text", bold=True))
        canvas.write(start, row, f"{share:>7}", style("muted"))


def draw_link(canvas: Canvas, layout: Layout, xs: Sequence[int], selected: Path) -> None:
    """On the selected ribbon its value and share of all, in the middle of its first stretch."""
    ribbon = next((r for r in layout.ribbons if (r.source, r.target) == selected), None)
    if ribbon is None:
        return
    text = f" {format_count(ribbon.value)} · {format_share(ribbon.value / layout.total)} "
    left, right = xs[ribbon.stages[0]], xs[ribbon.stages[1]]
    middle = (ribbon.tops[0] + ribbon.tops[1] + max(1, ribbon.size)) // 2
    x = max(0, left + (right - left - cell_width(text) + 1) // 2)
    canvas.write(x, min(canvas.height - 1, 1 + middle // 8), text, MARKED)


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
