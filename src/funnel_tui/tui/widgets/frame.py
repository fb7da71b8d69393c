"""Frames around panes: a box where there is room, a title rule where every line counts."""

from collections.abc import Sequence

from funnel_tui.charts.cells import Canvas, Line, Span, cell_width, cut, join, style

Note = tuple[tuple[str, str], ...]
"""Texts and their roles."""

MARK = "▌"
"""Stands left of the selected row, so that the cursor is seen without colours."""


def inner_size(width: int, height: int, *, boxed: bool) -> tuple[int, int]:
    """Cells that are left for the content."""
    return (max(0, width - 3), max(0, height - 2)) if boxed else (max(0, width - 2), max(0, height - 1))


def scrolled(top: int, place: int | None, height: int, count: int) -> int:
    """The first line to show so that `place` is seen, moving as little as possible."""
    if place is not None:
        top = max(min(top, place), place - height + 1)
    return max(0, min(top, count - height))


def frame(
    title: str,
    body: Sequence[Line],
    width: int,
    height: int,
    *,
    boxed: bool,
    role: str = "text",
    active: bool = False,
    note: str | Note = "",
    marked: int | None = None,
) -> tuple[Line, ...]:
    """`body` (lines of `inner_size`) in a frame.

    `role` colours the title; `note` stands at the right of it; `marked` is the line of the body with the cursor.
    """
    inner_width, inner_height = inner_size(width, height, boxed=boxed)
    if inner_width <= 0 or height <= 0:
        return ()
    line_role = role if active else "track"
    lines = [_top(title, note, width, boxed=boxed, role=role, line_role=line_role, active=active)]
    blank = join((), inner_width)
    edge = Span("│", style(line_role))
    for y in range(inner_height):
        content = body[y] if y < len(body) else blank
        mark = Span(MARK, style(role, bold=True)) if y == marked else None
        if boxed:
            lines.append((mark or edge, Span(" ", style()), *content, edge))
        else:
            lines.append((mark or Span(" ", style()), *content, Span(" ", style())))
    if boxed:
        lines.append((Span("└" + "─" * (width - 2) + "┘", style(line_role)),))
    return tuple(_merge(line) for line in lines[:height])


def _top(title: str, note: str | Note, width: int, *, boxed: bool, role: str, line_role: str, active: bool) -> Line:
    canvas = Canvas(width, 1)
    rule = style(line_role)
    canvas.write(0, 0, ("┌" + "─" * (width - 2) + "┐") if boxed else "─" * width, rule)
    room = width - 4
    title = cut(title, room)
    x = canvas.write(1, 0, f" {title} ", style(role, bold=True))
    parts = ((note, "muted"),) if isinstance(note, str) else note
    size = sum(cell_width(text) for text, _ in parts)
    if size and x + size + 4 <= width:
        x = canvas.write(width - size - 4, 0, " ", rule)
        for text, part_role in parts:
            x = canvas.write(x, 0, text, style(part_role))
        canvas.write(x, 0, " ", rule)
    return canvas.lines()[0]


def _merge(line: Line) -> Line:
    """Neighbouring spans of one style as one: every span costs colour codes."""
    merged: list[Span] = []
    for span in line:
        if merged and (
            merged[-1].style == span.style
            or (span.style.bg is None and merged[-1].style.bg is None and not span.text.strip(" "))
        ):
            merged[-1] = Span(merged[-1].text + span.text, merged[-1].style)
        else:
            merged.append(span)
    return tuple(merged)
