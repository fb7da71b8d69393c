"""What the help says: the keys of this screen, where the questions are answered, all other keys, and the signs."""

from collections.abc import Iterable, Mapping, Sequence

from funnel_tui.charts.cells import cell_width, pad

from .bindings import ALL_KEYS, Key, shown
from .widgets.panel import Part

Row = list[Part]
Block = list[Row]

KEYS_WIDTH = 8
_COMMON = frozenset({"Period", "Screens", "Move", "Everywhere"})
"""Groups of keys that work on every screen, or nearly."""
_SCROLLS = ("list.up", "list.down", "list.page_up", "list.page_down", "list.first", "list.last")
_ORDER = ("Look closer", "Conversation", "Lists", "Period", "Screens", "Move", "Everywhere")
QUESTIONS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("screen.selfserve",), "What self-serve resolves, month by month"),
    (("screen.proactive",), "Messages sent and opened, against seekers"),
    (("screen.funnel",), "Resolved from the start or after self-serve"),
    (("screen.selfserve",), "Articles or the bot; which articles, topics"),
    (("screen.comparison",), "Now against the past, every number"),
    (("screen.human",), "The queue: who waits, how long, who is on"),
    (("screen.human", "group"), "Times and ratings by team, channel, agent"),
    ((), "Work, time and money saved"),
    (("attention",), "Where to invest next: what needs attention"),
    ((), "What the team asks itself in chat"),
)
"""The ids of the keys that lead to each answer, first to last; without any the answer is still to come."""
SIGNS: tuple[tuple[str, str, str], ...] = (
    ("▲ ▼ =", "more, less, as before", "text"),
    ("", "green better, bold red worse, grey unclear", "text"),
    ("≈ 63 %", "approximate: d says why", "text"),
    ("n/a", "the sources cannot tell: d says why", "muted"),
    ("–", "nothing happened that could be measured", "muted"),
    ("n 418", "how many stand behind a rate or a median", "muted"),
    ("●  ○  ‖", "live, not up to date, paused", "text"),
    ("!  ↗", "needs a look now, is worth a look", "warn"),
    ("┃  ╎", "a wait in office hours, outside of them", "warn"),
)


def own_keys(keys: Iterable[Key]) -> tuple[Key, ...]:
    """Of the keys of a screen those that not every screen has, each once."""
    return tuple(dict.fromkeys(key for key in keys if key.group not in _COMMON and key.id not in _SCROLLS))


def blocks(own: Sequence[Key], name: str, keys: Mapping[str, str]) -> list[Block]:
    """The parts of the help, what matters first. A key stands in one of them."""
    found = [_block(f"Here: {name}", own, keys)] if own else []
    found.append(_where(keys))
    groups: dict[str, list[Key]] = {}
    for key in ALL_KEYS:
        if key not in own:
            groups.setdefault(key.group, []).append(key)
    ordered = sorted(groups, key=lambda group: _ORDER.index(group) if group in _ORDER else len(_ORDER))
    found += [_block(group, groups[group], keys) for group in ordered]
    found.append([_title("Signs"), *([_left(sign, f"{role}!"), (words, "muted")] for sign, words, role in SIGNS)])
    return found


def help_rows(own: Sequence[Key], name: str, keys: Mapping[str, str], columns: int, width: int) -> Sequence[Row]:
    """All of it in one column, or in two of which each part goes into the shorter one."""
    parts = blocks(own, name, keys)
    if columns == 1:
        return [row for block in parts for row in (*block, [])][:-1]
    sides: tuple[Block, Block] = ([], [])
    for block in parts:
        side = min(sides, key=len)
        side += [*([[]] if side else []), *block]
    column = width // 2
    return [_side_by_side(sides, index, column) for index in range(max(map(len, sides)))]


def _side_by_side(sides: tuple[Block, Block], index: int, column: int) -> Row:
    first, second = (list(side[index]) if index < len(side) else [] for side in sides)
    room = column - 1 - sum(cell_width(text) for text, _ in first[:-1])
    if first:
        first[-1] = (pad(first[-1][0], room), first[-1][1])
    else:
        first = [(" " * room, "text")]
    return [*first, (" ", "text"), *second]


def _block(title: str, group: Iterable[Key], keys: Mapping[str, str]) -> Block:
    return [_title(title), *([_left(shown(key, keys), "text!"), (key.help, "muted")] for key in group)]


def _where(keys: Mapping[str, str]) -> Block:
    by_id = {key.id: key for key in ALL_KEYS}
    rows: Block = [_title("Where is …?")]
    for ids, words in QUESTIONS:
        spelt = " ".join(shown(by_id[id], keys) for id in ids)
        rows.append([_left(spelt or "later", "text!" if spelt else "muted"), (words, "muted")])
    return rows


def _title(words: str) -> Row:
    return [(words.upper(), "human!")]


def _left(spelt: str, role: str) -> Part:
    return pad(spelt, KEYS_WIDTH - 1) + " " if cell_width(spelt) < KEYS_WIDTH else f"{spelt} ", role
