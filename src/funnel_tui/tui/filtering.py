"""What a filter panel shows and does: keys, their values, which are chosen. Pure values, no screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from funnel_tui.model.boards import Choice, Choices

KEYS = ("team", "channel", "agent", "tag", "source", "origin")
"""In the order of the panel; the report takes the same keys."""
NONE = "none"


@dataclass(frozen=True)
class Picking:
    """The panel's state. `chosen` holds what the filters are to be, by key."""

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Choices | None = None
    key: str = KEYS[0]
    words: str = ""
    value: str | None = None
    """The value that the cursor is on."""

    @property
    def listed(self) -> tuple[Choice, ...]:
        """The values of the key that contain the typed words: those chosen first, also where the period lacks them."""
        known = self.choices.keys.get(self.key, ()) if self.choices else ()
        chosen = self.chosen.get(self.key, ())
        absent = [Choice(value, value, 0) for value in chosen if not any(_same(choice, value) for choice in known)]
        wanted = self.words.casefold().split()
        found = [choice for choice in (*absent, *known) if all(word in choice.label.casefold() for word in wanted)]
        return tuple(found)

    @property
    def place(self) -> int:
        values = [choice.value for choice in self.listed]
        return values.index(self.value) if self.value in values else 0

    def has(self, choice: Choice) -> bool:
        return any(_same(choice, value) for value in self.chosen.get(self.key, ()))

    def turned(self, step: int) -> "Picking":
        """Another key."""
        key = KEYS[(KEYS.index(self.key) + step) % len(KEYS)]
        return replace(self, key=key, words="", value=None)

    def moved(self, lines: int) -> "Picking":
        listed = self.listed
        if not listed:
            return self
        return replace(self, value=listed[max(0, min(self.place + lines, len(listed) - 1))].value)

    def typed(self, words: str) -> "Picking":
        return replace(self, words=words)

    def toggled(self) -> "Picking":
        """The value under the cursor in or out."""
        listed = self.listed
        if not listed:
            return self
        choice = listed[self.place]
        values = self.chosen.get(self.key, ())
        if self.has(choice):
            kept = tuple(value for value in values if not _same(choice, value))
        else:
            kept = (*values, choice.value)
        chosen = {key: value for key, value in {**self.chosen, self.key: kept}.items() if value}
        return replace(self, chosen=chosen, value=choice.value)

    def cleared(self) -> "Picking":
        return replace(self, chosen={})


def _same(choice: Choice, value: str) -> bool:
    return value.casefold() in (choice.value.casefold(), choice.label.casefold())


def filter_words(filters: Mapping[str, tuple[str, ...]], labels: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """`team billing, shipping · channel chat`. `labels` turns ids into names where they are known."""
    parts = []
    for key in (*KEYS, *(key for key in filters if key not in KEYS)):
        values = filters.get(key, ())
        if values:
            names = labels.get(key, {}) if labels else {}
            parts.append(
                f"{key} {', '.join(names.get(value, f'no {key}' if value == NONE else value) for value in values)}"
            )
    return " · ".join(parts)
