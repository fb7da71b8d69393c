"""Panels over a screen that close once, however often they are told to.

Keys that were pressed before a panel is gone still reach it: Textual would then close the screen below, or complain
that there is none.
"""

from typing import TypeVar

from textual import on
from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.screen import ModalScreen
from textual.widgets import Input

T = TypeVar("T")


class Modal(ModalScreen[T]):
    @property
    def composed(self) -> bool:
        """As of screens: its views are there, and not being taken down."""
        return bool(self.children) and all(child.is_attached for child in self.children)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.composed

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Palette(CommandPalette):
    """Looks for nothing any more once it is told to close: Textual's own would look for its list, which is gone."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        if not self.is_active:
            return AwaitComplete()
        self.workers.cancel_node(self)
        return super().dismiss(result)

    @on(Input.Changed)
    def _typed_too_late(self, event: Input.Changed) -> None:
        if not self.is_active:
            event.prevent_default()
