"""The list that a conversation was opened from: its neighbours, one key away."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from funnel_tui.model.values import ConversationRow

from .widgets.table import TablePane

R = TypeVar("R")


@dataclass(frozen=True)
class Among:
    """The conversations of a list, each once, in the order in which they stood when one of them was opened."""

    rows: tuple[ConversationRow, ...]
    place: int
    """Of the one that is shown."""
    follow: Callable[[ConversationRow], None]
    """Takes the list's cursor along, so that going back leads to the one that was read last."""

    def step(self, by: int) -> "Among | None":
        """The neighbour; None at either end."""
        place = self.place + by
        return replace(self, place=place) if 0 <= place < len(self.rows) else None

    @property
    def row(self) -> ConversationRow:
        return self.rows[self.place]


def among(pane: TablePane[R], of: Callable[[R], ConversationRow | None], opened: ConversationRow) -> Among | None:
    """The conversations of a table; `of` gives a row's. None where the opened one is not among them."""
    keys: dict[tuple[str, str], str] = {}
    rows = []
    for row, key in zip(pane.arranged_rows, pane.items, strict=True):
        conversation = of(row)
        if conversation is not None and (name := (conversation.source, conversation.id)) not in keys:
            keys[name] = key
            rows.append(conversation)
    names = list(keys)
    name = (opened.source, opened.id)
    if name not in keys:
        return None

    def follow(row: ConversationRow) -> None:
        if pane.is_mounted:
            pane.select(keys[row.source, row.id])

    return Among(tuple(rows), names.index(name), follow)
