"""What threads tell the screen. Every message carries a frozen value; handlers own all state."""

from dataclasses import dataclass

from textual.message import Message

from funnel_tui.model.values import ConversationRow, Report, Timeline

from .state import View


class ReportReady(Message):
    """A report for `view` has been computed."""

    def __init__(self, view: View, report: Report) -> None:
        super().__init__()
        self.view = view
        self.report = report

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, ReportReady)


@dataclass
class RowsReady(Message):
    """The conversations behind `metric`, in the order in which the metrics layer gave them."""

    metric: str
    rows: tuple[ConversationRow, ...]

    def __post_init__(self) -> None:
        super().__init__()


@dataclass
class TimelineReady(Message):
    source: str
    conversation: str
    timeline: Timeline | None

    def __post_init__(self) -> None:
        super().__init__()


@dataclass
class LoadFailed(Message):
    """A request could not be answered. `topic` is `report`, `rows` or `timeline`."""

    topic: str
    reason: str

    def __post_init__(self) -> None:
        super().__init__()


class SyncNews(Message):
    """The poller reported something; the updates themselves wait in the app's inbox, so that a burst is one message."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SyncNews)


@dataclass
class Picked(Message):
    """Somebody clicked on an item of a pane; a double click opens it."""

    pane: str
    item: str | None
    open: bool = False

    def __post_init__(self) -> None:
        super().__init__()
