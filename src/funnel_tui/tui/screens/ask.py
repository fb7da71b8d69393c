"""Short questions at the foot of the screen: dates for a period, words for a filter."""

from collections.abc import Callable
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Label

from .modal import Modal


class Ask(Modal[str | None]):
    """A line to type in. Enter answers, Esc leaves things as they were."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False)]
    question = ""
    placeholder = ""

    def __init__(self, value: str = "") -> None:
        super().__init__()
        self.value = value

    def compose(self) -> ComposeResult:
        with Horizontal(id="ask"):
            yield Label(self.question)
            field = Input(self.value, placeholder=self.placeholder, compact=True)
            field.cursor_blink = False
            yield field
            yield Label("", id="complaint")

    def action_cancel(self) -> None:
        self.dismiss(None)

    def complain(self, text: str) -> None:
        self.query_one("#complaint", Label).update(text)

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        self.answer(message.value.strip())

    def answer(self, value: str) -> None:
        self.dismiss(value)


class AskDates(Ask):
    question = " Dates "
    placeholder = "2026-11-01..2026-11-15"

    def answer(self, value: str) -> None:
        problem = range_problem(value)
        if problem:
            self.complain(problem)
        else:
            first, last = (part.strip() for part in value.split("..")) if ".." in value else (value, value)
            self.dismiss(f"{first}..{last}")


def range_problem(value: str) -> str | None:
    """Why `value` is not a range of dates, in a few words; None if it is one. A single date is a range of one day."""
    parts = [part.strip() for part in value.split("..")]
    if len(parts) > 2 or not all(parts):
        return "two dates with .. between them"
    try:
        days = [date.fromisoformat(part) for part in parts]
    except ValueError:
        return "dates look like 2026-11-01"
    if days[0] > days[-1]:
        return "the first date is after the last"
    return None


class AskMoment(Ask):
    """Answers with epoch seconds as text."""

    question = " Moment "
    placeholder = "2026-11-17 11:00"

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self.zone = zone

    def answer(self, value: str) -> None:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.complain("a date and a time look like 2026-11-17 11:00")
            return
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.zone)
        self.dismiss(str(int(moment.timestamp())))


class AskWords(Ask):
    """Filters while words are typed; Esc takes the filter away again."""

    question = " Find "
    placeholder = "words in subject, team, agent, tag …"

    def __init__(self, value: str, typed: Callable[[str], None]) -> None:
        super().__init__(value)
        self._typed = typed

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        self._typed(message.value)
