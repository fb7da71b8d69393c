"""The team: its queue now, how each part of it does, how long people wait, what they say of it, and when they come."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType

from funnel_tui.model.boards import HumanBoard
from funnel_tui.model.values import ConversationRow
from funnel_tui.tui.among import Among, among
from funnel_tui.tui.bindings import BROWSE_KEY, TURN_KEYS, Key, to_bindings
from funnel_tui.tui.grid import Grid, Shape, columns, pane, rows, tabbed
from funnel_tui.tui.layout import Planner
from funnel_tui.tui.widgets.duty import DutyPane
from funnel_tui.tui.widgets.footer import Hint
from funnel_tui.tui.widgets.groups import GroupsPane
from funnel_tui.tui.widgets.heat import HeatPane
from funnel_tui.tui.widgets.pane import NumberPane
from funnel_tui.tui.widgets.panes import PaneView
from funnel_tui.tui.widgets.queue_table import QueueTable
from funnel_tui.tui.widgets.ratings import RatingsPane
from funnel_tui.tui.widgets.spike import SpikePane
from funnel_tui.tui.widgets.spread import SpreadPane

from .board import BoardScreen

_OWN = ("browse", "group", "heat")
"""Actions of keys that this screen has besides those of all; they stand beside Enter."""
_REST = ("response", "close", "heat", "ratings", "duty")

GRID = Grid(
    ("human", "waiting", "queue", "groups", "duty", "response", "close", "heat", "ratings"),
    (
        Shape(
            160,
            46,
            rows(
                columns(pane("human"), pane("queue"), pane("duty"), fixed=12),
                columns(
                    rows(pane("waiting", share=5), pane("groups", share=3), pane("ratings", share=3), share=3),
                    rows(pane("response", share=15), pane("close", share=12), pane("heat", share=19), share=2),
                ),
            ),
        ),
        Shape(
            110,
            36,
            rows(
                columns(pane("human"), pane("queue"), fixed=10),
                columns(pane("waiting", share=13), tabbed(*_REST, share=11)),
                pane("groups", fixed=9),
            ),
        ),
        Shape(
            100,
            28,
            rows(
                columns(pane("human"), pane("queue"), fixed=8),
                pane("waiting", share=9),
                tabbed("groups", *_REST, share=11),
            ),
        ),
    ),
    head="human",
    head_height=5,
)


class HumanScreen(BoardScreen):
    BOARD: ClassVar[str] = "human"
    NAME: ClassVar[str] = "Human"
    FIRST: ClassVar[str] = "waiting"
    KEYS: ClassVar[tuple[Key, ...]] = (*BoardScreen.KEYS, BROWSE_KEY, *TURN_KEYS)
    BINDINGS: ClassVar[list[BindingType]] = to_bindings((BROWSE_KEY, *TURN_KEYS))

    @property
    def planner(self) -> Planner:
        return GRID.plan

    def make_panes(self) -> Iterable[PaneView]:
        return (
            NumberPane("human"),
            QueueTable("waiting"),
            SpikePane("queue"),
            GroupsPane("groups"),
            DutyPane("duty"),
            SpreadPane("response", "Response", "FIRST RESPONSE", "human.first_response.median"),
            SpreadPane("close", "Close", "TIME TO CLOSE", "human.time_to_close.median"),
            HeatPane("heat"),
            RatingsPane("ratings"),
        )

    # What is shown

    @property
    def now(self) -> int:
        """The moment whose ages are shown: time does not pass in the past."""
        report = self.funnel.report
        at = self.funnel.view.at
        if at is not None:
            return report.period.as_of if report is not None else at
        return self.funnel.clock()

    def fill(self, pane: PaneView) -> None:
        board, report = self.board, self.funnel.report
        zone = report.period.zone if report else self.funnel.settings.zone
        if isinstance(pane, NumberPane):
            pane.wait_age = 0
        if not isinstance(board, HumanBoard):
            return
        match pane:
            case QueueTable():
                pane.aim(self.funnel.settings.targets)
                pane.show(board.queue, self.now, zone)
            case GroupsPane():
                pane.show_all(board.groups, report)
            case DutyPane():
                pane.show(board.duty, board.duty_reason)
            case SpreadPane():
                pane.show(board.response if pane.pane == "response" else (board.close,))
            case HeatPane():
                pane.heats = (board.arrivals, board.waits)
            case RatingsPane():
                pane.show(board.ratings, report, self.now, zone)
            case _:
                pass

    def tick(self) -> None:
        super().tick()
        report = self.funnel.report
        if report is None or self.funnel.view.at is not None:
            return
        if "waiting" in self.panes.shown:
            self.query_one(QueueTable).age(self.now)
        human = self.query_one(NumberPane)
        human.wait_age = max(0, self.now - report.generated_at)
        human.redraw()

    def hints(self) -> Sequence[Hint]:
        """Only what does something where the cursor is."""
        here = self.here if self.composed else None
        missing = set()
        if not isinstance(here, GroupsPane | SpreadPane):
            missing.add("group")
        if not isinstance(here, HeatPane):
            missing.add("heat")
        if not isinstance(here, QueueTable | RatingsPane):
            missing.add("browse")
        found = [hint for hint in super().hints() if hint[2] not in missing]
        own = [hint for hint in found if hint[2] in _OWN]
        rest = [hint for hint in found if hint[2] not in _OWN]
        return [*rest[:1], *own, *rest[1:]]

    # Keys

    @property
    def conversation(self) -> ConversationRow | None:
        """The one that the cursor is on, where it is on one."""
        here = self.here
        return here.conversation if isinstance(here, QueueTable | RatingsPane) else None

    def action_drill(self) -> None:
        from .timeline import TimelineScreen

        row = self.conversation
        if row is not None:
            self.app.push_screen(TimelineScreen(row, (*self.crumbs, row.id), self._among(row)))
        else:
            super().action_drill()

    def _among(self, row: ConversationRow) -> Among | None:
        here = self.here
        if isinstance(here, RatingsPane):
            return among(here, lambda rated: rated.conversation, row)
        return among(here, lambda waiting: waiting, row) if isinstance(here, QueueTable) else None

    def action_browse(self) -> None:
        row = self.conversation
        if row is not None:
            self.funnel.browse(row.url)
        else:
            self.funnel.say("No conversation here: move the cursor into the queue or the ratings")

    def copy_text(self) -> str | None:
        row = self.conversation
        return (row.url or row.id) if row is not None else super().copy_text()

    def action_group(self) -> None:
        """Another dimension of the groups; with the cursor on times, another channel."""
        here = self.here
        if isinstance(here, SpreadPane):
            self.funnel.say(here.turn() or "All channels together: there is no other")
        else:
            self._turn(self.query_one(GroupsPane))

    def action_heat(self) -> None:
        self._turn(self.query_one(HeatPane))

    def _turn(self, pane: GroupsPane | HeatPane) -> None:
        """The next of what a pane can show; where it is not on screen, it comes there first."""
        if pane.pane not in self.panes.shown and not self.panes.zoomed:
            self.go(pane.pane)
        else:
            self.funnel.say(pane.turn())
            self.cursor_moved()
