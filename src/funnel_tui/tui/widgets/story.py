"""One conversation's timeline: time since the start, who, what, and the waits for a human marked in the margin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from textual import events

from funnel_tui.charts.cells import Canvas, Line, style
from funnel_tui.charts.format import format_duration
from funnel_tui.model.values import Timeline, TimelineEntry
from funnel_tui.tui.dates import moment_words
from funnel_tui.tui.text import steady

from .frame import frame, inner_size
from .lines import LineView
from .panel import wrap

_ROLES = {"customer": "text", "agent": "human", "bot": "selfserve", "system": "muted"}
_NAMELESS = {"agent": "teammate", "system": "workflow"}
_WORDS = {
    "customer_message": "wrote",
    "agent_reply": "replied",
    "bot_answer": "answered",
    "auto_reply": "sent an auto-reply",
    "note": "noted, for the team",
    "assigned": "assigned",
    "unassigned": "unassigned",
    "team_assigned": "gave it to a team",
    "bot_handoff": "handed over to the team",
    "closed": "closed it",
    "reopened": "reopened it",
    "snoozed": "snoozed it",
    "unsnoozed": "woke it up",
    "rated": "rated",
    "rating_requested": "asked for a rating",
    "tagged": "tagged",
    "merged_into": "merged it into another",
    "deleted": "deleted it",
    "restored": "restored it",
    "spam": "marked it as spam",
}
_TIME, _MARGIN = 9, 11


@dataclass(frozen=True)
class _Mark:
    """What stands in the margin of one line."""

    text: str
    role: str


def story_lines(timeline: Timeline, width: int, zone: ZoneInfo, now: int | None = None) -> tuple[Line, ...]:
    """Every line of it. Texts are wrapped; the margin shows `┃` while somebody waits, and then how long."""
    entries = timeline.entries
    if not entries:
        return ()
    begin = entries[0].at
    waits = [(entry.at - entry.wait, entry.at, index) for index, entry in enumerate(entries) if entry.wait]
    open_since = timeline.row.waiting_since
    text_at = _TIME + _MARGIN
    lines: list[Line] = []
    day = None
    for index, entry in enumerate(entries):
        local = datetime.fromtimestamp(entry.at, zone)
        if day != local.date():
            day = local.date()
            lines.append(_day_line(local.strftime("%a %-d %b %Y"), width))
        ends = next((entry.at - start for start, _, at_index in waits if at_index == index), None)
        waiting = any(start <= entry.at < end for start, end, _ in waits) or (
            open_since is not None and entry.at >= open_since
        )
        lines += _entry_lines(entry, entry.at - begin, local, ends, waiting, width, text_at)
    if open_since is not None:
        canvas = Canvas(width, 1)
        so_far = "" if now is None else f", {format_duration(now - open_since)} so far"
        canvas.write(_TIME, 0, "┃", style("warn", bold=True))
        canvas.write(text_at, 0, f"still waiting for an answer{so_far}", style("warn"))
        lines.append(canvas.lines()[0])
    return tuple(lines)


def _day_line(words: str, width: int) -> Line:
    canvas = Canvas(width, 1)
    canvas.write(0, 0, "─" * width, style("track"))
    canvas.write(2, 0, f" {words} ", style("muted"))
    return canvas.lines()[0]


def _entry_lines(
    entry: TimelineEntry, since: int, local: datetime, ended: int | None, waiting: bool, width: int, text_at: int
) -> list[Line]:
    role = _ROLES.get(entry.role, "text")
    texts = wrap(entry.text, width - text_at - 1) if entry.text else []
    canvas = Canvas(width, 1 + len(texts))
    canvas.write(
        0, 0, f"+{format_duration(since)}" if since else local.strftime("%H:%M"), style("muted"), width=_TIME - 1
    )
    x = canvas.write(text_at, 0, _who(entry), style(role, bold=True))
    x = canvas.write(x + 1, 0, _WORDS.get(entry.kind, entry.kind.replace("_", " ")), style("muted"))
    clock = local.strftime("%H:%M:%S")
    if x + 12 < width:
        canvas.write(width - len(clock) - 1, 0, clock, style("muted"))
    quiet = entry.kind == "note" or entry.role == "system"
    for y, text in enumerate(texts, 1):
        canvas.write(text_at, y, text, style("muted" if quiet else "text"))
    if ended is not None:
        canvas.write(_TIME, 0, f"┗ {format_duration(ended)}", style("warn", bold=True), width=_MARGIN - 1)
    for y in range(0 if ended is None else 1, 1 + len(texts)):
        if waiting:
            first = y == 0 and ended is None and entry.role == "customer"
            canvas.write(_TIME, y, "┏" if first else "┃", style("warn", bold=True))
    return list(canvas.lines())


def _who(entry: TimelineEntry) -> str:
    """The name; of a long machine's id only the end, after what the person is; without a name, what it is."""
    if not entry.actor:
        return _NAMELESS.get(entry.role, entry.role)
    actor = steady(entry.actor)
    if len(actor) >= 16 and " " not in actor and "@" not in actor and any(c.isdigit() for c in actor):
        return f"{entry.role} …{actor[-4:]}"
    return actor


class Story(LineView):
    """The timeline in a frame, scrolled by lines."""

    def __init__(self) -> None:
        super().__init__(id="story")
        self.timeline: Timeline | None = None
        self.missing = False
        self.zone = ZoneInfo("UTC")
        self.now = 0
        self.top = 0
        self._body: tuple[Line, ...] = ()

    def show(self, timeline: Timeline | None, zone: ZoneInfo, now: int) -> None:
        if timeline == self.timeline and timeline is not None:
            return
        self.timeline, self.missing, self.zone, self.now = timeline, timeline is None, zone, now
        self._wrap()
        self.redraw()

    def move(self, lines: int) -> None:
        self.go(self.top + lines)

    def page(self, pages: int) -> None:
        self.move(pages * max(1, self.size.height - 3))

    def go(self, line: int) -> None:
        last = max(0, len(self._body) - inner_size(*self.size, boxed=True)[1])
        self.top = last if line == -1 else max(0, min(line, last))
        self.redraw()

    def on_resize(self, event: events.Resize) -> None:
        self._wrap()
        super().on_resize(event)

    def _wrap(self) -> None:
        width = inner_size(*self.size, boxed=True)[0]
        self._body = story_lines(self.timeline, width, self.zone, self.now) if self.timeline and width > 24 else ()

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        inner_width, inner_height = inner_size(width, height, boxed=True)
        body: Sequence[Line] = self._body[self.top : self.top + inner_height]
        if not self._body:
            text = "This conversation is not in the cache any more." if self.missing else "reading the conversation …"
            canvas = Canvas(inner_width, 2)
            canvas.write(1, 1, text, style("muted"))
            body = canvas.lines()
        more = len(self._body) - self.top - inner_height
        note = f"↓ {more} more lines" if more > 0 else ""
        return frame(self._title(), body, width, height, boxed=True, role="human", active=True, note=note)

    def _title(self) -> str:
        if self.timeline is None:
            return "CONVERSATION"
        row = self.timeline.row
        begun = moment_words(row.created_at, self.zone, self.now) if row.created_at else ""
        parts = (row.state.replace("_", " "), row.channel, row.team, row.agent, begun)
        return steady(" · ".join((row.id, *(part for part in parts if part))))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.move(-3)
