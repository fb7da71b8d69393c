"""What a source is to the rest of the program: streams of canonical records behind one small interface."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from msgspec import field

from funnel_tui.model.abilities import Abilities
from funnel_tui.model.records import Page
from funnel_tui.sources.pacing import HeadRoom


class Lane(StrEnum):
    """`fast` streams are read in turn at every poll; `slow` ones (exports, a call an item) beside them."""

    FAST = "fast"
    SLOW = "slow"


class Shape(StrEnum):
    """`window`: what changed between two moments. `snapshot`: all there is, every time. `feed`: what came after a
    position that the provider gave (a sequence number, a token), and by windows what came before the first one."""

    WINDOW = "window"
    SNAPSHOT = "snapshot"
    FEED = "feed"


class Items(StrEnum):
    """What a stream reads, and `reread` takes the ids of."""

    CONVERSATIONS = "conversations"
    THREADS = "threads"
    """In chat channels."""


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """One stream of a source and how the sync engine is to read it. Spans are seconds."""

    name: str
    lane: Lane = Lane.FAST
    shape: Shape = Shape.WINDOW
    interval: int = 0
    """Shortest time between two reads; 0 reads at every poll."""
    warm_up: int | None = None
    """The first interval, where one sample says nothing and two do; it doubles until it reaches `interval`."""
    overlap: int = 0
    """How far behind its bookmark a pass starts; for a feed, the window read when its position is forgotten."""
    slice: int | None = None
    """Longest slice of the backfill; None where the past is not read."""
    slice_items: int | None = None
    """A slice with more items is halved, where the provider can count."""
    rescan: bool = False
    """`reread` works, so that updates the provider failed to announce are found."""
    items: Items = Items.CONVERSATIONS
    rescan_every: int = 6 * 3_600
    rescan_touched: int = 2 * 86_400
    """A rescan takes what is not closed, or had something happen to it this recently; of threads the latter only."""
    essential: bool = False
    """Without it the source has failed; any other stream may be missing."""


class SourcePage(Page, frozen=True, kw_only=True):
    """A page that also tells which version of each item it holds, and what the user should know."""

    versions: dict[str, int] = field(default_factory=dict)
    """Item id -> its update time, for items that are sure not to change under the same time again."""
    warnings: tuple[str, ...] = ()
    waiting: bool = False
    """A long wait follows: who has no time stops here, and the next run goes on from the cursor."""
    beside: dict[str, str | None] = field(default_factory=dict)
    """What was read along with the items, by a stream name of its own: None, or the line that says why it cannot be
    had. Nothing where the page does not tell."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the credential belongs to. No personal data."""

    workspace: str | None
    name: str | None
    region: str | None = None
    timezone: str | None = None
    api_version: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """A line of `doctor` about a source. `good` is None for what is worth knowing but no fault."""

    good: bool | None
    what: str
    says: str
    """With the mend, where there is one."""


class Source(Protocol):
    """A provider's workspace. All methods raise `SourceError` and may be cancelled at any await."""

    @property
    def name(self) -> str:
        """The configured name; the workspace in the cache."""

    @property
    def kind(self) -> str: ...

    @property
    def abilities(self) -> Abilities:
        """What its metrics are worth."""

    @property
    def since(self) -> int | None:
        """Backfill from here, epoch seconds; None leaves it to the engine."""

    @property
    def requests(self) -> int:
        """HTTP requests sent so far, retries included."""

    @property
    def head_room(self) -> HeadRoom | None: ...

    @property
    def clock_skew(self) -> float | None:
        """Server clock minus local clock in seconds; None before the first answer."""

    def streams(self) -> Sequence[StreamSpec]: ...

    async def identify(self) -> Identity:
        """The cheapest authenticated call: proves address and credential, and tells the server's time."""

    async def probe(self, stream: str) -> None:
        """One cheap request that raises if the credential may not read `stream`."""

    async def examine(self) -> Sequence[Remark]:
        """What else a user had better know: scopes, rights, a plan, a slow mode. For `doctor`, after `identify`."""

    def server_now(self) -> int:
        """The provider's idea of now, epoch seconds; the local clock until it has answered once."""

    def read(
        self, stream: str, lo: int, hi: int, cursor: str | None = None, known: Mapping[str, int] | None = None
    ) -> AsyncIterator[Page]:
        """Pages of what changed in `[lo, hi]`, from `cursor` of an earlier page on.

        Items whose id and update time are in `known` may be left out. A page that is `waiting` is a checkpoint:
        something slow goes on at the provider. Raises `StaleCursor` if it no longer knows the cursor.
        """

    async def position(self, stream: str) -> str:
        """Where a feed stands now, opaque."""

    def follow(self, stream: str, position: str) -> AsyncIterator[Page]:
        """Pages of what a feed brought after `position`; the cursor of each is the position after it.

        Raises `StaleCursor` if the provider no longer knows the position.
        """

    def reread(self, stream: str, ids: Sequence[str]) -> AsyncIterator[Page]:
        """The named items as they are now; those that are gone come as `deleted` events."""

    async def count(self, stream: str, lo: int, hi: int) -> int | None:
        """How many items changed in `[lo, hi]`; None where the provider does not tell."""

    async def close(self) -> None: ...
