"""The SQLite cache: one writer, many readers, facts replaced in the transaction that changes their events."""

from typing import TYPE_CHECKING, Any

from funnel_tui.store.errors import CacheError, NoCache
from funnel_tui.store.reader import Reader

if TYPE_CHECKING:
    from funnel_tui.store.writer import Store

__all__ = ["CacheError", "NoCache", "Reader", "Store"]


def __getattr__(name: str) -> Any:
    """The writer is imported when somebody writes: commands that only read start without it."""
    if name == "Store":
        from funnel_tui.store.writer import Store

        return Store
    raise AttributeError(name)
