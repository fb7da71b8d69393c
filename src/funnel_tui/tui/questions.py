"""What the screen asks of the loader: frozen values. Of each topic only the newest question is answered."""

from dataclasses import dataclass
from typing import ClassVar

from funnel_tui.model.places import Place

from .state import View


@dataclass(frozen=True)
class ReportAsked:
    topic: ClassVar[str] = "report"
    view: View


@dataclass(frozen=True)
class BoardAsked:
    """All that a larger screen shows beside the report. `name` is one of `model.boards.BOARDS`."""

    topic: ClassVar[str] = "board"
    view: View
    name: str


@dataclass(frozen=True)
class ItemsAsked:
    """What stands behind a number."""

    topic: ClassVar[str] = "items"
    view: View
    place: Place


@dataclass(frozen=True)
class TimelineAsked:
    """One conversation as it was known at `at`, epoch seconds."""

    topic: ClassVar[str] = "timeline"
    source: str
    conversation: str
    at: int


@dataclass(frozen=True)
class ChoicesAsked:
    """The values that filters can take."""

    topic: ClassVar[str] = "choices"
    view: View


@dataclass(frozen=True)
class TrackAsked:
    """The queue between two moments, for the scrubber."""

    topic: ClassVar[str] = "track"
    view: View
    start: int
    end: int
    points: int


Question = ReportAsked | BoardAsked | ItemsAsked | TimelineAsked | ChoicesAsked | TrackAsked

URGENCY = ("timeline", "items", "choices", "track", "report", "board")
"""The order in which topics are answered: first what somebody is looking at with nothing on screen yet."""
