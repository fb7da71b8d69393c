"""What the engine tells its callers."""

from dataclasses import dataclass

from funnel_tui.model.values import Freshness


@dataclass(frozen=True, slots=True)
class SyncUpdate:
    """Something was read, or failed. Given to `on_update` in the polling thread."""

    source: str
    freshness: Freshness
    rows_changed: int
    """Rows of records since the last update of this source."""


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """One source's share of a `sync_once`."""

    name: str
    ok: bool
    conversations: int
    """Conversations read, changed or not."""
    requests: int
    rows_changed: int
    partial: bool = False
    """A stream is refused, or failed and is tried again."""
    warnings: tuple[str, ...] = ()
    """One line each: refused streams, what is pending, what was approximate."""
    error: str | None = None
    """One line: why the source failed as a whole."""

    @property
    def state(self) -> str:
        """As `Freshness.state`."""
        return "failed" if not self.ok else "partial" if self.partial else "ok"
