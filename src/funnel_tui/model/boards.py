"""What the metrics layer hands to the larger screens: frozen snapshots, each what one screen shows beside the report.

Durations are seconds, rates are 0-1, moments are UTC epoch seconds. Whatever the sources cannot tell is None or empty
with a reason, never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .items import Item as Item
from .items import Items as Items
from .items import MessageRow as MessageRow
from .items import ReaderRow as ReaderRow
from .items import TeammateRow as TeammateRow
from .places import Filters as Filters
from .places import Place as Place
from .values import ConversationRow, Freshness, Funnel, MetricValue, Series, Unit, Window

# --- parts of boards


@dataclass(frozen=True, slots=True)
class RankRow:
    """One value of a dimension: a campaign, an article, a topic, a team, a channel, an agent."""

    key: str
    """What a filter takes: the id, or the word."""
    label: str
    metrics: Mapping[str, MetricValue]
    trend: tuple[float | None, ...] = ()
    """The ranking's `trend_of` for each step of time, oldest first."""
    since: int | None = None
    """When the first of its messages in the period was delivered: told where campaigns share a name."""


@dataclass(frozen=True, slots=True)
class Ranking:
    by: str
    """`campaign article topic team channel agent`; `topic` is filtered as `tag`."""
    rows: tuple[RankRow, ...] = ()
    trend_of: str | None = None
    """The metric that the rows' `trend` shows."""
    total: int = 0
    """Rows in all; more than `rows` where only the largest are given."""
    reason: str | None = None
    """A sentence: why there is nothing, where the sources cannot tell."""


@dataclass(frozen=True, slots=True)
class Bucket:
    low: float
    high: float | None
    """None: no end."""
    count: int
    previous: int | None = None
    """The same in the compared period."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the times (or scores) of a metric are spread."""

    metric: str
    label: str
    """Whose: `all`, or a channel's name."""
    filters: Filters
    unit: Unit
    buckets: tuple[Bucket, ...]
    n: int
    median: float | None
    p90: float | None
    target: float | None = None
    """Seconds within which `target_share` are expected to be; None: no target configured."""
    target_share: float | None = None
    within: float | None = None
    """The share that was within `target`."""


@dataclass(frozen=True, slots=True)
class Heat:
    """A figure for each hour of the week in the report zone: `cells[weekday][hour]`, Monday first."""

    metric: str
    unit: Unit
    cells: tuple[tuple[float | None, ...], ...]
    n: tuple[tuple[int, ...], ...]
    """How many items stand behind each cell."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """Do two weekly figures move together? A correlation is no cause."""

    lag: int
    """Weeks by which the second follows the first."""
    r: float | None
    low: float | None
    high: float | None
    n: int
    """Pairs of weeks."""


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A rated episode, with what the customer said."""

    conversation: ConversationRow
    at: int
    score: float
    """Mapped to 1-5."""
    remark: str | None


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """Why the bot handed over."""

    key: str
    label: str
    count: int
    previous: int | None = None


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One metric in both periods. The value itself carries now, then, change and verdict."""

    metric: MetricValue
    change_low: float | None = None
    """95 % interval of the change, in the change's own unit; None where none is computed."""
    change_high: float | None = None
    now: tuple[float | None, ...] = ()
    """By the board's `step`, oldest first; empty where the series does not have the metric."""
    then: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One stream of a source."""

    name: str
    state: str
    """`ok`, `pending`, `refused` or `never`."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SourceRow:
    freshness: Freshness
    conversations: int
    streams: tuple[StreamRow, ...]
    head_room: str | None
    """`9,412 of 10,000 requests left in the next 41 s`, as of the last poll; None where the provider tells nothing."""
    lag: int | None
    """Seconds between the newest thing known and the last success; None where nothing is known."""


@dataclass(frozen=True, slots=True)
class MetricQuality:
    """What a metric is worth, as a whole and for each source that it concerns."""

    metric: str
    label: str
    layer: str
    quality: str
    reason: str | None
    by_source: tuple[tuple[str, str, str | None], ...]
    """(source, quality, reason)."""


# --- boards


@dataclass(frozen=True, slots=True)
class ProactiveBoard:
    campaigns: Ranking
    weekly: Series
    """Complete weeks up to the period's end, at most 26: delivered and seekers."""
    together: tuple[Correlation, ...]
    """Delivered and seekers at lags of 0, 1 and 2 weeks."""
    reason: str | None = None
    """Why `together` is empty."""


@dataclass(frozen=True, slots=True)
class SelfserveBoard:
    topics: Ranking
    handoffs: tuple[ReasonRow, ...]
    articles: Ranking
    """With `article.conversations`, a figure that only this table has: readers who then wrote; and with what is known
    of the articles since they were written: `article.views_ever`, `.conversations_ever`, `.rate_ever`."""
    monthly: Series
    handoffs_reason: str | None = None
    """Why `handoffs` is empty, where the sources cannot tell."""
    articles_ever: MetricValue | None = None
    """`article.rate_ever` of all articles together, of which `n` views tell; None where none was ever read."""
    team_resolved: Mapping[str, MetricValue] = field(default_factory=dict)
    """`human.begun_resolved`, `.begun_resolved_direct`, `.begun_resolved_after_selfserve`: of the queries begun in the
    period those that the team resolved, and by which way they had come; the last two add up to the first."""


@dataclass(frozen=True, slots=True)
class HumanBoard:
    queue: Items
    """Those that wait and all other open ones, longest waiting first."""
    groups: Mapping[str, Ranking]
    """`team`, `channel`, `agent`."""
    duty: tuple[TeammateRow, ...]
    duty_reason: str | None
    response: tuple[Distribution, ...]
    """All, then each channel that has a target or any value."""
    close: Distribution
    ratings: tuple[RatingRow, ...]
    """Latest first, at most 500."""
    arrivals: Heat
    waits: Heat
    """Median wait for a human (`human.response`), by the hour in which it ended."""


@dataclass(frozen=True, slots=True)
class ComparisonBoard:
    rows: tuple[ComparedRow, ...]
    step: str = "day"
    """`hour` where the period is a day, `week` where it is longer than three months, else `day`: what one value of
    `now` and `then` spans."""


@dataclass(frozen=True, slots=True)
class SourcesBoard:
    sources: tuple[SourceRow, ...]
    metrics: tuple[MetricQuality, ...]


@dataclass(frozen=True, slots=True)
class FunnelBoard:
    """Where demand went in the compared period, beside the report's own funnel."""

    previous: Funnel | None
    window: Window | None = None
    """The compared period."""
    reason: str | None = None
    """A sentence: why there is no `previous`, where a comparison was asked for."""
    clear: frozenset[tuple[str, ...]] = frozenset()
    """Nodes (one id) and links (two) whose count changed by more than the noise of counts, at 95 %."""


Board = ProactiveBoard | SelfserveBoard | HumanBoard | ComparisonBoard | SourcesBoard | FunnelBoard

BOARDS = ("proactive", "selfserve", "human", "comparison", "sources", "funnel")
"""What `metrics.build_board` knows by name."""


# --- for the keyboard


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a filter can take."""

    value: str
    label: str
    count: int
    """Conversations of the period (under the other filters), so that the list can be sorted by what matters."""


@dataclass(frozen=True, slots=True)
class Choices:
    keys: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    """`team channel agent tag source origin` to their values, most frequent first."""


@dataclass(frozen=True, slots=True)
class Track:
    """The queue's length over a stretch of time, for the scrubber of time travel."""

    start: int
    end: int
    waiting: tuple[int, ...]
    """Evenly spaced, the first at `start`, the last at `end`."""
