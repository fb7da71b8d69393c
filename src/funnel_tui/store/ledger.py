"""The ledger: what the facts add up to by local day and part, kept in the transaction that changes them.

Facts that change are taken out as they were posted and posted again as they are now. Postings go to the journal first,
a row a transaction, so that a poll costs what it changed; a full journal is carried over into the balances (sums of a
month by day) and the runs (sorted values). Readers add the journal to what has been carried over.

All postings are those of one moment, `posted_until`. What time alone brings about after it (a bot's answer that silence
confirms, an open that was known ahead) has its moment in `due` and is posted when the next transaction comes by;
readers do the same for the moments between then and theirs.
"""

import sqlite3
from array import array
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from zoneinfo import ZoneInfo

import msgspec

from funnel_tui.settings import OfficeHours
from funnel_tui.store import due, postings, trails
from funnel_tui.store.days import NO_DAY
from funnel_tui.store.pages import (
    MOST_IN_A_MONTH,
    balance_key,
    pack_cells,
    pack_month,
    pack_run,
    run_key,
    unpack_cells,
    unpack_month,
    unpack_run,
)
from funnel_tui.store.parts import Parts
from funnel_tui.store.postings import Books, Posting

VERSION = 2
"""Another one makes the next writer post everything anew: change it with any change of `LEDGER` or of the layout."""
FULL = 8000
"""Postings in the journal at which it is carried over: the more at a time, the less each costs..."""
LITTLE = 400
TIDY = 1000
"""... but readers add up the journal each time: a page of few postings leaves no more than this many behind."""
_VALUE = (1 << 32) - 1
_DAY = (1 << 22) - 1
_MANY = 50
"""New values from which on sorting a run anew is quicker than putting each in its place."""
_CHUNK = 2000
"""Conversations that are posted at a time when all are."""

Entry = tuple[int, list[Posting]]
"""A sign and postings."""


class Heading(msgspec.Struct, frozen=True):
    """What the ledger in a cache is made for."""

    version: int
    zone: str
    office_hours: OfficeHours | None
    posted_until: int

    @property
    def books(self) -> Books:
        return Books(ZoneInfo(self.zone), self.office_hours)


class _Version(msgspec.Struct):
    version: int


def heading(connection: sqlite3.Connection) -> Heading | None:
    """None where there is no ledger, or one that this program cannot read: then the facts are counted."""
    row = connection.execute("SELECT value FROM main.setting WHERE name = 'ledger'").fetchone()
    if row is None:
        return None
    if msgspec.json.decode(row[0], type=_Version).version != VERSION:
        return None
    return msgspec.json.decode(row[0], type=Heading)


class Ledger:
    """The writer's side. Lives as long as its connection; `forget` after a transaction that was rolled back."""

    def __init__(self, connection: sqlite3.Connection, books: Books, prefix: str = "main.") -> None:
        self._connection = connection
        self._prefix = prefix
        self._books = books
        self._parts = Parts(connection, writes=True, prefix=prefix)
        self._entries: list[Entry] = []
        self._now = 0
        self._until = 0

    def forget(self) -> None:
        self._parts.forget()
        self._entries.clear()

    @property
    def current(self) -> bool:
        """Whether the cache has a ledger of this program, zone and office hours."""
        found = heading(self._connection)
        books = self._books
        return found is not None and (found.zone, found.office_hours) == (books.zone.key, books.hours)

    # --- a page of changes: begin, take out what is about to change, change it, post it, end

    def begin(self, now: int) -> tuple[set[int], set[int], set[int]]:
        """Move the moment of all postings to `now`: what is due by then must be taken out and posted again.

        Returns (conversations, messages by rowid, views).
        """
        found = heading(self._connection)
        self._until = found.posted_until if found else now
        self._now = max(now, self._until)
        return due.due_between(self._connection, self._until, self._now)

    def take_out(self, cids: Iterable[int] = (), rowids: Iterable[int] = (), vids: Iterable[int] = ()) -> None:
        """Undo the postings of rows as they are stored now, before they change."""
        self._post(-1, self._until, cids, rowids, vids)

    def post(self, cids: Iterable[int] = (), rowids: Iterable[int] = (), vids: Iterable[int] = ()) -> None:
        """Post rows as they are stored now."""
        self._post(1, self._now, cids, rowids, vids)

    def take_out_trails(self, cids: Iterable[int]) -> None:
        """Undo of conversations what depends on their person's trail, before that changes."""
        rows = postings.of_trails(self._connection, cids, self._until, self._parts, self._books)
        self._entries.append((-1, rows))

    def post_trails(self, cids: Iterable[int]) -> None:
        """Post of conversations what depends on their person's trail. Their other postings are as they were."""
        rows = postings.of_trails(self._connection, cids, self._now, self._parts, self._books)
        self._entries.append((1, rows))

    def end(self) -> None:
        """Write the journal, and carry it over when it is full."""
        entries = _netted(self._entries)
        self._entries = []
        if entries:
            count = sum(len(rows) for _, rows in entries)
            self._connection.execute(
                "INSERT INTO journal (rows, body) VALUES (?, ?)", (count, msgspec.msgpack.encode(entries))
            )
            (waiting,) = self._connection.execute("SELECT total(rows) FROM journal").fetchone()
            if waiting >= (FULL if count > LITTLE else TIDY):
                self.carry_over()
            self._head()  # with nothing posted the moment stays where it was: a poll without news changes no row

    def _post(self, sign: int, as_of: int, cids: Iterable[int], rowids: Iterable[int], vids: Iterable[int]) -> None:
        connection, parts, books = self._connection, self._parts, self._books
        cids, rowids, vids = list(cids), list(rowids), list(vids)
        rows: list[Posting] = []
        if cids:
            rows.extend(postings.of_conversations(connection, cids, as_of, parts, books))
        if rowids:
            rows.extend(postings.of_messages(connection, rowids, as_of, parts, books))
        if vids:
            rows.extend(postings.of_views(connection, vids, as_of, parts, books))
        self._entries.append((sign, rows))
        if self._prefix != "main.":
            return
        change = "INSERT OR IGNORE INTO main.due VALUES (?, ?)"
        if sign < 0:
            change = "DELETE FROM main.due WHERE at = ? AND owner = ?"
        connection.executemany(change, due.moments(connection, cids, vids))

    def _head(self) -> None:
        body = msgspec.json.encode(Heading(VERSION, self._books.zone.key, self._books.hours, self._now)).decode()
        self._connection.execute(
            "INSERT INTO main.setting VALUES ('ledger', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (body,),
        )

    # --- carrying over

    def tidy(self) -> None:
        """Carry the journal over where that is worth its while."""
        (waiting,) = self._connection.execute("SELECT total(rows) FROM main.journal").fetchone()
        if waiting > LITTLE:
            self.carry_over()

    def carry_over(self) -> None:
        """Add the journal to balances and runs."""
        self._carry(journal(self._connection, self._prefix))
        self._connection.execute(f"DELETE FROM {self._prefix}journal")

    def _carry(self, entries: Iterable[Entry]) -> None:
        sums: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        come: dict[int, list[int]] = defaultdict(list)
        go: dict[int, list[int]] = defaultdict(list)
        for sign, rows in entries:
            values = come if sign > 0 else go
            for day, parts, ones, amounts, kept in rows:
                month_, dom = day >> 5, day & 31
                cells = [one << 5 | dom for one in ones]
                more = [(amounts[i] << 5 | dom, sign * amounts[i + 1]) for i in range(0, len(amounts), 2)]
                pairs = [(run_key(0, kept[i], day), kept[i + 1]) for i in range(0, len(kept), 2)]
                for part in parts:
                    balance = sums[balance_key(part, month_)]
                    for cell in cells:
                        balance[cell] += sign
                    for cell, amount in more:
                        balance[cell] += amount
                    base = run_key(part, 0, 0)
                    for key, value in pairs:
                        values[base | key].append(value)
        self._add_sums(sums)
        self._add_values(come, go)

    def _add_sums(self, sums: dict[int, dict[int, int]]) -> None:
        connection, table = self._connection, f"{self._prefix}balance"
        for key, change in sums.items():
            row = connection.execute(f"SELECT body FROM {table} WHERE key = ?", (key,)).fetchone()
            if row is not None:
                cells = dict(zip(*unpack_cells(row[0]), strict=True))
                for cell, amount in change.items():
                    cells[cell] = cells.get(cell, 0) + amount
            else:
                cells = change
            self._put(table, key, pack_cells(cells))

    def _add_values(self, come: dict[int, list[int]], go: dict[int, list[int]]) -> None:
        """Values by the keys of their runs; of those that come and go as well nothing is touched."""
        months: dict[int, list[tuple[int, list[int], list[int]]]] = defaultdict(list)
        for key in come.keys() | go.keys():
            new, old = _net(come.get(key, []), go.get(key, []))
            if new or old:
                months[key & ~31].append((key & 31, new, old))
        for base, days in months.items():
            self._add_to_month(base, days)

    def _add_to_month(self, base: int, days: Sequence[tuple[int, list[int], list[int]]]) -> None:
        """`base` is the key of the month's run; `days` are days of it, with the values that come and go."""
        connection, table = self._connection, f"{self._prefix}run"
        row = connection.execute(
            f"SELECT key, body FROM {table} WHERE key BETWEEN ? AND ? LIMIT 1", (base, base | 31)
        ).fetchone()
        if row is not None and row[0] & 31:  # a run for each day
            for dom, new, old in days:
                stored = connection.execute(f"SELECT body FROM {table} WHERE key = ?", (base | dom,)).fetchone()
                run = unpack_run(stored[0]) if stored else array("I")
                self._put(table, base | dom, pack_run(_merged(run, new, old)))
            return
        pairs = unpack_month(row[1]) if row is not None else []
        for dom, _, old in days:
            for value in old:
                pairs.pop(bisect_left(pairs, dom << 32 | value))
        for dom, new, _ in days:
            pairs += [dom << 32 | value for value in new]
        pairs.sort()
        if len(pairs) <= MOST_IN_A_MONTH or (base & _DAY) == NO_DAY:
            self._put(table, base, pack_month(pairs))
            return
        self._put(table, base, b"")
        by_day: dict[int, list[int]] = defaultdict(list)
        for pair in pairs:
            by_day[pair >> 32].append(pair & _VALUE)
        for dom, run_ in by_day.items():
            self._put(table, base | dom, pack_run(run_))

    def _put(self, table: str, key: int, body: bytes) -> None:
        if body:
            self._connection.execute(f"INSERT OR REPLACE INTO {table} (key, body) VALUES (?, ?)", (key, body))
        else:
            self._connection.execute(f"DELETE FROM {table} WHERE key = ?", (key,))

    # --- all of it

    def rebuild(self, now: int) -> None:
        """Work out every trail and post every row of the facts anew."""
        connection = self._connection
        for table in ("balance", "run", "journal", "due"):
            connection.execute(f"DELETE FROM main.{table}")
        self._now = self._until = now
        for wid, viewers in everybody(connection):
            trails.changes(connection, wid, viewers).store(connection)
        self.post_all(now)
        self._head()

    def post_all(self, as_of: int) -> None:
        """Post every row straight into balances and runs."""
        self._now = as_of
        for table, column in (("conversation", "cid"), ("outbound", "rowid"), ("article_view", "vid")):
            ids = self._connection.execute(f"SELECT {column} FROM main.{table} ORDER BY {column}")
            while chunk := [id for (id,) in ids.fetchmany(_CHUNK)]:
                self.post(*(chunk if name == table else () for name in ("conversation", "outbound", "article_view")))
                entries, self._entries = self._entries, []
                self._carry(entries)


def _netted(entries: Sequence[Entry]) -> list[Entry]:
    """Postings without those that were taken out and posted again just the same."""
    if not any(sign < 0 and rows for sign, rows in entries):
        return [(sign, rows) for sign, rows in entries if rows]
    counts: dict[Posting, int] = defaultdict(int)
    for sign, rows in entries:
        for row in rows:
            counts[row] += sign
    come = [row for row, times in counts.items() for _ in range(times)]
    go = [row for row, times in counts.items() for _ in range(-times)]
    return [(sign, rows) for sign, rows in ((-1, go), (1, come)) if rows]


def journal(connection: sqlite3.Connection, prefix: str = "main.") -> Iterator[Entry]:
    """The postings that have not been carried over, oldest first."""
    for (body,) in connection.execute(f"SELECT body FROM {prefix}journal ORDER BY id").fetchall():
        yield from _decoder.decode(body)


_decoder = msgspec.msgpack.Decoder(list[tuple[int, list[Posting]]])


def _net(come: list[int], go: list[int]) -> tuple[list[int], list[int]]:
    """Values that come and those that go, sorted, without those that do both."""
    come.sort()
    go.sort()
    if not come or not go:
        return come, go
    more: list[int] = []
    for value in go:
        place = bisect_left(come, value)
        if place < len(come) and come[place] == value:
            come.pop(place)
        else:
            more.append(value)
    return come, more


def _merged(run: "array[int]", come: list[int], go: list[int]) -> "array[int] | list[int]":
    for value in go:
        run.pop(bisect_left(run, value))
    if len(come) > _MANY:
        return sorted(chain(run, come))
    for value in come:
        insort(run, value)
    return run


def everybody(connection: sqlite3.Connection) -> Iterator[tuple[int, list[int]]]:
    """Workspaces with their people who left a trail, some at a time."""
    for (wid,) in connection.execute("SELECT wid FROM main.workspace").fetchall():
        rows = connection.execute(
            "SELECT DISTINCT viewer FROM main.episode WHERE wid = ?1"
            " UNION SELECT DISTINCT viewer FROM main.article_view WHERE wid = ?1",
            (wid,),
        )
        while chunk := [viewer for (viewer,) in rows.fetchmany(_CHUNK)]:
            yield wid, chunk
