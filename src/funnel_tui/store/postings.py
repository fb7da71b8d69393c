"""Fact rows as postings: what each row adds to which day of which parts.

The statements are made from the populations, so that the ledger and a query over the facts count by one definition.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

from funnel_tui.office import office_seconds
from funnel_tui.settings import OfficeHours
from funnel_tui.store.days import NO_DAY, Calendar
from funnel_tui.store.filters import CAMPAIGN
from funnel_tui.store.parts import EVERYTHING, Parts
from funnel_tui.store.populations import LEDGER, OFFICE, POPULATIONS, REACH, TRAILED, Population, kept_one_by_one

CODE = {name: number for number, name in enumerate(LEDGER)}

NEVER_BEFORE = -1
_OF_A_CONVERSATION = ("episode", "close", "resolution", "asked", "wait", "waiting")
_TOO_LARGE = (1 << 32) - 1
_NOTHING: list[int] = []


class Books:
    """What postings are made for: the local days of a zone, and office hours where there are any."""

    def __init__(self, zone: ZoneInfo, hours: OfficeHours | None) -> None:
        self.zone = zone
        self.hours = hours
        self.days = Calendar(zone)


class Posting(NamedTuple):
    """What one row adds at one moment."""

    day: int
    parts: tuple[int, ...]
    ones: tuple[int, ...]
    """Populations that it is one more of."""
    amounts: tuple[int, ...]
    """(population, amount) pairs, one after the other."""
    values: tuple[int, ...]
    """(population, value) pairs of those whose values are kept one by one, and of distinct ones the moment before."""


def of_conversations(
    connection: sqlite3.Connection, cids: Iterable[int], as_of: int, parts: Parts, books: Books, prefix: str = "main."
) -> list[Posting]:
    """The postings of all facts of some conversations, one for each conversation, day and reach."""
    return _of_facts(connection, [_LAYOUTS[table] for table in _OF_A_CONVERSATION], cids, as_of, parts, books, prefix)


def of_trails(
    connection: sqlite3.Connection, cids: Iterable[int], as_of: int, parts: Parts, books: Books, prefix: str = "main."
) -> list[Posting]:
    """Of the postings of some conversations those that depend on the trail of their person."""
    return _of_facts(connection, [_TRAILED], cids, as_of, parts, books, prefix)


def of_messages(
    connection: sqlite3.Connection, rowids: Iterable[int], as_of: int, parts: Parts, books: Books
) -> list[Posting]:
    """The postings of outbound messages."""
    sheet = _Sheet(as_of, books)
    wanted = {"ids": json.dumps(list(rowids)), "as_of": as_of}
    layout = _LAYOUTS["outbound"]
    for rowid, wid, channel, campaign, *row in connection.execute(layout.sql("main."), wanted):
        own = (
            EVERYTHING,
            parts.number("source", wid, ""),
            parts.number("channel", wid, channel),
            parts.number(CAMPAIGN, wid, campaign),
        )
        sheet.add(layout, rowid, own, row)
    return sheet.postings()


def of_views(
    connection: sqlite3.Connection, vids: Iterable[int], as_of: int, parts: Parts, books: Books, prefix: str = "main."
) -> list[Posting]:
    """The postings of article views."""
    sheet = _Sheet(as_of, books)
    wanted = {"ids": json.dumps(list(vids)), "as_of": as_of}
    layout = _LAYOUTS["article_view"]
    for vid, wid, *row in connection.execute(layout.sql(prefix), wanted):
        sheet.add(layout, vid, (EVERYTHING, parts.number("source", wid, "")), row)
    return sheet.postings()


def _of_facts(
    connection: sqlite3.Connection,
    layouts: "Iterable[_Layout]",
    cids: Iterable[int],
    as_of: int,
    parts: Parts,
    books: Books,
    prefix: str,
) -> list[Posting]:
    sheet = _Sheet(as_of, books)
    wanted = {"ids": json.dumps(list(cids)), "as_of": as_of}
    tags: dict[int, dict[int, None]] = {}
    for cid, tag in connection.execute(
        f"SELECT cid, tag FROM {prefix}tag WHERE cid IN (SELECT value FROM json_each(:ids)) ORDER BY cid, tag", wanted
    ):
        tags.setdefault(cid, {})[parts.number("tag", 0, tag)] = None
    untagged = {parts.number("tag", 0, None): None}
    known: dict[tuple[object, ...], tuple[int, ...]] = {}
    for layout in layouts:
        for cid, wid, team, channel, agent, origin, *row in connection.execute(layout.sql(prefix), wanted):
            dimensions = (cid, wid, team, channel, agent, origin)
            own = known.get(dimensions)
            if own is None:
                own = known[dimensions] = (
                    EVERYTHING,
                    parts.number("source", wid, ""),
                    parts.number("team", wid, team),
                    parts.number("channel", wid, channel),
                    parts.number("agent", wid, agent),
                    parts.number("origin", wid, origin),
                    *tags.get(cid, untagged),
                )
            sheet.add(layout, cid, own, row)
    return sheet.postings()


class _Sheet:
    """What rows add, put together by owner, day and parts."""

    def __init__(self, as_of: int, books: "Books") -> None:
        self._as_of = as_of
        self._books = books
        self._rows: dict[tuple[int, int, tuple[int, ...]], tuple[list[int], list[int], list[int]]] = {}

    def add(self, layout: "_Layout", owner: int, parts: tuple[int, ...], row: Sequence[int | None]) -> None:
        as_of, rows, hours = self._as_of, self._rows, self._books.hours
        for group in layout.groups:
            at = row[group.at]
            if at is None or at > as_of:
                continue
            ones = group.always + [code for column, code in group.ones if row[column]]
            for column, codes in group.coded:
                hit = codes.get(row[column])
                if hit is not None:
                    ones.append(hit)
            amounts = values = _NOTHING
            if group.amounts:
                amounts = [x for column, code in group.amounts if (amount := row[column]) for x in (code, amount)]
            if group.values:
                values = [
                    x
                    for column, code in group.values
                    if (value := row[column]) is not None
                    for x in (code, min(max(value, 0), _TOO_LARGE))
                ]
            for column, code in group.office:
                if hours is not None and (since := row[column]) is not None:
                    values = [*values, code, office_seconds(since, at, hours, self._books.zone)]
            for column, code in group.firsts:
                before = row[column]
                if before == NEVER_BEFORE:
                    ones.append(code)
                elif before is not None:
                    values = [*values, code, min(max(before, 0), _TOO_LARGE)]
            if not (ones or amounts or values):
                continue
            reached = parts if group.reach is None else parts[: group.reach]
            key = owner, self._books.days.day(at) if group.dated else NO_DAY, reached
            found = rows.get(key)
            if found is None:
                rows[key] = ones, list(amounts), list(values)
            else:
                found[0].extend(ones)
                found[1].extend(amounts)
                found[2].extend(values)

    def postings(self) -> list[Posting]:
        return [
            Posting(day, parts, tuple(ones), tuple(amounts), tuple(values))
            for (_, day, parts), (ones, amounts, values) in self._rows.items()
        ]


@dataclass(slots=True)
class _Group:
    """The populations of a table that are placed by one moment and reach as far; numbers are columns and codes."""

    at: int
    dated: bool
    reach: int | None
    always: list[int] = field(default_factory=list)
    ones: list[tuple[int, int]] = field(default_factory=list)
    coded: list[tuple[int, Mapping[object, int]]] = field(default_factory=list)
    amounts: list[tuple[int, int]] = field(default_factory=list)
    values: list[tuple[int, int]] = field(default_factory=list)
    office: list[tuple[int, int]] = field(default_factory=list)
    """Values in office seconds, since the moment of the column."""
    firsts: list[tuple[int, int]] = field(default_factory=list)
    """Of populations of distinct ones: the moment before, `NEVER_BEFORE` without one, null where the row is in none."""


@dataclass(slots=True)
class _Layout:
    select: str
    source: str
    where: str
    groups: list[_Group]

    def sql(self, prefix: str) -> str:
        return f"SELECT {self.select} FROM {self.source.format(p=prefix)} WHERE {self.where}"


_SOURCES = {
    "episode": ("{p}episode e", "e.cid, e.wid, e.team, e.channel, e.agent, e.origin", "e.cid"),
    **{
        table: (
            f"{{p}}{table} {alias} CROSS JOIN {{p}}episode e ON e.eid = {alias}.eid",
            "e.cid, e.wid, e.team, e.channel, e.agent, e.origin",
            f"{alias}.cid",
        )
        for table, alias in (("close", "c"), ("resolution", "r"), ("asked", "q"), ("wait", "w"), ("waiting", "u"))
    },
    "outbound": ("{p}outbound o", "o.rowid, o.wid, o.channel, o.campaign", "o.rowid"),
    "article_view": ("{p}article_view v", "v.vid, v.wid", "v.vid"),
}


def _layout(table: str, names: Iterable[str] = LEDGER) -> _Layout:
    source, dimensions, key = _SOURCES[table]
    columns: dict[str, int] = {}

    def column(sql: str) -> int:
        return columns.setdefault(sql, len(columns))

    groups: dict[tuple[str | None, int | None], _Group] = {}
    codes: dict[tuple[str | None, str], dict[object, int]] = {}
    for name in names:
        population = POPULATIONS[name]
        if population.table != table:
            continue
        place = population.at, REACH.get(name)
        if place not in groups:
            # The queue has no date of its own: its rows are there from the episode's beginning on.
            groups[place] = _Group(column(population.at or "e.begun_at"), population.at is not None, place[1])
        group, code = groups[place], CODE[name]
        if population.code is not None:
            expression, number = population.code
            if (population.at, expression) not in codes:
                codes[population.at, expression] = {}
                seen = f"CASE WHEN e.start <= :as_of THEN {expression} END"
                group.coded.append((column(seen), codes[population.at, expression]))
            codes[population.at, expression][number] = code
        elif population.before is not None:
            group.firsts.append((column(_if(population, f"ifnull({population.before}, {NEVER_BEFORE})")), code))
        elif name in OFFICE:
            group.office.append((column(_if(population, population.value)), code))
        elif kept_one_by_one(name):
            group.values.append((column(_if(population, population.value)), code))
        elif population.value != "1":
            group.amounts.append((column(_if(population, population.value)), code))
        elif population.where == "1":
            group.always.append(code)
        else:
            group.ones.append((column(population.where), code))
    return _Layout(
        ", ".join([dimensions, *columns]),
        source,
        f"{key} IN (SELECT value FROM json_each(:ids))",
        list(groups.values()),
    )


def _if(population: Population, value: str) -> str:
    return value if population.where == "1" else f"CASE WHEN {population.where} THEN {value} END"


_LAYOUTS = {table: _layout(table) for table in _SOURCES}
_TRAILED = _layout("episode", sorted(TRAILED))
