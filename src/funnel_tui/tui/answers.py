"""What the loader hands back: frozen values, without Textual, because the loader starts before Textual is imported."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from .questions import BoardAsked, ChoicesAsked, ItemsAsked, Question, ReportAsked, TimelineAsked, TrackAsked

if TYPE_CHECKING:
    # Named in strings, which ruff does not look into.
    from funnel_tui.model.boards import Board, Choices, Track  # noqa: F401
    from funnel_tui.model.items import Items  # noqa: F401
    from funnel_tui.model.values import Report, Timeline  # noqa: F401

Q = TypeVar("Q", bound=Question)
V = TypeVar("V")


@dataclass(frozen=True)
class Ready(Generic[Q, V]):
    """The answer to a question."""

    asked: Q
    value: V


class ReportReady(Ready[ReportAsked, "Report"]):
    """A report has been computed."""


class BoardReady(Ready[BoardAsked, "Board"]):
    """What a larger screen shows."""


class ItemsReady(Ready[ItemsAsked, "Items"]):
    """What stands behind a number, latest first."""


class TimelineReady(Ready[TimelineAsked, "Timeline | None"]):
    """One conversation's events, or None where the cache does not have it (any more)."""


class ChoicesReady(Ready[ChoicesAsked, "Choices"]):
    """The values that filters can take."""


class TrackReady(Ready[TrackAsked, "Track"]):
    """The queue between two moments."""


@dataclass(frozen=True)
class LoadFailed:
    """A question could not be answered. `topic` is that of the question."""

    topic: str
    reason: str


Answer = ReportReady | BoardReady | ItemsReady | TimelineReady | ChoicesReady | TrackReady | LoadFailed
