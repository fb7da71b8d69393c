"""The cache as it stood at an earlier moment.

Facts are those of all events known. Where a conversation has events after the as-of moment, its facts are replayed from
the events up to it, into temporary tables that stand in front of the stored ones: queries read either without knowing.
So are those of sessions that only a later record ties to a person. With nothing later than the moment, which is the
rule for "now", nothing is replayed.
"""

import json
import sqlite3

from funnel_tui.store import codec, facts
from funnel_tui.store.people import viewer_key

_SHADOWED = (*facts.TABLES, "tag")


def shadow(connection: sqlite3.Connection, as_of: int, reopen_window: int) -> bool:
    """Put temporary tables in front of the fact tables if anything is later than `as_of`; True if it did.

    Inside a transaction: its end takes them away again.
    """
    ties = _ties_then(connection, as_of)
    later = connection.execute("SELECT 1 FROM conversation WHERE last_at > ? LIMIT 1", (as_of,)).fetchone()
    if later is None and not ties:
        return False
    connection.execute("CREATE TEMP TABLE later AS SELECT cid FROM main.conversation WHERE last_at > ?", (as_of,))
    connection.execute("CREATE UNIQUE INDEX temp.later_cid ON later (cid)")
    connection.executemany(
        "INSERT OR IGNORE INTO temp.later SELECT cid FROM main.conversation WHERE wid = ? AND session = ?", list(ties)
    )
    for table in _SHADOWED:
        connection.execute(f"CREATE TEMP TABLE as_of_{table} AS SELECT * FROM main.{table} WHERE 0")
    _fill(connection, as_of, reopen_window, ties)
    for table in _SHADOWED:
        connection.execute(
            f"CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} AS m"
            " WHERE NOT EXISTS (SELECT 1 FROM temp.later AS l WHERE l.cid = m.cid)"
            f" UNION ALL SELECT * FROM temp.as_of_{table}"
        )
    if ties:
        _shadow_views(connection, as_of, ties)
    return True


def _ties_then(connection: sqlite3.Connection, as_of: int) -> dict[tuple[int, str], str | None]:
    """(workspace, session) to the person it was known as, of the sessions that later records say something about."""
    late = connection.execute(
        "SELECT wid, session FROM conversation WHERE first_at > ?1 AND session <> '' AND person <> ''"
        " UNION SELECT wid, session FROM article_view WHERE at > ?1 AND session <> '' AND person <> ''",
        (as_of,),
    ).fetchall()
    return {
        (wid, session): connection.execute(
            "SELECT min(person) FROM (SELECT person FROM conversation WHERE wid = ?1 AND session = ?2 AND person <> ''"
            " AND ifnull(first_at <= ?3, 1) UNION ALL SELECT person FROM article_view"
            " WHERE wid = ?1 AND session = ?2 AND person <> '' AND at <= ?3)",
            (wid, session, as_of),
        ).fetchone()[0]
        for wid, session in late
    }


def _fill(
    connection: sqlite3.Connection, as_of: int, reopen_window: int, ties: dict[tuple[int, str], str | None]
) -> None:
    agents = set(connection.execute("SELECT wid, 'p' || id FROM agent"))
    begun = connection.execute(
        "SELECT cid, wid, id, channel, came_team, origin, person, session, viewer, own_tags"
        " FROM main.conversation WHERE cid IN (SELECT cid FROM temp.later) AND first_at <= ?",
        (as_of,),
    ).fetchall()
    found: dict[str, list[facts.Row]] = {}
    for cid, wid, id, channel, team, origin, person, session, viewer, own_tags in begun:
        if not person and (wid, session) in ties:
            viewer = viewer_key(None, session, ties[wid, session], None, cid)
        if (wid, viewer) in agents:
            continue
        subject = facts.Subject(cid, wid, id, channel, team, origin, person, session)
        stored = connection.execute(
            "SELECT at, body FROM main.event WHERE cid = ? AND at <= ? ORDER BY at", (cid, as_of)
        )
        derived = facts.replay(subject, (codec.decode(id, at, body) for at, body in stored), reopen_window)
        for table, batch in facts.rows(subject, derived, viewer).items():
            found.setdefault(f"as_of_{table}", []).extend(batch)
        tags = derived.tags | set(json.loads(own_tags or "[]"))
        found.setdefault("as_of_tag", []).extend((cid, tag) for tag in sorted(tags))
    facts.insert(connection, found, prefix="temp.")


def _shadow_views(connection: sqlite3.Connection, as_of: int, ties: dict[tuple[int, str], str | None]) -> None:
    """Article views by whom their sessions were known as then."""
    connection.execute("CREATE TEMP TABLE article_view AS SELECT * FROM main.article_view WHERE at <= ?", (as_of,))
    connection.executemany(
        "UPDATE temp.article_view SET viewer = ? WHERE wid = ? AND session = ? AND person = ''",
        [(viewer_key(None, session, person, None, 0), wid, session) for (wid, session), person in ties.items()],
    )
    connection.execute("CREATE INDEX temp.view_at ON article_view (at)")
    connection.execute("CREATE INDEX temp.view_viewer ON article_view (wid, viewer, at)")
