"""The cache as it stood at an earlier moment.

Facts are those of all events known. Where a conversation has events after the as-of moment, its facts are replayed from
the events up to it, into temporary tables that stand in front of the stored ones: queries read either without knowing.
With nothing later than the moment, which is the rule for "now", nothing is replayed.
"""

import json
import sqlite3

from funnel_tui.store import codec, facts

_SHADOWED = (*facts.TABLES, "tag")


def shadow(connection: sqlite3.Connection, as_of: int, reopen_window: int) -> bool:
    """Put temporary tables in front of the fact tables if anything is later than `as_of`; True if it did.

    Inside a transaction: its end takes them away again.
    """
    later = connection.execute("SELECT 1 FROM conversation WHERE last_at > ? LIMIT 1", (as_of,)).fetchone()
    if later is None:
        return False
    connection.execute("CREATE TEMP TABLE later AS SELECT cid FROM main.conversation WHERE last_at > ?", (as_of,))
    connection.execute("CREATE UNIQUE INDEX temp.later_cid ON later (cid)")
    for table in _SHADOWED:
        connection.execute(f"CREATE TEMP TABLE as_of_{table} AS SELECT * FROM main.{table} WHERE 0")
    _fill(connection, as_of, reopen_window)
    for table in _SHADOWED:
        connection.execute(
            f"CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} AS m"
            " WHERE NOT EXISTS (SELECT 1 FROM temp.later AS l WHERE l.cid = m.cid)"
            f" UNION ALL SELECT * FROM temp.as_of_{table}"
        )
    return True


def _fill(connection: sqlite3.Connection, as_of: int, reopen_window: int) -> None:
    agents = set(connection.execute("SELECT wid, 'p' || id FROM agent"))
    begun = connection.execute(
        "SELECT cid, wid, id, channel, came_team, origin, person, session, viewer, own_tags"
        " FROM main.conversation WHERE last_at > ?1 AND first_at <= ?1",
        (as_of,),
    ).fetchall()
    found: dict[str, list[facts.Row]] = {}
    for cid, wid, id, channel, team, origin, person, session, viewer, own_tags in begun:
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
