"""The funnel where there is no room for a picture: a list with bars."""

from collections.abc import Mapping

from funnel_tui.model.values import Funnel, FunnelNode

from .bars import hbar_parts
from .cells import MARKED, Canvas, Line, cell_width, clean, style
from .format import format_count, format_share
from .glyphs import Glyphs, seven_bit

_ORDER = (
    *("seeking", "articles", "bot", "team"),
    *("article_resolved", "bot_resolved", "team_resolved", "closed_unanswered", "in_progress", "pending"),
)
_FIRST = ("article_resolved", "bot_resolved", "team_resolved", "seeking", "team", "bot", "articles")
"""What stays when there are fewer rows than nodes."""


def listed(funnel: Funnel, height: int, selected: tuple[str, ...] = ()) -> list[FunnelNode]:
    """The nodes that have rows, in their order: what people did first, then how it ended; a selected one always."""
    inner = {link.source for link in funnel.links if link.value > 0}
    nodes = [node for node in funnel.nodes if node.value > 0]
    rank = {name: index for index, name in enumerate(_ORDER)}
    nodes.sort(key=lambda node: (node.id not in inner, rank.get(node.id, len(rank))))
    if len(nodes) > height:
        keep = {name: index for index, name in enumerate(_FIRST)}
        order = sorted(
            nodes, key=lambda node: (node.id not in selected[-1:], keep.get(node.id, len(keep)), -node.value)
        )
        nodes = [node for node in nodes if node in order[: max(0, height)]]
    return nodes


def sankey_list(
    funnel: Funnel,
    width: int,
    height: int,
    roles: Mapping[str, str],
    *,
    selected: tuple[str, ...] = (),
    glyphs: Glyphs = "block",
) -> tuple[Line, ...]:
    """A row a node with value, share of all and a bar. Of a selected link the target is marked."""
    canvas = Canvas(width, height)
    inner = {link.source for link in funnel.links if link.value > 0}
    nodes = listed(funnel, height, selected)
    if not nodes:
        return canvas.lines()
    total = max(node.value for node in funnel.nodes)
    digits = max(len(format_count(node.value)) for node in nodes)
    longest = max(cell_width(clean(node.label or node.id)) + 2 * (node.id not in inner) for node in nodes)
    name_width = max(1, min(longest, width - digits - 9))
    bar_width = width - name_width - digits - 9 - 1
    for y, node in enumerate(nodes):
        role = roles.get(node.id, "text")
        indent = 0 if node.id in inner else 2
        look = MARKED if node.id in selected[-1:] else style(role, bold=not indent)
        canvas.write(indent, y, node.label or node.id, look, width=name_width - indent)
        x = canvas.write(name_width + 1, y, f"{format_count(node.value):>{digits}}", style("text", bold=True))
        x = canvas.write(x, y, f"{format_share(node.value / total):>7} ", style("muted"))
        for text, look in hbar_parts(node.value, total, bar_width, role, glyphs=glyphs):
            x = canvas.write(x, y, text, look)
    return seven_bit(canvas.lines()) if glyphs == "ascii" else canvas.lines()
