"""The SQLite cache: one writer, many readers, facts replaced in the transaction that changes their events."""

from funnel_tui.store.errors import CacheError, NoCache
from funnel_tui.store.reader import Reader
from funnel_tui.store.writer import Store

__all__ = ["CacheError", "NoCache", "Reader", "Store"]
