"""What the ledger is short of at the moment of a snapshot, as postings.

All of it is posted as of one moment. At a later one, what has come due since counts for something else. At an earlier
one, rows with later events count as they stood then (`asof` has replayed them), and what came due since does not yet.
"""

import sqlite3
from collections.abc import Iterator

from funnel_tui.store import postings
from funnel_tui.store.asof import Then
from funnel_tui.store.balances import Balances
from funnel_tui.store.due import due_between
from funnel_tui.store.ledger import Entry


def amendments(connection: sqlite3.Connection, balances: Balances, as_of: int, then: Then | None) -> Iterator[Entry]:
    """Postings to add to `balances` so that its whole days, up to the one of `as_of`, are those of `as_of`."""
    posted, parts, books = balances.posted_until, balances.parts, balances.books
    if as_of >= posted:
        cids, rowids, vids = due_between(connection, posted, as_of)
    else:
        cids, rowids, vids = _since(connection, as_of, posted)
    if then is not None:
        whole, trails = sorted(then.replayed | then.copied & cids), sorted(then.copied - cids)
        cids -= then.replayed | then.copied
        vids -= then.vids
        yield -1, postings.of_conversations(connection, whole, posted, parts, books)
        yield 1, postings.of_conversations(connection, whole, as_of, parts, books, "temp.as_of_")
        yield -1, postings.of_trails(connection, trails, posted, parts, books)
        yield 1, postings.of_trails(connection, trails, as_of, parts, books, "temp.as_of_")
        yield -1, postings.of_views(connection, sorted(then.vids), posted, parts, books)
        yield 1, postings.of_views(connection, sorted(then.vids), as_of, parts, books, "temp.as_of_")
    for sign, moment in ((-1, posted), (1, as_of)):
        if cids:
            yield sign, postings.of_conversations(connection, sorted(cids), moment, parts, books)
        if rowids:
            yield sign, postings.of_messages(connection, sorted(rowids), moment, parts, books)
        if vids:
            yield sign, postings.of_views(connection, sorted(vids), moment, parts, books)


def _since(connection: sqlite3.Connection, as_of: int, posted: int) -> tuple[set[int], set[int], set[int]]:
    """What there was at `as_of` that counts for something else at `posted`, by time alone; and what began later and
    stands in the queue, which has no date that would keep it out."""

    def ids(sql: str) -> set[int]:
        return {id for (id,) in connection.execute(sql, (as_of, posted))}

    return (
        ids(
            "SELECT c.cid FROM main.due d CROSS JOIN main.conversation c ON c.cid = d.owner"
            " WHERE d.at > ?1 AND d.at <= ?2 AND d.owner > 0 AND c.first_at <= ?1"
            " UNION SELECT e.cid FROM main.episode e WHERE e.closed_at IS NULL AND e.begun_at > ?1"
            " UNION SELECT e.cid FROM main.episode e WHERE e.closed_at > ?2 AND e.begun_at > ?1"
        ),
        ids("SELECT rowid FROM main.outbound WHERE touched_at > ?1 AND delivered_at <= ?1 AND ?2"),
        ids(
            "SELECT v.vid FROM main.due d CROSS JOIN main.article_view v ON v.vid = -d.owner"
            " WHERE d.at > ?1 AND d.at <= ?2 AND d.owner < 0 AND v.at <= ?1"
        ),
    )
