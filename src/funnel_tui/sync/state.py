"""What survives between runs: bookmarks, resume cursors, versions seen. Kept as JSON beside the data it belongs to."""

from typing import TypeVar

from msgspec import DecodeError, Struct, field, json


class Window(Struct):
    """A pass under way over `[lo, hi]`, both epoch seconds of the server."""

    lo: int
    hi: int
    cursor: str | None = None
    """Where its next page starts, opaque."""


class Live(Struct, omit_defaults=True):
    """A stream's forward reading. `*_at` are local moments, `bookmark` and `seen` the server's."""

    position: str | None = None
    """Of a feed: where its next page starts, in the provider's words."""
    bookmark: int | None = None
    """Everything up to here has been read. Never the newest update time seen: the start of the last whole pass."""
    window: Window | None = None
    seen: dict[str, int] = field(default_factory=dict)
    """Item id -> update time of what lies in the next pass's overlap, so that it need not be read twice."""
    first_at: int | None = None
    read_at: int | None = None
    """The last whole read, by the scheduler's clock."""
    success_at: int | None = None
    """The same by the clock that ages are shown by."""


class Backfill(Struct, omit_defaults=True):
    """A stream's reading of the past, newest first: `[upper, start]` is done, `[floor, upper]` is not."""

    floor: int
    upper: int
    start: int | None = None
    window: Window | None = None
    read: int = 0
    total: int | None = None
    """Items in all, where the provider counts."""
    done: bool = False
    before_lo: int | None = None
    before_hi: int | None = None
    """Reading everything again: what was whole before, and still is in the cache."""

    @property
    def whole_from(self) -> int | None:
        """The oldest moment from which on everything is in the cache; None where nothing is."""
        if self.done:
            return self.floor
        if self.before_lo is not None and self.before_hi is not None and self.upper <= self.before_hi:
            return min(self.upper, self.before_lo)
        return self.upper or None

    @property
    def share(self) -> float:
        """How much of the past has been read: by items where the provider counts them, else by the time they span."""
        if self.total:
            return min(1.0, self.read / self.total)
        start = self.start or self.upper
        span = start - self.floor
        return (start - self.upper) / span if span > 0 else 0.0


class Beside(Struct, omit_defaults=True):
    """What could not be read along with a stream's items, with the line that says why."""

    refused: dict[str, str] = field(default_factory=dict)


class Rescan(Struct):
    at: int


S = TypeVar("S", Live, Backfill, Beside, Rescan)


def encode(state: Live | Backfill | Beside | Rescan) -> str:
    return json.encode(state).decode()


def decode(text: str | None, kind: type[S]) -> S | None:
    """None for nothing and for what an older program wrote in another form: the stream starts over, which is safe."""
    if text is None:
        return None
    try:
        return json.decode(text, type=kind)
    except DecodeError:
        return None
