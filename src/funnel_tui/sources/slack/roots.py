"""What a page of a channel's history means for its threads: which are told whole by their root, which moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from funnel_tui.model.records import ChatMessage
from funnel_tui.sources.slack import wire
from funnel_tui.sources.slack.messages import Rewriter, replies, root_of


@dataclass(frozen=True, slots=True)
class Root:
    """A thread that a page of history speaks of."""

    ts: str
    row: wire.Message | None
    """Its first message; None where only a reply to it stands on the page, which was sent to the channel too."""
    moved: str
    """The last reply that the page tells of, the root itself where there is none."""

    @property
    def version(self) -> int:
        return wire.second(self.moved)

    @property
    def dated(self) -> bool:
        """Whether its version tells of the replies: a root may say how many there are, and not when the last came."""
        return self.row is None or bool(replies(self.row)[1]) or not replies(self.row)[0]


class Due(Enum):
    NOTHING = auto()
    ROOT = auto()
    """Its first message changed, the replies did not move."""
    ALONE = auto()
    """Its first message, and there are no replies."""
    REPLIES = auto()
    """They have to be asked for."""


@dataclass(frozen=True, slots=True)
class _Print:
    message: ChatMessage
    replies: tuple[int, str]


class Prints:
    """How roots looked when they were last handed over: of the days that every pass goes over."""

    def __init__(self) -> None:
        self._prints: dict[str, _Print | None] = {}

    def due(self, root: Root, rewriter: Rewriter, held: int | None) -> Due:
        """`held`: the version of the thread that is in the cache for sure."""
        if root.row is None:
            return Due.REPLIES if held is None or held < root.version else Due.NOTHING
        before, now = self._prints.get(rewriter.id(root.ts)), _print(root.row, rewriter)
        if now.replies[0] == 0:
            return Due.NOTHING if held is not None and before == now else Due.ALONE
        # Without a print, after a restart, the time of the last reply has to do; the rescan finds the rest.
        unmoved = held == root.version if before is None else before.replies == now.replies
        if not root.dated:
            unmoved = before is not None and before.replies == now.replies
        elif held is None:
            unmoved = False
        if not unmoved:
            return Due.REPLIES
        return Due.NOTHING if before == now else Due.ROOT

    def keep(self, root: Root, rewriter: Rewriter) -> None:
        """It has been handed over as it is now."""
        if root.row is not None:
            self._prints[rewriter.id(root.ts)] = _print(root.row, rewriter)

    def bury(self, id: str) -> None:
        self._prints[id] = None

    def buried(self, id: str) -> bool:
        return id in self._prints and self._prints[id] is None

    def alone(self, id: str) -> bool:
        """Whether it had no replies."""
        found = self._prints.get(id)
        return found is not None and found.replies[0] == 0

    def forget(self, before: int) -> None:
        """Drop those with a root from before that moment."""
        self._prints = {id: seen for id, seen in self._prints.items() if wire.second(id.partition(":")[2]) >= before}


def roots(rows: Sequence[wire.Message], lo: int) -> list[Root]:
    """The threads that a page speaks of, newest first. Threads with a root since `lo` are left to their root's row."""
    found: dict[str, Root] = {}
    for row in rows:
        ts, root = wire.stamp(row.ts) or "", root_of(row)
        if root == ts:
            found[root] = Root(root, row, replies(row)[1] or root)
        elif wire.second(root) < lo:
            known = found.get(root)
            if known is None or (known.row is None and wire.order(known.moved) < wire.order(ts)):
                found[root] = Root(root, None, ts)
    return sorted(found.values(), key=lambda root: wire.order(root.ts), reverse=True)


def lost(known: Mapping[str, int], met: set[str], rewriter: Rewriter, lo: int, hi: int) -> list[str]:
    """Roots in `[lo, hi]` that were known and not met."""
    named = (rewriter.ts(id) for id in known)
    return [ts for ts in named if ts is not None and lo <= wire.second(ts) <= hi and ts not in met]


def _print(row: wire.Message, rewriter: Rewriter) -> _Print:
    return _Print(rewriter.message(row), replies(row))
