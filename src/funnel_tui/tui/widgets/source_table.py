"""The sources as a table whose ages tick in place, and the streams of the one under the cursor."""

from collections.abc import Sequence

from funnel_tui.charts.cells import Line, Span, cell_width, join, style
from funnel_tui.model.boards import MetricQuality, Place, StreamRow
from funnel_tui.tui.sourcing import (
    STATE_ROLES,
    STREAM_ROLES,
    Known,
    age_words,
    facts,
    history_words,
    lag_words,
    stream_words,
)
from funnel_tui.tui.table import Column, Order

from .panel import wrap
from .table import TablePane

_BADNESS = {"failed": 0.0, "stale": 1.0, "partial": 2.0, "never": 3.0, "ok": 4.0}
_STREAM_BADNESS = {"refused": 0.0, "pending": 1.0, "never": 2.0, "ok": 3.0}


class SourceTable(TablePane[Known]):
    TITLE = "SOURCES"
    NOUN = ("source", "sources")

    def __init__(self, pane: str) -> None:
        super().__init__(pane, order=Order("state"))

    def show(self, sources: Sequence[Known]) -> None:
        """Other sources, or the same a second later; does not draw."""
        self.message = "No sources are configured: `funnel-tui config init` writes a file to start from."
        self.fill(sources, self._made(), lambda source: source.name)

    def _made(self) -> tuple[Column[Known], ...]:
        return (
            Column("name", "source", 0, lambda source: source.name),
            Column("kind", "kind", 9, lambda source: source.freshness.kind, role="muted"),
            Column(
                "state", "state", 9, _state, lambda source: _BADNESS.get(source.freshness.state, 5.0),
                words="worst first", drawn=_drawn_state,
            ),
            Column("read", "read", 9, self._age, _read, ">", _age_role, True, "latest read first"),
            Column(
                "conversations", "conversations", 13, _conversations, _counted, ">", descending=True, place=_place
            ),
            Column("history", "history", 20, self._history, lambda source: source.freshness.history_from, role="muted"),
            Column("lag", "newest", 9, lag_words, _lag, ">", "muted", least=96),
            Column("room", "head-room", 46, lambda source: source.head_room or "", role="muted", least=150),
        )  # fmt: skip

    def _age(self, source: Known) -> str:
        return age_words(source, self.funnel.clock())

    def _history(self, source: Known) -> str:
        return history_words(source, self.funnel.settings.zone, self.funnel.clock())


def _state(source: Known) -> str:
    return source.freshness.state


def _drawn_state(source: Known, width: int) -> Line:
    state = source.freshness.state
    sign = {"ok": "●", "failed": "!", "stale": "!"}.get(state, "○")
    role = STATE_ROLES.get(state, "muted")
    return join([(f"{sign} ", style(role, bold=True)), (state, style(role, bold=state == "failed"))], width)


def _read(source: Known) -> float | None:
    last = source.freshness.last_success
    return None if last is None else float(last)


def _lag(source: Known) -> float | None:
    return source.counted.lag if source.counted else None


def _age_role(source: Known) -> str:
    return "text" if source.freshness.state == "ok" else STATE_ROLES.get(source.freshness.state, "muted")


def _conversations(source: Known) -> str:
    return "…" if source.counted is None else f"{source.counted.conversations:,}"


def _counted(source: Known) -> float | None:
    return None if source.counted is None else float(source.counted.conversations)


def _place(source: Known) -> Place | None:
    """The period's conversations of the source: those that reached the team."""
    if source.counted is None or not source.counted.conversations:
        return None
    return Place("human.inbound", filters=(("source", (source.name,)),), words=source.name)


class StreamTable(TablePane[StreamRow]):
    """Over the streams all that is known of the source besides; below them the whole reason of the current one."""

    TITLE = "STREAMS"
    NOUN = ("stream", "streams")

    def __init__(self, pane: str) -> None:
        super().__init__(pane, order=Order("state"))
        self.source: Known | None = None
        self._metrics: tuple[MetricQuality, ...] = ()

    def show(self, source: Known | None, metrics: Sequence[MetricQuality]) -> None:
        """Another source, or the same a second later; does not draw."""
        self.source, self._metrics = source, tuple(metrics)
        name = source.name if source else ""
        self.HEADING = f"{name.upper()}: STREAMS" if name else self.TITLE
        self.message = "reading the cache …"
        if source is not None and source.counted is not None:
            self.message = f"{name} has no streams: its records came from a file."
        columns = (
            Column[StreamRow]("name", "stream", 16, lambda stream: stream.name),
            Column[StreamRow](
                "state", "state", 9, lambda stream: stream.state, lambda s: _STREAM_BADNESS.get(s.state, 4.0),
                words="worst first", drawn=_drawn_stream,
            ),
            Column[StreamRow]("reason", "why", 0, lambda stream: stream_words(stream, name), role="muted"),
        )  # fmt: skip
        self.fill(source.streams if source else (), columns, lambda stream: stream.name)

    def over(self, width: int) -> Sequence[Line]:
        if self.source is None:
            return ()
        lines: list[Line] = []
        for word, text in facts(self.source, self._metrics, self.funnel.settings.zone, self.funnel.clock()):
            role = STATE_ROLES.get(self.source.freshness.state, "text") if word == "says" else "text"
            for index, said in enumerate(wrap(text, width - 10)):
                lines.append(join([(f"{'' if index else word:<9}", style("muted")), (said, style(role))], width))
        return (*lines, join((), width)) if lines else ()

    def under(self, width: int) -> Sequence[Line]:
        stream = self.current
        said = stream_words(stream, self.source.name) if stream and self.source else ""
        if stream is None or cell_width(said) <= width - 16 - 9 - 5:
            return ()
        lines = [join([(line, style("text"))], width) for line in wrap(f"{stream.name}: {said}", width - 1)]
        return join([("─" * width, style("track"))], width), *lines


def _drawn_stream(stream: StreamRow, width: int) -> Line:
    sign = {"ok": "●", "refused": "!"}.get(stream.state, "○")
    role = STREAM_ROLES.get(stream.state, "muted")
    look = style(role, bold=stream.state == "refused")
    return (Span(f"{sign} {stream.state}"[:width].ljust(width), look),)
