"""Who a viewer is: a person where any record names one, else the session, else nobody but this conversation."""

import sqlite3


def viewer_key(person: str | None, session: str | None, tied: str | None, first_writer: str | None, cid: int) -> str:
    """`tied` is the person that some record ties `session` to; `first_writer` the customer who wrote first."""
    if person:
        return "p" + person
    if session:
        return "p" + tied if tied else "s" + session
    return "p" + first_writer if first_writer else f"c{cid}"


class Ties:
    """Sessions and the persons that records tie them to, in one workspace."""

    def __init__(self, connection: sqlite3.Connection, wid: int) -> None:
        self._connection = connection
        self._wid = wid

    def person(self, session: str | None) -> str | None:
        if not session:
            return None
        row = self._connection.execute(
            "SELECT person FROM session_person WHERE wid = ? AND session = ?", (self._wid, session)
        ).fetchone()
        return row[0] if row else None

    def tie(self, session: str, person: str) -> None:
        """Record that `session` is `person`'s; of several claims the smallest id wins, whatever their order."""
        known = self.person(session)
        if known is not None and known <= person:
            return
        self._connection.execute(
            "INSERT INTO session_person VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET person = excluded.person",
            (self._wid, session, person),
        )
        viewer = "p" + person
        where = "wid = ? AND session = ? AND ifnull(person, '') = ''"
        self._connection.execute(f"UPDATE article_view SET viewer = ? WHERE {where}", (viewer, self._wid, session))
        self._connection.execute(f"UPDATE conversation SET viewer = ? WHERE {where}", (viewer, self._wid, session))
        self._connection.execute(
            f"UPDATE episode SET viewer = ? WHERE cid IN (SELECT cid FROM conversation WHERE {where})",
            (viewer, self._wid, session),
        )
