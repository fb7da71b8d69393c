"""What needs attention: signals and sources in trouble, most urgent first, each a line that Enter explains."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from funnel_tui.charts.cells import Canvas, Line, cell_width, style
from funnel_tui.model.values import Freshness, MetricValue, Report
from funnel_tui.tui.dates import short_age
from funnel_tui.tui.state import Live
from funnel_tui.tui.text import steady

from .frame import frame, inner_size, scrolled
from .number_lines import highlight
from .panel import wrap
from .panes import PaneView
from .reading import signals_of

_MARKS = re.compile(r" \((?:HTTP \d+)?(?:, )?(?:request [^)]*)?\)")
"""What only the provider's own support asks for; `doctor` and `sync` print it."""


@dataclass(frozen=True)
class Concern:
    """A line of the list. `metric` is what Enter drills into, if anything."""

    id: str
    title: str
    evidence: str
    metric: str | None
    urgent: bool


def concerns(report: Report | None, freshness: Sequence[Freshness], live: Live) -> tuple[Concern, ...]:
    """Everything that wants a look, urgent first, else in the order given."""
    found: list[Concern] = []
    if live.problem:
        found.append(Concern("problem", "The figures could not be brought up to date", live.problem, None, True))
    if live.poller_problem:
        found.append(Concern("poller", "Nothing new is read", live.poller_problem, None, True))
    if live.config_problem:
        found.append(Concern("config", "The configuration was not taken up", live.config_problem, None, True))
    for source in freshness:
        if source.state == "failed":
            found.append(
                Concern(
                    f"source:{source.name}",
                    f"{source.name} cannot be read",
                    _said(source) or "no reason was given",
                    None,
                    True,
                )
            )
        elif source.state in ("stale", "partial"):
            word = "has not answered for a while" if source.state == "stale" else "is read in part"
            found.append(Concern(f"source:{source.name}", f"{source.name} {word}", _said(source), None, False))
        elif source.state == "never":
            said = _said(source) or "the first read is under way"
            found.append(Concern(f"source:{source.name}", f"{source.name} has not been read yet", said, None, False))
    found += [Concern(s.id, s.title, s.evidence, s.metric, s.urgent) for s in signals_of(report)]
    return tuple(sorted(found, key=lambda concern: not concern.urgent))


def _said(source: Freshness) -> str:
    """A source's message without its name, which stands before it, and without the marks of the single request."""
    return _MARKS.sub("", (source.message or "").removeprefix(f"{source.name}: "))


def _overflow(concern: Concern, width: int) -> list[str]:
    """The evidence in lines of its own, where it does not fit beside the title."""
    evidence = steady(concern.evidence)
    if not evidence or 2 + cell_width(f"{steady(concern.title)} · {evidence}") <= width:
        return []
    return wrap(evidence, width - 2)


def shared_out(concerns: Sequence[Concern], width: int, spare: int) -> list[int]:
    """How many of the spare lines each concern gets. What Enter cannot explain comes first: its mend stands there."""
    wanted = [len(_overflow(concern, width)) for concern in concerns]
    given = [0] * len(concerns)
    for index in sorted(range(len(concerns)), key=lambda index: concerns[index].metric is not None):
        given[index] = min(wanted[index], max(0, spare))
        spare -= given[index]
    return given


def concern_lines(concern: Concern, width: int, *, active: bool, spare: int) -> list[Line]:
    """The concern's line, and what it had to cut of the evidence on up to `spare` more."""
    first = concern_line(concern, width, active=active)
    said = _overflow(concern, width) if spare > 0 else []
    if not said:
        return [first]
    if len(said) > spare:
        said = [*said[: spare - 1], f"{said[spare - 1]} …"]
    canvas = Canvas(width, len(said))
    for y, text in enumerate(said):
        canvas.write(2, y, text, style("muted"))
    return [concern_line(replace(concern, evidence=""), width, active=active), *canvas.lines()]


def concern_line(concern: Concern, width: int, *, active: bool) -> Line:
    canvas = Canvas(width, 1)
    hint = "Enter: why" if concern.metric and (active or width >= 100) else ""
    room = width - (len(hint) + 2 if hint else 0)
    sign = "!" if concern.urgent else "↗"
    canvas.write(0, 0, sign, style("bad" if concern.urgent else "warn", bold=True))
    x = canvas.write(2, 0, steady(concern.title), style("text", bold=concern.urgent), width=room - 2)
    if concern.evidence and x + 8 < room:
        canvas.write(x, 0, f" · {steady(concern.evidence)}", style("muted"), width=room - x)
    if hint:
        canvas.write(width - len(hint), 0, hint, style("human" if active else "muted"))
    return canvas.lines()[0]


def quiet_words(report: Report | None, *, filling: bool) -> str:
    """Why the list is empty: of what can be judged nothing stands out, and what cannot be judged."""
    if filling:
        return "Nothing so far. What is usual shows once the history has been read."
    history = report.queue_history if report else ()
    queue = bool(history) and history[-1].usual is not None
    trends = report is not None and any(metric.verdict is not None for metric in report.metrics.values())
    judged = [name for name, known in (("queue", queue), ("sources", True), ("trends", trends)) if known]
    said = f"Nothing unusual in {' and '.join([', '.join(judged[:-1]), judged[-1]] if judged[1:] else judged)}."
    if not queue:
        narrowed = report is not None and bool(report.filters)
        why = "is not known under this filter" if narrowed else "shows once some weeks have been read"
        said += f" What is usual for the queue {why}."
    return said if trends else f"{said} Nothing is there to compare the trends with."


class AttentionPane(PaneView):
    def __init__(self) -> None:
        super().__init__("attention")
        self.concerns: tuple[Concern, ...] = ()
        self.loaded = False
        self.filling = False
        """History is still being read: nothing can be said to be as usual."""
        self._rows: list[int] = []
        """Which concern each line of the body belongs to."""

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(concern.id for concern in self.concerns)

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        inner_width, inner_height = inner_size(width, height, boxed=self.boxed)
        place = self.items.index(self.selected) if self.active and self.selected in self.items else None
        self.top = scrolled(self.top, place, inner_height, len(self.concerns))
        shares = shared_out(self.concerns, inner_width, inner_height - len(self.concerns))
        body: list[Line] = []
        self._rows = []
        for index, concern in enumerate(self.concerns[self.top : self.top + inner_height], self.top):
            lines = concern_lines(concern, inner_width, active=index == place, spare=shares[index])
            self._rows += [index] * len(lines)
            body += [highlight(line) for line in lines] if index == place else lines
        if not body:
            canvas = Canvas(inner_width, 1)
            text = quiet_words(self.report, filling=self.filling) if self.loaded else "reading the cache …"
            if cell_width(text) > inner_width:
                text = text.partition(". ")[0].rstrip(".") + "."
            canvas.write(0, 0, text, style("muted"))
            body = [canvas.lines()[0]]
        hidden = len(self.concerns) - inner_height
        note = f"{len(self.concerns)} in all, urgent first" if hidden > 0 else ""
        urgent = any(concern.urgent for concern in self.concerns)
        return frame(
            "NEEDS ATTENTION",
            body,
            width,
            height,
            boxed=self.boxed,
            role="bad" if urgent else "text",
            active=self.active,
            note=note,
            marked=None if place is None else self._rows.index(place),
        )

    def metric(self) -> MetricValue | None:
        concern = next((concern for concern in self.concerns if concern.id == self.selected), None)
        return self.report.metrics.get(concern.metric or "") if concern and self.report else None

    def item_at(self, x: int, y: int) -> str | None:
        index = self._rows[y - 1] if 0 <= y - 1 < len(self._rows) else None
        return None if index is None else self.items[index]


class SourcesPane(PaneView):
    """Where the figures come from and how far back they reach: shown where there is room."""

    def __init__(self) -> None:
        super().__init__("sources")
        self.freshness: tuple[Freshness, ...] = ()
        self.now = 0
        self.definition: tuple[str, str] | None = None
        """Title and text of the number under the cursor."""

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        inner_width, inner_height = inner_size(width, height, boxed=self.boxed)
        body = [source_line(source, self.now, inner_width) for source in self.freshness[: inner_height - 1]]
        if self.definition is not None and len(body) + 2 <= inner_height:
            body += _definition(*self.definition, inner_width, inner_height - len(body))
        return frame("SOURCES", body, width, height, boxed=self.boxed, active=self.active)


_STATE_ROLES = {"ok": "good", "partial": "warn", "stale": "warn", "failed": "bad", "never": "muted"}


def source_line(source: Freshness, now: int, width: int) -> Line:
    """`● acme  intercom  ok  4s ago  history from 22 Nov 2025`."""
    canvas = Canvas(width, 1)
    canvas.write(
        0, 0, "●" if source.state in ("ok", "partial") else "○", style(_STATE_ROLES.get(source.state, "muted"))
    )
    x = max(14, canvas.write(2, 0, source.name, style("text", bold=True), width=18) + 1)
    x = max(x + 10, canvas.write(x, 0, source.kind, style("muted")) + 1)
    age = f"read {short_age(now - source.last_success)} ago" if source.last_success is not None else "not read yet"
    x = max(x + 14, canvas.write(x, 0, age, style("text")) + 2)
    if source.progress is not None:
        text = f"history {round(source.progress * 100)} % read"
    else:
        text = source.message or source.state
    canvas.write(x, 0, text, style(_STATE_ROLES.get(source.state, "muted")))
    return canvas.lines()[0]


def _definition(title: str, text: str, width: int, height: int) -> list[Line]:
    canvas = Canvas(width, height)
    canvas.write(0, 1, title, style("text", bold=True))
    for y, line in enumerate(wrap(text, width)[: height - 2], 2):
        canvas.write(0, y, line, style("muted"))
    return list(canvas.lines())
