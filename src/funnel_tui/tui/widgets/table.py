"""A table as a pane: a cursor on a cell, sorted by any column, narrowed by words, drawn only where it is seen."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from textual import events

from funnel_tui.charts.cells import Line, join, style
from funnel_tui.model.places import Place
from funnel_tui.model.values import MetricValue
from funnel_tui.tui.table import Column, Order, arranged, column_at, fitted, haystack, order_words, row_line, title_line

from .frame import Note, frame, inner_size, scrolled
from .panel import wrap
from .panes import PaneView

R = TypeVar("R")
_LEAST = 5
"""Lines that the rows and their titles keep, whatever else the table has to say."""


class TablePane(PaneView, Generic[R]):
    """Set rows and columns with `fill`. The cursor stands on a row by its key: it survives new rows and new orders."""

    TITLE = ""
    HEADING = ""
    """What its frame says, where that is not what its tab does."""
    NOUN = ("row", "rows")

    def __init__(self, pane: str, *, order: Order | None = None) -> None:
        super().__init__(pane)
        self.order = order
        self.words: str = ""
        self.message = "reading the cache …"
        """Said where there are no rows."""
        self.total: int | None = None
        """How many there are in all, where not all are given."""
        self.column: str | None = None
        self._rows: tuple[R, ...] = ()
        self._columns: tuple[Column[R], ...] = ()
        self._key_by_row: dict[int, str] = {}
        """The rows' keys by their identity: made once for all orders."""
        self._texts_by_row: dict[int, str] = {}
        """What rows say, by their identity: made when words are looked for, and kept while more of them are typed."""
        self._shown: tuple[R, ...] = ()
        self._keys: tuple[str, ...] = ()
        self._fitted: tuple[Column[R], ...] = ()
        self._head = 0
        """Lines that stand over the column titles now."""
        self._room = 0
        """Lines that the rows have now."""

    def fill(
        self, rows: Sequence[R], columns: Sequence[Column[R]], key: Callable[[R], str], *, total: int | None = None
    ) -> None:
        """Other rows; does not draw. `key` names a row for as long as it exists."""
        self._rows, self._columns, self.total = tuple(rows), tuple(columns), total
        self._key_by_row = {id(row): key(row) for row in self._rows}
        self._texts_by_row = {}
        self._fitted = ()
        if self.column not in [column.id for column in columns]:
            self.column = self.order.column if self.order else (columns[0].id if columns else None)
        self._arrange()

    def _arrange(self) -> None:
        """The cursor stays on its row, and that row on its line of the screen."""
        before = self._keys.index(self.selected) if self.selected in self._keys else 0
        offset = before - self.top
        self._shown = arranged(self._rows, self._columns, self.order, self.words, self._text_of_row)
        self._keys = tuple(self._key_by_row[id(row)] for row in self._shown)
        if self.selected not in self._keys:
            self.selected = self._keys[min(before, len(self._keys) - 1)] if self._keys else None
        if self.selected is not None:
            self.top = max(0, self._keys.index(self.selected) - offset)

    def _text_of_row(self, row: R) -> str:
        said = self._texts_by_row.get(id(row))
        if said is None:
            said = self._texts_by_row[id(row)] = haystack(row, self._columns)
        return said

    # The cursor

    @property
    def items(self) -> tuple[str, ...]:
        return self._keys

    @property
    def arranged_rows(self) -> tuple[R, ...]:
        """Those that are left, in the order in which they stand: as many as `items`."""
        return self._shown

    @property
    def current(self) -> R | None:
        return self._shown[self._keys.index(self.selected)] if self.selected in self._keys else None

    @property
    def count(self) -> int:
        return len(self._shown)

    @property
    def order_words(self) -> str:
        return order_words(self._columns, self.order)

    @property
    def here(self) -> Column[R] | None:
        """The column that the cursor is on, where it is shown."""
        return next((column for column in self.columns if column.id == self.column), None)

    @property
    def columns(self) -> tuple[Column[R], ...]:
        if not self._fitted:
            self._fitted = fitted(self._columns, max(1, inner_size(*self.size, boxed=self.boxed)[0] - 1))
        return self._fitted

    def move(self, dx: int, dy: int) -> bool:
        if dx:
            shown = [column.id for column in self.columns]
            place = shown.index(self.column) if self.column in shown else 0
            if not 0 <= place + dx < len(shown):
                return False
            self.column = shown[place + dx]
            self.redraw()
            return True
        return super().move(dx, dy)

    def page(self, pages: int) -> bool:
        if not self._keys:
            return False
        place = self._keys.index(self.selected) if self.selected in self._keys else 0
        lines = max(1, self._room - 1)
        return self.select(self._keys[max(0, min(place + pages * lines, len(self._keys) - 1))])

    @property
    def line(self) -> int:
        return 1 + self._head + super().line

    def item_at(self, x: int, y: int) -> str | None:
        y -= self._head
        inside = y <= 1 + self._room
        return super().item_at(x, y - 1) if y > 1 and inside else None

    def pick(self, x: int, y: int) -> None:
        column = column_at(self.columns, x - (2 if self.boxed else 1))
        if column is not None:
            self.column = column
        if y == 1 + self._head and column is not None:
            self.sort()
        super().pick(x, y)
        self.redraw()

    # What the cursor is on

    def metric(self) -> MetricValue | None:
        row, column = self.current, self.here
        return column.metric(row) if row is not None and column is not None else None

    def place(self) -> Place | None:
        """What the cell counts; on a cell that counts nothing, what the row's first number does."""
        row, column = self.current, self.here
        if row is None:
            return None
        found = column.place(row) if column is not None else None
        return found or next((place for other in self._columns if (place := other.place(row))), None)

    def copy_text(self) -> str | None:
        row, column = self.current, self.here
        if row is None or column is None or column.metric(row) is not None:
            return None
        return column.text(row)

    def sort(self) -> str | None:
        """By the cursor's column; once more the other way round."""
        column = self.here
        if column is None:
            return None
        again = self.order is not None and self.order.column == column.id
        self.order = Order(column.id, reversed=again and not (self.order and self.order.reversed))
        self._arrange()
        # Who sorts wants to see what comes first.
        self.top = 0
        self.selected = self._keys[0] if self._keys else None
        self.redraw()
        return f"{self.NOUN[1].capitalize()} {order_words(self._columns, self.order)}"

    def prepare_words(self) -> None:
        # Nobody types as fast as a long list is read through, but no key press should have to wait for it.
        rows, read = self._rows, self._text_of_row
        threading.Thread(target=lambda: [read(row) for row in rows], name="funnel-words", daemon=True).start()

    def narrow(self, words: str) -> None:
        self.words = words
        self._arrange()
        self.redraw()

    # Drawing

    def over(self, width: int) -> Sequence[Line]:
        """Lines between the frame and the column titles."""
        return ()

    def under(self, width: int) -> Sequence[Line]:
        """Lines below the rows, such as all that there is to say of the current one."""
        return ()

    def row(self, row: R, width: int, *, active: bool, at: str | None) -> Line:
        """One row, for tables of which some are not made of columns."""
        return row_line(row, self.columns, width, active=active, at=at)

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        inner_width, inner_height = inner_size(width, height, boxed=self.boxed)
        columns, place = self.columns, self._keys.index(self.selected) if self.selected in self._keys else None
        over, under = tuple(self.over(inner_width)), tuple(self.under(inner_width))
        if inner_height - len(over) - len(under) < _LEAST:
            over, under = (), under[: max(0, inner_height - _LEAST)]
        self._head = len(over)
        self._room = lines = max(0, inner_height - 1 - len(over) - len(under))
        self.top = scrolled(self.top, place, lines, len(self._shown))
        at = self.column if self.active else None
        body = [*over, title_line(columns, self.order, at, inner_width)]
        for index in range(self.top, min(self.top + lines, len(self._shown))):
            active = self.active and index == place
            body.append(self.row(self._shown[index], inner_width, active=active, at=at))
        if not self._shown:
            said = wrap(self._nothing(), max(8, inner_width - 2))
            body = [*over, join((), inner_width), *(join([(f" {line}", style("muted"))], inner_width) for line in said)]
        if under:
            body += [join((), inner_width)] * (inner_height - len(under) - len(body)) + [*under]
        marked = None if place is None or not self.active else self._head + place - self.top + 1
        return frame(
            self._title(),
            body,
            width,
            height,
            boxed=self.boxed,
            role=self.ROLE,
            active=self.active,
            note=self._note(place, lines),
            marked=marked,
        )

    def on_resize(self, event: events.Resize) -> None:
        self._fitted = ()
        super().on_resize(event)

    def _title(self) -> str:
        heading = self.HEADING or self.TITLE
        if not self._rows:
            return heading
        of = f" of {len(self._rows):,} with “{self.words}”" if self.words else ""
        cut = f" of {self.total:,}" if self.total is not None and self.total > len(self._rows) and not of else ""
        said = order_words(self._columns, self.order)
        named = self.named(heading, f"{len(self._shown):,}{of}{cut}")
        return f"{named}, {said}" if said else named

    def named(self, heading: str, count: str) -> str:
        """What there is, and how much of it."""
        return f"{heading} {count}"

    def _note(self, place: int | None, lines: int) -> str | Note:
        if place is None or len(self._shown) <= lines:
            return ""
        return f"{place + 1:,} of {len(self._shown):,}" if self.active else f"↓ {len(self._shown) - lines:,} more"

    def _nothing(self) -> str:
        if self.words and self._rows:
            return f"None of {len(self._rows):,} contains “{self.words}”. Esc shows all again."
        return self.message
