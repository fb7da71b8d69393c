"""What the sync engine needs of a cache; the store is one."""

import sqlite3
from collections.abc import Iterable
from typing import Protocol

from funnel_tui.errors import UserError
from funnel_tui.model.abilities import Abilities
from funnel_tui.model.records import Record
from funnel_tui.model.values import Freshness


class Cache(Protocol):
    """A writer, used from one thread. Raises `UserError` with a sentence where it cannot write."""

    def write(
        self, workspace: str, records: Iterable[Record], *, stream: str | None = None, state: str | None = None
    ) -> int: ...

    def state(self, workspace: str, stream: str) -> str | None: ...

    def delete_state(self, workspace: str, stream: str) -> None: ...

    def register(self, workspace: str, kind: str, abilities: Abilities | None = None) -> None: ...

    def set_stream_status(self, workspace: str, stream: str, status: str, reason: str | None = None) -> None: ...

    def set_freshness(self, freshness: Freshness) -> None: ...

    def tidy(self) -> None: ...

    def open_conversations(self, workspace: str, touched_since: int) -> list[str]: ...

    def live_threads(self, workspace: str, touched_since: int) -> list[str]: ...

    def acquire_lease(self, holder: str, now: int, ttl: int) -> bool: ...

    def lease_holder(self) -> str | None: ...

    def release_lease(self, holder: str) -> None: ...

    def close(self) -> None: ...


def is_busy(error: UserError) -> bool:
    """Whether a cache could not be written because somebody else was writing for long: what passes by itself.

    Told by SQLite's own code: the sentence is for people, and may change.
    """
    cause = error.__cause__
    if not isinstance(cause, sqlite3.OperationalError):
        return False
    return cause.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
