"""Where figures come from, in words: what each source is, what is wrong with it and how it is mended, what numbers are
worth. Pure functions over the board of the sources and over what the poller says of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from funnel_tui.charts.format import format_duration
from funnel_tui.model.boards import MetricQuality, SourceRow, SourcesBoard, StreamRow
from funnel_tui.model.values import Freshness

from .dates import day_words, short_age
from .state import Live

STATE_ROLES = {"ok": "good", "partial": "warn", "stale": "warn", "failed": "bad", "never": "muted"}
STREAM_ROLES = {"ok": "good", "pending": "muted", "never": "muted", "refused": "bad"}
QUALITY_ROLES = {"exact": "text", "approximate": "warn", "unavailable": "muted"}
QUALITY_WORDS = {"exact": "exact", "approximate": "≈ approx.", "unavailable": "n/a"}
_WORST = ("unavailable", "approximate", "exact")
_BAD = ("failed", "stale", "partial")
_STREAM_WORDS = {"pending": "not read yet", "never": "not read yet"}


@dataclass(frozen=True)
class Known:
    """A source as it stands this second: what the board counted, under what the poller says since."""

    freshness: Freshness
    counted: SourceRow | None = None

    @property
    def name(self) -> str:
        return self.freshness.name

    @property
    def streams(self) -> tuple[StreamRow, ...]:
        return self.counted.streams if self.counted else ()

    @property
    def head_room(self) -> str | None:
        return self.freshness.head_room or (self.counted.head_room if self.counted else None)


@dataclass(frozen=True)
class Fault:
    """What keeps figures from being whole, and what to do about it."""

    id: str
    title: str
    says: str
    urgent: bool


def known_sources(board: SourcesBoard | None, freshness: Sequence[Freshness]) -> tuple[Known, ...]:
    """Every source of the board and those that the poller names besides. What came last holds."""
    told = {source.name: source for source in freshness}
    rows = {row.freshness.name: row for row in board.sources} if board else {}
    found = []
    for name in dict.fromkeys((*rows, *told)):
        row = rows.get(name)
        said = told.get(name) or (row.freshness if row else None)
        if said is not None:
            found.append(Known(_newest(said, row), row))
    return tuple(found)


def _newest(said: Freshness, row: SourceRow | None) -> Freshness:
    if row is None:
        return said
    read = [at for at in (said.last_success, row.freshness.last_success) if at is not None]
    return replace(said, last_success=max(read, default=None))


def faults(sources: Iterable[Known], live: Live) -> tuple[Fault, ...]:
    """Everything that wants mending, urgent first."""
    found: list[Fault] = []
    if live.poller_problem:
        found.append(Fault("poller", "Nothing new is read", live.poller_problem, True))
    if live.problem:
        found.append(Fault("problem", "The figures could not be brought up to date", live.problem, True))
    for source in sources:
        state, message = source.freshness.state, source.freshness.message
        if state in _BAD or message:
            word = {"failed": "cannot be read", "stale": "has not answered for a while", "partial": "is read in part"}
            title = f"{source.name} {word.get(state, 'says')}"
            says = (message or "no reason was given").removeprefix(f"{source.name}: ")
            found.append(Fault(f"source:{source.name}", title, says, state == "failed"))
        for stream in source.streams:
            if stream.state == "refused":
                says = (stream.reason or "the source refuses it").removeprefix(f"{source.name}: ")
                if message is None or says not in message:
                    title = f"{source.name} refuses {stream.name}"
                    found.append(Fault(f"stream:{source.name}:{stream.name}", title, says, False))
    return tuple(sorted(found, key=lambda fault: not fault.urgent))


def age_words(source: Known, now: int) -> str:
    last = source.freshness.last_success
    return "not yet" if last is None else f"{short_age(now - last)} ago"


def lag_words(source: Known) -> str:
    """How old the newest thing known was at the last read."""
    lag = source.counted.lag if source.counted else None
    return "" if lag is None else format_duration(lag)


def history_words(source: Known, zone: ZoneInfo, now: int) -> str:
    """`62 % read, back to 3 Oct` while it is being read, `from 22 Nov 2025` when it is whole."""
    fresh = source.freshness
    back = "" if fresh.history_from is None else day_words(fresh.history_from, zone, now)
    if fresh.progress is not None:
        return f"{round(fresh.progress * 100)} % read{f', to {back}' if back else ''}"
    return f"from {back}" if back else ""


def stream_words(stream: StreamRow, source: str) -> str:
    said = stream.reason or _STREAM_WORDS.get(stream.state, "")
    return said.removeprefix(f"{source}: ").removeprefix(f"{stream.name}: ")


def worth_words(source: str, metrics: Iterable[MetricQuality]) -> str:
    """`41 of 63 numbers exact, 20 approximate, 2 n/a`, of those that the source concerns; savings are made of them."""
    own = [metric for metric in metrics if metric.layer != "savings"]
    told = [quality for metric in own for name, quality, _ in metric.by_source if name == source]
    if not told:
        return ""
    counts = {quality: told.count(quality) for quality in _WORST}
    parts = [f"{counts['exact']} of {len(told)} numbers exact"]
    parts += [f"{counts['approximate']} approximate"] if counts["approximate"] else []
    parts += [f"{counts['unavailable']} n/a"] if counts["unavailable"] else []
    return ", ".join(parts)


def facts(source: Known, metrics: Iterable[MetricQuality], zone: ZoneInfo, now: int) -> tuple[tuple[str, str], ...]:
    """(word, what there is to say): all that is known of a source besides its line in the table."""
    said = (
        ("says", (source.freshness.message or "").removeprefix(f"{source.name}: ")),
        ("history", history_words(source, zone, now)),
        ("newest", f"{lag_words(source)} old at the last read" if lag_words(source) else ""),
        ("limit", source.head_room or ""),
        ("worth", worth_words(source.name, metrics)),
    )
    return tuple((word, text) for word, text in said if text)


def badness(quality: str) -> float:
    return float(_WORST.index(quality)) if quality in _WORST else 9.0


def reasons(metric: MetricQuality) -> tuple[str, ...]:
    """Why a metric is worth what it is, for each source that has something to say; else what is said of the whole."""
    each = [(name, reason) for name, _, reason in metric.by_source if reason]
    if len({reason for _, reason in each}) > 1 or 0 < len(each) < len(metric.by_source):
        return tuple(f"{name}: {reason}" for name, reason in each)
    said = metric.reason or next((reason for _, reason in each), None)
    return (said,) if said else ()
