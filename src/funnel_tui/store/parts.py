"""The parts that figures are kept for: all there is, and each value of each dimension.

A part's number stands for (dimension, workspace, value) in the ledger. Ids of two workspaces are two parts; words that
mean the same everywhere (channel, tag, origin) are one, whatever their case.
"""

import sqlite3
from collections.abc import Iterable, Mapping

from funnel_tui.store.filters import ARTICLE, ASSIGNEE, BETWEEN, NONE, Filters, Part

EVERYTHING = 0
NOBODY = ""
"""The stored value of those without one; every other value has `=` in front of it."""
_EVERYWHERE = frozenset({"channel", "tag", "origin"})

Key = tuple[str, int, str]
"""(dimension, workspace or 0, stored value)"""


class Parts:
    """Numbers of parts: those of the cache, and for a reader new ones below 0 that are its own."""

    def __init__(self, connection: sqlite3.Connection, *, writes: bool, prefix: str = "") -> None:
        self._connection = connection
        self._writes = writes
        self._table = f"{prefix}part"
        self._numbers: dict[Key, int] = {}
        self._read = 0

    def forget(self) -> None:
        """What was numbered in a transaction that did not come about is no more."""
        self._numbers.clear()
        self._read = 0

    def forget_own(self) -> None:
        """A reader's own numbers are those of one snapshot."""
        self._numbers = {key: number for key, number in self._numbers.items() if number >= 0}

    def refresh(self) -> None:
        """Read what has been numbered since."""
        for number, *key in self._connection.execute(
            f"SELECT pid, key, wid, value FROM {self._table} WHERE pid > ?", (self._read,)
        ):
            self._numbers[tuple(key)] = number
            self._read = number

    def number(self, key: str, wid: int, value: str | None) -> int:
        """The number of a row's part in one dimension."""
        if value is None:
            found: Key = (key, 0 if key in _EVERYWHERE else wid, NOBODY)
        elif key in _EVERYWHERE:
            found = (key, 0, "=" + value.casefold())
        else:
            found = (key, wid, "=" + value)
        number = self._numbers.get(found)
        return self._new(found) if number is None else number

    def _new(self, key: Key) -> int:
        if not self._writes:
            number = -1 - sum(1 for known in self._numbers.values() if known < 0)
        else:
            self.refresh()
            if key in self._numbers:
                return self._numbers[key]
            (number,) = self._connection.execute(
                f"INSERT INTO {self._table} (key, wid, value) VALUES (?, ?, ?) RETURNING pid", key
            ).fetchone()
            self._read = number
        self._numbers[key] = number
        return number

    def of(self, key: str) -> list[tuple[int, int, str | None]]:
        """(number, workspace, value) of all parts of a dimension; value None: those without one."""
        return [
            (number, wid, value[1:] if value else None)
            for (dimension, wid, value), number in self._numbers.items()
            if dimension == key
        ]

    def chosen(
        self, filters: Filters, part: Part | None, names: Mapping[tuple[str, int, str], str], sources: Mapping[str, int]
    ) -> list[int] | None:
        """The parts that a scope adds up; None where it is no sum of parts (two dimensions, two tags, an article, those
        assigned to somebody).

        `names` has the display names of (`team` or `agent`, workspace, id), `sources` the workspaces by folded name.
        """
        if part is not None:
            return None if filters or part.key in (ARTICLE, ASSIGNEE) else list(self._exactly(part))
        if not filters:
            return [EVERYTHING]
        if len(filters) > 1:
            return None
        ((key, values),) = filters.items()
        wanted = {value.casefold() for value in values}
        if key == "source":
            known = {wid: number for number, wid, _ in self.of("source")}
            return [known[wid] for name, wid in sources.items() if name in wanted and wid in known]
        if key == "tag" and len(wanted) > 1:
            return None  # a conversation that has both would count twice
        paired = key in ("team", "agent") and any(BETWEEN in value for value in wanted)
        spelt = {wid: name for name, wid in sources.items()} if paired else {}
        return [
            number
            for number, wid, value in self.of(key)
            if (NONE in wanted if value is None else False)
            or (value is not None and (value.casefold() in wanted or names.get((key, wid, value)) in wanted))
            or (paired and value is not None and f"{spelt.get(wid)}{BETWEEN}{value.casefold()}" in wanted)
        ]

    def _exactly(self, part: Part) -> Iterable[int]:
        for number, wid, value in self.of(part.key):
            if part.key == "source":
                if wid == part.wid:
                    yield number
            elif value == part.value and (part.value is None or part.wid is None or wid == part.wid):
                yield number
