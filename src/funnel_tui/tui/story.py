"""One conversation as lines: time since the start, who, what, the waits in the margin, and what was searched for."""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from funnel_tui.charts.cells import MARKED, Canvas, Line, Style, cell_width, style
from funnel_tui.charts.format import format_duration
from funnel_tui.model.values import Timeline, TimelineEntry

from .text import steady
from .waits import WORTH_A_LINE, Terms, Waits
from .widgets.panel import wrap

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
_GOES_ON = {"assigned": "assigned it", "team_assigned": "gave it", "merged_into": "merged it", "tagged": "tagged it"}
"""What the text of an entry completes in the same line: `assigned it to Anna`."""
_OPEN = "OPEN AGAIN"
_STATES = {
    "closed": "CLOSED",
    "reopened": _OPEN,
    "snoozed": "SNOOZED",
    "unsnoozed": _OPEN,
    "merged_into": "MERGED",
    "deleted": "DELETED",
    "restored": _OPEN,
    "spam": "SPAM",
}
"""What a conversation is from then on."""
_REOPENS = frozenset({"reopened", "unsnoozed", "restored"})
_SCORE = re.compile(r"([\d.]+ (?:on|of) [\d.-]+)(?:: (.*))?", re.DOTALL)
TIME, MARGIN = 9, 12
"""Cells of the two columns on the left."""
TEXT = TIME + MARGIN


Draw = Callable[[], Sequence[Line]]


class Told:
    """A conversation on paper of one width. Only what is looked at is drawn, once."""

    def __init__(self) -> None:
        self.entries: list[int] = []
        """The line on which each entry begins."""
        self.matches: list[int] = []
        """The lines on which the entries with the searched words begin."""
        self.height = 0
        self._starts: list[int] = []
        self._pieces: list[Draw | Sequence[Line]] = []

    def add(self, height: int, piece: Draw | Sequence[Line]) -> None:
        """Lines at the end, or what draws so many."""
        if height:
            self._starts.append(self.height)
            self._pieces.append(piece)
            self.height += height

    def replace_last(self, lines: Sequence[Line]) -> bool:
        """Other lines at the end, if they are as many as before."""
        fits = bool(self._starts) and len(lines) == self.height - self._starts[-1]
        if fits:
            self._pieces[-1] = lines
        return fits

    def part(self, top: int, count: int) -> list[Line]:
        """So many lines from `top` on, fewer at the end."""
        place = max(0, bisect_right(self._starts, top) - 1)
        found: list[Line] = []
        skip = top - self._starts[place] if self._starts else 0
        while place < len(self._pieces) and len(found) < count + skip:
            piece = self._pieces[place]
            if callable(piece):
                piece = self._pieces[place] = piece()
            found += piece
            place += 1
        return found[skip : skip + count]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(self.part(0, self.height))


def tell(timeline: Timeline, width: int, terms: Terms, now: int | None = None, words: str = "") -> Told:
    """Every line of it, texts wrapped. `now`: how late it is, for the wait that still runs."""
    entries, told = timeline.entries, Told()
    if not entries:
        return told
    waits = Waits(timeline, terms, now)
    searched = words.split()
    states = _states(entries)
    day = None
    for index, entry in enumerate(entries):
        local = datetime.fromtimestamp(entry.at, terms.zone)
        if index:
            gap = _gap(waits, entries[index - 1].at, entry.at, width)
            told.add(len(gap), gap)
        if day != local.date():
            day = local.date()
            told.add(1, (_day_line(local.strftime("%a %-d %b %Y"), waits, entry, width),))
        told.entries.append(told.height)
        if searched and _has(entry, searched):
            told.matches.append(told.height)
        paragraph = _Paragraph(entry, entry.at - entries[0].at, local, states[index], waits, width)
        told.add(paragraph.height, partial(paragraph.draw, searched))
    if waits.since is not None:
        running = running_lines(waits, width, now)
        told.add(len(running), running)
    return told


def running_lines(waits: Waits, width: int, now: int | None) -> tuple[Line, ...]:
    """Who has no answer yet: what grows older in place, and what there is to say of it on a second line."""
    if now is None:
        canvas = Canvas(width, 1)
        canvas.write(TIME, 0, "┃", style("warn", bold=True))
        canvas.write(TEXT, 0, "still waiting for an answer", style("warn"))
        return canvas.lines()
    since = waits.since or 0
    late, aside = waits.late(now - since), waits.words(since, now)
    role = style("bad" if late else "warn", bold=late)
    canvas = Canvas(width, 1 + bool(aside))
    canvas.write(TIME, 0, f"{waits.glyph(now)} {format_duration(now - since)}{' !' if late else ''}", role)
    canvas.write(TEXT, 0, f"still waiting for an answer, {format_duration(now - since)} so far", role)
    canvas.write(TEXT, 1, f"{'! ' if late else ''}{aside}", role)
    return canvas.lines()


def _states(entries: Sequence[TimelineEntry]) -> list[str]:
    """What the conversation becomes with each entry; empty where it stays what it is.

    Whoever writes into a closed or snoozed conversation opens it; where the source tells so itself, within the next
    minute, that entry says it.
    """
    found, resting = [], False
    for index, entry in enumerate(entries):
        state = _STATES.get(entry.kind, "")
        if entry.kind == "customer_message" and resting:
            told = next((other for other in entries[index + 1 :] if other.kind in _STATES), None)
            if told is None or told.kind not in _REOPENS or told.at - entry.at > 60:
                state = _OPEN
        if state:
            resting = state != _OPEN
        found.append(state)
    return found


def _has(entry: TimelineEntry, searched: Sequence[str]) -> bool:
    text = " ".join((entry.text or "", entry.actor or "", _WORDS.get(entry.kind, entry.kind))).casefold()
    return all(word.casefold() in text for word in searched)


def _day_line(words: str, waits: Waits, entry: TimelineEntry, width: int) -> Line:
    canvas = Canvas(width, 1)
    canvas.write(0, 0, "─" * width, style("track"))
    canvas.write(TEXT - 1, 0, f" {words} ", style("muted"))
    if waits.running(entry.at - 1):
        canvas.write(TIME, 0, waits.glyph(entry.at - 1), style("warn", bold=True))
    return canvas.lines()[0]


def _gap(waits: Waits, start: int, end: int, width: int) -> list[Line]:
    """A line for the nights and holidays of a wait that lie between two entries."""
    outside = waits.outside(start, end)
    if outside < WORTH_A_LINE:
        return []
    canvas = Canvas(width, 1)
    canvas.write(TIME, 0, "╎", style("warn", bold=True))
    canvas.write(TEXT, 0, f"{format_duration(outside)} outside office hours", style("muted"))
    return list(canvas.lines())


class _Paragraph:
    """One entry: a line of who did what, what there is to say of the wait that it ended, and its text."""

    def __init__(self, entry: TimelineEntry, since: int, local: datetime, state: str, waits: Waits, width: int) -> None:
        self.entry, self.since, self.local, self.state, self.waits, self.width = (
            entry,
            since,
            local,
            state,
            waits,
            width,
        )
        self.what, text = _WORDS.get(entry.kind, entry.kind.replace("_", " ")), entry.text
        if entry.kind == "rated" and text and (score := _SCORE.fullmatch(text)):
            self.what, text = f"rated it {score[1]}", score[2]
        elif text and entry.kind in _GOES_ON:
            self.what, text = f"{_GOES_ON[entry.kind]} {' '.join(text.split())}", None
        self.wait = entry.wait or 0
        self.aside = waits.words(entry.at - self.wait, entry.at) if self.wait else ""
        self.texts = wrap(text, width - TEXT - 1) if text else []

    @property
    def height(self) -> int:
        return 1 + bool(self.aside) + len(self.texts)

    def draw(self, searched: Sequence[str]) -> Sequence[Line]:
        entry, canvas = self.entry, Canvas(self.width, self.height)
        time = f"+{format_duration(self.since)}" if self.since else self.local.strftime("%H:%M")
        canvas.write(0, 0, time, style("muted"), width=TIME - 1)
        x = _write(canvas, TEXT, 0, _who(entry), style(_ROLES.get(entry.role, "text"), bold=True), searched)
        x = _write(canvas, x + 1, 0, self.what, style("muted"), searched)
        if self.state:
            role = "human" if self.state == _OPEN else "text"
            x = canvas.write(x, 0, f" · {self.state}", style(role, bold=True))
        clock = self.local.strftime("%H:%M:%S")
        if x + 12 < self.width:
            canvas.write(self.width - len(clock) - 1, 0, clock, style("muted"))
        if self.aside:
            late = self.waits.late(self.wait)
            canvas.write(TEXT, 1, f"{'! ' if late else ''}{self.aside}", style("bad" if late else "muted"))
        quiet = entry.kind == "note" or entry.role == "system"
        for y, line in enumerate(self.texts, 1 + bool(self.aside)):
            _write(canvas, TEXT, y, line, style("muted" if quiet else "text"), searched)
        _margin(canvas, entry, self.waits, self.wait)
        return canvas.lines()


def _margin(canvas: Canvas, entry: TimelineEntry, waits: Waits, wait: int) -> None:
    if wait:
        late = waits.late(wait)
        ended = f"┗ {format_duration(wait)}{' !' if late else ''}"
        canvas.write(TIME, 0, ended, style("bad" if late else "warn", bold=True), width=MARGIN - 1)
    if not waits.running(entry.at):
        return
    glyph = waits.glyph(entry.at)
    for y in range(1 if wait else 0, canvas.height):
        first = y == 0 and entry.role == "customer"
        canvas.write(TIME, y, "┏" if first else glyph, style("warn", bold=True))


def _write(canvas: Canvas, x: int, y: int, text: str, look: Style, searched: Sequence[str]) -> int:
    """A text, with the searched words in it marked."""
    end = canvas.write(x, y, text, look)
    for word in searched:
        for found in re.finditer(re.escape(word), text, re.IGNORECASE):
            at = x + cell_width(text[: found.start()])
            canvas.write(at, y, found[0], MARKED, width=max(0, end - at))
    return end


def _who(entry: TimelineEntry) -> str:
    """The name; of a long machine's id only the end, after what the person is; without a name, what it is."""
    if not entry.actor:
        return _NAMELESS.get(entry.role, entry.role)
    actor = steady(entry.actor)
    if len(actor) >= 16 and " " not in actor and "@" not in actor and any(c.isdigit() for c in actor):
        return f"{entry.role} …{actor[-4:]}"
    return actor
