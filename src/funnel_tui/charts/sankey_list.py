"""The funnel where there is no room for a picture: a list with bars."""

from collections.abc import Mapping

from funnel_tui.model.values import Funnel

from .bars import hbar_parts
from .cells import Canvas, Line, cell_width, clean, style
from .format import format_count, format_share

_ORDER = (
    *("seeking", "articles", "bot", "team"),
    *("article_resolved", "bot_resolved", "team_resolved", "closed_unanswered", "in_progress", "pending"),
)
_FIRST = ("article_resolved", "bot_resolved", "team_resolved", "seeking", "team", "bot", "articles")
"""What stays when there are fewer rows than nodes."""


def sankey_list(
    funnel: Funnel, width: int, height: int, roles: Mapping[str, str], *, ascii: bool = False
) -> tuple[Line, ...]:
    """A row a node with value, share of all and a bar: what people did first, then how it ended."""
    canvas = Canvas(width, height)
    inner = {link.source for link in funnel.links if link.value > 0}
    nodes = [node for node in funnel.nodes if node.value > 0]
    total = max((node.value for node in nodes), default=1)
    rank = {name: index for index, name in enumerate(_ORDER)}
    nodes.sort(key=lambda node: (node.id not in inner, rank.get(node.id, len(rank))))
    if len(nodes) > height:
        keep = {name: index for index, name in enumerate(_FIRST)}
        kept = sorted(nodes, key=lambda node: (keep.get(node.id, len(keep)), -node.value))[: max(0, height)]
        nodes = [node for node in nodes if node in kept]
    if not nodes:
        return canvas.lines()
    digits = max(len(format_count(node.value)) for node in nodes)
    longest = max(cell_width(clean(node.label or node.id)) + 2 * (node.id not in inner) for node in nodes)
    name_width = max(1, min(longest, width - digits - 9))
    bar_width = width - name_width - digits - 9 - 1
    for y, node in enumerate(nodes):
        role = roles.get(node.id, "text")
        indent = 0 if node.id in inner else 2
        canvas.write(indent, y, node.label or node.id, style(role, bold=not indent), width=name_width - indent)
        x = canvas.write(name_width + 1, y, f"{format_count(node.value):>{digits}}", style("text", bold=True))
        x = canvas.write(x, y, f"{format_share(node.value / total):>7} ", style("muted"))
        for text, look in hbar_parts(node.value, total, bar_width, role, ascii=ascii):
            x = canvas.write(x, y, text, look)
    return canvas.lines()
