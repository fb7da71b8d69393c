"""The cache as it stood at an earlier moment.

Facts are those of all events known. Where a conversation has events before and after the as-of moment, its facts are
replayed from the events up to it, into temporary tables that stand in front of the stored ones: queries read either
without knowing. What begins after the moment needs no replay, its dates keep it out. Trails are worked out anew for
everybody whom that touches, and sessions that only a later record ties to a person are strangers' again. With nothing
later than the moment, which is the rule for "now", nothing is replayed.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from funnel_tui.store import codec, facts, trails
from funnel_tui.store.people import person_key, viewer_key
from funnel_tui.store.populations import DAY

_SHADOWED = (*facts.TABLES, "tag")

Ties = dict[tuple[int, str], str | None]
"""(workspace, session) to the person it was known as."""


@dataclass(frozen=True, slots=True)
class Then:
    """The rows that temporary ones stand in front of."""

    replayed: frozenset[int]
    """Conversations whose facts were others."""
    copied: frozenset[int]
    """Conversations of which only what follows from their person's other rows may have been another."""
    vids: frozenset[int]


def shadow(connection: sqlite3.Connection, as_of: int, reopen_window: int) -> Then | None:
    """Put temporary tables in front of the fact tables if anything was different at `as_of`; None if nothing was.

    Inside a transaction: its end takes them away again.
    """
    ties = _ties_then(connection, as_of)
    later = _astride(connection, as_of, ties)
    if not later and not ties and not _seen_later(connection, as_of):
        return None
    replayed = _Replay(connection, as_of, reopen_window, ties)
    replayed.make_tables()
    replayed.replay(later)
    replayed.follow()
    replayed.stand_in_front()
    return Then(frozenset(replayed.cids - replayed.copied), frozenset(replayed.copied), frozenset(replayed.vids))


def _astride(connection: sqlite3.Connection, as_of: int, ties: Ties) -> set[int]:
    """Conversations with events up to the moment and after it, or in a session that was a stranger's."""
    found = {
        cid
        for (cid,) in connection.execute(
            "SELECT cid FROM main.conversation WHERE last_at > ?1 AND first_at <= ?1", (as_of,)
        )
    }
    for tie in ties:
        rows = connection.execute("SELECT cid FROM main.conversation WHERE wid = ? AND session = ?", tie)
        found.update(cid for (cid,) in rows)
    return found


def _seen_later(connection: sqlite3.Connection, as_of: int) -> bool:
    """Whether anything in the 24 h after the moment may change what an earlier article view led to."""
    (found,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM main.article_view WHERE at > ?1 - ?2 AND at <= ?1)"
        " AND (EXISTS (SELECT 1 FROM main.episode WHERE start > ?1 AND start <= ?1 + ?2)"
        " OR EXISTS (SELECT 1 FROM main.article_view WHERE at > ?1 AND at <= ?1 + ?2))",
        (as_of, DAY),
    ).fetchone()
    return bool(found)


def _ties_then(connection: sqlite3.Connection, as_of: int) -> Ties:
    """Whom the sessions were known as that later records say something about."""
    late = connection.execute(
        "SELECT wid, session FROM main.conversation WHERE first_at > ?1 AND session <> '' AND person <> ''"
        " UNION SELECT wid, session FROM main.article_view WHERE at > ?1 AND session <> '' AND person <> ''",
        (as_of,),
    ).fetchall()
    return {
        (wid, session): connection.execute(
            "SELECT min(person) FROM (SELECT person FROM main.conversation"
            " WHERE wid = ?1 AND session = ?2 AND person <> '' AND ifnull(first_at <= ?3, 1)"
            " UNION ALL SELECT person FROM main.article_view"
            " WHERE wid = ?1 AND session = ?2 AND person <> '' AND at <= ?3)",
            (wid, session, as_of),
        ).fetchone()[0]
        for wid, session in late
    }


class _Replay:
    """The rows as of a moment, in temporary tables: `as_of_episode` and so on."""

    def __init__(self, connection: sqlite3.Connection, as_of: int, reopen_window: int, ties: Ties) -> None:
        self._connection = connection
        self._as_of = as_of
        self._window = reopen_window
        self._ties = ties
        self._agents = {(wid, person_key(id)) for wid, id in connection.execute("SELECT wid, id FROM main.agent")}
        self.cids: set[int] = set()
        self.copied: set[int] = set()
        self.vids: set[int] = set()
        self._people: set[tuple[int, int]] = set()
        """Whose trails are another as of the moment."""

    def make_tables(self) -> None:
        for table in (*_SHADOWED, "article_view"):
            self._connection.execute(f"CREATE TEMP TABLE as_of_{table} AS SELECT * FROM main.{table} WHERE 0")
        for sql in (
            "CREATE INDEX temp.as_of_eid ON as_of_episode (eid)",
            "CREATE INDEX temp.as_of_tagged ON as_of_tag (cid)",
            "CREATE INDEX temp.as_of_viewer ON as_of_episode (wid, viewer, start)",
            "CREATE INDEX temp.as_of_vid ON as_of_article_view (vid)",
            "CREATE INDEX temp.as_of_reader ON as_of_article_view (wid, viewer, at)",
            "CREATE INDEX temp.as_of_view ON as_of_article_view (at)",
            "CREATE TEMP TABLE later (cid INTEGER PRIMARY KEY)",
            "CREATE TEMP TABLE later_view (vid INTEGER PRIMARY KEY)",
        ):
            self._connection.execute(sql)

    def replay(self, cids: Iterable[int]) -> None:
        """Facts of conversations from their events up to the moment."""
        cids = sorted(set(cids) - self.cids)
        self.cids.update(cids)
        begun = self._connection.execute(
            "SELECT cid, wid, id, channel, came_team, origin, person, session, viewer, own_tags FROM main.conversation"
            " WHERE cid IN (SELECT value FROM json_each(?))",
            (json.dumps(cids),),
        ).fetchall()
        found: dict[str, list[facts.Row]] = {}
        for cid, wid, id, channel, team, origin, person, session, viewer, own_tags in begun:
            self._people.add((wid, viewer))
            if not person and (wid, session) in self._ties:
                viewer = viewer_key(None, session, self._ties[wid, session], None, cid)
                self._people.add((wid, viewer))
            stored = self._connection.execute("SELECT body FROM main.thread WHERE cid = ?", (cid,)).fetchone()
            if (wid, viewer) in self._agents or stored is None:
                continue
            known = [event for event in codec.decode(id, stored[0]) if event.at <= self._as_of]
            if not known:
                continue
            subject = facts.Subject(cid, wid, id, channel, team, origin, person, session)
            derived = facts.replay(subject, known, self._window)
            for table, batch in facts.rows(subject, derived, viewer).items():
                found.setdefault(f"as_of_{table}", []).extend(batch)
            tags = derived.tags | set(json.loads(own_tags or "[]"))
            found.setdefault("as_of_tag", []).extend((cid, tag) for tag in sorted(tags))
        facts.insert(self._connection, found, prefix="temp.")

    def follow(self) -> None:
        """Trails of everybody whose rows are others now, theirs and those that follow from each other."""
        self._add_readers()
        self._note_people()
        self._copy(self._conversations() - self.cids)
        self._add_views()
        by_workspace: dict[int, set[int]] = {}
        for wid, viewer in self._people:
            by_workspace.setdefault(wid, set()).add(viewer)
        for wid, viewers in by_workspace.items():
            trails.changes(self._connection, wid, viewers, "temp.as_of_").store(self._connection, "temp.as_of_")

    def _add_readers(self) -> None:
        """People who read an article in the 24 h before the moment and did anything in the 24 h after it."""
        span = (self._as_of, DAY)
        self._people.update(
            self._connection.execute(
                "SELECT v.wid, v.viewer FROM main.article_view v WHERE v.at > ?1 - ?2 AND v.at <= ?1 AND (EXISTS"
                " (SELECT 1 FROM main.episode e WHERE e.wid = v.wid AND e.viewer = v.viewer AND e.start > ?1"
                " AND e.start <= ?1 + ?2) OR EXISTS (SELECT 1 FROM main.article_view w WHERE w.wid = v.wid"
                " AND w.viewer = v.viewer AND w.at > ?1 AND w.at <= ?1 + ?2))",
                span,
            )
        )
        for (wid, session), person in self._ties.items():
            self._people.add((wid, viewer_key(None, session, person, None, 0)))
            rows = self._connection.execute(
                "SELECT wid, viewer FROM main.article_view WHERE wid = ? AND session = ?", (wid, session)
            )
            self._people.update(rows)

    def _note_people(self) -> None:
        self._connection.execute("CREATE TEMP TABLE later_person (wid INTEGER, viewer INTEGER)")
        self._connection.executemany("INSERT INTO temp.later_person VALUES (?, ?)", list(self._people))

    def _conversations(self) -> set[int]:
        """All conversations of these people that had begun by the moment, and those that began a day later: an article
        read before the moment counts for them."""
        rows = self._connection.execute(
            "SELECT e.cid FROM temp.later_person p CROSS JOIN main.episode e ON e.wid = p.wid AND e.viewer = p.viewer"
            " WHERE +e.begun_at <= ?",
            (self._as_of + DAY,),
        )
        return {cid for (cid,) in rows}

    def _copy(self, cids: Iterable[int]) -> None:
        """The facts of conversations that were over by the moment as they are; those that began later are none."""
        asked = (json.dumps(sorted(cids)), self._as_of)
        for table in _SHADOWED:
            self._connection.execute(
                f"INSERT INTO temp.as_of_{table} SELECT t.* FROM json_each(?1) j CROSS JOIN main.conversation c"
                f" ON c.cid = j.value CROSS JOIN main.{table} t ON t.cid = c.cid WHERE c.last_at <= ?2",
                asked,
            )
        self.cids.update(cids)
        self.copied.update(cids)

    def _add_views(self) -> None:
        """The views of these people up to the moment, and by whom they were known to be then."""
        rows = self._connection.execute(
            "SELECT v.vid, v.wid, v.session FROM temp.later_person p CROSS JOIN main.article_view v"
            " ON v.wid = p.wid AND v.viewer = p.viewer"
        ).fetchall()
        self.vids.update(vid for vid, _, _ in rows)
        self._connection.execute(
            "INSERT INTO temp.as_of_article_view SELECT v.* FROM temp.later_person p CROSS JOIN main.article_view v"
            " ON v.wid = p.wid AND v.viewer = p.viewer WHERE v.at <= ?",
            (self._as_of,),
        )
        self._connection.executemany(
            "UPDATE temp.as_of_article_view SET viewer = ? WHERE vid = ? AND person = ''",
            [
                (viewer_key(None, session, self._ties[wid, session], None, 0), vid)
                for vid, wid, session in rows
                if (wid, session) in self._ties
            ],
        )

    def stand_in_front(self) -> None:
        connection = self._connection
        connection.executemany("INSERT INTO temp.later VALUES (?)", [(cid,) for cid in self.cids])
        connection.executemany("INSERT INTO temp.later_view VALUES (?)", [(vid,) for vid in self.vids])
        hiding = [(table, "cid", "later") for table in _SHADOWED]
        for table, key, hidden in (*hiding, ("article_view", "vid", "later_view")):
            connection.execute(
                f"CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} AS m"
                f" WHERE NOT EXISTS (SELECT 1 FROM temp.{hidden} AS l WHERE l.{key} = m.{key})"
                f" UNION ALL SELECT * FROM temp.as_of_{table}"
            )
