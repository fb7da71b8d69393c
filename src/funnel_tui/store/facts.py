"""Facts of one conversation as rows: computed from its events, replaced together."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from funnel_tui.model.derive import derive, order
from funnel_tui.model.episodes import Facts
from funnel_tui.model.records import Event

Row = tuple[object, ...]

TABLES = ("episode", "close", "resolution", "asked", "wait", "waiting")
"""The tables whose rows belong to one conversation and are replaced with its facts."""

_EPISODE_SIZE = 4096
"""More episodes than this of one conversation would need returns more than a week apart for 80 years."""


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


def rows(subject: Subject, facts: Facts, viewer: str) -> dict[str, list[Row]]:
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


def insert(connection: sqlite3.Connection, found: dict[str, list[Row]], prefix: str = "") -> None:
    for table, batch in found.items():
        if batch:
            marks = ",".join("?" * len(batch[0]))
            connection.executemany(f"INSERT INTO {prefix}{table} VALUES ({marks})", batch)


def delete(connection: sqlite3.Connection, cids: Sequence[int]) -> None:
    for table in (*TABLES, "tag"):
        connection.executemany(f"DELETE FROM {table} WHERE cid = ?", [(cid,) for cid in cids])
