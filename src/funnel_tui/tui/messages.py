"""What threads tell the screen. Every message carries a frozen value; handlers own all state."""

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


class RowsReady(Message):
    """The conversations behind `metric`, in the order in which the metrics layer gave them."""

    def __init__(self, view: View, metric: str, rows: tuple[ConversationRow, ...]) -> None:
        super().__init__()
        self.view = view
        self.metric = metric
        self.rows = rows


class TimelineReady(Message):
    """One conversation's events, or None where the cache does not have it (any more)."""

    def __init__(self, source: str, conversation: str, timeline: Timeline | None) -> None:
        super().__init__()
        self.source = source
        self.conversation = conversation
        self.timeline = timeline


class LoadFailed(Message):
    """A request could not be answered. `topic` is `report`, `rows`, `timeline` or `poller`."""

    def __init__(self, topic: str, reason: str) -> None:
        super().__init__()
        self.topic = topic
        self.reason = reason


class SyncNews(Message):
    """The poller reported something; the updates themselves wait in the app's inbox, so that a burst is one message."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SyncNews)


class Picked(Message):
    """Somebody clicked on an item of a pane; a double click opens it."""

    def __init__(self, pane: str, item: str | None, *, open: bool = False) -> None:
        super().__init__()
        self.pane = pane
        self.item = item
        self.open = open


class RowOpened(Message):
    """Somebody opened a conversation of a list with the mouse."""

    def __init__(self, row: ConversationRow) -> None:
        super().__init__()
        self.row = row
