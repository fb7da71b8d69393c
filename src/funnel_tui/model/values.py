"""What the metrics layer hands to screens and reports: frozen snapshots, no behaviour beyond look-up.

Durations are seconds, rates are 0-1, moments are UTC epoch seconds.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo


class Unit(StrEnum):
    SECONDS = "seconds"
    RATIO = "ratio"
    COUNT = "count"
    NUMBER = "number"
    MONEY = "money"
    HOURS = "hours"


class Quality(StrEnum):
    EXACT = "exact"
    APPROXIMATE = "approximate"
    UNAVAILABLE = "unavailable"


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span `[start, end)` in the report zone. `as_of` is the moment whose knowledge counts."""

    name: str
    """`today`, `yesterday`, `week`, `month`, `quarter`, `year`, `last-28d`, ... or `2026-11-01..2026-11-15`."""
    start: int
    end: int
    as_of: int
    zone: ZoneInfo

    @property
    def complete(self) -> bool:
        return self.as_of >= self.end


@dataclass(frozen=True, slots=True)
class Window:
    """The compared span: `[start, end)`, where `end` is the cut at the same elapsed time."""

    name: str
    """`previous` or `year`."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """A metric's place in the catalogue: what it means, whatever its value."""

    id: str
    label: str
    unit: Unit
    direction: Direction
    definition: str
    layer: str
    """`proactive`, `selfserve`, `human`, `queue`, `internal` or `savings`."""


@dataclass(frozen=True, slots=True)
class MetricValue:
    spec: MetricSpec
    value: float | None
    n: int | None = None
    """Denominator of a rate, number of values behind a time, None for a count."""
    pending: int | None = None
    """Items too young to be judged; None where the metric has none such."""
    previous: float | None = None
    previous_n: int | None = None
    change: float | None = None
    """Relative to `previous` for all units but `ratio`, where it is the difference."""
    verdict: Verdict | None = None
    """None without a comparison, or where no way is better."""
    quality: Quality = Quality.EXACT
    reason: str | None = None
    """A sentence: why it is unavailable or approximate."""
    low: float | None = None
    high: float | None = None
    """95 % interval of `value`, where one is computed."""
    change_low: float | None = None
    change_high: float | None = None
    """95 % interval of `change`, in its own unit, where one is computed."""


@dataclass(frozen=True, slots=True)
class FunnelNode:
    id: str
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class FunnelLink:
    source: str
    target: str
    value: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """Where demand went. What flows into an inner node flows out of it."""

    nodes: tuple[FunnelNode, ...] = ()
    links: tuple[FunnelLink, ...] = ()
    quality: Quality = Quality.EXACT
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One grain (hour, day, week, month) of the report zone; None marks what is not known."""

    start: int
    end: int
    selfserve_resolved: int | None
    human_resolved: int
    proactive_delivered: int | None
    seekers: int | None
    opened: int | None = None
    bot_answered: int | None = None
    bot_resolved: int | None = None
    inbound: int | None = None
    first_response_median: float | None = None
    time_to_close_median: float | None = None
    csat: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    by: str
    """`hour`, `day`, `week` or `month`."""
    points: tuple[SeriesPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class QueuePoint:
    at: int
    waiting: int
    usual: float | None
    """Mean of the same time of the week over the weeks before; None while there is no history."""


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    key: str
    label: str
    metrics: dict[str, MetricValue]


@dataclass(frozen=True, slots=True)
class Breakdown:
    by: str
    rows: tuple[BreakdownRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    id: str
    title: str
    evidence: str
    metric: str | None = None
    """The metric whose drill-down shows the evidence."""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Freshness:
    """How a source stands. State: `ok`, `partial`, `stale`, `failed` or `never`."""

    name: str
    kind: str
    last_success: int | None
    state: str
    message: str | None = None
    """One line: what failed and what to do about it."""
    progress: float | None = None
    """0-1 while history is still filling in, None when it is complete."""
    history_from: int | None = None
    """The oldest moment from which on the cache is complete."""
    head_room: str | None = None
    """What was left of the provider's quota at the last poll, in words; None where it tells nothing."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one screen or one `report` shows, for one period and one filter."""

    generated_at: int
    period: Period
    comparison: Window | None
    filters: dict[str, tuple[str, ...]]
    metrics: dict[str, MetricValue]
    funnel: Funnel
    series: Series
    breakdown: Breakdown | None = None
    known_from: int | None = None
    """The oldest moment from which on the sources have been read; None where nothing says so."""
    signals: tuple[Signal, ...] = ()
    freshness: tuple[Freshness, ...] = ()
    monthly: Series = field(default_factory=lambda: Series("month"))
    """The twelve months that end with the one of `as_of`, or with the period where it lies earlier."""
    daily: Series = field(default_factory=lambda: Series("day"))
    """Up to the last 60 days before the period's end, for sparklines."""
    queue_history: tuple[QueuePoint, ...] = ()
    """The last 24 hours before `as_of`, at every fifth minute of the clock, and at `as_of` itself."""

    def __getitem__(self, metric: str) -> MetricValue:
        return self.metrics[metric]


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One line of a list of conversations: the fields of `conversations --format json`."""

    source: str
    id: str
    url: str | None
    subject: str | None
    state: str
    """`open`, `snoozed`, `with_bot`, `closed`; `deleted`, `merged` or `spam` where it left the figures."""
    channel: str | None
    team: str | None
    agent: str | None
    tags: tuple[str, ...]
    created_at: int | None
    waiting_since: int | None
    first_response_seconds: int | None
    closed_at: int | None
    rating: float | None
    value: float | None = None
    """What this conversation adds to the metric that was drilled into (seconds, a score), if anything."""
    excerpt: str | None = None
    """How the customer began, for those without a subject."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    at: int
    kind: str
    actor: str | None
    """The display name, or the id where no name is known."""
    role: str
    """`customer`, `agent`, `bot` or `system`."""
    text: str | None
    wait: int | None = None
    """Seconds of the wait for a human that ended here."""


@dataclass(frozen=True, slots=True)
class Timeline:
    row: ConversationRow
    entries: tuple[TimelineEntry, ...]
