"""Every key, by what it is for, and how to read the figures."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from funnel_tui.charts.cells import pad
from funnel_tui.tui.bindings import ALL_KEYS, BACK_KEY, shown, to_bindings
from funnel_tui.tui.widgets.panel import Panel, Part

from .modal import Modal

_SIGNS: tuple[tuple[str, str, str], ...] = (
    (
        "▲ ▼ =",
        "more, less, the same as in the compared period; green is better, bold red is worse, grey is unclear",
        "text",
    ),
    ("≈ 63 %", "approximate: d says why", "text"),
    ("n/a", "the sources cannot tell; – means that nothing happened", "muted"),
    ("n 418", "how many stand behind a rate or a median", "muted"),
    ("●  ○  ‖", "live, not up to date, paused", "text"),
    ("!  ↗", "needs a look now, is worth a look", "warn"),
)


def help_rows(keys: Mapping[str, str], columns: int, width: int) -> list[Sequence[Part]]:
    """Groups of keys, in so many columns, then the signs."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for key in ALL_KEYS:
        groups.setdefault(key.group, []).append((shown(key, keys), key.help))
    blocks = [
        [[(name.upper(), "human!")], *([(f"{spelt:<8}", "text!"), (words, "muted")] for spelt, words in rows), []]
        for name, rows in groups.items()
    ]
    rows: list[Sequence[Part]] = []
    if columns == 1:
        rows = [row for block in blocks for row in block]
    else:
        column = width // 2
        half = sum(len(block) for block in blocks) / 2
        left: list[list[Part]] = []
        while blocks and len(left) < half:
            left += blocks.pop(0)
        right = [row for block in blocks for row in block]
        for index in range(max(len(left), len(right))):
            first = list(left[index]) if index < len(left) else []
            if len(first) > 1:
                first[1] = (pad(first[1][0], column - len(first[0][0]) - 1), first[1][1])
            used = sum(len(text) for text, _ in first)
            second = list(right[index]) if index < len(right) else []
            rows.append([*first, (" " * (column - used), "text"), *second])
    rows.append([("SIGNS", "human!")])
    rows += [[(f"{sign:<8}", f"{role}!"), (words, "muted")] for sign, words, role in _SIGNS]
    return rows


class HelpScreen(Modal[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        *to_bindings((BACK_KEY,)),
        Binding("question_mark,q,enter", "back", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(15)", show=False),
        Binding("pageup", "scroll(-15)", show=False),
    ]

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__()
        self.keys = keys

    def compose(self) -> ComposeResult:
        columns = 2 if self.app.size.width >= 116 else 1
        width = min(116 if columns == 2 else 76, self.app.size.width - 2)
        rows = help_rows(self.keys, columns, width - 3)
        panel = Panel("KEYS", rows, role="human", note="Esc")
        panel.styles.width, panel.styles.height = width, min(len(rows) + 2, self.app.size.height - 2)
        yield panel

    def action_scroll(self, lines: int) -> None:
        self.query_one(Panel).scroll_by(lines)

    def action_back(self) -> None:
        self.dismiss()

    def on_click(self) -> None:
        self.dismiss()
