"""What a conversation looks like at a moment: its entries so far, folded into the fields that a helpdesk shows.

One place decides what an entry does, for the fields and for the list of parts alike, so that the two agree.
"""

from collections.abc import Iterable

from funnel_tui.demo.world.calendar import Calendar
from funnel_tui.demo.world.people import AGENT
from funnel_tui.demo.world.script import FIN, NOBODY, OPERATOR, Entry

_PARTS = {
    "button": "quick_reply",
    "answer": "comment",
    "botsay": "comment",
    "auto": "comment",
    "reply": "comment",
    "note": "note",
    "handoff": "assignment",
    "team": "assignment",
    "assign": "assignment",
    "away_assign": "away_mode_assignment",
    "unassign": "assignment",
    "close": "close",
    "snooze": "snoozed",
    "unsnooze": "unsnoozed",
    "timer_unsnooze": "timer_unsnooze",
    "attribute": "conversation_attribute_updated_by_workflow",
    "merged_away": "merged_secondary_conversation",
    "merged_in": "merged_primary_conversation",
}
"""The part that an entry leaves, for those kinds where it does not depend on the state."""


class Snapshot:
    """The fields of one conversation after a number of its entries."""

    __slots__ = (
        "admin_assignee",
        "ai_answered",
        "ai_participated",
        "ai_rated_at",
        "ai_rating",
        "ai_state",
        "assigned_first",
        "assigned_last",
        "assigned_reply",
        "assignments",
        "calendar",
        "closed_by",
        "closed_first",
        "closed_last",
        "contact_first",
        "contact_last",
        "created_at",
        "deleted_at",
        "linked",
        "opened_by",
        "parts",
        "rated_agent",
        "rated_at",
        "rating",
        "rating_asked",
        "reopens",
        "replied_first",
        "replied_last",
        "snoozed_until",
        "state",
        "tags",
        "team_assignee",
        "team_replies",
        "teammates",
        "time_to_assignment",
        "updated_at",
        "waiting_since",
        "waits",
    )

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.created_at = self.updated_at = 0
        self.state = "open"
        self.opened_by: Entry | None = None
        """The entry that became `source`."""
        self.snoozed_until: int | None = None
        self.waiting_since: int | None = None
        self.admin_assignee = self.team_assignee = NOBODY
        self.parts = 0
        self.contact_first: int | None = None
        self.contact_last: int | None = None
        self.replied_first: int | None = None
        self.replied_last: int | None = None
        self.assigned_first: int | None = None
        self.assigned_last: int | None = None
        self.assigned_reply: int | None = None
        self.time_to_assignment: int | None = None
        self.closed_first: int | None = None
        self.closed_last: int | None = None
        self.closed_by: int | None = None
        self.reopens = self.assignments = 0
        self.waits: list[int] = []
        """Office seconds of each customer's wait that a teammate ended."""
        self.team_replies: list[tuple[int, int, int]] = []
        """(team, seconds, office seconds) to the first reply of each team."""
        self.teammates: list[int] = []
        self.tags: list[tuple[str, int, int]] = []
        """(name, applied at, by whom)."""
        self.rating_asked: int | None = None
        self.rating: int | None = None
        self.rated_at: int | None = None
        self.rated_agent = NOBODY
        self.ai_participated = self.ai_answered = False
        self.ai_state: str | None = None
        self.ai_rating: int | None = None
        self.ai_rated_at: int | None = None
        self.linked: list[int] = []
        self.deleted_at: int | None = None

    def run(self, entries: Iterable[Entry]) -> "Snapshot":
        for entry in entries:
            self.step(entry)
        return self

    def step(self, entry: Entry) -> str | None:
        """Apply an entry and give the `part_type` that it leaves; None for the source and for changes of fields."""
        first = self.opened_by is None
        part = _PARTS.get(entry.kind)
        if entry.kind == "customer":
            part = "open" if self.state == "closed" else "comment"
        elif entry.kind == "reopen":
            part = "assign_and_reopen" if entry.to else "open"
        self.updated_at = entry.at
        if first:
            self.opened_by = entry
            self.created_at = entry.at
            part = None
        if part is not None:
            self.parts += 1
        handler = _STEPS.get(entry.kind)
        if handler is not None:
            handler(self, entry)
        return part

    # --- what people and bots say

    def _customer(self, entry: Entry) -> None:
        at = entry.at
        if self.contact_first is None:
            self.contact_first = at
        self.contact_last = at
        if self.waiting_since is None:
            self.waiting_since = at
        self._open()

    def _answer(self, entry: Entry) -> None:
        self.ai_participated = self.ai_answered = True
        self.ai_state = None
        self.waiting_since = None

    def _botsay(self, entry: Entry) -> None:
        self.ai_participated = True

    def _reply(self, entry: Entry) -> None:
        at = entry.at
        if entry.who not in self.teammates:
            self.teammates.append(entry.who)
        self.replied_last = at
        if self.contact_first is None:
            return
        if self.waiting_since is not None:
            self.waits.append(self.calendar.office_seconds(self.waiting_since, at))
            self.waiting_since = None
        if self.replied_first is None:
            self.replied_first = at
            if self.assigned_last is not None:
                self.time_to_assignment = self.assigned_last - self.contact_first
        if self.assigned_last is not None and self.assigned_reply is None:
            self.assigned_reply = at
        team = self.team_assignee
        if team and all(known != team for known, _, _ in self.team_replies):
            office = self.calendar.office_seconds(self.contact_first, at)
            self.team_replies.append((team, at - self.contact_first, office))

    def _note(self, entry: Entry) -> None:
        if entry.who not in self.teammates:
            self.teammates.append(entry.who)

    # --- who has it

    def _handoff(self, entry: Entry) -> None:
        self.ai_participated = True
        self.ai_state = entry.text
        if self.waiting_since is None:
            self.waiting_since = entry.at
        self._team(entry)

    def _team(self, entry: Entry) -> None:
        self.team_assignee = entry.to
        self._count_assignment(entry)

    def _assign(self, entry: Entry) -> None:
        self.admin_assignee = entry.to
        if entry.to:
            self._count_assignment(entry)
        if entry.text is not None and entry.who in AGENT:
            self._reply(entry)

    def _count_assignment(self, entry: Entry) -> None:
        if self.contact_first is None:
            return
        self.assignments += 1
        if self.assigned_first is None:
            self.assigned_first = entry.at
        self.assigned_last, self.assigned_reply = entry.at, None

    # --- where it stands

    def _open(self) -> None:
        if self.state == "closed":
            self.reopens += 1
        self.state, self.snoozed_until = "open", None

    def _close(self, entry: Entry) -> None:
        if entry.text is not None and entry.who in AGENT:
            self._reply(entry)
        self.state, self.snoozed_until, self.waiting_since = "closed", None, None
        if entry.who == FIN:
            self.ai_state = "confirmed_resolution"
        if self.contact_first is None:
            return
        if self.closed_first is None:
            self.closed_first = entry.at
        self.closed_last, self.closed_by = entry.at, entry.who

    def _reopen(self, entry: Entry) -> None:
        self._open()
        if entry.to:
            self._assign(entry)

    def _snooze(self, entry: Entry) -> None:
        self.state, self.snoozed_until = "snoozed", entry.to

    def _unsnooze(self, entry: Entry) -> None:
        self.state, self.snoozed_until = "open", None

    # --- the rest

    def _assumed(self, entry: Entry) -> None:
        self.ai_state = "assumed_resolution"

    def _tag(self, entry: Entry) -> None:
        self.tags += [(name, entry.at, entry.who) for name in (entry.text or "").split(",")]

    def _rating_asked(self, entry: Entry) -> None:
        self.rating_asked, self.rating, self.rated_at = entry.at, None, None
        self.rated_agent = entry.who if self.admin_assignee else NOBODY

    def _rated(self, entry: Entry) -> None:
        self.rating, self.rated_at = entry.to, entry.at

    def _bot_rated(self, entry: Entry) -> None:
        self.ai_rating, self.ai_rated_at = entry.to, entry.at

    def _merged_away(self, entry: Entry) -> None:
        self.linked.append(entry.to)
        self._close(entry._replace(who=OPERATOR, text=None))

    def _merged_in(self, entry: Entry) -> None:
        self.linked.append(entry.to)

    def _deleted(self, entry: Entry) -> None:
        self.deleted_at = entry.at


_STEPS = {
    "customer": Snapshot._customer,
    "button": Snapshot._customer,
    "answer": Snapshot._answer,
    "botsay": Snapshot._botsay,
    "reply": Snapshot._reply,
    "note": Snapshot._note,
    "handoff": Snapshot._handoff,
    "team": Snapshot._team,
    "assign": Snapshot._assign,
    "away_assign": Snapshot._assign,
    "unassign": Snapshot._assign,
    "close": Snapshot._close,
    "reopen": Snapshot._reopen,
    "snooze": Snapshot._snooze,
    "unsnooze": Snapshot._unsnooze,
    "timer_unsnooze": Snapshot._unsnooze,
    "assumed": Snapshot._assumed,
    "tag": Snapshot._tag,
    "rating_asked": Snapshot._rating_asked,
    "rated": Snapshot._rated,
    "bot_rated": Snapshot._bot_rated,
    "merged_away": Snapshot._merged_away,
    "merged_in": Snapshot._merged_in,
    "deleted": Snapshot._deleted,
}
