"""Facts of one conversation as rows: computed from its events, replaced together."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from funnel_tui.model.derive import derive, order
from funnel_tui.model.episodes import Facts
from funnel_tui.model.records import Event
from funnel_tui.store.words import Words

Row = tuple[Any, ...]

TABLES = ("episode", "close", "resolution", "asked", "wait", "waiting")
"""What is read of a conversation's facts: tables, and views of what is stored more tightly."""

_STORED = ("spell", "closing", "resolution", "asked", "span", "label")
"""The tables whose rows belong to one conversation and are replaced with its facts."""

_WORDS = (3, 4, 5, 6, 22, 30, 31)
"""Places in an episode's row that hold words: channel, team, agent, origin, closed_by, state, assignee."""
_MOMENTS = (10, 11, 13, 14, 15, 16, 17, 18, 19, 21, 23, 29, 32)
"""Places in an episode's row that hold moments, after that of `begun_at`."""
_CID, _BEGUN_AT = 1, 9

_BOTH, _WAIT, _QUEUE = range(3)
"""Kinds of `span`."""

_EPISODE_SIZE = 4096
"""More episodes than this of one conversation would need returns more than a week apart for 80 years."""

_NUMBERS = 1 << 20
"""Numbers of the closes and spans of one episode."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The conversation whose events are replayed, as far as its facts depend on it."""

    cid: int
    wid: int
    id: str
    channel: str | None
    team: str | None
    origin: str | None
    person: str | None
    session: str | None


def replay(subject: Subject, events: Iterable[Event], reopen_window: int) -> Facts:
    return derive(order(events), reopen_window=reopen_window, came_with_team=subject.team)


def rows(subject: Subject, facts: Facts, viewer: int) -> dict[str, list[Row]]:
    """The rows of `TABLES`, in the order of their columns."""
    found: dict[str, list[Row]] = {table: [] for table in TABLES}
    cid = subject.cid
    for ordinal, e in enumerate(facts.episodes):
        eid = cid * _EPISODE_SIZE + ordinal
        last = ordinal == len(facts.episodes) - 1
        found["episode"].append(
            (
                eid, cid, subject.wid, subject.channel, facts.team, e.agent, subject.origin, viewer, facts.outbound,
                e.begun_at, e.start, e.involved_at, e.bot_first, e.answered_at, e.last_answer_at, e.unanswered_since,
                e.handoff_at, e.reached_at, e.first_reply_at, e.response_start, e.replies, e.closed_at, e.closed_by,
                e.bot_resolved_at, e.bot_confirmed, e.reopened, e.reassigned, e.switches, e.rating, e.rated_at,
                e.state, facts.assignee if last else None, e.wait_since, None, None,
            )
        )  # fmt: skip
        found["close"].extend((eid, cid, c.at, c.by, c.withdrawn_at) for c in e.closes)
        found["resolution"].extend((eid, cid, r.at, r.confirmed, r.returned_at) for r in e.resolutions)
        asked = sorted(set(e.asked))
        found["asked"].extend((eid, cid, at, prev) for at, prev in zip(asked, [None, *asked], strict=False))
        found["wait"].extend((eid, cid, w.start, w.end, w.agent) for w in e.waits)
        found["waiting"].extend((eid, cid, s.start, s.end) for s in e.waiting if s.end != s.start)
    return found


def store(connection: sqlite3.Connection, found: Mapping[str, list[Row]], words: Words) -> None:
    """Store the rows of whole conversations, as `rows` gives them."""
    rows, number = dict(found), words.number
    insert(
        connection,
        {
            "spell": [_spell(row, number) for row in rows.pop("episode", ())],
            "closing": [
                (*place, at, number(by), withdrawn) for *place, at, by, withdrawn in _numbered(rows.pop("close", ()))
            ],
            "span": [
                (*place, start, None if end is None else end - start, number(agent), kind)
                for *place, start, end, agent, kind in _numbered(_spans(rows.pop("wait", ()), rows.pop("waiting", ())))
            ],
            "label": [(cid, number(tag)) for cid, tag in rows.pop("tag", ())],
            **rows,
        },
    )


def _spell(row: Row, number: Callable[[str | None], int | None]) -> Row:
    """An episode's row as it is stored: numbers for words, seconds after it began for moments."""
    found: list[Any] = list(row)
    begun = found[_BEGUN_AT]
    for place in _WORDS:
        found[place] = number(found[place])
    for place in _MOMENTS:
        if found[place] is not None:
            found[place] -= begun
    del found[_CID]
    return tuple(found)


def _spans(waits: Iterable[Row], queued: Iterable[Row]) -> list[Row]:
    """Waits and stretches in the queue, ordered; one row where they are the same."""
    kinds: dict[Row, tuple[object, int]] = dict.fromkeys(queued, (None, _QUEUE))
    alone = []
    for *place, agent in waits:
        row = tuple(place)
        if kinds.get(row, (None, _BOTH))[1] == _QUEUE:
            kinds[row] = (agent, _BOTH)
        else:
            alone.append((*row, agent, _WAIT))
    found = [*alone, *((*row, agent, kind) for row, (agent, kind) in kinds.items())]
    return sorted(found, key=itemgetter(0, 2))  # by episode and start: conversations stay together


def _numbered(found: Iterable[Row]) -> Iterator[Row]:
    """(eid, cid, ...) as (cid, number, ...)."""
    for cid, group in groupby(found, key=itemgetter(1)):
        for number, (eid, _, *rest) in enumerate(group):
            yield (cid, eid % _EPISODE_SIZE * _NUMBERS + number, *rest)


def insert(connection: sqlite3.Connection, found: dict[str, list[Row]], prefix: str = "") -> None:
    for table, batch in found.items():
        if batch:
            marks = ",".join("?" * len(batch[0]))
            connection.executemany(f"INSERT INTO {prefix}{table} VALUES ({marks})", batch)


def delete(connection: sqlite3.Connection, cids: Sequence[int]) -> None:
    for table in _STORED:
        connection.executemany(f"DELETE FROM {table} WHERE cid = ?", [(cid,) for cid in cids])
