"""What time alone changes: the moments from which on rows count for something else without any news."""

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from funnel_tui.store.populations import DAY


def due_between(connection: sqlite3.Connection, after: int, until: int) -> tuple[set[int], set[int], set[int]]:
    """Rows that count for something else at `until` than at the earlier moment `after`, by time alone.

    Returns (conversations, messages by rowid, views).
    """
    if after >= until:
        return set(), set(), set()
    span = (after, until)

    def ids(sql: str) -> set[int]:
        return {id for (id,) in connection.execute(sql, span)}

    owners = ids("SELECT owner FROM main.due WHERE at > ? AND at <= ?")
    return (
        {owner for owner in owners if owner > 0}
        | ids("SELECT cid FROM main.conversation WHERE last_at > ? AND first_at <= ?"),
        ids("SELECT rowid FROM main.outbound WHERE touched_at > ? AND delivered_at <= ?")
        | ids("SELECT rowid FROM main.outbound WHERE delivered_at > ? AND delivered_at <= ?")
        | ids("SELECT rowid FROM main.outbound WHERE bounced_at > ? AND bounced_at <= ?"),
        {-owner for owner in owners if owner < 0} | ids("SELECT vid FROM main.article_view WHERE at > ? AND at <= ?"),
    )


def moments(connection: sqlite3.Connection, cids: Sequence[int], vids: Sequence[int]) -> Iterable[tuple[int, int]]:
    """(moment, owner) of what time alone will change."""
    found: set[tuple[int, int]] = set()
    if cids:
        ids = (msgspec.json.encode(cids).decode(),)
        for cid, last, closed, resolved, answered in connection.execute(
            "SELECT e.cid, c.last_at, e.closed_at, e.bot_resolved_at, e.last_answer_at FROM main.episode e"
            " CROSS JOIN main.conversation c ON c.cid = e.cid"
            " WHERE e.cid IN (SELECT value FROM json_each(?)) AND e.last_answer_at IS NOT NULL",
            ids,
        ):
            moments = (closed, resolved, answered + DAY)
            found.update((at, cid) for at in moments if at is not None and at > last)
        found.update(
            connection.execute(
                f"SELECT at + {7 * DAY}, cid FROM main.resolution WHERE cid IN (SELECT value FROM json_each(?))", ids
            )
        )
    if vids:
        found.update(
            connection.execute(
                f"SELECT silent_until + {DAY}, -vid FROM main.article_view"
                " WHERE vid IN (SELECT value FROM json_each(?)) AND silent_until IS NOT NULL",
                (msgspec.json.encode(vids).decode(),),
            )
        )
    return found
