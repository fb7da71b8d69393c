"""The funnel as a Sankey: where demand went, each ribbon as thick as its share, to an eighth of a row."""

from dataclasses import dataclass

from funnel_tui.model.values import Funnel, Quality

from .blocks import paint, paint_dots, paint_shades
from .cells import Canvas, Line, clean, style
from .glyphs import Glyphs, choose, seven_bit
from .hits import Area
from .sankey_hits import SankeyHits
from .sankey_labels import draw_ends, draw_header, draw_link, end_rows, header_room, label_width
from .sankey_layout import Bar, Layout, lay_out
from .sankey_list import listed, sankey_list
from .sankey_picture import (
    ASCII_SHADES,
    INKS,
    MOST,
    NODE_ROLES,
    PATTERNS,
    SHADES,
    Path,
    Picture,
    picture,
)

MIN_WIDTH, MIN_HEIGHT = 60, 6


def sankey(
    funnel: Funnel,
    width: int,
    height: int,
    *,
    selected: Path = (),
    glyphs: Glyphs | None = None,
    ascii: bool = False,
    mono: bool = False,
) -> tuple[Line, ...]:
    """The funnel's picture; below 60 columns or 6 rows a list with bars.

    `mono` draws the layers in different fills instead of colours, as ASCII always does. Nodes without a value are left
    out. A ribbon or node too small for an eighth of a row is drawn as one. Of a `selected` node or link all that it
    touches keeps its colour and the rest stands back; its name is marked, a link's value stands on its ribbon.
    """
    chosen = choose(glyphs, ascii, "block")
    if funnel.quality is Quality.UNAVAILABLE or not any(link.value > 0 for link in funnel.links):
        canvas = Canvas(width, height)
        text = funnel.reason or "nobody has been seeking help in this period"
        canvas.write(0, max(0, (height - 1) // 2), text, style("muted"))
        return canvas.lines()
    plan = _plan(funnel, width, height, swatch=mono or chosen == "ascii")
    if plan is None:
        return sankey_list(funnel, width, height, NODE_ROLES, selected=selected, glyphs=chosen)
    lines = _draw(plan, width, height, selected, chosen, mono=mono)
    return seven_bit(lines) if chosen == "ascii" else lines


def sankey_hits(
    funnel: Funnel,
    width: int,
    height: int,
    *,
    selected: Path = (),
    glyphs: Glyphs | None = None,
    mono: bool = False,
) -> SankeyHits:
    """Where the nodes and links stand on `sankey` of the same arguments, labels included, and who is beside whom."""
    if funnel.quality is Quality.UNAVAILABLE or not any(link.value > 0 for link in funnel.links):
        return SankeyHits.of_rows((), 0)
    plan = _plan(funnel, width, height, swatch=mono or glyphs == "ascii")
    if plan is None:
        return SankeyHits.of_rows(tuple((node.id,) for node in listed(funnel, height, selected)), width)
    shaded = _shaded(choose(glyphs, False, "block"), mono)
    drawn = picture(plan.layout, plan.xs, plan.right, height - 1, whole_cells=shaded, selected=selected)
    hits = SankeyHits.of_picture(plan.layout, drawn)
    for bar in plan.layout.bars:
        if bar.stage < plan.layout.stages - 1:
            room = header_room(plan.layout, bar, plan.xs, width)
            hits.add_label((bar.id,), Area(plan.xs[bar.stage], 0, room, 1))
    for bar, row in zip(plan.ends, end_rows(plan.ends, height), strict=True):
        if row is not None:
            hits.add_label((bar.id,), Area(plan.right, row, width - plan.right, 1))
    return hits


@dataclass(frozen=True, slots=True)
class _Plan:
    layout: Layout
    names: dict[str, str]
    right: int
    """Columns of the picture; the labels of the ends stand after them."""
    xs: tuple[int, ...]
    """The column of each stage."""

    @property
    def ends(self) -> list[Bar]:
        return [bar for bar in self.layout.bars if bar.stage == self.layout.stages - 1]


def _plan(funnel: Funnel, width: int, height: int, *, swatch: bool) -> _Plan | None:
    """None where there is no room for a picture."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return None
    layout = lay_out(funnel, height - 1)
    if layout is None or width < 12 * layout.stages or len(layout.bars) + len(layout.ribbons) > MOST:
        return None
    names = {node.id: clean(node.label or node.id) for node in funnel.nodes}
    ends = [bar for bar in layout.bars if bar.stage == layout.stages - 1]
    right = width - label_width(ends, names, width, swatch=swatch)
    xs = tuple(round(stage * (right - 1) / (layout.stages - 1)) for stage in range(layout.stages))
    return _Plan(layout, names, right, xs)


def _shaded(glyphs: Glyphs, mono: bool) -> bool:
    return glyphs == "ascii" or (mono and glyphs == "block")


def _draw(plan: _Plan, width: int, height: int, selected: Path, glyphs: Glyphs, *, mono: bool) -> tuple[Line, ...]:
    canvas = Canvas(width, height)
    shaded = _shaded(glyphs, mono)
    drawn = picture(plan.layout, plan.xs, plan.right, height - 1, whole_cells=shaded, selected=selected)
    _paint(canvas, drawn, glyphs, mono=mono)
    swatches = None
    if glyphs == "ascii":
        swatches = ASCII_SHADES
    elif mono:
        swatches = SHADES if glyphs == "block" else tuple(chr(0x2800 + dots) for dots in PATTERNS)
    draw_header(canvas, plan.layout, plan.names, plan.xs, selected=selected)
    draw_ends(canvas, plan.ends, plan.names, plan.layout.total, plan.right + 1, swatches, selected=selected)
    draw_link(canvas, plan.layout, plan.xs, selected)
    return canvas.lines()


def _paint(canvas: Canvas, drawn: Picture, glyphs: Glyphs, *, mono: bool) -> None:
    for x, column in enumerate(drawn.inks):
        if glyphs == "braille":
            paint_dots(canvas, x, 1, column, INKS, PATTERNS if mono else None)
        elif glyphs == "ascii":
            paint_shades(canvas, x, 1, column, ASCII_SHADES, "-")
        elif mono:
            paint_shades(canvas, x, 1, column, SHADES)
        else:
            paint(canvas, x, 1, column, INKS)
