"""The live queue: every open conversation, the longest wait first, ages that tick in place."""

from bisect import bisect_left
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from textual import events

from funnel_tui.charts.cells import cell_width
from funnel_tui.charts.format import NOTHING, format_duration
from funnel_tui.model.boards import Items
from funnel_tui.model.values import ConversationRow
from funnel_tui.settings import Target
from funnel_tui.tui.dates import moment_words
from funnel_tui.tui.table import Column, Order

from .frame import Note
from .table import TablePane


class QueueTable(TablePane[ConversationRow]):
    """The screen calls `show` with new rows and `age` every second; only the second moves no row.

    A wait over the target of its channel wears `!`.
    """

    TITLE = "Queue"
    HEADING = "QUEUE"
    ROLE = "human"
    NOUN = ("conversation", "conversations")

    def __init__(self, pane: str) -> None:
        super().__init__(pane, order=Order("wait"))
        self.now = 0
        self.zone = ZoneInfo("UTC")
        self._targets: Mapping[str, Target] = {}
        self._all: tuple[ConversationRow, ...] = ()
        self._waiting = 0
        self._due: list[int] = []
        """When the waits pass their targets, in order: the clock alone says how many have."""

    def aim(self, targets: Mapping[str, Target]) -> None:
        """The targets by channel, whatever its case."""
        self._targets = {channel.casefold(): target for channel, target in targets.items()}

    @property
    def conversation(self) -> ConversationRow | None:
        return self.current

    def show(self, queue: Items, now: int, zone: ZoneInfo) -> None:
        """Another queue; does not draw."""
        self.message = queue.reason or "Nobody waits: no conversation is open."
        rows = tuple(row for row in queue.rows if isinstance(row, ConversationRow))
        self._all, self.now, self.zone = rows, now, zone
        self._waiting = sum(row.waiting_since is not None for row in rows)
        self._due = sorted(due for row in rows if (due := self._due_at(row)) is not None)
        self.fill(rows, self._wanted(), _key, total=queue.total)

    def age(self, now: int) -> None:
        """So late it is: the ages follow, nothing else."""
        if now != self.now:
            self.now = now
            self.redraw()

    def on_resize(self, event: events.Resize) -> None:
        self.fill(self._all, self._wanted(), _key, total=self.total)
        super().on_resize(event)

    def _wanted(self) -> tuple[Column[ConversationRow], ...]:
        width = self.size.width
        team, agent = (10, 10) if width < 76 else (11, 14) if width < 116 else (12, 18)
        return (
            Column(
                "wait",
                "wait",
                9,
                self._wait,
                key=lambda row: None if row.waiting_since is None else -row.waiting_since,
                align=">",
                role=self._wait_role,
                descending=True,
                words="longest wait first",
            ),
            Column(
                "subject",
                "subject",
                0,
                lambda row: row.subject or row.excerpt or "(no subject)",
                role=lambda row: "text" if row.subject or row.excerpt else "muted",
            ),
            Column("channel", "channel", 7, lambda row: row.channel or NOTHING, role="muted"),
            Column("team", "team", team, lambda row: row.team or NOTHING, role="muted"),
            Column("agent", "agent", agent, lambda row: row.agent or "nobody", role="muted"),
            Column("state", "state", 8, lambda row: row.state.replace("_", " "), role="muted", least=110),
            Column(
                "begun",
                "begun",
                12,
                lambda row: moment_words(row.created_at, self.zone, self.now) if row.created_at else NOTHING,
                key=lambda row: row.created_at,
                align=">",
                role="muted",
                descending=True,
                words="newest first",
                least=92,
            ),
        )

    def _wait(self, row: ConversationRow) -> str:
        if row.waiting_since is None:
            return NOTHING
        age = format_duration(max(0, self.now - row.waiting_since))
        return f"!{age:>8}" if self.late(row) else age

    def _wait_role(self, row: ConversationRow) -> str:
        if row.waiting_since is None:
            return "muted"
        return "bad" if self.late(row) else "text"

    def late(self, row: ConversationRow) -> bool:
        """Whether the customer has waited longer than the channel's target allows."""
        due = self._due_at(row)
        return due is not None and self.now > due

    def _due_at(self, row: ConversationRow) -> int | None:
        """The last moment at which the channel's target is kept; None where nobody waits or there is no target."""
        target = self._targets.get((row.channel or "").casefold())
        return None if target is None or row.waiting_since is None else row.waiting_since + target.within

    def _note(self, place: int | None, lines: int) -> Note:
        """How many wait, how many of them too long, and where the cursor is: as much as fits, the second first."""
        if not self._all:
            return ()
        if self.words:
            # Of those that are shown, not of all: the words before it say how many these are.
            said = super()._note(place, lines)
            return ((said, "muted"),) if said and isinstance(said, str) else ()
        late = bisect_left(self._due, self.now)
        alarm = ((f"! {late:,} over target", "bad"),) if late else ()
        rest = super()._note(place, lines)
        there = ((f" · {rest}", "muted"),) if rest and isinstance(rest, str) else ()
        count = ((f"{self._waiting:,} waiting", "muted"),)
        gap = ((" ", "muted"),) if late else ()
        room = self.size.width - cell_width(self._title()) - 7
        for note in ((*count, *gap, *alarm, *there), (*count, *gap, *alarm), alarm or count):
            if sum(cell_width(text) for text, _ in note) <= room:
                return note
        return ((f"! {late:,}", "bad"),) if late else ()


def _key(row: ConversationRow) -> str:
    return f"{row.source}/{row.id}"
