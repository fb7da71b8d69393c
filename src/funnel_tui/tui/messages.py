"""What threads and views tell the app and its screens. Handlers own all state."""

from textual.message import Message

from .answers import Answer, ReportReady


class Answered(Message):
    """The loader has an answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer

    def can_replace(self, message: Message) -> bool:
        """Of two reports still to be shown the newer one is enough."""
        return (
            isinstance(message, Answered)
            and isinstance(message.answer, ReportReady)
            and isinstance(self.answer, ReportReady)
        )


class PollerFailed(Message):
    """The poller could not be started: the cache is shown, but nothing new will come."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class SyncNews(Message):
    """The poller reported something; the updates themselves wait in the app's inbox, so that a burst is one message."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SyncNews)


class Picked(Message):
    """Somebody clicked into a pane, whose cursor is there already; a double click opens what it is on."""

    def __init__(self, pane: str, *, open: bool = False) -> None:
        super().__init__()
        self.pane = pane
        self.open = open


class Wheeled(Message):
    """The wheel turned over a pane."""

    def __init__(self, pane: str, lines: int) -> None:
        super().__init__()
        self.pane = pane
        self.lines = lines
